"""The register's imports on the web: ledgers, the station's lists, outside lists and the people of shops, whose rows
may need their entity chosen."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from entities.actions.ledger import LEDGER
from entities.actions.outside import OUTSIDE
from entities.actions.record_imports import CHECKS, PENALTIES, STAFF
from entities.queries.choosing import MOST, choices_for
from entities.rules.record_rows import WHO
from entities.tasks import nudge_ledger
from tenancy.rules.roles import Right
from tenancy.views import imports, mending

WIZARD = imports.Wizard(
    namespace="entities",
    right=Right.IMPORT_REGISTER,
    nudge=nudge_ledger,
    entrances=(
        imports.Entrance(
            LEDGER,
            _("导入包保主体台账"),
            "entities:import-ledger",
            "entities:list-entities",
            _("查看台账"),
            "entities:ledger-template",
        ),
        imports.Entrance(
            OUTSIDE,
            _("外部名单"),
            "entities:upload-outside",
            "entities:list-outside",
            _("查看比对结果"),
            "entities:outside-template",
            right=Right.APPROVE_LIST,
        ),
        imports.Entrance(
            PENALTIES,
            _("导入行政处罚"),
            "entities:import-penalties",
            "entities:list-entities",
            _("查看台账"),
            "entities:penalties-template",
            _("主体按信用代码、许可证编号、名称和地址查找，找不到或有几家的可以逐行选择。处罚种类用实施方案里的叫法。"),
            choose_url="entities:choose-entity",
        ),
        imports.Entrance(
            CHECKS,
            _("导入监督检查结果"),
            "entities:import-checks",
            "entities:list-entities",
            _("查看台账"),
            "entities:checks-template",
            _("主体按信用代码、许可证编号、名称和地址查找，找不到或有几家的可以逐行选择。"),
            choose_url="entities:choose-entity",
        ),
        imports.Entrance(
            STAFF,
            _("导入两员名单"),
            "entities:import-staff",
            "reports:show-staffing",
            _("查看两员配备"),
            "entities:staff-template",
            _("每行一人；同一家有同名同身份的人，用联系电话区分。空格不改已登记的内容，离任的请填任职止。"),
            choose_url="entities:choose-entity",
        ),
    ),
)
import_ledger = partial(imports.upload, wizard=WIZARD, kind="ledger")
ledger_template = partial(imports.template, wizard=WIZARD, kind="ledger")
outside_template = partial(imports.template, wizard=WIZARD, kind="reconcile")
import_penalties = partial(imports.upload, wizard=WIZARD, kind="penalties")
penalties_template = partial(imports.template, wizard=WIZARD, kind="penalties")
import_checks = partial(imports.upload, wizard=WIZARD, kind="checks")
checks_template = partial(imports.template, wizard=WIZARD, kind="checks")
import_staff = partial(imports.upload, wizard=WIZARD, kind="staff")
staff_template = partial(imports.template, wizard=WIZARD, kind="staff")
show_import = partial(imports.show, wizard=WIZARD)
map_import = partial(mending.choose_columns, wizard=WIZARD)
amend_import = partial(mending.amend, wizard=WIZARD)
skip_import = partial(mending.skip, wizard=WIZARD)
commit_import = partial(imports.commit, wizard=WIZARD)
undo_import = partial(imports.undo, wizard=WIZARD)
download_import = partial(imports.download, wizard=WIZARD)


@require_GET
@imports.allowed
def _choose_entity(request: HttpRequest, batch_id: int, number: int, *, wizard: imports.Wizard) -> HttpResponse:
    """Which entity a row of a foreign list is about; choosing writes its number into the row like any correction."""
    batch, entrance = imports.batch_of(batch_id, wizard)
    if not entrance.choose_url or batch.state != "staged":
        raise Http404
    row = get_object_or_404(batch.rows, number=number)
    said = [(column.title, str(cell)) for column, cell in zip(WHO, row.cells, strict=False) if cell not in (None, "")]
    found, asked = choices_for(batch, row, request.GET.get("q"))
    context = {
        "batch": batch, "wizard": wizard, "row": row, "said": said, "found": found[:MOST], "asked": asked,
        "more": len(found) > MOST, "most": MOST,
    }  # fmt: skip
    return render(request, "entities/choose.html", context)


choose_entity = partial(_choose_entity, wizard=WIZARD)
