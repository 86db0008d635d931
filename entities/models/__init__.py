"""The register of entities with what changes over time as dated rows beside them."""

from entities.models.bulk import BULK_KINDS, BulkChange, BulkChangedEntity
from entities.models.dated import Dated, last_day_of
from entities.models.grades import (
    DECISIONS,
    RAISED_BY,
    GradeDecision,
    GradeRecord,
    RegradedEntity,
    Regrading,
)
from entities.models.quality import Mending
from entities.models.register import GRADES, RISKS, STATUSES, Entity, EntityQuerySet, Licence, StatusRecord
from entities.models.views import SavedView

__all__ = [
    "BULK_KINDS",
    "DECISIONS",
    "GRADES",
    "RAISED_BY",
    "RISKS",
    "STATUSES",
    "BulkChange",
    "BulkChangedEntity",
    "Dated",
    "Entity",
    "EntityQuerySet",
    "GradeDecision",
    "GradeRecord",
    "Licence",
    "Mending",
    "RegradedEntity",
    "Regrading",
    "SavedView",
    "StatusRecord",
    "last_day_of",
]
