"""Putting a plan in force with what follows from it, and taking both back: each in one transaction, all of it or none."""

from datetime import date, datetime

from django.db import transaction

from entities.actions.regrading import regrade, undo_regrading
from reports.queries.plans import opened_since, regrading_of, uses_of
from tenancy.actions.drafts import put_in_force, withdraw_plan
from tenancy.models import Plan, PlanDraft, Post
from tenancy.queries.plans import plan_in_force


@transaction.atomic
def enforce_draft(
    draft: PlanDraft, *, since: date, seen: int, grades: str | None, by: Post, on: date, at: datetime
) -> Plan:
    """The draft becomes the plan of its place from a day on, and the register is graded by it where that was asked for.

    grades: the digest of the grades that were shown, None to leave them as they are. Grades are written from the day of
    the plan, from today when that has gone by. Raises Refused when the register has changed since it was shown.
    """
    place = draft.jurisdiction
    plan = put_in_force(draft, since=since, seen=seen, opened=opened_since(place.path, since), by=by, on=on, at=at)
    if grades is not None:
        start = max(since, on)
        regrade(place, plan_in_force(place.path, start), by=by, on=on, since=start, seen=grades)
    return plan


@transaction.atomic
def take_back_plan(plan: Plan, *, by: Post, on: date, at: datetime) -> PlanDraft:
    """A plan that nothing else has used is a draft again, and the grades written with it are put back."""
    regrading = regrading_of(plan)
    draft = withdraw_plan(plan, used=uses_of(plan), by=by, at=at)
    if regrading is not None:
        undo_regrading(regrading, by=by, on=on)
    return draft
