"""Acts on a plan before it is in force and until it is used: begin, change, replace, drop, put in force, withdraw.

A draft counts its changes. Whoever writes names the one he had before him (`seen`); if somebody else was faster nothing
is written. `by` is None for a command, which asks no right.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.plans import adopt_plan
from tenancy.models import Jurisdiction, Plan, PlanAnnex, PlanDraft, Post
from tenancy.plans import PlanFile, check, shipped_plan
from tenancy.plans.checking import gaps
from tenancy.plans.differences import differences
from tenancy.plans.drafting import Changes, FaultyPlan, changed, checked_text, copied, from_parts
from tenancy.plans.writing import plan_text, written_header
from tenancy.policies import may
from tenancy.queries.papers import draft_file, file_of, layers_under, previous_of
from tenancy.queries.subplans import uses_below
from tenancy.rules.names import tidy
from tenancy.rules.paths import ancestors_of
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right

NAME_LENGTH = 100


def start_draft(
    jurisdiction: Jurisdiction, *, name: str, basis: Plan | str | None, by: Post | None, at: datetime
) -> PlanDraft:
    """A draft that begins empty (with its name as title), as a copy of a plan of this place or of one above, or of a
    shipped plan named by its code. A copy leaves out what belongs to the other paper alone.
    """
    _require(by, jurisdiction)
    name = tidy(name)[:NAME_LENGTH]
    if not name:
        raise Refused(_("请给草稿起个名称，例如“2027年修订稿”，方便和别的草稿区分。"), code="draft-unnamed")
    draft = PlanDraft(jurisdiction=jurisdiction, place=jurisdiction.path, name=name, edited_by=by, edited_at=at)
    if isinstance(basis, Plan):
        if basis.place not in ancestors_of(jurisdiction.path):
            raise Refused(_("只能从本地、上级或随程序附带的方案抄起；别处的方案请下载文本后导入。"), code="draft-basis")
        draft.based_on = basis
        _lay(draft, copied(file_of(basis), same_office=basis.place == jurisdiction.path))
    elif basis:
        draft.based_on_code = basis
        _lay(draft, copied(shipped_plan(basis), same_office=False))
    else:
        _lay(draft, from_parts({"title": name}, {}, {}))
    draft.save()
    if draft.based_on and draft.based_on.place == jurisdiction.path:
        _copy_annexes(draft.based_on, draft, by)
    basis_name = draft.based_on_code or str(draft.based_on or "")
    audit.record("tenancy.plandraft.started", draft, by=by, after={"name": name, "basis": basis_name})
    return draft


def change_draft(
    draft: PlanDraft, changes: Changes, *, seen: int, by: Post | None, on: date, at: datetime
) -> PlanDraft:
    """Puts, clears and resets single keys. Raises FaultyPlan for what does not fit the schema, or leaves a gap over what
    the plan would lie on that day; nothing is written then.
    """
    draft = _locked(draft, seen, by)
    file = changed(draft_file(draft), changes)
    if problems := gaps(file.values, layers_under(draft.place, on)):
        raise FaultyPlan(problems)
    return _rewritten(draft, file, by=by, at=at)


def replace_draft(
    draft: PlanDraft, text: bytes | str, *, seen: int, by: Post | None, on: date, at: datetime
) -> PlanDraft:
    """Takes a whole plan file instead of what stands there. Raises FaultyPlan with all its faults at once.

    The plan is judged over what it would lie on that day.
    """
    draft = _locked(draft, seen, by)
    return _rewritten(draft, checked_text(text, layers_under(draft.place, on)), by=by, at=at)


def drop_draft(draft: PlanDraft, *, seen: int, by: Post | None, at: datetime) -> PlanDraft:
    """Puts a draft aside; it is kept and cannot be changed any more."""
    draft = _locked(draft, seen, by)
    draft.state = "dropped"
    _touch(draft, by=by, at=at)
    audit.record("tenancy.plandraft.dropped", draft, by=by, before={"state": "draft"}, after={"state": draft.state})
    return draft


@transaction.atomic
def put_in_force(
    draft: PlanDraft, *, since: date, seen: int, opened: Sequence[str], by: Post | None, on: date, at: datetime
) -> Plan:
    """The draft becomes the place's plan from a day on; the version before ends the day before.

    `opened` names the quarters that were opened on that day or later, as the app above knows them: a day gone by that
    a quarter has used cannot get another plan. Raises FaultyPlan while the plan contradicts itself or what it lies on.
    """
    # Two drafts of one place at once: the second sees what the first has done.
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=draft.jurisdiction_id)
    draft = _locked(draft, seen, by)
    if since < on and opened:
        raise Refused(
            _("%(day)s 起已按原方案启动了%(opened)s，已过去的日子不能再换方案；请改为今天或以后的日期启用。")
            % {"day": since.isoformat(), "opened": "、".join(opened)},
            code="plan-day-used",
        )
    file = draft_file(draft)
    if problems := check(plan_text(file), layers_under(draft.place, since)):
        raise FaultyPlan(problems)
    plan = adopt_plan(draft.jurisdiction, file, since=since, by=by)
    draft.state, draft.plan = "in_force", plan
    _touch(draft, by=by, at=at)
    PlanAnnex.objects.filter(draft=draft).update(plan=plan, draft=None)
    return plan


@transaction.atomic
def withdraw_plan(plan: Plan, *, used: Sequence[str], by: Post | None, at: datetime) -> PlanDraft:
    """Takes back a plan that nothing has used yet: it is a draft again, and the version before goes on.

    `used` names what was done under it, as the app above knows it; what was filed under it is asked here.
    """
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=plan.jurisdiction_id)
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction").get(pk=plan.pk)
    _require(by, plan.jurisdiction)
    if reasons := [*used, *uses_below(plan)]:
        raise Refused(
            _("《%(title)s》已经用过：%(uses)s。不能撤回；请另起新版本，从以后的日期启用。")
            % {"title": plan.title, "uses": "、".join(reasons)},
            code="plan-used",
        )
    draft = _draft_again(plan, by=by, at=at)
    PlanAnnex.objects.filter(plan=plan).update(plan=None, draft=draft)
    before = previous_of(plan)
    span = {"since": plan.valid.lower.isoformat(), "until": plan.valid.upper and plan.valid.upper.isoformat()}
    audit.record("tenancy.plan.withdrawn", plan, by=by, before=span, after={"draft": draft.pk})
    upper = plan.valid.upper
    plan.delete()
    if before is not None:
        before.valid = DateRange(before.valid.lower, upper)
        before.save(update_fields=["valid"])
    return draft


def _require(by: Post | None, jurisdiction: Jurisdiction) -> None:
    if by is not None:
        require(may(by, Right.EDIT_PLAN, jurisdiction.path))


def _locked(draft: PlanDraft, seen: int, by: Post | None) -> PlanDraft:
    """The draft as it is now, held for this act; refused when it is another one than its person had before him."""
    rows = PlanDraft.objects.select_related("jurisdiction", "edited_by").select_for_update(of=("self",), no_key=True)
    draft = rows.get(pk=draft.pk)
    _require(by, draft.jurisdiction)
    if draft.state != "draft":
        raise Refused(
            _("草稿“%(name)s”%(state)s，不能再改；需要修改请另起草稿。")
            % {"name": draft.name, "state": draft.get_state_display()},
            code="draft-closed",
        )
    if draft.version != seen:
        who = draft.edited_by.person_name if draft.edited_by else _("系统")
        raise Refused(
            _("“%(name)s”在您打开之后已由%(who)s改到第%(now)d稿，这次没有保存；请对照最新内容后再保存。")
            % {"name": draft.name, "who": who, "now": draft.version},
            code="draft-stale",
        )
    return draft


def _rewritten(draft: PlanDraft, file: PlanFile, *, by: Post | None, at: datetime) -> PlanDraft:
    """Lays the file into the draft; the trail gets the keys that differ, and nothing is counted when none does."""
    before = {"header": draft.header, **draft.document}
    _lay(draft, file)
    found = list(differences(before, {"header": draft.header, **draft.document}))
    if not found:
        return draft
    _touch(draft, by=by, at=at)
    keys: dict[str, Any] = {"version": draft.version, "keys": [each.key for each in found]}
    audit.record("tenancy.plandraft.changed", draft, by=by, before={"version": draft.version - 1}, after=keys)
    return draft


def _lay(draft: PlanDraft, file: PlanFile) -> None:
    draft.header, draft.document = written_header(file.header), file.document()


def _touch(draft: PlanDraft, *, by: Post | None, at: datetime) -> None:
    draft.version += 1
    draft.edited_by, draft.edited_at = by, at
    draft.save()


def _draft_again(plan: Plan, *, by: Post | None, at: datetime) -> PlanDraft:
    """The draft the plan came from, open again; a new one when it came without."""
    draft = PlanDraft.objects.select_for_update(no_key=True).filter(plan=plan).first()
    if draft is None:
        place = plan.jurisdiction
        draft = PlanDraft(jurisdiction=place, place=place.path, name=plan.title[:NAME_LENGTH], version=0)
        _lay(draft, file_of(plan))
    draft.state, draft.plan = "draft", None
    _touch(draft, by=by, at=at)
    return draft


def _copy_annexes(plan: Plan, draft: PlanDraft, by: Post | None) -> None:
    """A new version begins with the annexes of the one before; the files are shared, since none is ever changed."""
    for annex in plan.annexes.order_by("pk"):
        annex.pk, annex.plan, annex.draft, annex.added_by = None, None, draft, by
        annex.save()
