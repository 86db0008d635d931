"""A real browser against a live server: the system's Chromium, a phone's window, the cast in the database."""

import os
from collections.abc import Iterator
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from cadres.models import Assignment, Cadre
from entities.models import Entity
from supervision.actions.quarters import open_quarter
from tenancy.rules.periods import quarter_of
from tenancy.scoping import acting_in
from tests.cast import PASSWORD, SINCE, Cast

# The browser's driver runs an event loop in the test's own thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
SHOP_NUMBER = "19900004321"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "has_touch": True,
    "is_mobile": True,
}


def this_day() -> date:
    """The live server lives on the real day, so its tests do too."""
    return timezone.localdate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture
def shops(cast: Cast) -> dict[str, Entity]:
    """Two shops of 一社区, both answered for by Wang, in an open quarter under the national default."""
    kinds = {"莲花幼儿园食堂": "kindergarten_canteen", "平阳路面馆": "small_eatery"}
    home, street, today = cast.places["一社区"], cast.places["甲街道"], this_day()
    with acting_in(street.path):
        wang = Cadre.objects.create(post=cast.wang, place=home.path, tier="village", category="committee")
        made = {
            name: Entity.objects.create(
                jurisdiction=home,
                place=home.path,
                name=name,
                business_type=kind,
                grade="D",
                principal="陈志强",
                phone=SHOP_NUMBER,
            )
            for name, kind in kinds.items()
        }
        for entity in made.values():
            Assignment.objects.create(
                entity=entity, place=home.path, cadre=wang, cadre_place=home.path, tier="village", valid=(SINCE, None)
            )
        open_quarter(street, quarter_of(today), on=today)
    return made


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**PHONE)
    yield context
    context.close()


def sign_in(page: Page, server: str, name: str) -> None:
    """Through the login page, on to the list of shops."""
    page.goto(f"{server}{reverse('tenancy:sign-in')}?next={reverse('supervision:my-visits')}")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").last.click()
    page.locator("html[data-ready]").wait_for(state="attached")


def with_worker(page: Page) -> None:
    """Waits until the page can be opened again without a network."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
