"""The walls' checks on what runs without a browser: every task stays in its tenant, every act leaves a trace."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import date
from typing import Any

from baobao.celery import OUR_APPS, app
from cadres.actions.cards import ask_for_cards
from cadres.models import Cadre, InvitationSheet
from commitments.actions import issue_letters
from reports.models import Export
from supervision.models import Obligation
from tenancy.actions.imports import receive_workbook
from tenancy.models import AuditEvent, Jurisdiction, Notice, Post
from tenancy.queries.trail import difference
from tenancy.rules.trail import ACT_NAMES
from tenancy.scoping import acting_in, acting_places
from tenancy.workbooks import write_form
from tests.walls.acts import QUIET, READY
from tests.walls.checks import rows_of
from tests.walls.world import (
    LEDGER_TITLES,
    NEXT_YEAR,
    NOW,
    ROSTER_TITLES,
    TODAY,
    Town,
    World,
    columns,
    undone,
)

# Tasks that only send tenants' ids to the task behind them, and touch no row themselves.
SENDERS = {
    "cadres.tasks.sweep_rosters": "cadres.tasks.work_off_rosters",
    "cadres.tasks.sweep_sheets": "cadres.tasks.sweep_sheets_of",
    "cadres.tasks.tell_penalties": "cadres.tasks.tell_penalties_of",
    "commitments.tasks.sweep_letters": "commitments.tasks.build_letters",
    "entities.tasks.follow_grades": "entities.tasks.follow_grades_of",
    "entities.tasks.tell_expiry": "entities.tasks.tell_expiry_of",
    "entities.tasks.sweep_ledgers": "entities.tasks.sweep_ledgers_of",
    "entities.tasks.compare_lists": "entities.tasks.compare_lists_of",
    "reports.tasks.close_last_period": "reports.tasks.close_last_period_of",
    "reports.tasks.follow_changes": "reports.tasks.follow_changes_of",
    "reports.tasks.refresh_all_ratios": "reports.tasks.refresh_ratios_of",
    "reports.tasks.sweep_exports": "reports.tasks.sweep_exports_of",
    "supervision.tasks.open_quarters": "supervision.tasks.open_quarters_of",
    "supervision.tasks.remind": "supervision.tasks.remind_of",
    "tenancy.tasks.seal_trails": "tenancy.tasks.seal_trails_of",
}
# Everything else with what it is sent for one tenant.
SENT: dict[str, Callable[[Jurisdiction, int], tuple[Any, ...]]] = {
    "commitments.tasks.build_letters": lambda tenant, export: (tenant.pk,),
    "reports.tasks.run_export": lambda tenant, export: (tenant.pk, export),
    "cadres.tasks.draw_sheet": lambda tenant, export: (tenant.pk, waiting_sheet(tenant)),
    **{
        name: lambda tenant, export: ([tenant.pk],)
        for name in SENDERS.values()
        if name
        not in (
            "commitments.tasks.build_letters",
            "entities.tasks.follow_grades_of",
            "entities.tasks.tell_expiry_of",
            "reports.tasks.follow_changes_of",
            "supervision.tasks.remind_of",
        )
    },
    # The day on which the regrading of every street begins.
    "entities.tasks.follow_grades_of": lambda tenant, export: ([tenant.pk], NEXT_YEAR.isoformat()),
    "entities.tasks.tell_expiry_of": lambda tenant, export: ([tenant.pk], LATE.isoformat()),
    "supervision.tasks.remind_of": lambda tenant, export: ([tenant.pk], LATE.isoformat()),
    "reports.tasks.follow_changes_of": lambda tenant, export: ([tenant.pk], LATE.isoformat()),
}
# The first reminder of the quarter has come by then.
LATE = date(2026, 12, 28)
# Asks the queue for what waits and changes no row of its own.
IDLE = {
    "cadres.tasks.sweep_sheets_of": "It only starts draw_sheet for what waits, once its transaction ends.",
    "reports.tasks.sweep_exports_of": "It only starts run_export for what waits, once its transaction ends.",
    "reports.tasks.close_last_period_of": "The quarter before owes nothing in this world.",
}


def registered() -> list[str]:
    """The tasks of ours that a worker knows."""
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if name.split(".")[0] in OUR_APPS)


def task_census_findings() -> list[str]:
    known = set(SENDERS) | set(SENT)
    return sorted(f"{name} is known to no check" for name in set(registered()) ^ known)


def waiting_sheet(tenant: Jurisdiction) -> int:
    with acting_in(tenant.path):
        return InvitationSheet.objects.get(state="queued").pk


def leave_work(town: Town, world: World) -> int:
    """Something for every task in this street; gives the export that waits."""
    office = world.cast.posts[town.people["office"]]
    with acting_in(town.place.path):
        for kind, titles, row in (
            ("ledger", LEDGER_TITLES, (f"{town.canary}迟", "食品零售", town.communities[0].name, 3, 20, "", "", "")),
            (
                "roster",
                ROSTER_TITLES,
                (f"{town.canary}迟", "居民区", town.communities[0].name, "委员", "居民区两委委员"),
            ),
        ):
            data = write_form("迟", town.name, TODAY, columns(titles), [row])
            receive_workbook(town.place, kind=kind, filename="迟.xlsx", data=data, by=office)
        post = Post.objects.create(
            jurisdiction=town.communities[0], place=town.communities[0].path, role="cadre", valid=office.valid,
            person_name=f"{town.canary}迟",
        )  # fmt: skip
        Cadre.objects.create(post=post, place=post.place, tier="community", category="committee")
        issue_letters(town.place, by=office, on=TODAY)
        Notice.objects.exclude(kind="walls").delete()
        Obligation.objects.unmet().first().delete()
        ask_for_cards(town.place.path, again=True, origin="", by=office, on=TODAY, at=NOW)
        waiting = Export.objects.create(
            jurisdiction=town.place, place=town.place.path, kind="ledger", rows=1, filename="迟.xlsx",
            asked_by=office, asked_on=TODAY,
        )  # fmt: skip
    return waiting.pk


def task_findings(world: World) -> list[str]:
    """Each task, told one tenant, works there with no place open before it and leaves the other tenant untouched."""
    exports = {town.tenant: leave_work(town, world) for town in (world.own, world.other)}
    found = []
    for name, arguments in SENT.items():
        for own, other in (("990101/", "990102/"), ("990102/", "990101/")):
            with undone():
                found += _ran(name, arguments(Jurisdiction.objects.get(path=own), exports[own]), own, other)
    return found


def _ran(name: str, arguments: tuple[Any, ...], own: str, other: str) -> list[str]:
    before, mine = rows_of(other), rows_of(own)
    try:
        app.tasks[name](*arguments)
    except Exception as error:  # noqa: BLE001 -- whatever goes wrong is the finding
        return [f"{name} fails in {own}: {error!r}"]
    after = rows_of(other)
    found = [f"{name} for {own} touched {table} of {other}" for table in after if after[table] != before[table]]
    if rows_of(own) == mine and name not in IDLE:
        found.append(f"{name} had nothing to do in {own}")
    return found


def sender_findings(world: World) -> list[str]:
    """A sender reads no row behind the wall: it runs with no place open, and what it sends stays in each tenant."""
    for town in (world.own, world.other):
        leave_work(town, world)
    eager = {"task_always_eager": True, "task_eager_propagates": True}
    kept = {name: app.conf[name] for name in eager}
    app.conf.update(eager)
    found = []
    try:
        for name in SENDERS:
            with undone():
                found += _sent(name)
    finally:
        app.conf.update(kept)
    return found


def _sent(name: str) -> list[str]:
    try:
        app.tasks[name]()
    except Exception as error:  # noqa: BLE001 -- whatever goes wrong is the finding
        return [f"{name} fails: {error!r}"]
    return [f"{name} leaves a place open"] if acting_places() else []


def public_acts() -> list[str]:
    """Every public function of every actions module, by its full name."""
    found = []
    for name in OUR_APPS:
        package = importlib.import_module(f"{name}.actions")
        parts = pkgutil.iter_modules(package.__path__, f"{package.__name__}.") if hasattr(package, "__path__") else ()
        for module in [package, *(importlib.import_module(part.name) for part in parts)]:
            found += [
                f"{module.__name__}.{word}"
                for word, thing in inspect.getmembers(module, callable)
                if getattr(thing, "__module__", "") == module.__name__
                and not inspect.isclass(thing)
                and not word.startswith("_")
            ]
    return sorted(found)


def act_census_findings() -> list[str]:
    """An act that nobody calls here, an entry without an act, a quiet one without a sentence."""
    acts, ready, quiet = set(public_acts()), set(READY), set(QUIET)
    found = [f"{name} is neither run nor excused" for name in sorted(acts - ready - quiet)]
    found += [f"{name} is no act" for name in sorted((ready | quiet) - acts)]
    found += [f"{name} is both run and excused" for name in sorted(ready & quiet)]
    return found + [f"{name} is excused without a sentence" for name, why in QUIET.items() if len(why) < 25]


def act_findings(world: World) -> list[str]:
    """Each act leaves an event of its own, by the post that acted."""
    found = []
    for name, (who, act) in READY.items():
        with undone(), acting_in(world.own.tenant):
            by = world.cast.posts[world.own.people.get(who, who)]
            last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
            act(world.own, world, by)
            events = list(AuditEvent.objects.filter(pk__gt=last))
            if not events:
                found.append(f"{name} leaves no trace")
            found += [
                f"{name} writes {each.action}, which has no name" for each in events if each.action not in ACT_NAMES
            ]
            unnamed = {name for each in events for name, _, _ in difference(each) if name.isascii()}
            found += [f"{name} writes {fact}, which has no name" for fact in sorted(unnamed)]
            if events and not any(event.by_post in (by.pk, None) for event in events):
                found.append(f"{name} is written down for somebody else")
    return found
