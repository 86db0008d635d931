"""Addresses of the app."""

from django.urls import path

from reports import api
from reports.views import desk, exports, figures, plans

app_name = "reports"
urlpatterns = [
    path("", desk.home, name="home"),
    path("todo/", desk.show_todo, name="todo"),
    path("reports/ratios/", figures.show_ratios, name="show-ratios"),
    path("reports/rates/", figures.show_rates, name="show-rates"),
    path("reports/behind/<str:what>/", figures.list_behind, name="list-behind"),
    path("plans/drafts/<int:draft_id>/put-in-force/", plans.put_in_force, name="put-in-force"),
    path("plans/<int:plan_id>/withdraw/", plans.withdraw_plan, name="withdraw-plan"),
    path("api/plan-drafts/<int:draft_id>/put-in-force/", api.put_in_force, name="api-put-in-force"),
    path("api/plans/<int:plan_id>/withdraw/", api.withdraw_plan, name="api-withdraw-plan"),
    path("exports/", exports.list_exports, name="list-exports"),
    path("exports/ledger/", exports.export_ledger, name="export-ledger"),
    path("exports/progress/", exports.export_progress, name="export-progress"),
    path("exports/<int:pk>/", exports.show_export, name="show-export"),
    path("exports/<int:pk>/file/", exports.download_export, name="download-export"),
]
