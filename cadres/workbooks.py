"""The responsibility list (责任清单) as a workbook. Rows come in, bytes go out; nothing is asked of the database."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenancy.workbooks import Column, Sheet, write_form, write_table

# openpyxl writes a ruled form of this many rows in about two seconds; above it the plain table is taken.
FORM_ROWS = 4000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_header(area_word: str) -> list[Column]:
    """The columns of the list; the place's own word for its communities stands above the area."""
    return [
        Column(_("等级"), "text", 6),
        Column(_("主体名称"), "text", 30),
        Column(_("统一社会信用代码"), "text", 22),
        Column(_("所属%s") % area_word, "text", 18),
        Column(_("经营地址"), "text", 28),
        Column(_("包保干部"), "text", 12),
        Column(_("单位职务"), "text", 24),
        Column(_("层级"), "text", 9),
        Column(_("起始日期"), "date", 12),
        Column(_("指派依据"), "text", 36),
        Column(_("超出上限的理由"), "text", 24),
    ]


def list_workbook(title: str, unit: str, day: date, area_word: str, rows: Sequence[Sequence[Any]]) -> bytes:
    """An official form where it can be printed, a plain table where there are too many rows for one."""
    header = list_header(area_word)
    if len(rows) <= FORM_ROWS:
        return write_form(title, unit, day, header, rows)
    file = io.BytesIO()
    write_table(file, [Sheet(title, header, rows)], footer=f"{unit} {day.isoformat()}")
    return file.getvalue()


def changes_workbook(title: str, unit: str, day: date, rows: Sequence[Sequence[Any]]) -> bytes:
    """干部变动 with what is left behind, as an official form."""
    header = [
        Column(_("姓名"), "text", 10),
        Column(_("单位"), "text", 16),
        Column(_("职务"), "text", 16),
        Column(_("变动"), "text", 16),
        Column(_("变动日期"), "date", 12),
        Column(_("原因"), "text", 28),
        Column(_("依据"), "text", 20),
        Column(_("重新定人期限"), "date", 14),
        Column(_("由谁办"), "text", 16),
        Column(_("尚无人接手（户）"), "int", 12),
        Column(_("状态"), "text", 10),
    ]
    return write_form(title, unit, day, header, rows)
