"""Addresses of the app."""

from django.urls import path

from entities.api import expiry as expiry_api
from entities.api import grading as grading_api
from entities.api import records as records_api
from entities.api import register as register_api
from entities.api import supply as supply_api
from entities.api.imports import RegisterImports
from entities.views import expiry, grading, imports, records, register, regrading, supply
from tenancy.api.imports import routes

app_name = "entities"
urlpatterns = [
    path("entities/import/", imports.import_ledger, name="import-ledger"),
    path("entities/import/template.xlsx", imports.ledger_template, name="ledger-template"),
    path("entities/imports/<int:batch_id>/", imports.show_import, name="show-import"),
    path("entities/imports/<int:batch_id>/columns/", imports.map_import, name="map-import"),
    path("entities/imports/<int:batch_id>/skip/", imports.skip_import, name="skip-import"),
    path("entities/imports/<int:batch_id>/amend/", imports.amend_import, name="amend-import"),
    path("entities/imports/<int:batch_id>/commit/", imports.commit_import, name="commit-import"),
    path("entities/imports/<int:batch_id>/undo/", imports.undo_import, name="undo-import"),
    path("entities/imports/<int:batch_id>/file/", imports.download_import, name="download-import"),
    path("entities/", register.list_entities, name="list-entities"),
    path("entities/new/", register.add_entity, name="add-entity"),
    path("entities/<int:entity_id>/", register.show_entity, name="show-entity"),
    path("entities/<int:entity_id>/edit/", register.edit_entity, name="edit-entity"),
    path("entities/<int:entity_id>/status/", register.close_entity, name="close-entity"),
    path("entities/<int:entity_id>/status/undo/", register.undo_status, name="undo-status"),
    path("entities/<int:entity_id>/upgrade/", grading.upgrade_entity, name="upgrade-entity"),
    path("entities/<int:entity_id>/correct/", grading.correct_grade, name="correct-grade"),
    path("entities/decisions/<int:decision_id>/withdraw/", grading.withdraw_decision, name="withdraw-decision"),
    path("entities/grading/", grading.try_grading, name="try-grading"),
    path("entities/regrade/", regrading.regrade, name="regrade"),
    path("entities/regradings/<int:regrading_id>/", regrading.show_regrading, name="show-regrading"),
    path("entities/regradings/<int:regrading_id>/undo/", regrading.undo_regrading, name="undo-regrading"),
    path("entities/<int:entity_id>/phone/", register.reveal_phone, name="reveal-phone"),
    path("entities/<int:entity_id>/supply/", supply.change_supply, name="change-supply"),
    path("api/entities/<int:pk>/supply/", supply_api.change, name="api-change-supply"),
    path("entities/expiry/", expiry.list_expiry, name="list-expiry"),
    path("api/entities/expiry/", expiry_api.expiring_lines, name="api-expiry"),
    path("entities/<int:entity_id>/records/<slug:kind>/new/", records.add_record, name="add-record"),
    path("entities/records/<slug:kind>/<int:record_id>/", records.edit_record, name="edit-record"),
    path("entities/records/<slug:kind>/<int:record_id>/strike/", records.strike_record, name="strike-record"),
    path("entities/records/<slug:kind>/<int:record_id>/restore/", records.restore_record, name="restore-record"),
    path("entities/contacts/<int:contact_id>/phone/", records.reveal_contact, name="reveal-contact"),
    path("api/entities/<int:pk>/records/", records_api.records, name="api-records"),
    path("api/entities/<int:pk>/records/<slug:kind>/", records_api.add, name="api-add-record"),
    path("api/records/<slug:kind>/<int:record_id>/", records_api.record, name="api-record"),
    path("api/records/<slug:kind>/<int:record_id>/restore/", records_api.restore, name="api-restore-record"),
    path("api/entities/", register_api.EntityViewSet.as_view({"get": "list", "post": "create"}), name="api-entities"),
    path(
        "api/entities/<int:pk>/",
        register_api.EntityViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-entity",
    ),
    *(path(f"api/entities/imports/{tail}", view, name=name) for tail, view, name in routes(RegisterImports)),
    path("api/entities/<int:pk>/grades/", grading_api.grades, name="api-grades"),
    path("api/entities/<int:pk>/decisions/", grading_api.decide, name="api-decide-grade"),
    path("api/decisions/<int:pk>/withdraw/", grading_api.withdraw, name="api-withdraw-decision"),
    path("api/grading/", grading_api.try_grading, name="api-try-grading"),
    path("api/regrading/", grading_api.regrading, name="api-regrade"),
    path("api/regradings/<int:pk>/", grading_api.show_regrading, name="api-show-regrading"),
    path("api/regradings/<int:pk>/undo/", grading_api.undo, name="api-undo-regrading"),
]
