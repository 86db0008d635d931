"""What an act on many entities would change, what stays, what is refused and why."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from entities.models import BulkChange, BulkChangedEntity, Cluster, Entity
from entities.queries.checking import status_names
from entities.queries.register import areas_under
from entities.rules.belonging import covers, not_covered
from entities.rules.bulk import BulkKind, Wish, tags_after, too_many_tags
from entities.rules.ledger import Area
from entities.rules.vocabulary import RiskLevel
from tenancy.models import Jurisdiction, Post
from tenancy.plans import PlanDocument
from tenancy.policies import may
from tenancy.rules.paths import within
from tenancy.rules.roles import Right
from tenancy.scoping import acting_places

READ = (
    "pk",
    "name",
    "place",
    "changed_at",
    "tags",
    "risk_level",
    "status",
    "jurisdiction_id",
    "jurisdiction__name",
    "cluster__name",
)


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One entity: what it says, what it would say, or why it is refused."""

    entity_id: int
    name: str
    place: str
    seen: str
    old: str
    new: str
    refusal: str = ""


@dataclass(frozen=True)
class BulkPreview:
    """What an act on many would do."""

    wish: Wish
    lines: tuple[BulkLine, ...]

    @cached_property
    def changes(self) -> list[BulkLine]:
        return [line for line in self.lines if not line.refusal and line.old != line.new]

    @cached_property
    def refused(self) -> list[BulkLine]:
        return [line for line in self.lines if line.refusal]

    @property
    def same(self) -> int:
        """How many say it already."""
        return len(self.lines) - len(self.changes) - len(self.refused)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "total": len(self.lines), "changed": len(self.changes), "same": self.same, "refused": len(self.refused),
        }  # fmt: skip

    @cached_property
    def digest(self) -> str:
        """What a person saw, to be sent back with his confirmation."""
        told = [self.wish.kind.value, self.wish.value, *map(repr, self.lines)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def bulk_preview(wish: Wish, chosen: QuerySet[Entity], doc: PlanDocument, *, by: Post) -> BulkPreview:
    """Every chosen entity by name; one query, and one for the cluster they are put into."""
    rows = chosen.order_by("sort_key", "pk").values_list(*READ)
    return BulkPreview(wish, tuple(_lines(wish, rows, doc, by)))


def _lines(wish: Wish, rows: Iterable[tuple[Any, ...]], doc: PlanDocument, by: Post) -> Iterator[BulkLine]:
    answers: dict[str, str] = {}
    kept_at = Cluster.objects.get(pk=int(wish.value)).place if wish.kind is BulkKind.CLUSTER else ""
    for pk, name, place, changed_at, tags, risk, status, area, area_name, cluster in rows:
        if place not in answers:
            answer = may(by, Right.EDIT_REGISTER, place)
            refusal = "" if covers(kept_at, place) else not_covered(wish.said)
            answers[place] = refusal if answer else answer.reason
        after = tags_after(wish, tags)
        old, new = {
            BulkKind.ADD_TAG: ("、".join(tags), "、".join(after)),
            BulkKind.REMOVE_TAG: ("、".join(tags), "、".join(after)),
            BulkKind.RISK: (RiskLevel(risk).label if risk else "", wish.said),
            BulkKind.MOVE: (area_name, area_name if str(area) == wish.value else wish.said),
            BulkKind.STATUS: (status_names(doc)[status], wish.said),
            BulkKind.CLUSTER: (cluster or "", wish.said),
        }[wish.kind]
        yield BulkLine(pk, name, place, changed_at.isoformat(), old, new, answers[place] or too_many_tags(after))


def areas_to(jurisdiction: Jurisdiction) -> list[Area]:
    """Where entities may be moved: below the office, within what its post acts in."""
    acting = acting_places()
    return [area for area in areas_under(jurisdiction) if area.pk != jurisdiction.pk and within(acting, area.path)]


def bulk_changes(place: Jurisdiction) -> QuerySet[BulkChange]:
    """Those of a place, the latest first."""
    return BulkChange.objects.filter(jurisdiction=place).select_related("made_by", "undone_by").order_by("-pk")


def bulk_lines(bulk: BulkChange) -> QuerySet[BulkChangedEntity]:
    """Its entities by name."""
    return bulk.lines.select_related("entity__jurisdiction").defer("before").order_by("entity__sort_key", "pk")


def bulk_touched(bulk: BulkChange) -> QuerySet[Entity]:
    """Entities of a bulk change that somebody changed afterwards."""
    entities = Entity.objects.filter(pk__in=bulk.lines.values("entity"))
    return entities.exclude(changed_at=bulk.made_at).order_by("sort_key", "pk")


def said_of(preview: BulkPreview) -> str:
    """The act in one sentence, for its button and its message."""
    words = {"n": f"{len(preview.changes):,}", "kind": preview.wish.kind.label, "to": preview.wish.said}
    return _("给 %(n)s 家%(kind)s：%(to)s") % words
