"""Parse and check what the register's pages and endpoints are sent; nothing here saves."""

from entities.forms.grading import CorrectionForm, DecisionForm, RegradeForm, TrialForm, UpgradeForm, WithdrawForm
from entities.forms.records import RecordForm
from entities.forms.register import TABS, EntityForm, RegisterFilterForm, StatusForm
from entities.forms.supply import SupplyForm

__all__ = [
    "TABS",
    "CorrectionForm",
    "DecisionForm",
    "EntityForm",
    "RecordForm",
    "RegisterFilterForm",
    "RegradeForm",
    "StatusForm",
    "SupplyForm",
    "TrialForm",
    "UpgradeForm",
    "WithdrawForm",
]
