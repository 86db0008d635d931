"""What is measured on: a city's tree and plan, its ledger as rows and as a workbook, and the post that imports it.

The rows are the demo's; the codes and names that a real ledger carries besides are added here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from django.db import connection, transaction

from benchmarks import database
from cadres.actions.roster import ROSTER
from demo import suining
from entities.actions.ledger import LEDGER
from entities.rules.codes import USCC_SYMBOLS, licence_check_digit, uscc_check_symbol
from supervision.actions.quarters import open_quarter
from tenancy.actions.accounts import appoint
from tenancy.actions.imports import ImportKind, commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.models import Jurisdiction, Post
from tenancy.rules.periods import quarter_of
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in

SINCE = date(2026, 1, 1)
ON = date(2026, 10, 8)
DUE = date(2026, 12, 24)
AT = datetime(2026, 10, 8, 1, tzinfo=UTC)
FULL = sum(suining.ENTITIES.values())
# The columns of the sample ledger; a shop of this city has no diners and no director.
HEADER = (
    "序号", "主体名称", "统一社会信用代码", "许可证编号", "主体业态", "从业人员", "年营业收入", "用餐人数", "所属村",
    "经营地址", "负责人", "联系电话", "食品安全总监", "食品安全员", "经营状态",
)  # fmt: skip
OWN = tuple(f"本单位栏目{n}" for n in range(10))
WRITTEN = (
    "entities_entity", "entities_licence", "entities_graderecord", "entities_statusrecord", "tenancy_importrow",
    "tenancy_importbatch",
)  # fmt: skip
# Round-robin among the cadres of the entity's village.
ASSIGN = """WITH bearer AS (
      SELECT cadre.id, cadre.place, post.person_name, row_number() OVER at - 1 AS turn, count(*) OVER all_of AS among
      FROM cadres_cadre cadre JOIN tenancy_post post ON post.id = cadre.post_id
      WINDOW at AS (PARTITION BY cadre.place ORDER BY cadre.id), all_of AS (PARTITION BY cadre.place)
    ), numbered AS (SELECT id, place, row_number() OVER (PARTITION BY place ORDER BY id) AS n FROM entities_entity)
    INSERT INTO cadres_assignment (place, entity_id, cadre_id, cadre_place, cadre_name, cadre_title, tier, valid, reason,
      over_cap_reason)
    SELECT e.place, e.id, b.id, b.place, b.person_name, '', 'village', daterange(%s, NULL), '', ''
    FROM numbered e JOIN bearer b ON b.place = e.place AND b.turn = e.n %% b.among"""
Row = tuple[Any, ...]


@dataclass
class District:
    """The measured city with `rows` of its entities."""

    rows: int = FULL
    rounds: int = 3
    repeat: int = 30
    has_people: bool = False
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
    def wide_workbook(self) -> bytes:
        """The same with ten columns of the office's own behind, which no import reads."""
        rows = ((*row, *(f"第{row[0]}行的第{n}格" for n in range(len(OWN)))) for row in self.ledger)
        return suining.workbook("台账", HEADER + OWN, rows)

    @cached_property
    def area_ids(self) -> dict[str, tuple[int, str]]:
        """Name of a village -> its id and path."""
        villages = Jurisdiction.objects.under(self.place.path).filter(level="village")
        return {name: (pk, path) for pk, name, path in villages.values_list("pk", "name", "path")}

    def peopled(self) -> None:
        """The ledger written, every entity assigned in its village and the quarter opened; once for all that ask."""
        if self.has_people:
            return
        self._imported(LEDGER, self.workbook)
        self._imported(ROSTER, suining.workbook("名册", suining.ROSTER_HEADER, suining.roster_rows()))
        with self.acting(), connection.cursor() as cursor:
            cursor.execute(ASSIGN, [SINCE])
            open_quarter(self.place, quarter_of(ON), on=ON)
        database.swept("cadres_assignment", "supervision_obligation", "tenancy_post", "cadres_cadre", *WRITTEN)
        self.has_people = True

    def _imported(self, kind: ImportKind, file: bytes) -> None:
        with self.acting():
            batch = receive_workbook(self.place, kind=kind.name, filename="表.xlsx", data=file, by=self.clerk)
            stage_workbook(batch, kind, on=SINCE)
            confirm_batch(batch, by=self.clerk, clean_only=False)
            commit_batch(batch, kind, on=SINCE, at=AT)

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


def numbered(number: int) -> Row:
    """A shop of its own for any number, also beyond the city's."""
    villages = suining.names()["village"]
    village = villages[number % len(villages)]
    shop, phone = f"{suining.SHOPS[number % len(suining.SHOPS)]}{number:06}", f"1990{number:07}"
    kind, staff, revenue = suining.FACTS["D"]
    return _full((number, shop, kind, staff, revenue, village, f"{village}{number}号", phone, "在营"))


def _full(row: Sequence[Any]) -> Row:
    number, shop, kind, staff, revenue, village, address, phone, status = row
    return (
        number, shop, _uscc(number), _licence(number), kind, staff, revenue, None, village, address,
        f"店主{number % 997}", phone, None, f"专员{number % 991}", status,
    )  # fmt: skip


def _uscc(number: int) -> str:
    code = f"92510900{USCC_SYMBOLS[10 + number % 20]}{number:07}X"
    return code + uscc_check_symbol(code)


def _licence(number: int) -> str:
    digits = f"2510900{number:06}"
    return f"JY{digits}{licence_check_digit(digits)}"
