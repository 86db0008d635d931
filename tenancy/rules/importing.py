"""What a staged workbook is: findings about its rows, what their cells were merged into, and how the rows are counted.

Pure: rows come in as numbered lists of cells, knowledge goes out. Which column holds what is `headers`; what a row
means is the importing app's rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any, NamedTuple

from tenancy.rules.names import tidy


class Level(StrEnum):
    """error keeps the row out, warning is committed after it was seen, notice only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one row: what, why and how to mend stand in the message.

    proposed: what the cell probably should hold, for somebody to agree to.
    """

    column: str
    level: Level
    code: str
    message: str
    proposed: str = ""

    def as_json(self) -> dict[str, str]:
        said = {"column": self.column, "level": self.level.value, "code": self.code, "message": self.message}
        return said | {"proposed": self.proposed} if self.proposed else said


@dataclass(frozen=True, slots=True)
class Column:
    """A column an import understands, with the titles offices use for it."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    # Sealed in the staging table and shown masked.
    private: bool = False
    # A merged cell says the same for all its rows; elsewhere only the first of them has it.
    fills_down: bool = False
    # The unit its numbers are read in, and the units a title may name instead, which would be read wrongly.
    unit: str = ""
    other_units: tuple[str, ...] = ()


# Column of a row -> [what the register holds, what the row would put there], both as a person reads them.
Differences = dict[str, list[str]]


class Checked(NamedTuple):
    """What a validator says of a row: findings, verdict (new, changed, same), and what a changed row would change."""

    findings: list[Finding]
    verdict: str
    differences: Differences | None = None


TOTALS = frozenset({"合计", "总计", "小计", "共计"})
SIGNATURES = ("填表人", "审核人", "负责人（签字）", "制表人", "备注：", "注：", "说明：")


def is_data(cells: Sequence[Any]) -> bool:
    """Whether a row under the header holds a record: not blank, not a total, not the signature line."""
    for cell in cells:
        text = tidy(cell) if isinstance(cell, str) else cell
        if text is not None and text != "":
            first = str(text)
            return "".join(first.split()).rstrip("：:") not in TOTALS and not first.startswith(SIGNATURES)
    return False


MERGED, FILLED, HEADED = "merged-cell", "filled-down", "section"
Area = tuple[int, int, int, int]


def merged_cells(
    areas: Iterable[Area], below: int, filling: Iterable[int], width: int
) -> Iterator[tuple[int, int, str]]:
    """(row, sheet column, what became of it) for the cells of merged areas under a header that stand empty.

    filling: the sheet columns whose merged value holds for every row. A row that is one merged cell from side to side
    is a heading between the records.
    """
    fills = frozenset(filling)
    for top, left, bottom, right in areas:
        if bottom > below and top == bottom and right - left + 1 >= max(3, width - 1):
            yield top, left, HEADED
        elif bottom > below:
            cells = product(range(max(top, below + 1), bottom + 1), range(left, right + 1))
            for row, column in (cell for cell in cells if cell != (top, left)):
                yield row, column, FILLED if column in fills and column == left else MERGED


def merge_finding(column: Column, code: str, value: object) -> Finding:
    """What is said about a cell that is part of a merged one."""
    if code == FILLED:
        return Finding(column.key, Level.NOTICE, FILLED, f"“{column.title}”是合并单元格，本行按“{value}”读取")
    message = f"“{column.title}”这一格被合并，只有左上角一格有值，本行按空白读取；请取消合并后逐行填写"
    return Finding(column.key, Level.WARNING, MERGED, message)


def learnt_finding(column: Column, said: str, meant: str) -> Finding:
    return Finding(column.key, Level.NOTICE, "learnt-word", f"“{said}”已按以前选定的“{meant}”读取")


VERDICTS = ("new", "changed", "same", "skipped", "refused")


def counts_of(verdicts: Iterable[str]) -> dict[str, int]:
    """How many rows of each verdict; `read` is their sum, so the counts always add up."""
    counts = dict.fromkeys(VERDICTS, 0)
    for verdict in verdicts:
        counts[verdict] += 1
    counts["read"] = sum(counts.values())
    return counts


def column_letter(index: int) -> str:
    """0 -> A, 26 -> AA: the letter a spreadsheet program shows over the column."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def located(finding: Mapping[str, str], columns: Mapping[str, int], titles: Mapping[str, str]) -> str:
    """Where a finding stands, as the spreadsheet shows it: C列“统一社会信用代码”."""
    title = titles.get(finding["column"], finding["column"])
    at = columns.get(finding["column"])
    return f"{column_letter(at)}列“{title}”" if at is not None else f"“{title}”"
