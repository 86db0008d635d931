"""The register of entities with what changes over time as dated rows beside them."""

from entities.models.dated import Dated, last_day_of
from entities.models.grades import (
    DECISIONS,
    RAISED_BY,
    GradeDecision,
    GradeRecord,
    RegradedEntity,
    Regrading,
)
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

__all__ = [
    "CONTACT_ROLES",
    "DECISIONS",
    "GRADES",
    "NAMES_LENGTH",
    "RAISED_BY",
    "RECORDS",
    "RISKS",
    "STATUSES",
    "SUPPLY_WAYS",
    "Contact",
    "Dated",
    "Entity",
    "EntityQuerySet",
    "ExternalCode",
    "Flag",
    "GradeDecision",
    "GradeRecord",
    "Insurance",
    "Licence",
    "Record",
    "RegradedEntity",
    "Regrading",
    "StatusRecord",
    "last_day_of",
]
