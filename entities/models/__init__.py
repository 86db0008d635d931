"""The register of entities with what changes over time as dated rows beside them."""

from entities.models.bulk import BULK_KINDS, BulkChange, BulkChangedEntity
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
from entities.models.groups import GROUPS, Chain, Cluster, Group
from entities.models.quality import Mending
from entities.models.records import CONTACT_ROLES, RECORDS, Contact, ExternalCode, Flag, Insurance, Licence, Record
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
    "BULK_KINDS",
    "CONTACT_ROLES",
    "DECISIONS",
    "GRADES",
    "GROUPS",
    "NAMES_LENGTH",
    "RAISED_BY",
    "RECORDS",
    "RISKS",
    "SIZE_KINDS",
    "SIZE_SOURCES",
    "STATUSES",
    "SUPPLY_WAYS",
    "BulkChange",
    "BulkChangedEntity",
    "Chain",
    "Clearance",
    "Cluster",
    "Contact",
    "Dated",
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
    "Record",
    "RegradedEntity",
    "Regrading",
    "SavedView",
    "SizeFact",
    "StatusRecord",
    "Survey",
    "SurveyLine",
    "last_day_of",
]
