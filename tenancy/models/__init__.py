"""Tables of the bottom app: the tree, people in post, plans, staged imports, notices, doors, the audit trail."""

from tenancy.models.audit import AuditEvent, AuditSeal
from tenancy.models.doors import Door
from tenancy.models.grants import JurisdictionGroupPermission, JurisdictionUserPermission
from tenancy.models.imports import ImportBatch, ImportRow, ImportWord
from tenancy.models.located import Counted, Located
from tenancy.models.notices import Notice
from tenancy.models.people import Post, PostPlace, User
from tenancy.models.plans import CalendarDay, Plan
from tenancy.models.tree import Jurisdiction

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "CalendarDay",
    "Counted",
    "Door",
    "ImportBatch",
    "ImportRow",
    "ImportWord",
    "Jurisdiction",
    "JurisdictionGroupPermission",
    "JurisdictionUserPermission",
    "Located",
    "Notice",
    "Plan",
    "Post",
    "PostPlace",
    "User",
]
