"""The register of entities with what changes over time as dated rows beside them."""

from entities.models.changes import Clearance, EntityChange
from entities.models.dated import Dated, last_day_of
from entities.models.doubles import DistinctPair, EntityMerge
from entities.models.grades import (
    DECISIONS,
    RAISED_BY,
    GradeDecision,
    GradeRecord,
    RegradedEntity,
    Regrading,
)
from entities.models.register import GRADES, RISKS, STATUSES, Entity, EntityQuerySet, Licence, StatusRecord
from entities.models.surveys import Survey, SurveyLine

__all__ = [
    "DECISIONS",
    "GRADES",
    "RAISED_BY",
    "RISKS",
    "STATUSES",
    "Clearance",
    "Dated",
    "DistinctPair",
    "Entity",
    "EntityChange",
    "EntityMerge",
    "EntityQuerySet",
    "GradeDecision",
    "GradeRecord",
    "Licence",
    "RegradedEntity",
    "Regrading",
    "StatusRecord",
    "Survey",
    "SurveyLine",
    "last_day_of",
]
