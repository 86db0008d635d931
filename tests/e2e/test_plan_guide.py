"""The way docs/plans.md teaches, clicked through: begin from a shipped plan, change one value, put in force, withdraw."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tenancy.models import Plan
from tenancy.queries.plans import plan_in_force
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.e2e.conftest import this_day

pytestmark = pytest.mark.e2e
CAP = 7


@pytest.fixture
def page(browser: Browser, cast: Cast, live_server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
    session = cast.client("bian").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(live_server.url + reverse("tenancy:list-plans"))
    yield page
    context.close()


def begin(page: Page) -> None:
    page.get_by_role("link", name="起草方案").click()
    page.get_by_label("草稿名称").fill("甲街道试行方案")
    start = page.get_by_label("从哪里开始")
    start.select_option(label=start.locator("option", has_text="古美路街道").inner_text())
    page.get_by_role("button", name="建立草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("甲街道试行方案")


def change_the_cap(page: Page) -> None:
    page.locator(".parts__a", has_text="组织与干部").click()
    page.locator("#key-cadre_cap").get_by_role("link").click()
    page.locator("[name=v]").fill(str(CAP))
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="甲街道试行方案").first.click()


def cap_of(cast: Cast) -> int | None:
    with acting_in(cast.places["甲街道"].path):
        return plan_in_force(cast.places["甲街道"].path, this_day()).value.cadre_cap


def test_a_plan_is_begun_changed_put_in_force_and_withdrawn(page: Page, cast: Cast) -> None:
    before = cap_of(cast)
    begin(page)
    change_the_cap(page)
    expect(page.locator("main")).to_contain_text(re.compile(rf"每名干部最多包保几户.*{CAP}", re.DOTALL))
    page.get_by_role("link", name="启用", exact=True).click()
    expect(page.get_by_role("heading", name="启用前试算")).to_be_visible()
    page.get_by_role("button", name=re.compile("^启用，")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("古美路街道")
    assert cap_of(cast) == CAP != before
    page.get_by_role("link", name="撤回").click()
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("甲街道试行方案")
    assert cap_of(cast) == before
    with acting_in(cast.places["甲街道"].path):
        assert not Plan.objects.filter(jurisdiction=cast.places["甲街道"], valid__contains=this_day()).exists()
