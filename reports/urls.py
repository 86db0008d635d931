"""Addresses of the app."""

from django.urls import path

from reports import api
from reports.views import closing, desk, exports, figures

app_name = "reports"
urlpatterns = [
    path("", desk.home, name="home"),
    path("todo/", desk.show_todo, name="todo"),
    path("reports/ratios/", figures.show_ratios, name="show-ratios"),
    path("reports/rates/", figures.show_rates, name="show-rates"),
    path("reports/behind/<str:what>/", figures.list_behind, name="list-behind"),
    path("exports/", exports.list_exports, name="list-exports"),
    path("exports/ledger/", exports.export_ledger, name="export-ledger"),
    path("exports/progress/", exports.export_progress, name="export-progress"),
    path("exports/<int:pk>/", exports.show_export, name="show-export"),
    path("exports/<int:pk>/file/", exports.download_export, name="download-export"),
    path("settings/places/<int:place_id>/close/", closing.close_place, name="close-place"),
    path("api/places/<int:place_id>/close/", api.close_place, name="api-close-place"),
]
