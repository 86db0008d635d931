"""生命线 of an entity: everything the system knows of it, by the day it is of. Each kind is read by whoever may read it.

A constant number of statements, however much there is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Assignment
from commitments.models import CommitmentLetter
from entities.models import Contact, Entity, EntityChange, Flag, Insurance, Licence, StationCheck, SurveyLine
from entities.queries.checking import status_names
from entities.queries.history import Past, past_of
from entities.queries.sizes import sizes_of
from supervision.models import Issue, IssueEvent, Visit
from tenancy.models import Post
from tenancy.plans import PlanDocument
from tenancy.policies import may
from tenancy.rules.roles import Right

# Kind -> what the page calls it, its icon, and who may read it.
KINDS = {
    "register": (gettext_lazy("登记和导入"), "sheet", Right.VIEW_REGISTER),
    "size": (gettext_lazy("规模"), "chart", Right.VIEW_REGISTER),
    "grade": (gettext_lazy("分级"), "up", Right.VIEW_REGISTER),
    "status": (gettext_lazy("经营状态"), "store", Right.VIEW_REGISTER),
    "change": (gettext_lazy("变动"), "swap", Right.VIEW_REGISTER),
    "paper": (gettext_lazy("证照和保险"), "check-list", Right.VIEW_REGISTER),
    "person": (gettext_lazy("人员"), "user", Right.VIEW_REGISTER),
    "flag": (gettext_lazy("处罚和信用"), "flag", Right.VIEW_REGISTER),
    "check": (gettext_lazy("监督检查"), "shield", Right.VIEW_REGISTER),
    "survey": (gettext_lazy("摸底"), "search", Right.VIEW_REGISTER),
    "assignment": (gettext_lazy("包保关系"), "link", Right.VIEW_CADRES),
    "letter": (gettext_lazy("承诺书"), "pen", Right.VIEW_CADRES),
    "visit": (gettext_lazy("督导"), "pin", Right.VIEW_PROGRESS),
    "issue": (gettext_lazy("问题"), "warn", Right.VIEW_ISSUES),
}


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One thing that happened to an entity, on the day it is of."""

    on: date
    kind: str
    title: str
    text: str = ""
    by: str = ""

    @property
    def kind_name(self) -> str:
        return str(KINDS[self.kind][0])

    @property
    def icon(self) -> str:
        return KINDS[self.kind][1]


def readable_kinds(post: Post, entity: Entity) -> list[str]:
    """The kinds this post may read of the entity."""
    rights = {right: bool(may(post, right, entity.place)) for _name, _icon, right in KINDS.values()}
    return [kind for kind, (_name, _icon, right) in KINDS.items() if rights[right]]


def life_of(entity: Entity, doc: PlanDocument, post: Post, on: date) -> list[LifeEvent]:
    """What happened up to a day, the latest first."""
    past, kinds = past_of(entity, doc), readable_kinds(post, entity)
    events = list(_of_past(past, doc))
    for kind, read in READ.items():
        if kind in kinds:
            events += read(entity)
    return sorted((event for event in events if event.on <= on), key=lambda event: event.on, reverse=True)


def _of_past(past: Past, doc: PlanDocument) -> Iterator[LifeEvent]:
    names = status_names(doc)
    for act in past.acts:
        yield LifeEvent(_day(act.when), "register", act.title, act.text, act.by)
    for grade in past.grades:
        yield LifeEvent(
            grade.valid.lower, "grade", _("定为 %s 级") % grade.effective, grade.reason, _by(grade.recorded_by)
        )
    for state in past.states:
        source = str(state.SOURCES[state.source])
        yield LifeEvent(state.valid.lower, "status", names[state.status], source, _by(state.recorded_by))


def _day(at: datetime) -> date:
    return at.astimezone(get_current_timezone()).date()


def _by(post: Post | None) -> str:
    return str(post) if post else ""


def _sizes(entity: Entity) -> Iterator[LifeEvent]:
    for fact in sizes_of(entity):
        yield LifeEvent(fact.known_on, "size", str(fact), str(fact.get_source_display()))


def _changes(entity: Entity) -> Iterator[LifeEvent]:
    for change in EntityChange.objects.filter(entity=entity).order_by("-pk"):
        undone = _("已于 %s 撤销") % change.undone_on.isoformat() if change.undone_on else ""
        yield LifeEvent(change.since, "change", str(change.get_kind_display()), undone or change.reason)


def _papers(entity: Entity) -> Iterator[LifeEvent]:
    for licence in Licence.objects.filter(entity=entity).order_by("-pk"):
        title = f"{licence.kind_name} {licence.number}"
        yield from _span("paper", licence.valid_from, licence.valid_until, title, (_("生效"), _("到期")))
    for policy in Insurance.objects.filter(entity=entity).order_by("-pk"):
        title = _("责任保险 %s") % policy
        yield from _span("paper", policy.valid_from, policy.valid_until, title, (_("开始"), _("到期")))


def _people(entity: Entity) -> Iterator[LifeEvent]:
    for person in Contact.objects.filter(entity=entity).order_by("-pk"):
        yield from _span("person", person.since, person.until, str(person), (_("任职"), _("离任")))


def _flags(entity: Entity) -> Iterator[LifeEvent]:
    for flag in Flag.objects.filter(entity=entity).order_by("-pk"):
        yield from _span("flag", flag.since, flag.until, f"{flag} {flag.text}", (_("起"), _("止")))


def _checks(entity: Entity) -> Iterator[LifeEvent]:
    for check in StationCheck.objects.filter(entity=entity).order_by("-pk"):
        title = f"{check.source}：{check.get_result_display()}"
        yield LifeEvent(check.checked_on, "check", title, "；".join(filter(None, (check.problems, check.document))))


def _span(kind: str, since: date | None, until: date | None, title: str, words: tuple[str, str]) -> Iterator[LifeEvent]:
    """A thing that holds from one day to another, told on both."""
    for day, word in zip((since, until), words, strict=True):
        if day:
            yield LifeEvent(day, kind, f"{title} {word}")


def _surveys(entity: Entity) -> Iterator[LifeEvent]:
    lines = SurveyLine.objects.filter(entity=entity, drafted_on__isnull=False).select_related("survey")
    for line in lines.order_by("-pk"):
        assert line.drafted_on is not None
        title = f"{line.survey.name}：{line.get_outcome_display()}"
        yield LifeEvent(line.drafted_on, "survey", title, line.note, line.drafted_by_name)


def _assignments(entity: Entity) -> Iterator[LifeEvent]:
    for held in Assignment.objects.filter(entity=entity).order_by("-pk"):
        name = " ".join(part for part in (held.cadre_name, held.cadre_title) if part)
        yield LifeEvent(held.valid.lower, "assignment", _("由 %s 包保") % name, held.reason)
        if held.valid.upper:
            yield LifeEvent(held.valid.upper, "assignment", _("不再由 %s 包保") % name)


def _letters(entity: Entity) -> Iterator[LifeEvent]:
    """Of the cadres who answered for it; a draft is nobody's promise yet."""
    cadres = Assignment.objects.filter(entity=entity).values("cadre")
    for letter in CommitmentLetter.objects.filter(cadre__in=cadres).exclude(state="draft").order_by("-pk"):
        yield LifeEvent(letter.issued_on, "letter", _("生成承诺书 %s") % letter)
        if letter.filed_on:
            yield LifeEvent(letter.filed_on, "letter", _("承诺书归档 %s") % letter, letter.archive_number)


def _visits(entity: Entity) -> Iterator[LifeEvent]:
    for visit in Visit.objects.filter(entity=entity).order_by("-pk"):
        title = f"{visit.mode_name} · {visit.get_outcome_display()}"
        voided = _("已作废：%s") % visit.voided_reason if visit.voided_on else ""
        yield LifeEvent(visit.visited_on, "visit", title, voided or visit.conclusion, visit.cadre_name)


def _issues(entity: Entity) -> Iterator[LifeEvent]:
    for issue in Issue.objects.filter(entity=entity).order_by("-pk"):
        yield LifeEvent(issue.found_on, "issue", _("发现问题：%s") % issue.description, str(issue.get_route_display()))
    # The first event of an issue is the finding itself.
    events = IssueEvent.objects.filter(issue__entity=entity).select_related("issue").order_by("issue", "at", "pk")
    seen: set[int] = set()
    for event in events:
        if event.issue_id in seen:
            title = f"{event.get_verb_display()}：{event.issue.description}"
            yield LifeEvent(_day(event.at), "issue", title, event.text, event.by_name)
        seen.add(event.issue_id)


READ: dict[str, Callable[[Entity], Iterator[LifeEvent]]] = {
    "size": _sizes, "change": _changes, "paper": _papers, "person": _people, "flag": _flags, "check": _checks, "survey": _surveys,
    "assignment": _assignments, "letter": _letters, "visit": _visits, "issue": _issues,
}  # fmt: skip
