"""规模数据 of one entity, as an office writes down what it learnt and from where."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from entities.actions.changes import open_changes
from entities.actions.grades import settle
from entities.actions.register import locked, version_of
from entities.models import Entity, SizeFact
from entities.queries.changes import facts_kept
from entities.rules.changes import Occasion
from entities.rules.sizes import SizeKind, SizeSource, refuse_size_day
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in the unit of its kind, with where it comes from and the day it is of."""

    kind: SizeKind
    value: Decimal
    source: SizeSource
    known_on: date


def record_size(entity: Entity, figure: Figure, *, by: Post, on: date, seen: str) -> SizeFact:
    """Keeps a figure. The latest one is what the entity is graded by; one of an earlier day is history only."""
    refuse_size_day(figure.known_on, on)
    entity = locked(entity, seen)
    latest = entity.sizes.filter(kind=figure.kind.value).order_by("-known_on", "-pk").first()
    if latest and (latest.value, latest.source, latest.known_on) == (figure.value, figure.source, figure.known_on):
        raise Refused(_("这个数字已经登记过，不用再登记。"), code="same-size")
    fact = SizeFact.objects.create(
        entity=entity, place=entity.place, kind=figure.kind.value, value=figure.value, source=figure.source.value,
        known_on=figure.known_on, recorded_by=by,
    )  # fmt: skip
    kept = facts_kept(entity)
    leads = latest is None or figure.known_on >= latest.known_on
    if leads and figure.kind.grades:
        is_whole = figure.kind is not SizeKind.REVENUE
        setattr(entity, figure.kind.value, int(figure.value) if is_whole else figure.value)
        settle(entity, by=by, on=on)
    entity.save()
    before = {"record": latest.said if latest else "", "version": seen}
    told = {"record": f"{figure.kind.label} {fact.said}", "source": fact.origin, "version": version_of(entity)}
    audit.record("entities.size.recorded", entity, by=by, before=before, after=told)
    open_changes(entity, kept, Occasion(on, fact.origin), by=by, on=on, version=version_of(entity))
    return fact
