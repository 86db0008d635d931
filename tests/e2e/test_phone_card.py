"""A cadre's own phone from the printed card to the next morning: bound once, opened by its PIN, nothing unsent is lost."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from tenancy.actions.doors import revoke_door
from tenancy.actions.invitations import invite
from tenancy.models import Door
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.e2e.conftest import this_day, with_worker
from tests.e2e.test_phone_visit import answer_all, fill_all, open_shop, received, submit, visits
from tests.tenancy.doors import PIN, last4

pytestmark = pytest.mark.e2e


def card_address(cast: Cast, server: str) -> str:
    with acting_in(cast.places["甲街道"].path):
        token = invite(cast.wang, by=cast.li, on=this_day(), at=timezone.now()).token
    return server + reverse("tenancy:open-invitation", args=[token])


def bind(page: Page, cast: Cast, address: str) -> None:
    page.goto(address)
    page.locator("[name=known]").fill(last4(cast))
    page.locator("[name=pin]").fill(PIN)
    page.locator("[name=again]").fill(PIN)
    page.get_by_role("button", name="绑定并进入").click()
    page.locator("html[data-ready]").wait_for(state="attached")


def enter_pin(page: Page) -> None:
    page.locator("[name=pin]").fill(PIN)
    page.get_by_role("button", name="进入", exact=True).click()
    page.locator("html[data-ready]").wait_for(state="attached")


@pytest.fixture
def page(phone: BrowserContext, shops, cast: Cast, live_server) -> Page:
    page = phone.new_page()
    page.set_default_timeout(30_000)
    bind(page, cast, card_address(cast, live_server.url))
    return page


def test_from_the_card_to_a_visit_received(page: Page, cast: Cast) -> None:
    assert page.url.endswith(reverse("supervision:my-visits"))
    open_shop(page, "平阳路面馆")
    fill_all(page, problem=False)
    submit(page)
    received(page).wait_for()
    assert [visit.cadre_name for visit in visits(cast)] == [cast.wang.person_name]


def test_the_session_ends_in_the_shop_and_the_pin_leads_back_to_where_he_was(
    page: Page, phone: BrowserContext, cast: Cast
) -> None:
    with_worker(page)
    open_shop(page, "平阳路面馆")
    shop = page.url
    fill_all(page, problem=False)
    phone.clear_cookies(name="sessionid")
    submit(page)
    strip = page.locator("[data-net] a", has_text="登录已过期，登录后自动上传")
    strip.wait_for()
    assert visits(cast) == []
    strip.click()
    assert "/pin/" in page.url and page.locator("[name=username]").count() == 0
    assert Axe().run(page).response["violations"] == []
    enter_pin(page)
    assert page.url.endswith(reverse("supervision:my-visits"))
    received(page).wait_for()
    assert len(visits(cast)) == 1
    phone.clear_cookies(name="sessionid")
    page.goto(shop)
    page.locator("[name=pin]").wait_for()
    enter_pin(page)
    assert page.url == shop


def test_signing_out_with_unsent_work_says_so_first_and_keeps_it(
    page: Page, phone: BrowserContext, cast: Cast, live_server
) -> None:
    open_shop(page, "平阳路面馆")
    answer_all(page)
    page.locator("[data-save]").click()
    page.goto(live_server.url + reverse("tenancy:show-me"))
    page.get_by_role("button", name="退出登录").click()
    warning = page.locator("[data-unsent]")
    expect(warning).to_contain_text("还有 1 份督导记录没有传完")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="先去上传").click()
    expect(page.locator("[data-record]")).to_contain_text("平阳路面馆")
    page.goto(live_server.url + reverse("tenancy:show-me"))
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("button", name="仍要退出").click()
    page.locator("[name=pin]").wait_for()
    enter_pin(page)
    expect(page.locator("a.due", has_text="平阳路面馆")).to_contain_text("填了一半")


def test_signing_out_with_nothing_unsent_asks_nothing(page: Page, live_server) -> None:
    page.goto(live_server.url + reverse("tenancy:show-me"))
    page.get_by_role("button", name="退出登录").click()
    page.locator("[name=pin]").wait_for()


def test_a_lost_phone_is_out_at_once_and_a_new_card_brings_its_work_home(page: Page, cast: Cast, live_server) -> None:
    open_shop(page, "平阳路面馆")
    answer_all(page)
    page.locator("[data-save]").click()
    with acting_in(cast.places["甲街道"].path):
        device = Door.objects.select_related("jurisdiction").get(kind="device")
        revoke_door(device, by=cast.li, at=timezone.now())
    page.goto(live_server.url + reverse("supervision:my-visits"))
    expect(page.locator("[data-refusal]")).to_contain_text("没有传完的督导记录还在手机上")
    bind(page, cast, card_address(cast, live_server.url))
    expect(page.locator("a.due", has_text="平阳路面馆")).to_contain_text("填了一半")
