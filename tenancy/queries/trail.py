"""The trail as the audit administrator reads it: newest first, by keyset, every page at the same cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from tenancy.models import AuditEvent, AuditSeal, Jurisdiction
from tenancy.rules.paths import END
from tenancy.rules.roles import RIGHT_LABELS, ROLES
from tenancy.rules.trail import FACTS, VALUES, Change, act_name, changes, readable, without_numbers

PAGE = 50
CODES: dict[str, dict[str, str]] = {
    "role": {role.value: text.name for role, text in ROLES.items()},
    "right": {right.value: label for right, label in RIGHT_LABELS.items()},
}


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What the trail is asked for; every field may be empty. Days are whole days of the installation's time zone."""

    who: str = ""
    act: str = ""
    subject: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None
    area: str = ""


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some events, newest first, and the keys of the pages on either side (0 where there is none)."""

    events: list[AuditEvent]
    older: int
    newer: int


def events(asked: TrailFilter) -> QuerySet[AuditEvent]:
    """The acts in sight that fit, newest first."""
    found = AuditEvent.objects.select_related("jurisdiction")
    if asked.who:
        found = found.filter(by_name__icontains=asked.who)
    if asked.act:
        found = found.filter(action=asked.act)
    if asked.subject:
        found = found.filter(subject=asked.subject)
    if asked.words:
        found = found.filter(subject_name__icontains=asked.words)
    if asked.since:
        found = found.filter(at__gte=midnight(asked.since))
    if asked.until:
        found = found.filter(at__lt=midnight(asked.until + timedelta(days=1)))
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    return found.order_by("-pk")


def midnight(day: date) -> datetime:
    """The first moment of a day here."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def page_of(found: QuerySet[AuditEvent], *, before: int = 0, after: int = 0) -> TrailPage:
    """The newest page, the one of older events than `before`, or the one of newer ones than `after`. One query."""
    if after:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return TrailPage(rows, older=rows[-1].pk if rows else 0, newer=rows[0].pk if more else 0)
    rows = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return TrailPage(rows, older=rows[-1].pk if more else 0, newer=rows[0].pk if before and rows else 0)


def subjects() -> list[tuple[str, str]]:
    """What acts are about: the tables of our apps behind the wall and the tree, by their Chinese names."""
    named = {
        model._meta.label_lower: str(model._meta.verbose_name)
        for model in apps.get_models()
        if hasattr(model, "place") or model is Jurisdiction
    }
    return sorted(((label, name) for label, name in named.items() if not name.isascii()), key=lambda each: each[1])


def subject_model(label: str) -> type[Model] | None:
    """The table an event is about; None for one that exists no more."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def subject_name(label: str) -> str:
    model = subject_model(label)
    return str(model._meta.verbose_name) if model else label


def difference(event: AuditEvent) -> list[tuple[str, str, str]]:
    """What the act changed as (name of the fact, before, after), in words; facts that say nothing are left out."""
    model = subject_model(event.subject)
    worded = [_worded(change, model) for change in changes(event.before, event.after)]
    return [each for each in worded if each[1] or each[2]]


def _worded(change: Change, model: type[Model] | None) -> tuple[str, str, str]:
    field = next((each for each in model._meta.fields if each.name == change.key), None) if model else None
    said = {str(code): str(name) for code, name in (field.flatchoices if field else ())}
    said = said or CODES.get(change.key, VALUES.get(change.key, {}))
    name = FACTS.get(change.key, "")
    if field is not None and not str(field.verbose_name).isascii():
        name = str(field.verbose_name)

    def worded(code: str) -> str:
        return said.get(code, code)

    return name or change.key, readable(change.before, worded), readable(change.after, worded)


def line_of_event(event: AuditEvent) -> str:
    """The difference on one line, for a workbook."""
    return "；".join(
        _("%(name)s：%(before)s → %(after)s") % {"name": name, "before": before, "after": after}
        if before
        else _("%(name)s：%(after)s") % {"name": name, "after": after}
        for name, before, after in difference(event)
    )


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a tenant's chain reaches: its last seal, and how many events came after it."""

    last: AuditSeal | None
    waiting: int


def chain_of(tenant: Jurisdiction) -> Chain:
    """Two queries."""
    last = AuditSeal.objects.filter(jurisdiction=tenant).order_by("-sequence").first()
    events_of = AuditEvent.objects.filter(place__gte=tenant.path, place__lt=tenant.path + END)
    return Chain(last, events_of.filter(pk__gt=last.event if last else 0).count())


def seal_with(tenant: Jurisdiction, digest: str) -> AuditSeal | None:
    """The seal that bears a digest somebody noted down earlier."""
    return AuditSeal.objects.filter(jurisdiction=tenant, digest=digest.strip().lower()).first()


def rows_for_workbook(found: QuerySet[AuditEvent]) -> Iterator[tuple[Any, ...]]:
    """The events as the columns of the export."""
    zone = ZoneInfo(settings.TIME_ZONE)
    for event in found.iterator(chunk_size=2000):
        yield (
            event.pk,
            event.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            event.by_name or _("系统"),
            event.on_behalf_of,
            event.jurisdiction.name,
            act_name(event.action),
            subject_name(event.subject),
            without_numbers(event.subject_name),
            line_of_event(event),
        )
