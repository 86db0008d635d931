"""状态线索: penalties, checks and expired licences that speak for another status, each followed in one act or answered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entities.actions import hints as acts
from entities.actions.register import version_of
from entities.forms.hints import DismissForm
from entities.models import Record
from entities.queries.checking import status_names
from entities.queries.hints import MODELS, hint_counts, hint_lines, hints
from entities.rules.hints import HINT_LABELS, HintKind
from entities.views.pieces import acting
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.pieces import tabs

PAGE = 50


@login_required
@require_safe
def list_hints(request: HttpRequest) -> HttpResponse:
    """The oldest first; nothing of it changes the register by itself."""
    return _page(request, acting(request, Right.EDIT_REGISTER), DismissForm())


def _page(request: HttpRequest, post: Post, form: DismissForm, status: int = 200, at: str = "") -> HttpResponse:
    today = timezone.localdate()
    asked = request.GET.get("tab", "")
    asked = asked if asked in [kind.value for kind in HintKind] else ""
    page = Paginator(hints(asked, today), PAGE).get_page(request.GET.get("page"))
    names = status_names(plan_in_force(post.place, today).value)
    lines = [(line, names[line.hint.status], version_of(line.record.entity)) for line in hint_lines(page.object_list)]
    words = {"": (_("全部"), "all"), **{kind.value: (HINT_LABELS[kind], kind.value) for kind in HintKind}}
    context = {
        "page": page, "lines": lines, "tabs": tabs(request, words, hint_counts(today), hot=()), "form": form, "at": at,
        "labels": HINT_LABELS,
    }  # fmt: skip
    return render(request, "entities/hints.html", context, status=status)


def _asked(post: Post, kind: str, record_id: int) -> tuple[HintKind, Record]:
    """The record of a hint inside the wall; an unknown kind is a missing one."""
    if kind not in [each.value for each in HintKind]:
        raise Http404
    found = HintKind(kind)
    record: Record = get_object_or_404(MODELS[found].objects.select_related("entity"), pk=record_id)
    require(may(post, Right.EDIT_REGISTER, record.place))
    return found, record


@login_required
@require_POST
def take_hint(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """One click: the register follows the record."""
    post = acting(request, Right.EDIT_REGISTER)
    found, record = _asked(post, kind, record_id)
    seen, today = request.POST.get("seen", ""), timezone.localdate()
    entity = acts.take_hint(found, record.pk, by=post, on=today, seen=seen)
    status = status_names(plan_in_force(entity.place, today).value)[entity.status]
    messages.success(
        request, _("已登记“%(name)s”为%(status)s，写明了来源和依据。") % {"name": entity.name, "status": status}
    )
    return redirect("entities:list-hints")


@login_required
@require_POST
def dismiss_hint(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """The status stays; the reason is kept."""
    post = acting(request, Right.EDIT_REGISTER)
    found, record = _asked(post, kind, record_id)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _page(request, post, form, status=422, at=f"{kind}-{record_id}")
    acts.dismiss_hint(found, record.pk, form.cleaned_data["reason"], by=post, on=timezone.localdate())
    messages.success(request, _("这条线索不再列出，“%s”的经营状态没有变。") % record.entity.name)
    return redirect("entities:list-hints")
