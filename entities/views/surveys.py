"""摸底: rounds, their sums and lines, what was found at one shop, confirming, sending back and closing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities import policies
from entities.actions import surveys as acts
from entities.forms.surveys import LineForm, ReturnForm, SurveyForm
from entities.models import Survey, SurveyLine
from entities.queries.checking import entity_checks, type_names
from entities.queries.surveys import TABS, line_counts, lines_of, sums_of, surveys
from entities.rules.surveys import LINE_LABELS, OUTCOME_LABELS
from entities.rules.vocabulary import Grade
from entities.views.pieces import acting
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PILLS = {"listed": "warn", "drafted": "info", "confirmed": "ok", "applied": "mute"}
TAB_NAMES = {**LINE_LABELS, "all": gettext_lazy("全部")}


def _survey(post: Post, survey_id: int) -> Survey:
    """A round of the acting place or of one above it."""
    require(policies.may_read_surveys(post))
    return get_object_or_404(surveys(), pk=survey_id)


@login_required
@require_http_methods(["GET", "POST"])
def list_surveys(request: HttpRequest) -> HttpResponse:
    """Every round, and the form for the next where the post may open one."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    may_open = may(post, Right.EDIT_REGISTER, post.place)
    form = SurveyForm(request.POST or None, today=today)
    if request.method == "POST":
        require(may_open)
        if form.is_valid():
            survey = acts.open_survey(post.jurisdiction, **form.cleaned_data, by=post, on=today)
            messages.success(request, _("已开展“%s”。") % survey.name)
            return redirect("entities:show-survey", survey.pk)
    page = Paginator(surveys(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "may_open": may_open}
    return render(request, "entities/surveys.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def show_survey(request: HttpRequest, survey_id: int) -> HttpResponse:
    """The sums by line of business, and the shops they are counted from."""
    post = acting(request, Right.VIEW_REGISTER)
    survey, today = _survey(post, survey_id), timezone.localdate()
    doc, counts = plan_in_force(survey.place, today).value, line_counts(survey)
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else next((each for each in TABS if counts[each]), "all")
    page, types = Paginator(lines_of(survey, tab), PAGE).get_page(request.GET.get("page")), type_names(doc)
    rows = [
        {
            "line": line, "pill": PILLS[line.state], "type": types.get(line.business_type, line.business_type),
            "may_confirm": line.state == "drafted" and policies.may_confirm_line(post, line),
        }
        for line in page
    ]  # fmt: skip
    tabs = [
        {"label": word, "url": f"?tab={code}", "count": counts[code], "hot": code == "listed", "current": code == tab}
        for code, word in TAB_NAMES.items()
    ]
    context = {
        "survey": survey, "sums": sums_of(survey, doc), "grades": [str(each) for each in Grade], "rows": rows, "page": page,
        "tabs": tabs, "outcomes": list(OUTCOME_LABELS.values()), "area_word": doc.names.area, "counts": counts,
        "may_draft": policies.may_draft_line(post) if survey.closed_on is None else False,
        "may_confirm": policies.may_confirm_lines(post) if survey.closed_on is None else False,
        "may_close": policies.may_close_survey(post, survey.place) if survey.closed_on is None else False,
        "may_export": may(post, Right.EXPORT),
    }  # fmt: skip
    return render(request, "entities/survey.html", context)


@login_required
@require_safe
def export_survey(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Sums and shops as a workbook."""
    post = acting(request, Right.EXPORT)
    survey = _survey(post, survey_id)
    data = acts.export_survey(survey, by=post, on=timezone.localdate())
    return bytes_response(data, f"{survey.name}.xlsx", XLSX)


def _line(request: HttpRequest, line_id: int) -> tuple[Post, SurveyLine]:
    post = acting(request, Right.VIEW_REGISTER)
    found = SurveyLine.objects.select_related("survey", "jurisdiction", "entity__jurisdiction")
    return post, get_object_or_404(found, pk=line_id)


@login_required
@require_http_methods(["GET", "POST"])
def draft_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """What was found at a shop; large enough for a thumb, and the same on the desk."""
    post, line = _line(request, line_id)
    require(policies.may_draft_line(post, line.place))
    today = timezone.localdate()
    form = LineForm(request.POST or None, checks=entity_checks(post.jurisdiction, today), line=line)
    if form.is_valid():
        acts.draft_line(line, form.found(), by=post, on=today)
        messages.success(request, _("已记下“%s”的核实结果。") % line.name)
        return redirect("entities:show-survey", line.survey_id)
    context = {"form": form, "survey": line.survey, "line": line}
    return render(request, "entities/survey_line.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def add_line(request: HttpRequest, survey_id: int) -> HttpResponse:
    """A shop found on the way that the register does not know."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    survey = _survey(post, survey_id)
    require(policies.may_draft_line(post))
    form = LineForm(request.POST or None, checks=entity_checks(post.jurisdiction, today))
    if form.is_valid() and form.row is not None:
        line = acts.add_line(survey, form.found(), by=post, on=today)
        messages.success(request, _("已加入新发现的“%s”。") % line.name)
        return redirect("entities:show-survey", survey.pk)
    context = {"form": form, "survey": survey, "line": None}
    return render(request, "entities/survey_line.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def confirm_lines(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Confirms one drafted line, or all that the post may confirm."""
    post = acting(request, Right.VIEW_REGISTER)
    survey = _survey(post, survey_id)
    require(policies.may_confirm_lines(post))
    picked = request.POST.get("line", "")
    ids = [int(picked)] if picked.isascii() and picked.isdigit() else None
    count = acts.confirm_lines(survey, ids, by=post, on=timezone.localdate())
    messages.success(request, _("已确认 %d 家。") % count)
    return redirect("entities:show-survey", survey.pk)


@login_required
@require_http_methods(["GET", "POST"])
def return_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Back to the officer, with the reason."""
    post, line = _line(request, line_id)
    require(policies.may_confirm_lines(post, line.place))
    form = ReturnForm(request.POST or None)
    if form.is_valid():
        acts.return_line(line, reason=form.cleaned_data["reason"], by=post)
        messages.success(request, _("已退回“%s”。") % line.name)
        return redirect("entities:show-survey", line.survey_id)
    context = {"form": form, "line": line, "survey": line.survey}
    return render(request, "entities/survey_return.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def close_survey(request: HttpRequest, survey_id: int) -> HttpResponse:
    """Drafts become facts and grades."""
    post = acting(request, Right.VIEW_REGISTER)
    survey = _survey(post, survey_id)
    require(policies.may_close_survey(post, survey.place))
    acts.close_survey(survey, by=post, on=timezone.localdate())
    messages.success(request, _("“%s”已结束，核实的资料和等级已写入台账。") % survey.name)
    return redirect("entities:show-survey", survey.pk)
