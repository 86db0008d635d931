"""The register's imports over the API."""

from typing import ClassVar

from django.utils.translation import gettext_lazy

from entities.actions.ledger import LEDGER
from entities.actions.outside import OUTSIDE
from entities.actions.record_imports import CHECKS, PENALTIES, STAFF
from entities.tasks import nudge_ledger
from tenancy.api.imports import ImportViewSet
from tenancy.rules.roles import Right


class RegisterImports(ImportViewSet):
    """包保主体台账、行政处罚、监督检查和两员名单的导入; an outside list is confirmed here once it was sent to /api/outside/."""

    kinds = (LEDGER, PENALTIES, CHECKS, STAFF, OUTSIDE)
    right = Right.IMPORT_REGISTER
    rights: ClassVar = {OUTSIDE.name: Right.APPROVE_LIST}
    elsewhere: ClassVar = {OUTSIDE.name: gettext_lazy("外部名单要写明来源和数据截至日，请改用 /api/outside/ 上传。")}

    def nudge(self, batch_id: int) -> None:
        nudge_ledger(batch_id)
