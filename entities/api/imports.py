"""The register's imports over the API."""

from entities.actions.ledger import LEDGER
from entities.actions.record_imports import CHECKS, PENALTIES
from entities.tasks import nudge_ledger
from tenancy.api.imports import ImportViewSet
from tenancy.rules.roles import Right


class RegisterImports(ImportViewSet):
    """包保主体台账、行政处罚和监督检查的导入."""

    kinds = (LEDGER, PENALTIES, CHECKS)
    right = Right.IMPORT_REGISTER

    def nudge(self, batch_id: int) -> None:
        nudge_ledger(batch_id)
