"""下级方案: who owes one, filing it with responsible person and timetable, who has not; stages and their progress."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from tenancy.actions import subplans as acts
from tenancy.actions.drafts import withdraw_plan
from tenancy.actions.plans import adopt_plan
from tenancy.actions.subplans import SubPlanFacts
from tenancy.models import Milestone, Plan, StageNote, SubPlan
from tenancy.plans import PlanDocument, shipped_plan
from tenancy.queries.subplans import filers_of, milestones_of, stages_of, uses_below
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.stages import StageState, stage_state
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.tenancy.test_plan_drafts import NOW, TODAY
from tests.tenancy.test_plan_pages import page, word

FACTS = SubPlanFacts(
    "甲街道实施方案", "冷领导（党工委书记）", text="一、总体要求……", milestones=[("两员配齐", date(2026, 12, 31))]
)
STAGES = [
    {"code": "base", "name": "打基础", "goal": "三张清单一项承诺", "from": "2022-10-01", "until": "2022-12-31"},
    {"code": "cover", "name": "全覆盖", "goal": "全部主体纳入", "measures": ["摸底", "督导"], "from": "2023-01-01"},
    {
        "code": "later",
        "name": "再提升",
        "goal": "高效运行",
        "from": "2027-01-01",
        "until": "2027-12-31",
        "clause": "二",
    },
]


@pytest.fixture
def plan(cast: Cast) -> Iterator[Plan]:
    """The district's plan, under which its two streets owe theirs."""
    with time_machine.travel(NOW, tick=False):
        with acting_in("990101/"):
            made = adopt_plan(cast.places["东城区"], shipped_plan("suining"), since=SINCE, by=cast.he)
        yield made


@pytest.fixture
def inside(plan: Plan) -> Iterator[None]:
    """Acting in the district."""
    with acting_in("990101/"):
        yield


def expected(cast: Cast, plan: Plan, unit: str) -> SubPlan:
    with acting_in("990101/"):
        return acts.expect_sub_plan(plan, unit, by=cast.he)


def file_for(cast: Cast, plan: Plan, facts: SubPlanFacts = FACTS) -> SubPlan:
    with acting_in("990101/001/"):
        return acts.file_sub_plan(plan, cast.places["甲街道"], facts, by=cast.li, on=TODAY)


@pytest.mark.req("LC-42")
def test_a_street_files_its_plan_with_responsible_person_and_timetable_and_the_district_sees_who_has_not(
    cast: Cast, plan: Plan
) -> None:
    row = file_for(cast, plan)
    expected(cast, plan, "教育局")
    with acting_in("990101/"):
        assert [(f.unit, f.has_filed, f.milestones, f.late) for f in filers_of(plan, cast.he, date(2027, 1, 2))] == [
            ("甲街道", True, 1, 1), ("乙街道", False, 0, 0), ("教育局", False, 0, 0),
        ]  # fmt: skip
        assert (row.responsible, row.filed_on, row.filed_by, [m.what for m in milestones_of(row)]) == (
            "冷领导（党工委书记）", TODAY, cast.li, ["两员配齐"],
        )  # fmt: skip
    text = page(cast.client("he"), "tenancy:list-sub-plans", plan.pk)
    assert "还有 2 个单位没有报送：乙街道、教育局" in text and "冷领导（党工委书记）" in text


def test_a_street_sees_its_own_line_and_not_who_else_is_late(cast: Cast, plan: Plan) -> None:
    with acting_in("990101/001/"):
        assert [(f.unit, f.has_filed) for f in filers_of(plan, cast.li, TODAY)] == [("甲街道", False)]
    text = page(cast.client("li"), "tenancy:list-sub-plans", plan.pk)
    assert "乙街道" not in text and "报送本单位方案" in text


@pytest.mark.req("LC-42")
def test_the_form_files_and_files_again_and_keeps_what_was_done(cast: Cast, plan: Plan) -> None:
    client = cast.client("li")
    lines = {"line-TOTAL_FORMS": 4, "line-INITIAL_FORMS": 0, "line-0-what": "两员配齐", "line-0-due_on": "2026-12-31",
             "line-1-what": "督导全覆盖", "line-1-due_on": "2027-03-31"}  # fmt: skip
    sent = {
        "title": "甲街道实施方案",
        "responsible": "冷领导",
        "text": "",
        "file": SimpleUploadedFile("方案.docx", word()),
    }
    response = client.post(reverse("tenancy:file-sub-plan", args=[plan.pk]), sent | lines)
    with acting_in("990101/001/"):
        row = SubPlan.objects.get()
        first = Milestone.objects.get(what="两员配齐")
    assert response["Location"] == reverse("tenancy:show-sub-plan", args=[row.pk])
    got = client.get(reverse("tenancy:download-sub-plan", args=[row.pk]))
    assert b"".join(got.streaming_content)[:2] == b"PK"
    client.post(reverse("tenancy:mark-milestone", args=[first.pk]), {"done_on": "2026-11-20"})
    again = sent | lines | {"line-1-what": "督导全覆盖（调整）", "text": "补充"}
    del again["file"]
    client.post(reverse("tenancy:refile-sub-plan", args=[row.pk]), again)
    with acting_in("990101/001/"):
        assert [(m.what, m.done_on) for m in milestones_of(row)] == [("两员配齐", TODAY), ("督导全覆盖（调整）", None)]
        row.refresh_from_db()
        assert (row.text, row.filename, SubPlan.objects.count()) == ("补充", "方案.docx", 1)
    assert "2026-11-20 完成" in page(client, "tenancy:show-sub-plan", row.pk)


def test_half_a_line_and_a_plan_without_text_or_file_come_back_with_their_sentence(cast: Cast, plan: Plan) -> None:
    client, address = cast.client("li"), reverse("tenancy:file-sub-plan", args=[plan.pk])
    lines = {"line-TOTAL_FORMS": 1, "line-INITIAL_FORMS": 0, "line-0-what": "两员配齐", "line-0-due_on": ""}
    sent = {"title": "甲街道实施方案", "responsible": "冷领导", "text": "正文"}
    half = client.post(address, sent | lines)
    assert (half.status_code, "时间表每行要有工作和期限两样" in half.content.decode()) == (422, True)
    bare = client.post(address, sent | lines | {"text": "", "line-0-what": ""})
    assert (bare.status_code, "请上传方案文件，或把正文贴进来" in bare.content.decode()) == (422, True)
    with acting_in("990101/001/"):
        assert SubPlan.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_the_same_questions_for_one_unit_and_for_three(
    cast: Cast, plan: Plan, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        row = expected(cast, plan, f"部门{number}")
        with acting_in("990101/"):
            Milestone.objects.create(sub_plan=row, place=plan.place, what="一", due_on=date(2027, 1, 1))
    client = cast.client("he")
    with django_assert_num_queries(17):
        text = page(client, "tenancy:list-sub-plans", plan.pk)
    assert text.count('<div class="sub">部门</div>') == rows


def test_who_may_file_what(cast: Cast, plan: Plan, inside: None) -> None:
    with acting_in("990101/001/"):
        with pytest.raises(Forbidden), transaction.atomic():
            acts.file_sub_plan(plan, cast.places["甲街道"], FACTS, by=cast.leng, on=TODAY)
        with pytest.raises(Refused) as refused, transaction.atomic():
            acts.file_sub_plan(plan, cast.places["一社区"], FACTS, by=cast.li, on=TODAY)
    assert refused.value.reason == "一社区不是本方案直接下级的地方，不在这里报送。"
    with pytest.raises(Forbidden), transaction.atomic():
        acts.expect_sub_plan(plan, "教育局", by=cast.qian)
    row = acts.expect_sub_plan(plan, "教育局", by=cast.he)
    cast.qian.unit = "教育局"
    assert acts.file_awaited(row, FACTS, by=cast.qian, on=TODAY).filed_on == TODAY


def test_a_milestone_is_not_done_before_its_day_and_can_be_opened_again(cast: Cast, plan: Plan, inside: None) -> None:
    line = file_for(cast, plan).milestones.get()
    with acting_in("990101/001/"):
        with pytest.raises(Refused) as refused, transaction.atomic():
            acts.mark_milestone(line, date(2026, 11, 21), by=cast.li, on=TODAY)
        assert refused.value.reason == "完成日期不能晚于今天，请填实际完成的日子。"
        assert acts.mark_milestone(line, TODAY, by=cast.li, on=TODAY).done_on == TODAY
        assert acts.mark_milestone(line, None, by=cast.li, on=TODAY).done_on is None


def test_a_plan_under_which_something_was_filed_is_not_withdrawn(cast: Cast, plan: Plan, inside: None) -> None:
    file_for(cast, plan)
    assert uses_below(plan) == ["1个单位按它报送了实施方案"]
    with pytest.raises(Refused) as refused, transaction.atomic():
        withdraw_plan(plan, used=(), by=cast.he, at=NOW)
    assert refused.value.code == "plan-used"


def test_a_stranger_finds_no_filed_plan_and_a_shop_is_told_it_is_not_for_him(cast: Cast, plan: Plan) -> None:
    row = file_for(cast, plan)
    for name in ("zhao", "sun"):
        assert cast.client(name).get(reverse("tenancy:show-sub-plan", args=[row.pk])).status_code == 404
    assert cast.client("wu").get(reverse("tenancy:list-sub-plans", args=[plan.pk])).status_code == 403


@pytest.mark.parametrize(
    ("start", "until", "on", "noted", "state"),
    [
        (date(2027, 1, 1), None, TODAY, "", StageState.AHEAD),
        (TODAY, TODAY, TODAY, "", StageState.RUNNING),
        (None, None, TODAY, "", StageState.RUNNING),
        (None, date(2026, 11, 19), TODAY, "", StageState.ENDED),
        (None, date(2026, 11, 19), TODAY, "reached", StageState.REACHED),
    ],
)
def test_a_stage_is_where_its_days_say_unless_somebody_wrote_it_down(start, until, on, noted, state) -> None:
    assert stage_state(start, until, on, noted) is state


@pytest.fixture
def staged(plan: Plan) -> Plan:
    """A plan that prints stages, as it is stored."""
    with acting_in("990101/"):
        plan.document = {**plan.document, "values": {**plan.document["values"], "stages": STAGES}}
        plan.save()
    return plan


def test_the_newest_note_tells_how_far_a_stage_has_come(cast: Cast, staged: Plan, inside: None) -> None:
    assert [(s.name, s.state_label) for s in stages_of(staged, TODAY)] == [
        ("打基础", "已到期，待登记"), ("全覆盖", "进行中"), ("再提升", "未开始"),
    ]  # fmt: skip
    acts.note_stage(staged, "base", StageState.MISSED, "差两份承诺书", by=cast.he, on=TODAY)
    acts.note_stage(staged, "base", StageState.REACHED, "已补齐", by=cast.he, on=TODAY)
    first = stages_of(staged, TODAY)[0]
    assert (first.state_label, first.note.note, StageNote.objects.count()) == ("已完成", "已补齐", 2)


def test_a_note_names_a_stage_of_the_plan_and_says_why(cast: Cast, staged: Plan, inside: None) -> None:
    for stage, state, note, code in (
        ("moon", StageState.REACHED, "x", "stage-unknown"),
        ("base", StageState.REACHED, " ", "stage-empty"),
        ("base", StageState.AHEAD, "x", "stage-empty"),
    ):
        with pytest.raises(Refused) as refused, transaction.atomic():
            acts.note_stage(staged, stage, state, note, by=cast.he, on=TODAY)
        assert refused.value.code == code
    with pytest.raises(Forbidden), transaction.atomic():
        acts.note_stage(staged, "base", StageState.REACHED, "x", by=cast.qian, on=TODAY)


@pytest.mark.skipif("stages" not in PlanDocument.model_fields, reason="the schema has no stages yet")
def test_the_page_of_a_plan_shows_its_stages_to_all_and_the_form_to_its_editor(cast: Cast, staged: Plan) -> None:
    client = cast.client("he")
    sent = {"stage": "base", "state": "reached", "note": "已补齐"}
    assert client.post(reverse("tenancy:note-stage", args=[staged.pk]), sent).status_code == 302
    text = page(client, "tenancy:show-plan", staged.pk)
    assert "2026-11-20 已补齐" in text and "登记" in text
    read = page(cast.client("li"), "tenancy:show-plan", staged.pk)
    assert "2026-11-20 已补齐" in read and "保存进展" not in read
