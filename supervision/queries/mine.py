"""Today's document: everything a cadre needs to visit his entities without asking the server again.

Its keys are the phone's contract; telephone numbers stay masked, because the document is kept on the phone.
"""

from datetime import date
from typing import Any

from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.urls import reverse

from cadres.models import Assignment
from cadres.queries.penalties import my_penalties
from entities.models import Entity
from supervision.models import ClosureReport, Issue, Obligation, Photo, Visit
from supervision.queries.profiles import frequency_said, task_list_for, terms_for, with_facts
from supervision.queries.quarters import plan_for_visit
from supervision.rules.closures import closure_text
from supervision.rules.issues import STATE_LABELS, State, notify_text
from supervision.rules.task_lists import digest_of
from supervision.rules.visits import Terms, allowed_modes
from tenancy.models import Post
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import calendar_for
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.periods import Quarter, quarter_of


def my_document(post: Post, on: date) -> dict[str, Any]:
    """The entities of a cadre, one row each, with duty, terms and task list; the lists themselves once each by digest.

    Keys: today, quarter ("2026Q4"), due_on, user, post, cadre {id, name, title}, penalties_unread (how many he was told of
    and has not confirmed), entities [...], task_lists {digest: list}.
    An entity: id, name, grade, business_type, address, community, principal, officer, phone, obligation, due_on, days_left
    (working days, negative when late), state (due, overdue, done), owed (visits still to be made), frequency (with its
    clause), last_visit {number, visited_on, issues, closure (what became of 已关店, empty when it was none)} or null,
    open_issues [{id, text, state, found_on, photo (address of a small picture, empty without one)}], notify (which
    problems the station is told of, with the clause), modes [{code, name, photo, entity_signature}], absent_modes [{code,
    name, reason}], must_onsite (the reason, empty when free), task_list (digest, empty where the plan has no list).
    """
    rows = list(_assigned(post, on))
    desk = _Desk(post, on, rows)
    entities = [desk.line(row) for row in rows]
    quarter = quarter_of(on)
    return {
        "today": on.isoformat(),
        "quarter": str(quarter),
        "due_on": quarter.end.isoformat(),
        "user": post.user_id,
        "post": post.pk,
        "cadre": {"id": post.pk, "name": post.person_name, "title": post.title},
        "penalties_unread": my_penalties(post).filter(read_at=None).count(),
        "entities": entities,
        "task_lists": desk.lists,
    }


def _assigned(post: Post, on: date) -> QuerySet[Entity]:
    """The entities of a cadre with all that the document shows, in a constant number of queries."""
    quarter = quarter_of(on)
    mine = Assignment.objects.in_force(on).filter(cadre__post_id=post.pk).values("entity_id")
    owed = (
        Obligation.objects.owed()
        .filter(starts_on__lte=on, due_on__gte=quarter.previous.start)
        .select_related("quarter")
        .order_by("due_on", "ordinal")
    )
    last = Visit.objects.filter(entity=OuterRef("pk"), voided_on__isnull=True).order_by("-visited_on", "-pk")
    entities = Entity.objects.supervised().filter(pk__in=mine).annotate(last_visit=Subquery(last.values("pk")[:1]))
    return (
        with_facts(entities, on)
        .prefetch_related(
            Prefetch("obligations", queryset=owed, to_attr="owed"),
            Prefetch("issues", queryset=_open_issues(), to_attr="open_issues"),
        )
        .order_by("sort_key", "pk")
    )


def _open_issues() -> QuerySet[Issue]:
    """Those that somebody still has to settle, each with the picture that shows it, else one of the same visit."""
    stored = Photo.objects.filter(visit=OuterRef("visit")).exclude(stored="")
    shown = stored.annotate(far=Case(When(item=OuterRef("item"), then=Value(0)), default=Value(1))).order_by(
        "far", "pk"
    )
    return Issue.objects.unsettled().annotate(photo=Subquery(shown.values("pk")[:1])).order_by("found_on", "pk")


class _Desk:
    """What the rows of one document share: plans, calendar, last visits, lists."""

    def __init__(self, post: Post, on: date, rows: list[Any]) -> None:
        self.on = on
        self.current: Quarter = quarter_of(on)
        self.calendar: WorkCalendar = calendar_for(post.place)
        self.lists: dict[str, Any] = {}
        self.plans: dict[object, ResolvedPlan] = {}
        wanted = [row.last_visit for row in rows if row.last_visit]
        found = Visit.objects.filter(pk__in=wanted).select_related("closure").prefetch_related("issues")
        self.last: dict[int, Visit] = {visit.pk: visit for visit in found}

    def line(self, entity: Any) -> dict[str, Any]:
        """The entity with the obligation that presses most: the earliest due, the last one when all are fulfilled."""
        owed: list[Obligation] = entity.owed
        unmet = [each for each in owed if each.fulfilled_by_id is None]
        running = [each for each in owed if each.due_on >= self.on]
        obligation = next(iter([*unmet, *running]), None)
        plan = self._plan(entity, obligation)
        document = task_list_for(entity, plan)
        digest = digest_of(document) if document else ""
        if document:
            self.lists[digest] = {**document, "digest": digest}
        terms = terms_for(entity, plan, document)
        last = self.last.get(entity.last_visit or 0)
        return {
            **_facts(entity, plan),
            **self._duty(obligation, last),
            "owed": len(unmet),
            "frequency": frequency_said(entity, plan),
            "last_visit": _last(last) if last else None,
            "open_issues": [_issue(issue) for issue in entity.open_issues],
            "notify": notify_text(plan),
            "must_onsite": terms.onsite_reason,
            **_modes(terms),
            "task_list": digest,
        }

    def _plan(self, entity: Entity, obligation: Obligation | None) -> ResolvedPlan:
        own = obligation is not None and obligation.counted_quarter == obligation.quarter.label
        key: object = obligation.quarter_id if obligation and own else (entity.place, obligation is None)
        if key not in self.plans:
            self.plans[key] = plan_for_visit(obligation, entity.place, self.on)
        return self.plans[key]

    def _duty(self, obligation: Obligation | None, last: Visit | None) -> dict[str, Any]:
        due_on = obligation.due_on if obligation else self.current.end
        if obligation:
            done = obligation.fulfilled_by_id is not None
        else:
            done = last is not None and last.visited_on in self.current
        return {
            "obligation": obligation.pk if obligation else None,
            "due_on": due_on.isoformat(),
            "days_left": self.calendar.workdays_between(self.on, due_on),
            "state": "done" if done else "overdue" if due_on < self.on else "due",
        }


def _facts(entity: Entity, plan: ResolvedPlan) -> dict[str, Any]:
    kinds = {kind.code: kind.name for kind in plan.value.business_types}
    return {
        "id": entity.pk,
        "name": entity.name,
        "grade": entity.grade,
        "business_type": kinds.get(entity.business_type, entity.business_type),
        "address": entity.address,
        "community": entity.jurisdiction.name,
        "principal": entity.principal,
        "officer": entity.officer or entity.director,
        "phone": str(entity.phone),
    }


def _last(visit: Visit) -> dict[str, Any]:
    closure: ClosureReport | None = getattr(visit, "closure", None)
    return {
        "number": visit.number,
        "visited_on": visit.visited_on.isoformat(),
        "issues": len(visit.issues.all()),
        "closure": closure_text(closure.state, closure.reason) if closure else "",
    }


def _issue(issue: Any) -> dict[str, Any]:
    return {
        "id": issue.pk,
        "text": issue.description,
        "state": STATE_LABELS[State(issue.state)],
        "found_on": issue.found_on.isoformat(),
        "photo": reverse("supervision:show-thumbnail", args=[issue.photo]) if issue.photo else "",
    }


def _modes(terms: Terms) -> dict[str, list[dict[str, str]]]:
    """The ways open for this entity with what each has to bring home, and the others with the reason."""
    reasons = allowed_modes(terms)
    return {
        "modes": [
            {
                "code": mode.code,
                "name": mode.name,
                "photo": mode.evidence.photo.value,
                "entity_signature": mode.evidence.entity_signature.value,
            }
            for mode in terms.modes
            if not reasons[mode.code]
        ],
        "absent_modes": [
            {"code": mode.code, "name": mode.name, "reason": reasons[mode.code]}
            for mode in terms.modes
            if reasons[mode.code]
        ],
    }
