"""Addresses of the app."""

from django.urls import path

from reports import api
from reports.views import calendar, desk, exports, figures

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
    path("calendar/", calendar.show_calendar, name="show-calendar"),
    path("calendar/preview/", calendar.preview_calendar, name="preview-calendar"),
    path("calendar/correct/", calendar.correct_calendar, name="correct-calendar"),
    path("calendar/<int:year>/settle/", calendar.settle_year, name="settle-year"),
    path("calendar/<int:year>/unsettle/", calendar.unsettle_year, name="unsettle-year"),
    path("api/calendar", api.calendar, name="api-calendar"),
    path("api/calendar/preview", api.preview, name="api-calendar-preview"),
    path("api/calendar/settled/<int:year>", api.settled_year, name="api-settled-year"),
]
