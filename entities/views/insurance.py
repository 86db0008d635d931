"""参保情况: who of the plan's classes is insured, with the list behind each number."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entities.queries.insurance import insured_classes, insured_list
from entities.queries.listing import as_listed, listed
from entities.views.pieces import acting
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right

PAGE = 50
STATES = {"insured": gettext_lazy("已参保"), "missing": gettext_lazy("未参保"), "": gettext_lazy("合计")}


@login_required
@require_safe
def list_insured(request: HttpRequest) -> HttpResponse:
    """The figures, and of the class in the address the entities behind one of them."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today)
    classes = insured_classes(plan, today)
    chosen = next((each for each in classes if each.code == request.GET.get("class")), None)
    asked = request.GET.get("state", "")
    context: dict[str, Any] = {
        "classes": classes,
        "chosen": chosen,
        "today": today,
        "may_edit": may(post, Right.EDIT_REGISTER),
    }
    if chosen:
        found = as_listed(insured_list(plan.value, chosen.code, asked, today))
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": listed(page.object_list, plan.value, today)}
        context |= {"state_name": STATES.get(asked, STATES[""]), "area_word": plan.value.names.area}
    return render(request, "entities/insurance.html", context)
