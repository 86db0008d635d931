"""Two tiers that answer for one grade: who gets a fresh entity, who keeps an old one, and how both are counted."""

from datetime import timedelta

import pytest

from cadres.actions.approving import approve
from cadres.actions.proposing import propose, reassign_line
from cadres.queries.coverage import ListFilter, list_counts, list_rows, scope_of, tier_ratios
from cadres.queries.papers import printed_rows
from tenancy.actions.accounts import dismiss
from tests.cadres.conftest import DAY, Street, staff

NEXT = DAY + timedelta(days=1)
SHARED = {"C": ["street", "community"]}


@pytest.fixture
def shared(street):
    """甲街道 where street and communities share C; every community has one entity of each grade."""
    street.adopt(tier_map={"A": "external", "B": "street", "D": "community", **SHARED})
    return staff(street)


def tiers_of(street: Street, on=DAY) -> dict[str, list[str]]:
    rows = list_rows(scope_of(street.place, on), ListFilter())
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.grade, []).append(row.holder_tier)
    return found


def ratios(street: Street, on=DAY) -> dict[str, tuple[int, int]]:
    return {line.tier: (line.cadres, line.entities) for line in tier_ratios(scope_of(street.place, on))}


def give_to_wang(street: Street, on=DAY) -> None:
    """The C of 一社区 by hand to its community's cadre, everything else as proposed."""
    proposal = propose(street.place, by=street.cast.li, on=on)
    reassign_line(proposal.lines.get(entity=street.made[2]), street.wang, by=street.cast.li)
    approve(proposal, by=street.cast.li, on=on, over_cap_reasons={})


def test_a_fresh_entity_goes_to_the_tier_written_first(shared):
    shared.approved()
    assert tiers_of(shared) == {"B": ["street"] * 2, "C": ["street"] * 2, "D": ["community"] * 2}


def test_where_the_first_tier_has_nobody_the_next_one_answers(street):
    street.adopt(tier_map={"A": "external", "B": "street", "D": "community", **SHARED})
    street.cadre("甲委员", "一社区")
    street.entity("C", "一社区")
    street.entity("C", "二社区")
    proposal = propose(street.place, by=street.cast.li, on=DAY)
    lines = proposal.lines.order_by("entity__place").values_list("tier", "cadre__post__person_name")
    assert list(lines) == [("community", "甲委员"), ("street", None)]


def test_the_reason_of_a_line_names_every_tier_that_shares_the_grade(shared):
    line = propose(shared.place, by=shared.cast.li, on=DAY).lines.filter(entity__grade="C").first()
    assert line.reason.startswith("C级由街道、居民区包保（闵古办〔2022〕40号 三（一）2）")


def test_a_hand_edit_may_choose_any_sharing_tier_and_the_next_proposal_keeps_it(shared):
    give_to_wang(shared)
    assert tiers_of(shared)["C"] == ["community", "street"]
    again = propose(shared.place, by=shared.cast.li, on=NEXT)
    assert again.counts == {"all": 6, "kept": 6, "new": 0, "moved": 0, "ended": 0, "uncovered": 0}
    approve(again, by=shared.cast.li, on=NEXT, over_cap_reasons={})
    assert tiers_of(shared, NEXT)["C"] == ["community", "street"]


def test_the_printed_list_names_the_tier_that_answers(shared):
    give_to_wang(shared)
    printed = [(row[0], row[5], row[7]) for row in printed_rows(scope_of(shared.place, DAY), ListFilter(grade="C"))]
    assert printed == [("C", "王小明", "居民区"), ("C", "郑副主任", "街道")]


def test_each_tier_counts_what_it_holds_and_the_sum_is_the_list(shared, django_assert_num_queries):
    assert ratios(shared) == {"street": (1, 4), "community": (2, 2)}
    give_to_wang(shared)
    scope = scope_of(shared.place, DAY)
    with django_assert_num_queries(2):
        lines = tier_ratios(scope)
    assert {line.tier: (line.cadres, line.entities) for line in lines} == {"street": (1, 3), "community": (2, 3)}
    assert sum(line.entities for line in lines) == list_counts(scope)["all"] == 6


def test_when_the_holder_leaves_his_entity_counts_for_the_first_tier_again(shared):
    give_to_wang(shared)
    dismiss(shared.cast.wang, by=shared.cast.li, on=NEXT)
    assert ratios(shared) == {"street": (1, 3), "community": (2, 3)}
    assert ratios(shared, NEXT) == {"street": (1, 4), "community": (1, 2)}
    assert list_counts(scope_of(shared.place, NEXT))["uncovered"] == 2
