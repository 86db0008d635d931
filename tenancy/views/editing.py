"""方案草稿, section by section: what holds and who says so, one place at a time in a form, and the way back."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.boundfield import BoundField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.actions import drafts as acts
from tenancy.forms.plan_values import NULL, Block, ValueForm
from tenancy.forms.plans import SeenForm
from tenancy.models import PlanDraft
from tenancy.plans import check
from tenancy.plans.drafting import Changes, FaultyPlan
from tenancy.plans.editing import (
    Sheet,
    Spot,
    dotted,
    edited,
    fingerprint,
    put_whole,
    read,
    rearranged,
    reset,
    silent_on,
    spot_at,
    undoing,
)
from tenancy.plans.fields import Kind, Steps, lists, node_at
from tenancy.plans.overview import PAPER, Desk, Origin, Part, can_be_cleared, said
from tenancy.plans.writing import plan_text
from tenancy.queries.papers import draft_file, layers_under
from tenancy.rules.refusals import Refused
from tenancy.views.drafts import STATUS, readable_draft

UNDO = "plan-undo"
MOVES = {"up": -1, "down": 1, "remove": None}


@dataclass(frozen=True)
class Sitting:
    """One draft open at one section."""

    request: HttpRequest
    draft: PlanDraft
    number: int

    @cached_property
    def desk(self) -> Desk:
        post = self.request.post  # type: ignore[attr-defined]
        below = layers_under(self.draft.place, timezone.localdate(), post)
        return Desk(draft_file(self.draft), tuple(below))

    @cached_property
    def sheet(self) -> Sheet:
        return self.desk.sheet(self.number)

    @cached_property
    def parts(self) -> list[Part]:
        problems = check(plan_text(self.desk.file), self.desk.below) if self.draft.state == "draft" else []
        return self.desk.parts(problems)

    def section(self) -> str:
        return reverse("tenancy:edit-section", args=[self.draft.pk, self.number])

    def place(self, path: str) -> str:
        return reverse("tenancy:edit-value", args=[self.draft.pk, self.number, path])

    def change(self, changes: Changes, seen: int) -> PlanDraft:
        """Makes the changes, says what has become of what, and keeps the way back for one press."""
        by, at = self.request.post, timezone.now()  # type: ignore[attr-defined]
        after = acts.change_draft(self.draft, changes, seen=seen, by=by, on=timezone.localdate(at), at=at)
        if after.version == seen:
            messages.info(self.request, _("没有改动，内容和原来一样。"))
            return after
        desk = Desk(draft_file(after), self.desk.below)
        back = asdict(undoing(self.desk.file, desk.file))
        self.request.session[UNDO] = {"draft": after.pk, "seen": after.version, "number": self.number, "back": back}
        undo = reverse("tenancy:undo-edit", args=[after.pk])
        messages.success(self.request, _("已改：%s") % said(self.desk, desk), extra_tags=undo)
        return after


def sitting_at(request: HttpRequest, draft_id: int, number: int) -> Sitting:
    """The draft at a section that there is."""
    sitting = Sitting(request, readable_draft(request, draft_id), number)
    if number >= len(sitting.desk.parts(())):
        raise Http404
    return sitting


@login_required
@require_http_methods(["GET", "POST"])
def edit_section(request: HttpRequest, draft_id: int, number: int) -> HttpResponse:
    """Every key of a section; sends one back to what is inherited, clears it, or writes down what is inherited."""
    sitting = sitting_at(request, draft_id, number)
    if request.method == "POST":
        key, changes = _by_button(sitting, request.POST)
        form = SeenForm(request.POST)
        sitting.change(changes, form.cleaned_data["seen"] if form.is_valid() else 0)
        return redirect(f"{sitting.section()}#key-{key.partition('.')[0]}")
    parts = sitting.parts
    context = {
        "draft": sitting.draft,
        "parts": parts,
        "part": parts[number],
        "rows": sitting.desk.rows(parts[number]),
        "is_paper": number == PAPER,
        "seen_form": SeenForm(initial={"seen": sitting.draft.version}),
    }
    return render(request, "tenancy/plans/edit_section.html", context)


def _by_button(sitting: Sitting, given: QueryDict) -> tuple[str, Changes]:
    """The key and the changes one button asks for; a button this page does not have is missing."""
    act = next((name for name in ("reset", "clear", "restate") if name in given), "")
    spot = spot_at(sitting.sheet, given.get(act, ""))
    if not act or spot is None or spot.is_in_list or sitting.sheet.is_paper:
        raise Http404
    if act == "reset":
        return spot.key, reset(sitting.desk.file, spot.key)
    value = None if act == "clear" else read(sitting.sheet.values, spot.steps)
    return spot.key, put_whole(sitting.sheet, spot.steps, value)


@login_required
@require_http_methods(["GET", "POST"])
def edit_value(request: HttpRequest, draft_id: int, number: int, path: str) -> HttpResponse:
    """One place of the plan: its fields, and the lists inside it with their items."""
    sitting = sitting_at(request, draft_id, number)
    spot = spot_at(sitting.sheet, path)
    if spot is None:
        raise Http404
    if request.method == "GET":
        form = _form(sitting, spot)
        return _page(sitting, spot, form)
    if move := next((name for name in MOVES if name in request.POST), ""):
        return _moved(sitting, spot, move)
    form = _form(sitting, spot, request.POST)
    if not form.is_valid():
        return _page(sitting, spot, form, status=422)
    return _saved(sitting, spot, form)


def _form(sitting: Sitting, spot: Spot, data: QueryDict | None = None, **initial: Any) -> ValueForm:
    """The form of a spot; a key of the values has a clause, unless it says itself where it stands."""
    has_own = spot.node.part("clause") and spot.node.kind is Kind.GROUP
    clause = sitting.desk.file.clauses.get(spot.key, "")
    is_key = bool(spot.steps) and not spot.is_in_list and not sitting.sheet.is_paper
    facts = {"seen": sitting.draft.version, "basis": fingerprint(sitting.sheet, spot), **initial}
    asks = is_key and (clause or not has_own)
    return ValueForm(data, sheet=sitting.sheet, spot=spot, clause=clause if asks else None, initial=facts)


def _saved(sitting: Sitting, spot: Spot, form: ValueForm) -> HttpResponse:
    made = edited(sitting.sheet, spot, form.edits())
    changes = Changes(made.put, made.reset, form.clause_edit(), made.header)
    inside = sitting.request.POST.get("reset", "")
    if inside:
        changes = silent_on(sitting.desk.file, _inside(sitting, spot, inside), changes)
    try:
        sitting.change(changes, form.cleaned_data["seen"])
    except FaultyPlan as faulty:
        form.take(faulty.problems, dotted(("header" if sitting.sheet.is_paper else "values", *spot.steps)))
        return _page(sitting, spot, form, status=422)
    except Refused as refused:
        if refused.code != "draft-stale":
            raise
        return _given_back(sitting, spot, form, refused)
    return redirect(sitting.place(spot.key) if inside else _after(sitting, spot))


def _inside(sitting: Sitting, spot: Spot, key: str) -> str:
    """The key of a value inside the open map, which goes back to what is inherited with what was typed beside it."""
    found = spot_at(sitting.sheet, key)
    if found is None or found.is_in_list or sitting.sheet.is_paper or not key.startswith(f"{spot.key}."):
        raise Http404
    return key


def _given_back(sitting: Sitting, spot: Spot, form: ValueForm, refused: Refused) -> HttpResponse:
    """What was typed, with who was faster. Who saves again means it, unless the list around it has become another."""
    is_same = form.cleaned_data["basis"] == fingerprint(sitting.sheet, spot) or not spot.is_in_list
    data = sitting.request.POST.copy()
    if is_same:
        data["seen"], data["basis"] = str(sitting.draft.version), fingerprint(sitting.sheet, spot)
    again = _form(sitting, spot, data)
    return _page(sitting, spot, again, status=STATUS[refused.code], refused=refused.reason, is_same=is_same)


def _moved(sitting: Sitting, spot: Spot, move: str) -> HttpResponse:
    """Moves an item of a list, or takes it away."""
    form, number = SeenForm(sitting.request.POST), sitting.request.POST[move]
    if spot.node.kind is not Kind.ITEMS or not number.isdecimal() or len(number) > 4:
        raise Http404
    made = rearranged(sitting.sheet, spot.steps, int(number), MOVES[move])
    sitting.change(made, form.cleaned_data["seen"] if form.is_valid() else 0)
    return redirect(_home(sitting, spot.steps))


def _after(sitting: Sitting, spot: Spot) -> str:
    """Where one goes on: to the lines of a new item that has some, else to what is around the place."""
    if spot.is_new and any(lists(spot.node)):
        return sitting.place(spot.key)
    if spot.is_in_list:
        return _home(sitting, spot.steps[:-1])
    return sitting.section() + "".join(f"#key-{key}" for key in spot.steps[:1])


def _home(sitting: Sitting, steps: Steps) -> str:
    """The page a list is shown on: that of the item around it, else that of its key."""
    inner = max((at for at, step in enumerate(steps, start=1) if isinstance(step, int)), default=1)
    return sitting.place(".".join(str(step) for step in steps[:inner]))


def _page(sitting: Sitting, spot: Spot, form: ValueForm, *, status: int = 200, **more: Any) -> HttpResponse:
    desk, sheet = sitting.desk, sitting.sheet
    is_key = len(spot.steps) == 1 and not sheet.is_paper
    context = {
        "draft": sitting.draft,
        "part": desk.parts(())[sitting.number],
        "trail": desk.trail(sheet, spot),
        "spot": spot,
        "form": form,
        "blocks": [(block, _rows(sitting, spot, block)) for block in form.blocks()],
        "tables": []
        if spot.is_new
        else [desk.table(sheet, (*spot.steps, *way), node) for way, node in lists(spot.node)],
        "lender": desk.lender(sheet, spot),
        "row": desk.rows_of([spot.key])[0] if is_key else None,
        "may_clear": is_key and can_be_cleared(sheet, spot),
        "may_restate": is_key and spot.key not in sheet.own and spot.key in sheet.values,
        "seen_form": SeenForm(initial={"seen": sitting.draft.version}, auto_id=False),
        "back": _home(sitting, spot.steps[:-1]) if spot.is_in_list else sitting.section(),
        **more,
    }
    return render(sitting.request, "tenancy/plans/edit_value.html", context, status=status)


def _rows(sitting: Sitting, spot: Spot, block: Block) -> list[tuple[BoundField, Origin | None]]:
    """Every field with who says it; a field of its own has that said above the form."""
    found = []
    for bound, way in block.rows:
        node = node_at(spot.node, way)
        is_told = bool(way) and node is not None and not bound.name.endswith(NULL)
        found.append(
            (bound, sitting.desk.origin(sitting.sheet, node, (*spot.steps, *way)) if node and is_told else None)
        )
    return found


@login_required
@require_POST
def undo_edit(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Takes back this person's last change, unless somebody has changed the draft since."""
    draft = readable_draft(request, draft_id)
    kept = request.session.get(UNDO)
    if not kept or kept["draft"] != draft.pk:
        messages.info(request, _("没有可以撤销的改动。"))
        return redirect("tenancy:show-draft", draft.pk)
    by, at = request.post, timezone.now()  # type: ignore[attr-defined]
    acts.change_draft(draft, Changes(**kept["back"]), seen=kept["seen"], by=by, on=timezone.localdate(at), at=at)
    del request.session[UNDO]
    messages.success(request, _("已撤销，草稿和改之前一样。"))
    return redirect("tenancy:edit-section", draft.pk, kept["number"])
