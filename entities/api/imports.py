"""The register's imports over the API."""

from entities.actions.ledger import LEDGER
from entities.actions.record_imports import CHECKS, PENALTIES, STAFF
from entities.tasks import nudge_ledger
from tenancy.api.imports import ImportViewSet
from tenancy.rules.roles import Right


class RegisterImports(ImportViewSet):
    """包保主体台账、行政处罚、监督检查和两员名单的导入."""

    kinds = (LEDGER, PENALTIES, CHECKS, STAFF)
    right = Right.IMPORT_REGISTER

    def nudge(self, batch_id: int) -> None:
        nudge_ledger(batch_id)
