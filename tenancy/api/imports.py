"""Imports over the API: the wizard's policy, acts and sentences, step by step.

An app says with a subclass which kinds it imports, under which right, and how its task is nudged.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tenancy.actions.imports import ImportKind, confirm_batch, receive_workbook, undo_batch, undo_until
from tenancy.actions.mending import amend_cells, map_columns, marked_workbook, set_aside, take_proposals
from tenancy.forms.imports import UploadForm
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.policies import may
from tenancy.queries.imports import batches, preview_rows, sheet_view
from tenancy.rules.importing import column_letter
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Pages(LimitOffsetPagination):
    max_limit = 500


class BatchAnswer(serializers.ModelSerializer[ImportBatch]):
    """A batch with its way so far; counts always add up to `read`."""

    state_name = serializers.CharField(source="get_state_display")
    undo_until = serializers.SerializerMethodField()

    class Meta:
        model = ImportBatch
        fields = (
            "id", "kind", "state", "state_name", "filename", "sha256", "sheet", "header_row", "columns", "version",
            "notes", "counts", "error", "uploaded_at", "committed_at", "undone_at", "undo_until", "kept",
        )  # fmt: skip

    def get_undo_until(self, batch: ImportBatch) -> str | None:
        until = undo_until(batch)
        return until.isoformat() if until else None


class Upload(serializers.Serializer[Any]):
    """A workbook and what it is."""

    kind = serializers.CharField()
    file = serializers.FileField()


class Meanings(serializers.Serializer[Any]):
    """Which column of a sheet holds what: column (0 is A) -> key, or "-" for one that is not imported."""

    sheet = serializers.CharField(allow_blank=True)
    header_row = serializers.IntegerField(min_value=1, max_value=10_000)
    columns = serializers.DictField(child=serializers.CharField())

    def validate_columns(self, columns: dict[str, str]) -> dict[int, str]:
        if not all(at.isdecimal() and len(at) < 4 for at in columns):
            raise ValidationError(_("列号应为从 0 起的整数，0 为 A 列。"))
        return {int(at): key for at, key in columns.items()}


class Correction(serializers.Serializer[Any]):
    """One row's cell, or the same wrong value in every refused row when no number is given.

    proposed: instead, what the problems of this column propose, in every refused row.
    """

    column = serializers.CharField()
    old = serializers.CharField(allow_blank=True, default="")
    new = serializers.CharField(allow_blank=True, max_length=2000, default="")
    number = serializers.IntegerField(min_value=1, max_value=2_000_000, allow_null=True, default=None)
    remember = serializers.BooleanField(default=False)
    proposed = serializers.BooleanField(default=False)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if not sent["proposed"] and "new" not in self.initial_data:
            raise ValidationError({"new": [_("请写明改成什么，或用 proposed 采用建议。")]})
        return sent


class Aside(serializers.Serializer[Any]):
    """A row, or every refused one, left out of the commit; back takes them in again."""

    number = serializers.IntegerField(min_value=1, max_value=2_000_000, allow_null=True, default=None)
    back = serializers.BooleanField(default=False)


class Confirmation(serializers.Serializer[Any]):
    """Only the clean rows or all; seen: "warnings" and "many" once somebody has looked at them."""

    clean_only = serializers.BooleanField(default=False)
    seen = serializers.ListField(child=serializers.CharField(), default=list)


class ImportViewSet(GenericViewSet[Any]):
    """One app's imports."""

    kinds: ClassVar[tuple[ImportKind, ...]] = ()
    right: ClassVar[Right]
    # Another right than that, for kinds which others send as well.
    rights: ClassVar[Mapping[str, Right]] = {}
    # Kinds that are sent to another address, with the sentence that leads there.
    elsewhere: ClassVar[Mapping[str, "StrOrPromise"]] = {}
    queryset = ImportBatch.objects.none()
    serializer_class = BatchAnswer
    pagination_class = Pages

    def list(self, request: Request) -> Response:
        """Every batch of the acting place, the newest first."""
        found = self.paginate_queryset(batches("").filter(kind__in=self._opened(request))) or []
        return self.get_paginated_response(BatchAnswer(found, many=True).data)

    @extend_schema(request=Upload)
    def create(self, request: Request) -> Response:
        """201 with the new batch, 200 with the earlier one when these bytes were here before."""
        post = self._acting(request)
        name = self._sent(Upload, request)["kind"]
        if name in self.elsewhere:
            raise ValidationError({"kind": [str(self.elsewhere[name])]})
        kind = self._kind(name)
        require(may(post, self.rights.get(kind.name, self.right)))
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in form.errors.items()})
        file = form.cleaned_data["file"]
        known = ImportBatch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        batch = receive_workbook(post.jurisdiction, kind=kind.name, filename=file.name, data=file.read(), by=post)
        if batch.state == "uploaded":
            self.nudge(batch.pk)
        return Response(BatchAnswer(batch).data, status=201 if batch.pk > known else 200)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Where a batch is; ask again while it is `uploaded` or `committing`."""
        return Response(BatchAnswer(self._batch(request, pk)[0]).data)

    def problems(self, request: Request, pk: int) -> Response:
        """Every finding with its row as the spreadsheet shows it, column letter and title, value, and how to mend it."""
        batch, kind = self._batch(request, pk)
        rows = self.paginate_queryset(batch.rows.exclude(problems=[]).order_by("number")) or []
        return self.get_paginated_response([each for row in rows for each in _problems(row, batch, kind)])

    def rows(self, request: Request, pk: int) -> Response:
        """The staged rows of a tab (refused, warned, new, changed, same, skipped) with what each would change."""
        batch, kind = self._batch(request, pk)
        rows = self.paginate_queryset(preview_rows(batch, request.query_params.get("tab", ""))) or []
        return self.get_paginated_response([_row(row, kind) for row in rows])

    @extend_schema(request=Meanings)
    def columns(self, request: Request, pk: int) -> Response:
        """GET: the columns as they were recognised and the first rows. POST: what each of them holds."""
        batch, kind = self._batch(request, pk)
        if request.method == "GET":
            return Response(_columns(batch, kind, request.query_params.get("sheet")))
        sent = self._sent(Meanings, request)
        words = {"sheet": sent["sheet"], "header_row": sent["header_row"], "meanings": sent["columns"]}
        batch = map_columns(batch, kind, **words, by=self._acting(request))
        self.nudge(batch.pk)
        return Response(BatchAnswer(batch).data)

    @extend_schema(request=Correction)
    def amend(self, request: Request, pk: int) -> Response:
        """Corrects cells and checks every row again."""
        batch, kind = self._batch(request, pk)
        sent = self._sent(Correction, request)
        if sent["column"] not in {column.key for column in kind.columns}:
            raise ValidationError({"column": [_("没有这一列。")]})
        acting: dict[str, Any] = {"by": self._acting(request), "on": self._today()}
        if sent.pop("proposed"):
            changed = take_proposals(batch, kind, column=sent["column"], **acting)
        else:
            changed = amend_cells(batch, kind, **sent, **acting)
        return self._changed(batch, changed)

    @extend_schema(request=Aside)
    def skip(self, request: Request, pk: int) -> Response:
        """Leaves rows out of the commit."""
        batch, kind = self._batch(request, pk)
        sent = self._sent(Aside, request)
        return self._changed(batch, set_aside(batch, kind, **sent, by=self._acting(request), on=self._today()))

    @extend_schema(request=Confirmation)
    def commit(self, request: Request, pk: int) -> Response:
        """Asks for the batch to be written; a task does it."""
        batch, _kind = self._batch(request, pk)
        batch = confirm_batch(batch, by=self._acting(request), **self._sent(Confirmation, request))
        self.nudge(batch.pk)
        return Response(BatchAnswer(batch).data)

    def undo(self, request: Request, pk: int) -> Response:
        """Takes a written batch back; `kept` names what was changed since and stayed."""
        batch, kind = self._batch(request, pk)
        undo_batch(batch, kind, by=self._acting(request), at=timezone.now())
        batch.refresh_from_db()
        return Response(BatchAnswer(batch).data)

    def file(self, request: Request, pk: int) -> HttpResponse:
        """The workbook with its reasons, all rows or only=bad."""
        batch, _kind = self._batch(request, pk)
        marked = marked_workbook(batch, only_bad=request.query_params.get("only") == "bad")
        return HttpResponse(marked, content_type=XLSX)

    def nudge(self, batch_id: int) -> None:
        """Tells the app's worker; the sweeper finds the row anyway when nobody listens."""
        raise NotImplementedError

    def _acting(self, request: Request) -> Post:
        post: Post = request.post  # type: ignore[attr-defined]
        self._opened(request)
        return post

    def _opened(self, request: Request) -> tuple[str, ...]:
        """The kinds the post may import. Raises Refused when there are none."""
        post: Post = request.post  # type: ignore[attr-defined]
        opened = tuple(name for name in self._names() if may(post, self.rights.get(name, self.right)))
        if not opened:
            require(may(post, self.right))
        return opened

    def _today(self) -> date:
        return timezone.localdate()

    def _names(self) -> tuple[str, ...]:
        return tuple(kind.name for kind in self.kinds)

    def _kind(self, name: str) -> ImportKind:
        found = next((kind for kind in self.kinds if kind.name == name), None)
        if found is None:
            raise ValidationError(
                {
                    "kind": [
                        _("没有这一类导入，可填：%s。")
                        % "、".join(name for name in self._names() if name not in self.elsewhere)
                    ]
                }
            )
        return found

    def _batch(self, request: Request, pk: int) -> tuple[ImportBatch, ImportKind]:
        batch = get_object_or_404(
            ImportBatch.objects.select_related("jurisdiction", "uploaded_by"), pk=pk, kind__in=self._opened(request)
        )
        return batch, self._kind(batch.kind)

    def _sent(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        sent = kind(data=request.data)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def _changed(self, batch: ImportBatch, changed: int) -> Response:
        batch.refresh_from_db()
        return Response({**BatchAnswer(batch).data, "changed": changed})


def _problems(row: ImportRow, batch: ImportBatch, kind: ImportKind) -> "list[dict[str, Any]]":
    cells = dict(zip((column.key for column in kind.columns), _masked(row, kind), strict=False))
    titles = {column.key: column.title for column in kind.columns}
    return [
        {
            "sheet": batch.sheet,
            "row": row.number,
            "letter": column_letter(at) if (at := batch.columns.get(each["column"])) is not None else "",
            "title": titles.get(each["column"], ""),
            "value": cells.get(each["column"]),
            **each,
        }
        for each in row.problems
    ]


def _masked(row: ImportRow, kind: ImportKind) -> "list[Any]":
    pairs = zip(kind.columns, row.cells, strict=False)
    return ["••••" if column.private and cell not in (None, "") else cell for column, cell in pairs]


def _row(row: ImportRow, kind: ImportKind) -> dict[str, Any]:
    cells = dict(zip((column.key for column in kind.columns), _masked(row, kind), strict=False))
    verdict = "refused" if row.refused else row.verdict
    facts = {"row": row.number, "verdict": verdict, "cells": cells}
    return facts | {"differences": row.differences or {}, "problems": row.problems}


def _columns(batch: ImportBatch, kind: ImportKind, sheet: str | None) -> dict[str, Any]:
    view = sheet_view(batch, kind.columns, kind.own_titles, sheet, None)
    shown = [
        {"at": each.at, "letter": each.letter, "title": each.title, "key": each.key, "is_guess": each.is_guess}
        for each in (view.columns if view else ())
    ]
    return {
        "sheets": [part["name"] for part in batch.preview],
        "sheet": view.sheet if view else "",
        "header_row": view.header_row if view else 0,
        "columns": shown,
        "rows": [{"row": number, "cells": cells} for number, cells in (view.rows if view else ())],
        "fields": [{"key": each.key, "title": each.title, "required": each.required} for each in kind.columns],
    }


def routes(view: type[ImportViewSet]) -> "list[tuple[str, Any, str]]":
    """What an app puts below its own address: (tail, view, name)."""
    acts: dict[str, tuple[str, ...]] = {"columns": ("get", "post")}
    acts |= dict.fromkeys(("problems", "rows", "file"), ("get",))
    acts |= dict.fromkeys(("amend", "skip", "commit", "undo"), ("post",))
    return [
        ("", view.as_view({"get": "list", "post": "create"}), "api-imports"),
        ("<int:pk>/", view.as_view({"get": "retrieve"}), "api-import"),
        *(
            (f"<int:pk>/{act}/", view.as_view(dict.fromkeys(methods, act)), f"api-import-{act}")
            for act, methods in acts.items()
        ),
    ]
