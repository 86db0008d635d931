"""重复主体: pairs that look alike, one merged into the other field by field, apart again, or kept apart for good."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.actions.doubles import keep_apart, merge_entities, undo_merge
from entities.actions.register import change_entity, change_status, version_of
from entities.models import DistinctPair, Entity, EntityMerge, Licence
from entities.queries.doubles import candidates
from entities.queries.finding import RegisterFilter, register
from entities.queries.register import register_counts, registered
from entities.rules.doubles import MOST_ALIKE, Likeness, pairs_of
from entities.rules.vocabulary import OperatingStatus
from reports.queries.merged import merged_past
from supervision.models import Obligation
from tenancy.models import AuditEvent
from tenancy.rules.names import search_key, sort_key
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import LATER, added, row_of
from tests.supervision.conftest import desk  # noqa: F401 -- the street under a plan, with its cadres

ON = date(2026, 10, 8)


def merge(cast: Cast, keeper: Entity, other: Entity, *taken: str, reason: str = "现场核实为同一家") -> EntityMerge:
    seen = version_of(keeper), version_of(other)
    return merge_entities(keeper, other, taken, reason=reason, by=cast.li, on=LATER, seen=seen)


@pytest.fixture
def two(cast: Cast):
    """The same shop under two names in two communities, with telephones of its own each."""
    one = added(cast, uscc="91310112MA1GBY1234", licence="JY1")
    other = added(
        cast, "粥公粥婆（一店）", place="二社区", staff=30, revenue=Decimal(900), licence="JY2", phone="19900000002",
        principal="钱老板",
    )  # fmt: skip
    with acting_in(cast.li.place):
        yield one, other


def alike(pairs) -> list[tuple[int, int, list[str]]]:
    return [(pair.first, pair.second, [str(each) for each in pair.alike]) for pair in pairs]


def test_pairs_name_what_they_share_and_the_most_alike_stand_first(cast):
    same = {"uscc": "91310112MA1GBY1234", "address": "平吉路 1 号"}
    a = added(cast, "平吉（面馆）", licence="JY1", phone="", **same)
    b = added(cast, "平吉 面馆", licence="JY1", phone="", uscc="", address="平吉路1号")
    c = added(cast, "别的店", licence="JY9", phone="", **same)
    d, e = (added(cast, name, licence="", phone="19900000077") for name in ("甲", "乙"))
    with acting_in(cast.li.place):
        assert alike(candidates()) == [
            (a.pk, c.pk, ["uscc"]), (a.pk, b.pk, ["licence", "name"]), (d.pk, e.pk, ["phone"])
        ]  # fmt: skip


def test_the_keeper_takes_what_was_chosen_and_is_graded_anew(cast, two):
    keeper, other = two
    made = merge(cast, keeper, other, "staff", "revenue", "phone", "area", "principal", "licence")
    keeper = Entity.objects.get(pk=keeper.pk)
    assert (keeper.name, keeper.staff, keeper.grade, keeper.principal) == ("粥公粥婆", 30, "C", "钱老板")
    assert (keeper.jurisdiction.name, keeper.phone.reveal()) == ("二社区", "19900000002")
    assert sorted(keeper.licences.values_list("number", flat=True)) == ["JY1", "JY2"]
    assert made.taken == ["staff", "revenue", "area", "principal", "phone", "licence"]
    names = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"entities.entity.merged", "entities.entity.merged_away"} < names


def test_what_lists_go_by_follows_the_values_taken_over_and_back(cast, two):
    keeper, other = two
    before = (keeper.sort_key, keeper.pinyin, keeper.oddities)
    Entity.objects.filter(pk=other.pk).update(name="测试店", oddities=["name", "phone"])
    other.refresh_from_db()
    made = merge(cast, keeper, other, "name", "phone")
    keeper = Entity.objects.get(pk=keeper.pk)
    assert (keeper.sort_key, keeper.pinyin) == (sort_key("测试店"), search_key("测试店"))
    assert {"name", "phone"} <= set(keeper.oddities)
    assert [found.name for found in register(RegisterFilter(words="ceshidian"), LATER)] == ["测试店"]
    undo_merge(made, by=cast.li, on=LATER)
    keeper = Entity.objects.get(pk=keeper.pk)
    assert (keeper.sort_key, keeper.pinyin, keeper.oddities) == before


def test_a_licence_comes_over_whole_and_in_the_place_of_one_struck_before(cast, two):
    keeper, other = two
    facts = {"kind": "JY", "issued_by": "某区市场监管局", "valid_until": LATER, "scope": "热食", "state": "replaced"}
    other.licences.update(**facts)
    Licence.objects.create(entity=keeper, place=keeper.place, number="JY2", struck_on=ON)
    merge(cast, keeper, other, "licence")
    taken = Licence.objects.get(entity=keeper, number="JY2")
    assert {name: getattr(taken, name) for name in facts} == facts


def test_what_was_merged_leaves_every_list_and_figure_and_keeps_its_past(cast, two):
    keeper, other = two
    merge(cast, keeper, other)
    assert list(Entity.objects.all()) == [keeper]
    assert (register_counts()["total"], register_counts()["active"], Entity.every.count()) == (1, 1, 2)
    gone = Entity.every.get(pk=other.pk)
    assert (gone.merged_into, gone.status, gone.staff) == (keeper, "cancelled", 30)
    assert [record.status for record in gone.status_records.order_by("valid")] == ["active", "cancelled"]
    with pytest.raises(Refused, match="已经并入另一家"):
        merge(cast, keeper, gone)


def test_undone_both_are_as_they_were(cast, two):
    keeper, other = two
    before = [keeper.phone.reveal(), keeper.grade, keeper.place]
    made = merge(cast, keeper, other, "staff", "revenue", "phone", "area", "licence")
    undo_merge(made, by=cast.li, on=LATER)
    keeper, other = Entity.objects.get(pk=keeper.pk), Entity.objects.get(pk=other.pk)
    assert [keeper.phone.reveal(), keeper.grade, keeper.place] == before
    assert (keeper.staff, list(keeper.licences.values_list("number", flat=True))) == (5, ["JY1"])
    assert (other.status, other.merged_into, other.status_records.count()) == ("active", None, 1)
    with pytest.raises(Refused, match="已于 2026-11-02 撤销"):
        undo_merge(made, by=cast.li, on=LATER)


def test_a_keeper_that_was_changed_since_stays_merged(cast, two):
    keeper, other = two
    made = merge(cast, keeper, other)
    keeper = Entity.objects.get(pk=keeper.pk)
    row = row_of(cast, officer="新人", phone=None, uscc=keeper.uscc, licence="JY1")
    change_entity(keeper, row, by=cast.li, on=LATER, seen=version_of(keeper))
    with pytest.raises(Refused, match="合并之后又有改动"):
        undo_merge(made, by=cast.li, on=LATER)


def test_two_that_changed_meanwhile_are_looked_at_again(cast, two):
    keeper, other = two
    seen = version_of(keeper), version_of(other)
    change_status(other, OperatingStatus.STOPPED, reason="停", by=cast.li, on=LATER, seen=seen[1])
    with pytest.raises(Refused, match="没有合并"):
        merge_entities(keeper, other, (), reason="同一家", by=cast.li, on=LATER, seen=seen)
    with pytest.raises(Refused, match="没有写理由"):
        merge(cast, keeper, other, reason=" ")
    assert EntityMerge.objects.count() == 0


def test_the_old_ledger_does_not_bring_a_merged_row_back(cast, two):
    keeper, other = two
    merge(cast, keeper, other)
    found = registered(Entity.objects.all())
    for row in (
        row_of(cast, "粥公粥婆（一店）", "二社区", licence="JY2"),
        row_of(cast, licence="JY2", uscc=keeper.uscc),
    ):
        match = found.find(row)
        assert (match.stored.pk, match.doubt) == (keeper.pk, "")
        assert match.stored.values[0] == "粥公粥婆"


def test_a_pair_found_distinct_is_not_proposed_again(cast):
    one, other = (added(cast, name, uscc="91310112MA1GBY1234") for name in ("甲店", "乙店"))
    with acting_in(cast.li.place):
        assert len(candidates()) == 1
        keep_apart(other, one, reason="同一老板的两家门店", by=cast.li, on=LATER)
        keep_apart(one, other, reason="再说一次", by=cast.li, on=LATER)
        assert (candidates(), DistinctPair.objects.get().reason) == ([], "同一老板的两家门店")


ids = st.lists(st.integers(1, 30), min_size=2, max_size=12, unique=True)


@given(st.dictionaries(st.sampled_from(Likeness), st.lists(ids, max_size=4)))
def test_pairs_are_ordered_unique_and_never_of_a_chain(groups):
    pairs = pairs_of(groups, set())
    assert all(pair.first < pair.second for pair in pairs)
    assert len({(pair.first, pair.second) for pair in pairs}) == len(pairs)
    small = [set(found) for lists in groups.values() for found in lists if len(found) <= MOST_ALIKE]
    assert all(any({pair.first, pair.second} <= found for found in small) for pair in pairs)


def test_visits_and_assignments_stay_and_are_read_from_the_keeper(desk):  # noqa: F811
    one, other = desk.entity("莲花面馆"), desk.entity("莲花面馆二")
    desk.open()
    visit = desk.submit(other).visit
    one, other = Entity.objects.get(pk=one.pk), Entity.objects.get(pk=other.pk)
    merge_entities(
        one, other, (), reason="同一家", by=desk.cast.li, on=LATER, seen=(version_of(one), version_of(other))
    )
    [past] = merged_past(one)
    assert (past.visits, [held.cadre_id for held in past.holders]) == ([visit], [desk.cadres["wang"].pk])
    page = desk.client("li").get(f"/entities/{one.pk}/merged/").content.decode()
    assert visit.number in page
    told = desk.client("li").get(f"/api/entities/{one.pk}/merged/").json()["merged"]
    assert [each["visits"][0]["number"] for each in told] == [visit.number]
    assert "已并入" in desk.client("li").get(f"/entities/{other.pk}/").content.decode()
    assert desk.client("li").get(f"/entities/{other.pk}/edit/").status_code == 404


def test_what_a_merged_row_still_owed_ends_with_the_next_opening(desk):  # noqa: F811
    one, other = desk.entity("莲花面馆"), desk.entity("莲花面馆二")
    desk.open()
    seen = version_of(one), version_of(other)
    merge_entities(one, other, (), reason="同一家", by=desk.cast.li, on=LATER, seen=seen)
    desk.open()
    assert list(Obligation.objects.unmet().values_list("entity", flat=True)) == [one.pk]


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_the_same_for_any_number_of_pairs(cast, django_assert_num_queries, many):
    for number in range(many):
        for name in ("甲", "乙"):
            added(cast, f"{name}{number}", uscc=f"91310112MA1GBY123{number}", phone="")
    client = cast.client("li")
    client.get("/entities/doubles/")
    with django_assert_num_queries(19):
        assert len(client.get("/entities/doubles/").context["pairs"]) == many


def test_the_pages_merge_take_back_and_keep_apart(cast):
    one, other = added(cast, "甲店", uscc="91310112MA1GBY1234"), added(cast, "乙店", uscc="91310112MA1GBY1234")
    client, address = cast.client("li"), f"/entities/doubles/{one.pk}/{other.pk}/"
    page = client.get(address).content.decode()
    assert 'name="name"' in page and 'name="uscc"' not in page and "统一社会信用代码" in page
    body = {
        "keeper": one.pk,
        "reason": "同一家",
        "name": "second",
        "first_seen": version_of(one),
        "second_seen": version_of(other),
    }
    assert client.post(address, body | {"reason": ""}).status_code == 422
    page = client.post(address, body, follow=True).content.decode()
    assert "并入的记录" in page and "已把“乙店”并入“甲店”" in page
    assert cast.client("zhao").get(address).status_code == 404
    with acting_in(cast.li.place):
        made = EntityMerge.objects.get()
        assert (made.keeper.name, made.other.name) == ("乙店", "乙店")
    assert client.post(f"/api/merges/{made.pk}/undo/").json() == {"keeper": one.pk, "other": other.pk}
    assert client.get("/api/doubles/").json()["pairs"][0]["alike"] == ["uscc", "phone"]
    made = client.post(f"/api/doubles/{one.pk}/{other.pk}/apart/", {"reason": "两家"}, content_type="application/json")
    assert (made.status_code, client.get("/api/doubles/").json()) == (201, {"pairs": []})
