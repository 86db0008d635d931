"""The register of entities with what changes over time as dated rows beside them."""

from entities.models.bulk import BULK_KINDS, BulkChange, BulkChangedEntity
from entities.models.changes import Clearance, DismissedHint, EntityChange
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
from entities.models.groups import GROUPS, Chain, Cluster, Group
from entities.models.outside import ANSWERS, KINDS, SOURCES, Difference, OutsideList, OutsideRow
from entities.models.quality import Mending
from entities.models.records import (
    CHECK_RESULTS,
    CONTACT_ROLES,
    FLAG_KINDS,
    RECORDS,
    Brought,
    Contact,
    ExternalCode,
    Flag,
    Insurance,
    Licence,
    Record,
    StationCheck,
)
from entities.models.register import (
    GRADES,
    NAMES_LENGTH,
    RISKS,
    STATUSES,
    SUPPLY_WAYS,
    Entity,
    EntityQuerySet,
    StatusRecord,
)
from entities.models.sizes import SIZE_KINDS, SIZE_SOURCES, SizeFact
from entities.models.surveys import Survey, SurveyLine
from entities.models.views import SavedView

__all__ = [
    "ANSWERS",
    "BULK_KINDS",
    "CHECK_RESULTS",
    "CONTACT_ROLES",
    "DECISIONS",
    "FLAG_KINDS",
    "GRADES",
    "GROUPS",
    "KINDS",
    "NAMES_LENGTH",
    "RAISED_BY",
    "RECORDS",
    "RISKS",
    "SIZE_KINDS",
    "SIZE_SOURCES",
    "SOURCES",
    "STATUSES",
    "SUPPLY_WAYS",
    "Brought",
    "BulkChange",
    "BulkChangedEntity",
    "Chain",
    "Clearance",
    "Cluster",
    "Contact",
    "Dated",
    "Difference",
    "DismissedHint",
    "DistinctPair",
    "Entity",
    "EntityChange",
    "EntityMerge",
    "EntityQuerySet",
    "ExternalCode",
    "Flag",
    "GradeDecision",
    "GradeRecord",
    "Group",
    "Insurance",
    "Licence",
    "Mending",
    "OutsideList",
    "OutsideRow",
    "Record",
    "RegradedEntity",
    "Regrading",
    "SavedView",
    "SizeFact",
    "StationCheck",
    "StatusRecord",
    "Survey",
    "SurveyLine",
    "last_day_of",
]
