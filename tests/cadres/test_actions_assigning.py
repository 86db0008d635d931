"""From a proposal to a responsibility list and back: what is kept, refused, ended and written down."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cadres.actions.approving import approve, undo_approval
from cadres.actions.proposing import drop_proposal, propose, reassign_line
from cadres.models import Assignment, Proposal, ProposedAssignment, ResponsibilityList
from cadres.queries.coverage import list_counts, scope_of, uncovered
from tenancy.actions.accounts import dismiss
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tests.cadres.conftest import DAY

NEXT = DAY + timedelta(days=1)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value


@pytest.mark.req("GM-10", "GM-11", "GM-12", "GM-13")
def test_the_tier_follows_from_the_grade_and_a_stays_above(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    by_grade = Counter(proposal.lines.values_list("entity__grade", "tier", "cadre__tier"))
    assert by_grade == {
        ("B", "street", "street"): 2,
        ("C", "community", "community"): 2,
        ("D", "community", "community"): 2,
    }


@pytest.mark.req("GM-09", "HL-05")
def test_after_one_approval_nobody_is_uncovered(staffed):
    assert uncovered(scope_of(staffed.place, DAY)).count() == 6
    staffed.approved()
    assert list(uncovered(scope_of(staffed.place, DAY))) == []
    counts = list_counts(scope_of(staffed.place, DAY))
    assert counts == {"all": 6, "uncovered": 0, "over": 0, "above": 2, "ungraded": 0}


def test_a_line_says_grade_tier_clause_area_and_load(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    line = proposal.lines.get(entity__grade="C", entity__place=staffed.cast.places["一社区"].path)
    assert line.reason == ("C级由居民区包保（闵古办〔2022〕40号 三（一）2）；一社区；同层级同区域中负荷最少，指派后2户")


def test_a_community_without_cadres_is_left_uncovered_and_says_so(street):
    street.cadre("甲委员", "一社区")
    street.entity("D", "二社区")
    proposal = propose(street.place, by=street.cast.li, on=DAY)
    assert proposal.counts == {"all": 1, "kept": 0, "new": 0, "moved": 0, "ended": 0, "uncovered": 1}
    assert proposal.lines.get().reason.endswith("二社区没有该层级的在任干部")


def test_without_cadres_or_without_entities_there_is_nothing_to_propose(street):
    street.entity("D")
    assert refusal(propose, street.place, by=street.cast.li, on=DAY).code == "no-cadres"
    street.made[0].delete()
    street.cadre("甲委员")
    assert refusal(propose, street.place, by=street.cast.li, on=DAY).code == "no-entities"


def test_a_new_proposal_drops_the_draft_before_it(staffed):
    first = propose(staffed.place, by=staffed.cast.li, on=DAY)
    second = propose(staffed.place, by=staffed.cast.li, on=DAY)
    assert dict(Proposal.objects.values_list("pk", "state")) == {first.pk: "dropped", second.pk: "draft"}


def test_a_second_approval_moves_nobody(staffed):
    staffed.approved()
    before = staffed.holders()
    staffed.approved(on=NEXT)
    assert staffed.holders(NEXT) == before
    assert Assignment.objects.count() == 6


def test_approval_keeps_the_list_as_a_file_under_its_hash_and_one_event(staffed):
    version = staffed.approved()
    assert version.stored == f"{staffed.place.path}lists/{version.sha256}.xlsx"
    assert default_storage.exists(version.stored)
    events = AuditEvent.objects.filter(action="cadres.list.approved")
    assert list(events.values_list("subject_id", "by_post")) == [(version.pk, staffed.cast.li.pk)]


@pytest.mark.req("GM-09")
def test_more_than_the_cap_wants_a_reason_and_never_blocks(street):
    cadre = street.cadre("甲委员")
    for _each in range(11):
        street.entity("D")
    proposal = propose(street.place, by=street.cast.li, on=DAY)
    refused = refusal(approve, proposal, by=street.cast.li, on=DAY, over_cap_reasons={cadre.pk: "  "})
    assert refused.reason == (
        "甲委员（11户）等1名干部超过10户（闵古办〔2022〕40号 三（一））。可以批准，但每人都要写明理由。"
    )
    approve(proposal, by=street.cast.li, on=DAY, over_cap_reasons={cadre.pk: "增补前暂管"})
    assert set(Assignment.objects.values_list("over_cap_reason", flat=True)) == {"增补前暂管"}


def test_ten_entities_ask_for_no_reason(street):
    street.cadre("甲委员")
    for _each in range(10):
        street.entity("D")
    assert street.approved().counts["over_cap"] == []


def test_when_a_cadre_leaves_only_his_entities_move_and_history_stays(staffed):
    other = staffed.cadre("接任委员", "一社区")
    staffed.approved()
    before = staffed.holders()
    dismiss(staffed.cast.wang, by=staffed.cast.li, on=NEXT)
    staffed.approved(on=NEXT)
    moved = {entity: holder for entity, holder in before.items() if holder == staffed.wang.pk}
    assert moved
    assert staffed.holders(DAY) == before
    assert staffed.holders(NEXT) == before | dict.fromkeys(moved, other.pk)


def test_an_entity_that_closed_is_no_longer_answered_for(staffed):
    staffed.approved()
    closed = staffed.made[3]
    closed.status = "cancelled"
    closed.save()
    proposal = propose(staffed.place, by=staffed.cast.li, on=NEXT)
    assert proposal.lines.ended().get().reason == "主体已不在营，结束包保"
    approve(proposal, by=staffed.cast.li, on=NEXT, over_cap_reasons={})
    assert Assignment.objects.get(entity=closed).valid == DateRange(DAY, NEXT)


def test_a_hand_edit_stays_inside_tier_and_area(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    line = proposal.lines.get(entity__grade="C", cadre=staffed.wang)
    assert refusal(reassign_line, line, staffed.leader, by=staffed.cast.li).code == "wrong-tier"
    assert refusal(reassign_line, line, staffed.chen, by=staffed.cast.li).reason == (
        "陈志强在二社区任职，不能包保其辖区以外的“C级食品店3”。请改选同一区域的干部。"
    )
    other = staffed.cadre("同区委员", "一社区")
    reassign_line(line, other, by=staffed.cast.li)
    assert (line.cadre, line.by_hand) == (other, True)


def test_nobody_is_put_on_a_line_after_his_office_ended(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    late = staffed.cadre("未到任委员", "一社区", since=NEXT)
    line = proposal.lines.get(entity__grade="C", cadre=staffed.wang)
    assert refusal(reassign_line, line, late, by=staffed.cast.li).code == "not-in-post"


def test_a_draft_made_before_the_register_changed_is_refused(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    staffed.entity("D")
    refused = refusal(approve, proposal, by=staffed.cast.li, on=DAY, over_cap_reasons={})
    assert refused.reason.startswith("方案生成后，有1户主体的等级、状态或包保干部已变化。")
    assert Assignment.objects.count() == 0


def test_a_cadre_who_left_since_cannot_be_approved(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    dismiss(staffed.cast.wang, by=staffed.cast.li, on=DAY)
    assert refusal(approve, proposal, by=staffed.cast.li, on=DAY, over_cap_reasons={}).code == "not-in-post"


def test_an_approved_or_dropped_proposal_is_closed(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    drop_proposal(proposal, by=staffed.cast.li)
    assert refusal(approve, proposal, by=staffed.cast.li, on=DAY, over_cap_reasons={}).code == "proposal-state"
    assert refusal(drop_proposal, proposal, by=staffed.cast.li).code == "proposal-state"


def test_what_began_today_is_not_rewritten_today(staffed):
    staffed.approved()
    other = staffed.cadre("同区委员", "一社区")
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    reassign_line(proposal.lines.filter(cadre=staffed.wang).first(), other, by=staffed.cast.li)
    assert refusal(approve, proposal, by=staffed.cast.li, on=DAY, over_cap_reasons={}).code == "same-day"


def test_nothing_is_approved_under_a_list_that_begins_later(staffed):
    staffed.approved(on=NEXT)
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    assert refusal(approve, proposal, by=staffed.cast.li, on=DAY, over_cap_reasons={}).code == "list-ahead"


def test_undo_gives_back_what_was_before(staffed):
    staffed.approved()
    before = staffed.holders()
    dismiss(staffed.cast.wang, by=staffed.cast.li, on=NEXT)
    staffed.cadre("接任委员", "一社区")
    second = staffed.approved(on=NEXT)
    undo_approval(second, by=staffed.cast.li, on=NEXT)
    assert staffed.holders(NEXT) == before
    assert set(Assignment.objects.values_list("valid", flat=True)) == {DateRange(DAY, None)}
    assert ResponsibilityList.objects.get(pk=second.pk).undone_on == NEXT
    assert Proposal.objects.order_by("-pk")[0].state == "undone"


def test_a_list_is_taken_back_only_while_nothing_later_touched_it(staffed):
    first = staffed.approved()
    assert refusal(undo_approval, first, by=staffed.cast.li, on=NEXT).code == "list-in-force"
    second = staffed.approved()
    assert refusal(undo_approval, first, by=staffed.cast.li, on=DAY).code == "list-superseded"
    undo_approval(second, by=staffed.cast.li, on=DAY)
    assert refusal(undo_approval, second, by=staffed.cast.li, on=DAY).code == "list-undone"
    undo_approval(first, by=staffed.cast.li, on=DAY)
    assert Assignment.objects.count() == 0


def assignment(staffed, entity, cadre, **facts):
    facts = {"place": entity.place, "cadre_place": cadre.place, "valid": DateRange(date(2026, 1, 1), None)} | facts
    return Assignment(entity=entity, cadre=cadre, cadre_name="某", tier=cadre.tier, **facts)


def test_the_database_refuses_a_second_answer_for_the_same_day(staffed):
    entity = staffed.made[3]
    assignment(staffed, entity, staffed.wang).save()
    with pytest.raises(IntegrityError, match="cadres_assignment_one_lead"), transaction.atomic():
        assignment(staffed, entity, staffed.wang).save()


def test_the_database_refuses_a_lie_about_where_the_cadre_stands(staffed):
    with pytest.raises(IntegrityError, match="cadres_assignment_cadre_place"), transaction.atomic():
        assignment(staffed, staffed.made[3], staffed.wang, cadre_place=staffed.place.path).save()


def test_the_database_refuses_a_cadre_of_another_tenant(staffed):
    outside = staffed.cast.places["四社区"]
    with pytest.raises(IntegrityError, match="cadres_assignment_one_tenant"), transaction.atomic():
        assignment(staffed, staffed.made[3], staffed.wang, cadre_place=outside.path).save()


def test_a_line_smuggled_outside_the_cadres_area_is_refused_at_approval(staffed):
    proposal = propose(staffed.place, by=staffed.cast.li, on=DAY)
    line = proposal.lines.filter(cadre=staffed.wang).first()
    ProposedAssignment.objects.filter(pk=line.pk).update(cadre=staffed.chen)
    assert refusal(approve, proposal, by=staffed.cast.li, on=DAY, over_cap_reasons={}).code == "wrong-area"
