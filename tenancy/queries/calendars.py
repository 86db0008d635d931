"""The working days of one place or of a whole subtree, each with the corrections of the places above it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from django.db.models import BooleanField, DateField, F, Func, Q, Value
from django.utils.translation import gettext as _

from tenancy.models import CalendarDay, CalendarYear
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.paths import END, ancestors_of


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A correction as it stands, and whose it is."""

    place: str
    office: str
    correction: Correction

    @property
    def words(self) -> str:
        return _("%(office)s更正：%(reason)s") % {"office": self.office, "reason": self.correction.reason or "—"}


@dataclass(frozen=True, slots=True)
class SettledYear:
    """A year an office has settled by hand, with the paper it rests on."""

    place: str
    office: str
    year: int
    document: str


@dataclass(frozen=True)
class Calendars:
    """What the places of a line or of a subtree say of days and years; the nearest place has the last word."""

    days: tuple[OwnDay, ...] = ()
    years: tuple[SettledYear, ...] = ()
    _known: dict[str, WorkCalendar] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def along(cls, path: str) -> Self:
        """For one place. One query, since nearly every page asks."""
        return cls._read(Q(place__in=ancestors_of(path)))

    @classmethod
    def around(cls, path: str) -> Self:
        """For a place and all that lie under it. One query."""
        return cls._read(Q(place__in=ancestors_of(path)) | Q(place__gte=path, place__lt=path + END))

    @classmethod
    def _read(cls, places: Q) -> Self:
        office, columns = F("jurisdiction__name"), ("place", "office", "first", "workday", "words")
        days = CalendarDay.objects.filter(places).annotate(
            office=office, first=F("day"), workday=F("is_workday"), words=F("name")
        )
        # A settled year is a row without an answer for its first day, so that both tables come in one statement.
        years = CalendarYear.objects.filter(places).annotate(
            office=office,
            first=Func(F("year"), Value(1), Value(1), function="make_date", output_field=DateField()),
            workday=Value(None, output_field=BooleanField()),
            words=F("document"),
        )
        rows = days.values_list(*columns).union(years.values_list(*columns), all=True)
        found = sorted(rows, key=lambda row: (row[0], row[2]))
        return cls(
            tuple(
                OwnDay(place, office, Correction(day, own, why))
                for place, office, day, own, why in found
                if own is not None
            ),
            tuple(SettledYear(place, office, day.year, why) for place, office, day, own, why in found if own is None),
        )

    def of(self, path: str) -> WorkCalendar:
        """The calendar of one place."""
        if path not in self._known:
            own = [each for each in self.days if path.startswith(each.place)]
            self._known[path] = WorkCalendar(
                overrides={each.correction.day: each.correction.is_workday for each in own},
                settled=frozenset(each.year for each in self.years if path.startswith(each.place)),
                words={each.correction.day: each.words for each in own},
            )
        return self._known[path]

    def changed(self, place: str, office: str, change: Change) -> "Calendars":
        """The same after a place has corrected days and taken corrections back."""
        gone = set(change.removed)
        kept = [each for each in self.days if each.place != place or each.correction.day not in gone]
        new = [OwnDay(place, office, correction) for correction in change.added]
        ordered = sorted([*kept, *new], key=lambda each: (each.place, each.correction.day))
        return Calendars(tuple(ordered), self.years)

    def own_days(self, place: str) -> Mapping[date, Correction]:
        """The corrections of the place itself."""
        return {each.correction.day: each.correction for each in self.days if each.place == place}

    def from_above(self, place: str) -> Iterable[OwnDay]:
        """The corrections of the places above, which the place cannot take back."""
        return [each for each in self.days if place.startswith(each.place) and each.place != place]

    def settled_by(self, path: str, year: int) -> SettledYear | None:
        """Who has settled a year for a place, the nearest first."""
        found = [each for each in self.years if each.year == year and path.startswith(each.place)]
        return max(found, key=lambda each: len(each.place), default=None)
