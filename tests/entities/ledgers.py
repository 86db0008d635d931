"""Small ledgers for tests, as an office would type them, and their way through the import in 甲街道."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl

from entities.actions.ledger import LEDGER
from entities.rules.codes import licence_check_digit, uscc_check_symbol
from tenancy.actions.imports import ImportKind, commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.models import ImportBatch, ImportRow
from tests.cast import Cast

ON = date(2026, 10, 8)
AT = datetime(2026, 10, 8, 9, tzinfo=UTC)
TITLES = (
    "主体名称", "统一社会信用代码", "许可证编号", "主体业态", "从业人员", "年营业收入", "用餐人数", "所属社区", "经营地址",
    "负责人", "联系电话", "食品安全总监", "食品安全员", "经营状态", "兼营业态", "标签", "食品安全风险等级",
)  # fmt: skip
KEYS = tuple(column.key for column in LEDGER.columns)


def uscc(number: int) -> str:
    """A valid credit code nobody has."""
    body = f"92990101MA{number:07}"
    return body + uscc_check_symbol(body + "0")


def licence(number: int) -> str:
    """A valid operation licence nobody has."""
    digits = f"2990101{number:06}"
    return f"JY{digits}{licence_check_digit(digits + '0')}"


def shop(number: int, **changes: Any) -> list[Any]:
    """A faultless row of the ledger's columns; changes go by their keys."""
    cells = {
        "name": f"{number}号店", "uscc": uscc(number), "licence": licence(number), "business_type": "餐饮服务", "staff": 5,
        "revenue": 60, "diners": None, "area": "一社区", "address": f"某路{number}号", "principal": "陈志强",
        "phone": f"1990000{number:04}", "director": None, "officer": "李㛃", "status": "在营",
        "further_types": None, "tags": None, "risk_level": None,
    }  # fmt: skip
    return list((cells | changes).values())


def csv_of(rows: Iterable[Sequence[Any]], titles: Sequence[str] = TITLES, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([titles, *rows])
    return out.getvalue().encode(encoding)


def xlsx_of(
    rows: Iterable[Sequence[Any]],
    titles: Sequence[str] = TITLES,
    *,
    above: Iterable[Sequence[Any]] = (),
    change: Callable[[Any], None] | None = None,
) -> bytes:
    """A workbook with rows above its header; change gets openpyxl's book before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    for row in (*above, titles, *rows):
        page.append(list(row))
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def staged(
    cast: Cast, data: bytes, name: str = "台账.csv", *, who: str = "li", kind: ImportKind = LEDGER
) -> ImportBatch:
    """Received and staged; call it inside the street."""
    post = cast.posts[who]
    batch = receive_workbook(post.jurisdiction, kind=kind.name, filename=name, data=data, by=post)
    return stage_workbook(batch, kind, on=ON)


def written(batch: ImportBatch, cast: Cast, *, who: str = "li", kind: ImportKind = LEDGER) -> ImportBatch:
    confirm_batch(batch, by=cast.posts[who], clean_only=True)
    return commit_batch(batch, kind, on=ON, at=AT)


def imported(
    cast: Cast, data: bytes, name: str = "台账.csv", *, who: str = "li", kind: ImportKind = LEDGER
) -> ImportBatch:
    return written(staged(cast, data, name, who=who, kind=kind), cast, who=who, kind=kind)


def problems_of(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    """(row, column, level, code) of every finding."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number").values_list("number", "problems")
    return [(number, each["column"], each["level"], each["code"]) for number, found in rows for each in found]


def messages_of(batch: ImportBatch) -> list[str]:
    rows = ImportRow.objects.filter(batch=batch).order_by("number").values_list("problems", flat=True)
    return [each["message"] for found in rows for each in found]
