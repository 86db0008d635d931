"""A proposal as it is looked at: its lines, loads before and after, and what changed since it was made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from cadres.models import Assignment, Cadre, Proposal, ProposedAssignment
from cadres.queries.coverage import Scope, entities_in_scope
from cadres.rules.caps import Excess
from tenancy.models import Jurisdiction
from tenancy.rules.paths import END


@dataclass(frozen=True, slots=True)
class Load:
    """One cadre's bar: entities before and after."""

    cadre: Cadre
    before: int
    after: int


def draft_of(jurisdiction: Jurisdiction) -> Proposal | None:
    """The proposal waiting for a decision."""
    return Proposal.objects.filter(jurisdiction=jurisdiction, state="draft").first()


def candidates(scope: Scope) -> QuerySet[Cadre]:
    """Cadres in post who may stand in a proposal of this place."""
    path = scope.jurisdiction.path
    found = Cadre.objects.in_post(scope.on).filter(place__gte=path, place__lt=path + END)
    found = found.filter(tier__in=[code for code, _name in scope.tiers()])
    return found.select_related("post", "post__jurisdiction").order_by("place", "post__rank_order", "pk")


def loads_after(proposal: Proposal) -> dict[int, int]:
    """Cadre -> entities, were the proposal approved."""
    lines = ProposedAssignment.objects.filter(proposal=proposal, cadre__isnull=False)
    return dict(lines.order_by().values_list("cadre").annotate(n=Count("pk")))


def loads_before(proposal: Proposal) -> dict[int, int]:
    """Cadre -> entities, as things stood when the proposal was made."""
    lines = ProposedAssignment.objects.filter(proposal=proposal, holder__isnull=False)
    return dict(lines.order_by().values_list("holder").annotate(n=Count("pk")))


def load_bars(proposal: Proposal, cadres: Iterable[Cadre]) -> list[Load]:
    """Every candidate with his load before and after."""
    before, after = loads_before(proposal), loads_after(proposal)
    return [Load(cadre, before.get(cadre.pk, 0), after.get(cadre.pk, 0)) for cadre in cadres]


def over_full(proposal: Proposal, scope: Scope) -> dict[int, Excess]:
    """Cadre -> by how much he would be above his tier's cap; one query."""
    lines = ProposedAssignment.objects.filter(proposal=proposal, cadre__isnull=False).order_by("cadre")
    loads = lines.values_list("cadre", "cadre__tier", "cadre__post__person_name").annotate(n=Count("pk"))
    found = ((cadre, Excess(name, load, scope.cap_of(tier))) for cadre, tier, name, load in loads)
    return {cadre: each for cadre, each in found if each.cap.is_exceeded(each.load)}


def line_counts(proposal: Proposal) -> dict[str, int]:
    """How many lines keep, give, move, end, or find nobody; they add up to "all"."""
    kept, someone = Q(cadre=F("holder")), Q(cadre__isnull=False)
    lines = ProposedAssignment.objects.filter(proposal=proposal)
    return lines.aggregate(
        all=Count("pk"),
        kept=Count("pk", filter=kept),
        new=Count("pk", filter=someone & Q(holder__isnull=True)),
        moved=Count("pk", filter=someone & Q(holder__isnull=False) & ~kept),
        ended=Count("pk", filter=Q(tier="")),
        uncovered=Count("pk", filter=Q(cadre__isnull=True) & ~Q(tier="")),
    )


def lines_of(proposal: Proposal, tab: str = "", cadre: int | None = None) -> QuerySet[ProposedAssignment]:
    """The lines of a tab, those without a cadre first."""
    lines = ProposedAssignment.objects.filter(proposal=proposal)
    picked = {
        "changed": lines.changed,
        "kept": lines.kept,
        "uncovered": lines.uncovered,
        "ended": lines.ended,
    }.get(tab, lines.all)()
    if cadre is not None:
        picked = picked.filter(cadre=cadre)
    together = ("entity", "entity__jurisdiction", "cadre__post", "holder__post")
    return picked.select_related(*together).order_by(F("cadre").asc(nulls_first=True), "entity__grade", "entity_id")


def stale_lines(proposal: Proposal, scope: Scope) -> int:
    """How many entities stand differently from when the proposal was made: regraded, closed, new, or re-assigned."""
    path = scope.jurisdiction.path
    now = dict(entities_in_scope(scope).values_list("pk", "grade"))
    held = holders_now(path, scope.on)
    lines = ProposedAssignment.objects.filter(proposal=proposal).values_list("entity", "tier", "holder")
    seen = {entity: (_foremost(scope, now.get(entity, ""), tier), holder) for entity, tier, holder in lines}
    asked = {pk: (scope.grades[grade], held.get(pk)) for pk, grade in now.items()}
    asked |= {pk: ("", held.get(pk)) for pk in held if pk not in now}
    return len({item[0] for item in seen.items() ^ asked.items()})


def _foremost(scope: Scope, grade: str, tier: str) -> str:
    """A tier that only shares the grade counts as the one written first."""
    return scope.grades[grade] if tier in scope.tiers_for(grade) else tier


def holders_now(path: str, on: date) -> dict[int, int]:
    """Entity -> cadre, for every assignment in force under a path."""
    held = Assignment.objects.in_force(on).filter(place__gte=path, place__lt=path + END)
    return dict(held.values_list("entity", "cadre"))


def begins_later(path: str, on: date) -> date | None:
    """The first day on which an assignment already approved begins after the given one."""
    later = Assignment.objects.filter(place__gte=path, place__lt=path + END, valid__startswith__gt=on)
    first = later.order_by("valid").first()
    return first.valid.lower if first else None
