"""A picture of every page, on the desk and on the phone; none may stumble, scroll sideways or break its policy."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.shots.pages import HEIGHTS, PAGES, PHONE, walk

pytestmark = pytest.mark.shots
FOLDER = Path(__file__).parent.parent.parent / "var" / "shots"
TALLEST = 3200
# Pictures load when they come into view; two seconds are enough for those that do.
PICTURES = """Promise.race([
  new Promise((done) => setTimeout(done, 2000)),
  Promise.all([...document.images].filter((each) => !each.complete).map((each) => new Promise((done) => { each.onload = each.onerror = done; }))),
])"""


def picture(page: Page, path: Path, width: int) -> None:
    """The whole page in a window as tall as it is, so that bars and docks stand where a reader has them."""
    tall = page.evaluate("scrollTo(0, 0) || document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(tall, HEIGHTS[width]), TALLEST)})
    page.evaluate(PICTURES)
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_every_page_has_its_picture(browser, live_server, scene, width):
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {}
    for shown, page, faults in walk(browser, scene, live_server.url, width, PHONE if width == 320 else PAGES):
        picture(page, FOLDER / f"{shown.name}-{width}.png", width)
        if faults:
            found[shown.name] = [*faults]
    assert found == {}
