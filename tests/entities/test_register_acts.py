"""Acts on one entity: dated records, the trail, stale edits, undo."""

from datetime import date
from decimal import Decimal

import pytest

from entities.actions.register import (
    add_entity,
    change_entity,
    change_status,
    reveal_phone,
    undo_status,
    version_of,
)
from entities.models import Entity, StatusRecord
from entities.rules.ledger import LedgerRow
from entities.rules.vocabulary import OperatingStatus
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast

ON = date(2026, 10, 8)
LATER = date(2026, 11, 2)


def row_of(cast: Cast, name: str = "粥公粥婆", place: str = "一社区", **facts) -> LedgerRow:
    """A micro catering shop (D) with a telephone."""
    given = {"business_type": "catering", "staff": 5, "revenue": Decimal("64.00"), "phone": "19900000001", **facts}
    return LedgerRow(name=name, area=cast.places[place].pk, **given)


def added(cast: Cast, name: str = "粥公粥婆", who: str = "li", place: str = "一社区", **facts) -> Entity:
    post = cast.posts[who]
    with acting_in(post.place):
        return add_entity(row_of(cast, name, place, **facts), by=post, on=ON)


def spans(records) -> list[tuple]:
    return [(r.valid.lower, r.valid.upper) for r in records.order_by("valid")]


@pytest.mark.req("GM-08")
def test_a_new_entity_has_its_grade_with_the_clause_and_its_records_from_the_day(cast: Cast) -> None:
    entity = added(cast, licence="JY23101129126457")
    with acting_in(cast.li.place):
        grade, status = entity.grade_records.get(), entity.status_records.get()
        assert (grade.base, grade.effective, grade.rule, grade.size) == ("D", "D", "d-catering", "micro")
        assert (status.status, status.source, status.valid.lower) == ("active", "office", ON)
        assert (entity.grade, entity.sort_key[:5]) == ("D", "zhou1")
        event = AuditEvent.objects.get(action="entities.entity.added")
    assert event.by_name == str(cast.li)
    assert (event.after["phone"], event.after["area"]) == ("****0001", "一社区")


def test_what_is_missing_for_a_grade_leaves_the_entity_open(cast: Cast) -> None:
    entity = added(cast, staff=None, revenue=None)
    with acting_in(cast.li.place):
        assert (entity.grade, entity.grade_records.count()) == ("", 0)


def test_a_change_ends_the_old_grade_the_day_before_and_says_what_was_before(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        row = row_of(cast, staff=30, revenue=Decimal("900.00"), phone=None)
        changed = change_entity(entity, row, by=cast.li, on=LATER, seen=version_of(entity))
        assert (changed.grade, str(changed.phone)) == ("C", "****0001")
        assert spans(entity.grade_records) == [(ON, LATER), (LATER, None)]
        event = AuditEvent.objects.get(action="entities.entity.changed")
    assert event.before == {"staff": "5", "revenue": "64", "grade": "D"}
    assert event.after == {"staff": "30", "revenue": "900", "grade": "C"}


def test_a_change_of_nothing_leaves_no_trace(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        change_entity(entity, row_of(cast, phone=None), by=cast.li, on=LATER, seen=version_of(entity))
        assert not AuditEvent.objects.filter(action="entities.entity.changed").exists()
        assert Entity.objects.get().changed_at == entity.changed_at


def test_a_change_of_the_community_takes_all_records_along(cast: Cast) -> None:
    entity = added(cast, licence="JY1")
    with acting_in(cast.li.place):
        row = row_of(cast, place="二社区", licence="JY2", staff=None, revenue=None)
        moved = change_entity(entity, row, by=cast.li, on=LATER, seen=version_of(entity))
        places = {moved.place, moved.licences.get().place, moved.grade_records.get().place}
        assert places == {cast.places["二社区"].path}
        assert (moved.licences.get().number, moved.grade, spans(moved.grade_records)) == ("JY2", "", [(ON, LATER)])


def test_a_stale_edit_is_refused_and_writes_nothing(cast: Cast) -> None:
    entity = added(cast)
    seen = version_of(entity)
    with acting_in(cast.li.place):
        change_entity(entity, row_of(cast, officer="张三"), by=cast.li, on=ON, seen=seen)
        with pytest.raises(Refused, match="已被别人改动") as refused:
            change_entity(entity, row_of(cast, officer="李四"), by=cast.li, on=ON, seen=seen)
        assert (refused.value.code, Entity.objects.get().officer) == ("stale", "张三")


def test_a_forgotten_telephone_is_gone(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        row = row_of(cast, phone=None)
        change_entity(entity, row, by=cast.li, on=ON, seen=version_of(entity), forget_phone=True)
        stored = Entity.objects.values_list("phone", "phone_index", "phone_last4").get()
    assert stored == ("", "", "")


def test_closing_is_undone_as_if_it_had_not_been(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        closed = change_status(
            entity, OperatingStatus.CANCELLED, reason="上门核实", by=cast.li, on=LATER, seen=version_of(entity)
        )
        assert spans(entity.status_records) == [(ON, LATER), (LATER, None)]
        assert undo_status(closed, by=cast.li, on=LATER).status == "active"
        assert spans(entity.status_records) == [(ON, None)]
        with pytest.raises(Refused, match="不能撤销"):
            undo_status(closed, by=cast.li, on=LATER)
        acts = AuditEvent.objects.filter(subject="entities.entity").order_by("pk").values_list("action", flat=True)
        assert list(acts) == ["entities.entity.added", "entities.status.changed", "entities.status.undone"]


def test_a_status_that_holds_already_is_refused(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place), pytest.raises(Refused, match="现在就是“在营”"):
        change_status(entity, OperatingStatus.ACTIVE, reason="", by=cast.li, on=ON, seen=version_of(entity))


def test_seeing_a_telephone_is_written_down_once_a_day(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        shown = [reveal_phone(entity, by=cast.li, on=day) for day in (ON, ON, LATER)]
        events = AuditEvent.objects.filter(action="entities.phone.revealed").order_by("pk")
        assert (shown, [event.after for event in events]) == (
            ["19900000001"] * 3,
            [{"day": "2026-10-08"}, {"day": "2026-11-02"}],
        )


def test_the_same_day_is_corrected_and_not_doubled(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        change_entity(entity, row_of(cast, status="stopped"), by=cast.li, on=ON, seen=version_of(entity))
        assert list(StatusRecord.objects.values_list("status", flat=True)) == ["stopped"]
        assert spans(entity.status_records) == [(ON, None)]
