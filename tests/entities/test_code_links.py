"""外部编码: a code leads to its system where the plan names one; no system is needed for anything."""

import pytest

from entities.actions.records import add_record
from entities.actions.register import version_of
from entities.rules.code_links import ADAPTERS, link_of
from tenancy.actions.plans import adopt_plan
from tenancy.plans import PlanFile, PlanHeader
from tenancy.plans.document import CodeSystem, PlanDocument
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import ON, added

SYSTEM = {
    "kind": "template",
    "code": "food-chain",
    "name": "浙食链",
    "aliases": ["浙食链系统"],
    "address": "https://example.cn/q/{code}?v=1",
}


@pytest.mark.req("LC-37")
@pytest.mark.parametrize(
    ("system", "code", "link"),
    [
        ("浙食链", "A-1", "https://example.cn/q/A-1?v=1"),
        ("浙食链系统", "A-1", "https://example.cn/q/A-1?v=1"),
        ("浙食链", "../x?y=<1>&z", "https://example.cn/q/..%2Fx%3Fy%3D%3C1%3E%26z?v=1"),
        ("浙冷链", "A-1", ""),
    ],
)
def test_a_code_leads_where_the_plan_says_and_nothing_in_it_leaves_its_place(system: str, code: str, link: str) -> None:
    assert link_of(PlanDocument(code_systems=(CodeSystem(**SYSTEM),)), system, code) == link


@pytest.mark.req("LC-37")
def test_another_adapter_is_joined_under_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    class Upside:
        def __init__(self, system: CodeSystem) -> None:
            self.system = system

        def link(self, code: str) -> str:
            return f"https://example.cn/{code[::-1]}"

    monkeypatch.setitem(ADAPTERS, "template", Upside)
    assert link_of(PlanDocument(code_systems=(CodeSystem(**SYSTEM),)), "浙食链", "abc") == "https://example.cn/cba"


@pytest.mark.req("LC-37")
def test_an_entity_has_its_codes_with_or_without_a_system_in_the_plan(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        for system in ("浙食链", "某平台"):
            entity.refresh_from_db()
            values = {"system": system, "number": "A-1"}
            add_record(entity, "code", values, by=cast.li, on=ON, seen=version_of(entity))
    before = cast.client("li").get(f"/entities/{entity.pk}/").content.decode()
    with acting_in(cast.li.place):
        header = PlanHeader(title="某方案", number="某〔2026〕1号")
        adopt_plan(
            cast.places["甲街道"], PlanFile(header=header, values={"code_systems": [SYSTEM]}), since=SINCE, by=cast.li
        )
    after = cast.client("li").get(f"/entities/{entity.pk}/").content.decode()
    assert [page.count("https://example.cn/q/A-1?v=1") for page in (before, after)] == [0, 1]
    told = cast.client("li").get(f"/api/entities/{entity.pk}/records/").json()["code"]
    assert [each["link"] for each in told] == ["https://example.cn/q/A-1?v=1", ""]
    # Both codes are shown all the same, and an entity without any lacks nothing.
    assert ("浙食链" in before, "某平台" in before, "某平台" in after) == (True, True, True)
