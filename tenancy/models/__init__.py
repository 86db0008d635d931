"""Tables of the bottom app: the tree, people in post, accounts, plans, staged imports, notices, doors, the trail."""

from tenancy.models.accounts import Account, Petition, SecondFactor
from tenancy.models.audit import AuditEvent, AuditSeal
from tenancy.models.doors import Door
from tenancy.models.grants import JurisdictionGroupPermission, JurisdictionUserPermission
from tenancy.models.imports import ImportBatch, ImportRow
from tenancy.models.located import Counted, Located
from tenancy.models.notices import Notice
from tenancy.models.people import Post, PostPlace, User
from tenancy.models.plans import CalendarDay, Plan
from tenancy.models.tree import Jurisdiction

__all__ = [
    "Account",
    "AuditEvent",
    "AuditSeal",
    "CalendarDay",
    "Counted",
    "Door",
    "ImportBatch",
    "ImportRow",
    "Jurisdiction",
    "JurisdictionGroupPermission",
    "JurisdictionUserPermission",
    "Located",
    "Notice",
    "Petition",
    "Plan",
    "Post",
    "PostPlace",
    "SecondFactor",
    "User",
]
