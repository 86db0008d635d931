"""A picture of every page, on the desk and on the phone; none may stumble, scroll sideways or break its policy."""

from pathlib import Path

import pytest

from tests.shots.pages import PAGES, PHONE, walk

pytestmark = pytest.mark.shots
FOLDER = Path(__file__).parent.parent.parent / "var" / "shots"


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_every_page_has_its_picture(browser, live_server, scene, width):
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {}
    for shown, page, faults in walk(browser, scene, live_server.url, width, PHONE if width == 320 else PAGES):
        page.screenshot(path=FOLDER / f"{shown.name}-{width}.png", full_page=True, animations="disabled")
        if faults:
            found[shown.name] = [*faults]
    assert found == {}
