"""The same rows as .xlsx, .xls and .csv in the encodings of Excel and WPS: the same staged rows, the same sentences.

The .xls files in tests/fixtures hold these very rows, as an old Excel writes them; nothing here writes that format.
"""

from datetime import date
from pathlib import Path

import pytest

from entities.actions.ledger import LEDGER
from entities.actions.record_imports import PENALTIES
from entities.models import Entity, Flag
from entities.rules.record_rows import text_of
from tenancy.actions.imports import ImportKind, open_cells, undo_batch
from tenancy.models import ImportBatch, ImportRow
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import AT, TITLES, csv_of, imported, shop, staged, uscc, written, xlsx_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
# GBK, as WPS writes it, has no 㛃.
PLAIN = {"officer": "安一"}
LEDGER_ROWS = [
    shop(1, **PLAIN), shop(2, name="２号店（分店）", staff="约20", business_type="餐饮", **PLAIN),
    shop(3, uscc="92990101MA0000003X", **PLAIN), shop(4, phone="1990000", area="没有的社区", **PLAIN),
    shop(5, revenue=None, staff=None, business_type="食品零售", **PLAIN),
]  # fmt: skip
PENALTY_TITLES = ("当事人", "信用代码", "处罚种类", "文号", "决定日期", "止", "处罚机关")
PENALTY_ROWS = [
    ("1号店", uscc(1), "责令停产停业", "某罚1号", date(2026, 9, 1), date(2026, 12, 31), "某区局"),
    ("没有的店", "", "警告", "某罚2号", date(2026, 9, 2), None, "某区局"),
    ("1号店", "", "游街", "某罚3号", date(2026, 9, 3), None, "某区局"),
]
ENCODINGS = ("utf-8-sig", "gbk", "gb18030", "utf-16")


def files(rows, titles, old: str) -> dict[str, bytes]:
    """Name of the file -> its bytes."""
    made = {f"{encoding}.csv": csv_of(rows, titles, encoding) for encoding in ENCODINGS}
    return {"new.xlsx": xlsx_of(rows, titles), "old.xls": (FIXTURES / old).read_bytes(), **made}


def laid(batch: ImportBatch) -> list[tuple]:
    """What lies in the staging table, cells as a person reads them."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return [
        (row.number, [text_of(cell) for cell in open_cells(row.cells)], row.verdict, row.problems, row.differences)
        for row in rows
    ]


def all_formats(cast: Cast, kind: ImportKind, made: dict[str, bytes]) -> dict[str, tuple]:
    found = {}
    for name, data in made.items():
        batch = staged(cast, data, name, kind=kind)
        assert (batch.state, batch.error) == ("staged", "")
        found[name] = (laid(batch), batch.counts)
    return found


@pytest.mark.parametrize("kind", [LEDGER, PENALTIES], ids=lambda kind: kind.name)
def test_the_same_rows_are_staged_alike_in_every_format(cast: Cast, kind: ImportKind) -> None:
    with acting_in(cast.li.place):
        if kind is PENALTIES:
            imported(cast, csv_of([shop(1)]))
        rows, titles = (LEDGER_ROWS, TITLES) if kind is LEDGER else (PENALTY_ROWS, PENALTY_TITLES)
        found = all_formats(cast, kind, files(rows, titles, f"{kind.name}-old.xls"))
        first = found["new.xlsx"]
        assert {name: each for name, each in found.items() if each != first} == {}
        assert (first[1]["read"], first[1]["refused"]) == ((5, 2) if kind is LEDGER else (3, 2))


def test_what_is_written_is_the_same_from_every_format(cast: Cast) -> None:
    with acting_in(cast.li.place):
        kept = []
        for name, data in files(LEDGER_ROWS, TITLES, "ledger-old.xls").items():
            batch = written(staged(cast, data, name), cast)
            facts = ("name", "uscc", "staff", "revenue", "address", "principal", "phone_index", "officer", "status")
            kept.append(list(Entity.objects.order_by("name").values_list(*facts)))
            undo_batch(batch, LEDGER, by=cast.li, at=AT)
        assert len(kept[0]) == 3
        assert kept == kept[:1] * len(kept)


def test_days_are_the_same_whether_a_cell_holds_a_date_or_its_text(cast: Cast) -> None:
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(1)]))
        for name, data in files(PENALTY_ROWS, PENALTY_TITLES, "penalties-old.xls").items():
            batch = written(staged(cast, data, name, kind=PENALTIES), cast, kind=PENALTIES)
            flag = Flag.objects.get()
            assert (flag.decided_on, flag.since, flag.until) == (date(2026, 9, 1), date(2026, 9, 1), date(2026, 12, 31))
            undo_batch(batch, PENALTIES, by=cast.li, at=AT)
