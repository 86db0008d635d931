"""Caps tier by tier: a soft one wants a reason, a hard one refuses, one that is off says nothing. Page, list and API."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.actions.approving import approve
from cadres.actions.proposing import propose
from cadres.models import Assignment
from cadres.queries.coverage import ListFilter, list_counts, list_rows, scope_of
from cadres.queries.people import CadreFilter, cadres_with_loads, load_counts
from cadres.rules.caps import Excess, TierCap, caps_in_words, excess_in_words
from tenancy.actions.plans import adopt_plan
from tenancy.plans import shipped_plan
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cadres.conftest import DAY, Street
from tests.cast import SINCE

PAPER = "闵古办〔2022〕40号"
STREET = {"tier": "street", "cap": 1, "mode": "soft", "clause": "三（一）甲"}
COMMUNITY = {"tier": "community", "cap": 2, "mode": "hard", "clause": "三（一）乙"}


def filled(street: Street, *, b: int = 0, d: int = 0) -> Street:
    """One cadre of the street, one of 一社区, and so many entities for each of them."""
    street.leader = street.cadre("郑副主任", "甲街道", tier="street")
    street.member = street.cadre("甲委员", "一社区")
    for grade, number in (("B", b), ("D", d)):
        for _each in range(number):
            street.entity(grade)
    return street


def refusal(street: Street, **reasons: str) -> str:
    proposal = propose(street.place, by=street.cast.li, on=DAY)
    with pytest.raises(Refused) as caught:
        approve(proposal, by=street.cast.li, on=DAY, over_cap_reasons={street.leader.pk: reasons.get("leader", "")})
    return caught.value.reason


@pytest.mark.req("GM-09")
def test_each_tier_has_the_cap_its_plan_gives_it(street):
    street.adopt(caps=[STREET, COMMUNITY])
    caps = scope_of(street.place, DAY).caps
    assert caps == {
        "street": TierCap("街道", 1, "soft", f"{PAPER} 三（一）甲"),
        "community": TierCap("居民区", 2, "hard", f"{PAPER} 三（一）乙"),
    }
    assert caps_in_words(caps.values()) == (
        f"街道每人原则上不超过 1 户（{PAPER} 三（一）甲）；居民区每人不得超过 2 户（{PAPER} 三（一）乙）"
    )


@pytest.mark.req("GM-09")
def test_a_plan_with_one_cap_has_it_for_every_tier(street):
    caps = scope_of(street.place, DAY).caps
    assert {tier: (cap.cap, cap.mode) for tier, cap in caps.items()} == {
        "street": (10, "soft"),
        "community": (10, "soft"),
    }
    assert caps_in_words(caps.values()) == f"每人原则上不超过 10 户（{PAPER} 三（一））"


@pytest.mark.req("GM-09")
def test_a_soft_cap_wants_a_reason_and_never_blocks(street):
    filled(street, b=2).adopt(caps=[STREET, {"tier": "community", "mode": "off"}])
    assert refusal(street) == (f"郑副主任（2户）等1名干部超过1户（{PAPER} 三（一）甲）。可以批准，但每人都要写明理由。")
    version = street.approved(reasons={street.leader.pk: "增补前暂管"})
    assert version.counts["over_cap"] == [{"cadre": street.leader.pk, "load": 2, "reason": "增补前暂管"}]


def test_a_hard_cap_refuses_with_its_clause_whatever_reason_is_given(street):
    filled(street, b=2, d=3).adopt(caps=[STREET, COMMUNITY])
    assert refusal(street, leader="增补前暂管") == (
        f"甲委员（3户）等1名干部超过2户（{PAPER} 三（一）乙），方案不允许超出。"
        "请在明细里改派，或增补干部后重新生成方案，再批准。"
    )
    assert Assignment.objects.count() == 0


@pytest.mark.req("GM-09")
def test_a_cap_that_is_off_says_nothing(street):
    filled(street, b=12, d=12).adopt(caps=[{"tier": tier, "mode": "off"} for tier in ("street", "community")])
    assert street.approved().counts["over_cap"] == []
    scope = scope_of(street.place, DAY)
    assert (list_counts(scope)["over"], load_counts(DAY, caps=scope.caps)["over"]) == (0, 0)
    assert (list(list_rows(scope, ListFilter(tab="over"))), caps_in_words(scope.caps.values())) == ([], "")


def test_who_is_over_is_asked_tier_by_tier(street):
    filled(street, b=2, d=2).adopt(caps=[STREET, {**COMMUNITY, "mode": "soft"}])
    street.approved(reasons={street.leader.pk: "增补前暂管"})
    scope = scope_of(street.place, DAY)
    over = list_rows(scope, ListFilter(tab="over"))
    assert {row.holder_name for row in over} == {"郑副主任"}
    assert list_counts(scope)["over"] == len(over) == 2
    cadres = cadres_with_loads(CadreFilter(tab="over"), DAY, caps=scope.caps)
    assert [cadre.post.person_name for cadre in cadres] == ["郑副主任"]
    assert load_counts(DAY, caps=scope.caps)["over"] == 1


def test_cadres_of_tiers_with_different_caps_are_refused_in_one_sentence():
    over = [Excess("甲", 3, TierCap("街道", 2, "soft", "三")), Excess("乙", 9, TierCap("居民区", 5, "soft", "四"))]
    assert excess_in_words(over) == "甲（3户）、乙（9户）等2名干部超过街道2户（三）、居民区5户（四）"


@pytest.fixture
def office(cast):
    """甲街道 with a hard cap for its communities and a soft one for the street, nobody above yet."""
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
        street = filled(Street(cast, place), b=2, d=2)
        street.adopt(caps=[STREET, COMMUNITY])
    return street


def draft(office: Street):
    with acting_in(office.place.path):
        return propose(office.place, by=office.cast.li, on=timezone.localdate())


def test_the_pages_name_the_cap_of_each_tier_and_offer_a_reason_for_the_soft_one(office):
    client, proposal = office.cast.client("li"), draft(office)
    html = client.get(reverse("cadres:show-proposal", args=[proposal.pk])).content.decode()
    assert f"每人原则上不超过 1 户（{PAPER} 三（一）甲）" in html
    assert "均衡分配后仍有2户，超过1户" in html
    assert (f"reason-{office.leader.pk}" in html, f"reason-{office.member.pk}" in html) == (True, False)
    reasons = {f"reason-{office.leader.pk}": "增补前暂管"}
    assert client.post(reverse("cadres:approve-proposal", args=[proposal.pk]), reasons).status_code == 302
    html = client.get(reverse("cadres:list-cadres"), {"tab": "over"}).content.decode()
    assert (html.count("超过 1 户"), html.count("超过 2 户（")) == (2, 1)


def test_above_a_hard_cap_page_and_endpoint_refuse_with_one_sentence(office):
    with acting_in(office.place.path):
        office.entity("D")
    client, proposal = office.cast.client("li"), draft(office)
    sentence = f"甲委员（3户）等1名干部超过2户（{PAPER} 三（一）乙），方案不允许超出。"
    page = client.get(reverse("cadres:show-proposal", args=[proposal.pk])).content.decode()
    assert (sentence in page, "可以直接批准" in page) == (True, False)
    reasons = {f"reason-{office.leader.pk}": "增补前暂管"}
    refused = client.post(reverse("cadres:approve-proposal", args=[proposal.pk]), reasons)
    assert (refused.status_code, sentence in refused.content.decode()) == (409, True)
    answer = client.post(f"/api/proposals/{proposal.pk}/approve/", {"reasons": []}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "over-cap")
    assert answer.json()["detail"].startswith(sentence)
    with acting_in(office.place.path):
        assert Assignment.objects.count() == 0
