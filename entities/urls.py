"""Addresses of the app."""

from django.urls import path

from entities.views import imports

app_name = "entities"
urlpatterns = [
    path("entities/import/", imports.import_ledger, name="import-ledger"),
    path("entities/imports/<int:batch_id>/", imports.show_import, name="show-import"),
    path("entities/imports/<int:batch_id>/amend/", imports.amend_import, name="amend-import"),
    path("entities/imports/<int:batch_id>/commit/", imports.commit_import, name="commit-import"),
    path("entities/imports/<int:batch_id>/undo/", imports.undo_import, name="undo-import"),
    path("entities/imports/<int:batch_id>/file/", imports.download_import, name="download-import"),
]
