"""生命线: everything of an entity by its day, of each kind what the post may read, in a constant number of statements."""

import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from openpyxl import load_workbook

from entities.actions.records import add_record
from entities.actions.register import add_entity, change_status, version_of
from entities.actions.sizes import Figure, record_size
from entities.models import RECORDS as TABLES
from entities.models import Entity
from entities.rules.ledger import LedgerRow
from entities.rules.sizes import SizeKind, SizeSource
from entities.rules.vocabulary import OperatingStatus
from reports.actions.life import export_life
from reports.queries.life import KINDS, life_of
from supervision.actions.issues import acknowledge
from tenancy.models import AuditEvent
from tenancy.queries.plans import plan_in_force
from tests.supervision.desk import NOW, TODAY, Desk

OPENED, GROWN = date(2026, 3, 2), date(2026, 6, 1)
RECORDS = {
    "licence": {"kind": "", "number": "JY23101129126457", "valid_from": date(2026, 3, 5), "valid_until": None},
    "contact": {"role": "officer", "name": "安小满", "since": date(2026, 4, 1), "until": date(2026, 5, 1)},
    "check": {"checked_on": date(2026, 6, 9), "result": "mostly", "source": "某所", "problems": "冰柜无标签"},
    "flag": {
        "kind": "penalty",
        "text": "警告",
        "source": "某局",
        "document": "某罚1号",
        "since": date(2026, 7, 1),
        "measures": ["警告"],
        "decided_on": date(2026, 7, 1),
    },
}


@pytest.fixture
def lived(desk: Desk) -> Entity:
    """A shop of Wang's with something of every kind but a letter."""
    li = desk.cast.li
    row = LedgerRow(
        name="莲花面馆", business_type="catering", staff=5, revenue=Decimal(64), area=desk.cast.places["一社区"].pk
    )
    entity = add_entity(row, by=li, on=OPENED)
    desk.assign(entity, "wang")
    record_size(
        entity, Figure(SizeKind.STAFF, Decimal(7), SizeSource.SHOP, GROWN), by=li, on=GROWN, seen=version_of(entity)
    )
    for kind, values in RECORDS.items():
        entity.refresh_from_db()
        blank = dict.fromkeys(("issued_by", "scope", "phone", "shift", "appointment", "person"), "")
        empty = blank | {"state": "in_force", "valid_until": None, "until": None, "health_until": None} | values
        typed = {name: empty.get(name, "") for name in TABLES[kind].typed}
        add_record(entity, kind, typed, by=li, on=GROWN, seen=version_of(entity))
    desk.open()
    acknowledge(desk.issue(entity), text="收到", by=desk.cast.zhou, on=TODAY, at=NOW)
    entity.refresh_from_db()
    return entity


def lines(desk: Desk, entity: Entity, who: str = "li", on: date = TODAY) -> list[tuple[date, str, str]]:
    doc = plan_in_force(entity.place, on).value
    return [(event.on, event.kind, event.title) for event in life_of(entity, doc, desk.cast.posts[who], on)]


def test_each_thing_stands_on_the_day_it_is_of_the_latest_first(desk: Desk, lived: Entity) -> None:
    # Acts stand on the day they were written, which is that of the machine.
    found = lines(desk, lived, on=date(2099, 12, 31))
    assert [on for on, _kind, _title in found] == sorted((on for on, _k, _t in found), reverse=True)
    assert {
        (GROWN, "size", "从业人员 7 人"),
        (OPENED, "size", "从业人员 5 人"),
        (OPENED, "grade", "定为 D 级"),
        (OPENED, "status", "在营"),
        (OPENED, "change", "新增"),
        (date(2026, 3, 5), "paper", "食品经营许可证 JY23101129126457 生效"),
        (date(2026, 4, 1), "person", "安小满（食品安全员） 任职"),
        (date(2026, 5, 1), "person", "安小满（食品安全员） 离任"),
        (date(2026, 7, 1), "flag", "行政处罚 某罚1号 警告 起"),
        (date(2026, 6, 9), "check", "某所：基本符合"),
        (TODAY, "issue", "发现问题：冷藏柜温度不达标"),
    } <= set(found)
    assert {kind for _on, kind, _title in found} == set(KINDS) - {"letter", "survey"}


def test_what_is_to_come_is_not_told_yet(desk: Desk, lived: Entity) -> None:
    early = lines(desk, lived, on=date(2026, 4, 15))
    assert {kind for _on, kind, _title in early} == {
        "size",
        "grade",
        "status",
        "change",
        "paper",
        "person",
        "assignment",
    }
    assert (date(2026, 5, 1), "person", "安小满（食品安全员） 离任") not in early


def test_a_post_reads_the_kinds_it_has_the_right_for(desk: Desk, lived: Entity) -> None:
    everything = {kind for _on, kind, _title in lines(desk, lived)}
    assert {"visit", "assignment", "issue"} <= everything
    assert {kind for _on, kind, _title in lines(desk, lived, "zhou")} == everything - {"visit", "assignment"}


@pytest.mark.parametrize("more", [0, 2])
def test_it_asks_the_same_for_little_and_for_much(
    desk: Desk, lived: Entity, more: int, django_assert_num_queries
) -> None:
    statuses = [OperatingStatus.STOPPED, OperatingStatus.ACTIVE]
    for number in range(more):
        lived.refresh_from_db()
        change_status(lived, statuses[number], reason="停业", by=desk.cast.li, on=TODAY, seen=version_of(lived))
    doc = plan_in_force(lived.place, TODAY).value
    with django_assert_num_queries(18):
        life_of(lived, doc, desk.cast.li, TODAY)


@time_machine.travel("2026-11-22T10:00:00+08:00", tick=False)
def test_page_endpoint_and_workbook_tell_the_same_of_one_kind(desk: Desk, lived: Entity) -> None:
    client = desk.client("li")
    page = client.get(f"/entities/{lived.pk}/life/?kind=size")
    shown = [(event.on.isoformat(), event.title) for event in page.context["page"]]
    assert shown == [
        (GROWN.isoformat(), "从业人员 7 人"),
        *((OPENED.isoformat(), title) for title in ("年营业收入 64 万元", "从业人员 5 人")),
    ]
    told = client.get(f"/api/entities/{lived.pk}/life/?kind=size").json()["results"]
    assert [(each["on"], each["title"]) for each in told] == shown
    data = export_life(lived, "size", by=desk.cast.li, on=TODAY)
    cells = [str(cell.value) for row in load_workbook(io.BytesIO(data)).active for cell in row if cell.value]
    assert [title for _on, title in shown] == [cell for cell in cells if cell.startswith(("从业", "年营业"))]
    assert AuditEvent.objects.get(action="reports.life.exported").after == {"rows": 3}
    assert client.get(f"/entities/{lived.pk}/life/file/?kind=size").status_code == 200
    assert "完整生命线" in client.get(f"/entities/{lived.pk}/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("sun", 404), ("wang", 403), ("zhou", 200)])
def test_only_who_reads_the_register_reads_it(desk: Desk, lived: Entity, who: str, status: int) -> None:
    assert desk.client(who).get(f"/entities/{lived.pk}/life/").status_code == status
    assert desk.client(who).get(f"/api/entities/{lived.pk}/life/").status_code == status
    assert desk.client("zhou").get(f"/entities/{lived.pk}/life/file/").status_code == 403
