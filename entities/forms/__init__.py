"""Parse and check what the register's pages and endpoints are sent; nothing here saves."""

from entities.forms.bulk import BulkForm
from entities.forms.extras import ExtrasForm
from entities.forms.finding import TABS, RegisterFilterForm
from entities.forms.grading import CorrectionForm, DecisionForm, RegradeForm, TrialForm, UpgradeForm, WithdrawForm
from entities.forms.groups import BelongingForm, GroupForm
from entities.forms.quality import MendingForm
from entities.forms.records import RecordForm
from entities.forms.register import EntityForm, StatusForm
from entities.forms.sizes import SizeForm
from entities.forms.spots import SpotForm
from entities.forms.supply import SupplyForm
from entities.forms.views import ViewForm, query_of

__all__ = [
    "TABS",
    "BelongingForm",
    "BulkForm",
    "CorrectionForm",
    "DecisionForm",
    "EntityForm",
    "ExtrasForm",
    "GroupForm",
    "MendingForm",
    "RecordForm",
    "RegisterFilterForm",
    "RegradeForm",
    "SizeForm",
    "SpotForm",
    "StatusForm",
    "SupplyForm",
    "TrialForm",
    "UpgradeForm",
    "ViewForm",
    "WithdrawForm",
    "query_of",
]
