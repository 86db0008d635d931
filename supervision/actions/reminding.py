"""Reminders of what falls due in a quarter: one digest for each cadre, due day and step, written once whatever beat does.

Two statements a tenant, however many cadres. After an outage only the latest step is said; who has finished is told
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection  # noqa: TID251 -- a digest is one INSERT … SELECT over groups, which the ORM lacks
from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.actions.round_reminding import write_round_reminders
from supervision.models import Quarter
from supervision.queries.clocks import reminder_key
from supervision.queries.quarters import plan_of
from supervision.rules.owing import cycle_of, cycle_text, due_days
from tenancy import audit
from tenancy.models import Jurisdiction
from tenancy.queries.plans import calendar_for
from tenancy.rules.paths import END
from tenancy.rules.periods import Quarter as Period
from tenancy.rules.periods import Reminder, quarter_of, reminder_dates
from tenancy.rules.roles import Role

OFFICES = {
    "office": (Role.STREET_OFFICE.value, Role.DISTRICT_OFFICE.value),
    "upper_office": (Role.DISTRICT_OFFICE.value,),
}

# Steps come in as parallel arrays; {count} and {names} of a text are filled in from what is still owed.
STEPS = (
    "unnest(%s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::text[], %s::text[])"
    " AS step(quarter_id, opened_id, due_on, key, text, url)"
)
INSERT = (
    "INSERT INTO tenancy_notice (place, post_id, key, kind, text, url, due_on, created_at)"
    " SELECT post.place, post.id, step.key, 'quarter',"
    " replace(replace(step.text, '{count}', count(*)::text), '{names}',"
    " array_to_string((array_agg(entity.name ORDER BY entity.sort_key, entity.id))[1:3], '、')"
    " || CASE WHEN count(*) > 3 THEN '等' ELSE '' END),"
    " step.url, min(owed.due_on), %s"
)
# An entity that owes two visits of a cycle is named once, by the first of them.
OWED = (
    " JOIN supervision_obligation owed ON owed.quarter_id = step.opened_id AND owed.due_on = step.due_on"
    " AND owed.fulfilled_by_id IS NULL AND owed.closed_on IS NULL"
    " AND (owed.ordinal = 1 OR NOT EXISTS (SELECT 1 FROM supervision_obligation first WHERE first.entity_id = owed.entity_id"
    " AND first.kind = owed.kind AND first.cycle = owed.cycle AND first.ordinal < owed.ordinal"
    " AND first.fulfilled_by_id IS NULL AND first.closed_on IS NULL))"
    " JOIN entities_entity entity ON entity.id = owed.entity_id"
)
# The anti-join makes a second run cheap, the conflict clause makes it harmless beside another one.
ONCE = (
    " WHERE NOT EXISTS (SELECT 1 FROM tenancy_notice told WHERE told.post_id = post.id AND told.key = step.key)"
    " GROUP BY post.place, post.id, step.key, step.text, step.url ON CONFLICT (post_id, key) DO NOTHING"
)
TO_HOLDERS = (
    f"{INSERT} FROM {STEPS}{OWED}"
    " JOIN cadres_assignment held ON held.entity_id = entity.id AND held.valid @> %s::date"
    " JOIN cadres_cadre cadre ON cadre.id = held.cadre_id"
    " JOIN tenancy_post post ON post.id = cadre.post_id AND post.valid @> %s::date"
    f"{ONCE}"
)
# The office nearest to the quarter is its own; an upper office stands above it.
TO_OFFICES = (
    f"{INSERT} FROM {STEPS}{OWED}"
    " JOIN supervision_quarter quarter ON quarter.id = step.quarter_id"
    " JOIN tenancy_post post ON post.role = ANY(%s::text[]) AND post.valid @> %s::date"
    " AND (post.place = quarter.place OR (%s AND quarter.place ^@ post.place))"
    f"{ONCE}"
)


@dataclass(frozen=True, slots=True)
class DueStep:
    """The latest rung of a due day's ladder that has come, for one audience.

    opened: the quarters of the place in which what falls due then may have been opened.
    """

    quarter: int
    opened: tuple[int, ...]
    due_on: date
    key: str
    text: str
    url: str


def write_reminders(tenant: Jurisdiction, *, on: date, at: datetime) -> int:
    """Writes what a tenant's cadres and offices are to be reminded of today; gives how many were new."""
    steps = due_steps(tenant, on)
    written = _insert(TO_HOLDERS, at, steps.get("holder", ()), [on, on])
    for audience, roles in OFFICES.items():
        above = audience == "upper_office"
        written += _insert(TO_OFFICES, at, steps.get(audience, ()), [list(roles), on, above])
    written += write_round_reminders(tenant, on=on, at=at)
    if written:
        audit.record("supervision.reminders.written", tenant, by=None, at=tenant, after={"count": written})
    return written


def due_steps(tenant: Jurisdiction, on: date) -> dict[str, list[DueStep]]:
    """Audience -> the latest step that has come, for each due day of this and the last period's quarters."""
    inside = Quarter.objects.filter(place__gte=tenant.path, place__lt=tenant.path + END, start__lte=on)
    earliest = quarter_of(on).previous.start
    opened = list(inside.filter(start__gte=earliest.replace(month=1)).values_list("jurisdiction_id", "start", "pk"))
    due: dict[str, list[DueStep]] = {}
    for quarter in inside.filter(start__gte=earliest):
        doc, calendar = plan_of(quarter).value, calendar_for(quarter.place)
        for due_on, begun_on in due_days(Period.parse(quarter.label), doc.frequency).items():
            told_from = max(quarter.opened_on, begun_on)
            ladder = reminder_dates(doc.reminders, due_on, calendar, opened=told_from)
            first = min(begun_on, quarter.start)
            here = tuple(
                pk for at, start, pk in opened if at == quarter.jurisdiction_id and first <= start <= quarter.start
            )
            # In order of days, so that the last one of an audience stays.
            latest = {step.to: step for step in ladder if step.on <= on}
            for audience, step in latest.items():
                due.setdefault(audience, []).append(_step(quarter, here, due_on, step, late=on > due_on))
    return due


def _step(quarter: Quarter, opened: tuple[int, ...], due_on: date, step: Reminder, *, late: bool) -> DueStep:
    key = reminder_key(quarter, due_on, step.to, step.offset_wd)
    text = _text(quarter, due_on, step.to, late=late)
    if due_on == quarter.due_on and not late and step.to == "holder" and quarter.package_on:
        text += _("季度材料 %s 前报送。") % f"{quarter.package_on:%m月%d日}"
    return DueStep(quarter.pk, opened, due_on, key, text, _url(step.to))


def _text(quarter: Quarter, due_on: date, audience: str, *, late: bool) -> str:
    whole = due_on == quarter.due_on
    span = Period.parse(quarter.label).label if whole else cycle_text(cycle_of(due_on, "month").code)
    named = {"span": span, "due": f"{due_on:%m月%d日}"}
    if audience != "holder":
        return _("%(span)s还有 {count} 家未督导：{names}。期限 %(due)s。") % named
    if late:
        return _("%(span)s已于%(due)s到期，您还有 {count} 家未督导：{names}。请尽快补做。") % named
    named["span"] = _("本季") if whole else _("本月")
    return _("%(span)s还有 {count} 家未督导：{names}。期限 %(due)s。") % named


def _url(audience: str) -> str:
    if audience == "holder":
        return reverse("supervision:my-visits")
    return f"{reverse('supervision:show-progress')}?tab=missing"


def _insert(statement: str, at: datetime, steps: Iterable[DueStep], rest: list[Any]) -> int:
    rows = [(row.quarter, opened, row.due_on, row.key, row.text, row.url) for row in steps for opened in row.opened]
    if not rows:
        return 0
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [at, *columns, *rest])
        return int(cursor.rowcount)
