"""What bears a due day in this app, fetched as a post sees it, with the explanation of its day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cadres.queries.coverage import entities_seen_by
from cadres.queries.penalties import penalty_explained, stopping
from entities.models import EntityChange
from entities.queries.changes import change_explained
from supervision.models import Obligation, Quarter
from supervision.queries.clocks import issue_explained, obligation_explained, package_explained, quarter_explained
from supervision.queries.issues import issues_seen_by
from supervision.queries.own import seen_by
from tenancy.models import Post
from tenancy.rules.dues import Explanation


@dataclass(frozen=True, slots=True)
class Dated:
    """A thing with a due day: what it is called, where a right is asked for it, and why it is due then.

    The days of a quarter are known to everybody below it, so that no place is asked for.
    """

    subject: str
    place: str | None
    explanation: Explanation | None


def _issue(post: Post, pk: int, on: date) -> Dated | None:
    issue = issues_seen_by(post, on).filter(pk=pk).first()
    if issue is None:
        return None
    return Dated(f"{issue.entity.name} · {issue.description}", issue.place, issue_explained(issue))


def _obligation(post: Post, pk: int, on: date) -> Dated | None:
    owed = seen_by(Obligation.objects.select_related("entity", "quarter"), post, on).filter(pk=pk).first()
    return Dated(owed.entity.name, owed.place, obligation_explained(owed)) if owed else None


def _quarter(_post: Post, pk: int, _on: date) -> Dated | None:
    quarter = Quarter.objects.select_related("jurisdiction").filter(pk=pk).first()
    return Dated(_named(quarter), None, quarter_explained(quarter)) if quarter else None


def _package(_post: Post, pk: int, _on: date) -> Dated | None:
    quarter = Quarter.objects.select_related("jurisdiction").filter(pk=pk).first()
    return Dated(_named(quarter), None, package_explained(quarter)) if quarter else None


def _change(post: Post, pk: int, on: date) -> Dated | None:
    seen = EntityChange.objects.standing().filter(entity__in=entities_seen_by(post, on))
    change = seen.select_related("entity").filter(pk=pk).first()
    if change is None:
        return None
    return Dated(f"{change.entity.name} · {change.get_kind_display()}", change.place, change_explained(change))


def _penalty(post: Post, pk: int, on: date) -> Dated | None:
    seen = stopping(on).filter(entity__in=entities_seen_by(post, on))
    penalty = seen.select_related("entity").filter(pk=pk).first()
    return (
        Dated(f"{penalty.entity.name} · {penalty}", penalty.place, penalty_explained(penalty, on)) if penalty else None
    )


def _named(quarter: Quarter) -> str:
    return _("%(place)s %(quarter)s") % {"place": quarter.jurisdiction.name, "quarter": quarter}


KINDS: dict[str, Callable[[Post, int, date], Dated | None]] = {
    "issue": _issue,
    "obligation": _obligation,
    "quarter": _quarter,
    "package": _package,
    "change": _change,
    "penalty": _penalty,
}


def find_dated(kind: str, pk: int, post: Post, on: date) -> Dated | None:
    """The thing of that kind and id; None for an unknown kind and for what the post does not see."""
    find = KINDS.get(kind)
    return find(post, pk, on) if find else None
