"""Every table, every URL and every act stands behind the wall, or says here in a sentence why not."""

import pytest
from django.apps import apps
from django.db import connection, models

from tenancy.models import Counted, Located
from tenancy.wall import SamePlace, Wall

OURS = ("tenancy", "entities", "cadres", "supervision", "commitments", "reports")
EXEMPT_TABLES = {
    "auth_group": "Names of role groups only; which post holds one stands on the post.",
    "auth_group_permissions": "Empty: rights are granted on jurisdictions.",
    "auth_permission": "The list of rights, the same for everybody.",
    "axes_accessattempt": "Failed sign-ins before anybody is known.",
    "axes_accessattemptexpiration": "Failed sign-ins before anybody is known.",
    "axes_accessfailurelog": "Failed sign-ins before anybody is known.",
    "axes_accesslog": "Sign-ins before a place is known.",
    "django_content_type": "The list of tables.",
    "django_migrations": "The list of migrations.",
    "django_session": "Opaque, by a random key, before anybody is known.",
    "guardian_groupobjectpermission": "Empty: the direct table on jurisdictions is used.",
    "guardian_userobjectpermission": "Empty: the direct table on jurisdictions is used.",
    "tenancy_door": "Strangers' requests find their place by a token's hash here; the one table outside for them.",
    "tenancy_jurisdictiongrouppermission": "Grants to role groups; asked before a place is known.",
    "tenancy_jurisdictionuserpermission": "Empty: rights go to role groups.",
    "tenancy_secondfactor": "Sealed keys and hashes of recovery codes; a code is asked for before any place is known.",
    "tenancy_user": "Login facts only; names and telephones stand on the post.",
    "tenancy_user_groups": "Empty: the group stands on the post.",
    "tenancy_user_user_permissions": "Empty: rights are granted on jurisdictions.",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def tables(cursor) -> dict[str, dict]:
    cursor.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS walled,"
        " EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname AND p.cmd IN ('ALL', 'INSERT')"
        "   AND p.with_check ~ 'acting_from') AS writes,"
        " EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        "   WHERE i.indrelid = c.oid AND a.attname IN ('place', 'path')) AS indexed"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    names = [column.name for column in cursor.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def table_findings(cursor) -> list[str]:
    """Tables that stand open without a sentence, or whose policy or index is not the wall's."""
    found = tables(cursor)
    naked = {name for name, facts in found.items() if not facts["walled"]}
    weak = {name for name, facts in found.items() if facts["walled"] and not (facts["writes"] and facts["indexed"])}
    return [
        *(f"{name} stands open" for name in sorted(naked - set(EXEMPT_TABLES))),
        *(f"{name} is exempt and stands behind the wall, or not at all" for name in sorted(set(EXEMPT_TABLES) - naked)),
        *(f"{name} is exempt without a sentence" for name, why in EXEMPT_TABLES.items() if len(why) < 15),
        *(f"{name} has no policy of the wall for writing, or no index on its place" for name in sorted(weak)),
    ]


def test_every_table_is_forced_behind_the_wall_or_exempt_with_a_sentence(db: None) -> None:
    with connection.cursor() as cursor:
        assert table_findings(cursor) == []


def test_every_model_of_ours_is_located_or_its_table_exempt() -> None:
    outside = {model._meta.db_table for model in our_models() if not issubclass(model, Located)}
    assert outside - set(EXEMPT_TABLES) == {"tenancy_jurisdiction"}


@pytest.mark.parametrize("model", [m for m in our_models() if issubclass(m, Located)], ids=lambda m: m._meta.label)
def test_every_located_model_declares_its_wall_and_its_parents_place(model: type[Located]) -> None:
    kinds = [type(constraint) for constraint in model._meta.constraints]
    assert kinds.count(Wall) == 1
    parents = [c.parent for c in model._meta.constraints if isinstance(c, SamePlace)]
    assert parents, "a row without a parent's place could lie about its own"
    assert any(not model._meta.get_field(parent).null for parent in parents)


def test_every_foreign_key_between_walled_tables_is_composite_or_listed(db: None) -> None:
    """A plain key ignores the wall: it may only point upward or sideways where a policy in the action looks first."""
    plain = {
        f"{model._meta.label_lower}.{field.name}"
        for model in our_models()
        if issubclass(model, Located)
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and issubclass(field.related_model, Located)
        and field.name not in {c.parent for c in model._meta.constraints if isinstance(c, SamePlace)}
    }
    assert plain == set(PLAIN_KEYS)


BY = "The acting post itself, chosen by the middleware from the posts its person holds"
BATCH = "The batch being written, which confirm_batch or the sweeper fetched inside the wall; never named by a request"
# One sentence each: which action or policy looks before the key is written.
PLAIN_KEYS: dict[str, str] = {
    "tenancy.importbatch.uploaded_by": f"{BY}; the views ask may(post, IMPORT_REGISTER or IMPORT_ROSTER) first.",
    "tenancy.importword.learnt_by": f"{BY}; map_columns and amend_cells get it after the wizard asked the import right.",
    "tenancy.importbatch.confirmed_by": f"{BY}; confirm_batch gets it after the wizard asked the import right.",
    "tenancy.petition.account": (
        "The account the page or endpoint fetched inside the wall, in a place where the post may manage accounts."
    ),
    "tenancy.petition.asked_by": f"{BY}, after may(post, MANAGE_ACCOUNTS, account.place).",
    "tenancy.petition.decided_by": f"{BY}, after may(post, GRANT_ROLES or MANAGE_ACCOUNTS, petition.place).",
    "tenancy.plandraft.based_on": "start_draft takes it only from its own place or one above, as plans_for showed it to the post.",
    "tenancy.plandraft.edited_by": f"{BY}, after may(post, EDIT_PLAN, draft.place).",
    "tenancy.planannex.added_by": f"{BY}, after may(post, EDIT_PLAN, plan.place).",
    "tenancy.subplan.plan": "The plan the view fetched through plans_for; file_sub_plan refuses a place not right under it.",
    "tenancy.subplan.filed_by": f"{BY}, after may_file_sub_plan or may_keep_sub_plan at the filer's place.",
    "tenancy.seat.recorded_by": f"{BY}, after may(post, EDIT_PLAN, place).",
    "tenancy.stagenote.by": f"{BY}, after may(post, EDIT_PLAN, plan.place).",
    "entities.entity.batch": f"{BATCH}; write_ledger lays it on the rows of the batch's own place.",
    "entities.graderecord.recorded_by": f"{BY}, after may(post, EDIT_REGISTER, entity.place), or who confirmed the batch.",
    "entities.graderecord.batch": f"{BATCH}; write_ledger again.",
    "entities.graderecord.regrading": "The regrading being written, or the standing one of this place or above whose day comes.",
    "entities.gradedecision.decided_by": f"{BY}, after may(post, EDIT_REGISTER, entity.place).",
    "entities.gradedecision.withdrawn_by": f"{BY}, after may(post, EDIT_REGISTER, decision.place).",
    "entities.regrading.made_by": f"{BY}, after may(post, EDIT_REGISTER, place).",
    "entities.regrading.undone_by": f"{BY}, after may(post, EDIT_REGISTER, regrading.place).",
    "entities.regradedentity.regrading": "The regrading that regrade has just made for a place at or above the entity's.",
    "entities.bulkchange.made_by": f"{BY}, after may(post, EDIT_REGISTER); the change lies in the post's own place.",
    "entities.bulkchange.undone_by": f"{BY}, after may(post, EDIT_REGISTER, bulk.place).",
    "entities.bulkchangedentity.bulk": "The bulk change that change_many has just made for entities inside the acting place.",
    "entities.mending.post": "One of the posts of the acting place that menders offers; the form refuses any other.",
    "entities.mending.given_by": f"{BY}, after may(post, EDIT_REGISTER, mending.place).",
    "entities.savedview.keeper": f"{BY}, after may(post, VIEW_REGISTER); the view lies in the post's own place.",
    "entities.entitychange.recorded_by": f"{BY}, after may(post, EDIT_REGISTER, entity.place), or who confirmed the batch.",
    "entities.entitychange.batch": f"{BATCH}; write_ledger again.",
    "entities.entitychange.undone_by": f"{BY}, after may(post, EDIT_REGISTER, change.place).",
    "entities.sizefact.recorded_by": f"{BY}, after may(post, EDIT_REGISTER, entity.place), or who confirmed the batch.",
    "entities.sizefact.batch": f"{BATCH}; the statements of ledger_tables again.",
    "entities.entity.cluster": "place_entity and bulk_preview refuse one whose place does not cover the entity's; both come from the wall.",
    "entities.entity.chain": "place_entity refuses one whose place does not cover the entity's; the form reads it inside the wall.",
    "entities.entity.merged_into": "The keeper of merge_entities, which locks both rows inside the wall; the views ask for both places.",
    "entities.entitymerge.other": "The row merge_entities has locked inside the wall; the views ask for the right in its place too.",
    "entities.entitymerge.made_by": f"{BY}, after may(post, EDIT_REGISTER) in the places of both rows.",
    "entities.entitymerge.undone_by": f"{BY}, after may(post, EDIT_REGISTER, merge.place).",
    "entities.distinctpair.second": "keep_apart gets both rows from the views, which fetched them inside the wall.",
    "entities.distinctpair.found_by": f"{BY}, after may(post, EDIT_REGISTER) in the places of both rows.",
    "entities.survey.opened_by": f"{BY}, after may(post, EDIT_REGISTER, post.place).",
    "entities.survey.closed_by": f"{BY}, after may_close_survey at the round's place.",
    "entities.surveyline.survey": "The round the view or endpoint fetched inside the wall, or one of a place above the shop's.",
    "entities.surveyline.entity": "open_survey reads it under the round's place; closing sets what add_entity has just made.",
    "entities.surveyline.drafted_by": f"{BY}, after may_draft_line at the line's place.",
    "entities.surveyline.confirmed_by": f"{BY}, after may_confirm_line on the line.",
    "entities.outsidelist.uploaded_by": f"{BY}, after may_keep_list(post, post.place).",
    "entities.outsidelist.basis_by": f"{BY}, after may_keep_list at the list's place.",
    "entities.outsiderow.outside": "The list whose batch is being written, in the row's place or above it.",
    "entities.outsiderow.entity": "Whom compare found among the businesses under the list's place; read inside the wall.",
    "entities.difference.outside": "The list that is compared, in the difference's place or above it.",
    "entities.difference.row": "A row of the same list, which gives the difference its place.",
    "entities.difference.entity": "Whom compare found under the list's place, or what add_entity has just made.",
    "entities.difference.answered_by": f"{BY}, after may_settle_difference or may(post, EDIT_REGISTER, difference.place).",
    "entities.difference.batch": "The batch that accept_differences makes in the same call, in the acting post's own place.",
    "entities.dismissedhint.dismissed_by": f"{BY}, after may(post, EDIT_REGISTER, record.place).",
    "cadres.cadrechange.recorded_by": f"{BY}, after may(post, ASSIGN, cadre.place).",
    "cadres.cadrechange.undone_by": f"{BY}, after may(post, ASSIGN, change.place).",
    "entities.clearance.asked_by": f"{BY}, after may(post, EDIT_REGISTER, entity.place).",
    "entities.clearance.decided_by": f"{BY}, after may_confirm_clearance on the clearance.",
    "entities.statusrecord.recorded_by": f"{BY}, after may(post, EDIT_REGISTER, entity.place), or who confirmed the batch.",
    "entities.statusrecord.batch": f"{BATCH}; write_ledger again.",
    "entities.licence.batch": f"{BATCH}; write_ledger again.",
    **{
        f"entities.{line}.struck_by": f"{BY}, after may_keep_record at the record's place."
        for line in ("licence", "contact", "insurance", "externalcode", "flag", "stationcheck")
    },
    **{
        f"entities.{line}.batch": f"{BATCH}; write_lines lays it on lines of entities that its uploader serves."
        for line in ("contact", "flag", "stationcheck")
    },
    "cadres.penaltynotice.told_by": f"{BY}, after penalties_keeper in the post's own place, or nobody when the task tells.",
    "cadres.cadre.batch": f"{BATCH}; write_roster makes the cadre in a unit under the batch's place.",
    "cadres.responsibilitylist.approved_by": f"{BY}, after may(post, APPROVE_LIST, proposal.place).",
    "cadres.assignment.responsibility_list": "The version that approve creates in the same call, above the entity's place.",
    "cadres.assignment.ended_by": "The version that approve creates in the same call, above the ended assignment's place.",
    "cadres.proposal.made_by": f"{BY}, after may(post, ASSIGN, post.place).",
    "cadres.proposal.responsibility_list": "The version that approve has just made from this proposal in its own place.",
    "cadres.proposedassignment.entity": "propose reads it under the proposal's place; a request never names it.",
    "cadres.proposedassignment.holder": "Who holds the entity today, read by propose under the proposal's place.",
    "cadres.proposedassignment.cadre": (
        "propose picks from the candidates of its scope, EditLineForm offers only those whose tier and place fit, and"
        " reassign_line refuses any other place."
    ),
    "supervision.obligation.quarter": "open_quarter's own quarter; it owes only for entities under the quarter's place.",
    "supervision.obligation.fulfilled_by": "The visit submit_visit has just made for the obligation's own entity.",
    "supervision.visit.cadre": "The cadre of the assignment in force for the entity, after may_enter_visit; cadre_place is copied.",
    "supervision.visit.obligation": "submit_visit looks among the obligations of the visited entity and refuses any other.",
    "supervision.visit.entered_by": f"{BY}, after may_enter_visit found the entity his on that day or his to type for.",
    "supervision.visit.task_list": "submit_visit looks only in the entity's place and above, by the digest of the text.",
    "supervision.visit.voided_by": "No act writes it yet; it stays empty until one asks a policy first.",
    "supervision.closurereport.decided_by": f"{BY}, after may_decide_closure on the report's visit.",
    "supervision.issue.visit": "The visit submit_visit has just made, at the issue's own entity.",
    "supervision.issue.repeats": "open_issues looks among the earlier issues of the same entity.",
    "supervision.issueevent.by": f"{BY}, after may_act on the issue.",
    "commitments.commitmentletter.issued_by": f"{BY}, after may(post, ISSUE_LETTERS, post.place).",
    "commitments.commitmentletter.other_post": "pair_with picks from the heads found under the issuing office's place.",
    "commitments.letterscan.uploaded_by": f"{BY}, after may_upload(post, letter).",
    "commitments.letterreview.by": f"{BY}, after may_review(post, letter).",
}


def test_every_plain_key_has_its_sentence() -> None:
    assert [key for key, why in PLAIN_KEYS.items() if len(why) < 40] == []


def test_the_runtime_role_is_plain(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole,"
            " (SELECT count(*) FROM pg_tables WHERE tableowner = current_user) FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, 0)


def test_facts_that_are_counted_freeze_what_they_count_for() -> None:
    counted = {model._meta.label for model in our_models() if issubclass(model, Counted)}
    assert counted == {"supervision.Obligation", "supervision.Visit", "supervision.Issue"}
