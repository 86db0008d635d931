"""Records that speak for another status than the register has: stopping penalties, checks of shops that are gone, licences
that have all run out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from entities.models import DismissedHint, EntityChange, Flag, Licence, Record, StationCheck
from entities.rules.changes import ChangeKind
from entities.rules.hints import Hint, HintKind
from entities.rules.station import GONE
from entities.rules.vocabulary import CheckResult, FlagKind, LicenceState, OperatingStatus

MODELS: dict[HintKind, type[Record]] = {
    HintKind.PENALTY: Flag, HintKind.CHECK: StationCheck, HintKind.LICENCE: Licence,
}  # fmt: skip
FOUND_GONE = [result.value for result in GONE]


def hinting(kind: HintKind, on: date) -> QuerySet[Any]:
    """The records of a kind that speak against a shop in operation, each with its `day`; answered ones are left out."""
    found = {HintKind.PENALTY: _penalties, HintKind.CHECK: _checks, HintKind.LICENCE: _licences}[kind](on)
    opened = EntityChange.objects.standing().filter(
        entity=OuterRef("entity"), kind=ChangeKind.REOPENED.value, since__gte=OuterRef("day")
    )
    answered = DismissedHint.objects.filter(kind=kind.value, record=OuterRef("pk"))
    active = found.filter(entity__status=OperatingStatus.ACTIVE.value, entity__merged_into=None)
    return active.exclude(Exists(opened)).exclude(Exists(answered))


def _penalties(on: date) -> QuerySet[Any]:
    still = Q(until=None) | Q(until__gte=on)
    stopping = Flag.objects.filter(still, kind=FlagKind.PENALTY.value, since__lte=on).exclude(stops_as="")
    return cast("QuerySet[Any]", stopping.annotate(day=F("since")))


def _checks(on: date) -> QuerySet[Any]:
    later = StationCheck.objects.filter(entity=OuterRef("entity"), checked_on__gt=OuterRef("checked_on"))
    gone = StationCheck.objects.filter(result__in=FOUND_GONE, checked_on__lte=on).exclude(Exists(later))
    return cast("QuerySet[Any]", gone.annotate(day=F("checked_on")))


def _licences(on: date) -> QuerySet[Any]:
    """The last of an entity's licences, once none is left that holds."""
    mine = Licence.objects.filter(entity=OuterRef("entity"), state=LicenceState.IN_FORCE.value)
    further = mine.filter(
        Q(valid_until__gt=OuterRef("valid_until")) | Q(valid_until=OuterRef("valid_until"), pk__gt=OuterRef("pk"))
    )
    held = mine.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    over = Licence.objects.filter(state=LicenceState.IN_FORCE.value, valid_until__lt=on)
    return cast("QuerySet[Any]", over.exclude(Exists(held)).exclude(Exists(further)).annotate(day=F("valid_until")))


def hint_counts(on: date) -> dict[str, int]:
    """How many of each kind; one query for each."""
    counts = {kind.value: hinting(kind, on).count() for kind in HintKind}
    return counts | {"all": sum(counts.values())}


def hints(asked: str, on: date) -> QuerySet[Any, dict[str, Any]]:
    """The hints of a kind, or of all, as (kind, record, day); the oldest first."""
    kinds = [kind for kind in HintKind if asked in ("", kind.value)]
    parts = (hinting(kind, on).order_by().annotate(what=Value(kind.value), record=F("pk")) for kind in kinds)
    first, *rest = (part.values("what", "record", "day") for part in parts)
    found: QuerySet[Any, dict[str, Any]] = first.union(*rest, all=True)
    return found.order_by("day", "what", "record")


@dataclass(frozen=True)
class HintLine:
    """One hint with the record behind it."""

    hint: Hint
    record: Any


def hint_lines(rows: Iterable[dict[str, Any]]) -> list[HintLine]:
    """Rows of `hints` with what they say; one query for each kind."""
    listed = list(rows)
    found: dict[str, dict[int, Any]] = {}
    for kind, model in MODELS.items():
        ids = [row["record"] for row in listed if row["what"] == kind.value]
        records = model.objects.select_related("entity__jurisdiction")
        found[kind.value] = records.in_bulk(ids) if ids else {}
    return [
        HintLine(hint_of(HintKind(row["what"]), record), record)
        for row in listed
        if (record := found[row["what"]].get(row["record"]))
    ]


def hint_of(kind: HintKind, record: Any) -> Hint:
    """What a record speaks for."""
    if kind is HintKind.PENALTY:
        words = {"measures": "、".join(record.measures), "source": record.source}
        reason = _("受到%(measures)s的处罚（%(source)s）") % words
        return Hint(kind, OperatingStatus(record.stops_as), record.since, reason, record.document)
    if kind is HintKind.CHECK:
        words = {"result": record.get_result_display(), "source": record.source, "problems": record.problems}
        reason = _("%(source)s检查：%(result)s") % words + (f"；{record.problems}" if record.problems else "")
        status, paper = GONE[CheckResult(record.result)], record.document or _("监督检查 %s") % record.checked_on
        return Hint(kind, status, record.checked_on, reason, paper)
    words = {"number": record.number, "day": record.valid_until.isoformat()}
    reason = _("许可证 %(number)s 于 %(day)s 到期，没有别的有效许可证") % words
    return Hint(kind, OperatingStatus.STOPPED, record.valid_until + timedelta(days=1), reason, record.number)


def dismissed() -> QuerySet[DismissedHint]:
    """Hints the office did not follow, the latest first."""
    return DismissedHint.objects.select_related("entity").order_by("-pk")
