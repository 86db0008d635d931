"""With whom each category signs, who reviews, and where a letter may go: the printed table of one plan, and plans without."""

from datetime import UTC, datetime, timedelta

import pytest

from commitments.rules import (
    NEXT,
    Person,
    State,
    advance,
    is_undoable,
    level_of,
    number_text,
    pair_with,
    refuse_delegate,
    review_for,
    reviewer_of,
    titles_of,
)
from tenancy.plans import NATIONAL, PlanLayer, resolve, shipped_plan
from tenancy.plans.document import PlaceLevel
from tenancy.rules.refusals import Refused

GUMEI = resolve([shipped_plan(NATIONAL).layer(), shipped_plan("gumei").layer()]).value
DEFAULT = resolve([shipped_plan(NATIONAL).layer()]).value
STREET, FIRST, SECOND = "9/1/", "9/1/1/", "9/1/2/"
HEADS = [
    Person(1, "林书记", "党工委书记", STREET, "street", "party_member"),
    Person(2, "刘主任", "办事处主任", STREET, "street", "principal"),
    Person(3, "李书记", "书记", FIRST, "community", "secretary"),
    Person(4, "王主任", "主任", FIRST, "community", "secretary"),
    Person(5, "赵书记", "书记", SECOND, "community", "secretary"),
]


def signer(layer: str, category: str, place: str, title: str = "委员", post_id: int = 99) -> Person:
    return Person(post_id, "某某", title, place, layer, category)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        pytest.param(
            signer("street", "party_member", STREET), ("pair-1", "林书记", True), marks=pytest.mark.req("GM-27")
        ),
        pytest.param(signer("street", "deputy", STREET), ("pair-2", "刘主任", True), marks=pytest.mark.req("GM-28")),
        pytest.param(signer("street", "ranked", STREET), ("pair-3", "林书记", True), marks=pytest.mark.req("GM-29")),
        pytest.param(
            signer("community", "secretary", FIRST), ("pair-4", "刘主任", True), marks=pytest.mark.req("GM-30")
        ),
        pytest.param(
            signer("community", "committee", FIRST), ("pair-5", "李书记", False), marks=pytest.mark.req("GM-31")
        ),
    ],
)
def test_the_five_printed_pairs(who: Person, expected: tuple[str, str, bool]) -> None:
    found = pair_with(who, GUMEI, HEADS)
    assert (found.pair.code, found.other.name, found.pair.delegate_allowed) == expected
    assert (found.obstacle, found.signed_above) == ("", False)


def test_the_head_does_not_sign_with_himself_and_the_unlisted_sign_above() -> None:
    own = pair_with(HEADS[0], GUMEI, HEADS)
    assert (own.other, own.signed_above) == (None, True)
    assert own.obstacle == "本人就是本级党工委主要负责人，不能同自己签订，由上级组织签订"
    unlisted = pair_with(HEADS[1], GUMEI, HEADS)
    assert (unlisted.pair, unlisted.signed_above) == (None, True)
    assert pair_with(signer("village", "committee", FIRST), DEFAULT, HEADS).signed_above


def test_an_empty_chair_is_named_and_is_no_case_for_above() -> None:
    found = pair_with(signer("community", "committee", "9/1/3/"), GUMEI, HEADS)
    assert not found.signed_above
    assert found.obstacle == "没有找到在任的居民区书记、主任，请先登记其岗位（职务：书记、主任）"


def test_without_a_secretary_the_director_of_the_same_community_stands_in() -> None:
    found = pair_with(signer("community", "committee", FIRST), GUMEI, HEADS[3:])
    assert found.other.name == "王主任"


def test_a_double_title_counts_for_both_and_a_longer_word_for_neither() -> None:
    assert titles_of("党工委书记、人大工委主任") == {"党工委书记", "人大工委主任"}
    deputy = Person(7, "副手", "党工委副书记", STREET, "street")
    assert pair_with(signer("street", "party_member", STREET), GUMEI, [deputy]).other is None


@pytest.mark.req("GM-31")
def test_a_delegate_is_refused_only_where_the_plan_names_none() -> None:
    for pair in ("pair-1", "pair-2", "pair-3", "pair-4"):
        refuse_delegate(GUMEI, pair, "")
    with pytest.raises(Refused) as caught:
        refuse_delegate(GUMEI, "pair-5", "闵古办〔2022〕40号 三（四）5")
    assert caught.value.reason == (
        "“居民区两委委员”的承诺书不能由委托人代签：方案没有写“或其委托人”（闵古办〔2022〕40号 三（四）5）。"
        "请由对方本人签字。"
    )


@pytest.mark.req("GM-33")
def test_the_reviewer_is_the_nearest_place_above_on_the_plans_level() -> None:
    line = [(1, "district"), (2, "street"), (3, "community")]
    street, community = review_for(GUMEI, "street"), review_for(GUMEI, "community")
    assert (street.body, community.body) == ("区食药安办", "街道食药安办")
    assert reviewer_of(line[:2], street.reviewer_level, GUMEI) == 1
    assert reviewer_of(line, community.reviewer_level, GUMEI) == 2
    assert reviewer_of(line[:1], PlaceLevel.CITY, GUMEI) is None
    assert (level_of("community", GUMEI), level_of("village", GUMEI), level_of("district", GUMEI)) == (
        PlaceLevel.VILLAGE,
        PlaceLevel.VILLAGE,
        None,
    )


WAYS = {
    ("draft", "issued"),
    ("draft", "uploaded"),
    ("issued", "draft"),
    ("issued", "uploaded"),
    ("uploaded", "uploaded"),
    ("uploaded", "approved"),
    ("uploaded", "returned"),
    ("returned", "uploaded"),
    ("approved", "filed"),
    ("approved", "returned"),
    ("approved", "uploaded"),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("to", State)
def test_a_letter_goes_only_the_drawn_ways(state: State, to: State) -> None:
    if (state.value, to.value) in WAYS:
        assert advance(state, to) is to
        return
    with pytest.raises(Refused) as caught:
        advance(state, to)
    assert caught.value.code == "letter-state"
    assert caught.value.reason.endswith("。")
    assert sum(len(ways) for ways in NEXT.values()) == len(WAYS)


def test_a_decision_is_taken_back_within_seconds_only() -> None:
    at = datetime(2026, 10, 9, tzinfo=UTC)
    assert is_undoable(at, at + timedelta(seconds=10))
    assert not is_undoable(at, at + timedelta(seconds=16))


def test_numbers_have_corner_brackets_and_no_leading_zero() -> None:
    assert number_text(2026, 7) == "〔2026〕7号"


def test_who_signs_with_somebody_above_the_plan_is_left_to_those_above() -> None:
    above = {"code": "above", "name": "市食安委主要负责人", "kind": "superior", "tier": "external", "same_place": False}
    pair = {"code": "p", "name": "居民区两委委员", "tier": "community", "signer_category": "committee"}
    values = {"counterparties": [above], "signing_pairs": [{**pair, "counterparty_role": "above"}]}
    document = resolve([shipped_plan(NATIONAL).layer(), shipped_plan("gumei").layer(), PlanLayer("", "", values, {})])
    found = pair_with(signer("community", "committee", FIRST), document.value, HEADS)
    assert (found.other, found.signed_above) == (None, True)
    assert found.obstacle == "“居民区两委委员”同市食安委主要负责人签订，对方在上级任职，由上级组织签订"
