"""Addresses of the app."""

from django.urls import path

from reports.api import calendar as calendar_api
from reports.api import places as places_api
from reports.api import plans as plans_api
from reports.views import calendar, closing, desk, exports, figures, plans, rounds

app_name = "reports"
urlpatterns = [
    path("", desk.home, name="home"),
    path("todo/", desk.show_todo, name="todo"),
    path("reports/ratios/", figures.show_ratios, name="show-ratios"),
    path("reports/rates/", figures.show_rates, name="show-rates"),
    path("reports/first-rounds/", rounds.show_first_rounds, name="show-first-rounds"),
    path("reports/behind/<str:what>/", figures.list_behind, name="list-behind"),
    path("plans/drafts/<int:draft_id>/put-in-force/", plans.put_in_force, name="put-in-force"),
    path("plans/drafts/<int:draft_id>/effects/", plans.list_plan_effects, name="list-plan-effects"),
    path("api/plan-drafts/<int:draft_id>/effects/", plans_api.plan_effects, name="api-plan-effects"),
    path("plans/<int:plan_id>/annexes/<int:number>/", plans.print_annex, name="print-annex"),
    path("plans/<int:plan_id>/withdraw/", plans.withdraw_plan, name="withdraw-plan"),
    path("api/plan-drafts/<int:draft_id>/put-in-force/", plans_api.put_in_force, name="api-put-in-force"),
    path("api/plans/<int:plan_id>/withdraw/", plans_api.withdraw_plan, name="api-withdraw-plan"),
    path("exports/", exports.list_exports, name="list-exports"),
    path("exports/ledger/", exports.export_ledger, name="export-ledger"),
    path("exports/expiry/", exports.export_expiry, name="export-expiry"),
    path("exports/progress/", exports.export_progress, name="export-progress"),
    path("exports/<int:pk>/", exports.show_export, name="show-export"),
    path("exports/<int:pk>/file/", exports.download_export, name="download-export"),
    path("settings/places/<int:place_id>/close/", closing.close_place, name="close-place"),
    path("api/places/<int:place_id>/close/", places_api.close_place, name="api-close-place"),
    path("calendar/", calendar.show_calendar, name="show-calendar"),
    path("calendar/preview/", calendar.preview_calendar, name="preview-calendar"),
    path("calendar/correct/", calendar.correct_calendar, name="correct-calendar"),
    path("calendar/<int:year>/settle/", calendar.settle_year, name="settle-year"),
    path("calendar/<int:year>/unsettle/", calendar.unsettle_year, name="unsettle-year"),
    path("api/calendar", calendar_api.calendar, name="api-calendar"),
    path("api/calendar/preview", calendar_api.preview, name="api-calendar-preview"),
    path("api/calendar/settled/<int:year>", calendar_api.settled_year, name="api-settled-year"),
]
