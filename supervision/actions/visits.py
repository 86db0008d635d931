"""Entering a visit: exactly once for its key, checked against the plan of its day, fulfilling at most one obligation."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cadres.models import Assignment
from entities.models import Entity
from supervision.actions.closures import report_closure
from supervision.actions.issues import open_issues
from supervision.models import Answer, Obligation, Photo, TaskListVersion, Visit
from supervision.policies import may_enter_visit
from supervision.queries.profiles import closed_on_day, task_list_for, terms_for
from supervision.queries.quarters import plan_for_visit
from supervision.rules.owing import cycle_text, fulfilled_by_visit
from supervision.rules.task_lists import digest_of, items_of
from supervision.rules.visits import Unfit, VisitBody, check
from tenancy import audit
from tenancy.models import Post
from tenancy.plans import ResolvedPlan
from tenancy.rules.paths import ancestors_of
from tenancy.rules.periods import quarter_of
from tenancy.rules.refusals import Refused, require


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a visit that was sent."""

    visit: Visit
    created: bool
    missing: list[str]
    fulfils: bool
    note: str = ""


def submit_visit(entity: Entity, *, key: UUID, body: VisitBody, by: Post, on: date, at: datetime) -> Submitted:
    """Writes the visit with its answers, photos to come and issues, or gives back what stands under the key.

    Raises Refused (a key used for another visit, a post that may not), Unfit with every faulty field. A second visit of a
    quarter is kept beside the first.
    """
    if stands := Visit.objects.filter(key=key).first():
        return _repeated(stands, body)
    assignment = _assignment(entity, body)
    require(may_enter_visit(by, assignment, entity.place))
    assert assignment is not None
    obligation = _obligation(entity, body)
    plan = plan_for_visit(obligation, entity.place, body.visited_on)
    version = _task_list(entity, body, plan)
    closed = closed_on_day(entity, plan, body.visited_on)
    check(body, terms_for(entity, plan, version.document if version else None, closed=closed), on=on)
    visit = _visit(entity, body, assignment, by=by)
    visit.key, visit.obligation, visit.task_list, visit.entered_at = key, obligation, version, at
    visit.mode_name = next(mode.name for mode in plan.value.visit_modes if mode.code == body.mode)
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError:
        # The same phone was faster on another connection, or somebody else's key is guessed.
        return _repeated(Visit.objects.filter(key=key).first(), body)
    _write_parts(visit, body)
    open_issues(visit, body, plan, by=by, on=on, at=at)
    if visit.outcome == "shop_closed":
        report_closure(visit)
    fulfils = _fulfil(visit, obligation)
    _record(visit, by=by, fulfils=fulfils)
    return Submitted(visit, True, visit.missing_photos(), fulfils, _note(visit, obligation, fulfils=fulfils))


def _repeated(stands: Visit | None, body: VisitBody) -> Submitted:
    if stands is None or stands.body_hash != body.digest:
        raise Refused(
            _("这份记录的编码已用于另一份内容不同的督导记录，没有保存；请在手机上另存为新记录后再提交。"),
            code="visit-key-reused",
        )
    fulfils = Obligation.objects.filter(fulfilled_by=stands).exists()
    return Submitted(stands, False, stands.missing_photos(), fulfils, _note(stands, stands.obligation, fulfils=fulfils))


def _assignment(entity: Entity, body: VisitBody) -> Assignment | None:
    """The assignment in force on the day of the visit; an office that types names the cadre it types for."""
    found = Assignment.objects.in_force(body.visited_on).filter(entity=entity).select_related("cadre__post")
    if body.cadre is not None:
        found = found.filter(cadre_id=body.cadre)
    return found.first()


def _obligation(entity: Entity, body: VisitBody) -> Obligation | None:
    """What the visit is for: the earliest that is still owed on its day, else the fulfilled one of its day.

    The rows are locked before anything is written, so that of two cadres at once the second finds what the first left.
    """
    if body.obligation is not None and not Obligation.objects.filter(entity=entity, pk=body.obligation).exists():
        raise Unfit({"obligation": _("这项督导任务不属于这家主体，请从待督导列表重新打开。")})
    owed = (
        Obligation.objects.owed()
        .filter(entity=entity, starts_on__lte=body.visited_on, due_on__gte=quarter_of(body.visited_on).previous.start)
        .select_related("quarter")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    found = list(owed)
    unmet = fulfilled_by_visit((each for each in found if each.fulfilled_by_id is None), body.visited_on)
    if unmet is not None:
        return unmet
    around = [each for each in found if each.due_on >= body.visited_on]
    return min(around, key=lambda each: (each.due_on, -each.ordinal), default=None)


def _task_list(entity: Entity, body: VisitBody, plan: ResolvedPlan) -> TaskListVersion | None:
    """The version the visit was answered on: today's, or an earlier one that was handed out in this place."""
    if body.outcome == "shop_closed":
        return None
    kept = TaskListVersion.objects.filter(place__in=ancestors_of(entity.place), digest=body.task_list)
    if version := kept.order_by("-place").first():
        return version
    document = task_list_for(entity, plan)
    if document is None:
        raise Unfit({"task_list": _("方案里没有适用于这家主体的任务清单，请联系街道经办补充。")})
    if digest_of(document) != body.task_list:
        raise Unfit({"task_list": _("任务清单已更新，请刷新后按新清单核对一遍再提交；已填内容会保留。")})
    version, _made = TaskListVersion.objects.get_or_create(
        jurisdiction=entity.jurisdiction,
        digest=body.task_list,
        defaults={"place": entity.place, "code": document["code"], "name": document["name"], "document": document},
    )
    return version


def _visit(entity: Entity, body: VisitBody, assignment: Assignment, *, by: Post) -> Visit:
    cadre = assignment.cadre
    return Visit(
        entity=entity,
        place=entity.place,
        cadre=cadre,
        cadre_name=cadre.post.person_name,
        cadre_place=assignment.cadre_place,
        body_hash=body.digest,
        mode=body.mode,
        visited_on=body.visited_on,
        started_at=body.started_at,
        entered_by=by,
        entered_by_name=by.person_name,
        outcome=body.outcome,
        conclusion=body.conclusion,
        cadre_signature=list(body.cadre_signature),
        entity_signature=body.entity_signature.as_json() if body.entity_signature else None,
        state="waiting_photos" if body.photos else "complete",
        counted_in=entity.jurisdiction.id_path,
        counted_tier=assignment.tier,
        counted_grade=entity.grade,
        counted_holder=cadre.pk,
    )


def _write_parts(visit: Visit, body: VisitBody) -> None:
    given = {answer.item: answer for answer in body.answers}
    items = items_of(visit.task_list.document) if visit.task_list else {}
    Answer.objects.bulk_create(
        Answer(
            visit=visit,
            place=visit.place,
            position=position,
            item=item,
            text=text,
            answer=given[item].answer,
            note=given[item].note,
        )
        for position, (item, text) in enumerate(items.items(), start=1)
    )
    Photo.objects.bulk_create(
        Photo(visit=visit, place=visit.place, sha256=photo.sha256, item=photo.item) for photo in body.photos
    )


def _fulfil(visit: Visit, obligation: Obligation | None) -> bool:
    """The first visit wins; the condition holds even where the lock was not taken."""
    if obligation is None:
        return False
    open_still = Obligation.objects.unmet().filter(pk=obligation.pk)
    return open_still.update(fulfilled_by=visit, fulfilled_on=visit.visited_on) == 1


def _note(visit: Visit, obligation: Obligation | None, *, fulfils: bool) -> str:
    """Tells a second visitor who was first."""
    if fulfils or obligation is None:
        return ""
    first = Visit.objects.filter(fulfilled=obligation).exclude(pk=visit.pk).first()
    if first is None:
        return ""
    return _("%(cycle)s任务已由%(name)s于%(day)s完成，这次作为增加的督导一并保存。") % {
        "cycle": _("本季") if obligation.cycle == obligation.quarter.label else cycle_text(obligation.cycle),
        "name": first.cadre_name,
        "day": first.visited_on.isoformat(),
    }


def _record(visit: Visit, *, by: Post, fulfils: bool) -> None:
    for_another = visit.entered_for_another
    audit.record(
        "supervision.visit.submitted",
        visit,
        by=by,
        at=visit.entity.jurisdiction,
        on_behalf_of=visit.cadre_name if for_another else "",
        after={
            "entity": visit.entity.name,
            "mode": visit.mode,
            "visited_on": visit.visited_on.isoformat(),
            "outcome": visit.outcome,
            "fulfils": fulfils,
        },
    )
