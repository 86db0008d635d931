"""The scene behind the live server, and the browser of the journeys."""

import pytest

from tests.e2e.conftest import browser_type_launch_args  # noqa: F401
from tests.shots.scene import Scene, lay_out


@pytest.fixture
def scene(live_server: object) -> Scene:
    return lay_out()
