"""The phone's endpoints: today's document, visits with their photos, issues. One call down each, the page's own sentences.

A visit is `PUT` under its own key as often as the network needs; it is green only when the server has every byte.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.middleware.csrf import get_token
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from supervision.actions.closures import accept_closure, reject_closure
from supervision.actions.issues import act_on_issue
from supervision.actions.photos import add_photo
from supervision.actions.visits import Submitted, submit_visit
from supervision.forms import Unreadable, read_decision, read_issue_act, read_visit
from supervision.models import ClosureReport, Issue
from supervision.policies import may_act, may_check_closures, may_read_due, may_read_issues, may_send_visits
from supervision.queries import closures as reported
from supervision.queries.dues import find_dated
from supervision.queries.issues import issues_for, issues_seen_by, last_answer
from supervision.queries.mine import my_document
from supervision.queries.own import entities_to_visit, visits_seen_by
from supervision.rules.issues import STATE_LABELS, State, Verb
from supervision.rules.visits import Unfit
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.dues import explained
from tenancy.rules.refusals import Forbidden, Refused, require
from tenancy.rules.roles import Right

BODY_BYTES = 512 * 1024
PHOTO_BYTES = 5 * 2**20


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too-large"


class Raw(BaseParser):
    """The bytes as they came, up to a limit."""

    media_type = "application/json"
    limit = BODY_BYTES

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        data: bytes = stream.read(self.limit + 1)
        if len(data) > self.limit:
            raise TooLarge(f"内容超过 {self.limit // 1024} KB，请减少内容后重试。")
        return data


class RawPicture(Raw):
    media_type = "image/*"
    limit = PHOTO_BYTES


class RawBytes(Raw):
    media_type = "application/octet-stream"
    limit = PHOTO_BYTES


def _held(request: Request) -> Post | None:
    held: Post | None = request._request.post  # type: ignore[attr-defined]  # noqa: SLF001 -- set by the middleware
    return held


def _raw(request: Request) -> bytes:
    """What a Raw parser left; nothing at all when the body was empty."""
    return request.data if isinstance(request.data, bytes) else b""


def _post(request: Request) -> Post:
    post = _held(request)
    if post is None:
        raise Forbidden("您当前没有任职岗位，请联系系统管理员。")
    return post


def _refused(refused: Refused, status: int) -> Response:
    """A refusal with its own status; whatever was begun is undone."""
    transaction.set_rollback(True)
    fields = getattr(refused, "fields", {})
    return Response({"code": refused.code, "detail": refused.reason, "fields": fields}, status=status)


@api_view(["GET"])
def ping(request: Request) -> Response:
    """A fresh CSRF token and who is signed in: another person's records are never sent."""
    post = _held(request)
    # The token belongs to Django's own request inside DRF's.
    token = get_token(request._request)  # noqa: SLF001
    return Response({"csrf": token, "user": request.user.pk, "post": post.pk if post else None})


@api_view(["GET"])
def my_visits(request: Request) -> Response:
    """Today's document of the cadre; its keys are described in queries.mine.my_document."""
    post = _post(request)
    require(may(post, Right.VISIT))
    return Response(my_document(post, timezone.localdate()))


@api_view(["PUT"])
@parser_classes([Raw])
def visit(request: Request, key: UUID) -> Response:
    """201 when made, 200 when it stands already, 202 while photos are missing; 422 names the fields, 409 the state."""
    post = _post(request)
    require(may_send_visits(post))
    try:
        body = read_visit(_raw(request))
        entity = entities_to_visit(post, body.visited_on).filter(pk=body.entity).first()
        if entity is None:
            raise Http404
        done = submit_visit(entity, key=key, body=body, by=post, on=timezone.localdate(), at=timezone.now())
    except Unreadable as refused:
        return _refused(refused, 400)
    except Unfit as refused:
        return _refused(refused, 422)
    return _receipt(done)


def _receipt(done: Submitted) -> Response:
    answer = {
        "number": done.visit.number,
        "id": done.visit.pk,
        "state": done.visit.state,
        "missing": done.missing,
        "fulfils": done.fulfils,
        "note": done.note,
    }
    if done.missing:
        return Response(answer, status=202)
    return Response(answer, status=201 if done.created else 200)


@api_view(["PUT"])
@parser_classes([RawPicture, RawBytes])
def visit_photo(request: Request, key: UUID, sha: str) -> Response:
    """One picture of a visit, hashed again here; the answer is its receipt."""
    post = _post(request)
    found = visits_seen_by(post, timezone.localdate()).filter(key=key).first()
    if found is None:
        raise Http404
    try:
        photo = add_photo(found, _raw(request), sha=sha, by=post, at=timezone.now())
    except Unfit as refused:
        return _refused(refused, 422)
    return Response({"sha256": photo.sha256, "state": found.state, "missing": found.missing_photos()})


@api_view(["GET"])
def issues(request: Request) -> Response:
    """The issues of the acting post in the tab asked for, newest first, fifty at most."""
    post = _post(request)
    require(may_read_issues(post))
    found = issues_for(post, timezone.localdate(), tab=request.query_params.get("tab", ""))[:50]
    return Response({"issues": [_line(issue) for issue in found]})


def _line(issue: Issue) -> dict[str, Any]:
    answers = getattr(issue, "answers", None)
    answer = (answers[-1] if answers else None) if answers is not None else last_answer(issue)
    return {
        "id": issue.pk,
        "entity": {"id": issue.entity_id, "name": issue.entity.name},
        "description": issue.description,
        "state": issue.state,
        "state_name": STATE_LABELS[State(issue.state)],
        "holder": issue.holder_kind,
        "since": issue.holder_since,
        "due_on": issue.due_on,
        "answer": {"id": answer.pk, "text": answer.text, "at": answer.at, "by": answer.by_name} if answer else None,
    }


@api_view(["POST"])
@parser_classes([Raw])
def issue_act(request: Request, pk: int, verb: str) -> Response:
    """One act on an issue with its words: {"text", "seen"}."""
    post, today = _post(request), timezone.localdate()
    issue = issues_seen_by(post, today).filter(pk=pk).first()
    if issue is None or verb not in {each.value for each in Verb}:
        raise Http404
    try:
        text, seen = read_issue_act(_raw(request) or b"{}")
        require(may_act(post, issue, Verb(verb), on=today))
        done = act_on_issue(issue, Verb(verb), text=text, seen=seen, by=post, on=today, at=timezone.now())
    except Unreadable as refused:
        return _refused(refused, 400)
    except Unfit as refused:
        return _refused(refused, 422)
    return Response(_line(done))


@api_view(["GET"])
def due(request: Request, kind: str, pk: int) -> Response:
    """Why the due day of an issue, obligation, quarter or package is that day; the page's own lines among the facts."""
    post = _post(request)
    require(may_read_due(post))
    dated = find_dated(kind, pk, post, timezone.localdate())
    if dated is None:
        raise Http404
    require(may_read_due(post, dated.place))
    why = explained(dated.explanation)
    lines = [{"label": label, "text": text} for label, text in why.lines()]
    return Response({"kind": kind, "id": pk, "subject": dated.subject, **why.as_json(), "lines": lines})


@api_view(["GET"])
def closures(request: Request) -> Response:
    """Shops that visits reported closed, in the tab asked for (waiting, all), fifty at most."""
    require(may_check_closures(_post(request)))
    tab = request.query_params.get("tab", "")
    found = reported.closures(tab if tab in reported.TABS else "waiting")[:50]
    return Response({"closures": [_report(each) for each in found]})


def _report(report: ClosureReport) -> dict[str, Any]:
    visit = report.visit
    return {
        "id": report.pk,
        "entity": {"id": visit.entity_id, "name": visit.entity.name, "status": visit.entity.status},
        "visit": visit.number,
        "visited_on": visit.visited_on,
        "cadre": visit.cadre_name,
        "state": report.state,
        "status": report.status,
        "reason": report.reason,
    }


@api_view(["POST"])
@parser_classes([Raw])
def accept(request: Request, pk: int) -> Response:
    """The shop is closed: {"status"} is what the register is set to."""
    return _decision(request, pk, accepted=True)


@api_view(["POST"])
@parser_classes([Raw])
def reject(request: Request, pk: int) -> Response:
    """The shop is open: {"reason"} is what its cadre is told."""
    return _decision(request, pk, accepted=False)


def _decision(request: Request, pk: int, *, accepted: bool) -> Response:
    post, today, now = _post(request), timezone.localdate(), timezone.now()
    require(may_check_closures(post))
    report = reported.closures("all").filter(pk=pk).first()
    if report is None:
        raise Http404
    try:
        status, reason = read_decision(_raw(request) or b"{}")
        if accepted:
            done = accept_closure(report, status, by=post, on=today, at=now)
        else:
            done = reject_closure(report, reason=reason, by=post, on=today, at=now)
    except Unreadable as refused:
        return _refused(refused, 400)
    except Unfit as refused:
        return _refused(refused, 422)
    # Read again: the register has moved on with it.
    return Response(_report(reported.closures("all").get(pk=done.pk)))
