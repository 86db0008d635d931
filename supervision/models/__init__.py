"""Quarters and what is owed in them, visits as they were signed, and the issues they found."""

from supervision.models.issues import Issue, IssueEvent, IssueQuerySet
from supervision.models.quarters import Obligation, ObligationQuerySet, Quarter, TaskListVersion
from supervision.models.visits import ANSWERS, OUTCOMES, VISIT_STATES, Answer, ClosureReport, Photo, Visit

__all__ = [
    "ANSWERS",
    "OUTCOMES",
    "VISIT_STATES",
    "Answer",
    "ClosureReport",
    "Issue",
    "IssueEvent",
    "IssueQuerySet",
    "Obligation",
    "ObligationQuerySet",
    "Photo",
    "Quarter",
    "TaskListVersion",
    "Visit",
]
