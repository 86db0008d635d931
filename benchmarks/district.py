"""What is measured on: a city's tree and plan, its ledger as rows and as a workbook, and the post that imports it.

The rows are the demo's; the codes and names that a real ledger carries besides are added here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from benchmarks import database
from demo import suining
from entities.rules.codes import USCC_SYMBOLS, licence_check_digit, uscc_check_symbol
from tenancy.actions.accounts import appoint
from tenancy.models import Jurisdiction, Post
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in

SINCE = date(2026, 1, 1)
ON = date(2026, 10, 8)
AT = datetime(2026, 10, 8, 1, tzinfo=UTC)
FULL = sum(suining.ENTITIES.values())
HEADER = (
    "主体名称", "统一社会信用代码", "许可证编号", "主体业态", "从业人员", "年营业收入", "所属村", "经营地址", "负责人",
    "联系电话", "食品安全员", "经营状态",
)  # fmt: skip
WRITTEN = (
    "entities_entity", "entities_licence", "entities_graderecord", "entities_statusrecord", "tenancy_importrow",
    "tenancy_importbatch",
)  # fmt: skip
Row = tuple[Any, ...]


@dataclass
class District:
    """The measured city with `rows` of its entities."""

    rows: int = FULL
    rounds: int = 3
    repeat: int = 30
    place: Jurisdiction = field(init=False)
    clerk: Post = field(init=False)

    def settle(self) -> None:
        """Puts tree, plan and the importing post into the database."""
        self.place = suining.load_tree(SINCE)
        with acting_in(self.place.path):
            self.clerk = appoint(
                self.place, role=Role.DISTRICT_OFFICE, person_name="钟清平", title="经办", since=SINCE, by=None
            )
        database.swept("tenancy_jurisdiction")

    @cached_property
    def ledger(self) -> list[Row]:
        """Rows in the order of HEADER, spread evenly over the whole ledger."""
        every = list(suining.ledger_rows())
        return [_full(every[n * len(every) // self.rows]) for n in range(self.rows)]

    @cached_property
    def workbook(self) -> bytes:
        return suining.workbook("台账", HEADER, iter(self.ledger))

    @cached_property
    def area_ids(self) -> dict[str, tuple[int, str]]:
        """Name of a village -> id and path."""
        villages = Jurisdiction.objects.under(self.place.path).filter(level="village")
        return {name: (pk, path) for pk, name, path in villages.values_list("pk", "name", "path")}

    @contextmanager
    def acting(self) -> Iterator[None]:
        with acting_in(self.place.path):
            yield

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """A register without entities before and after."""
        try:
            yield
        finally:
            database.emptied(*WRITTEN)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Acting in the city, and everything rolled back and swept away afterwards."""
        with acting_in(self.place.path):
            yield
            transaction.set_rollback(True)
        database.swept("tenancy_notice")


def _full(row: Sequence[Any]) -> Row:
    number, shop, kind, staff, revenue, village, address, phone, status = row
    return (
        shop, _uscc(number), _licence(number), kind, staff, revenue, village, address, f"店主{number % 997}", phone,
        f"专员{number % 991}", status,
    )  # fmt: skip


def _uscc(number: int) -> str:
    code = f"92510900{USCC_SYMBOLS[10 + number % 20]}{number:07}X"
    return code + uscc_check_symbol(code)


def _licence(number: int) -> str:
    digits = f"2510900{number:06}"
    return f"JY{digits}{licence_check_digit(digits)}"
