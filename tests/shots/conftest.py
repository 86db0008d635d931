"""The scene behind the live server, and the browser of the journeys, speaking Chinese as its readers' do."""

import pytest

from tests.e2e.conftest import CHROMIUM, QUIET
from tests.shots.scene import Scene, lay_out


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [*QUIET, "--lang=zh-CN"],
        "env": {"LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"},
    }


@pytest.fixture
def scene(live_server: object) -> Scene:
    return lay_out()
