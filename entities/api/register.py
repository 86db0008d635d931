"""The register's endpoints: the page's policy, the import's checker, their own sentences.

Telephones are masked here as everywhere; a change names the `version` it was made on.
"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from entities.actions.register import add_entity, change_entity, version_of
from entities.api.pieces import acting, entity_of, unfit
from entities.forms import RegisterFilterForm
from entities.models import Entity
from entities.queries.checking import (
    EntityChecks,
    cells_of,
    entity_checks,
    licence_of,
    status_names,
    type_names,
    unsettled,
)
from entities.queries.finding import register, tags_in_use
from entities.queries.listing import as_listed
from entities.queries.register import areas_under
from entities.rules.ledger import COLUMNS, LedgerRow
from tenancy.api import Pages
from tenancy.plans import PlanDocument
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Finding
from tenancy.rules.roles import Right


def _cell(title: str) -> serializers.CharField:
    return serializers.CharField(label=title, required=False, allow_blank=True, allow_null=True, max_length=2000)


class EntityCells(serializers.Serializer[Any]):
    """What may be sent: the cells of a ledger row, a name or an id for the area, and the answer to warnings."""

    accept = serializers.BooleanField(required=False, default=False)
    version = serializers.CharField(required=False, default="", max_length=40)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        cells = {column.key: _cell(column.title) for column in COLUMNS}
        return {**cells, **super().get_fields()}


class EntityAnswer(serializers.Serializer[Any]):
    """An entity as lists and single reads give it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    licence = serializers.CharField()
    business_type = serializers.CharField()
    business_type_name = serializers.CharField()
    staff = serializers.IntegerField(allow_null=True)
    revenue = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    diners = serializers.IntegerField(allow_null=True)
    area = serializers.IntegerField()
    area_name = serializers.CharField()
    address = serializers.CharField()
    principal = serializers.CharField()
    phone = serializers.CharField()
    director = serializers.CharField()
    officer = serializers.CharField()
    grade = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    status_name = serializers.CharField()
    further_types = serializers.ListField(child=serializers.CharField())
    tags = serializers.ListField(child=serializers.CharField())
    risk_level = serializers.CharField(allow_blank=True)
    version = serializers.CharField()


class EntityViewSet(GenericViewSet[Entity]):
    """包保主体台账."""

    queryset = Entity.objects.none()
    serializer_class = EntityAnswer
    pagination_class = Pages

    def list(self, request: Request) -> Response:
        """The register with the page's filters, 50 at a time.

        q, grade, business_type, area as a path, status, tab, tag, size, risk, defect, cluster, chain; sort as a column, - before it
        for the other way round.
        """
        post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
        doc, areas = plan_in_force(post.jurisdiction.path, today).value, areas_under(post.jurisdiction)
        form = RegisterFilterForm(request.query_params, plan=doc, areas=areas, tags=tags_in_use())
        asked = form.asked()
        if form.errors:
            return unfit({name: [str(text) for text in texts] for name, texts in form.errors.items()})
        found = self.paginate_queryset(as_listed(register(asked, today)).defer(None)) or []
        return self.get_paginated_response([_answer(entity, doc) for entity in found])

    def retrieve(self, request: Request, pk: int) -> Response:
        """One entity."""
        post = acting(request, Right.VIEW_REGISTER)
        doc = plan_in_force(post.jurisdiction.path, timezone.localdate()).value
        return Response(_answer(entity_of(post, Right.VIEW_REGISTER, pk), doc))

    @extend_schema(request=EntityCells)
    def create(self, request: Request) -> Response:
        """A new entity. 422 names every finding; `accept` keeps it in spite of warnings."""
        post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
        cells, checks = _cells(request), entity_checks(post.jurisdiction, today)
        row, findings = checks.check(cells)
        if problems := unsettled(findings, touched={*cells, *_keys()}, accepted=cells["accept"]):
            return _refused(problems)
        entity = add_entity(row, by=post, on=today)
        return Response(_answer(entity, checks.plan.value), status=201)

    @extend_schema(request=EntityCells)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Changes the cells that are sent; `version` says on which state."""
        post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
        entity = entity_of(post, Right.EDIT_REGISTER, pk)
        cells, checks = _cells(request), entity_checks(post.jurisdiction, today)
        row, problems = _checked(entity, cells, checks)
        if problems:
            return _refused(problems)
        # An empty telephone that was sent is meant; one that was left out stays.
        forget = "phone" in cells and not cells["phone"]
        entity = change_entity(entity, row, by=post, on=today, seen=cells["version"], forget_phone=forget)
        return Response(_answer(entity, checks.plan.value))


def _keys() -> list[str]:
    return [column.key for column in COLUMNS]


def _cells(request: Request) -> dict[str, Any]:
    sent = EntityCells(data=request.data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _checked(entity: Entity, cells: dict[str, Any], checks: EntityChecks) -> tuple[LedgerRow, list[Finding]]:
    whole = cells_of(entity, checks.plan.value) | {key: cells[key] for key in _keys() if key in cells}
    row, findings = checks.check({key: value or "" for key, value in whole.items()}, but=entity.pk)
    return row, unsettled(findings, touched=set(cells), accepted=cells["accept"])


def _refused(problems: list[Finding]) -> Response:
    """422 with every finding, as the import and the form name them."""
    fields: dict[str, list[str]] = {}
    for finding in problems:
        fields.setdefault(finding.column, []).append(finding.message)
    return unfit(fields, [finding.as_json() for finding in problems])


def _answer(entity: Entity, doc: PlanDocument) -> dict[str, Any]:
    values: dict[str, Any] = EntityAnswer(
        {
            **{name: getattr(entity, name) for name in ("uscc", "business_type", "staff", "revenue", "diners")},
            **{name: getattr(entity, name) for name in ("name", "address", "principal", "director", "officer")},
            **{name: getattr(entity, name) for name in ("further_types", "tags", "risk_level")},
            "id": entity.pk,
            "licence": licence_of(entity),
            "business_type_name": type_names(doc).get(entity.business_type, entity.business_type),
            "area": entity.jurisdiction_id,
            "area_name": entity.jurisdiction.name,
            "phone": str(entity.phone),
            "grade": entity.grade,
            "status": entity.status,
            "status_name": status_names(doc)[entity.status],
            "version": version_of(entity),
        }
    ).data
    return values
