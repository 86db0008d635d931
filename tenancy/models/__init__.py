"""Tables of the bottom app: the tree, people in post, plans and their drafts, staged imports, notices, doors, the audit trail."""

from tenancy.models.audit import AuditEvent, AuditSeal
from tenancy.models.doors import Door, Pin
from tenancy.models.drafts import PlanAnnex, PlanDraft
from tenancy.models.grants import JurisdictionGroupPermission, JurisdictionUserPermission
from tenancy.models.imports import ImportBatch, ImportRow, ImportWord
from tenancy.models.located import Counted, Located
from tenancy.models.notices import Notice
from tenancy.models.people import Post, PostPlace, User
from tenancy.models.plans import CalendarDay, CalendarYear, Plan
from tenancy.models.subplans import Milestone, StageNote, SubPlan
from tenancy.models.tree import Jurisdiction

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "CalendarDay",
    "CalendarYear",
    "Counted",
    "Door",
    "ImportBatch",
    "ImportRow",
    "ImportWord",
    "Jurisdiction",
    "JurisdictionGroupPermission",
    "JurisdictionUserPermission",
    "Located",
    "Milestone",
    "Notice",
    "Pin",
    "Plan",
    "PlanAnnex",
    "PlanDraft",
    "Post",
    "PostPlace",
    "StageNote",
    "SubPlan",
    "User",
]
