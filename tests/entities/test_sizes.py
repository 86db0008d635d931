"""规模数据: every figure with its day and source, in step with what the entity is graded by."""

from datetime import date
from decimal import Decimal

import pytest

from entities.actions.ledger import LEDGER
from entities.actions.lifecycle import register_change, undo_change
from entities.actions.register import change_entity, version_of
from entities.actions.sizes import Figure, record_size
from entities.models import Entity, EntityChange, SizeFact
from entities.rules.changes import Occasion
from entities.rules.sizes import GRADED, SizeKind, SizeSource
from tenancy.actions.imports import undo_batch
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import AT, csv_of, imported, shop
from tests.entities.test_register_acts import LATER, ON, added, row_of


def told(entity: Entity, kind: SizeKind = SizeKind.STAFF) -> list[tuple]:
    facts = SizeFact.objects.filter(entity=entity, kind=kind).order_by("known_on", "pk")
    return [(fact.value, fact.source, fact.known_on) for fact in facts]


def in_step(entity: Entity) -> bool:
    """Whether the latest figure of each kind is what the entity's column says."""
    entity.refresh_from_db()
    for kind in GRADED:
        latest = entity.sizes.filter(kind=kind).order_by("-known_on", "-pk").first()
        if (latest.value if latest else None) != getattr(entity, kind.value):
            return False
    return True


def figure(value: str, day: date = LATER, kind: SizeKind = SizeKind.STAFF, source=SizeSource.SHOP) -> Figure:
    return Figure(kind, Decimal(value), source, day)


def recorded(cast: Cast, entity: Entity, what: Figure) -> SizeFact:
    entity.refresh_from_db()
    return record_size(entity, what, by=cast.li, on=LATER, seen=version_of(entity))


def test_a_form_keeps_what_it_writes_and_what_it_clears(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        row = row_of(cast, staff=None, revenue=Decimal("70.00"))
        change_entity(entity, row, by=cast.li, on=LATER, seen=version_of(entity))
        assert told(entity) == [(5, "office", ON), (None, "office", LATER)]
        assert told(entity, SizeKind.REVENUE) == [(64, "office", ON), (70, "office", LATER)]
        assert in_step(entity)


def test_the_latest_figure_grades_and_an_earlier_one_is_history_only(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        recorded(cast, entity, figure("900", kind=SizeKind.REVENUE))
        recorded(cast, entity, figure("30"))
        entity.refresh_from_db()
        assert (entity.staff, entity.grade) == (30, "C")
        recorded(cast, entity, figure("500", day=date(2026, 9, 1), source=SizeSource.VISIT))
        entity.refresh_from_db()
        assert (entity.staff, entity.grade) == (30, "C")
        assert told(entity)[0] == (500, "visit", date(2026, 9, 1))
        assert in_step(entity)
        change = EntityChange.objects.filter(entity=entity).latest("pk")
        assert (change.kind, change.before, change.after) == ("resized", {"staff": 5}, {"staff": 30})
        event = AuditEvent.objects.filter(action="entities.size.recorded").order_by("pk")[1]
        assert (event.before["record"], event.after["record"]) == ("5 人", "从业人员 30 人")


def test_a_floor_area_is_kept_though_no_grade_asks_for_it(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        fact = recorded(cast, entity, figure("48.50", kind=SizeKind.FLOOR_AREA))
        assert (str(fact), EntityChange.objects.filter(entity=entity).count()) == ("经营面积 48.5 平方米", 1)


def test_no_figure_of_tomorrow_and_none_twice(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        with pytest.raises(Refused, match="今天之后"):
            recorded(cast, entity, figure("30", day=date(2026, 11, 3)))
        recorded(cast, entity, figure("30"))
        with pytest.raises(Refused, match="已经登记过"):
            recorded(cast, entity, figure("30"))
        with pytest.raises(Refused, match="已被别人改动"):
            record_size(entity, figure("31"), by=cast.li, on=LATER, seen="2020")


def test_taking_a_change_back_keeps_the_history_in_step(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        row = row_of(cast, staff=30, phone=None)
        entity = register_change(entity, row, Occasion(LATER, "扩店"), by=cast.li, on=LATER, seen=version_of(entity))
        undo_change(EntityChange.objects.get(kind="resized"), by=cast.li, on=LATER)
        assert told(entity)[-2:] == [(30, "office", LATER), (5, "office", LATER)]
        assert in_step(entity)


def test_a_ledger_keeps_what_it_moves_and_taking_it_back_takes_its_figures(cast: Cast) -> None:
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(1), shop(2)]))
        first, second = Entity.objects.order_by("pk")
        later = imported(cast, csv_of([shop(1, staff=9, revenue=60), shop(2)]))
        assert told(first) == [(5, "import", ON), (9, "import", ON)]
        assert (told(first, SizeKind.REVENUE), told(second)) == ([(60, "import", ON)], [(5, "import", ON)])
        assert in_step(first) and in_step(second)
        undo_batch(later, LEDGER, by=cast.li, at=AT)
        assert (told(first), in_step(first)) == ([(5, "import", ON)], True)


def test_the_page_shows_the_figure_with_its_source_and_those_before(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        recorded(cast, entity, figure("30"))
    page = cast.client("li").get(f"/entities/{entity.pk}/").content.decode()
    assert "主体报送 2026-11-02" in page and "5 人 · 经办登记 2026-10-08" in page


def test_page_and_endpoint_keep_the_same_and_refuse_the_same(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    form = {"kind": "staff", "value": "三十", "source": "shop", "known_on": "2026-10-08", "seen": version_of(entity)}
    page = client.post(f"/entities/{entity.pk}/sizes/", form)
    assert (page.status_code, "不是数字" in page.content.decode()) == (422, True)
    page = client.post(f"/entities/{entity.pk}/sizes/", form | {"value": "30"}, follow=True).content.decode()
    assert "已登记从业人员 30 人" in page
    address = f"/api/entities/{entity.pk}/sizes/"
    version = client.get(address).json()["version"]
    body = {"kind": "revenue", "value": "900万", "source": "visit", "known_on": "2026-10-09", "version": version}
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == 201
    sizes = [(each["kind"], each["value"], each["unit"], each["source"]) for each in answer.json()["sizes"]]
    assert sizes == [
        ("revenue", 900.0, "万元", "visit"), ("revenue", 64.0, "万元", "office"), ("staff", 30.0, "人", "shop"),
        ("staff", 5.0, "人", "office"),
    ]  # fmt: skip
    assert client.post(address, body, content_type="application/json").status_code == 409
    late = client.post(address, body | {"known_on": "2999-01-01"}, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "day-ahead")


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("sun", 404), ("leng", 403), ("wang", 403)])
def test_others_do_not_write_it(cast: Cast, who: str, status: int) -> None:
    entity = added(cast)
    assert cast.client(who).get(f"/entities/{entity.pk}/sizes/").status_code == status
    assert cast.client(who).post(f"/api/entities/{entity.pk}/sizes/").status_code == status
