"""Drafts of plans: begun, changed, replaced, put in force, withdrawn; two people at once; what is refused and why."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tenancy.actions import drafts as acts
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent, Plan, PlanAnnex, PlanDraft
from tenancy.plans import PlanDocument, shipped_plan
from tenancy.plans.drafting import Changes, FaultyPlan
from tenancy.plans.writing import plan_text
from tenancy.queries.papers import draft_file, drafts_for, plans_for
from tenancy.queries.plans import header_of, plan_in_force
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture
def desk(cast: Cast):
    """甲街道 under Gumei's plan, acted in by its plan editor."""
    street = cast.places["甲街道"]
    with acting_in(street.path):
        adopt_plan(street, shipped_plan("gumei"), since=SINCE, by=cast.bian)
        yield cast


def draft_of(cast: Cast, basis="gumei", name="修订稿", place="甲街道") -> PlanDraft:
    by = cast.bian if place == "甲街道" else cast.he
    return acts.start_draft(cast.places[place], name=name, basis=basis, by=by, at=NOW)


def change(draft: PlanDraft, by, *, seen: int | None = None, **changes) -> PlanDraft:
    return acts.change_draft(draft, Changes(**changes), seen=seen or draft.version, by=by, on=TODAY, at=NOW)


def in_force(draft: PlanDraft, by, since: date = NEW_YEAR, opened=()) -> Plan:
    return acts.put_in_force(draft, since=since, seen=draft.version, opened=opened, by=by, on=TODAY, at=NOW)


def refusal(call) -> tuple[str, str]:
    with pytest.raises(Refused) as refused, transaction.atomic():
        call()
    return refused.value.code, refused.value.reason


def test_an_empty_draft_says_nothing_and_a_copy_says_what_its_basis_says(desk: Cast) -> None:
    empty, copy = draft_of(desk, basis=None, name="空白稿"), draft_of(desk)
    assert (empty.header, empty.document) == ({"title": "空白稿"}, {"values": {}, "clauses": {}})
    assert copy.document["values"] == shipped_plan("gumei").values
    assert copy.based_on_code == "gumei"
    # Number and days belong to the other paper, issuer and addressees to the other office.
    told = shipped_plan("gumei").header.model_dump(mode="json", exclude_defaults=True)
    assert copy.header == {key: told[key] for key in ("title", "basis", "annexes")} | {"publicity": "open"}


def test_a_new_version_begins_with_the_plan_in_force_and_its_annexes(desk: Cast) -> None:
    plan = Plan.objects.get()
    PlanAnnex.objects.create(
        jurisdiction=plan.jurisdiction, place=plan.place, plan=plan, title="附件1", stored="x", filename="a.pdf",
        sha256="0" * 64, kind="pdf", added_by=desk.bian,
    )  # fmt: skip
    draft = draft_of(desk, basis=plan)
    assert (draft.based_on, draft.document) == (plan, plan.document)
    assert [(annex.title, annex.plan, annex.stored) for annex in draft.annexes.all()] == [("附件1", None, "x")]


def test_a_draft_is_not_begun_from_a_plan_beside_or_below(desk: Cast) -> None:
    with acting_in("990101/001/"):
        below = adopt_plan(desk.places["一社区"], shipped_plan("suining"), since=SINCE, by=None)
    code, reason = refusal(lambda: draft_of(desk, basis=below))
    assert (code, reason) == ("draft-basis", "只能从本地、上级或随程序附带的方案抄起；别处的方案请下载文本后导入。")


def test_keys_are_set_cleared_and_given_back_to_what_is_inherited(desk: Cast) -> None:
    draft = draft_of(desk)
    draft = change(draft, desk.bian, put={"cadre_cap": 12, "tier_map.D": "street", "operator_change_wd": None})
    values = draft.document["values"]
    assert (values["cadre_cap"], values["tier_map"]["D"], values["operator_change_wd"]) == (12, "street", None)
    draft = change(draft, desk.bian, reset=["cadre_cap", "cap_mode", "operator_change_wd", "tier_map.D"])
    values = draft.document["values"]
    assert {"cadre_cap", "cap_mode", "operator_change_wd"} & set(values) == set()
    assert values["tier_map"] == {"A": "external", "B": "street", "C": "community"}


def test_a_map_nothing_is_left_in_is_no_longer_written(desk: Cast) -> None:
    draft = change(draft_of(desk, basis=None), desk.bian, put={"names.area": "小区"})
    assert draft.document["values"] == {"names": {"area": "小区"}}
    assert change(draft, desk.bian, reset=["names.area"]).document["values"] == {}


def test_paper_and_clauses_are_changed_with_the_values(desk: Cast) -> None:
    draft = change(
        draft_of(desk), desk.bian,
        header={"number": "甲办〔2027〕1号", "publicity": "closed", "basis": None}, clauses={"cadre_cap": "二", "tiers": ""},
    )  # fmt: skip
    assert (draft.header["number"], draft.header["publicity"], "basis" in draft.header) == (
        "甲办〔2027〕1号",
        "closed",
        False,
    )
    assert (draft.document["clauses"]["cadre_cap"], "tiers" in draft.document["clauses"]) == ("二", False)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"put": {"cadre_cap": 0}}, [("values.cadre_cap", "“0”太小，不能小于 1")]),
        ({"put": {"moon": 1}}, [("values.moon", "没有“moon”这个键，请核对写法")]),
        ({"put": {"tiers.street": 1}}, [("values.tiers", "这里要写成列表（每项一行，以“- ”开头）")]),
        ({"put": {"cadre_cap": 0, "cadre_change_wd": "五"}}, [
            ("values.cadre_cap", "“0”太小，不能小于 1"), ("values.cadre_change_wd", "“五”不是整数"),
        ]),
        ({"put": {"names.area": "a\0b"}}, [("values.names.area", "这里有不能保存的字符（空字符或残缺的字），请删去重新输入")]),
        ({"put": {"cadre_cap": 10**20}}, [("values.cadre_cap", "“100000000000000000000”不是方案里能用的写法；若是文字请加引号")]),
        ({"header": {"title": None}}, [("header.title", "缺少“title”，请补上")]),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_named_and_nothing_is_written(desk: Cast, changes, found) -> None:
    draft = draft_of(desk)
    with pytest.raises(FaultyPlan) as faulty, transaction.atomic():
        change(draft, desk.bian, **changes)
    assert sorted((each.key, each.message) for each in faulty.value.problems) == found
    kept = PlanDraft.objects.get(pk=draft.pk)
    assert (kept.version, kept.document, kept.header) == (1, draft.document, draft.header)


def test_a_draft_on_its_way_may_contradict_itself_until_it_is_put_in_force(desk: Cast) -> None:
    draft = change(draft_of(desk), desk.bian, put={"tier_map.D": "moon"})
    with pytest.raises(FaultyPlan) as faulty, transaction.atomic():
        in_force(draft, desk.bian)
    assert [each.message for each in faulty.value.problems] == ["D 级对应的层级“moon”没有在 tiers 里写明，请补上或改正"]
    assert Plan.objects.get().valid == DateRange(SINCE, None)


PLANTED = """header:
  titel: 某地方案
  publicity: secret
values:
  teirs: []
  boundary_tie: up
  cadre_cap: 0
  cadre_change_wd: 五
  cap_mode: sofft
  size_missing: guess
  issue_sla: {ack_wd: -1}
  quarter_package: {day: 32}
  frequency: {}
  performance_board: person
"""


def test_twelve_planted_faults_are_named_at_once_each_with_its_line(desk: Cast) -> None:
    draft = draft_of(desk)
    with pytest.raises(FaultyPlan) as faulty, transaction.atomic():
        acts.replace_draft(draft, PLANTED, seen=1, by=desk.bian, on=TODAY, at=NOW)
    assert [(each.line, each.key) for each in faulty.value.problems] == [
        (1, "header.title"), (2, "header.titel"), (3, "header.publicity"), (5, "values.teirs"),
        (6, "values.boundary_tie"), (7, "values.cadre_cap"), (8, "values.cadre_change_wd"), (9, "values.cap_mode"),
        (10, "values.size_missing"), (11, "values.issue_sla.ack_wd"), (12, "values.quarter_package.day"),
        (13, "values.frequency"), (14, "values.performance_board"),
    ]  # fmt: skip
    assert PlanDraft.objects.get(pk=draft.pk).version == 1


def test_the_text_of_a_draft_taken_back_changes_nothing_and_counts_nothing(desk: Cast) -> None:
    draft = change(draft_of(desk), desk.bian, put={"operator_change_wd": None}, reset=["notify_rule"])
    text = plan_text(draft_file(draft))
    same = acts.replace_draft(draft, text, seen=2, by=desk.bian, on=TODAY, at=NOW)
    assert (same.version, same.document, same.header) == (2, draft.document, draft.header)


def test_a_stored_draft_is_written_in_the_order_of_the_schema(desk: Cast) -> None:
    stored = PlanDraft.objects.get(pk=draft_of(desk).pk)
    text = plan_text(draft_file(stored)).splitlines()
    keys = [line.strip(" :") for line in text[text.index("values:") :] if line.startswith("  ") and line[2] != " "]
    wanted = [key for key in PlanDocument.model_fields if key in shipped_plan("gumei").values]
    assert [key.split(":")[0] for key in keys] == wanted
    assert "    - {code: street, name: 街道, rank: 2, level: township}" in text


def test_who_comes_second_writes_nothing_and_is_told_who_was_faster(desk: Cast) -> None:
    mine = draft_of(desk)
    with acting_in("990101/001/"):
        change(PlanDraft.objects.get(pk=mine.pk), desk.bian, put={"cadre_cap": 11})
    code, reason = refusal(lambda: change(mine, desk.bian, seen=1, put={"cadre_cap": 9}))
    assert (code, reason) == (
        "draft-stale",
        "“修订稿”在您打开之后已由卞方案改到第2稿，这次没有保存；请对照最新内容后再保存。",
    )
    assert PlanDraft.objects.get().document["values"]["cadre_cap"] == 11
    for act in (
        lambda: acts.replace_draft(mine, PLANTED, seen=1, by=desk.bian, on=TODAY, at=NOW),
        lambda: acts.drop_draft(mine, seen=1, by=desk.bian, at=NOW),
        lambda: acts.put_in_force(mine, since=NEW_YEAR, seen=1, opened=(), by=desk.bian, on=TODAY, at=NOW),
    ):
        assert refusal(act)[0] == "draft-stale"


def test_a_dropped_draft_is_kept_and_closed(desk: Cast) -> None:
    draft = acts.drop_draft(draft_of(desk), seen=1, by=desk.bian, at=NOW)
    assert refusal(lambda: change(draft, desk.bian, put={"cadre_cap": 9})) == (
        "draft-closed", "草稿“修订稿”已作废，不能再改；需要修改请另起草稿。"
    )  # fmt: skip


def test_put_in_force_ends_the_version_before_and_keeps_the_paper(desk: Cast) -> None:
    draft = change(
        draft_of(desk),
        desk.bian,
        put={"cadre_cap": 12},
        header={"number": "甲办〔2027〕1号", "addressees": ["各社区"]},
    )
    plan = in_force(draft, desk.bian)
    before, after = Plan.objects.order_by("valid")
    assert (before.valid, after.valid, after) == (DateRange(SINCE, NEW_YEAR), DateRange(NEW_YEAR, None), plan)
    assert plan_in_force("990101/001/", date(2026, 12, 31)).value.cadre_cap == 10
    assert plan_in_force("990101/001/", NEW_YEAR).value.cadre_cap == 12
    paper = header_of(plan)
    assert (paper.number, paper.addressees) == ("甲办〔2027〕1号", ("各社区",))
    draft.refresh_from_db()
    assert (draft.state, draft.plan) == ("in_force", plan)
    assert refusal(lambda: change(draft, desk.bian, put={"cadre_cap": 9}))[0] == "draft-closed"


def test_two_plans_on_one_day_are_refused_by_the_database(desk: Cast) -> None:
    plan = Plan.objects.get()
    with pytest.raises(IntegrityError, match="tenancy_plan_one_at_a_time"), transaction.atomic():
        Plan.objects.create(
            jurisdiction=plan.jurisdiction,
            place=plan.place,
            title="另一份",
            valid=(TODAY, None),
            document=plan.document,
        )


def test_an_overlap_with_a_later_plan_is_refused_in_a_sentence_and_nothing_moves(desk: Cast) -> None:
    in_force(draft_of(desk), desk.bian)
    code, reason = refusal(lambda: in_force(draft_of(desk, name="再改"), desk.bian, since=date(2026, 12, 1)))
    assert (code, reason) == (
        "plan-overlap", "甲街道在2026-12-01及以后已有方案施行，请先调整那个方案的施行期间。"
    )  # fmt: skip
    assert [plan.valid for plan in Plan.objects.order_by("valid")] == [
        DateRange(SINCE, NEW_YEAR),
        DateRange(NEW_YEAR, None),
    ]


def test_a_day_gone_by_that_a_quarter_has_used_takes_no_other_plan(desk: Cast) -> None:
    draft, past = draft_of(desk), date(2026, 11, 1)
    code, reason = refusal(lambda: in_force(draft, desk.bian, since=past, opened=["2026年第4季度"]))
    assert (code, reason) == (
        "plan-day-used",
        "2026-11-01 起已按原方案启动了2026年第4季度，已过去的日子不能再换方案；请改为今天或以后的日期启用。",
    )
    assert in_force(draft, desk.bian, since=TODAY, opened=["2026年第4季度"]).valid.lower == TODAY


def test_a_withdrawn_plan_is_a_draft_again_and_the_one_before_goes_on(desk: Cast) -> None:
    first = draft_of(desk)
    plan = in_force(first, desk.bian)
    draft = acts.withdraw_plan(plan, used=(), by=desk.bian, at=NOW)
    assert (draft.pk, draft.state, draft.plan) == (first.pk, "draft", None)
    assert [each.valid for each in Plan.objects.all()] == [DateRange(SINCE, None)]
    assert AuditEvent.objects.order_by("-pk").values_list("action", flat=True)[0] == "tenancy.plan.withdrawn"


def test_a_withdrawn_plan_without_a_draft_leaves_one(desk: Cast) -> None:
    plan = Plan.objects.get()
    draft = acts.withdraw_plan(plan, used=(), by=desk.bian, at=NOW)
    assert (draft.document, draft.header["number"], Plan.objects.count()) == (plan.document, "闵古办〔2022〕40号", 0)


def test_a_used_plan_stays(desk: Cast) -> None:
    plan = in_force(draft_of(desk), desk.bian)
    code, reason = refusal(lambda: acts.withdraw_plan(plan, used=["2026年第4季度"], by=desk.bian, at=NOW))
    assert (code, reason) == (
        "plan-used",
        f"《{plan.title}》已经用过：2026年第4季度。不能撤回；请另起新版本，从以后的日期启用。",
    )
    assert Plan.objects.count() == 2


def test_only_who_writes_the_plans_of_a_place_acts_on_its_drafts(desk: Cast) -> None:
    draft = draft_of(desk)
    for call in (
        lambda: acts.start_draft(desk.places["甲街道"], name="x", basis=None, by=desk.li, at=NOW),
        lambda: change(draft, desk.li, put={"cadre_cap": 9}),
        lambda: acts.drop_draft(draft, seen=1, by=desk.li, at=NOW),
        lambda: in_force(draft, desk.li),
        lambda: acts.withdraw_plan(Plan.objects.get(), used=(), by=desk.li, at=NOW),
    ):
        with pytest.raises(Forbidden), transaction.atomic():
            call()


def test_drafts_are_read_by_their_office_and_the_one_above_and_by_nobody_else(desk: Cast) -> None:
    draft = draft_of(desk)
    assert list(drafts_for(desk.bian)) == [draft]
    assert [list(drafts_for(desk.posts[name])) for name in ("li", "wang", "wu", "leng")] == [[], [], [], []]


def test_the_district_s_editor_sees_the_street_s_draft_and_the_street_not_the_district_s(cast: Cast) -> None:
    with acting_in("990101/"):
        draft_of(cast, name="街道稿")
        draft_of(cast, name="区稿", place="东城区")
        assert sorted(each.name for each in drafts_for(cast.he)) == ["区稿", "街道稿"]
    with acting_in("990101/001/"):
        assert [each.name for each in drafts_for(cast.bian)] == ["街道稿"]


@pytest.mark.req("LC-01")
def test_a_plan_not_for_publication_is_read_inside_its_chain_and_by_no_stranger(cast: Cast) -> None:
    district, closed = cast.places["东城区"], shipped_plan("gumei").header.model_copy(update={"publicity": "closed"})
    with acting_in("990101/"):
        adopt_plan(district, shipped_plan("gumei").model_copy(update={"header": closed}), since=SINCE, by=None)
        adopt_plan(cast.places["一社区"], shipped_plan("suining"), since=SINCE, by=None)
        assert [plan.publicity for plan in plans_for(cast.qian).order_by("place")] == ["不公开", "主动公开"]
    with acting_in("990101/001/001/"):
        # A cadre of the community reads the district's plan; the shop beside him only what was published.
        assert [plan.publicity for plan in plans_for(cast.wang).order_by("place")] == ["不公开", "主动公开"]
        assert [plan.publicity for plan in plans_for(cast.wu)] == ["主动公开"]
        assert [list(plans_for(post)) for post in (None, cast.guan, cast.shen)] == [[], [], []]
    with acting_in("990102/001/"):
        assert list(plans_for(cast.sun)) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_plans_in_force_at_once_one_is_told_why_not(cast: Cast) -> None:
    with acting_in("990101/001/"):
        drafts = [draft_of(cast, name=name) for name in ("甲稿", "乙稿")]
    start, told = threading.Barrier(2), []

    def press(draft: PlanDraft) -> None:
        start.wait()
        try:
            with acting_in("990101/001/"):
                in_force(draft, cast.bian)
                told.append("ok")
        except Refused as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["ok", "plan-overlap"]
    with acting_in("990101/001/"):
        assert [plan.valid for plan in Plan.objects.all()] == [DateRange(NEW_YEAR, None)]
