"""The lists that a bare machine installs from: no address inside, every release pinned and hashed, one set of pins."""

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parent.parent / "requirements"


def pins(name: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9][\w.-]*==\S+", (REQUIREMENTS / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["base.txt", "test.txt"])
def test_a_lock_names_no_registry(name: str) -> None:
    addresses = re.findall(r"\S*://\S*|--(?:extra-)?index-url\S*|--find-links\S*", (REQUIREMENTS / name).read_text())

    assert addresses == []


@pytest.mark.parametrize("name", ["base.txt", "test.txt"])
def test_every_pin_of_a_lock_carries_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (REQUIREMENTS / name).read_text().strip())

    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_tests_run_on_the_releases_that_the_product_runs_on() -> None:
    assert pins("base.txt") - pins("test.txt") == set()
