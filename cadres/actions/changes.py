"""干部变动 written down and taken back, and the handover of what somebody leaves behind."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cadres.actions.proposing import bearers, charges_of, drafted
from cadres.models import Assignment, Cadre, CadreChange, Proposal
from cadres.queries.changes import clock_of, left_behind
from cadres.queries.coverage import Scope, entities_in_scope, scope_of
from cadres.queries.proposals import candidates, holders_now
from cadres.rules.balance import Balance, Charge, balance
from cadres.rules.changes import CadreChangeKind, ends_post, reason_of_handover, refuse_change
from cadres.rules.tiers import basis_of
from entities.rules.changes import Occasion
from tenancy import audit
from tenancy.actions.accounts import dismiss, reinstate
from tenancy.models import Jurisdiction, Post
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.queries.tree import places_under
from tenancy.rules.clocks import run_clock
from tenancy.rules.refusals import Refused


def register_change(cadre: Cadre, kind: CadreChangeKind, occasion: Occasion, *, by: Post, on: date) -> CadreChange:
    """Somebody no longer answers for his entities from a day on: his post ends, unless he only cannot act for now.

    What he leaves is without a cadre at once; the plan's clock runs from the day of the change.
    """
    refuse_change(occasion.since, occasion.reason, on)
    until = cadre.post.valid.upper
    clock = clock_of(plan_in_force(cadre.place, occasion.since), kind)
    steps = run_clock(clock.terms, occasion.since, calendar_for(cadre.place)) if clock else ()
    last = max((step.date for step in steps if step.date), default=None)
    try:
        with transaction.atomic():
            change = CadreChange.objects.create(
                cadre=cadre, place=cadre.place, kind=kind.value, since=occasion.since, reason=occasion.reason.strip(),
                document=occasion.document.strip(), clock=clock.terms.code if clock else "", due_on=last, post_until=until,
                bearer="、".join(dict.fromkeys(step.step.bearer for step in steps if step.step.bearer))[:60],
                recorded_on=on, recorded_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(
            _("“%(name)s”%(day)s的这项变动已经登记过；请在“干部变动”里查看。")
            % {"name": cadre.post.person_name, "day": occasion.since.isoformat()},
            code="change-twice",
        ) from error
    if ends_post(kind):
        dismiss(cadre.post, by=by, on=occasion.since)
    after = {"kind": change.kind, "since": change.since.isoformat(), "due_on": last and last.isoformat()}
    audit.record("cadres.change.registered", change, by=by, after={**after, "reason": change.reason})
    return change


def undo_change(change: CadreChange, *, by: Post, on: date) -> CadreChange:
    """Takes it back while nobody has taken anything over: the post goes on as before, and so do his entities."""
    change = CadreChange.objects.select_for_update(of=("self",), no_key=True).get(pk=change.pk)
    if change.undone_on:
        raise Refused(_("这项变动已经撤销。"), code="change-undone")
    ended = Assignment.objects.filter(cadre=change.cadre_id, ended_by__isnull=False, valid__endswith__gte=change.since)
    if taken := ended.count():
        raise Refused(
            _("已有 %d 户由别人接手，这项变动不能撤销；请先撤销那一版责任清单，或重新生成方案。") % taken,
            code="undo-used",
        )
    if ends_post(CadreChangeKind(change.kind)):
        reinstate(change.cadre.post, until=change.post_until, by=by)
    change.undone_on, change.undone_by = on, by
    change.save(update_fields=["undone_on", "undone_by"])
    audit.record("cadres.change.undone", change, by=by, before={"since": change.since.isoformat()})
    return change


def propose_handover(
    change: CadreChange, place: Jurisdiction, chosen: Collection[int] = (), *, by: Post, on: date
) -> Proposal:
    """A draft in which only what the cadre leaves behind changes hands, as evenly as tier and place allow.

    chosen: ids of the cadres who are to take over; everybody who fits when it is empty. Looked at, edited, approved
    and taken back as any draft.
    """
    if change.undone_on:
        raise Refused(_("这项变动已经撤销，没有要移交的主体。"), code="change-undone")
    scope = scope_of(place, on)
    left = set(left_behind(change, on).values_list("pk", flat=True))
    entities = {pk: (grade, at) for pk, grade, at in entities_in_scope(scope).values_list("pk", "grade", "place")}
    if not left & entities.keys():
        raise Refused(
            _("“%s”名下没有要移交的主体：都已有人接手，或不在本级包保范围内。") % change.cadre.post.person_name,
            code="nothing-left",
        )
    others = [cadre for cadre in candidates(scope) if cadre.pk != change.cadre_id]
    takers = [cadre for cadre in others if not chosen or cadre.pk in chosen]
    if not takers:
        raise Refused(_("没有选中可以接手的在任干部；请至少选一人。"), code="no-cadres")
    held = holders_now(place.path, on)
    charges = charges_of(scope, [*others, change.cadre], entities, held)
    mine = [replace(charge, holder=None) for charge in charges if charge.id in left]
    stay = _staying(charges, left, {cadre.pk for cadre in others})
    found = _handed_over(mine, stay, takers, scope)
    _refuse_unfit(mine, found, chosen)
    basis = {grade: basis_of(scope.plan, grade) for grade in scope.grades}
    names = {each.path: each.name for each in places_under(place.path)}
    words = {
        charge.id: reason_of_handover(
            basis[entities[charge.id][0]], names.get(charge.area, ""), change.cadre.post.person_name,
            found.loads.get(found.chosen[charge.id] or 0),
        )
        for charge in mine
    }  # fmt: skip
    return drafted(scope, charges, entities, found, held, by=by, reasons=words)


def _staying(charges: Iterable[Charge], left: Collection[int], in_post: Collection[int]) -> dict[int, int | None]:
    """Everything else as it stands; what another one left before stays without a cadre."""
    return {each.id: each.holder if each.holder in in_post else None for each in charges if each.id not in left}


def _handed_over(mine: Iterable[Charge], stay: dict[int, int | None], takers: Iterable[Cadre], scope: Scope) -> Balance:
    loads = Counter(holder for holder in stay.values() if holder is not None)
    dealt = balance(mine, [replace(each, load=loads[each.id]) for each in bearers(takers, scope)])
    kept = frozenset(pk for pk, holder in stay.items() if holder is not None)
    return Balance({**stay, **dealt.chosen}, {**loads, **dealt.loads}, kept)


def _refuse_unfit(mine: Iterable[Charge], found: Balance, chosen: Collection[int]) -> None:
    """With picked successors everything has to find one; without, what nobody can take stays visible as such."""
    if chosen and (homeless := [each.id for each in mine if found.chosen[each.id] is None]):
        raise Refused(
            _("选中的干部里没有人能接手其中 %d 户：层级或任职区域不符。请多选几人，或不选人由系统分配。")
            % len(homeless),
            code="wrong-area",
        )
