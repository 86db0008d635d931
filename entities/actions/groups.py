"""Clusters and chains are entered and changed, and a shop is said to belong to one of each, or to sell without an address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from entities.actions.register import locked, version_of
from entities.models import GROUPS, Chain, Cluster, Entity, Group
from entities.queries.groups import belonging_told
from entities.rules.belonging import BELONGING, covers, not_covered, refuse_belonging
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.rules.refusals import Refused


@dataclass(frozen=True, slots=True)
class Belonging:
    """What one shop belongs to; for a seller without a fixed address the habitual place and hours of sale."""

    cluster: Cluster | None = None
    stall: str = ""
    chain: Chain | None = None
    sells_at: str = ""
    sells_hours: str = ""


def add_group(place: Jurisdiction, word: str, values: dict[str, Any], *, by: Post) -> Group:
    """A cluster or a chain (`word`) that shops of the place may belong to."""
    group = GROUPS[word](jurisdiction=place, place=place.path, **values)
    _refuse_namesake(group)
    group.save()
    audit.record(f"entities.{word}.added", group, by=by, after=_told(group))
    return group


def change_group(group: Group, values: dict[str, Any], *, by: Post) -> Group:
    """Other facts of it; a day of closing keeps further shops out and leaves those that belong to it."""
    group = type(group).objects.select_for_update(of=("self",), no_key=True).get(pk=group.pk)
    before = _told(group)
    for name, value in values.items():
        setattr(group, name, value)
    after = _told(group)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        _refuse_namesake(group)
        group.save()
        was, now = ({name: facts[name] for name in changed} for facts in (before, after))
        audit.record(f"entities.{group._meta.model_name}.changed", group, by=by, before=was, after=now)
    return group


def _refuse_namesake(group: Group) -> None:
    others = type(group).objects.filter(jurisdiction=group.jurisdiction_id, name=group.name, closed_on=None)
    if group.closed_on is None and others.exclude(pk=group.pk).exists():
        words = {"title": group._meta.verbose_name, "name": group.name}
        raise Refused(_("已经有叫“%(name)s”的%(title)s；请直接用那一个，或换个名称。") % words, code="namesake")


def _told(group: Group) -> dict[str, Any]:
    told = {}
    for name in group.typed:
        shown = getattr(group, f"get_{name}_display", None)
        told[name] = str(shown() if shown else getattr(group, name) or "")
    return told


def place_entity(entity: Entity, belonging: Belonging, *, by: Post, on: date, seen: str) -> Entity:
    """The shop belongs to these from now on, and no longer to others."""
    refuse_belonging(
        cluster=belonging.cluster is not None, stall=belonging.stall, sells_at=belonging.sells_at,
        sells_hours=belonging.sells_hours,
    )  # fmt: skip
    entity = locked(entity, seen)
    for group, present in ((belonging.cluster, entity.cluster_id), (belonging.chain, entity.chain_id)):
        if group is not None and group.pk != present:
            _refuse_foreign(group, entity)
    before = belonging_told(entity)
    for name in BELONGING:
        setattr(entity, name, getattr(belonging, name))
    after = belonging_told(entity)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        raise Refused(_("“%s”的归属没有变化，不用再登记。") % entity.name, code="same-belonging")
    entity.save()
    was, now = ({name: facts[name] for name in changed} for facts in (before, after))
    audit.record("entities.belonging.changed", entity, by=by, before=was, after=now | {"version": version_of(entity)})
    return entity


def _refuse_foreign(group: Group, entity: Entity) -> None:
    if not covers(group.place, entity.place):
        raise Refused(not_covered(group.name) + "。", code="group-elsewhere")
    if group.closed_on is not None:
        raise Refused(_("“%s”已停办，不能再归入；请选别的，或先把停办日期去掉。") % group.name, code="group-closed")
