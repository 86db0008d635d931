"""Addresses of the app."""

from django.urls import path

from reports.api import answered as answered_api
from reports.api import calendar as calendar_api
from reports.api import changes as changes_api
from reports.api import collection as collection_api
from reports.api import goals as goals_api
from reports.api import life as life_api
from reports.api import merged as merged_api
from reports.api import places as places_api
from reports.api import plans as plans_api
from reports.api import staffing as staffing_api
from reports.api import trend as trend_api
from reports.views import (
    answered,
    calendar,
    changes,
    closing,
    desk,
    exports,
    figures,
    goals,
    life,
    merged,
    plans,
    rounds,
    staffing,
)

app_name = "reports"
urlpatterns = [
    path("", desk.home, name="home"),
    path("todo/", desk.show_todo, name="todo"),
    path("reports/ratios/", figures.show_ratios, name="show-ratios"),
    path("api/rates/collection/", collection_api.collection, name="api-collection"),
    path("reports/rates/", figures.show_rates, name="show-rates"),
    path("reports/first-rounds/", rounds.show_first_rounds, name="show-first-rounds"),
    path("api/trend/", trend_api.trend, name="api-trend"),
    path("exports/trend/", exports.export_trend, name="export-trend"),
    path("reports/goals/", goals.show_goals, name="show-goals"),
    path("api/goals/", goals_api.goals, name="api-goals"),
    path("exports/goals/", exports.export_goals, name="export-goals"),
    path("reports/staffing/", staffing.show_staffing, name="show-staffing"),
    path("api/staffing/", staffing_api.staffing, name="api-staffing"),
    path("exports/staffing/", exports.export_staffing, name="export-staffing"),
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
    path("changes/", changes.list_changes, name="list-changes"),
    path("changes/file/", changes.export_changes, name="export-changes"),
    path("changes/<int:change_id>/undo/", changes.undo_change, name="undo-change"),
    path("api/changes/", changes_api.changes, name="api-changes"),
    path("api/changes/<int:change_id>/undo/", changes_api.undo, name="api-undo-change"),
    path("entities/<int:entity_id>/merged/", merged.show_merged, name="show-merged"),
    path("api/entities/<int:entity_id>/merged/", merged_api.merged, name="api-merged"),
    path("entities/<int:entity_id>/answered/", answered.show_answered, name="show-answered"),
    path("api/entities/<int:entity_id>/answered/", answered_api.answered, name="api-answered"),
    path("entities/<int:entity_id>/life/", life.show_life, name="show-life"),
    path("entities/<int:entity_id>/life/file/", life.export_life, name="export-life"),
    path("api/entities/<int:entity_id>/life/", life_api.life, name="api-life"),
    path("api/calendar", calendar_api.calendar, name="api-calendar"),
    path("api/calendar/preview", calendar_api.preview, name="api-calendar-preview"),
    path("api/calendar/settled/<int:year>", calendar_api.settled_year, name="api-settled-year"),
]
