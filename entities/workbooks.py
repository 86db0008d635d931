"""摸底 and 比对 as workbooks. Rows come in, bytes go out."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from entities.queries.surveys import LineSum
from entities.rules.surveys import OUTCOME_LABELS
from entities.rules.vocabulary import Grade
from tenancy.workbooks import Column, Sheet, write_table


def survey_workbook(footer: str, sums: Sequence[LineSum], lines: Sequence[tuple[Any, ...]], *, area_word: str) -> bytes:
    """Two sheets: what goes up, and what it was counted from."""
    grades, outcomes = [str(each) for each in Grade], list(OUTCOME_LABELS.values())
    above = [
        Column(_("条线"), "text", 12),
        Column(_("合计（家）"), "int", 10),
        *(Column(_("%s级") % grade, "int", 8) for grade in grades),
        Column(_("未拟定"), "int", 8),
        *(Column(word, "int", 10) for word in outcomes),
        Column(_("待核实"), "int", 8),
    ]
    below = [
        Column(_("主体名称"), "text", 30),
        Column(_("所属%s") % area_word, "text", 16),
        Column(_("主体业态"), "text", 16),
        Column(_("核实结果"), "text", 10),
        Column(_("规则判定"), "text", 9),
        Column(_("拟定等级"), "text", 9),
        Column(_("说明"), "text", 28),
        Column(_("核实人"), "text", 20),
        Column(_("核实日期"), "date", 12),
        Column(_("确认人"), "text", 20),
        Column(_("进度"), "text", 10),
        Column(_("处理结果"), "text", 34),
    ]
    counted = [(each.name, each.total, *each.graded, *each.found) for each in sums]
    file = io.BytesIO()
    sheets = [Sheet(_("条线汇总"), above, counted), Sheet(_("明细"), below, lines)]
    write_table(file, sheets, footer=footer)
    return file.getvalue()


def differences_workbook(footer: str, rows: Sequence[tuple[Any, ...]], *, area_word: str) -> bytes:
    """One sheet: what list and register do not say alike, and what was made of it."""
    columns = [
        Column(_("名单行号"), "int", 9),
        Column(_("主体名称"), "text", 30),
        Column(_("统一社会信用代码"), "text", 22),
        Column(_("许可证编号"), "text", 20),
        Column(_("所属%s") % area_word, "text", 16),
        Column(_("经营地址"), "text", 32),
        Column(_("差异"), "text", 12),
        Column(_("项目"), "text", 14),
        Column(_("外部名单"), "text", 30),
        Column(_("本台账"), "text", 30),
        Column(_("处理"), "text", 9),
        Column(_("说明"), "text", 30),
        Column(_("处理人"), "text", 20),
        Column(_("处理日期"), "date", 12),
    ]
    file = io.BytesIO()
    write_table(file, [Sheet(_("比对差异"), columns, rows)], footer=footer)
    return file.getvalue()
