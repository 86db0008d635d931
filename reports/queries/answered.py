"""谁在哪天负责: everybody who answered for an entity with list, plan and letter, and the days on which nobody did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cadres.models import Assignment, Cadre, CadreChange
from commitments.models import CommitmentLetter
from entities.models import Entity, StatusRecord
from entities.rules.vocabulary import OperatingStatus
from reports.rules import Span, days_in, gaps


@dataclass(frozen=True, slots=True)
class Answered:
    """One who answered, from a day up to another; `left` tells that he no longer could while he was still written down."""

    assignment: Assignment
    since: date
    until: date | None
    left: bool
    letter: CommitmentLetter | None

    def held_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Past:
    """The latest first; gaps are the spans in which the entity was in operation and nobody answered for it."""

    held: list[Answered]
    gaps: list[Span]

    @property
    def days_without(self) -> int:
        return days_in(self.gaps)

    def on(self, day: date) -> Answered | None:
        """Who answered on the day; None when nobody did."""
        return next((each for each in self.held if each.held_on(day)), None)


def answered_past(entity: Entity, on: date) -> Past:
    """Up to a day; five queries however long the past is.

    A cadre above the acting place cannot be read, so that he is not joined; his end shows in the assignment alone.
    """
    found = Assignment.objects.filter(entity=entity).select_related("responsibility_list")
    assignments = list(found.order_by("-valid", "-pk"))
    cadres = {each.cadre_id for each in assignments}
    letters = {each.cadre_id: each for each in CommitmentLetter.objects.filter(cadre__in=cadres)}
    ends = list(CadreChange.objects.filter(cadre__in=cadres, undone_on=None).values_list("cadre", "since"))
    ended = Cadre.objects.filter(pk__in=cadres, post__valid__upper_inf=False)
    ends += [(cadre, valid.upper) for cadre, valid in ended.values_list("pk", "post__valid")]
    held = [_answered(each, ends, letters) for each in assignments]
    tomorrow = date.fromordinal(on.toordinal() + 1)
    owed = [(since, min(until or tomorrow, tomorrow)) for since, until in _in_operation(entity) if since < tomorrow]
    spans = [(each.since, each.until or tomorrow) for each in held]
    return Past([each for each in held if each.until is None or each.since < each.until], gaps(owed, spans))


def _in_operation(entity: Entity) -> list[tuple[date, date | None]]:
    records = StatusRecord.objects.filter(entity=entity, status=OperatingStatus.ACTIVE.value).order_by("valid")
    return [(valid.lower, valid.upper) for valid in records.values_list("valid", flat=True)]


def _answered(held: Assignment, ends: Iterable[tuple[int, date]], letters: dict[int, CommitmentLetter]) -> Answered:
    """Until the assignment ends, the post ends or he could no longer act, whichever comes first."""
    since, until = held.valid.lower, held.valid.upper
    first = min((day for cadre, day in ends if cadre == held.cadre_id and day >= since), default=None)
    left = first is not None and (until is None or first < until)
    letter = letters.get(held.cadre_id)
    known = letter if letter is not None and (until is None or letter.issued_on < until) else None
    return Answered(held, since, first if left else until, left, known)
