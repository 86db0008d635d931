"""Whose rows a post may see in this app: the filter stands in every query that fetches one."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from cadres.models import Assignment
from entities.models import Entity
from supervision.models import Visit
from supervision.policies import sees_own_only
from supervision.queries.profiles import with_facts
from tenancy.models import Post
from tenancy.rules.roles import Role

Rows = TypeVar("Rows", bound=Model)


def own_entities(post: Post, on: date) -> QuerySet[Assignment, Any]:
    """The ids of the entities a post answers for on a day."""
    return Assignment.objects.in_force(on).filter(cadre__post_id=post.pk).values("entity_id")


def seen_by(rows: QuerySet[Rows], post: Post, on: date, *, entity: str = "entity_id") -> QuerySet[Rows]:
    """Rows about entities: a cadre's are those of his own, a shop's none, everybody else's what the wall leaves."""
    if post.role == Role.SHOP:
        return rows.none()
    if sees_own_only(post):
        return rows.filter(**{f"{entity}__in": own_entities(post, on)})
    return rows


def visits_seen_by(post: Post, on: date) -> QuerySet[Visit]:
    """Visits: a cadre keeps those he signed himself when the entity has gone to somebody else."""
    if sees_own_only(post):
        return Visit.objects.filter(Q(cadre__post_id=post.pk) | Q(entity_id__in=own_entities(post, on)))
    return seen_by(Visit.objects.all(), post, on)


def entities_to_visit(post: Post, day: date) -> QuerySet[Entity]:
    """The entities a visit of that day may be sent for: a late phone still finds those that were its cadre's then."""
    return with_facts(seen_by(Entity.every.all(), post, day, entity="pk"), day)
