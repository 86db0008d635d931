"""Which entities a place must answer for, which of them nobody answers for, and who answered on any day.

A community reads the street's assignments on its own shops without reading the street's posts: what a list shows of
a cadre is therefore read from the assignment, never joined to the cadre.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value

from cadres.models import Assignment, Cadre, ResponsibilityList
from cadres.queries.people import above_cap
from cadres.rules.caps import TierCap, caps_of
from cadres.rules.ratios import TierRatio
from cadres.rules.tiers import own_grades, own_tiers, sharing_tiers, tier_name
from entities.models import Entity
from tenancy.models import Jurisdiction, Post
from tenancy.plans import ResolvedPlan
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.paths import END
from tenancy.rules.roles import Right


@dataclass(frozen=True)
class Scope:
    """What a place answers for on a day: its plan and the tier of every grade it covers itself."""

    jurisdiction: Jurisdiction
    on: date
    plan: ResolvedPlan
    grades: dict[str, str]

    @cached_property
    def caps(self) -> dict[str, TierCap]:
        """Tier -> how many entities a cadre of it carries at most."""
        return caps_of(self.plan)

    def cap_of(self, tier: str) -> TierCap:
        """The cap of a tier; none for a tier that the plan does not know any more."""
        return self.caps.get(tier, TierCap(tier, None, "off", ""))

    @property
    def area_word(self) -> str:
        return self.plan.value.names.area

    def tiers(self) -> list[tuple[str, str]]:
        return [(tier.code, tier.name) for tier in own_tiers(self.plan.value, self.jurisdiction.level)]

    def tiers_for(self, grade: str) -> tuple[str, ...]:
        """Every tier of this place whose cadres may answer for the grade."""
        return sharing_tiers(self.plan.value, self.jurisdiction.level).get(grade, ())

    def tier_name(self, code: str) -> str:
        return tier_name(self.plan.value, code)


def scope_of(jurisdiction: Jurisdiction, on: date) -> Scope:
    """The scope under the plan in force there on the day."""
    plan = plan_in_force(jurisdiction.path, on)
    return Scope(jurisdiction, on, plan, own_grades(plan.value, jurisdiction.level))


def _under(path: str) -> QuerySet[Entity]:
    return Entity.objects.supervised().filter(place__gte=path, place__lt=path + END)


def entities_in_scope(scope: Scope) -> QuerySet[Entity]:
    """In operation, graded, and of a grade this place covers itself."""
    return _under(scope.jurisdiction.path).filter(grade__in=list(scope.grades))


def entities_above(scope: Scope) -> QuerySet[Entity]:
    """上级包保: graded, but of a grade a tier above this place answers for."""
    return _under(scope.jurisdiction.path).exclude(grade__in=["", *scope.grades])


def covering(on: date) -> QuerySet[Assignment]:
    """Assignments in force whose cadre is in post; a cadre above the acting place cannot be looked up and counts."""
    departed = Cadre.objects.filter(pk=OuterRef("cadre_id")).exclude(post__valid__contains=on)
    return Assignment.objects.in_force(on).filter(~Exists(departed))


def tier_held(on: date) -> Subquery:
    """The tier of whoever answers for an entity; null where nobody in post does."""
    return Subquery(covering(on).filter(entity=OuterRef("pk")).values("tier")[:1])


def _left(on: date) -> Exists:
    """Somebody is written down, but his post has ended; only where that post can be read."""
    held = Assignment.objects.in_force(on).filter(entity=OuterRef("pk"))
    return Exists(held.exclude(cadre__post__valid__contains=on))


def uncovered(scope: Scope) -> QuerySet[Entity]:
    """悬空: nobody in post answers for it on the day, though this place may have to; without a grade it has to find out."""
    held = Exists(Assignment.objects.in_force(scope.on).filter(entity=OuterRef("pk")))
    return _under(scope.jurisdiction.path).filter(_own_or_open(scope)).filter(~held | _left(scope.on))


def _own_or_open(scope: Scope) -> Q:
    """A grade this place covers itself, or none yet."""
    return Q(grade__in=["", *scope.grades])


def with_holder(entities: QuerySet[Entity], on: date) -> QuerySet[Any]:
    """Each entity with who answers for it on the day, as printed on the list; still one query."""
    held = FilteredRelation("assignments", condition=Q(assignments__valid__contains=on))
    return entities.annotate(
        held=held,
        holder_id=F("held__cadre_id"),
        holder_name=F("held__cadre_name"),
        holder_title=F("held__cadre_title"),
        holder_tier=F("held__tier"),
        holder_since=F("held__valid"),
        holder_reason=F("held__reason"),
        holder_over=F("held__over_cap_reason"),
    )


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the responsibility list is asked for."""

    words: str = ""
    grade: str = ""
    area: str = ""
    cadre: int | None = None
    tab: str = ""


def list_rows(scope: Scope, asked: ListFilter) -> QuerySet[Any]:
    """Rows of the responsibility list; page, print and Excel all read this."""
    source = {"uncovered": uncovered, "above": entities_above}.get(asked.tab, entities_in_scope)
    found = with_holder(source(scope), scope.on).select_related("jurisdiction")
    if asked.tab == "over":
        found = found.filter(held__cadre__in=_over(scope))
    if asked.words:
        found = found.filter(Q(name__icontains=asked.words) | Q(held__cadre_name__icontains=asked.words))
    if asked.grade:
        found = found.filter(grade=asked.grade)
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    if asked.cadre is not None:
        found = found.filter(held__cadre=asked.cadre)
    return found.order_by("grade", "place", "sort_key", "pk")


def _over(scope: Scope) -> QuerySet[Any, Any]:
    loads = Assignment.objects.in_force(scope.on).values("cadre", "tier").annotate(load=Count("pk"))
    return loads.filter(above_cap(scope.caps)).values("cadre")


def list_counts(scope: Scope) -> dict[str, int]:
    """The numbers on the tabs; "all" is the denominator, "above" never enters it, "uncovered" counts the ungraded too."""
    held = Exists(Assignment.objects.in_force(scope.on).filter(entity=OuterRef("pk")))
    over = Exists(Assignment.objects.in_force(scope.on).filter(entity=OuterRef("pk"), cadre__in=_over(scope)))
    own, graded = Q(grade__in=list(scope.grades)), ~Q(grade="")
    return (
        _under(scope.jurisdiction.path)
        .annotate(is_held=held, has_left=_left(scope.on), is_over=over)
        .aggregate(
            all=Count("pk", filter=own),
            uncovered=Count("pk", filter=_own_or_open(scope) & (Q(is_held=False) | Q(has_left=True))),
            over=Count("pk", filter=own & Q(is_over=True)),
            above=Count("pk", filter=graded & ~own),
            ungraded=Count("pk", filter=Q(grade="")),
        )
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Who answered for an entity on a day, under which list and plan."""

    assignment_id: int
    cadre_id: int
    name: str
    title: str
    tier: str
    since: date
    until: date | None
    reason: str
    list_number: int | None
    plan_source: str


def holder_on(entity: Entity, day: date) -> Holder | None:
    """Who answered for the entity on the day; None when nobody did."""
    held = Assignment.objects.in_force(day).filter(entity=entity).select_related("responsibility_list").first()
    return _holder(held) if held else None


def holders_of(entity: Entity) -> list[Holder]:
    """Everybody who ever answered for the entity, the latest first."""
    found = Assignment.objects.filter(entity=entity).select_related("responsibility_list").order_by("-valid")
    return [_holder(each) for each in found]


def _holder(held: Assignment) -> Holder:
    paper = held.responsibility_list
    return Holder(
        assignment_id=held.pk,
        cadre_id=held.cadre_id,
        name=held.cadre_name,
        title=held.cadre_title,
        tier=held.tier,
        since=held.valid.lower,
        until=held.valid.upper,
        reason=held.reason,
        list_number=paper.number if paper else None,
        plan_source=paper.plan_source if paper else "",
    )


def my_entities(post: Post, on: date) -> QuerySet[Assignment]:
    """What a cadre answers for on the day, and nothing else."""
    held = Assignment.objects.in_force(on).filter(cadre__post=post)
    return held.select_related("entity", "entity__jurisdiction").order_by("entity__grade", "entity__sort_key", "pk")


def entities_seen_by(post: Post, on: date) -> QuerySet[Entity]:
    """The register for those who may read it, a cadre's own entities for a cadre, nothing for anybody else."""
    if may(post, Right.VIEW_REGISTER):
        return Entity.objects.all()
    if may(post, Right.VISIT):
        held = Assignment.objects.in_force(on).filter(cadre__post=post)
        return Entity.objects.filter(pk__in=held.values("entity"))
    return Entity.objects.none()


def assignments_seen_by(post: Post, on: date) -> QuerySet[Assignment]:
    """Assignments in force that go with `entities_seen_by`."""
    held = Assignment.objects.in_force(on).filter(entity__in=entities_seen_by(post, on))
    return held.select_related("entity").order_by("pk")


def lists_of(jurisdiction: Jurisdiction) -> QuerySet[ResponsibilityList]:
    """Versions, the newest first."""
    found = ResponsibilityList.objects.filter(jurisdiction=jurisdiction)
    return found.select_related("approved_by").order_by("-number")


def tier_ratios(scope: Scope) -> list[TierRatio]:
    """Cadres in post to entities in scope, tier by tier from the top; two queries however large the place.

    Where tiers share a grade an entity counts for the tier that holds it, for the foremost while nobody does.
    """
    path = scope.jurisdiction.path
    in_post = Cadre.objects.in_post(scope.on).filter(place__gte=path, place__lt=path + END)
    cadres = dict(in_post.values_list("tier").annotate(n=Count("pk")))
    entities = {tier: 0 for grade in scope.grades for tier in scope.tiers_for(grade)}
    # Who holds an entity is looked up only where that decides anything.
    shared = any(len(scope.tiers_for(grade)) > 1 for grade in scope.grades)
    held = entities_in_scope(scope).annotate(held=tier_held(scope.on) if shared else Value("")).order_by()
    for grade, tier, number in held.values_list("grade", "held").annotate(n=Count("pk")):
        entities[tier if tier in scope.tiers_for(grade) else scope.grades[grade]] += number
    names = dict(scope.tiers())
    return [TierRatio(code, names[code], cadres.get(code, 0), entities[code]) for code in names if code in entities]
