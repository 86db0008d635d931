"""为什么是这天: what an explanation says of every kind of day, and that it never hides what it rests on."""

import datetime as dt

import pytest

from tenancy.plans import PlanDocument, ResolvedPlan, resolve, shipped_plan
from tenancy.plans.document import QuarterPackage, ReminderStep
from tenancy.queries.clocks import clocks_of, issue_clock
from tenancy.rules.calendar import Pause, WorkCalendar
from tenancy.rules.clocks import Clock, Step, run_clock
from tenancy.rules.dues import (
    ESTIMATED,
    Explanation,
    explained,
    package_due,
    plan_version,
    quarter_end,
    reminder_due,
    spans,
    step_explained,
)
from tenancy.rules.periods import Quarter
from tenancy.rules.refusals import Refused
from tenancy.rules.year import months_of, state_of

CN = WorkCalendar()
BEIJING = dt.timezone(dt.timedelta(hours=8))
GUMEI = resolve([shipped_plan("national").layer(), shipped_plan("gumei").layer()])
THIRD = Quarter(2026, 3)
HOLIDAY = (
    "2026-10-01 至 10-03 国庆节；2026-10-04 周末；2026-10-05 国庆节（补假）；"
    "2026-10-06 休息日（由 2026-09-20 调休）；2026-10-07 休息日（由 2026-10-10 调休）"
)
VERSION = f"闵古办〔2022〕40号（版本 {GUMEI.digest[:8]}）"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def package(**terms) -> QuarterPackage:
    return QuarterPackage.model_validate({"enabled": True, "day": 25, "months": (3, 6, 9, 12), **terms})


def of_step(calendar: WorkCalendar = CN, **more) -> Explanation:
    """The second step of the issue clock as a station has it from 09-30 on: 20 working days after 1."""
    clock = issue_clock(GUMEI)
    due = run_clock(clock.terms, day("2026-09-30"), calendar)[0]
    return step_explained(clock.terms, due, GUMEI, key="issue_sla.ack_wd", event="移交", **more)


def test_a_step_says_rule_clause_bearer_start_count_skipped_days_and_plan():
    assert of_step().lines() == [
        ("规则", "问题移交处置：报到"),
        ("依据", "全国默认 系统默认"),
        ("由谁办", "市场所"),
        ("起算", "2026-09-30 移交"),
        ("计算", "1 个工作日，起算当日不计"),
        (
            "跳过 7 天",
            HOLIDAY,
        ),
        ("方案版本", VERSION),
    ]
    assert of_step().day == "2026-10-08"


def test_own_corrections_on_the_way_are_named_with_their_office():
    own = WorkCalendar({day("2026-10-08"): False}, words={day("2026-10-08"): "甲街道更正：停电"})
    found = dict(of_step(own).lines())
    assert found["用到的更正"] == "2026-10-08 本地调整为休息日（甲街道更正：停电）"
    assert of_step(own).date == day("2026-10-09")


def test_a_registered_day_that_the_calendar_no_longer_gives_says_so():
    kept = of_step(registered=day("2026-10-12"))
    assert kept.day == "2026-10-12"
    assert kept.notes == ("登记的期限是 2026-10-12；按现行工作日历应为 2026-10-08，没有改动",)
    assert of_step(registered=day("2026-10-08")).notes == ()


def test_pauses_and_prompt_steps_are_told():
    terms = Clock(
        "c", "换人", "cadre_change", (Step("a", "重新确定", "食安办", limit_wd=2), Step("b", "公示", "食安办"))
    )
    pause = Pause(day("2026-03-03"), day("2026-03-05"), "等待任命")
    first, second = run_clock(terms, day("2026-03-02"), CN, pauses=[pause])
    told = step_explained(terms, first, GUMEI, key="cadre_change_wd", event="免职")
    assert (told.date, dict(told.lines())["计算"]) == (
        day("2026-03-06"),
        "2 个工作日，起算当日不计，暂停的 2 个工作日不计",
    )
    assert dict(told.lines())["暂停"] == "2026-03-03 起暂停，2026-03-05 恢复：等待任命"
    prompt = step_explained(terms, second, GUMEI, key="cadre_change_wd", event="免职")
    assert (prompt.day, prompt.notes) == ("及时", ("方案写的是“及时”，没有期限",))


@pytest.mark.parametrize(
    ("limit", "counting", "written"),
    [
        ({"limit_days": 3}, "3 天（自然日），起算当日不计，遇休息日不顺延", "2026-10-03"),
        ({"limit_hours": 24}, "24 小时，不分工作日和休息日", "2026-10-01"),
        ({"limit_hours": 2}, "2 小时，起算没有记到几点，按整天从当日终了起算", "2026-10-01"),
    ],
)
def test_natural_days_and_hours_say_how_they_count(limit, counting, written):
    terms = Clock("c", "报送", "other", (Step("a", "报送", "食安办", **limit),))
    (due,) = run_clock(terms, day("2026-09-30"), CN)
    told = step_explained(terms, due, GUMEI, key="clocks", event="通知")
    assert (told.counting, told.day, told.rule) == (counting, written, "报送")
    exact = Clock("c", "报送", "other", (Step("a", "报送", "食安办", limit_hours=2),))
    (moment,) = run_clock(exact, dt.datetime(2026, 9, 30, 16, tzinfo=BEIJING), CN)
    assert step_explained(exact, moment, GUMEI, key="clocks", event="通知").day == "2026-09-30 18:00"


@pytest.mark.req("GM-42")
def test_the_package_day_of_a_street_is_the_25th_and_says_that_it_does_not_roll():
    told = package_due(THIRD, GUMEI.value.quarter_package, CN, GUMEI)
    assert told.date == day("2026-09-25")
    assert told.lines() == [
        ("规则", "季度材料报送日"),
        ("依据", "闵古办〔2022〕40号 五（二）"),
        ("起算", "2026-09-01 2026年第3季度末月"),
        ("计算", "25 日前（含当日），遇休息日不顺延"),
        ("方案版本", VERSION),
    ]


@pytest.mark.parametrize(
    ("terms", "expected", "skipped"),
    [
        ({"roll": "next"}, "2026-09-28", ["2026-09-25 中秋节", "2026-09-26 至 09-27 周末"]),
        ({"roll": "previous"}, "2026-09-24", ["2026-09-25 中秋节"]),
        ({"roll": "next", "day": 24}, "2026-09-24", []),
        ({"inclusive": False}, "2026-09-24", []),
    ],
)
def test_a_package_day_that_rolls_names_the_days_it_rolled_over(terms, expected, skipped):
    told = package_due(THIRD, package(**terms), CN, GUMEI)
    assert (told.date, list(spans(told.skipped))) == (day(expected), skipped)


def test_a_package_day_depends_on_an_unpublished_year_only_where_it_rolls():
    year = Quarter(2028, 1)
    assert not package_due(year, package(), CN, GUMEI).estimated
    assert package_due(year, package(roll="next"), CN, GUMEI).estimated
    assert not package_due(year, package(roll="next"), WorkCalendar(settled=frozenset({2028})), GUMEI).estimated


def test_an_opened_quarter_keeps_its_package_day_and_tells_the_other():
    own = WorkCalendar({day("2026-12-25"): False})
    told = package_due(Quarter(2026, 4), package(roll="next"), own, GUMEI, kept=day("2026-12-25"))
    assert told.date == day("2026-12-25")
    assert told.notes == ("季度启动时定为 2026-12-25，以后的更正不改已启动的季度；按现行工作日历应为 2026-12-28",)
    assert told.corrections == ((day("2026-12-25"), "本地调整为休息日"),)
    assert package_due(THIRD, package(enabled=False), CN, GUMEI) is None


def test_a_quarter_ends_on_its_last_day_whatever_the_calendar_says():
    told = quarter_end(Quarter(2026, 4), GUMEI, note="季度任务于 2026-10-01 启动")
    assert (told.date, told.estimated, told.skipped) == (day("2026-12-31"), False, ())
    assert told.counting == "到本季最后一天为止，是自然日，遇休息日不顺延"
    other = quarter_end(Quarter(2026, 4), GUMEI, registered=day("2026-12-01"))
    assert other.notes == ("登记的期限是 2026-12-01，与季度最后一天 2026-12-31 不同",)


def test_a_reminder_counts_back_from_what_it_reminds_of():
    told = reminder_due(ReminderStep(offset_wd=-5), day("2026-10-12"), CN, GUMEI)
    assert (told.rule, told.date, told.counting) == ("提醒包保干部", day("2026-09-29"), "期限之前 5 个工作日")
    assert reminder_due(ReminderStep(offset_wd=0, to="office"), day("2026-10-12"), CN, GUMEI).counting == "期限当天"
    late = reminder_due(ReminderStep(offset_wd=5, to="office"), day("2026-12-31"), CN, GUMEI)
    assert late.estimated and ("推定", ESTIMATED) in late.lines()


def test_the_same_facts_go_to_an_endpoint():
    told = of_step().as_json()
    assert (told["rule"], told["date"], told["start"], told["plan"]) == (
        "问题移交处置：报到",
        day("2026-10-08"),
        day("2026-09-30"),
        VERSION,
    )
    assert told["skipped"][0] == {"day": day("2026-10-01"), "reason": "国庆节"}
    assert set(told) == {
        "rule", "date", "at", "basis", "plan", "bearer", "event", "start", "counting", "skipped", "pauses",
        "corrections", "estimated", "notes",
    }  # fmt: skip


def test_what_has_no_day_is_refused_with_the_reason():
    assert explained(of_step()) == of_step()
    with pytest.raises(Refused, match="现在没有期限"):
        explained(None)
    assert plan_version(ResolvedPlan(PlanDocument(), (), {})).startswith("系统默认（版本 ")


def written_out(trigger: str, **step) -> dict:
    steps = [{"code": "names", "name": "报名单", "bearer": "office-1", "limit_wd": 2, **step}]
    return {"code": "out", "name": "更换干部", "trigger": trigger, "clause": "三（一）", "steps": steps}


def clocks(**values) -> list[tuple[str, str, str, dict[str, str]]]:
    bodies = [{"code": "office-1", "name": "居民区两委"}]
    document = PlanDocument.model_validate({"bodies": bodies, **values})
    return [
        (clock.terms.name, clock.event, clock.terms.steps[0].bearer, clock.keys)
        for clock in clocks_of(ResolvedPlan(document, (), {}))
    ]


def test_a_clock_that_is_written_out_replaces_the_bare_number():
    assert [clock.terms.name for clock in clocks_of(GUMEI)] == [
        "督导后签字和填报",
        "行政处罚通报包保干部",
        "干部变动调整",
        "问题移交处置",
    ]
    both = {"cadre_change_wd": 5, "operator_change_wd": 30}
    office, changed = "食安办", "新增包保主体；包保主体注销、停业；包保主体规模或业态变动"
    short = ("主体变动调整", changed, office, {"operator_change_wd": "operator_change_wd"})
    assert clocks(**both) == [
        ("干部变动调整", "包保干部调整、人事变动", office, {"cadre_change_wd": "cadre_change_wd"}),
        short,
    ]
    out = ("更换干部", "包保干部调整、人事变动", "居民区两委", {"names": "clocks"})
    assert clocks(**both, clocks=[written_out("cadre_change")]) == [out, short]


def test_a_clock_for_new_entities_leaves_the_number_to_the_others():
    found = clocks(operator_change_wd=30, clocks=[written_out("entity_opened")])
    assert [(name, event) for name, event, _bearer, _keys in found] == [
        ("更换干部", "新增包保主体"),
        ("主体变动调整", "包保主体注销、停业；包保主体规模或业态变动"),
    ]


@pytest.mark.parametrize(("year", "state"), [(2026, "published"), (2027, "estimated")])
def test_a_year_is_twelve_months_whose_working_days_add_up(year, state):
    months = months_of(year, CN)
    assert [month.number for month in months] == list(range(1, 13))
    assert sum(month.workdays for month in months) == CN.workdays_between(
        dt.date(year - 1, 12, 31), dt.date(year, 12, 31)
    )
    days = [each for month in months for week in month.weeks for each in week if each]
    assert [each.date for each in days] == [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert [each.is_workday for each in days] == [CN.is_workday(each.date) for each in days]
    assert state_of(year, CN) == state
    assert state_of(year, WorkCalendar(settled=frozenset({year}))) == "settled"


def test_a_month_marks_what_differs_from_any_calendar_and_says_why():
    own = WorkCalendar({day("2026-10-12"): False}, words={day("2026-10-12"): "甲街道更正：停电"})
    october = months_of(2026, own)[9]
    marks = {each.date.day: each.mark for week in october.weeks for each in week if each and each.mark}
    assert marks == {1: "休", 2: "休", 3: "休", 5: "休", 6: "休", 7: "休", 10: "班", 12: "休"}
    assert october.workdays == 17
    assert october.notes == (
        "1—3 日 休 国庆节",
        "5 日 休 国庆节（补假）",
        "6 日 休 休息日（由 2026-09-20 调休）",
        "7 日 休 休息日（由 2026-10-10 调休）",
        "10 日 班 调休上班",
        "12 日 本地调整为休息日（甲街道更正：停电）",
    )
