"""重复主体: pairs that may be one business, two of them beside each other, merging and taking back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.actions import doubles as acts
from entities.actions.register import version_of
from entities.forms.doubles import ApartForm, MergeForm
from entities.models import Entity, EntityMerge
from entities.queries.doubles import candidates, compared, two_of
from entities.views.pieces import acting
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50


@login_required
@require_safe
def list_doubles(request: HttpRequest) -> HttpResponse:
    """Pairs that share a number, a name with its address or a telephone, the most alike first."""
    acting(request, Right.EDIT_REGISTER)
    page = Paginator(candidates(), PAGE).get_page(request.GET.get("page"))
    ids = [pk for pair in page for pk in (pair.first, pair.second)]
    rows = Entity.objects.select_related("jurisdiction").in_bulk(ids)
    pairs = [{"pair": pair, "rows": [rows[pair.first], rows[pair.second]]} for pair in page]
    return render(request, "entities/doubles.html", {"page": page, "pairs": pairs})


def _two(post: Post, first: int, second: int) -> list[Entity]:
    """Both rows inside the wall, in whose places the post keeps the register."""
    rows = list(two_of(first, second))
    if len(rows) != len({first, second}) or first == second:
        raise Http404
    for row in rows:
        require(may(post, Right.EDIT_REGISTER, row.place))
    return rows


@login_required
@require_http_methods(["GET", "POST"])
def merge_entities(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two rows beside each other; one stays and takes over what is chosen."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    rows = _two(post, first, second)
    pairs = compared(rows[0], rows[1], plan_in_force(post.jurisdiction.path, today).value)
    form = MergeForm(request.POST or None, rows=rows, pairs=pairs, seen=[version_of(row) for row in rows])
    if form.is_valid():
        keeper, other = form.keeps()
        reason, seen = form.cleaned_data["reason"], form.seen()
        merge = acts.merge_entities(keeper, other, form.taken(), reason=reason, by=post, on=today, seen=seen)
        messages.success(request, _("已把“%(other)s”并入“%(keeper)s”。") % {"other": other.name, "keeper": keeper.name})
        return redirect("entities:show-entity", merge.keeper_id)
    context = {"rows": rows, "same": [pair for pair in pairs if not pair.differs], "form": form, "apart": ApartForm()}
    return render(request, "entities/double.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def keep_apart(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two businesses that only look alike."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    rows, form = _two(post, first, second), ApartForm(request.POST)
    if not form.is_valid():
        pairs = compared(rows[0], rows[1], plan_in_force(post.jurisdiction.path, today).value)
        merge = MergeForm(rows=rows, pairs=pairs, seen=[version_of(row) for row in rows])
        context = {"rows": rows, "same": [each for each in pairs if not each.differs], "form": merge, "apart": form}
        return render(request, "entities/double.html", context, status=422)
    acts.keep_apart(*rows, reason=form.cleaned_data["reason"], by=post, on=today)
    messages.success(request, _("已记为两家，以后不再提示。"))
    return redirect("entities:list-doubles")


@login_required
@require_POST
def undo_merge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Both rows as they were before."""
    post = acting(request, Right.EDIT_REGISTER)
    merge = get_object_or_404(EntityMerge, pk=merge_id)
    require(may(post, Right.EDIT_REGISTER, merge.place))
    other = acts.undo_merge(merge, by=post, on=timezone.localdate())
    messages.success(request, _("已撤销合并，“%s”恢复为单独一家。") % other.name)
    return redirect("entities:show-entity", merge.keeper_id)
