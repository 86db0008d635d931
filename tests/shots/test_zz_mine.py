import pytest
from tests.shots.pages import PAGES, walk
from tests.shots.test_shots import FOLDER, picture
pytestmark = pytest.mark.shots
import os
NAMES = os.environ["MINE"].split()

@pytest.mark.parametrize("width", [1440, 390])
def test_mine(browser, live_server, scene, width):
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {}
    for shown, page, faults in walk(browser, scene, live_server.url, width, [p for p in PAGES if p.name in NAMES]):
        picture(page, FOLDER / f"{shown.name}-{width}.png", width)
        if faults:
            found[shown.name] = [*faults]
    assert found == {}
