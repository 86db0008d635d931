"""Importing cadre rosters: how a staged row is checked, what it would change, and the act that writes a batch.

A row becomes a post and its cadre. The role follows from the title, by code; nobody grants it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from cadres.models import Cadre
from cadres.queries.people import posts_by_key
from cadres.rules.roster import (
    COLUMNS,
    KEYS,
    RosterRow,
    RosterWords,
    Unit,
    fault_of,
    is_secretary,
    namesakes,
    read_row,
    twice,
)
from tenancy.actions.imports import Cells, ImportKind, open_cells
from tenancy.fields import Phone, blind_index
from tenancy.models import ImportBatch, ImportRow, Jurisdiction, Post
from tenancy.policies import role_group
from tenancy.queries.imports import served_by
from tenancy.queries.plans import plan_in_force
from tenancy.queries.tree import places_under
from tenancy.rules.importing import Checked, Finding, Level
from tenancy.rules.names import sort_key
from tenancy.rules.paths import within
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import Role

BATCH = 1000
PHONE = ("phone", "phone_index", "phone_last4")


@dataclass
class RosterValidator:
    """Checks the rows of one batch and finds the post each of them is about."""

    words: RosterWords
    known: dict[tuple[int, str, str], list[Post]]
    seen: dict[tuple[int, str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    claimed: set[int] = field(default_factory=set)

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> Checked:
        row, findings = self.read(number, cells, faults)
        post = self.claim(row) if row else None
        if row is None or post is None or not hasattr(post, "cadre"):
            return Checked(findings, "new")
        changes = self.changes(row, post)
        if not changes:
            return Checked(findings, "same")
        return Checked(findings, "changed", {key: self.shown(key, old, row) for key, old in changes.items()})

    def read(self, number: int, cells: Cells, faults: Mapping[int, str]) -> tuple[RosterRow | None, list[Finding]]:
        spoilt = [fault_of(KEYS[index], code, cells[index]) for index, code in sorted(faults.items())]
        row, findings = read_row(cells, self.words)
        findings = spoilt + [each for each in findings if each.column not in {one.column for one in spoilt}]
        if row is None or spoilt:
            return None, findings
        same = self.seen[row.unit_id, row.name, row.title]
        if same:
            first = min(same.values())
            apart = row.phone and "" not in same and row.phone not in same
            findings.append(namesakes(first) if apart else twice(first))
        same.setdefault(row.phone, number)
        return (None if any(each.level is Level.ERROR for each in findings) else row), findings

    def shown(self, key: str, old: Any, row: RosterRow) -> list[str]:
        """What stands there and what would, as a person reads it."""
        if key == "phone":
            return [f"****{old[-1]}" if old[-1] else "", f"****{row.phone[-4:]}"]
        if key == "sectors":
            return ["、".join(old), "、".join(row.sectors)]
        names = {each.code: each.name for scope in self.words.document.cadre_scopes for each in scope.categories}
        return [names.get(old, old), names.get(row.category, row.category)]

    def claim(self, row: RosterRow) -> Post | None:
        """The post in the row's place under its name and title; of namesakes the one with the row's telephone."""
        free = [post for post in self.known.get((row.unit_id, row.name, row.title), []) if post.pk not in self.claimed]
        index = blind_index(row.phone) if row.phone else ""
        same = (post for post in free if cast("Phone", post.phone).index == index)
        found = next(same, free[0] if len(free) == 1 else None)
        if found is not None:
            self.claimed.add(found.pk)
        return found

    def changes(self, row: RosterRow, post: Post) -> dict[str, Any]:
        """What the row would change, with the values of today; a blank cell never counts as a change."""
        cadre, phone = post.cadre, cast("Phone", post.phone)
        before: dict[str, Any] = {}
        if row.category != cadre.category:
            before["category"] = cadre.category
        if row.sectors and list(row.sectors) != cadre.sectors:
            before["sectors"] = cadre.sectors
        if row.phone and blind_index(row.phone) != phone.index:
            before["phone"] = [phone.sealed, phone.index, phone.last4]
        return before


def roster_words(batch: ImportBatch, on: date) -> RosterWords:
    served = served_by(batch)
    units = [Unit(each.pk, each.name, each.level) for each in places_under(batch.place) if within(served, each.path)]
    return RosterWords(plan_in_force(batch.place, on).value, units)


def validator(batch: ImportBatch, on: date) -> RosterValidator:
    """Everything a batch is checked against, read once."""
    return RosterValidator(roster_words(batch, on), posts_by_key(batch.place, on))


def words(batch: ImportBatch, on: date) -> dict[str, list[str]]:
    """What may stand in the columns whose words are a list: tiers, units, categories."""
    known = roster_words(batch, on)
    scopes = known.document.cadre_scopes
    return {
        "tier": [tier.name for tier in known.document.tiers],
        "unit": [unit.name for unit in known.units],
        "category": list(dict.fromkeys(each.name for scope in scopes for each in scope.categories)),
    }


@dataclass(frozen=True)
class _Planned:
    staged: int
    order: int
    row: RosterRow
    post: Post | None
    before: dict[str, Any]


def write_roster(batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Writes the clean rows of a batch. The rows are checked once more: the roster may have changed since."""
    checks = validator(batch, on)
    planned = []
    staged = ImportRow.objects.filter(batch=batch).to_write()
    for row_id, number, cells in staged.values_list("pk", "number", "cells"):
        row, _findings = checks.read(number, open_cells(cells), {})
        if row is None:
            raise Refused(_("第%d行在确认期间有变化，不能写入；请重新校验后再确认。") % number, code="import-changed")
        post = checks.claim(row)
        known = post is not None and hasattr(post, "cadre")
        planned.append(_Planned(row_id, number, row, post, checks.changes(row, post) if known and post else {}))
    changed = [plan for plan in planned if plan.before]
    new = [plan for plan in planned if plan.post is None or not hasattr(plan.post, "cadre")]
    subjects = _put_in_post(batch, new, checks.words, on) | _amend(changed)
    _remember(subjects, {plan.staged: plan.before for plan in changed})
    return {"written": len(new) + len(changed)}


def _put_in_post(batch: ImportBatch, new: list[_Planned], words: RosterWords, on: date) -> dict[int, int]:
    """Posts and cadres of new rows; returns the cadre of each staged row."""
    places = Jurisdiction.objects.in_bulk({plan.row.unit_id for plan in new})
    roles = {plan.staged: _role(plan.row, words) for plan in new}
    groups = {
        key: role_group(key[1], places[key[0]]) for key in {(plan.row.unit_id, roles[plan.staged]) for plan in new}
    }
    posts = {plan.staged: plan.post or _post(plan, places[plan.row.unit_id], roles[plan.staged], on) for plan in new}
    for plan in new:
        posts[plan.staged].group = groups[plan.row.unit_id, roles[plan.staged]]
    Post.objects.bulk_create([post for post in posts.values() if post.pk is None], batch_size=BATCH)
    cadres = {plan.staged: _cadre(plan.row, posts[plan.staged], batch) for plan in new}
    Cadre.objects.bulk_create(list(cadres.values()), batch_size=BATCH)
    return {staged: cadre.pk for staged, cadre in cadres.items()}


def _role(row: RosterRow, words: RosterWords) -> Role:
    return Role.COMMUNITY_SECRETARY if is_secretary(row, words.document) else Role.CADRE


def _post(plan: _Planned, place: Jurisdiction, role: Role, on: date) -> Post:
    return Post(
        jurisdiction=place,
        place=place.path,
        role=role.value,
        person_name=plan.row.name,
        sort_key=sort_key(plan.row.name),
        unit=place.name,
        title=plan.row.title,
        rank_order=plan.order,
        phone=plan.row.phone,
        valid=DateRange(on, None),
    )


def _cadre(row: RosterRow, post: Post, batch: ImportBatch) -> Cadre:
    return Cadre(
        post=post, place=post.place, tier=row.tier, category=row.category, sectors=list(row.sectors), batch=batch
    )


def _amend(changed: list[_Planned]) -> dict[int, int]:
    posts, cadres = [], []
    for plan in changed:
        assert plan.post is not None
        cadre = plan.post.cadre
        cadre.category = plan.row.category
        cadre.sectors = list(plan.row.sectors) or cadre.sectors
        cadres.append(cadre)
        if plan.row.phone:
            plan.post.phone = plan.row.phone
            posts.append(plan.post)
    Post.objects.bulk_update(posts, PHONE, batch_size=BATCH)
    Cadre.objects.bulk_update(cadres, ["category", "sectors"], batch_size=BATCH)
    return {plan.staged: plan.post.cadre.pk for plan in changed if plan.post}


def _remember(subjects: dict[int, int], before: dict[int, dict[str, Any]]) -> None:
    rows = ImportRow.objects.in_bulk(subjects)
    for staged, row in rows.items():
        row.subject_id, row.before = subjects[staged], before.get(staged)
    ImportRow.objects.bulk_update(rows.values(), ["subject_id", "before"], batch_size=BATCH)


def take_back_roster(batch: ImportBatch, by: Post) -> list[str]:
    """Removes the posts the batch made and restores what it changed; names those already in use, left alone."""
    rows = ImportRow.objects.filter(batch=batch, subject_id__isnull=False)
    touched = _in_use(Cadre.objects.filter(batch=batch))
    kept = {cadre.pk for cadre in touched}
    new = Cadre.objects.filter(batch=batch).exclude(pk__in=kept)
    # A post with a login was there before the roster or is used by now: only its cadre goes.
    posts = list(new.filter(post__user=None).values_list("post_id", flat=True))
    new.delete()
    Post.objects.filter(pk__in=posts).delete()
    for row in rows.filter(before__isnull=False):
        _restore(row)
    return [str(cadre) for cadre in touched]


def _in_use(cadres: models.QuerySet[Cadre]) -> list[Cadre]:
    """Cadres some other record points at by now: assignments, letters, visits."""
    used: set[int] = set()
    for model, key in ((Cadre, "pk"), (Post, "post_id")):
        subjects = cadres.values_list(key, flat=True)
        for relation in model._meta.related_objects:
            if relation.related_model is not Cadre and relation.field is not None:
                name = relation.field.name
                pointing = relation.related_model._base_manager.filter(**{f"{name}__in": subjects})
                held = pointing.values_list(relation.field.attname, flat=True)
                used |= set(cadres.filter(**{f"{key}__in": set(held)}).values_list("pk", flat=True))
    return list(cadres.filter(pk__in=used).select_related("post").order_by("post__sort_key"))


def _restore(row: ImportRow) -> None:
    before = dict(row.before or {})
    phone = before.pop("phone", None)
    cadres = Cadre.objects.filter(pk__in=[row.subject_id])
    if before:
        cadres.update(**before)
    if phone:
        Post.objects.filter(cadre__in=cadres).update(**dict(zip(PHONE, phone, strict=True)))


ROSTER = ImportKind("roster", COLUMNS, validator, write_roster, take_back_roster, words)
