"""No page has a barrier that axe knows: WCAG 2.0 to 2.2 A and AA, and its best practice, on the desk and on the phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.shots.pages import PAGES, walk
from tests.shots.scene import Scene, lay_out

pytestmark = pytest.mark.e2e
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# Rules of 2.2 are asleep in axe unless they are named.
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "rules": {"target-size": {"enabled": True}}}


@pytest.fixture
def scene(live_server) -> Scene:
    return lay_out()


def barriers(browser, scene, url: str, width: int, pages: list) -> dict[str, list[str]]:
    found = {}
    for shown, page, faults in walk(browser, scene, url, width, pages, bypass_csp=True):
        broken = Axe().run(page, options=OPTIONS).response["violations"]
        here = [f"{rule['id']} {rule['nodes'][0]['html'][:160]}" for rule in broken]
        if here or faults:
            found[f"{shown.name}-{width}"] = [*here, *faults]
    return found


def test_the_main_pages_have_no_barriers(browser, live_server, scene):
    short = [shown for shown in PAGES if shown.short]
    found = barriers(browser, scene, live_server.url, 1440, short)
    assert found | barriers(browser, scene, live_server.url, 390, short) == {}


@pytest.mark.shots
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_has_barriers(browser, live_server, scene, width):
    assert barriers(browser, scene, live_server.url, width, PAGES) == {}
