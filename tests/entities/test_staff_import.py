"""Lists of 两员: people found again or told apart by their telephones, and the names in the ledger's columns."""

from datetime import date

import pytest

from entities.actions.record_imports import STAFF
from entities.actions.records import change_record
from entities.actions.register import version_of
from entities.models import Contact, Entity
from tenancy.actions.imports import undo_batch
from tenancy.models import ImportRow
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import AT, ON, csv_of, imported, messages_of, problems_of, shop, staged, uscc, written

TITLES = ("单位名称", "统一社会信用代码", "人员类别", "姓名", "手机", "专兼职", "任命日期", "健康证有效期", "任命书")
ROW = ("1号店", uscc(1), "食品安全总监", "安一", "19900002001", "专职", "2026-01-05", "2027年3月1日", "任字1号")


@pytest.fixture
def shops(cast: Cast) -> Cast:
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(1, officer=None), shop(2)]))
    return cast


def people(cast: Cast, *rows):
    return staged(cast, csv_of(rows, TITLES), "两员.csv", kind=STAFF)


def changed(**changes):
    keys = ("name", "uscc", "role", "person", "phone", "shift", "since", "health_until", "appointment")
    return tuple(changes.get(key, cell) for key, cell in zip(keys, ROW, strict=True))


def test_a_person_is_kept_with_every_fact_and_named_in_the_ledgers_column(shops: Cast) -> None:
    with acting_in(shops.li.place):
        batch = written(people(shops, ROW), shops, kind=STAFF)
        person, entity = Contact.objects.get(), Entity.objects.get(name="1号店")
        assert (problems_of(batch), batch.counts["written"]) == ([], 1)
        assert (person.entity, person.role, person.name, person.shift, person.batch) == (
            entity, "director", "安一", "full", batch,
        )  # fmt: skip
        assert (person.since, person.health_until, person.appointment) == (
            date(2026, 1, 5),
            date(2027, 3, 1),
            "任字1号",
        )
        assert (person.phone.reveal(), entity.director) == ("19900002001", "安一")
        (cells,) = ImportRow.objects.values_list("cells", flat=True).filter(batch=batch)
        assert "19900002001" not in str(cells)
    page = shops.client("li").get(f"/entities/{entity.pk}/")
    lines = [(line.title, line.text) for line in page.context["shown"].timeline]
    assert ("导入：人员", "安一（食品安全总监）；安一；在任；“两员.csv”") in lines


def test_people_of_one_name_are_told_apart_by_telephone_and_found_again(shops: Cast) -> None:
    with acting_in(shops.li.place):
        written(people(shops, ROW), shops, kind=STAFF)
        batch = people(
            shops,
            changed(appointment="任字2号"),
            changed(phone="19900002002"),
            changed(phone="19900002003", name="2号店", uscc=uscc(2)),
            changed(phone="19900002002"),
        )
        assert problems_of(batch) == [
            (3, "person", "warning", "namesake"), (5, "name", "error", "duplicate-in-file"),
        ]  # fmt: skip
        assert (batch.counts["changed"], batch.counts["new"], batch.counts["refused"]) == (1, 2, 1)
        written(batch, shops, kind=STAFF)
        held = Contact.objects.order_by("pk").values_list("entity__name", "name", "phone_last4", "appointment")
        assert list(held) == [
            ("1号店", "安一", "2001", "任字2号"), ("1号店", "安一", "2002", "任字1号"), ("2号店", "安一", "2003", "任字1号"),
        ]  # fmt: skip
        assert messages_of(people(shops, changed(phone=""))) == [
            "同一家有2个同名同身份的人；请填写联系电话，才能分清是哪一个"
        ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"role": "店小二"}, ("role", "error", "word-unknown")),
        ({"person": ""}, ("person", "error", "person-missing")),
        ({"phone": "无号"}, ("phone", "error", "phone-characters")),
        ({"phone": "199000"}, ("phone", "warning", "phone-length")),
        ({"health_until": "明年"}, ("health_until", "error", "day-unreadable")),
        ({"shift": "半职"}, ("shift", "error", "word-unknown")),
        ({"name": "没有的店", "uscc": ""}, ("name", "error", "entity-unknown")),
    ],
)
def test_each_fault_is_told_in_its_column_and_no_number_in_a_sentence(shops: Cast, changes, found) -> None:
    with acting_in(shops.li.place):
        batch = people(shops, changed(**changes))
        assert [each[1:] for each in problems_of(batch)] == [found]
        assert not any("199000" in sentence for sentence in messages_of(batch))


def test_a_list_taken_back_takes_people_and_names_with_it_and_leaves_who_was_changed_since(shops: Cast) -> None:
    with acting_in(shops.li.place):
        other = changed(name="2号店", uscc=uscc(2), phone="19900002009")
        batch = written(people(shops, ROW, other), shops, kind=STAFF)
        second = Contact.objects.get(entity__name="2号店")
        values = {name: getattr(second, name) for name in second.typed} | {"phone": "", "appointment": "任字9号"}
        change_record(second, values, by=shops.li, on=ON, seen=version_of(second.entity))
        assert undo_batch(batch, STAFF, by=shops.li, at=AT) == ["2号店 安一（食品安全总监）"]
        assert list(Entity.objects.order_by("name").values_list("director", flat=True)) == ["", "安一"]
        assert Contact.objects.get() == second


def test_an_entity_whose_names_changed_gets_its_next_version(shops: Cast) -> None:
    with acting_in(shops.li.place):
        before = {entity.name: version_of(entity) for entity in Entity.objects.all()}
        written(people(shops, ROW), shops, kind=STAFF)
        after = {entity.name: version_of(entity) for entity in Entity.objects.all()}
        assert [name for name in sorted(before) if before[name] != after[name]] == ["1号店"]
