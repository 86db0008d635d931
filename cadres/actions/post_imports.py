"""Importing people who help cadres: a row becomes a post, whose role follows from the list by code; nobody grants it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from cadres.actions.roster import roster_words
from cadres.rules.post_rows import COLUMNS, LISTED, PostRow, fault_in, namesake, read_post_row, same_row, unclear
from cadres.rules.roster import Unit
from tenancy.actions.imports import Cells, ImportKind, open_cells
from tenancy.fields import Phone, blind_index
from tenancy.models import ImportBatch, ImportRow, Jurisdiction, Post
from tenancy.policies import role_group
from tenancy.rules.importing import Checked, Finding, Level
from tenancy.rules.names import sort_key
from tenancy.rules.paths import END
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import ROLES

BATCH = 1000
PHONE = ("phone", "phone_index", "phone_last4")
Key = tuple[int, str, str, str]


@dataclass
class PostValidator:
    """Checks the rows of one batch and finds the post each of them is about."""

    places: Mapping[str, Unit]
    known: Mapping[Key, list[Post]]
    seen: dict[Key, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> Checked:
        row, findings, post = self.read(number, cells, faults)
        if row is None or post is None:
            return Checked(findings, "new")
        if not self.is_changed(row, post):
            return Checked(findings, "same")
        return Checked(findings, "changed", {"phone": [str(post.phone), f"****{row.phone[-4:]}"]})

    def read(
        self, number: int, cells: Cells, faults: Mapping[int, str]
    ) -> tuple[PostRow | None, list[Finding], Post | None]:
        spoilt = [fault_in(at, code, cells[at]) for at, code in sorted(faults.items())]
        row, findings = read_post_row(cells, self.places)
        names = {finding.column for finding in spoilt}
        findings = spoilt + [finding for finding in findings if finding.column not in names]
        if row is None or spoilt:
            return None, findings, None
        key, index = _key(row), blind_index(row.phone) if row.phone else ""
        if same := self.seen[key]:
            first = min(same.values())
            findings.append(namesake(first) if index and "" not in same and index not in same else same_row(first))
        same.setdefault(index, number)
        known = self.known.get(key, [])
        post, doubt = _found(known, index)
        findings += [unclear(len(known))] if doubt else []
        is_bad = any(finding.level is Level.ERROR for finding in findings)
        return (None, findings, None) if is_bad else (row, findings, post)

    def is_changed(self, row: PostRow, post: Post) -> bool:
        return bool(row.phone) and blind_index(row.phone) != cast("Phone", post.phone).index


def _key(row: PostRow) -> Key:
    return row.unit_id, row.name, row.role.value, row.title


def _found(known: list[Post], index: str) -> tuple[Post | None, bool]:
    """Of namesakes the one with the row's telephone, else the only one it may be; and whether that stays unclear."""
    indexes = [(cast("Phone", post.phone).index, post) for post in known]
    alike = [post for each, post in indexes if each == index]
    open_to = [post for each, post in indexes if not each or not index]
    found = next(iter(alike), open_to[0] if len(open_to) == 1 else None)
    return found, found is None and len(open_to) > 1


def validator(batch: ImportBatch, on: date) -> PostValidator:
    """Everything a batch is checked against, read once."""
    roles = [role.value for role in LISTED]
    held = Post.objects.held_on(on).filter(place__gte=batch.place, place__lt=batch.place + END, role__in=roles)
    known: dict[Key, list[Post]] = defaultdict(list)
    for post in held.order_by("pk"):
        known[post.jurisdiction_id, post.person_name, post.role, post.title].append(post)
    return PostValidator(roster_words(batch, on).places, known)


def words(batch: ImportBatch, on: date) -> dict[str, list[str]]:
    """What may stand in the columns whose words are a list."""
    return {
        "role": [ROLES[role].name for role in LISTED],
        "unit": [unit.name for unit in roster_words(batch, on).units],
    }


def write_posts(batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Writes the clean rows of a batch. The rows are checked once more: posts may have changed since."""
    checks = validator(batch, on)
    staged = ImportRow.objects.filter(batch=batch).to_write()
    new: dict[int, PostRow] = {}
    changed: dict[int, Post] = {}
    before: dict[int, list[str]] = {}
    for row_id, number, cells in staged.values_list("pk", "number", "cells"):
        row, _findings, post = checks.read(number, open_cells(cells), {})
        if row is None:
            raise Refused(_("第%d行在确认期间有变化，不能写入；请重新校验后再确认。") % number, code="import-changed")
        if post is None:
            new[row_id] = row
        elif checks.is_changed(row, post):
            phone = cast("Phone", post.phone)
            before[row_id] = [phone.sealed, phone.index, phone.last4]
            post.phone = row.phone
            changed[row_id] = post
    made = _made(new, on)
    Post.objects.bulk_create(made.values(), batch_size=BATCH)
    Post.objects.bulk_update(changed.values(), PHONE, batch_size=BATCH)
    _remember(made | changed, before)
    return {"written": len(made) + len(changed)}


def _made(new: Mapping[int, PostRow], on: date) -> dict[int, Post]:
    places = Jurisdiction.objects.in_bulk({row.unit_id for row in new.values()})
    groups = {
        (unit, role): role_group(role, places[unit]) for unit, role in {(row.unit_id, row.role) for row in new.values()}
    }
    return {
        staged: Post(
            jurisdiction=places[row.unit_id],
            place=places[row.unit_id].path,
            role=row.role.value,
            group=groups[row.unit_id, row.role],
            person_name=row.name,
            sort_key=sort_key(row.name),
            unit=places[row.unit_id].name,
            title=row.title,
            phone=row.phone,
            valid=DateRange(on, None),
        )
        for staged, row in new.items()
    }


def _remember(posts: Mapping[int, Post], before: Mapping[int, list[str]]) -> None:
    rows = ImportRow.objects.in_bulk(posts)
    for staged, row in rows.items():
        row.subject_id, row.before = posts[staged].pk, {"phone": before[staged]} if staged in before else None
    ImportRow.objects.bulk_update(rows.values(), ["subject_id", "before"], batch_size=BATCH)


def take_back_posts(batch: ImportBatch, by: Post) -> list[str]:
    """Removes the posts the batch made and restores telephones; names those somebody uses by now, left alone."""
    rows = ImportRow.objects.filter(batch=batch, subject_id__isnull=False)
    made = Post.objects.filter(pk__in=rows.filter(before__isnull=True).values("subject_id"))
    used: set[Any] = set(made.exclude(user=None).values_list("pk", flat=True))
    for relation in Post._meta.related_objects:
        if relation.field is not None:
            held = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": made})
            used |= set(held.values_list(relation.field.attname, flat=True))
    kept = [str(post) for post in made.filter(pk__in=used).order_by("sort_key")]
    made.exclude(pk__in=used).delete()
    for pk, before in rows.filter(before__isnull=False).values_list("subject_id", "before"):
        Post.objects.filter(pk=pk or 0).update(**dict(zip(PHONE, (before or {})["phone"], strict=True)))
    return kept


POSTS = ImportKind("posts", COLUMNS, validator, write_posts, take_back_posts, words)
