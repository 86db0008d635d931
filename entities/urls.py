"""Addresses of the app."""

from django.urls import path

from entities.api import changes as changes_api
from entities.api import doubles as doubles_api
from entities.api import grading as grading_api
from entities.api import register as register_api
from entities.api import surveys as surveys_api
from entities.api.imports import RegisterImports
from entities.views import changes, doubles, grading, imports, register, regrading, surveys
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
    path("entities/<int:entity_id>/change/", changes.change_entity, name="change-entity"),
    path("entities/<int:entity_id>/clear/", changes.clear_entity, name="clear-entity"),
    path("entities/clearances/", changes.list_clearances, name="list-clearances"),
    path("entities/clearances/<int:pk>/", changes.show_clearance, name="show-clearance"),
    path("entities/clearances/<int:pk>/proof/", changes.show_proof, name="show-proof"),
    path("entities/clearances/<int:pk>/confirm/", changes.confirm_clearance, name="confirm-clearance"),
    path("entities/clearances/<int:pk>/reject/", changes.reject_clearance, name="reject-clearance"),
    path("api/entities/<int:pk>/changes/", changes_api.changes, name="api-changes"),
    path("api/entities/<int:pk>/clearance/", changes_api.ask_clearance, name="api-ask-clearance"),
    path("api/clearances/", changes_api.list_clearances, name="api-clearances"),
    path("api/clearances/<int:pk>/confirm/", changes_api.confirm_clearance, name="api-confirm-clearance"),
    path("api/clearances/<int:pk>/reject/", changes_api.reject_clearance, name="api-reject-clearance"),
    path("entities/doubles/", doubles.list_doubles, name="list-doubles"),
    path("entities/doubles/<int:first>/<int:second>/", doubles.merge_entities, name="merge-entities"),
    path("entities/doubles/<int:first>/<int:second>/apart/", doubles.keep_apart, name="keep-apart"),
    path("entities/merges/<int:merge_id>/undo/", doubles.undo_merge, name="undo-merge"),
    path("api/doubles/", doubles_api.doubles, name="api-doubles"),
    path("api/doubles/<int:first>/<int:second>/merge/", doubles_api.merge, name="api-merge-entities"),
    path("api/doubles/<int:first>/<int:second>/apart/", doubles_api.apart, name="api-keep-apart"),
    path("api/merges/<int:merge_id>/undo/", doubles_api.undo, name="api-undo-merge"),
    path("entities/surveys/", surveys.list_surveys, name="list-surveys"),
    path("entities/surveys/<int:survey_id>/", surveys.show_survey, name="show-survey"),
    path("entities/surveys/<int:survey_id>/file/", surveys.export_survey, name="export-survey"),
    path("entities/surveys/<int:survey_id>/add/", surveys.add_line, name="add-survey-line"),
    path("entities/surveys/<int:survey_id>/confirm/", surveys.confirm_lines, name="confirm-survey-lines"),
    path("entities/surveys/<int:survey_id>/close/", surveys.close_survey, name="close-survey"),
    path("entities/surveys/lines/<int:line_id>/", surveys.draft_line, name="draft-survey-line"),
    path("entities/surveys/lines/<int:line_id>/return/", surveys.return_line, name="return-survey-line"),
    path("api/surveys/", surveys_api.list_surveys, name="api-surveys"),
    path("api/surveys/<int:survey_id>/", surveys_api.show_survey, name="api-survey"),
    path("api/surveys/<int:survey_id>/lines/", surveys_api.add_line, name="api-add-survey-line"),
    path("api/surveys/<int:survey_id>/confirm/", surveys_api.confirm_lines, name="api-confirm-survey-lines"),
    path("api/surveys/<int:survey_id>/close/", surveys_api.close_survey, name="api-close-survey"),
    path("api/survey-lines/<int:line_id>/", surveys_api.draft_line, name="api-draft-survey-line"),
    path("api/survey-lines/<int:line_id>/return/", surveys_api.return_line, name="api-return-survey-line"),
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
