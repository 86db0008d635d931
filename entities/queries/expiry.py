"""What runs out beside entities in operation: licences, health certificates, liability insurance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy

from entities.models import Insurance, Licence
from entities.queries.people import in_post
from entities.rules.vocabulary import LicenceState, OperatingStatus
from tenancy.queries.plans import plan_in_force
from tenancy.rules.paths import END

WHAT = {
    "licence": gettext_lazy("许可证"),
    "health": gettext_lazy("健康证"),
    "insurance": gettext_lazy("食品安全责任保险"),
}
TABS = {"": gettext_lazy("全部"), "overdue": gettext_lazy("已过期"), "soon": gettext_lazy("快到期")}
COLUMNS = ("what", "record", "entity_id", "shop", "area", "title", "runs_out")


@dataclass(frozen=True, slots=True)
class ExpiryFilter:
    """What the list and its export ask for; empty is everything. `under` keeps to a place below the acting one."""

    what: str = ""
    tab: str = ""
    words: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Expiry:
    """One thing that runs out."""

    what: str
    record: int
    entity: int
    shop: str
    area: str
    title: str
    runs_out: date

    @property
    def what_name(self) -> str:
        return str(WHAT[self.what])

    @property
    def kind(self) -> str:
        """The kind of line on which its day stands."""
        return "contact" if self.what == "health" else self.what


def notice_days(path: str, on: date) -> int:
    """How many days ahead a place lists what runs out: its plan's, else the installation's."""
    days = plan_in_force(path, on).value.expiry_notice_days
    return int(settings.EXPIRY_NOTICE_DAYS) if days is None else days


def expiring(asked: ExpiryFilter, on: date, days: int) -> QuerySet[Any, dict[str, Any]]:
    """Whatever has run out or does within so many days, the longest overdue first."""
    limits = {"overdue": Q(runs_out__lt=on), "soon": Q(runs_out__gte=on, runs_out__lte=on + timedelta(days=days))}
    limit = limits.get(asked.tab, Q(runs_out__lte=on + timedelta(days=days)))
    parts = [
        _lined(found, what, title).filter(limit, *_asked(asked))
        for what, (found, title) in _sources(on).items()
        if asked.what in ("", what)
    ]
    first, *rest = (part.values(*COLUMNS) for part in parts)
    return first.union(*rest, all=True).order_by("runs_out", "entity_id", "what", "record")


def _sources(on: date) -> dict[str, tuple[QuerySet[Any], str]]:
    """By kind: its lines with the day on which each ends, and what names a line."""
    later = Insurance.objects.filter(entity=OuterRef("entity"), valid_until__gt=OuterRef("valid_until"))
    licences = Licence.objects.filter(state=LicenceState.IN_FORCE.value).annotate(runs_out=F("valid_until"))
    return {
        "licence": (licences, "number"),
        "health": (in_post(on).order_by().annotate(runs_out=F("health_until")), "name"),
        "insurance": (Insurance.objects.exclude(Exists(later)).annotate(runs_out=F("valid_until")), "policy_number"),
    }


def _lined(found: QuerySet[Any], what: str, title: str) -> QuerySet[Any]:
    shown = {"shop": F("entity__name"), "area": F("entity__jurisdiction__name"), "title": F(title)}
    lined: QuerySet[Any] = found.annotate(what=Value(what), record=F("pk"), **shown)
    return lined.filter(entity__status=OperatingStatus.ACTIVE.value)


def _asked(asked: ExpiryFilter) -> Iterator[Q]:
    if asked.words:
        yield Q(entity__name__icontains=asked.words)
    if asked.under:
        yield Q(place__gte=asked.under, place__lt=asked.under + END)


def expiries(rows: QuerySet[Any, dict[str, Any]] | list[dict[str, Any]]) -> list[Expiry]:
    """Rows of `expiring` as they are shown."""
    return [Expiry(**{("entity" if key == "entity_id" else key): row[key] for key in COLUMNS}) for row in rows]
