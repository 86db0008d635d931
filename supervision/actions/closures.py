"""已关店: what a visit reported goes into the register only when somebody of the office has checked it."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.models import Cadre
from entities.actions.register import change_status, version_of
from entities.models import Entity
from entities.rules.vocabulary import OperatingStatus
from supervision.actions.telling import holders_of, tell
from supervision.models import ClosureReport, Obligation, Visit
from supervision.policies import may_decide_closure
from supervision.rules.closures import CLOSURES, ClosureState, closed_from, closed_statuses
from supervision.rules.visits import Unfit
from tenancy import audit
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused, require


def report_closure(visit: Visit) -> None:
    """Puts a shop that a visit found closed on the office's list."""
    ClosureReport.objects.create(visit=visit, place=visit.place)


def accept_closure(report: ClosureReport, status: str, *, by: Post, on: date, at: datetime) -> ClosureReport:
    """The shop is closed: the register says so from the day of the visit, and nothing that was not due before is owed.

    Other reports of the same shop that wait are answered with it.
    """
    visit, waiting = _taken_up(report, by)
    names = closed_statuses(plan_in_force(visit.place, on).value)
    if status not in names:
        raise Unfit({"status": _("请选择台账要改成的经营状态：%s。") % "、".join(names.values())})
    day = _close_entity(visit, OperatingStatus(status), by=by, on=on)
    visits = [each.visit_id for each in waiting]
    reason = _("督导反映已关店，%s核实") % by.person_name
    Obligation.objects.filter(fulfilled_by__in=visits).update(fulfilled_by=None, fulfilled_on=None)
    running = Obligation.objects.unmet().filter(entity=visit.entity_id, due_on__gte=day)
    running.update(closed_on=day, closed_reason=reason[:200])
    for each in waiting:
        each.status = status
    return _decided(report, waiting, ClosureState.ACCEPTED, by=by, at=at, after={"status": status, "from": str(day)})


def reject_closure(report: ClosureReport, *, reason: str, by: Post, on: date, at: datetime) -> ClosureReport:
    """The shop is open: its visit is owed again, unless a later one was made, and the cadre is told why."""
    visit, _waiting = _taken_up(report, by)
    if not reason.strip():
        raise Unfit({"reason": _("请写明核实的情况，包保干部会看到。")})
    report.reason = reason.strip()[:200]
    open_again = _open_again(visit)
    text = _("%(entity)s：经核实没有关店（%(reason)s）。") % {"entity": visit.entity.name, "reason": report.reason}
    if open_again:
        text += _("这次督导不计入任务，请再到店督导。")
    cadre = Cadre.objects.filter(pk=visit.cadre_id).select_related("post").first()
    posts = {post.pk: post for post in [*holders_of(visit.entity_id, on), *([cadre.post] if cadre else [])]}
    tell(posts.values(), key=f"closure:{report.pk}", kind="closure", text=text, url=reverse("supervision:my-visits"))
    after = {"reason": report.reason, "owed_again": open_again}
    return _decided(report, [report], ClosureState.REJECTED, by=by, at=at, after=after)


def _taken_up(report: ClosureReport, by: Post) -> tuple[Visit, list[ClosureReport]]:
    """The visit, and all that wait about its shop; locked, so that of two clerks the second sees what the first did."""
    same = ClosureReport.objects.filter(visit__entity=report.visit.entity_id)
    locked: QuerySet[ClosureReport] = same.select_for_update(no_key=True, of=("self",)).order_by("pk")
    found = {each.pk: each for each in locked}
    report.state = found[report.pk].state
    if report.state != ClosureState.WAITING:
        raise Refused(_("这条反映已处理为“%s”，请刷新后再看。") % CLOSURES[report.state], code="closure-decided")
    visit = Visit.objects.select_related("entity__jurisdiction").get(pk=report.visit_id)
    require(may_decide_closure(by, visit))
    others = [each for each in found.values() if each.state == ClosureState.WAITING and each.pk != report.pk]
    return visit, [report, *others]


def _close_entity(visit: Visit, status: OperatingStatus, *, by: Post, on: date) -> date:
    """The day from which the register has the shop closed; what it has said since the visit is not written over."""
    entity = Entity.every.get(pk=visit.entity_id)
    record = entity.status_records.filter(valid__upper_inf=True).first()
    day = closed_from(visit.visited_on, recorded_from=record.valid.lower if record else None, on=on)
    if entity.merged_into_id is None and entity.status != status.value:
        said = {"cadre": visit.cadre_name, "number": visit.number}
        reason = _("%(cadre)s督导时反映已关店（记录 %(number)s），经办核实") % said
        change_status(entity, status, reason=reason, by=by, on=day, seen=version_of(entity), source="visit")
    return day


def _open_again(visit: Visit) -> bool:
    """Takes the fulfilment back; a visit that was made for the same obligation afterwards steps in."""
    owed = Obligation.objects.select_for_update(no_key=True).filter(fulfilled_by=visit).first()
    if owed is None:
        return False
    made = owed.visits.filter(outcome="done", voided_on=None, fulfilled=None).order_by("visited_on", "pk").first()
    owed.fulfilled_by, owed.fulfilled_on = made, made.visited_on if made else None
    owed.save(update_fields=["fulfilled_by", "fulfilled_on"])
    return made is None


def _decided(
    report: ClosureReport,
    rows: list[ClosureReport],
    state: ClosureState,
    *,
    by: Post,
    at: datetime,
    after: dict[str, object],
) -> ClosureReport:
    for row in rows:
        row.state, row.decided_by, row.decided_by_name, row.decided_at = state.value, by, by.person_name, at
        row.save()
    visit = Visit.objects.select_related("entity__jurisdiction").get(pk=report.visit_id)
    audit.record(
        f"supervision.closure.{state.value}",
        report,
        by=by,
        at=visit.entity.jurisdiction,
        after={"entity": visit.entity.name, "reports": len(rows), **after},
    )
    return report
