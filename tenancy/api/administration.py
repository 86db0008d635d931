"""Endpoints of accounts, posts, requests and roles: the pages' policies, forms, acts and sentences."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.actions import accounts as acts
from tenancy.actions import logins, petitions, rights
from tenancy.api import Pages, answer_unfit, fields_of, number_of
from tenancy.forms import accounts as forms
from tenancy.models import Account, JurisdictionGroupPermission, Petition, Post
from tenancy.policies import about_posts, acting, may
from tenancy.queries import accounts as queries
from tenancy.queries.tree import open_places
from tenancy.rules.accounts import DECIDED_WITH, AccountVerb, Decision
from tenancy.rules.refusals import require
from tenancy.rules.roles import ABOUT_POSTS, ADMINISTRATION, RIGHT_LABELS, ROLES, Right, Role, way_of

MANAGE = Right.MANAGE_ACCOUNTS


class AccountRow(serializers.ModelSerializer[Account]):
    """An account; its password is in no answer but the one that made it."""

    login = serializers.CharField(source="user.username")
    place_name = serializers.CharField(source="jurisdiction.name")
    is_active = serializers.BooleanField(source="user.is_active")
    has_second_factor = serializers.BooleanField(source="user.has_second_factor")
    last_login = serializers.DateTimeField(source="user.last_login", allow_null=True)

    class Meta:
        model = Account
        fields = (
            "id", "login", "person_name", "jurisdiction", "place_name", "is_active", "has_second_factor", "last_login"
        )  # fmt: skip


class PostRow(serializers.ModelSerializer[Post]):
    """A post; the telephone masked."""

    role_name = serializers.CharField()
    place_name = serializers.CharField(source="jurisdiction.name")
    login = serializers.CharField(source="user.username", default=None)
    phone = serializers.SerializerMethodField()
    since = serializers.DateField(source="valid.lower")
    until = serializers.DateField(source="valid.upper", allow_null=True)

    class Meta:
        model = Post
        fields = (
            "id", "person_name", "role", "role_name", "title", "unit", "jurisdiction", "place_name", "login", "phone",
            "since", "until",
        )  # fmt: skip

    def get_phone(self, post: Post) -> str:
        return str(post.phone)


class PetitionRow(serializers.ModelSerializer[Petition]):
    """What was asked for and what became of it."""

    person_name = serializers.CharField(source="account.person_name")
    role_name = serializers.CharField(source="get_role_display")
    place_name = serializers.CharField(source="jurisdiction.name")
    state_name = serializers.CharField(source="get_state_display")
    asked_by_name = serializers.CharField(source="asked_by.person_name")

    class Meta:
        model = Petition
        fields = (
            "id", "kind", "account", "person_name", "role", "role_name", "title", "jurisdiction", "place_name", "since",
            "until", "reason", "state", "state_name", "answer", "asked_by_name", "asked_at", "decided_at",
        )  # fmt: skip


def _paged(request: Request, rows: Any, serializer: type[serializers.ModelSerializer[Any]]) -> Response:
    pages = Pages()
    found: Any = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(serializer(found, many=True).data)


def by_post(request: Request, *needed: Right) -> Post:
    """The acting post, set by the middleware on the request underneath."""
    return acting(getattr(request, "post", None), *needed)


def _account(by: Post, account_id: int) -> Account:
    account = get_object_or_404(Account.objects.select_related("user", "jurisdiction"), pk=account_id)
    require(may(by, MANAGE, account.place))
    return account


def _post(by: Post, right: Right, post_id: int) -> Post:
    post = get_object_or_404(Post.objects.select_related("jurisdiction", "user", "own_group"), pk=post_id)
    require(may(by, right, post.place))
    return post


@api_view(["GET", "POST"])
def accounts_endpoint(request: Request) -> Response:
    """GET ?q=&area=&tab=; POST {username, person_name, place, post?} answers with the first password, this once."""
    by, places = by_post(request, MANAGE), open_places()
    if request.method == "GET":
        asked = forms.account_filter(request.query_params, places)
        return _paged(request, queries.accounts(asked, timezone.localdate()), AccountRow)
    body = fields_of(request)
    free = Post.objects.held_on(timezone.localdate()).filter(user=None).select_related("jurisdiction")
    meant = get_object_or_404(free, pk=number_of(body["post"])) if body.get("post") is not None else None
    form = forms.AccountForm(body, places=places)
    if not form.is_valid():
        return answer_unfit(form)
    given = form.cleaned_data
    words = {name: given[name] for name in ("username", "person_name")}
    account, password = logins.open_account(given["place"], **words, by=by, post=meant)
    return Response({**AccountRow(account).data, "first_password": password}, status=201)


@api_view(["GET", "PATCH"])
def account_endpoint(request: Request, account_id: int) -> Response:
    """One account with its posts; PATCH {person_name, place} corrects it."""
    by = by_post(request, MANAGE)
    account = _account(by, account_id)
    if request.method == "PATCH":
        now = {"person_name": account.person_name, "place": account.jurisdiction_id}
        form = forms.ChangeAccountForm(now | dict(fields_of(request).items()), places=open_places(), account=account)
        if not form.is_valid():
            return answer_unfit(form)
        given = form.cleaned_data
        account = logins.change_account(account, given["place"], person_name=given["person_name"], by=by)
    held = PostRow(queries.posts_of_account(account), many=True).data
    return Response({**AccountRow(account).data, "posts": held})


@api_view(["POST"])
def act_on_account(request: Request, account_id: int, verb: str) -> Response:
    """reset answers with a first password; stop, restart and sign-out with the account."""
    by = by_post(request, MANAGE)
    account = _account(by, account_id)
    if verb not in set(AccountVerb):
        raise Http404
    now = timezone.now()
    said = logins.act_on_account(account, AccountVerb(verb), by=by, on=timezone.localdate(now), at=now)
    key = "first_password" if verb == AccountVerb.RESET else "detail"
    return Response({**AccountRow(_account(by, account_id)).data, key: said})


@api_view(["POST"])
def link_post(request: Request, account_id: int) -> Response:
    """{post}: a post of the roster under the person's name."""
    by = by_post(request, MANAGE)
    account = _account(by, account_id)
    free = queries.free_posts(account, timezone.localdate())
    post = get_object_or_404(free, pk=number_of(fields_of(request).get("post")))
    return Response(PostRow(acts.give_login(post, account.user, by=by)).data)


@api_view(["POST"])
def request_post(request: Request, account_id: int) -> Response:
    """{role, place, since, until?, title?, phone?, reason}: asks for a post."""
    by = by_post(request, MANAGE)
    account = _account(by, account_id)
    form = forms.PostRequestForm(fields_of(request), places=open_places(), account=account, on=timezone.localdate())
    if not form.is_valid():
        return answer_unfit(form)
    petition = petitions.ask_post(account, form.cleaned_data["place"], **form.facts(), by=by)
    return Response(PetitionRow(petition).data, status=201)


@api_view(["POST"])
def request_factor_removal(request: Request, account_id: int) -> Response:
    """{reason}: asks to take a lost second factor away."""
    by = by_post(request, MANAGE)
    account = _account(by, account_id)
    form = forms.ReasonForm(fields_of(request))
    if not form.is_valid():
        return answer_unfit(form)
    petition = petitions.ask_factor_removal(account, reason=form.cleaned_data["reason"], by=by)
    return Response(PetitionRow(petition).data, status=201)


@api_view(["GET"])
def list_posts(request: Request) -> Response:
    """GET ?q=&role=&area=&tab=."""
    by_post(request, *ABOUT_POSTS)
    asked = forms.post_filter(request.query_params, open_places())
    return _paged(request, queries.posts(asked, timezone.localdate()), PostRow)


@api_view(["GET"])
def show_post(request: Request, post_id: int) -> Response:
    """One post with the places it serves and the rights it was lent."""
    by = by_post(request, *ABOUT_POSTS)
    return Response(_whole(_post(by, about_posts(by), post_id)))


def _whole(post: Post) -> dict[str, Any]:
    serves = post.serves.order_by("jurisdiction__path").values("jurisdiction", "jurisdiction__name")
    return {
        **PostRow(post).data,
        "serves": [{"id": each["jurisdiction"], "name": each["jurisdiction__name"]} for each in serves],
        "lent": [_lent(row) for row in queries.lent_rights(post)],
    }


def _lent(row: JurisdictionGroupPermission) -> dict[str, Any]:
    return {
        "id": row.pk,
        "right": row.permission.codename,
        "right_name": RIGHT_LABELS[Right(row.permission.codename)],
        "place": row.content_object_id,
        "since": row.valid.lower,
        "until": row.valid.upper,
        "reason": row.reason,
    }


@api_view(["POST"])
def end_post(request: Request, post_id: int) -> Response:
    """{on}: the day from which the post is held no more."""
    by = by_post(request, *ABOUT_POSTS)
    post = _post(by, about_posts(by), post_id)
    form = forms.EndPostForm(fields_of(request), today=timezone.localdate())
    if not form.is_valid():
        return answer_unfit(form)
    return Response(PostRow(acts.dismiss(post, by=by, on=form.cleaned_data["on"])).data)


@api_view(["POST"])
def serve_places(request: Request, post_id: int) -> Response:
    """{places: [id]}: what the post serves from now on; an empty list gives it its whole place."""
    by = by_post(request, MANAGE)
    post = _post(by, MANAGE, post_id)
    given = fields_of(request).get("places", [])
    form = forms.ServesForm({"places": given if isinstance(given, list) else [given]}, places=open_places())
    if not form.is_valid():
        return answer_unfit(form)
    acts.serve_places(post, form.chosen(), by=by)
    return Response(_whole(post))


@api_view(["POST"])
def lend_right(request: Request, post_id: int) -> Response:
    """{right, place, since, until, reason}."""
    by = by_post(request, Right.GRANT_ROLES)
    post = _post(by, Right.GRANT_ROLES, post_id)
    form = forms.LendForm(fields_of(request), places=open_places(), post=post, on=timezone.localdate())
    if not form.is_valid():
        return answer_unfit(form)
    facts = form.facts()
    row = rights.lend_right(post, facts.pop("right"), form.cleaned_data["place"], **facts, by=by)
    return Response(_lent(row), status=201)


@api_view(["POST"])
def return_right(request: Request, post_id: int, row_id: int) -> Response:
    """Ends a lent right today."""
    by = by_post(request, Right.GRANT_ROLES)
    post = _post(by, Right.GRANT_ROLES, post_id)
    row = get_object_or_404(queries.lent_right(post), pk=row_id)
    rights.return_right(post, row, by=by, on=timezone.localdate())
    return Response(_whole(post))


@api_view(["GET"])
def list_petitions(request: Request) -> Response:
    """GET ?tab=done for those that were decided."""
    by_post(request, *ABOUT_POSTS)
    return _paged(request, queries.petitions(request.query_params.get("tab", "")), PetitionRow)


@api_view(["POST"])
def decide_petition(request: Request, petition_id: int, verb: str) -> Response:
    """confirm, refuse {answer}, withdraw."""
    if verb not in set(Decision):
        raise Http404
    decision = Decision(verb)
    by = by_post(request, DECIDED_WITH[decision])
    petition = get_object_or_404(Petition.objects.select_related("jurisdiction"), pk=petition_id)
    require(may(by, DECIDED_WITH[decision], petition.place))
    answer, now = str(fields_of(request).get("answer", "")), timezone.now()
    detail = petitions.decide(petition, decision, answer=answer, by=by, on=timezone.localdate(now), at=now)
    return Response({"detail": detail})


@api_view(["GET"])
def list_roles(request: Request) -> Response:
    """Every role with its paragraph, its rights and how many hold it."""
    by_post(request, *ADMINISTRATION)
    held = queries.holders_of_roles(timezone.localdate())
    return Response([_role(role, held[role]) for role in ROLES])


def _role(role: Role, holders: queries.Holders) -> dict[str, Any]:
    text = ROLES[role]
    since: list[dict[str, str | date | None]] = [
        {"person_name": post.person_name, "place_name": post.jurisdiction.name, "since": post.valid.lower}
        for post in holders.posts
    ]
    rights_of = [{"code": right.value, "name": RIGHT_LABELS[right]} for right in Right if right in text.rights]
    return {
        "code": role.value, "name": text.name, "paragraph": text.paragraph, "way": str(way_of(role)),
        "rights": rights_of, "count": holders.count, "holders": since,
    }  # fmt: skip
