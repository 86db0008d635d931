"""Addresses of the app."""

from django.urls import path

from entities.api import bulk as bulk_api
from entities.api import grading as grading_api
from entities.api import quality as quality_api
from entities.api import register as register_api
from entities.api import saved as saved_api
from entities.api.imports import RegisterImports
from entities.views import bulk, finding, grading, imports, quality, register, regrading, saved
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
    path("entities/", finding.list_entities, name="list-entities"),
    path("entities/views/", saved.list_views, name="list-views"),
    path("entities/views/<int:view_id>/", saved.change_view, name="change-view"),
    path("entities/views/<int:view_id>/move/", saved.move_view, name="move-view"),
    path("entities/views/<int:view_id>/remove/", saved.remove_view, name="remove-view"),
    path("entities/views/<int:view_id>/restore/", saved.restore_view, name="restore-view"),
    path("api/entities/views/", saved_api.views, name="api-views"),
    path("api/entities/views/<int:pk>/", saved_api.view, name="api-view"),
    path("api/entities/views/<int:pk>/move/", saved_api.move, name="api-move-view"),
    path("api/entities/views/<int:pk>/restore/", saved_api.restore, name="api-restore-view"),
    path("entities/print/", finding.print_entities, name="print-entities"),
    path("entities/quality/", quality.show_quality, name="show-quality"),
    path("entities/quality/defects.xlsx", quality.download_quality, name="download-quality"),
    path("entities/quality/<int:mending_id>/withdraw/", quality.withdraw_mending, name="withdraw-mending"),
    path("api/entities/quality/", quality_api.quality, name="api-quality"),
    path("api/entities/quality/<int:pk>/withdraw/", quality_api.withdraw, name="api-withdraw-mending"),
    path("entities/bulk/", bulk.bulk_entities, name="bulk-entities"),
    path("entities/bulk/<int:bulk_id>/", bulk.show_bulk, name="show-bulk"),
    path("entities/bulk/<int:bulk_id>/undo/", bulk.undo_bulk, name="undo-bulk"),
    path("api/entities/bulk/", bulk_api.bulk, name="api-bulk"),
    path("api/entities/bulk/<int:pk>/", bulk_api.show, name="api-show-bulk"),
    path("api/entities/bulk/<int:pk>/undo/", bulk_api.undo, name="api-undo-bulk"),
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
