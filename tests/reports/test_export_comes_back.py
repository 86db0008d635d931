"""The exported ledger, sent back as it is, changes nothing: rare characters, long codes, text that looks like formulas."""

import io
from collections.abc import Callable

import pytest

from entities.actions.ledger import LEDGER
from entities.models import Entity, GradeRecord, Licence, StatusRecord
from entities.queries.finding import RegisterFilter
from entities.rules.codes import uscc_check_symbol
from reports.queries.sheets import ledger_sheet
from reports.workbooks import plain_table
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.actions.tree import found_place
from tenancy.models import ImportBatch, ImportRow
from tenancy.scoping import acting_in
from tests.entities.ledgers import AT, ON, csv_of, imported, shop
from tests.reports.conftest import Scene

# Characters outside the basic plane, and beginnings a spreadsheet program takes for formulas.
NAMES = (
    "𠮷野小吃",
    "䶮记㐂寿司",
    "㛃路𫖯包子",
    "=1+1便利店",
    "+老王面馆",
    "-元店",
    "@味道",
    "O'Brien咖啡",
    "“引号”,店",
)
EMPTY = dict.fromkeys(("uscc", "licence", "staff", "revenue", "phone", "principal", "officer", "address", "status"))


def all_digits() -> str:
    """A credit code of eighteen digits, which a spreadsheet program would round as a number."""
    bodies = (f"91990101{number:09}" for number in range(100))
    return next(code for body in bodies if (code := body + uscc_check_symbol(body + "0")).isdigit())


def ledger() -> list[list[object]]:
    rows = [shop(number, name=name) for number, name in enumerate(NAMES, start=1)]
    return [
        *rows,
        shop(20, uscc=all_digits(), licence="007"),
        shop(22, **EMPTY),
        shop(23, **EMPTY, diners=120, business_type="单位食堂"),
        shop(24, status="停业", area="二社区", further_types="食品零售", tags="重点、夜市", risk_level="C"),
    ]


@pytest.fixture
def stocked(scene: Scene) -> Scene:
    """A register with everything a ledger can carry, an assigned cadre, a second licence, an area name used twice."""
    cast = scene.cast
    with acting_in(cast.places["东城区"].path):
        found_place(cast.places["乙街道"], name="一社区", level="community", segment="002")
    with acting_in(cast.li.place):
        rows = ledger()
        batch = imported(cast, csv_of(rows))
        assert batch.counts["written"] == len(rows)
        cadre = scene.cadre()
        first = Entity.objects.order_by("pk")[0]
        scene.assign(first, cadre)
        Licence.objects.create(entity=first, place=first.place, number="JY29901010009998")
    return scene


def sent_back(scene: Scene, data: bytes, who: str) -> ImportBatch:
    post = scene.cast.posts[who]
    batch = receive_workbook(post.jurisdiction, kind="ledger", filename="台账.xlsx", data=data, by=post)
    return stage_workbook(batch, LEDGER, on=ON)


def official(scene: Scene, who: str) -> bytes:
    return scene.cast.client(who).get("/exports/ledger/").content


def plain(scene: Scene, who: str) -> bytes:
    post, file = scene.cast.posts[who], io.BytesIO()
    with acting_in(post.place):
        plain_table("ledger", ledger_sheet(post, RegisterFilter(), ON), file)
    return file.getvalue()


def everything() -> list[list[tuple]]:
    return [sorted(model.objects.values_list(), key=str) for model in (Entity, Licence, GradeRecord, StatusRecord)]


@pytest.mark.parametrize("who", ["li", "qian"])
@pytest.mark.parametrize("exported", [official, plain])
def test_an_export_sent_back_unchanged_changes_nothing(
    stocked: Scene, exported: Callable[[Scene, str], bytes], who: str
) -> None:
    data, post = exported(stocked, who), stocked.cast.posts[who]
    with acting_in(post.place):
        before = everything()
        batch = sent_back(stocked, data, who)
        told = [row.problems for row in ImportRow.objects.filter(batch=batch, refused=True)]
        assert (batch.state, batch.error, told) == ("staged", "", [])
        counts = {name: batch.counts[name] for name in ("read", "same", "new", "changed", "refused")}
        assert counts == {"read": len(before[0]), "same": len(before[0]), "new": 0, "changed": 0, "refused": 0}
        confirm_batch(batch, by=post, clean_only=False)
        assert commit_batch(batch, LEDGER, on=ON, at=AT).counts["written"] == 0
        assert everything() == before
