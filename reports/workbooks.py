"""The exported workbooks: the official form up to a few thousand rows, the plain table beyond."""

import io
from typing import IO

from django.utils.translation import gettext as _

from reports.queries.sheets import SheetRows
from tenancy.workbooks import Column, Sheet, write_form, write_table

FORM_ROWS = 5000

LEDGER = (
    Column(_("主体名称"), "text", 30),
    Column(_("统一社会信用代码"), "text", 22),
    Column(_("许可证编号"), "text", 20),
    Column(_("有效期至"), "date"),
    Column(_("主体业态"), "text", 16),
    Column(_("等级"), "text", 7),
    Column(_("经营状态"), "text", 10),
    Column(_("所属区域"), "text", 16),
    Column(_("经营地址"), "text", 34),
    Column(_("从业人员（人）"), "int"),
    Column(_("用餐人数（人）"), "int"),
    Column(_("负责人"), "text", 10),
    Column(_("食品安全总监"), "text", 12, _("企业人员")),
    Column(_("食品安全员"), "text", 12, _("企业人员")),
    Column(_("姓名"), "text", 10, _("包保干部")),
    Column(_("职务"), "text", 20, _("包保干部")),
    Column(_("层级"), "text", 10, _("包保干部")),
)
PROGRESS = (
    Column(_("主体名称"), "text", 30),
    Column(_("统一社会信用代码"), "text", 22),
    Column(_("等级"), "text", 7),
    Column(_("所属区域"), "text", 16),
    Column(_("包保干部"), "text", 12),
    Column(_("督导期限"), "date"),
    Column(_("督导日期"), "date"),
    Column(_("督导方式"), "text", 12),
    Column(_("状态"), "text", 10),
)
COLUMNS = {"ledger": LEDGER, "progress": PROGRESS}


def official_form(kind: str, sheet: SheetRows) -> bytes:
    """Title, reporting unit with the conditions, ruled rows, total and signature line."""
    columns = COLUMNS[kind]
    totals = [sheet.totals["name"], *([None] * (len(columns) - 1))]
    unit = f"{sheet.unit}    {_('条件')}：{sheet.conditions}"
    return write_form(sheet.title, unit, sheet.day, columns, sheet.rows, totals=totals)


def plain_table(kind: str, sheet: SheetRows, target: IO[bytes]) -> None:
    """The rows on one sheet; title, unit, day, conditions and total on a second."""
    about = [
        (_("标题"), sheet.title),
        (_("填报单位"), sheet.unit),
        (_("填报日期"), sheet.day.isoformat()),
        (_("条件"), sheet.conditions),
        (_("合计"), sheet.totals["name"]),
    ]
    notes = Sheet(_("说明"), (Column(_("项目"), "text", 12), Column(_("内容"), "text", 60)), about)
    write_table(target, [Sheet(sheet.title, COLUMNS[kind], sheet.rows, count=sheet.count), notes])


def workbook(kind: str, sheet: SheetRows) -> bytes:
    """Whichever of the two fits the number of rows."""
    if sheet.count <= FORM_ROWS:
        return official_form(kind, sheet)
    file = io.BytesIO()
    plain_table(kind, sheet, file)
    return file.getvalue()
