"""The life of an issue: found in a visit, handed over, answered, verified. Every act is one row of its log.

Who may do what stands in policies, what leads where in rules.issues.NEXT.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from supervision.actions.telling import holders_of, tell
from supervision.models import Issue, IssueEvent, Visit
from supervision.policies import may_act
from supervision.queries.quarters import plan_at
from supervision.rules.issues import (
    HOLDER_LABELS,
    NEEDS_TEXT,
    STATE_LABELS,
    VERB_LABELS,
    Holder,
    Route,
    State,
    Step,
    Verb,
    first_step,
    step,
)
from supervision.rules.visits import GivenAnswer, Unfit, VisitBody
from tenancy import audit
from tenancy.models import Post
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import calendar_for
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.refusals import Refused, require


def open_issues(visit: Visit, body: VisitBody, plan: ResolvedPlan, *, by: Post, on: date, at: datetime) -> list[Issue]:
    """One issue for each line answered 有问题, with the clock of its route started; no rights asked: the visit's were."""
    if not body.problems:
        return []
    calendar = calendar_for(visit.place)
    begun = {route: first_step(route, plan.value.notify_rule) for route in Route}
    due_on = {route: _due(first, plan, calendar, on) for route, first in begun.items()}
    texts = dict(visit.answers.values_list("item", "text"))
    earlier = dict(
        Issue.objects.filter(entity_id=visit.entity_id, item__in=list(texts)).order_by("pk").values_list("item", "pk")
    )
    found = [_found(visit, problem, begun, at) for problem in body.problems]
    for issue in found:
        issue.item_text, issue.repeats_id = texts[issue.item], earlier.get(issue.item)
        issue.due_on = due_on[Route(issue.route)]
    Issue.objects.bulk_create(found)
    IssueEvent.objects.bulk_create([_event(issue, "found", issue.description, by, at) for issue in found])
    return found


def _found(visit: Visit, problem: GivenAnswer, begun: dict[Route, Step], at: datetime) -> Issue:
    route = Route(problem.disposal)
    return Issue(
        entity_id=visit.entity_id,
        place=visit.place,
        visit=visit,
        item=problem.item,
        description=problem.note,
        found_on=visit.visited_on,
        route=route.value,
        state=begun[route].state.value,
        holder_kind=begun[route].holder.value,
        holder_since=at,
        counted_in=visit.counted_in,
        counted_tier=visit.counted_tier,
        counted_grade=visit.counted_grade,
        counted_holder=visit.counted_holder,
    )


def hand_over(issue: Issue, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    """The cadre gives a problem to the station that he could not settle, or that came back to him."""
    return _advance(issue, Verb.HAND_OVER, text=text, by=by, on=on, at=at)


def acknowledge(issue: Issue, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    """监管报到: the station has it."""
    return _advance(issue, Verb.ACKNOWLEDGE, text=text, by=by, on=on, at=at)


def start(issue: Issue, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    """The station is at it: on site, or a case is filed."""
    return _advance(issue, Verb.START, text=text, by=by, on=on, at=at)


def send_back(issue: Issue, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    """The station returns what is not its business, with the reason."""
    moved = _advance(issue, Verb.SEND_BACK, text=text, by=by, on=on, at=at)
    _tell_cadre(moved, on, _("问题被退回：%(text)s") % {"text": text})
    return moved


def answer(issue: Issue, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    """The station says what was done; the cadre is told and verifies."""
    moved = _advance(issue, Verb.ANSWER, text=text, by=by, on=on, at=at)
    _tell_cadre(moved, on, _("问题已反馈，请核实：%(text)s") % {"text": text})
    return moved


def close(issue: Issue, *, seen: int | None, text: str = "", by: Post, on: date, at: datetime) -> Issue:
    """The cadre verified it. `seen` is the answer he had before him; a newer one has to be read first."""
    last = issue.events.filter(verb=Verb.ANSWER.value).order_by("-pk").values_list("pk", flat=True).first()
    if last is not None and seen != last:
        raise Refused(_("反馈结果有更新，还没有看过最新的一条，请看过后再办结。"), code="answer-unseen")
    return _advance(issue, Verb.CLOSE, text=text, by=by, on=on, at=at)


def reopen(issue: Issue, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    """The cadre found it unsettled; it goes to the station again."""
    return _advance(issue, Verb.REOPEN, text=text, by=by, on=on, at=at)


ACTS: dict[Verb, Callable[..., Issue]] = {
    Verb.HAND_OVER: hand_over,
    Verb.ACKNOWLEDGE: acknowledge,
    Verb.START: start,
    Verb.SEND_BACK: send_back,
    Verb.ANSWER: answer,
    Verb.REOPEN: reopen,
}


def act_on_issue(issue: Issue, verb: Verb, *, text: str, seen: int | None, by: Post, on: date, at: datetime) -> Issue:
    """The act a button or an endpoint names."""
    if verb is Verb.CLOSE:
        return close(issue, seen=seen, text=text, by=by, on=on, at=at)
    return ACTS[verb](issue, text=text, by=by, on=on, at=at)


def _advance(issue: Issue, verb: Verb, *, text: str, by: Post, on: date, at: datetime) -> Issue:
    # Locked and read again: of two officers at once the second sees what the first has done.
    locked = (
        Issue.objects.select_for_update(no_key=True, of=("self",))
        .select_related("entity__jurisdiction")
        .get(pk=issue.pk)
    )
    before = State(locked.state)
    led = step(before, verb)
    if led is None:
        raise Refused(
            _("问题现在是“%(state)s”（由%(holder)s办理），不能%(verb)s；请刷新后再看。")
            % {
                "state": STATE_LABELS[before],
                "holder": HOLDER_LABELS[Holder(locked.holder_kind)],
                "verb": VERB_LABELS[verb],
            },
            code="issue-state",
        )
    require(may_act(by, locked, verb, on=on))
    if verb in NEEDS_TEXT and not text.strip():
        raise Unfit({"text": _("“%(verb)s”要写明情况。") % {"verb": VERB_LABELS[verb]}})
    plan = plan_at(locked.place, locked.found_on)
    locked.state, locked.holder_kind, locked.holder_since = led.state.value, led.holder.value, at
    locked.due_on = _due(led, plan, calendar_for(locked.place), on)
    if led.state is State.CLOSED:
        locked.answer_seen_at = at
    if led.state is State.HANDED_OVER:
        locked.route = Route.HANDED_OVER.value
    locked.save()
    _event(locked, verb.value, text.strip(), by, at).save()
    audit.record(
        f"supervision.issue.{verb.value}",
        locked,
        by=by,
        at=locked.entity.jurisdiction,
        before={"state": before.value},
        after={"state": locked.state, "text": text.strip()},
    )
    return locked


def _due(led: Step, plan: ResolvedPlan, calendar: WorkCalendar, on: date) -> date | None:
    days = getattr(plan.value.issue_sla, led.clock) if led.clock else None
    return calendar.add_workdays(on, days) if days is not None else None


def _event(issue: Issue, verb: str, text: str, by: Post, at: datetime) -> IssueEvent:
    return IssueEvent(
        issue=issue,
        place=issue.place,
        at=at,
        verb=verb,
        state=issue.state,
        text=text,
        by=by,
        by_name=str(by)[:120],
        due_on=issue.due_on,
    )


def _tell_cadre(issue: Issue, on: date, text: str) -> None:
    # Each passage of the same issue is told once.
    key = f"issue:{issue.pk}:{issue.events.count()}"
    url = reverse("supervision:show-issue", args=[issue.pk])
    tell(holders_of(issue.entity_id, on), key=key, kind="issue", text=f"{issue.entity.name}：{text}", url=url)
