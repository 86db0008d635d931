"""Approving a proposal: assignments begin and end on one day, and the responsibility list is kept as a file.

All in one transaction with one audit event; taking it back is the same act the other way round.
"""

import hashlib
from collections.abc import Mapping
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, F, Func, Max, ProtectedError, QuerySet, Value
from django.utils.translation import gettext as _

from cadres.models import Assignment, Proposal, ProposedAssignment, ResponsibilityList
from cadres.queries.coverage import ListFilter, Scope, list_counts, scope_of
from cadres.queries.papers import printed_rows
from cadres.queries.proposals import begins_later, over_full, stale_lines
from cadres.rules.caps import Excess, excess_in_words, refusal_of
from cadres.workbooks import list_workbook
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Refused
from tenancy.scoping import refresh_statistics

BATCH = 1000
NAMED = 5


def approve(proposal: Proposal, *, by: Post, on: date, over_cap_reasons: Mapping[int, str]) -> ResponsibilityList:
    """Puts a draft in force from its first day, or from today when that has passed; returns the new list version.

    over_cap_reasons: cadre id -> why he carries more than his tier's cap. A soft cap wants one for each such cadre, a
    hard one refuses.
    """
    with transaction.atomic():
        proposal = (
            Proposal.objects.select_for_update(of=("self",), no_key=True)
            .select_related("jurisdiction")
            .get(pk=proposal.pk)
        )
        if proposal.state != "draft":
            raise Refused(_("这个方案当前是“%s”，不能批准。") % proposal.get_state_display(), code="proposal-state")
        start = max(proposal.on, on)
        scope = scope_of(proposal.jurisdiction, start)
        _refuse_stale(proposal, scope)
        over = over_full(proposal, scope)
        reasons = _reasons(over, over_cap_reasons)
        version = _new_version(scope, by=by, on=on)
        _end(_outdated(proposal, start), version, start)
        _begin(proposal, version, start, reasons)
        refresh_statistics(Assignment)
        _keep_file(version, scope, over, reasons)
        proposal.state, proposal.responsibility_list = "approved", version
        proposal.save(update_fields=["state", "responsibility_list"])
        audit.record(
            "cadres.list.approved",
            version,
            by=by,
            after={"number": version.number, "since": start.isoformat(), **version.counts},
        )
    return version


def _refuse_stale(proposal: Proposal, scope: Scope) -> None:
    if begins := begins_later(scope.jurisdiction.path, scope.on):
        raise Refused(
            _("已有从%s起生效的责任清单。请把起始日期放在那之后，或先撤销那一版。") % begins.isoformat(),
            code="list-ahead",
        )
    if changed := stale_lines(proposal, scope):
        raise Refused(
            _("方案生成后，有%d户主体的等级、状态或包保干部已变化。请重新生成方案后再批准。") % changed,
            code="proposal-stale",
        )
    lines = ProposedAssignment.objects.filter(proposal=proposal)
    left = lines.filter(cadre__isnull=False).exclude(cadre__post__valid__contains=scope.on)
    if names := sorted(set(left.values_list("cadre__post__person_name", flat=True))):
        raise Refused(
            _("%(names)s到%(day)s已不在任。请重新生成方案，或为其名下主体改选干部。")
            % {"names": "、".join(names[:NAMED]), "day": scope.on.isoformat()},
            code="not-in-post",
        )


def _reasons(over: Mapping[int, Excess], given: Mapping[int, str]) -> dict[int, str]:
    """The reasons for the over-full cadres. Raises Refused naming those of a hard cap, else those without one."""
    if hard := [each for each in over.values() if each.cap.is_hard]:
        raise Refused(refusal_of(hard), code="over-cap")
    reasons = {cadre: given.get(cadre, "").strip()[:200] for cadre in over}
    if missing := [over[cadre] for cadre, reason in reasons.items() if not reason]:
        raise Refused(_("%s。可以批准，但每人都要写明理由。") % excess_in_words(missing), code="over-cap")
    return reasons


def _new_version(scope: Scope, *, by: Post, on: date) -> ResponsibilityList:
    place = scope.jurisdiction
    last = ResponsibilityList.objects.filter(jurisdiction=place).aggregate(last=Max("number"))["last"] or 0
    return ResponsibilityList.objects.create(
        jurisdiction=place,
        place=place.path,
        number=last + 1,
        approved_on=on,
        approved_by=by,
        plan_source=scope.plan.cite("tier_map")[:120],
    )


def _outdated(proposal: Proposal, start: date) -> QuerySet[Assignment]:
    """Assignments whose line names another cadre, or none."""
    lines = ProposedAssignment.objects.filter(proposal=proposal, holder__isnull=False).exclude(cadre=F("holder"))
    return Assignment.objects.in_force(start).filter(entity__in=lines.values("entity"))


def _end(outdated: QuerySet[Assignment], version: ResponsibilityList, start: date) -> None:
    """Their last day is the day before. What began that very day cannot be ended without rewriting it."""
    fresh = outdated.filter(valid__startswith__gte=start).select_related("entity").order_by("entity__sort_key")
    if names := [assignment.entity.name for assignment in fresh[:NAMED]]:
        raise Refused(
            _("“%(names)s”等主体的包保关系从%(day)s才开始。请先撤销那一版清单，或把起始日期改到次日以后。")
            % {"names": "、".join(names), "day": start.isoformat()},
            code="same-day",
        )
    outdated.update(valid=_from_its_first_day(start), ended_by=version)


def _from_its_first_day(until: date | None) -> Func:
    """The assignment's own first day, up to another end."""
    first = Func(F("valid"), function="lower")
    return Func(first, Value(until, output_field=DateField()), Value("[)"), function="daterange")


def _begin(proposal: Proposal, version: ResponsibilityList, start: date, reasons: Mapping[int, str]) -> None:
    lines = ProposedAssignment.objects.filter(proposal=proposal).changed().select_related("entity", "cadre__post")
    fresh = [
        Assignment(
            entity=line.entity,
            place=line.entity.place,
            cadre=line.cadre,
            cadre_place=line.cadre.place,
            cadre_name=line.cadre.post.person_name,
            cadre_title=f"{line.cadre.post.unit}{line.cadre.post.title}"[:120],
            tier=line.tier,
            valid=DateRange(start, None),
            responsibility_list=version,
            reason=line.reason,
            over_cap_reason=reasons.get(line.cadre.pk, ""),
        )
        for line in lines.order_by("entity_id")
        if line.cadre is not None
    ]
    outside = [each.entity.name for each in fresh if not each.place.startswith(each.cadre_place)]
    if outside:
        raise Refused(
            _("“%s”等主体不在所选干部的任职区域内。请重新生成方案。") % "、".join(outside[:NAMED]), code="wrong-area"
        )
    try:
        with transaction.atomic():
            Assignment.objects.bulk_create(fresh, batch_size=BATCH)
    except IntegrityError as error:
        raise Refused(
            _("同一主体同一天只能有一名包保干部，已有人同时办理。请重新生成方案。"), code="overlap"
        ) from error


def _keep_file(
    version: ResponsibilityList, scope: Scope, over: Mapping[int, Excess], reasons: Mapping[int, str]
) -> None:
    place, names = scope.jurisdiction, scope.plan.value.names
    title = f"{place.name}{names.responsibility_list}"
    data = list_workbook(title, place.name, version.approved_on, names.area, printed_rows(scope, ListFilter()))
    version.sha256 = hashlib.sha256(data).hexdigest()
    version.stored = default_storage.save(f"{place.path}lists/{version.sha256}.xlsx", ContentFile(data))
    version.counts = {
        **list_counts(scope),
        "since": scope.on.isoformat(),
        "over_cap": [{"cadre": pk, "load": each.load, "reason": reasons[pk]} for pk, each in over.items()],
    }
    version.save(update_fields=["sha256", "stored", "counts"])


def undo_approval(version: ResponsibilityList, *, by: Post, on: date) -> ResponsibilityList:
    """Takes an approval back while nothing later touched it: its assignments go, those it ended go on.

    Only up to its first day: afterwards somebody has answered for these entities, and that stays true.
    """
    with transaction.atomic():
        version = ResponsibilityList.objects.select_for_update(no_key=True).get(pk=version.pk)
        _refuse_undo(version, on)
        made = Assignment.objects.filter(responsibility_list=version)
        taken = made.count()
        try:
            made.delete()
        except ProtectedError as error:
            names = sorted({str(each) for each in error.protected_objects})
            raise Refused(
                _("这一版清单的包保关系已被使用（%s等），不能撤销。请重新生成方案调整。") % "、".join(names[:NAMED]),
                code="list-used",
            ) from error
        ended = Assignment.objects.filter(ended_by=version)
        restored = ended.update(valid=_from_its_first_day(None), ended_by=None)
        version.undone_on = on
        version.save(update_fields=["undone_on"])
        Proposal.objects.filter(responsibility_list=version).update(state="undone")
        audit.record("cadres.list.undone", version, by=by, after={"removed": taken, "restored": restored})
    return version


def _refuse_undo(version: ResponsibilityList, on: date) -> None:
    if version.undone_on:
        raise Refused(_("第%d版清单已经撤销。") % version.number, code="list-undone")
    later = ResponsibilityList.objects.filter(
        jurisdiction_id=version.jurisdiction_id, number__gt=version.number, undone_on=None
    )
    if newer := later.order_by("number").first():
        raise Refused(
            _("第%(newer)d版清单是在第%(this)d版之上批准的。请先撤销第%(newer)d版。")
            % {"newer": newer.number, "this": version.number},
            code="list-superseded",
        )
    since = date.fromisoformat(version.counts["since"])
    if on > since:
        raise Refused(
            _("第%(n)d版清单已从%(day)s起执行，谁在哪天负责不能改写。请重新生成方案，从今天起调整。")
            % {"n": version.number, "day": since.isoformat()},
            code="list-in-force",
        )
