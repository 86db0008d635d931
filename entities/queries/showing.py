"""One entity as its page shows it: facts in the place's words, each with its source."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from entities.models import Entity, GradeDecision, GradeRecord, StatusRecord
from entities.queries.checking import (
    grading_of,
    licence_of,
    profile_of,
    serves_meals,
    shown_number,
    status_names,
    type_names,
)
from entities.queries.extras import Extra, extras_of
from entities.queries.grades import decisions_of
from entities.queries.history import Happening, brought_lines, past_of
from entities.queries.listing import STATUS_KINDS
from entities.queries.records import Group, groups_of
from entities.queries.sizes import sizes_by_kind
from entities.queries.spots import ShownSpot, shown_spot
from entities.rules.belonging import BELONGING
from entities.rules.grading import Grading
from entities.rules.ledger import TITLES
from entities.rules.matching import Profile, onsite_rule
from entities.rules.sizes import SizeKind
from entities.rules.vocabulary import SIZE_LABELS, RiskLevel, SizeClass
from tenancy.plans import PlanDocument, ResolvedPlan

# The telephone stands in a card of its own, the name in the heading.
SHOWN = (
    "uscc", "licence", "business_type", "further_types", "status", "risk_level", "staff", "revenue", "diners",
    "floor_area", "supply_way", "area", "address", "sells_at", "cluster", "chain", "principal", "director", "officer",
)  # fmt: skip
# Left out where there is none.
OPTIONAL = ("supply_way", "floor_area", "sells_at", "cluster", "chain")
UNITS = {"staff": "人", "revenue": "万元", "diners": "人"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an entity; its source where that is not the one most facts have, what it was before, and the group it leads to."""

    label: str
    value: str
    source: str
    earlier: list[str] = field(default_factory=list)
    group: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page of an entity shows."""

    facts: list[Fact]
    source: str
    status: str
    status_kind: str
    business_type: str
    record: GradeRecord | None
    size: str
    grading: Grading
    grades: list[GradeRecord]
    states: list[tuple[StatusRecord, str, str]]
    decisions: list[GradeDecision]
    onsite: str
    records: list[Group]
    timeline: list[Happening]
    phone_source: str
    serves_meals: bool
    spot: ShownSpot | None
    extras: list[Extra]

    @property
    def unrecorded(self) -> list[Group]:
        """Kinds of lines of which there is none yet."""
        return [group for group in self.records if not group.lines]


def shown_entity(entity: Entity, plan: ResolvedPlan, on: date) -> Shown:
    """The entity with its grade of the day, its licences and its past."""
    past, records = past_of(entity, plan.value), groups_of(entity, on, plan.value)
    record = next((each for each in past.grades if _holds(each, on)), None)
    size = SizeClass(record.size) if record and record.size else None
    profile = profile_of(entity, plan.value, size=size)
    values = _values(entity, plan.value)
    sources = Counter(past.sources[key] for key in SHOWN if values.get(key) and key in past.sources)
    usual = sources.most_common(1)[0][0] if sources else ""
    return Shown(
        facts=list(_facts(entity, plan.value, values, past.sources, usual)),
        serves_meals=serves_meals(entity, plan.value),
        spot=shown_spot(entity),
        extras=extras_of(entity, plan.value, on, size=size),
        source=usual,
        status=values["status"],
        status_kind=STATUS_KINDS.get(entity.status, "mute"),
        business_type=values["business_type"],
        record=record,
        size=SIZE_LABELS[size] if size else "",
        grading=grading_of(entity, plan),
        grades=sorted(past.grades, key=lambda each: each.valid.lower, reverse=True),
        states=_states(past.states, plan.value),
        decisions=list(decisions_of(entity)),
        onsite=_onsite(profile, plan),
        records=records,
        timeline=_in_order([*past.happenings, *brought_lines(records)]),
        phone_source=_other(past.sources.get("phone", ""), usual),
    )


def _in_order(happenings: list[Happening]) -> list[Happening]:
    return sorted(happenings, key=lambda line: line.when, reverse=True)


def _facts(
    entity: Entity, doc: PlanDocument, values: Mapping[str, str], sources: Mapping[str, str], usual: str
) -> Iterator[Fact]:
    titles = {
        **TITLES,
        **BELONGING,
        "floor_area": SizeKind.FLOOR_AREA.label,
        "supply_way": _("供餐方式"),
        "area": _("所属%s") % doc.names.area,
    }
    sizes, groups = sizes_by_kind(entity), {"cluster": entity.cluster_id, "chain": entity.chain_id}
    values = {**values, "floor_area": sizes["floor_area"][0].said if "floor_area" in sizes else ""}
    for key in SHOWN:
        if key in OPTIONAL and not values[key] and not (key == "supply_way" and serves_meals(entity, doc)):
            continue
        figures, group = sizes.get(key, []), groups.get(key)
        # A figure tells its own source and day, and what stood before it.
        source = figures[0].origin if figures else _other(sources.get(key, ""), usual)
        yield Fact(
            titles[key], values[key], source, [each.told for each in figures[1:]], (key, group) if group else None
        )


def _states(records: list[StatusRecord], doc: PlanDocument) -> list[tuple[StatusRecord, str, str]]:
    """Each with its source and the place's word for it, the latest first."""
    names = status_names(doc)
    ordered = sorted(records, key=lambda each: each.valid.lower, reverse=True)
    return [(each, names[each.status], STATUS_KINDS.get(each.status, "mute")) for each in ordered]


def _holds(record: GradeRecord, on: date) -> bool:
    return record.valid.lower <= on and (record.valid.upper is None or on < record.valid.upper)


def _other(source: str, usual: str) -> str:
    return "" if source == usual else source


def _onsite(profile: Profile, plan: ResolvedPlan) -> str:
    rule = onsite_rule(profile, plan.value)
    if rule is None:
        return ""
    words = {"name": rule.name, "cited": plan.cite("must_onsite", rule.clause)}
    return _("“%(name)s”必须开展现场督导（%(cited)s）。") % words


def _values(entity: Entity, doc: PlanDocument) -> dict[str, str]:
    numbers = {key: shown_number(getattr(entity, key)) for key in UNITS}
    texts = {key: str(getattr(entity, key)) for key in ("uscc", "address", "principal", "director", "officer")}
    return {
        **texts,
        **{key: f"{value} {UNITS[key]}" if value else "" for key, value in numbers.items()},
        "licence": licence_of(entity),
        "business_type": type_names(doc).get(entity.business_type, entity.business_type),
        "further_types": "、".join(type_names(doc).get(code, code) for code in entity.further_types),
        "risk_level": RiskLevel(entity.risk_level).label if entity.risk_level else "",
        "status": status_names(doc)[entity.status],
        "supply_way": str(entity.get_supply_way_display()),
        "area": entity.jurisdiction.name,
        "cluster": " ".join(part for part in (entity.cluster.name, entity.stall) if part) if entity.cluster else "",
        "chain": entity.chain.name if entity.chain else "",
        "sells_at": " · ".join(part for part in (entity.sells_at, entity.sells_hours) if part),
    }
