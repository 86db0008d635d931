"""The annexes of a plan that are printed from its data: roster, size table, lists and the blank letter. Bytes out."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from commitments.documents import blank_letters_pdf
from tenancy.documents import drawn
from tenancy.models import Plan, Post
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.plans.choices import Industry, InspectionTarget, labels_of
from tenancy.plans.document import Body, Bounds
from tenancy.plans.reading import Annex
from tenancy.queries.plans import header_of
from tenancy.queries.seats import holders_on

MEASURES = (("employees", "从业人员", "人"), ("revenue", "营业收入", "万元"))


def printed_annexes(plan: Plan) -> list[Annex]:
    """The annexes of a plan's paper that need no file, since what they say stands in the plan."""
    return [annex for annex in header_of(plan).annexes if annex.is_printed]


def annex_pdf(plan: Plan, annex: Annex, resolved: ResolvedPlan, on: date) -> bytes:
    """One of `printed_annexes` as the plan says it, everything inherited included; names of posts as held on the day."""
    if annex.kind == "commitment_letter":
        return blank_letters_pdf(resolved, plan.jurisdiction.name)
    words = {
        "roster": lambda: _roster(resolved.value, plan.place, on),
        "size_table": lambda: _size_table(resolved.value),
        "task_list": lambda: {"checklists": resolved.value.checklists},
        "inspection_list": lambda: _inspection(resolved.value),
    }[annex.kind]()
    source = f"{plan.title} {plan.doc_number}".strip()
    told = {"annex": annex, "names": resolved.value.names, "source": source, **words}
    return drawn(render_to_string(f"reports/annexes/{annex.kind}.html", told))


def _roster(doc: PlanDocument, place: str, on: date) -> dict[str, Any]:
    """Bodies with their posts: whoever the roster of the bodies has, else whoever holds a post of that title here.

    The others are left to be written.
    """
    seated = holders_on(place, on)
    held: dict[str, list[str]] = {}
    for title, name in Post.objects.held_on(on).filter(place=place).order_by("pk").values_list("title", "person_name"):
        held.setdefault(title, []).append(name)
    return {"bodies": [_body(body, held, seated) for body in doc.bodies if body.roles]}


def _body(
    body: Body, held: dict[str, list[str]], seated: dict[tuple[str, str], list[tuple[str, str]]]
) -> dict[str, Any]:
    roles = [
        {
            "name": role.name,
            "holders": seated.get((body.code, role.code))
            or [(holder, "、".join(held.get(holder, ()))) for holder in role.holders or ("",)],
        }
        for role in sorted(body.roles, key=lambda role: role.order)
    ]
    return {"name": body.name, "office": body.office, "roles": roles}


def _size_table(doc: PlanDocument) -> dict[str, Any]:
    standard = doc.size_standard
    industries = [
        {
            "name": labels_of(Industry)[code],
            "lines": list(_lines((getattr(bounds, key), *words) for key, *words in MEASURES)),
        }
        for code, bounds in standard.industries.items()
    ]
    return {
        "industries": industries,
        "standard": f"{standard.title}（{standard.number}）" if standard.number else standard.title,
    }


def _lines(measures: Iterable[tuple[Bounds, str, str]]) -> Iterator[dict[str, object]]:
    for bounds, name, unit in measures:
        numbers = {key: f"{getattr(bounds, key):g}" for key in ("small", "medium", "large")}
        yield {"name": name, "unit": unit, **numbers}


def _inspection(doc: PlanDocument) -> dict[str, Any]:
    terms = doc.inspection
    sanctions = [each.name for each in doc.sanctions if not terms.sanctions or each.code in terms.sanctions]
    facts = [
        ("督查单位", terms.unit),
        ("督查对象", labels_of(InspectionTarget)[terms.target]),
        ("督查频次", f"每年至少{terms.per_year}次" if terms.per_year else ""),
        ("督查方式", "四不两直" if terms.unannounced else ""),
        ("结果报送", terms.reported_to),
        ("结果运用", "、".join(sanctions)),
    ]
    return {"inspection": terms, "facts": [(label, text) for label, text in facts if text]}
