"""Tables of the bottom app: the tree, people in post, accounts, plans and drafts, imports, notices, doors, the trail."""

from tenancy.models.accounts import Account, Petition, SecondFactor
from tenancy.models.audit import AuditEvent, AuditSeal
from tenancy.models.doors import Door, Pin
from tenancy.models.drafts import PlanAnnex, PlanDraft
from tenancy.models.grants import JurisdictionGroupPermission, JurisdictionUserPermission
from tenancy.models.imports import ImportBatch, ImportRow, ImportWord
from tenancy.models.located import Counted, Located, last_day_of
from tenancy.models.notices import Notice
from tenancy.models.people import Post, PostPlace, User
from tenancy.models.plans import CalendarDay, CalendarYear, Plan
from tenancy.models.seats import Seat
from tenancy.models.subplans import Milestone, StageNote, SubPlan
from tenancy.models.tree import Jurisdiction

__all__ = [
    "Account",
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
    "Petition",
    "Pin",
    "Plan",
    "PlanAnnex",
    "PlanDraft",
    "Post",
    "PostPlace",
    "Seat",
    "SecondFactor",
    "StageNote",
    "SubPlan",
    "User",
    "last_day_of",
]
