"""Addresses of the app."""

from django.urls import path

from entities import api
from entities.views import imports, register

app_name = "entities"
urlpatterns = [
    path("entities/import/", imports.import_ledger, name="import-ledger"),
    path("entities/imports/<int:batch_id>/", imports.show_import, name="show-import"),
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
    path("entities/<int:entity_id>/upgrade/", register.upgrade_entity, name="upgrade-entity"),
    path("entities/<int:entity_id>/phone/", register.reveal_phone, name="reveal-phone"),
    path("api/entities/", api.EntityViewSet.as_view({"get": "list", "post": "create"}), name="api-entities"),
    path(
        "api/entities/<int:pk>/",
        api.EntityViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-entity",
    ),
]
