"""A picture of every page, on the desk and on the phone; none may stumble, scroll sideways or break its policy."""

from pathlib import Path

import pytest
from django.urls import get_resolver
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
    page.evaluate("void scrollTo(0, 0)")
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(tall, HEIGHTS[width]), TALLEST)})
    page.evaluate(PICTURES)
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_every_page_has_its_picture(browser, live_server, scene, width):
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {}
    for shown, page, faults in walk(browser, scene, live_server.url, width, PAGES):
        # At 320 px with the largest letters only the phone's own pages are kept; the others must fit all the same.
        if width > 320 or shown in PHONE:
            picture(page, FOLDER / f"{shown.name}-{width}.png", width)
        if faults:
            found[shown.name] = [*faults]
    assert found == {}


# No pages of their own: acts that answer with a redirect, files, pieces of another page, signs of life.
WITHOUT = {
    "tenancy": "take-seat leave-seat sign-out livez readyz revoke-own-device revoke-token download-plan attach-annex note-stage expect-sub-plan"
    " forget-word download-annex detach-annex download-sub-plan mark-milestone download-draft drop-draft attach-draft-annex"
    " undo-edit start-second-factor bind-second-factor renew-recovery-codes remove-second-factor link-post act-on-account"
    " end-post serve-places lend-right return-right decide-petition reopen-place export-events",
    "entities": "take-hint dismiss-hint staff-template penalties-template checks-template ledger-template skip-import amend-import commit-import undo-import download-import undo-status reveal-phone"
    " undo-regrading change-view move-view remove-view restore-view show-proof confirm-clearance reject-clearance"
    " strike-record restore-record reveal-contact download-quality withdraw-mending undo-bulk"
    " outside-template compare-outside export-outside change-basis keep-apart undo-merge export-survey confirm-survey-lines close-survey",
    "cadres": "posts-template roster-template skip-import amend-import commit-import undo-import download-import download-list undo-list"
    " approve-proposal"
    " drop-proposal tell-penalties read-penalty export-changes undo-change make-card make-cards revoke-device download-sheet call-entity",
    "supervision": "open-quarter show-photo show-thumbnail act-on-issue service-worker accept-closure reject-closure",
    "commitments": "issue-letters download-letter name-delegate upload-scan file-letter review-letter undo-review"
    " show-page",
    "reports": "export-life export-trend export-goals export-staffing export-expiry export-changes undo-change print-annex export-ledger"
    " export-progress download-export preview-calendar correct-calendar settle-year"
    " unsettle-year",
}


def test_every_page_of_the_product_is_in_the_list():
    named = set()
    for part in get_resolver().url_patterns:
        names = {found.name for found in getattr(part, "url_patterns", []) if getattr(found, "name", None)}
        app = getattr(part, "app_name", "")
        named |= {f"{app}:{name}" for name in names if not name.startswith("api-")}
    exempt = {f"{app}:{name}" for app, names in WITHOUT.items() for name in names.split()}
    assert named - exempt == {shown.page for shown in PAGES if not shown.page.startswith("/")}
    assert exempt <= named
