"""Every page of the product with the person who reads it; pictures and the accessibility proof walk the same list."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from demo.loading import PASSWORD
from tenancy.rules.second_factor import code_at
from tests.shots.scene import Scene

HEIGHTS = {1440: 900, 390: 844, 320: 640}


@dataclass(frozen=True)
class Shown:
    """A page: name of its picture, who reads it, URL name, the scene's objects in it, query, and what to do there."""

    name: str
    login: str
    page: str
    args: tuple[str, ...] = ()
    query: str = ""
    status: int = 200
    steps: str = ""
    short: bool = False


def address(shown: Shown, scene: Scene) -> str:
    if shown.page.startswith("/"):
        return shown.page
    args = [each[1:] if each.startswith("=") else scene.ids.get(each, each) for each in shown.args]
    return reverse(shown.page, args=args) + shown.query.format(**scene.ids)


ANYBODY = [
    Shown("sign-in", "", "tenancy:sign-in", short=True),
    Shown("published", "", "tenancy:list-published", ("place",)),
    Shown("published-plan", "", "tenancy:show-published", ("place", "plan")),
    Shown("sign-in-refused", "", "tenancy:sign-in", steps="wrong", status=200),
    Shown("sign-in-help", "", "tenancy:sign-in", steps="help"),
    Shown("sign-in-locked", "", "tenancy:sign-in", steps="lock"),
    Shown("bind", "", "tenancy:open-invitation", ("card",), short=True),
    Shown("bind-faults", "", "tenancy:open-invitation", ("card",), steps="send"),
    Shown("unbound", "", "tenancy:enter-pin", short=True),
    Shown("door-closed", "", "/c/no-such-card/", status=404),
    Shown("pin", "phone", "tenancy:enter-pin", short=True),
    Shown("pin-wrong", "phone", "tenancy:enter-pin", steps="pin"),
    Shown("health", "", "tenancy:show-health"),
    Shown("missing", "clerk", "/no-such-page/", status=404),
    Shown("missing-stranger", "", "/no-such-page/", status=404),
    Shown("refused", "station", "entities:add-entity", status=403),
]
DESK = [
    Shown("home", "clerk", "reports:home", short=True),
    Shown("home-menu", "clerk", "reports:home", steps="menu"),
    Shown("home-nav", "clerk", "reports:home", query="#side"),
    Shown("todo", "clerk", "reports:todo"),
    Shown("posts", "clerk", "tenancy:choose-post"),
    Shown("me-desk", "clerk", "tenancy:show-me"),
    Shown("tokens", "clerk", "tenancy:list-tokens"),
    Shown("tokens-new", "clerk", "tenancy:list-tokens", steps="token"),
    Shown("tokens-faults", "clerk", "tenancy:list-tokens", steps="token-less"),
    Shown("password", "clerk", "tenancy:change-password"),
    Shown("password-faults", "clerk", "tenancy:change-password", steps="send"),
]
KINDS = ("licence", "contact", "insurance", "code", "flag", "check")
TRIAL_SIZE = "?business_types=catering&business_types=retail&staff=60&revenue=600&unit=万元"
TRIAL_TIE = "?business_types=school_canteen&diners=500"
REGISTER = [
    Shown("entities", "clerk", "entities:list-entities", short=True),
    Shown("entities-filtered", "clerk", "entities:list-entities", query="?grade=C&q=小学"),
    Shown("entities-none", "clerk", "entities:list-entities", query="?q=查无此店"),
    Shown("entities-further", "clerk", "entities:list-entities", query="?defect=no-licence&grade=C&sort=-name"),
    Shown("bulk", "clerk", "entities:bulk-entities", query="?grade=C&status=active"),
    Shown("bulk-preview", "clerk", "entities:bulk-entities", query="?grade=C&status=active", steps="bulk"),
    Shown("bulk-done", "clerk", "entities:show-bulk", ("bulk",)),
    Shown("quality", "clerk", "entities:show-quality"),
    Shown("quality-faults", "clerk", "entities:show-quality", steps="send"),
    Shown("entities-print", "clerk", "entities:print-entities", query="?defect=no-licence"),
    Shown("views", "clerk", "entities:list-views", query="?grade=C&size=micro"),
    Shown("entity", "clerk", "entities:show-entity", ("visited",), short=True),
    Shown("entity-plain", "clerk", "entities:show-entity", ("entity",)),
    Shown("entity-phone", "clerk", "entities:show-entity", ("visited",), steps="phone"),
    Shown("entity-add", "clerk", "entities:add-entity"),
    Shown("entity-add-faults", "clerk", "entities:add-entity", steps="send"),
    Shown("entity-edit", "clerk", "entities:edit-entity", ("visited",)),
    Shown("entity-status", "clerk", "entities:close-entity", ("visited",)),
    Shown("entity-status-faults", "clerk", "entities:close-entity", ("visited",), steps="send"),
    Shown("entity-change", "clerk", "entities:change-entity", ("visited",)),
    Shown("entity-change-faults", "clerk", "entities:change-entity", ("visited",), steps="send"),
    Shown("entity-clear", "clerk", "entities:clear-entity", ("visited",)),
    Shown("clearances", "clerk", "entities:list-clearances"),
    Shown("clearance", "clerk", "entities:show-clearance", ("clearance",)),
    Shown("clearance-second", "district", "entities:show-clearance", ("clearance",)),
    Shown("outside-lists", "clerk", "entities:list-outside"),
    Shown("outside-upload", "clerk", "entities:upload-outside"),
    Shown("outside-upload-faults", "clerk", "entities:upload-outside", steps="send"),
    Shown("outside", "clerk", "entities:show-outside", ("outside",), short=True),
    Shown("outside-station", "station", "entities:show-outside", ("outside",), "?kind=field"),
    Shown("outside-accept", "clerk", "entities:accept-outside", ("outside",), short=True),
    Shown("difference", "clerk", "entities:show-difference", ("difference",)),
    Shown("difference-new", "clerk", "entities:show-difference", ("difference_new",)),
    Shown("difference-lacking", "clerk", "entities:show-difference", ("difference_lacking",)),
    Shown("surveys", "clerk", "entities:list-surveys"),
    Shown("surveys-faults", "clerk", "entities:list-surveys", steps="send"),
    Shown("survey", "clerk", "entities:show-survey", ("survey",), "?tab=drafted", short=True),
    Shown("survey-station", "station", "entities:show-survey", ("survey",), "?tab=listed"),
    Shown("survey-line", "station", "entities:draft-survey-line", ("survey_line",)),
    Shown("survey-new", "station", "entities:add-survey-line", ("survey",)),
    Shown("survey-new-faults", "station", "entities:add-survey-line", ("survey",), steps="send"),
    Shown("survey-return", "clerk", "entities:return-survey-line", ("survey_line",)),
    Shown("doubles", "clerk", "entities:list-doubles", short=True),
    Shown("double", "clerk", "entities:merge-entities", ("twin_first", "twin_second")),
    Shown("double-faults", "clerk", "entities:merge-entities", ("twin_first", "twin_second"), steps="send"),
    Shown("entity-merged-into", "clerk", "entities:show-entity", ("kept",)),
    Shown("entity-merged-away", "clerk", "entities:show-entity", ("merged",)),
    Shown("merged", "clerk", "reports:show-merged", ("kept",)),
    Shown("answered", "clerk", "reports:show-answered", ("kept",)),
    Shown("entity-changed", "clerk", "entities:show-entity", ("changed",)),
    Shown("changes", "clerk", "reports:list-changes", short=True),
    Shown("changes-none", "clerk", "reports:list-changes", query="?q=查无此店"),
    Shown("entity-upgrade", "clerk", "entities:upgrade-entity", ("entity",)),
    Shown("entity-upgrade-faults", "clerk", "entities:upgrade-entity", ("entity",), steps="send"),
    Shown("entity-correct", "clerk", "entities:correct-grade", ("entity",)),
    Shown("entity-withdraw", "clerk", "entities:withdraw-decision", ("decision",)),
    Shown("clusters", "clerk", "entities:list-groups", ("=cluster",)),
    Shown("cluster", "clerk", "entities:show-group", ("=cluster", "cluster")),
    Shown("cluster-edit", "clerk", "entities:edit-group", ("=cluster", "cluster")),
    Shown("chains", "clerk", "entities:list-groups", ("=chain",)),
    Shown("chain", "clerk", "entities:show-group", ("=chain", "chain")),
    Shown("entity-belonging", "clerk", "entities:place-entity", ("visited",)),
    Shown("entity-seller", "clerk", "entities:show-entity", ("seller",)),
    Shown("entity-spot", "clerk", "entities:locate-entity", ("seller",)),
    Shown("entity-spot-faults", "clerk", "entities:locate-entity", ("visited",), steps="send"),
    Shown("labels", "clerk", "entities:print-labels", (), "?cluster={cluster}"),
    Shown("entity-extras", "clerk", "entities:fill-extras", ("seller",)),
    Shown("insurance", "clerk", "entities:list-insured", (), "?class=all&state=insured"),
    Shown("entity-life", "clerk", "reports:show-life", ("visited",)),
    Shown("entity-sizes", "clerk", "entities:record-size", ("visited",)),
    Shown("entity-supply", "clerk", "entities:change-supply", ("kept",)),
    Shown("expiry", "clerk", "entities:list-expiry"),
    Shown("expiry-none", "clerk", "entities:list-expiry", query="?q=查无此店"),
    Shown("entity-records", "clerk", "entities:show-entity", ("kept",)),
    *(Shown(f"record-{kind}-add", "clerk", "entities:add-record", ("kept", f"={kind}")) for kind in KINDS),
    Shown("record-licence-faults", "clerk", "entities:add-record", ("kept", "=licence"), steps="send"),
    Shown("record-edit", "clerk", "entities:edit-record", ("=contact", "contact")),
    Shown("entity-raised", "clerk", "entities:show-entity", ("raised",)),
    Shown("addresses", "clerk", "entities:list-addresses", short=True),
    Shown("trial", "clerk", "entities:try-grading"),
    Shown("trial-size", "clerk", "entities:try-grading", query=TRIAL_SIZE, short=True),
    Shown("trial-tie", "clerk", "entities:try-grading", query=TRIAL_TIE),
    Shown("trial-open", "clerk", "entities:try-grading", query="?business_types=catering&staff=300"),
    Shown("trial-faults", "clerk", "entities:try-grading", query="?business_types=catering&staff=-3", status=422),
    Shown("regrade", "clerk", "entities:regrade", short=True),
    Shown("regrade-changes", "clerk", "entities:regrade", query="?on={next_year}", short=True),
    Shown("regrading", "clerk", "entities:show-regrading", ("regrading",)),
]
IMPORTS = [
    Shown("imports", "clerk", "tenancy:list-imports"),
    Shown("import-upload", "clerk", "entities:import-ledger", short=True),
    Shown("import-upload-faults", "clerk", "entities:import-ledger", steps="send"),
    Shown("import-waiting", "clerk", "entities:show-import", ("import_waiting",)),
    Shown("import-failed", "clerk", "entities:show-import", ("import_failed",)),
    Shown("import-staged", "clerk", "entities:show-import", ("import_staged",), short=True),
    Shown("import-staged-all", "clerk", "entities:show-import", ("import_staged",), "?tab=all"),
    Shown("import-columns", "clerk", "entities:map-import", ("import_unmapped",)),
    Shown("import-settled", "clerk", "entities:show-import", ("import_settled",)),
    Shown("import-words", "clerk", "tenancy:list-words"),
    Shown("penalties", "clerk", "cadres:list-penalties", query="?tab=all"),
    Shown("hints", "clerk", "entities:list-hints"),
    Shown("hints-none", "clerk", "entities:list-hints", query="?tab=licence"),
    Shown("import-penalties", "clerk", "entities:import-penalties", short=True),
    Shown("import-penalties-staged", "clerk", "entities:show-import", ("import_penalties",)),
    Shown("import-penalties-choose", "clerk", "entities:choose-entity", ("import_penalties", "penalties_row")),
    Shown("import-posts", "clerk", "cadres:import-posts", short=True),
    Shown("import-staff", "clerk", "entities:import-staff", short=True),
    Shown("import-checks", "clerk", "entities:import-checks", short=True),
    Shown("import-written", "clerk", "entities:show-import", ("import_committed",)),
    Shown("roster-upload", "clerk", "cadres:import-roster"),
    Shown("roster-staged", "clerk", "cadres:show-import", ("import_roster",)),
    Shown("roster-columns", "clerk", "cadres:map-import", ("roster_unmapped",)),
    Shown("roster-written", "clerk", "cadres:show-import", ("import_roster_done",), "?tab=all"),
]
CADRES = [
    Shown("cadres", "clerk", "cadres:list-cadres"),
    Shown("cadres-none", "clerk", "cadres:list-cadres", query="?q=查无此人"),
    Shown("cadre", "clerk", "cadres:show-cadre", ("cadre",)),
    Shown("cadre-phone", "clerk", "cadres:show-cadre", ("cadre_bound",)),
    Shown("cadre-card", "clerk", "cadres:show-cadre", ("cadre_bound",), steps="card"),
    Shown("cadre-changes", "clerk", "cadres:list-changes", query="?tab=all"),
    Shown("cadre-changes-none", "clerk", "cadres:list-changes", query="?tab=late"),
    Shown("cadre-change", "clerk", "cadres:show-change", ("cadre_change",)),
    Shown("cadre-leaves", "clerk", "cadres:register-change", ("cadre",)),
    Shown("access", "clerk", "cadres:list-access", short=True),
    Shown("access-invited", "clerk", "cadres:list-access", query="?tab=invited"),
    Shown("access-none", "clerk", "cadres:list-access", query="?q=查无此人"),
    Shown("sheet", "clerk", "cadres:show-sheet", ("sheet",)),
    Shown("sheet-waiting", "clerk", "cadres:show-sheet", ("sheet_waiting",)),
    Shown("list", "clerk", "cadres:show-list"),
    Shown("list-uncovered", "clerk", "cadres:show-list", query="?tab=uncovered"),
    Shown("propose", "clerk", "cadres:propose"),
    Shown("proposal", "clerk", "cadres:show-proposal", ("proposal",)),
    Shown("proposal-line", "clerk", "cadres:edit-line", ("line",)),
]
LETTERS = [
    Shown("letters", "clerk", "commitments:list-letters"),
    Shown("letters-above", "clerk", "commitments:list-letters", query="?tab=above"),
    Shown("letters-returned", "clerk", "commitments:list-letters", query="?tab=returned"),
    Shown("letter-unsigned", "clerk", "commitments:show-letter", ("letter_unsigned",)),
    Shown("letter-returned", "clerk", "commitments:show-letter", ("letter_returned",)),
    Shown("letter-approved", "clerk", "commitments:show-letter", ("letter_approved",)),
    Shown("letters-not-drawn", "clerk", "commitments:print-letters", status=409),
    Shown("review", "district", "commitments:review-letters", short=True),
    Shown("review-clerk", "clerk", "commitments:review-letters"),
]
VISITS = [
    Shown("progress", "clerk", "supervision:show-progress", short=True),
    Shown("progress-overdue", "clerk", "supervision:show-progress", query="?tab=overdue"),
    Shown("visit", "clerk", "supervision:show-visit", ("visit",)),
    Shown("visit-closed", "clerk", "supervision:show-visit", ("visit_closed",)),
    Shown("closures", "clerk", "supervision:list-closures"),
    Shown("closure", "clerk", "supervision:show-closure", ("closure",)),
    Shown("closure-faults", "clerk", "supervision:show-closure", ("closure",), steps="send"),
    Shown("issues", "clerk", "supervision:list-issues"),
    Shown("issues-none", "clerk", "supervision:list-issues", query="?q=查无此事"),
    Shown("issue", "clerk", "supervision:show-issue", ("issue",)),
    Shown("issue-settled", "clerk", "supervision:show-issue", ("issue_settled",)),
    Shown("issue-station", "station", "supervision:show-issue", ("issue",)),
    Shown("issues-station", "station", "supervision:list-issues"),
    Shown("issue-cadre", "cadre", "supervision:show-issue", ("issue",)),
    Shown("visit-cadre", "cadre", "supervision:show-visit", ("visit",)),
]
REPORTS = [
    Shown("ratios", "clerk", "reports:show-ratios"),
    Shown("rates", "clerk", "reports:show-rates"),
    Shown("goals", "clerk", "reports:show-goals"),
    Shown("goals-missing", "clerk", "reports:show-goals", query="?goal=letters"),
    Shown("staffing", "clerk", "reports:show-staffing"),
    Shown("staffing-short", "clerk", "reports:show-staffing", query="?five=1&show=short"),
    Shown("behind-entities", "clerk", "reports:list-behind", ("entities",), "?place={place}"),
    Shown("behind-cadres", "clerk", "reports:list-behind", ("cadres",), "?place={place}"),
    Shown("behind-overdue", "clerk", "reports:list-behind", ("overdue",), "?place={place}"),
    Shown("behind-issues", "clerk", "reports:list-behind", ("issues",), "?place={place}"),
    Shown("behind-none", "clerk", "reports:list-behind", ("uncovered",), "?place={place}"),
    Shown("exports", "clerk", "reports:list-exports"),
    Shown("exports-none", "district", "reports:list-exports"),
    Shown("export-running", "clerk", "reports:show-export", ("export_running",)),
    Shown("export-failed", "clerk", "reports:show-export", ("export_failed",)),
    Shown("export-done", "clerk", "reports:show-export", ("export_done",)),
]
DATES = [
    Shown("calendar", "planner", "reports:show-calendar", query="?year=2026", short=True),
    Shown("calendar-estimated", "planner", "reports:show-calendar", query="?year=2027"),
    Shown("calendar-faults", "planner", "reports:show-calendar", query="?year=2027", steps="badlines", status=200),
    Shown("calendar-change", "planner", "reports:show-calendar", query="?year={year}", steps="holiday", short=True),
    Shown("due-issue", "clerk", "supervision:show-due", ("=issue", "issue"), short=True),
    Shown("due-issue-cadre", "cadre", "supervision:show-due", ("=issue", "issue")),
    Shown("due-quarter", "clerk", "supervision:show-due", ("=quarter", "quarter")),
    Shown("due-package", "clerk", "supervision:show-due", ("=package", "quarter")),
    Shown("issue-why", "clerk", "supervision:show-issue", ("issue",), steps="why"),
]
PLANS = [
    Shown("plans", "clerk", "tenancy:list-plans"),
    Shown("plans-editor", "planner", "tenancy:list-plans", short=True),
    Shown("plans-upper", "upper-planner", "tenancy:list-plans"),
    Shown("plan", "planner", "tenancy:show-plan", ("plan",), short=True),
    Shown("bodies", "planner", "tenancy:show-bodies"),
    Shown("plan-cadre", "cadre", "tenancy:show-plan", ("plan",)),
    Shown("plan-print", "clerk", "tenancy:print-plan", ("plan",)),
    Shown("plan-shipped", "clerk", "tenancy:show-shipped", ("national",)),
    Shown("plan-compare", "planner", "tenancy:compare-plans", query="?old=plan-{plan}&new=draft-{draft}"),
    Shown("plan-compare-choose", "clerk", "tenancy:compare-plans"),
    Shown("draft-start", "planner", "tenancy:start-draft"),
    Shown("draft-start-faults", "planner", "tenancy:start-draft", steps="send"),
    Shown("draft", "planner", "tenancy:show-draft", ("draft",)),
    Shown("draft-faulty", "planner", "tenancy:show-draft", ("faulty_draft",)),
    Shown("draft-text", "planner", "tenancy:edit-draft-text", ("draft",)),
    Shown("draft-text-faults", "planner", "tenancy:edit-draft-text", ("faulty_draft",), steps="send"),
    Shown("edit-paper", "planner", "tenancy:edit-section", ("draft", "=0")),
    Shown("edit-paper-whole", "planner", "tenancy:edit-value", ("draft", "=0", "=-")),
    Shown("edit-section", "planner", "tenancy:edit-section", ("draft", "=1"), short=True),
    Shown("edit-section-faulty", "planner", "tenancy:edit-section", ("faulty_draft", "=1")),
    Shown("edit-number", "planner", "tenancy:edit-value", ("draft", "=1", "=cadre_cap")),
    Shown("edit-number-faults", "planner", "tenancy:edit-value", ("draft", "=1", "=cadre_cap"), steps="too-few"),
    Shown("edit-map", "planner", "tenancy:edit-value", ("draft", "=1", "=tier_map")),
    Shown("edit-group", "planner", "tenancy:edit-value", ("draft", "=8", "=quarter_package"), short=True),
    Shown("edit-list", "planner", "tenancy:edit-value", ("draft", "=3", "=signing_pairs")),
    Shown("edit-list-inherited", "planner", "tenancy:edit-value", ("draft", "=2", "=business_types")),
    Shown("edit-item", "planner", "tenancy:edit-value", ("draft", "=3", "=signing_pairs.4"), short=True),
    Shown("edit-item-new", "planner", "tenancy:edit-value", ("draft", "=3", "=signing_pairs.+5")),
    Shown("edit-item-nested", "planner", "tenancy:edit-value", ("draft", "=4", "=checklists.0")),
    Shown("edit-undo", "planner", "tenancy:edit-value", ("draft", "=1", "=cadre_cap"), steps="cap"),
    Shown("draft-in-force", "planner", "reports:put-in-force", ("draft",), short=True),
    Shown("first-rounds", "clerk", "reports:show-first-rounds", query="?round=licensed"),
    Shown("draft-effects", "planner", "reports:list-plan-effects", ("draft",), query="?kind=entities"),
    Shown("draft-effects-days", "planner", "reports:list-plan-effects", ("draft",), query="?kind=days"),
    Shown("draft-not-ready", "planner", "reports:put-in-force", ("faulty_draft",)),
    Shown("plan-withdraw", "planner", "reports:withdraw-plan", ("plan",)),
    Shown("sub-plans", "upper-planner", "tenancy:list-sub-plans", ("upper_plan",), short=True),
    Shown("sub-plans-street", "clerk", "tenancy:list-sub-plans", ("upper_plan",)),
    Shown("sub-plan", "clerk", "tenancy:show-sub-plan", ("sub_plan",)),
    Shown("sub-plan-file", "clerk", "tenancy:file-sub-plan", ("upper_plan",)),
    Shown("sub-plan-refile", "clerk", "tenancy:refile-sub-plan", ("sub_plan",)),
]
OTHERS = [
    Shown("home-district", "district", "reports:home"),
    Shown("todo-district", "district", "reports:todo"),
    Shown("entities-district", "district", "entities:list-entities"),
    Shown("letters-district", "district", "commitments:list-letters"),
    Shown("progress-district", "district", "supervision:show-progress"),
    Shown("ratios-district", "district", "reports:show-ratios"),
    Shown("rates-district", "district", "reports:show-rates"),
    Shown("home-station", "station", "reports:home"),
    Shown("home-leader", "leader", "reports:home"),
    Shown("home-sysadmin", "sysadmin", "reports:home"),
    Shown("home-secadmin", "secadmin", "reports:home"),
    Shown("home-auditor", "auditor", "reports:home"),
]
ADMINISTRATION = [
    Shown("settings", "sysadmin", "tenancy:show-settings", short=True),
    Shown("settings-security", "secadmin", "tenancy:show-settings"),
    Shown("settings-audit", "auditor", "tenancy:show-settings"),
    Shown("roles", "secadmin", "tenancy:show-roles"),
    Shown("accounts", "sysadmin", "tenancy:list-accounts", short=True),
    Shown("accounts-none", "sysadmin", "tenancy:list-accounts", query="?q=查无此人"),
    Shown("account-open", "sysadmin", "tenancy:open-account"),
    Shown("account-open-faults", "sysadmin", "tenancy:open-account", steps="send"),
    Shown("account-password", "sysadmin", "tenancy:open-account", steps="open"),
    Shown("account", "sysadmin", "tenancy:show-account", ("account_new",), short=True),
    Shown("account-bound", "sysadmin", "tenancy:show-account", ("account_bound",)),
    Shown("account-stopped", "sysadmin", "tenancy:show-account", ("account_stopped",)),
    Shown("account-own", "sysadmin", "tenancy:show-account", ("account_own",)),
    Shown("account-edit", "sysadmin", "tenancy:change-account", ("account_new",)),
    Shown("account-post", "sysadmin", "tenancy:request-post", ("account_new",)),
    Shown("account-post-faults", "sysadmin", "tenancy:request-post", ("account_new",), steps="send"),
    Shown("account-factor", "sysadmin", "tenancy:request-factor-removal", ("account_bound",)),
    Shown("office-posts", "sysadmin", "tenancy:list-posts"),
    Shown("office-posts-ended", "sysadmin", "tenancy:list-posts", query="?tab=ended"),
    Shown("post", "secadmin", "tenancy:show-post", ("post_leader",), short=True),
    Shown("post-lend", "secadmin", "tenancy:show-post", ("post_leader",), steps="fold"),
    Shown("post-station", "sysadmin", "tenancy:show-post", ("post_station",)),
    Shown("petitions", "secadmin", "tenancy:list-petitions", short=True),
    Shown("petitions-system", "sysadmin", "tenancy:list-petitions"),
    Shown("petitions-done", "secadmin", "tenancy:list-petitions", query="?tab=done"),
    Shown("places", "sysadmin", "tenancy:list-places", short=True),
    Shown("places-add", "sysadmin", "tenancy:add-places", ("place",)),
    Shown("places-add-faults", "sysadmin", "tenancy:add-places", ("place",), steps="paste"),
    Shown("place-edit", "sysadmin", "tenancy:rename-place", ("community",)),
    Shown("place-close", "sysadmin", "reports:close-place", ("community",)),
    Shown("trail", "auditor", "tenancy:list-events", short=True),
    Shown("trail-filtered", "auditor", "tenancy:list-events", query="?act=tenancy.petition.asked&who=方志远"),
    Shown("trail-none", "auditor", "tenancy:list-events", query="?who=查无此人"),
    Shown("verify", "auditor", "tenancy:verify-trail"),
    Shown("verify-whole", "auditor", "tenancy:verify-trail", steps="send"),
    Shown("second-factor", "clerk", "tenancy:show-second-factor"),
    Shown("second-factor-code", "leader", "tenancy:show-second-factor"),
    Shown("second-factor-bound", "district", "tenancy:show-second-factor"),
    Shown("second-factor-recovery", "leader", "tenancy:show-second-factor", steps="bind"),
    Shown("enter-code", "", "tenancy:enter-code", steps="code"),
]
PHONE = [
    Shown("phone-todo", "cadre", "supervision:my-visits", steps="ready", short=True),
    Shown("phone-done", "cadre", "supervision:my-visits", steps="done"),
    Shown("phone-form", "cadre", "supervision:fill-visit", ("to_visit",), steps="ready", short=True),
    Shown("phone-form-again", "cadre", "supervision:fill-visit", ("visited",), steps="ready"),
    Shown("phone-form-filled", "cadre", "supervision:fill-visit", ("to_visit",), steps="fill"),
    Shown("phone-form-unsigned", "cadre", "supervision:fill-visit", ("to_visit",), steps="unsigned"),
    Shown("phone-records", "cadre", "supervision:my-records", steps="draft"),
    Shown("phone-records-none", "cadre2", "supervision:my-records", steps="ready"),
    Shown("phone-todo-street", "cadre2", "supervision:my-visits", steps="ready"),
    Shown("phone-entities", "cadre", "cadres:my-entities"),
    Shown("phone-penalties", "cadre", "cadres:my-penalties"),
    Shown("phone-entities-call", "cadre", "cadres:my-entities", steps="call"),
    Shown("phone-form-call", "cadre", "supervision:fill-visit", ("to_visit",), steps="dial"),
    Shown("phone-me", "cadre", "tenancy:show-me"),
]
PAGES = [
    *ANYBODY, *DESK, *REGISTER, *IMPORTS, *CADRES, *LETTERS, *VISITS, *REPORTS, *DATES, *PLANS, *OTHERS, *ADMINISTRATION,
    *PHONE,
]  # fmt: skip


def _wrong(page: Page, name: str = "clerk") -> None:
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill("not-the-password")
    _send(page)


def _lock(page: Page) -> None:
    while page.locator("[name=username]").count():
        _wrong(page, "nobody")


def _send(page: Page) -> None:
    with page.expect_navigation():
        # Past the browser's own checks, to the server's sentences.
        page.locator("main form").first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")


def _pin(page: Page) -> None:
    for _ in range(3):
        page.locator("[name=pin]").fill("135791")
        _send(page)


def _card(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[action$='/card/'] button").click()


def _token(page: Page) -> None:
    page.locator("[name=name]").fill("区数据平台每晚读取台账")
    page.locator("[name=last_day]").fill(page.locator("[name=last_day]").get_attribute("max"))
    with page.expect_navigation():
        page.locator("main form button", has_text="生成").click()


def _token_less(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[name=last_day]").evaluate(
            "field => { field.form.noValidate = true; field.form.requestSubmit(); }"
        )


def _phone(page: Page) -> None:
    page.locator("#phone button").click()
    page.locator("#phone a[href^='tel:']").wait_for()


def _ready(page: Page) -> None:
    page.locator("html[data-ready]").wait_for(state="attached")


def _done(page: Page) -> None:
    _ready(page)
    page.locator("[data-done-fold] summary").click()


def _fill(page: Page) -> None:
    _ready(page)
    first = page.locator("[data-question]").first
    first.locator(".n").check(force=True)
    first.locator("[data-phrase]").first.click()
    first.locator("[value=handed_over]").check(force=True)
    page.locator("[data-rest]:visible").first.click()


def _unsigned(page: Page) -> None:
    _fill(page)
    page.locator("[name=refused]").check()


def _draft(page: Page) -> None:
    _ready(page)
    page.wait_for_timeout(300)


def _open(page: Page) -> None:
    page.locator("[name=username]").fill(f"zhenyi-{page.viewport_size['width']}")  # type: ignore[index]
    page.locator("[name=person_name]").fill("甄怡")
    page.locator("[name=place]").select_option(index=2)
    _send(page)


def _paste_places(page: Page) -> None:
    page.locator("[name=lines]").fill("310112006101\t东苑新村居民区\n12345\t短码居民区\n平吉一村居民区\n东苑新村居民区")
    _send(page)


def _bind(page: Page) -> None:
    key = page.locator("[data-key]").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(code_at(base64.b32decode(key), time.time()))
    _send(page)


def _code(page: Page) -> None:
    page.locator("[name=username]").fill("district")
    page.locator("[name=password]").fill(PASSWORD)
    _send(page)


def _paste_days(page: Page, lines: str) -> None:
    page.locator("[name=lines]").first.fill(lines)
    with page.expect_navigation():
        page.locator("form[action$='/preview/'] .btn--p").click()


def _holiday(page: Page) -> None:
    """The two days after tomorrow are off, whatever day it is."""
    today = timezone.localdate()
    _paste_days(page, "\n".join(f"{today + timedelta(days=each)} 休 本地停工" for each in (1, 2, 3)))


def _call(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form.due__f button").first.click()


def _dial(page: Page) -> None:
    _ready(page)
    page.locator("[data-dial]").click()
    page.locator("[data-tel]:visible").wait_for()


def _save(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)
    with page.expect_navigation():
        page.locator("main form .btn--p").last.click()


def _too_few(page: Page) -> None:
    page.locator("[name=v]").fill("0")
    _send(page)


def _bulk(page: Page) -> None:
    page.check("input[name=kind][value=add-tag]")
    page.fill("input[type=text][name=tag]", "高温季节重点")
    page.click("form.form--pad button[type=submit]")


STEPS = {
    "bulk": _bulk,
    "cap": lambda page: _save(page, v="9"),
    "too-few": _too_few,
    "open": _open,
    "paste": _paste_places,
    "bind": _bind,
    "code": _code,
    "fold": lambda page: page.locator("main details.fold summary").click(),
    "badlines": lambda page: _paste_days(page, "2027-02-30 休 春节\n2027-02-06 休\n胡说\n1900-01-01 休 元旦"),
    "holiday": _holiday,
    "why": lambda page: page.locator(".why-day summary").click(),
    "wrong": _wrong,
    "lock": _lock,
    "help": lambda page: page.locator("details.fold summary").click(),
    "menu": lambda page: page.locator("details.menu summary").click(),
    "send": _send,
    "phone": _phone,
    "pin": _pin,
    "card": _card,
    "token": _token,
    "token-less": _token_less,
    "ready": _ready,
    "done": _done,
    "fill": _fill,
    "unsigned": _unsigned,
    "draft": _draft,
    "call": _call,
    "dial": _dial,
}


def context_for(browser: Browser, scene: Scene, login: str, url: str, width: int, **more: object) -> BrowserContext:
    """A window of that width in which this person is signed in."""
    small = width < 1024
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        is_mobile=small,
        has_touch=small,
        reduced_motion="reduce",
        **more,  # type: ignore[arg-type]
    )
    context.set_default_timeout(15_000)
    if width == 320:
        context.add_init_script("if (location.protocol === 'http:') localStorage.setItem('text-size', 'xl')")
    if login == "phone":
        context.add_cookies([{"name": "device", "value": scene.ids["device_cookie"], "url": url}])
    elif login:
        session = scene.client(login).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return context


def walk(
    browser: Browser, scene: Scene, url: str, width: int, pages: list[Shown], **more: object
) -> Iterator[tuple[Shown, Page, list[str]]]:
    """Opens each page and yields it with the faults found on the way; one window for each person."""
    for login in dict.fromkeys(shown.login for shown in pages):
        context = context_for(browser, scene, login, url, width, **more)
        page, faults = context.new_page(), []  # type: tuple[Page, list[str]]
        _listen(page, faults)
        for shown in (each for each in pages if each.login == login):
            faults.clear()
            # Away first: an address that differs only behind its # would not be opened again.
            page.goto("about:blank")
            answer = page.goto(url + address(shown, scene))
            if answer is None or answer.status != shown.status:
                faults.append(f"status {answer and answer.status}")
            if shown.steps:
                STEPS[shown.steps](page)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"sideways {page.evaluate('document.documentElement.scrollWidth')}")
            yield shown, page, faults
        context.close()


def _listen(page: Page, faults: list[str]) -> None:
    """Console errors (a broken security policy is one), script errors and answers of 500 and above."""

    def heard(message: object) -> None:
        text = str(getattr(message, "text", ""))
        # The browser's own line for an answer that is meant to be 403, 404 or 422; 5xx are heard below.
        if getattr(message, "type", "") == "error" and "Failed to load resource" not in text:
            faults.append(f"console: {text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    page.on(
        "requestfailed",
        lambda lost: faults.append(f"lost: {lost.url}") if "net::ERR_ABORTED" not in (lost.failure or "") else None,
    )
