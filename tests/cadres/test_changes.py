"""干部变动: the clock it starts, what is left behind, the handover and the way back."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from cadres.actions.approving import approve
from cadres.actions.changes import propose_handover, register_change, undo_change
from cadres.models import Assignment, CadreChange, ProposedAssignment
from cadres.queries.changes import changes, explained, left_behind, listed_changes
from cadres.queries.coverage import list_counts, scope_of
from cadres.rules.changes import KIND_LABELS, CadreChangeKind
from entities.rules.changes import Occasion
from tenancy.models import AuditEvent, Post
from tenancy.rules.refusals import Refused

LATER = date(2026, 10, 30)
WHY = Occasion(LATER, "调任其他街道", "闵组〔2026〕8号")


def refused(act, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value


@pytest.fixture
def run(staffed):
    """The list approved on 9 October, with a second cadre beside Wang in 一社区."""
    staffed.approved()
    staffed.beside = staffed.cadre("钱委员", "一社区")
    return staffed


def leave(run, kind=CadreChangeKind.LEFT, occasion=WHY, *, cadre=None):
    return register_change(cadre or run.wang, kind, occasion, by=run.cast.li, on=LATER)


def handed_over(run, change, to=()):
    proposal = propose_handover(change, run.place, to, by=run.cast.li, on=LATER)
    return proposal, approve(proposal, by=run.cast.li, on=LATER, over_cap_reasons={})


@pytest.mark.req("GM-07", "SN-07")
@pytest.mark.parametrize("kind", list(CadreChangeKind))
def test_each_of_the_three_triggers_opens_a_case_of_five_working_days(run, kind) -> None:
    """30 October 2026 is a Friday: the five working days after it end on Friday 6 November."""
    change = leave(run, kind)
    assert (change.due_on, change.recorded_on) == (date(2026, 11, 6), LATER)
    assert explained(change).basis == "闵古办〔2022〕40号 三（一）"
    assert [(each.left, each.is_settled) for each in changes(run.place.path, LATER)] == [(2, False)]


@pytest.mark.req("LC-16")
def test_another_plan_gives_twenty_working_days(street) -> None:
    street.adopt(cadre_change_wd=20)
    street.wang = street.cadre_of(street.cast.wang)
    street.entity("D", "一社区")
    street.approved()
    assert leave(street).due_on == date(2026, 11, 27)


def test_a_plan_without_a_limit_opens_a_case_without_a_day(street) -> None:
    street.adopt(cadre_change_wd=None)
    street.wang = street.cadre_of(street.cast.wang)
    street.entity("D", "一社区")
    street.approved()
    change = leave(street)
    assert (change.due_on, change.clock, explained(change)) == (None, "", None)


@pytest.mark.req("GM-07", "HL-06")
def test_what_he_leaves_is_uncovered_from_that_day_until_somebody_has_taken_it(run) -> None:
    mine = set(Assignment.objects.filter(cadre=run.wang).values_list("entity", flat=True))
    assert list_counts(scope_of(run.place, LATER))["uncovered"] == 0
    change = leave(run)
    assert list_counts(scope_of(run.place, LATER))["uncovered"] == 2
    assert set(left_behind(change, LATER).values_list("pk", flat=True)) == mine
    handed_over(run, change)
    assert list_counts(scope_of(run.place, LATER))["uncovered"] == 0
    assert list(left_behind(change, LATER)) == []
    assert [(each.left, each.is_settled) for each in changes(run.place.path, LATER)] == [(0, True)]


@pytest.mark.req("GM-07")
def test_it_is_late_the_day_after_its_day_and_not_before(run) -> None:
    change = leave(run)
    days = [change.due_on, change.due_on + timedelta(days=1)]
    assert [[each.is_late for each in changes(run.place.path, day)] for day in days] == [[False], [True]]
    handed_over(run, change)
    assert [each.is_late for each in changes(run.place.path, days[1])] == [False]


def test_a_handover_moves_his_entities_and_nothing_else(run) -> None:
    before = run.holders(LATER)
    change = leave(run)
    proposal, _version = handed_over(run, change, [run.beside.pk])
    after = run.holders(LATER)
    moved = {pk for pk in before if before[pk] != after[pk]}
    assert {before[pk] for pk in moved} == {run.wang.pk}
    assert {after[pk] for pk in moved} == {run.beside.pk}
    assert len(moved) == 2
    lines = ProposedAssignment.objects.filter(proposal=proposal, entity__in=moved)
    assert {line.reason.split("；")[-1] for line in lines} == {f"接手{run.wang.post.person_name}名下主体，接手后2户"}


def test_several_successors_share_evenly_and_the_loads_they_carry_count(run) -> None:
    third = run.cadre("孙委员", "一社区")
    for _ in range(4):
        run.entity("D", "一社区")
    proposal = propose_handover(leave(run), run.place, [run.beside.pk, third.pk], by=run.cast.li, on=LATER)
    given = proposal.lines.filter(holder=run.wang)
    assert sorted(given.values_list("cadre", flat=True)) == sorted([run.beside.pk, third.pk])
    # What nobody answered for before is no part of a handover.
    assert proposal.lines.filter(holder=None, cadre=None).count() == 4


def test_nobody_takes_over_outside_tier_and_place(run) -> None:
    change = leave(run)
    problem = refused(propose_handover, change, run.place, [run.chen.pk, run.leader.pk], by=run.cast.li, on=LATER)
    assert problem.code == "wrong-area"
    assert problem.reason == ("选中的干部里没有人能接手其中 2 户：层级或任职区域不符。请多选几人，或不选人由系统分配。")
    gone = refused(propose_handover, change, run.place, [run.wang.pk], by=run.cast.li, on=LATER)
    assert gone.code == "no-cadres"


def test_whoever_cannot_act_stays_in_post_and_is_no_successor_of_himself(run) -> None:
    change = leave(run, CadreChangeKind.UNABLE)
    assert Post.objects.get(pk=run.wang.post_id).valid.upper is None
    handed_over(run, change)
    assert run.wang.pk not in run.holders(LATER).values()


@pytest.mark.parametrize("kind", list(CadreChangeKind))
def test_taken_back_he_goes_on_as_before(run, kind) -> None:
    before = run.holders(LATER)
    undo_change(leave(run, kind), by=run.cast.li, on=LATER)
    assert Post.objects.get(pk=run.wang.post_id).valid.upper is None
    assert run.holders(LATER) == before
    assert list(changes(run.place.path, LATER)) == []
    acts = (
        AuditEvent.objects.filter(action__startswith="cadres.change.").order_by("pk").values_list("action", flat=True)
    )
    assert list(acts) == ["cadres.change.registered", "cadres.change.undone"]


def test_it_is_not_taken_back_once_somebody_has_taken_over(run) -> None:
    change = leave(run)
    handed_over(run, change)
    problem = refused(undo_change, change, by=run.cast.li, on=LATER)
    assert problem.reason == ("已有 2 户由别人接手，这项变动不能撤销；请先撤销那一版责任清单，或重新生成方案。")


@pytest.mark.parametrize(
    ("occasion", "code"),
    [
        (Occasion(LATER + timedelta(days=1), "调离"), "day-ahead"),
        (Occasion(LATER, "  "), "reason-missing"),
    ],
)
def test_a_day_ahead_or_no_reason_is_refused_and_nothing_is_written(run, occasion, code) -> None:
    assert refused(leave, run, occasion=occasion).code == code
    assert (CadreChange.objects.count(), Post.objects.get(pk=run.wang.post_id).valid.upper) == (0, None)


def test_the_same_change_is_not_written_down_twice(run) -> None:
    leave(run)
    assert refused(leave, run).code == "change-twice"


def test_what_he_is_given_once_he_is_back_does_not_open_the_case_again(run) -> None:
    change = leave(run, CadreChangeKind.UNABLE)
    handed_over(run, change)
    shop = run.entity("D", "一社区")
    Assignment.objects.create(
        entity=shop, place=shop.place, cadre=run.wang, cadre_place=run.wang.place, tier="community",
        valid=DateRange(LATER + timedelta(days=30), None),
    )  # fmt: skip
    day = LATER + timedelta(days=31)
    assert list(left_behind(change, day)) == []
    assert [(each.left, each.is_late) for each in changes(run.place.path, day)] == [(0, False)]


def test_a_change_taken_back_is_handed_over_by_nobody(run) -> None:
    change = undo_change(leave(run), by=run.cast.li, on=LATER)
    assert refused(propose_handover, change, run.place, by=run.cast.li, on=LATER).code == "change-undone"


def test_a_closed_shop_is_left_to_nobody(run) -> None:
    change = leave(run)
    shop = left_behind(change, LATER).first()
    shop.status = "cancelled"
    shop.save()
    assert [(each.left, each.is_settled) for each in changes(run.place.path, LATER)] == [(1, False)]


def test_every_kind_has_its_word() -> None:
    assert set(KIND_LABELS) == {kind.value for kind in CadreChangeKind}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_one_question_for_any_number_of_rows(run, rows) -> None:
    for cadre in [run.wang, run.chen, run.leader][:rows]:
        leave(run, cadre=cadre)
    with CaptureQueriesContext(connection) as seen:
        listed = list(listed_changes(run.place.path, "open", LATER))
        assert [str(each.cadre.post.jurisdiction) for each in listed]
    assert (len(listed), len(seen)) == (rows, 1)
