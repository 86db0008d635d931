"""Endpoints beside the pages of plans and drafts: same policy, same act, same sentence.

A plan that has faults is answered with 422 and every one of them; a draft changed by somebody else with 409.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.actions import annexes as files
from tenancy.actions import drafts as acts
from tenancy.api import answer_unfit
from tenancy.forms.plans import AnnexForm
from tenancy.models import Jurisdiction, Plan, PlanAnnex, PlanDraft, Post
from tenancy.plans import PlanDocument, check, shipped_codes
from tenancy.plans.differences import ABSENT, diff
from tenancy.plans.drafting import Changes, FaultyPlan
from tenancy.plans.writing import plan_text, resolved_values, written_by, written_header
from tenancy.policies import may, may_read_plans
from tenancy.queries.papers import (
    Paper,
    annexes_for,
    comparable,
    draft_file,
    drafts_for,
    file_of,
    paper_at,
    paper_from_draft,
    paper_from_plan,
    plans_along_line,
    plans_for,
)
from tenancy.rules.paths import ancestors_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


def acting(request: Request) -> Post:
    """The acting post, once it may read plans at all."""
    post: Post | None = getattr(request, "post", None)
    require(may_read_plans(post))
    assert post is not None
    return post


def drafting(request: Request) -> Post:
    """The acting post, once it writes plans anywhere."""
    post: Post | None = getattr(request, "post", None)
    require(may(post, Right.EDIT_PLAN))
    assert post is not None
    return post


Endpoint = Callable[..., Response]


def telling_faults(endpoint: Endpoint) -> Endpoint:
    """422 with every fault of the plan; nothing of the request is kept."""

    @wraps(endpoint)
    def told(request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return endpoint(request, *args, **kwargs)
        except FaultyPlan as faulty:
            transaction.set_rollback(True)
            body = {"code": faulty.code, "detail": faulty.reason, "problems": problems_of(faulty.problems)}
            return Response(body, status=422)

    return told


def problems_of(problems: Any) -> list[dict[str, Any]]:
    """Faults as JSON."""
    return [{"line": each.line, "key": each.key, "named": each.named, "message": each.message} for each in problems]


def _span(plan: Plan) -> dict[str, Any]:
    return {"since": plan.valid.lower, "until": plan.valid.upper}


def told_plan(plan: Plan) -> dict[str, Any]:
    """A plan as a list gives it."""
    return {
        "id": plan.pk,
        "place": plan.jurisdiction_id,
        "place_name": plan.jurisdiction.name,
        "title": plan.title,
        "number": plan.doc_number,
        "publicity": plan.publicity,
        **_span(plan),
    }


def _resolved(paper: Paper) -> dict[str, Any]:
    """Every value in force, and for each written key where it stands."""
    resolved = paper.resolved
    sources = {key: str(written_by(resolved, key)) for key in resolved.origins}
    return {"values": resolved_values(resolved), "sources": sources}


def _told_annex(annex: PlanAnnex) -> dict[str, Any]:
    names = ("title", "filename", "kind", "size", "sha256")
    return {"id": annex.pk, **{name: getattr(annex, name) for name in names}}


@api_view(["GET"])
def list_plans(request: Request) -> Response:
    """The plans of the acting place and of those above, every version."""
    return Response({"plans": [told_plan(plan) for plan in plans_along_line(acting(request))]})


@api_view(["GET"])
def show_plan(request: Request, plan_id: int) -> Response:
    """One plan: its paper, what it says itself, what holds where it is silent, and its annexes."""
    post = acting(request)
    plan = get_object_or_404(plans_for(post), pk=plan_id)
    file = file_of(plan)
    resolved = _resolved(paper_from_plan(plan, post, timezone.localdate()))
    annexes = [_told_annex(annex) for annex in plan.annexes.order_by("pk")]
    header = written_header(file.header)
    return Response({**told_plan(plan), "header": header, **file.document(), "resolved": resolved, "annexes": annexes})


@api_view(["GET"])
def show_schema(request: Request) -> Response:
    """The JSON Schema of a plan's values."""
    acting(request)
    return Response(PlanDocument.model_json_schema(by_alias=True))


@api_view(["GET"])
def compare_plans(request: Request) -> Response:
    """What `new` says otherwise than `old`; each is a `ref` of the list that comes when neither is named."""
    post, today = acting(request), timezone.localdate()
    if not {"old", "new"} & set(request.query_params):
        return Response({"choices": [{"ref": ref, "name": name} for ref, name in comparable(post)]})
    old, new = (paper_at(request.query_params.get(name, ""), post, today) for name in ("old", "new"))
    if old is None or new is None:
        raise Http404
    return Response(
        {
            "differences": [
                {
                    "key": each.key,
                    **{name: side for name, side in (("old", each.old), ("new", each.new)) if side is not ABSENT},
                    "is_order": each.is_order,
                    "old_clause": each.old_clause,
                    "new_clause": each.new_clause,
                }
                for each in diff(old.file.layer(), new.file.layer())
            ]
        }
    )


class DraftStart(serializers.Serializer[Any]):
    """What a draft begins with: `basis` is "", "plan-3" or "shipped-national"; `place` is one's own unless named."""

    name = serializers.CharField(max_length=100)
    basis = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    place = serializers.IntegerField(required=False)


class DraftChanges(serializers.Serializer[Any]):
    """Dotted keys; `put` a value (null clears what is inherited), `reset` a key to what is inherited."""

    version = serializers.IntegerField()
    put = serializers.DictField(required=False, default=dict)
    reset = serializers.ListField(child=serializers.CharField(max_length=200), required=False, default=list)
    clauses = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=400), required=False, default=dict
    )
    header = serializers.DictField(required=False, default=dict)


class DraftText(serializers.Serializer[Any]):
    """A whole plan as YAML."""

    version = serializers.IntegerField()
    text = serializers.CharField(trim_whitespace=False)


class Version(serializers.Serializer[Any]):
    """The version of a draft its person had before him."""

    version = serializers.IntegerField()


def sent(body: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The checked body."""
    given = body(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _told_draft(draft: PlanDraft, request: Request) -> dict[str, Any]:
    file = draft_file(draft)
    paper = paper_from_draft(draft, drafting(request), timezone.localdate())
    problems = check(plan_text(file), paper.below) if draft.state == "draft" else []
    return {
        "id": draft.pk,
        "place": draft.jurisdiction_id,
        "name": draft.name,
        "state": draft.state,
        "version": draft.version,
        "edited_at": draft.edited_at,
        "plan": draft.plan_id,
        "header": draft.header,
        **draft.document,
        "problems": problems_of(problems),
    }


def _draft(request: Request, draft_id: int) -> PlanDraft:
    return get_object_or_404(drafts_for(drafting(request)), pk=draft_id)


def _basis(ref: str, post: Post, place: Jurisdiction) -> Plan | str | None:
    """What a reference names; one that leads nowhere, or to a plan beside or below, is missing."""
    kind, _dash, rest = ref.partition("-")
    found: Plan | str | None = None
    if kind == "plan" and rest.isdecimal() and len(rest) < 19:
        found = plans_for(post).filter(place__in=ancestors_of(place.path), pk=int(rest)).first()
    elif kind == "shipped" and rest in shipped_codes():
        found = rest
    if ref and found is None:
        raise Http404
    return found


@extend_schema(request=DraftStart)
@api_view(["POST"])
@telling_faults
def start_draft(request: Request) -> Response:
    """Begins a draft."""
    post, given = drafting(request), sent(DraftStart, request)
    place = get_object_or_404(Jurisdiction.objects.under(post.place), pk=given.get("place", post.jurisdiction_id))
    basis = _basis(given["basis"], post, place)
    draft = acts.start_draft(place, name=given["name"], basis=basis, by=post, at=timezone.now())
    return Response(_told_draft(draft, request), status=201)


@extend_schema(request=DraftChanges)
@api_view(["GET", "PATCH"])
@telling_faults
def one_draft(request: Request, draft_id: int) -> Response:
    """One draft; PATCH changes single keys of it."""
    draft = _draft(request, draft_id)
    if request.method == "PATCH":
        given = sent(DraftChanges, request)
        changes = Changes(given["put"], given["reset"], given["clauses"], given["header"])
        by, at = drafting(request), timezone.now()
        draft = acts.change_draft(draft, changes, seen=given["version"], by=by, on=timezone.localdate(at), at=at)
    return Response(_told_draft(draft, request))


@extend_schema(request=DraftText)
@api_view(["PUT"])
@telling_faults
def replace_draft(request: Request, draft_id: int) -> Response:
    """Takes a whole plan as YAML instead of what stands there."""
    draft, given = _draft(request, draft_id), sent(DraftText, request)
    by, at = drafting(request), timezone.now()
    draft = acts.replace_draft(draft, given["text"], seen=given["version"], by=by, on=timezone.localdate(at), at=at)
    return Response(_told_draft(draft, request))


@extend_schema(request=Version)
@api_view(["POST"])
def drop_draft(request: Request, draft_id: int) -> Response:
    """Puts a draft aside."""
    draft, given = _draft(request, draft_id), sent(Version, request)
    draft = acts.drop_draft(draft, seen=given["version"], by=drafting(request), at=timezone.now())
    return Response(_told_draft(draft, request))


def _attached(of: Plan | PlanDraft, request: Request) -> Response:
    form = AnnexForm(request.data if isinstance(request.data, Mapping) else {}, request.FILES)
    if not form.is_valid():
        return answer_unfit(form)
    file, title = form.cleaned_data["file"], form.cleaned_data["title"]
    annex = files.attach_annex(of, file.read(), file.name, title=title, by=drafting(request))
    return Response(_told_annex(annex), status=201)


@api_view(["POST"])
def attach_annex(request: Request, plan_id: int) -> Response:
    """Takes an annex of a plan (multipart, field `file`); the receipt is its SHA-256."""
    return _attached(get_object_or_404(plans_for(acting(request)), pk=plan_id), request)


@api_view(["POST"])
def attach_draft_annex(request: Request, draft_id: int) -> Response:
    """The same for a draft."""
    return _attached(_draft(request, draft_id), request)


@api_view(["POST"])
def detach_annex(request: Request, annex_id: int) -> Response:
    """Takes an annex off its plan or draft."""
    annex = get_object_or_404(annexes_for(acting(request)), pk=annex_id)
    files.detach_annex(annex, by=acting(request))
    return Response(status=204)
