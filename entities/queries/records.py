"""The lines beside an entity as pages, endpoints and the trail show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext as _

from entities.models import RECORDS, Brought, Contact, Entity, ExternalCode, Flag, Licence, Record, StationCheck
from entities.queries.people import other_shops
from entities.rules.code_links import link_of
from entities.rules.codes import check_licence
from entities.rules.vocabulary import CheckResult, LicenceState
from tenancy.models import AuditEvent
from tenancy.plans import PlanDocument
from tenancy.queries.plans import plan_in_force


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what stands first, the facts beside it, its state as a pill, doubts about it, other shops of
    a person, and where a code leads."""

    record: Record
    kind: str
    title: str
    facts: list[tuple[str, str]]
    state: str
    state_kind: str
    doubts: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    link: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """All lines of one kind, those that hold first."""

    kind: str
    title: str
    lines: list[Line]


# What stands first in a line, or as its state, and is not repeated among its facts.
FIRST = {
    "licence": "number",
    "contact": "name",
    "insurance": "insurer",
    "code": "system",
    "flag": "text",
    "check": "source",
}
CHECK_KINDS = {CheckResult.FIT.value: "ok", CheckResult.MOSTLY.value: "info", CheckResult.UNFIT.value: "bad"}


def told(record: Record) -> dict[str, str]:
    """A line's facts as words, a telephone masked; what the trail keeps."""
    return {name: _worded(record, name) for name in record.typed}


def _worded(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, list):
        return "、".join(value)
    if value and (shown := getattr(record, f"get_{name}_display", None)):
        return str(shown())
    return "" if value is None else str(value)


def title_of(model: type[Record], name: str) -> str:
    """What a form and the trail call a fact of a line."""
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def groups_of(entity: Entity, on: date, doc: PlanDocument | None = None) -> list[Group]:
    """Everything kept beside an entity, its codes with where they lead by the plan; one query for each kind and one for the people's other shops."""
    found = {kind: list(_records(model, entity)) for kind, model in RECORDS.items()}
    elsewhere = other_shops(cast(list[Contact], found["contact"]))
    groups = []
    for kind, model in RECORDS.items():
        lines = [_line(kind, record, elsewhere, on, doc) for record in found[kind]]
        lines.sort(key=lambda line: line.state_kind == "mute")
        groups.append(Group(kind, str(model._meta.verbose_name), lines))
    return groups


def _records(model: type[Record], entity: Entity) -> Any:
    lines = model.objects.filter(entity=entity).order_by("pk")
    return lines.select_related("batch__confirmed_by") if issubclass(model, Brought) else lines


def _line(
    kind: str, record: Record, elsewhere: Mapping[tuple[str, str], list[str]], on: date, doc: PlanDocument | None
) -> Line:
    words, first = told(record), FIRST[kind]
    state, state_kind = state_of(record, on)
    shown = [name for name in record.typed if name not in (first, "state", "result", "phone") and words[name]]
    title, facts = words[first], [(title_of(type(record), name), words[name]) for name in shown]
    shops: list[str] = []
    if isinstance(record, Licence):
        facts = [(title_of(Licence, "kind"), record.kind_name), *(pair for pair in facts if pair[1] != words["kind"])]
    if isinstance(record, Contact):
        shops = elsewhere.get(record.who, [])
    link = link_of(doc, record.system, record.number) if doc and isinstance(record, ExternalCode) else ""
    return Line(record, kind, title, facts, state, state_kind, doubts_about(record), shops, link)


def doubts_about(record: Record) -> list[str]:
    """What does not fit in a licence number; paper in use carries such numbers, so it is said and refuses nothing."""
    return [fault.message for fault in check_licence(record.number)] if isinstance(record, Licence) else []


def state_of(record: Record, on: date) -> tuple[str, str]:
    """What a line is worth on a day, as the text and the kind of a pill."""
    if isinstance(record, Licence) and record.state != LicenceState.IN_FORCE.value:
        return str(record.get_state_display()), "mute"
    if isinstance(record, StationCheck):
        return str(record.get_result_display()), CHECK_KINDS.get(record.result, "warn")
    if not record.ends:
        return "", ""
    begins, ends = getattr(record, record.begins), getattr(record, record.ends)
    if begins and begins > on:
        return _("未开始"), "info"
    if isinstance(record, Contact):
        holds, over = (_("在任"), "ok"), (_("已离任"), "mute")
    elif isinstance(record, Flag):
        holds, over = (_("生效中"), "bad"), (_("已结束"), "mute")
    else:
        holds, over = (_("有效"), "ok"), (_("已过期"), "bad")
    return over if ends and ends < on else holds


def asked_of(model: type[Record], entity: Entity, on: date) -> dict[str, Any]:
    """What a form over a line must know beside the line: its table, the day, the words its place has for penalties."""
    kinds = plan_in_force(entity.place, on).value.penalty_kinds if model is Flag else ()
    return {"model": model, "on": on, "measures": [kind.name for kind in kinds]}


def record_text(event: AuditEvent) -> str:
    """A line's act in the entity's timeline: which line, and what of it changed."""
    before, after = event.before or {}, event.after or {}
    model = RECORDS[event.action.split(".")[1]]
    if not event.action.endswith(".changed"):
        return str(after["record"])
    names = [name for name in model.typed if name in before]
    parts = (f"{title_of(model, name)}：{before[name] or _('空')} → {after.get(name) or _('空')}" for name in names)
    return f"{after['record']}（{'；'.join(parts)}）"
