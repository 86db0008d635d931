"""Addresses of the app."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cadres import api
from cadres.api import changes as changes_api
from cadres.api import penalties as penalties_api
from cadres.api.imports import RosterImports
from cadres.views import access, changes, imports, lists, penalties, people, proposals
from tenancy.api.imports import routes

router = SimpleRouter()
router.register("cadres", api.Cadres, basename="api-cadres")
router.register("assignments", api.Assignments, basename="api-assignments")
router.register("proposals", api.Proposals, basename="api-proposals")

app_name = "cadres"
urlpatterns = [
    path("cadres/", people.list_cadres, name="list-cadres"),
    path("cadres/<int:cadre_id>/", people.show_cadre, name="show-cadre"),
    path("cadres/<int:cadre_id>/card/", access.make_card, name="make-card"),
    path("cadres/<int:cadre_id>/devices/<int:device_id>/revoke/", access.revoke_device, name="revoke-device"),
    path("cadres/<int:cadre_id>/change/", changes.register_change, name="register-change"),
    path("cadres/changes/", changes.list_changes, name="list-changes"),
    path("cadres/changes/file/", changes.export_changes, name="export-changes"),
    path("cadres/changes/<int:change_id>/", changes.show_change, name="show-change"),
    path("cadres/changes/<int:change_id>/undo/", changes.undo_change, name="undo-change"),
    path("api/cadres/changes", changes_api.list_changes, name="api-changes"),
    path("api/cadres/<int:cadre_id>/changes", changes_api.register_change, name="api-register-change"),
    path("api/cadres/changes/<int:change_id>/handover", changes_api.hand_over, name="api-hand-over"),
    path("api/cadres/changes/<int:change_id>/undo", changes_api.undo_change, name="api-undo-change"),
    path("cadres/access/", access.list_access, name="list-access"),
    path("cadres/access/cards/", access.make_cards, name="make-cards"),
    path("cadres/cards/<int:sheet_id>/", access.show_sheet, name="show-sheet"),
    path("cadres/cards/<int:sheet_id>/file/", access.download_sheet, name="download-sheet"),
    path("my/entities/", people.my_entities_page, name="my-entities"),
    path("my/entities/<int:entity_id>/call/", people.call_entity, name="call-entity"),
    path("cadres/penalties/", penalties.list_penalties, name="list-penalties"),
    path("cadres/penalties/tell/", penalties.tell, name="tell-penalties"),
    path("my/penalties/", penalties.show_mine, name="my-penalties"),
    path("my/penalties/<int:notice_id>/read/", penalties.read, name="read-penalty"),
    path("api/penalties/", penalties_api.penalties, name="api-penalties"),
    path("api/penalties/tell/", penalties_api.tell, name="api-tell-penalties"),
    path("api/my/penalties/", penalties_api.mine, name="api-my-penalties"),
    path("api/my/penalties/<int:pk>/read/", penalties_api.read, name="api-read-penalty"),
    path("cadres/import/", imports.import_roster, name="import-roster"),
    path("cadres/posts/import/", imports.import_posts, name="import-posts"),
    path("cadres/posts/import/template.xlsx", imports.posts_template, name="posts-template"),
    path("cadres/import/template.xlsx", imports.roster_template, name="roster-template"),
    path("cadres/imports/<int:batch_id>/", imports.show_import, name="show-import"),
    path("cadres/imports/<int:batch_id>/columns/", imports.map_import, name="map-import"),
    path("cadres/imports/<int:batch_id>/skip/", imports.skip_import, name="skip-import"),
    path("cadres/imports/<int:batch_id>/amend/", imports.amend_import, name="amend-import"),
    path("cadres/imports/<int:batch_id>/commit/", imports.commit_import, name="commit-import"),
    path("cadres/imports/<int:batch_id>/undo/", imports.undo_import, name="undo-import"),
    path("cadres/imports/<int:batch_id>/file/", imports.download_import, name="download-import"),
    path("list/", lists.show_list, name="show-list"),
    path("list/today.xlsx", lists.download_list, name="download-list"),
    path("list/<int:list_id>/file/", lists.download_list, name="download-list"),
    path("list/<int:list_id>/undo/", lists.undo_list, name="undo-list"),
    path("list/propose/", proposals.propose_page, name="propose"),
    path("list/proposals/<int:proposal_id>/", proposals.show_proposal, name="show-proposal"),
    path("list/proposals/<int:proposal_id>/approve/", proposals.approve_proposal, name="approve-proposal"),
    path("list/proposals/<int:proposal_id>/drop/", proposals.drop_proposal_page, name="drop-proposal"),
    path("list/lines/<int:line_id>/", proposals.edit_line, name="edit-line"),
    path("api/cadres/access", api.access_states, name="api-access"),
    path("api/cadres/<int:cadre_id>/invitation", api.invitation, name="api-invitation"),
    path("api/cadres/<int:cadre_id>/devices", api.devices, name="api-devices"),
    path("api/cadres/<int:cadre_id>/devices/<int:device_id>/revoke", api.revoke_device, name="api-revoke-device"),
    path("api/cards", api.cards, name="api-cards"),
    path("api/cards/<int:sheet_id>", api.sheet, name="api-sheet"),
    *(path(f"api/cadres/imports/{tail}", view, name=name) for tail, view, name in routes(RosterImports)),
    path("api/", include(router.urls)),
    path("api/entities/<int:entity_id>/holder/", api.holder, name="api-holder"),
    path("api/my/entities/<int:entity_id>/phone", api.phone, name="api-phone"),
]
