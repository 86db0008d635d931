"""Plan documents: reading, checking, laying over one another, and what the shipped plans print."""

import pytest

from tenancy.plans import (
    PlanLayer,
    Source,
    UnreadablePlan,
    check,
    codes_by_word,
    layer_of,
    plain,
    read_plan,
    resolve,
    shipped_codes,
    shipped_plan,
)
from tenancy.plans.reading import SHIPPED

NATIONAL = shipped_plan("national").layer()
GUMEI = resolve([NATIONAL, shipped_plan("gumei").layer()])
SUINING = resolve([NATIONAL, shipped_plan("suining").layer()])


def local(clauses: dict[str, str] | None = None, **values: object) -> PlanLayer:
    return PlanLayer("某地方案", "某办〔2026〕1号", values, clauses or {})


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_plan_has_no_fault(code):
    assert check((SHIPPED / f"{code}.yaml").read_bytes()) == []


def test_a_map_merges_key_by_key():
    plan = resolve([NATIONAL, local(tier_map={"A": "external"})])
    assert plan.value.tier_map == {"A": "external", "B": "county", "C": "township", "D": "village"}


def test_a_list_replaces_the_inherited_list():
    plan = resolve([NATIONAL, local(frequency=[{"times": 2, "per": "year"}])])
    assert [(line.times, line.per) for line in plan.value.frequency] == [(2, "year")]


def test_an_explicit_null_clears():
    plan = resolve([NATIONAL, shipped_plan("gumei").layer(), local(cadre_cap=None, quarter_package=None)])
    assert (plan.value.cadre_cap, plan.value.quarter_package.enabled) == (None, False)
    assert plan.source("cadre_cap").doc_number == "某办〔2026〕1号"


def test_every_value_names_the_plan_and_clause_it_comes_from():
    plan = resolve([NATIONAL, local({"issue_sla": "四（一）"}, issue_sla={"ack_wd": 2})])
    assert plan.source("issue_sla.ack_wd") == Source("某地方案", "某办〔2026〕1号", "四（一）")
    assert plan.source("issue_sla.feedback_wd") == Source("全国默认", "", "系统默认")
    assert plan.source("operator_change_wd") == Source("全国默认", "", "")
    assert resolve([]).source("cadre_cap") == Source("系统默认", "", "")


def test_the_page_can_print_value_and_source_of_a_street():
    assert (GUMEI.value.cadre_change_wd, GUMEI.cite("cadre_change_wd")) == (5, "闵古办〔2022〕40号 三（一）")
    assert (GUMEI.value.cadre_cap, GUMEI.value.cap_mode) == (10, "soft")
    assert (GUMEI.value.quarter_package.day, GUMEI.cite("quarter_package.day")) == (25, "闵古办〔2022〕40号 五（二）")


def test_the_national_default_has_no_cap_no_pairs_and_no_package_day():
    value = resolve([NATIONAL]).value
    assert (value.cadre_cap, value.cap_mode, value.signing_pairs, value.quarter_package.day) == (None, "off", (), None)


@pytest.mark.req("GM-27", "GM-28", "GM-29", "GM-30", "GM-31")
@pytest.mark.parametrize(
    ("tier", "category", "counterparty", "delegate", "clause"),
    [
        ("street", "party_member", "party_head", True, "三（四）1"),
        ("street", "deputy", "office_head", True, "三（四）2"),
        ("street", "ranked", "party_org_head", True, "三（四）3"),
        ("community", "secretary", "street_head", True, "三（四）4"),
        ("community", "committee", "community_head", False, "三（四）5"),
    ],
)
def test_the_five_signing_pairs_stand_as_printed(tier, category, counterparty, delegate, clause):
    pair = GUMEI.value.pair_for(tier, category)
    assert (pair.counterparty_role, pair.delegate_allowed, pair.clause) == (counterparty, delegate, clause)


def test_letters_are_reviewed_one_level_up():
    review = [(line.tier, line.reviewer_level, line.body) for line in GUMEI.value.letter_review]
    assert review == [("street", "county", "区食药安办"), ("community", "township", "街道食药安办")]


def test_only_the_visit_on_site_counts_as_on_site_and_asks_for_one_photo():
    modes = {mode.code: (mode.counts_as_onsite, mode.evidence.photo.value) for mode in GUMEI.value.visit_modes}
    assert modes == {
        "onsite": (True, "required"),
        "group": (False, "required"),
        "report": (False, "optional"),
        "phone": (False, "optional"),
        "video": (False, "optional"),
    }


def test_a_city_has_four_tiers_one_for_each_grade():
    value = SUINING.value
    assert [(tier.code, tier.rank) for tier in value.tiers] == [
        ("city", 4),
        ("county", 3),
        ("township", 2),
        ("village", 1),
    ]
    assert value.tier_map == {"A": "city", "B": "county", "C": "township", "D": "village"}
    assert (value.cadre_change_wd, value.cadre_cap, value.signing_pairs) == (5, None, ())
    assert [rule.when.catches_all for rule in value.must_onsite] == [True]


def test_words_of_a_roster_find_their_code_whatever_their_width():
    words = codes_by_word(GUMEI.value.business_types)
    assert words[plain(" 食品销售(零售)　")] == words[plain("食品销售（零售）")] == "retail"


HEADER = "header: {title: 某地方案}\n"


def test_off_stays_a_word_and_a_date_stays_text():
    plan = read_plan(f"{HEADER}values:\n  cap_mode: off\n  names: {{area: 2026-11-22}}\n")
    assert plan.values == {"cap_mode": "off", "names": {"area": "2026-11-22"}}


def test_an_invalid_file_is_not_read():
    with pytest.raises(UnreadablePlan):
        read_plan(f"{HEADER}values: {{cadre_cap: 0}}\n")


def test_a_stored_plan_gives_the_same_layer_as_its_file():
    plan = shipped_plan("gumei")
    stored = layer_of(plan.header.title, plan.header.number, plan.document())
    assert stored == plan.layer()
    assert resolve([NATIONAL, stored]) is resolve([NATIONAL, plan.layer()])


def test_a_document_from_the_database_without_its_parts_is_refused():
    with pytest.raises(UnreadablePlan):
        layer_of("某地方案", "", {"values": {}})
