"""Addresses of the bottom app."""

from django.urls import path

from tenancy import api, views
from tenancy.api import plans as plans_api
from tenancy.api import subplans as subplans_api
from tenancy.api import words as words_api
from tenancy.views import drafts, editing, imports, mending, plans, subplans

app_name = "tenancy"

plan_urls = [
    path("plans/", plans.list_plans, name="list-plans"),
    path("plans/compare/", plans.compare_plans, name="compare-plans"),
    path("plans/shipped/<str:code>/", plans.show_shipped, name="show-shipped"),
    path("plans/<int:plan_id>/", plans.show_plan, name="show-plan"),
    path("plans/<int:plan_id>/print/", plans.print_plan, name="print-plan"),
    path("plans/<int:plan_id>/plan.yaml", plans.download_plan, name="download-plan"),
    path("plans/<int:plan_id>/annexes/", subplans.attach_annex, name="attach-annex"),
    path("plans/<int:plan_id>/stages/", subplans.note_stage, name="note-stage"),
    path("plans/<int:plan_id>/sub-plans/", subplans.list_sub_plans, name="list-sub-plans"),
    path("plans/<int:plan_id>/sub-plans/expect/", subplans.expect_sub_plan, name="expect-sub-plan"),
    path("plans/<int:plan_id>/sub-plans/file/", subplans.file_sub_plan, name="file-sub-plan"),
    path("plans/annexes/<int:annex_id>/file/", subplans.download_annex, name="download-annex"),
    path("plans/annexes/<int:annex_id>/detach/", subplans.detach_annex, name="detach-annex"),
    path("sub-plans/<int:sub_plan_id>/", subplans.show_sub_plan, name="show-sub-plan"),
    path("sub-plans/<int:sub_plan_id>/file/", subplans.refile_sub_plan, name="refile-sub-plan"),
    path("sub-plans/<int:sub_plan_id>/paper/", subplans.download_sub_plan, name="download-sub-plan"),
    path("milestones/<int:milestone_id>/", subplans.mark_milestone, name="mark-milestone"),
]
draft_urls = [
    path("plans/drafts/start/", drafts.start_draft, name="start-draft"),
    path("plans/drafts/<int:draft_id>/", drafts.show_draft, name="show-draft"),
    path("plans/drafts/<int:draft_id>/text/", drafts.edit_text, name="edit-draft-text"),
    path("plans/drafts/<int:draft_id>/draft.yaml", drafts.download_draft, name="download-draft"),
    path("plans/drafts/<int:draft_id>/drop/", drafts.drop_draft, name="drop-draft"),
    path("plans/drafts/<int:draft_id>/edit/<int:number>/", editing.edit_section, name="edit-section"),
    path("plans/drafts/<int:draft_id>/edit/<int:number>/<str:path>/", editing.edit_value, name="edit-value"),
    path("plans/drafts/<int:draft_id>/undo/", editing.undo_edit, name="undo-edit"),
    path("plans/drafts/<int:draft_id>/annexes/", subplans.attach_draft_annex, name="attach-draft-annex"),
]
api_urls = [
    path("api/plans/", plans_api.list_plans, name="api-list-plans"),
    path("api/plans/schema/", plans_api.show_schema, name="api-plan-schema"),
    path("api/plans/compare/", plans_api.compare_plans, name="api-compare-plans"),
    path("api/plans/<int:plan_id>/", plans_api.show_plan, name="api-show-plan"),
    path("api/plans/<int:plan_id>/annexes/", plans_api.attach_annex, name="api-attach-annex"),
    path("api/plans/<int:plan_id>/stages/", subplans_api.note_stage, name="api-note-stage"),
    path("api/plans/<int:plan_id>/sub-plans/", subplans_api.sub_plans, name="api-sub-plans"),
    path("api/plans/<int:plan_id>/sub-plans/expect/", subplans_api.expect_sub_plan, name="api-expect-sub-plan"),
    path("api/plan-annexes/<int:annex_id>/detach/", plans_api.detach_annex, name="api-detach-annex"),
    path("api/plan-drafts/", plans_api.start_draft, name="api-start-draft"),
    path("api/plan-drafts/<int:draft_id>/", plans_api.one_draft, name="api-draft"),
    path("api/plan-drafts/<int:draft_id>/text/", plans_api.replace_draft, name="api-replace-draft"),
    path("api/plan-drafts/<int:draft_id>/drop/", plans_api.drop_draft, name="api-drop-draft"),
    path("api/plan-drafts/<int:draft_id>/annexes/", plans_api.attach_draft_annex, name="api-attach-draft-annex"),
    path("api/sub-plans/<int:sub_plan_id>/", subplans_api.sub_plan, name="api-sub-plan"),
    path("api/milestones/<int:milestone_id>/", subplans_api.mark_milestone, name="api-mark-milestone"),
]
urlpatterns = [
    path("login/", views.sign_in, name="sign-in"),
    path("logout/", views.sign_out, name="sign-out"),
    path("posts/", views.choose_post, name="choose-post"),
    path("password/", views.change_password, name="change-password"),
    path("me/", views.show_me, name="show-me"),
    path("me/devices/<int:device_id>/revoke/", views.revoke_own_device, name="revoke-own-device"),
    path("me/tokens/", views.list_tokens, name="list-tokens"),
    path("me/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke-token"),
    # Short, because it is printed as a code: https://…/c/<token>/
    path("c/<str:token>/", views.open_invitation, name="open-invitation"),
    path("pin/", views.enter_pin, name="enter-pin"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("imports/", imports.list_imports, name="list-imports"),
    path("imports/words/", mending.list_words, name="list-words"),
    path("imports/words/<int:word_id>/forget/", mending.forget, name="forget-word"),
    path("api/imports/words/", words_api.words, name="api-words"),
    path("api/imports/words/<int:word_id>/forget/", words_api.forget, name="api-forget-word"),
    path("health/", views.show_health, name="show-health"),
    path("api/devices", api.devices, name="api-devices"),
    path("api/devices/<int:device_id>/revoke", api.revoke_own_device, name="api-revoke-own-device"),
    path("api/tokens", api.tokens, name="api-tokens"),
    path("api/tokens/<int:token_id>/revoke", api.revoke_token, name="api-revoke-token"),
    *plan_urls,
    *draft_urls,
    *api_urls,
]
