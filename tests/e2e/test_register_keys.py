"""The register by keyboard: to the search, down the rows, into an entity; and picked rows lead to the acts on many."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, Cast
from tests.entities.test_register_acts import added

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(cast: Cast, browser, live_server) -> Page:
    for name in ("甲店", "乙店", "丙店"):
        added(cast, name)
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{live_server.url}{reverse('tenancy:sign-in')}?next={reverse('entities:list-entities')}")
    page.locator("[name=username]").fill("li")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").last.click()
    page.locator("#list tbody tr").first.wait_for()
    return page


def test_slash_searches_j_and_k_walk_enter_opens(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("bd")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.locator("[data-search]").fill("")
    expect(page.locator("#list tbody tr")).to_have_count(3)
    page.keyboard.press("Escape")
    for key in "jjk":
        page.keyboard.press(key)
    names = page.locator("#list tbody a.ent")
    expect(names.first).to_be_focused()
    shop = names.first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(shop)


def test_picked_rows_and_all_of_them_lead_to_the_acts_on_many(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    page.get_by_role("button", name="选中全部 3 家").click()
    page.locator("#bulk button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("批量办理 · 3 家")
