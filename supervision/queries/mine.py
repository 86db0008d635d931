"""Today's document: everything a cadre needs to visit his entities without asking the server again.

Its keys are the phone's contract; telephone numbers stay masked, because the document is kept on the phone.
"""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from cadres.models import Assignment
from entities.models import Entity
from supervision.models import Issue, Obligation, Visit
from supervision.queries.profiles import task_list_for, terms_for, with_facts
from supervision.queries.quarters import plan_of
from supervision.rules.issues import STATE_LABELS, State
from supervision.rules.task_lists import digest_of
from supervision.rules.visits import Terms, allowed_modes
from tenancy.fields import Phone
from tenancy.models import Post
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.periods import Quarter, quarter_of


def my_document(post: Post, on: date) -> dict[str, Any]:
    """The entities of a cadre with obligation, terms and task list; the lists themselves once each by digest.

    Keys: today, quarter {code, label, due_on}, cadre {id, name, title}, visits [...], task_lists {digest: list}. A visit row:
    entity {id, name, grade, business_type, address, principal, phone, place, must_onsite}, obligation, quarter,
    due_on, days_left (working days, negative when late), done {number, on} or null, last {number, on, issues} or null,
    open_issues [{id, text, state, found_on}], modes [{code, name, allowed, reason, photo, entity_signature}],
    task_list (digest, "" where the plan has no list).
    """
    rows = list(_assigned(post, on))
    desk = _Desk(post, on, rows)
    visits = [line for row in rows for line in desk.lines(row)]
    visits.sort(key=lambda line: (line["done"] is not None, line["due_on"] or "9", line["entity"]["sort"]))
    quarter = quarter_of(on)
    return {
        "today": on.isoformat(),
        "quarter": {"code": str(quarter), "label": quarter.label, "due_on": quarter.end.isoformat()},
        "cadre": {"id": post.pk, "name": post.person_name, "title": post.title},
        "visits": visits,
        "task_lists": desk.lists,
    }


def _assigned(post: Post, on: date) -> QuerySet[Entity]:
    """The entities of a cadre with all that the document shows, in a constant number of queries."""
    quarter = quarter_of(on)
    mine = Assignment.objects.in_force(on).filter(cadre__post_id=post.pk).values("entity_id")
    owed = (
        Obligation.objects.owed()
        .filter(quarter__start__lte=on, quarter__start__gte=quarter.previous.start)
        .select_related("quarter", "fulfilled_by")
        .order_by("due_on")
    )
    last = Visit.objects.filter(entity=OuterRef("pk"), voided_on__isnull=True).order_by("-visited_on", "-pk")
    entities = Entity.objects.filter(pk__in=mine).annotate(last_visit=Subquery(last.values("pk")[:1]))
    return with_facts(entities, on).prefetch_related(
        Prefetch("obligations", queryset=owed, to_attr="owed"),
        Prefetch("issues", queryset=Issue.objects.unsettled().order_by("found_on", "pk"), to_attr="open_issues"),
    )


class _Desk:
    """What the rows of one document share: plans, calendar, last visits, lists."""

    def __init__(self, post: Post, on: date, rows: list[Entity]) -> None:
        self.on = on
        self.current: Quarter = quarter_of(on)
        self.calendar: WorkCalendar = calendar_for(post.place)
        self.lists: dict[str, Any] = {}
        self.plans: dict[object, ResolvedPlan] = {}
        wanted = [row.last_visit for row in rows if row.last_visit]
        found = Visit.objects.filter(pk__in=wanted).prefetch_related("issues")
        self.last: dict[int, Visit] = {visit.pk: visit for visit in found}

    def lines(self, entity: Entity) -> list[dict[str, Any]]:
        """A line for each obligation to show; an entity without one can be visited all the same."""
        owed: list[Obligation] = entity.owed
        shown = [each for each in owed if each.quarter.label == str(self.current) or each.fulfilled_by_id is None]
        return [self._line(entity, obligation) for obligation in shown] or [self._line(entity, None)]

    def _line(self, entity: Entity, obligation: Obligation | None) -> dict[str, Any]:
        plan = self._plan(entity, obligation)
        document = task_list_for(entity, plan)
        digest = digest_of(document) if document else ""
        if document:
            self.lists[digest] = document
        terms = terms_for(entity, plan, document)
        return {
            "entity": _facts(entity, terms, plan),
            **self._duty(obligation),
            "last": self._last(entity),
            "open_issues": [_issue(issue) for issue in entity.open_issues],
            "modes": _modes(terms),
            "task_list": digest,
        }

    def _plan(self, entity: Entity, obligation: Obligation | None) -> ResolvedPlan:
        key: object = obligation.quarter_id if obligation else entity.place
        if key not in self.plans:
            self.plans[key] = plan_of(obligation.quarter) if obligation else plan_in_force(entity.place, self.on)
        return self.plans[key]

    def _duty(self, obligation: Obligation | None) -> dict[str, Any]:
        if obligation is None:
            return {"obligation": None, "quarter": None, "due_on": None, "days_left": None, "done": None}
        done = obligation.fulfilled_by
        return {
            "obligation": obligation.pk,
            "quarter": obligation.quarter.label,
            "due_on": obligation.due_on.isoformat(),
            "days_left": self.calendar.workdays_between(self.on, obligation.due_on),
            "done": {"number": done.number, "on": done.visited_on.isoformat()} if done else None,
        }

    def _last(self, entity: Entity) -> dict[str, Any] | None:
        visit = self.last.get(entity.last_visit or 0)
        if visit is None:
            return None
        return {"number": visit.number, "on": visit.visited_on.isoformat(), "issues": len(visit.issues.all())}


def _facts(entity: Entity, terms: Terms, plan: ResolvedPlan) -> dict[str, Any]:
    phone: Phone = entity.phone
    kinds = {kind.code: kind.name for kind in plan.value.business_types}
    return {
        "id": entity.pk,
        "name": entity.name,
        "sort": entity.sort_key or entity.name,
        "grade": entity.grade,
        "business_type": kinds.get(entity.business_type, entity.business_type),
        "address": entity.address,
        "principal": entity.principal,
        "phone": str(phone),
        "place": entity.jurisdiction.name,
        "must_onsite": terms.onsite_reason,
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.pk,
        "text": issue.description,
        "state": STATE_LABELS[State(issue.state)],
        "found_on": issue.found_on.isoformat(),
    }


def _modes(terms: Terms) -> list[dict[str, Any]]:
    reasons = allowed_modes(terms)
    return [
        {
            "code": mode.code,
            "name": mode.name,
            "allowed": not reasons[mode.code],
            "reason": reasons[mode.code],
            "photo": mode.evidence.photo.value,
            "entity_signature": mode.evidence.entity_signature.value,
        }
        for mode in terms.modes
    ]
