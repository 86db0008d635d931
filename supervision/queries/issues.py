"""Issues as tabs and counts, and one issue as its timeline."""

from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from supervision.models import Issue, IssueEvent
from supervision.queries.own import seen_by
from supervision.rules.issues import Holder, Verb
from tenancy.models import Post

# Tab code -> the condition it stands for; dates are filled in where the list is asked for.
TABS = ("open", "station", "cadre", "overdue", "closed", "all")


def issues_seen_by(post: Post, on: date) -> QuerySet[Issue]:
    """The issues of the acting place; a cadre's are those of his own entities."""
    return seen_by(Issue.objects.select_related("entity__jurisdiction", "visit"), post, on)


def _condition(tab: str, on: date) -> Q:
    nobody = Q(holder_kind=Holder.NOBODY.value)
    return {
        "station": Q(holder_kind=Holder.STATION.value),
        "cadre": Q(holder_kind=Holder.CADRE.value),
        "overdue": Q(due_on__lt=on) & ~nobody,
        "closed": nobody,
        "all": Q(),
    }.get(tab, ~nobody)


def issues_for(post: Post, on: date, *, tab: str = "", words: str = "") -> QuerySet[Issue]:
    """The issues of one tab: the nearest clock first, then the longest held."""
    answers = IssueEvent.objects.filter(verb=Verb.ANSWER.value).order_by("pk")
    found = issues_seen_by(post, on).filter(_condition(tab, on))
    if words:
        found = found.filter(Q(entity__name__icontains=words) | Q(description__icontains=words))
    return found.prefetch_related(Prefetch("events", queryset=answers, to_attr="answers")).order_by(
        "due_on", "holder_since", "pk"
    )


def issue_counts(post: Post, on: date) -> dict[str, int]:
    """How many issues each tab holds, in one query."""
    counted: dict[str, int] = issues_seen_by(post, on).aggregate(
        **{tab: Count("pk", filter=_condition(tab, on)) for tab in TABS if tab != "all"}, all=Count("pk")
    )
    return counted


def last_answer(issue: Issue) -> IssueEvent | None:
    """What the station said last; the cadre has to have it before him when he closes."""
    return issue.events.filter(verb=Verb.ANSWER.value).order_by("-pk").first()
