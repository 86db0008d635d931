"""The exported workbooks: the official form up to a few thousand rows, the plain table beyond."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from reports.queries.sheets import SheetRows
from tenancy.workbooks import Column, Sheet, write_form, write_table
from tenancy.workbooks.writing import Kind

FORM_ROWS = 5000

Named = tuple[str, Kind, float | None, str]
LEDGER: tuple[Named, ...] = (
    (gettext_noop("主体名称"), "text", 30, ""),
    (gettext_noop("统一社会信用代码"), "text", 22, ""),
    (gettext_noop("许可证编号"), "text", 20, ""),
    (gettext_noop("有效期至"), "date", None, ""),
    (gettext_noop("主体业态"), "text", 16, ""),
    (gettext_noop("等级"), "text", 7, ""),
    (gettext_noop("经营状态"), "text", 10, ""),
    (gettext_noop("所属区域"), "text", 16, ""),
    (gettext_noop("经营地址"), "text", 34, ""),
    (gettext_noop("从业人员（人）"), "int", None, ""),
    (gettext_noop("用餐人数（人）"), "int", None, ""),
    (gettext_noop("负责人"), "text", 10, ""),
    (gettext_noop("食品安全总监"), "text", 12, gettext_noop("企业人员")),
    (gettext_noop("食品安全员"), "text", 12, gettext_noop("企业人员")),
    (gettext_noop("姓名"), "text", 10, gettext_noop("包保干部")),
    (gettext_noop("职务"), "text", 20, gettext_noop("包保干部")),
    (gettext_noop("层级"), "text", 10, gettext_noop("包保干部")),
    (gettext_noop("集聚场所"), "text", 16, gettext_noop("归属")),
    (gettext_noop("摊位号"), "text", 9, gettext_noop("归属")),
    (gettext_noop("连锁企业"), "text", 16, gettext_noop("归属")),
    (gettext_noop("本地增加的台账项"), "text", 30, ""),
)
PROGRESS: tuple[Named, ...] = (
    (gettext_noop("主体名称"), "text", 30, ""),
    (gettext_noop("统一社会信用代码"), "text", 22, ""),
    (gettext_noop("等级"), "text", 7, ""),
    (gettext_noop("所属区域"), "text", 16, ""),
    (gettext_noop("包保干部"), "text", 12, ""),
    (gettext_noop("督导期限"), "date", None, ""),
    (gettext_noop("督导日期"), "date", None, ""),
    (gettext_noop("督导方式"), "text", 12, ""),
    (gettext_noop("状态"), "text", 10, ""),
    (gettext_noop("督导周期"), "text", 24, ""),
)
STAFFING: tuple[Named, ...] = (
    (gettext_noop("主体名称"), "text", 30, ""),
    (gettext_noop("统一社会信用代码"), "text", 22, ""),
    (gettext_noop("等级"), "text", 7, ""),
    (gettext_noop("所属区域"), "text", 16, ""),
    (gettext_noop("五类食品企业"), "text", 8, ""),
    (gettext_noop("应配"), "text", 18, ""),
    (gettext_noop("食品安全总监"), "text", 14, gettext_noop("已配")),
    (gettext_noop("食品安全员"), "text", 14, gettext_noop("已配")),
    (gettext_noop("缺"), "text", 18, ""),
    (gettext_noop("依据"), "text", 40, ""),
)
GOALS: tuple[Named, ...] = (
    (gettext_noop("目标"), "text", 36, ""),
    (gettext_noop("依据"), "text", 30, ""),
    (gettext_noop("期限"), "date", None, ""),
    (gettext_noop("应完成"), "int", None, ""),
    (gettext_noop("已完成"), "int", None, ""),
    (gettext_noop("还差"), "int", None, ""),
    (gettext_noop("判定"), "text", 14, ""),
)
CHANGES: tuple[Named, ...] = (
    (gettext_noop("主体名称"), "text", 30, ""),
    (gettext_noop("统一社会信用代码"), "text", 22, ""),
    (gettext_noop("所属区域"), "text", 16, ""),
    (gettext_noop("变动"), "text", 10, ""),
    (gettext_noop("变动日期"), "date", None, ""),
    (gettext_noop("变动内容"), "text", 34, ""),
    (gettext_noop("原因"), "text", 24, ""),
    (gettext_noop("依据"), "text", 20, ""),
    (gettext_noop("调整期限"), "date", None, ""),
    (gettext_noop("由谁办"), "text", 14, ""),
    (gettext_noop("状态"), "text", 9, ""),
    (gettext_noop("办结日期"), "date", None, ""),
)
TREND: tuple[Named, ...] = (
    (gettext_noop("季度"), "text", 16, ""),
    (gettext_noop("状态"), "text", 18, ""),
    (gettext_noop("应督导"), "int", None, ""),
    (gettext_noop("已督导"), "int", None, ""),
    (gettext_noop("按期督导"), "int", None, ""),
    (gettext_noop("逾期"), "int", None, ""),
    (gettext_noop("发现问题"), "int", None, ""),
    (gettext_noop("已整改"), "int", None, ""),
)
EXPIRY: tuple[Named, ...] = (
    (gettext_noop("主体名称"), "text", 30, ""),
    (gettext_noop("所属区域"), "text", 16, ""),
    (gettext_noop("到期事项"), "text", 16, ""),
    (gettext_noop("编号或姓名"), "text", 24, ""),
    (gettext_noop("有效期至"), "date", None, ""),
    (gettext_noop("状态"), "text", 10, ""),
)
LIFE: tuple[Named, ...] = (
    (gettext_noop("日期"), "date", None, ""),
    (gettext_noop("类别"), "text", 12, ""),
    (gettext_noop("事项"), "text", 40, ""),
    (gettext_noop("说明"), "text", 40, ""),
    (gettext_noop("经办"), "text", 20, ""),
)
COLUMNS = {
    "life": LIFE,
    "ledger": LEDGER, "progress": PROGRESS, "staffing": STAFFING, "goals": GOALS, "changes": CHANGES, "trend": TREND, "expiry": EXPIRY,
}  # fmt: skip


def columns_of(kind: str) -> list[Column]:
    return [Column(_(name), cells, width, _(group) if group else "") for name, cells, width, group in COLUMNS[kind]]


def official_form(kind: str, sheet: SheetRows) -> bytes:
    """Title, reporting unit with the conditions, ruled rows, total and signature line."""
    columns = columns_of(kind)
    totals = [sheet.totals["name"], *([None] * (len(columns) - 1))]
    unit = f"{sheet.unit}    {_('条件')}：{sheet.conditions}"
    return write_form(sheet.title, unit, sheet.day, columns, sheet.rows, totals=totals)


def plain_table(kind: str, sheet: SheetRows, target: BinaryIO) -> None:
    """The rows on one sheet; title, unit, day, conditions and total on a second."""
    about = [
        (_("标题"), sheet.title),
        (_("填报单位"), sheet.unit),
        (_("填报日期"), sheet.day.isoformat()),
        (_("条件"), sheet.conditions),
        (_("合计"), sheet.totals["name"]),
    ]
    notes = Sheet(_("说明"), (Column(_("项目"), "text", 12), Column(_("内容"), "text", 60)), about)
    write_table(target, [Sheet(sheet.title, columns_of(kind), sheet.rows, count=sheet.count), notes])


def workbook(kind: str, sheet: SheetRows) -> bytes:
    """Whichever of the two fits the number of rows."""
    if sheet.count <= FORM_ROWS:
        return official_form(kind, sheet)
    file = io.BytesIO()
    plain_table(kind, sheet, file)
    return file.getvalue()


def changes_workbook(title: str, unit: str, day: date, rows: Sequence[tuple[Any, ...]]) -> bytes:
    """变动事项."""
    return _form_or_table("changes", title, unit, day, rows)


def life_workbook(title: str, unit: str, day: date, rows: Sequence[tuple[Any, ...]]) -> bytes:
    """生命线 of one entity."""
    return _form_or_table("life", title, unit, day, rows)


def _form_or_table(kind: str, title: str, unit: str, day: date, rows: Sequence[tuple[Any, ...]]) -> bytes:
    """The official form where it can be printed, the plain table where there are too many rows for one."""
    columns = columns_of(kind)
    if len(rows) <= FORM_ROWS:
        return write_form(title, unit, day, columns, rows)
    file = io.BytesIO()
    write_table(file, [Sheet(title, columns, rows)], footer=f"{unit} {day.isoformat()}")
    return file.getvalue()
