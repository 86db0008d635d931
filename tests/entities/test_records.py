"""The lines beside an entity: written, changed, struck and put back; what they mean for its names and its grade."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from entities.actions.ledger import LEDGER
from entities.actions.records import add_record, change_record, restore_record, reveal_contact, strike_record
from entities.actions.register import change_entity, version_of
from entities.models import Contact, Entity, ExternalCode, Flag, Insurance, Licence
from entities.queries.history import past_of
from entities.queries.quality import has_licence
from entities.queries.records import groups_of
from entities.rules.naming import names_in, renamed
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook, undo_batch
from tenancy.models import AuditEvent
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tenancy.workbooks import write_form
from tests.cast import Cast
from tests.entities.test_register_acts import LATER, ON, added, row_of
from tests.walls.world import LEDGER_TITLES, NOW, columns

LICENCE = {
    "kind": "JY", "number": "JY23101129126457", "issued_by": "某区市场监管局", "valid_from": date(2024, 1, 1),
    "valid_until": date(2028, 12, 31), "scope": "热食类食品制售", "state": "in_force",
}  # fmt: skip
OFFICER = {
    "role": "officer", "name": "安一", "phone": "19900002001", "shift": "part", "since": date(2026, 1, 1), "until": None,
    "health_until": date(2027, 3, 1), "appointment": "任字1号",
}  # fmt: skip
POLICY = {
    "insurer": "某保险", "policy_number": "P-1", "valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31),
}  # fmt: skip
BAN = {
    "kind": "ban", "person": "安一", "text": "五年内不得从业", "source": "某区市场监管局", "document": "某市监罚〔2026〕3号",
    "since": date(2026, 5, 1), "until": date(2031, 4, 30),
}  # fmt: skip
VALUES = {
    "licence": LICENCE, "contact": OFFICER, "insurance": POLICY, "code": {"system": "某外卖平台", "number": "S-1"},
    "flag": BAN,
}  # fmt: skip


def put(cast: Cast, entity: Entity, what: str, on: date = ON, **changes):
    entity.refresh_from_db()
    return add_record(entity, what, VALUES[what] | changes, by=cast.li, on=on, seen=version_of(entity))


def altered(cast: Cast, record, on: date = LATER, **changes):
    values = {name: getattr(record, name) for name in record.typed if name != "phone"}
    return change_record(record, values | changes, by=cast.li, on=on, seen=version_of(record.entity))


@pytest.mark.parametrize("kind", VALUES)
def test_a_line_of_every_kind_is_kept_told_struck_and_put_back(cast: Cast, kind: str) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        record = put(cast, entity, kind)
        model = type(record)
        assert {name: getattr(model.objects.get(), name) for name in VALUES[kind] if name != "phone"} == {
            name: value for name, value in VALUES[kind].items() if name != "phone"
        }
        strike_record(record, by=cast.li, on=LATER, seen=version_of(record.entity))
        assert (model.objects.count(), model.every.get().struck_by, model.every.get().struck_on) == (0, cast.li, LATER)
        restore_record(record, by=cast.li, on=LATER)
        assert (model.objects.get(), model.objects.get().struck_by) == (record, None)
        verbs = AuditEvent.objects.filter(action__startswith=f"entities.{kind}.").order_by("pk")
        assert [event.action.split(".")[2] for event in verbs] == ["added", "struck", "restored"]
        with pytest.raises(Refused, match="没有被删除"):
            restore_record(record, by=cast.li, on=LATER)


def test_a_change_tells_only_what_differs_and_a_stale_one_is_refused(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        licence = put(cast, entity, "licence")
        seen = version_of(licence.entity)
        altered(cast, licence, valid_until=date(2029, 1, 1))
        event = AuditEvent.objects.get(action="entities.licence.changed")
        assert (event.before, event.after["valid_until"]) == ({"valid_until": "2028-12-31"}, "2029-01-01")
        with pytest.raises(Refused, match="已被别人改动"):
            strike_record(licence, by=cast.li, on=LATER, seen=seen)
        text = next(line.text for line in past_of(entity, plan_in_force(entity.place, ON).value).happenings)
    assert text == "JY23101129126457（有效期至：2028-12-31 → 2029-01-01）"


def test_the_same_number_twice_is_refused_and_a_struck_one_gives_way(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        licence = put(cast, entity, "licence")
        with pytest.raises(Refused, match="同一编号只登记一次"):
            put(cast, entity, "licence")
        strike_record(licence, by=cast.li, on=LATER, seen=version_of(Entity.objects.get()))
        put(cast, entity, "licence", scope="冷食")
        assert (Licence.every.get().scope, Licence.objects.count()) == ("冷食", 1)


def test_a_number_that_looks_wrong_is_kept_with_a_doubt(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        put(cast, entity, "licence", number="JY23101129126458")
        put(cast, entity, "licence", number="JY1", kind="")
        lines = groups_of(entity, ON)[0].lines
    assert [len(line.doubts) for line in lines] == [1, 1]
    assert lines[0].facts[0] == ("证照类别", "食品经营许可证") == lines[1].facts[0]
    assert "末位应为 7" in lines[0].doubts[0] and "应有 14 位数字" in lines[1].doubts[0]


def test_a_licence_that_is_not_in_force_counts_for_nothing(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        licence = put(cast, entity, "licence")
        holding = Entity.objects.filter(has_licence(ON))
        assert holding.count() == 1
        altered(cast, licence, state="revoked")
        assert (holding.count(), groups_of(entity, ON)[0].lines[0].state) == (0, "已吊销")


def test_people_and_the_ledgers_words_stay_in_step(cast: Cast) -> None:
    entity = added(cast, officer="老王")
    with acting_in(cast.li.place):
        one = put(cast, entity, "contact")
        put(cast, entity, "contact", name="安二")
        assert Entity.objects.get().officer == "老王、安一、安二"
        one.entity.refresh_from_db()
        altered(cast, one, until=LATER.replace(day=1))
        assert Entity.objects.get().officer == "老王、安二"
        entity.refresh_from_db()
        row = row_of(cast, officer="安三", phone=None)
        change_entity(entity, row, by=cast.li, on=LATER, seen=version_of(entity))
        assert Contact.objects.get(name="安二").until == date(2026, 11, 1)
        assert (Entity.objects.get().officer, Contact.objects.filter(until=None).count()) == ("安三", 0)


def test_names_that_do_not_fit_the_ledger_are_refused_with_the_way_out(cast: Cast) -> None:
    entity = added(cast, officer="甲" * 38)
    with acting_in(cast.li.place), pytest.raises(Refused, match="最多 40 字"):
        put(cast, entity, "contact")


def test_one_person_serves_several_shops(cast: Cast) -> None:
    entity, other = added(cast), added(cast, "别家")
    with acting_in(cast.li.place):
        put(cast, entity, "contact")
        put(cast, other, "contact")
        put(cast, other, "contact", name="同号另一人")
        (group,) = (each for each in groups_of(entity, ON) if each.kind == "contact")
    assert [line.elsewhere for line in group.lines] == [["别家"]]


def test_a_telephone_is_sealed_kept_when_blank_and_seen_once_a_day(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        person = put(cast, entity, "contact")
        person = altered(cast, person, phone="", shift="full")
        assert (str(person.phone), reveal_contact(person, by=cast.li, on=ON)) == ("****2001", "19900002001")
        reveal_contact(person, by=cast.li, on=ON)
        told = AuditEvent.objects.exclude(action="entities.entity.added")
        assert told.filter(action="entities.phone.revealed").count() == 1
        assert not any("19900002001" in str((event.before, event.after)) for event in told)


def test_a_code_belongs_to_one_entity_of_a_tenant_and_says_nothing_about_another_one(cast: Cast) -> None:
    entity, neighbour, foreign = (
        added(cast),
        added(cast, who="zhao", place="三社区"),
        added(cast, who="sun", place="四社区"),
    )
    with acting_in(cast.li.place):
        put(cast, entity, "code")
    with acting_in(cast.zhao.place), pytest.raises(Refused, match="一个编码只对应一家"):
        put(cast, neighbour, "code")
    with acting_in(cast.sun.place):
        put(cast, foreign, "code")
        assert ExternalCode.objects.get().entity == foreign


@pytest.mark.req("LC-39")
def test_a_flag_without_source_or_paper_does_not_get_into_the_table(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        for blank in ("source", "document"):
            with pytest.raises(IntegrityError, match="entities_flag_founded"), transaction.atomic():
                Flag.objects.create(entity=entity, place=entity.place, **(BAN | {blank: ""}))


def test_days_in_the_wrong_order_do_not_get_into_the_table(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place), pytest.raises(IntegrityError, match="entities_insurance_days"):
        Insurance.objects.create(entity=entity, place=entity.place, **(POLICY | {"valid_until": date(2025, 1, 1)}))


def written(cast: Cast, row: tuple):
    data = write_form(
        "台账", "甲街道", LATER, columns((*LEDGER_TITLES, "食品安全员", "许可证编号", "统一社会信用代码")), [row]
    )
    batch = receive_workbook(cast.places["甲街道"], kind="ledger", filename="一.xlsx", data=data, by=cast.li)
    batch = confirm_batch(stage_workbook(batch, LEDGER, on=LATER), by=cast.li, clean_only=True, seen=["many"])
    return commit_batch(batch, LEDGER, on=LATER, at=NOW)


def test_a_ledger_ends_whom_it_no_longer_names_renews_a_struck_number_and_is_taken_back(cast: Cast) -> None:
    entity = added(cast, "一号店", uscc="91350104315308392G")
    with acting_in(cast.li.place):
        licence = put(cast, entity, "licence")
        strike_record(licence, by=cast.li, on=ON, seen=version_of(licence.entity))
        put(cast, entity, "contact")
        put(cast, entity, "contact", name="丁", role="contact")
        before = [sorted(model.every.values_list()) for model in (Contact, Licence)]
        row = ("一号店", "餐饮服务", "一社区", 5, 64, "路1号", "老板", "", "安二", "JY23101129126457", entity.uscc)
        batch = written(cast, row)
        assert {c.name: c.until for c in Contact.objects.all()} == {"安一": date(2026, 11, 1), "丁": None}
        assert (Licence.every.get().struck_on, Licence.every.get().batch) == (None, batch)
        undo_batch(batch, LEDGER, by=cast.li, at=NOW)
        assert [sorted(model.every.values_list()) for model in (Contact, Licence)] == before


@pytest.mark.parametrize(
    ("cell", "before", "after", "said"),
    [
        ("老王", [], ["安一"], "老王、安一"),
        ("老王，安一", ["安一"], ["安一"], "老王，安一"),
        ("老王，安一", ["安一"], [], "老王"),
        ("安一", [], ["安一"], "安一"),
        ("", ["安一"], ["安一", "安一"], "安一"),
    ],
)
def test_a_cell_follows_the_people_and_keeps_every_other_name(cell, before, after, said) -> None:
    assert (renamed(cell, before, after), names_in(said)) == (said, names_in(said))
