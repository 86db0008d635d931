"""The plan's frequency at work: what opens, what a visit fulfils, what is counted where, and what ends."""

from datetime import date

import pytest

from reports.queries.rates import period_table
from supervision.actions.quarters import open_quarter
from supervision.models import Obligation
from supervision.queries.mine import my_document
from supervision.queries.progress import progress_counts, quarter_labels
from tenancy.models import AuditEvent, Notice
from tenancy.rules.periods import Quarter, quarter_of
from tests.supervision.desk import TODAY
from tests.supervision.test_reminders import remind

BY_RISK = [
    {"when": {"tags": ["高风险"]}, "times": 1, "per": "month", "clause": "高风险每月一次"},
    {"when": {"grades": ["B"]}, "times": 2, "per": "quarter", "clause": "B级每季两次"},
    {"when": {"business_types": ["stall"]}, "times": 0, "per": "quarter"},
    {"when": {"grades": ["D"]}, "times": 1, "per": "year", "clause": "D级每年一次"},
    {"times": 1, "per": "half_year", "clause": "其他每半年一次"},
]
OPENED = date(2026, 10, 1)


@pytest.fixture
def risky(desk):
    """A street that visits by risk, with one shop for each line."""
    desk.under(frequency=BY_RISK)
    desk.entity("高风险店", tags=["高风险"])
    desk.entity("大店", grade="B")
    desk.entity("摊位", business_type="stall")
    desk.entity("小店", grade="D")
    desk.entity("中店", grade="C")
    return desk


def owed(name: str = "") -> list[tuple[str, str, int, int, str, str]]:
    rows = Obligation.objects.owed().order_by("entity_id", "due_on", "ordinal")
    rows = rows.filter(entity__name=name) if name else rows
    return [
        (row.entity.name, row.cycle, row.ordinal, row.times, f"{row.due_on:%m-%d}", row.counted_quarter) for row in rows
    ]


def done(name: str) -> list[str | None]:
    rows = Obligation.objects.filter(entity__name=name).order_by("due_on", "ordinal")
    return [row.fulfilled_on and row.fulfilled_on.isoformat() for row in rows]


@pytest.mark.req("GM-17", "LC-18")
def test_each_line_opens_its_number_of_visits_with_its_own_due_day(risky):
    risky.open(OPENED)
    assert owed() == [
        ("高风险店", "2026-10", 1, 1, "10-31", "2026Q4"),
        ("高风险店", "2026-11", 1, 1, "11-30", "2026Q4"),
        ("高风险店", "2026-12", 1, 1, "12-31", "2026Q4"),
        ("大店", "2026Q4", 1, 2, "12-31", "2026Q4"),
        ("大店", "2026Q4", 2, 2, "12-31", "2026Q4"),
        ("小店", "2026", 1, 1, "12-31", "2026Q4"),
        ("中店", "2026H2", 1, 1, "12-31", "2026Q4"),
    ]


def test_opening_again_and_in_the_next_quarter_of_the_cycle_adds_nothing_twice(risky):
    risky.open(date(2026, 7, 1))
    first = owed("小店") + owed("中店")
    for day in (date(2026, 7, 2), OPENED, date(2026, 10, 2)):
        risky.open(day)
    assert owed("小店") + owed("中店") == first
    assert first[0][1:] == ("2026", 1, 1, "12-31", "2026Q4")


def test_a_month_that_was_over_before_the_opening_is_not_owed(risky):
    risky.open(TODAY)
    assert [row[1] for row in owed("高风险店")] == ["2026-11", "2026-12"]


@pytest.mark.parametrize("many", [1, 3])
def test_opening_by_risk_takes_the_same_statements_for_one_shop_of_a_kind_and_three(
    desk, many, django_assert_num_queries
):
    desk.under(frequency=BY_RISK)
    for number in range(many):
        for grade in "BCD":
            desk.entity(f"{grade}{number}", grade=grade)
        desk.entity(f"月{number}", tags=["高风险"])
    with django_assert_num_queries(28):
        desk.open(OPENED)


@pytest.mark.req("GM-17")
def test_each_visit_fulfils_one_and_a_third_is_kept_beside_them(risky):
    risky.open(OPENED)
    big = Obligation.objects.filter(entity__name="大店").first().entity
    told = [risky.submit(big, on=date(2026, 10, day)) for day in (8, 9, 10)]
    assert [each.fulfils for each in told] == [True, True, False]
    assert told[2].note == "本季任务已由王小明于2026-10-09完成，这次作为增加的督导一并保存。"
    assert done("大店") == ["2026-10-08", "2026-10-09"]


def test_a_visit_of_october_never_stands_for_november_and_a_late_one_makes_october_good(risky):
    risky.open(OPENED)
    shop = risky.entities[0]
    assert risky.submit(shop, on=date(2026, 10, 8)).fulfils
    assert not risky.submit(shop, on=date(2026, 10, 9)).fulfils
    Obligation.objects.filter(fulfilled_by__isnull=False).update(fulfilled_by=None, fulfilled_on=None)
    assert risky.submit(shop, on=date(2026, 11, 3)).fulfils
    assert done("高风险店") == ["2026-11-03", None, None]


def test_a_second_visit_that_was_frozen_for_the_same_obligation_fulfils_the_next_one(risky):
    risky.open(OPENED)
    big, first = risky.entities[1], Obligation.objects.filter(entity__name="大店").order_by("ordinal").first()
    told = [risky.submit(big, on=date(2026, 10, day), obligation=first.pk) for day in (8, 9)]
    assert [each.fulfils for each in told] == [True, True]
    assert done("大店") == ["2026-10-08", "2026-10-09"]


def test_a_yearly_visit_made_in_spring_is_not_asked_for_again_and_counts_in_the_quarter_it_was_due_in(risky):
    risky.open(date(2026, 1, 5))
    small = risky.entities[3]
    assert risky.submit(small, on=date(2026, 3, 2)).fulfils
    for day in (date(2026, 4, 1), date(2026, 7, 1), OPENED):
        risky.open(day)
    assert owed("小店") == [("小店", "2026", 1, 1, "12-31", "2026Q4")]
    street = risky.cast.places["甲街道"]
    figures = {number: period_table(street, Quarter(2026, number), OPENED).total for number in (1, 4)}
    assert {number: (total.due, total.fulfilled) for number, total in figures.items()} == {1: (5, 0), 4: (7, 1)}


def test_what_is_owed_beyond_the_quarter_is_neither_missing_nor_late_before_its_time(risky):
    risky.open(date(2026, 1, 5))
    on = date(2026, 2, 2)
    assert quarter_labels() == ["2026Q4", "2026Q2", "2026Q1"]
    assert progress_counts(risky.cast.li, "2026Q1", on)["all"] == 5
    assert progress_counts(risky.cast.li, "2026Q4", on) == {
        "all": 1,
        "missing": 1,
        "done": 0,
        "overdue": 0,
        "photos": 0,
    }


def test_a_shop_visited_quarterly_so_far_owes_nothing_more_once_a_year_is_enough(desk):
    shop = desk.entity("小店", grade="D")
    desk.open(date(2026, 1, 5))
    desk.submit(shop, on=date(2026, 2, 2))
    desk.under(since=date(2026, 4, 1), frequency=BY_RISK)
    desk.open(date(2026, 4, 2))
    assert owed("小店") == [("小店", "2026Q1", 1, 1, "03-31", "2026Q1")]


def test_a_shop_whose_frequency_grows_leaves_its_yearly_visit_for_the_new_ones(risky):
    risky.open(date(2026, 7, 1))
    small = risky.entities[3]
    small.grade = "B"
    small.save()
    risky.open(OPENED)
    assert [row[1:4] for row in owed("小店")] == [("2026Q4", 1, 2), ("2026Q4", 2, 2)]
    ended = Obligation.objects.get(entity=small, cycle="2026")
    assert (ended.closed_on, ended.closed_reason) == (OPENED, "督导频次已变（闵古办〔2022〕40号 三（二））")
    small.grade = "D"
    small.save()
    risky.open(date(2026, 10, 2))
    assert [row[1:4] for row in owed("小店")] == [("2026", 1, 1)]


def test_what_was_missed_stays_missed_when_the_frequency_changes(risky):
    risky.open(OPENED)
    shop = risky.entities[0]
    shop.tags = []
    shop.save()
    risky.open(date(2026, 11, 2))
    assert [row[1] for row in owed("高风险店")] == ["2026-10", "2026H2"]


def test_a_shop_that_closes_and_opens_again_owes_what_is_not_yet_due(risky):
    risky.open(OPENED)
    shop = risky.entities[1]
    for status, day, left in (("stopped", date(2026, 11, 2), 0), ("active", date(2026, 12, 1), 2)):
        shop.status = status
        shop.save()
        risky.open(day)
        assert len(owed("大店")) == left
    assert AuditEvent.objects.filter(action="supervision.quarter.opened").count() == 2


def test_the_phone_shows_how_often_with_the_clause_and_how_many_are_left(risky):
    risky.open(OPENED)
    on = date(2026, 10, 8)
    risky.submit(risky.entities[1], on=on)
    risky.submit(risky.entities[0], on=on)
    rows = {row["name"]: row for row in my_document(risky.cast.wang, on)["entities"]}
    told = {name: (row["frequency"], row["owed"], row["due_on"], row["state"]) for name, row in rows.items()}
    assert told == {
        "高风险店": ("每月1次（闵古办〔2022〕40号 高风险每月一次）", 0, "2026-10-31", "done"),
        "大店": ("每季度2次（闵古办〔2022〕40号 B级每季两次）", 1, "2026-12-31", "due"),
        "摊位": ("不要求督导（闵古办〔2022〕40号 三（二））", 0, "2026-12-31", "due"),
        "小店": ("每年1次（闵古办〔2022〕40号 D级每年一次）", 1, "2026-12-31", "due"),
        "中店": ("每半年1次（闵古办〔2022〕40号 其他每半年一次）", 1, "2026-12-31", "due"),
    }
    assert rows["摊位"]["obligation"] is None


def test_an_overdue_month_presses_before_the_present_one(risky):
    risky.open(OPENED)
    row = my_document(risky.cast.wang, date(2026, 11, 3))["entities"]
    (shop,) = [each for each in row if each["name"] == "高风险店"]
    assert (shop["state"], shop["due_on"], shop["owed"]) == ("overdue", "2026-10-31", 2)


def test_a_yearly_visit_follows_the_plan_of_the_quarter_it_is_made_in(risky):
    risky.open(date(2026, 1, 5))
    modes = [{"code": "onsite", "name": "上门督导", "counts_as_onsite": True, "evidence": {"photo": "off"}}]
    risky.under(since=date(2026, 4, 1), frequency=BY_RISK, visit_modes=modes)
    risky.open(date(2026, 4, 2))
    visit = risky.submit(risky.entities[3], on=date(2026, 4, 3), photos=[]).visit
    assert (visit.mode_name, done("小店")) == ("上门督导", ["2026-04-03"])


def test_a_month_reminds_of_its_own_last_day_and_names_a_shop_once(risky):
    risky.open(OPENED)
    remind(risky, date(2026, 10, 26))
    (told,) = Notice.objects.values_list("text", "due_on")
    assert told == ("本月还有 1 家未督导：高风险店。期限 10月31日。", date(2026, 10, 31))
    assert remind(risky, date(2026, 10, 26)) == 0
    remind(risky, date(2026, 11, 2))
    late = Notice.objects.order_by("-pk").values_list("text", flat=True).first()
    assert late == "2026年10月已于10月31日到期，您还有 1 家未督导：高风险店。请尽快补做。"
    remind(risky, date(2026, 12, 24))
    last = Notice.objects.filter(due_on=date(2026, 12, 31)).order_by("-pk").values_list("text", flat=True).first()
    assert last.startswith("本季还有 4 家未督导：大店、高风险店、小店等。期限 12月31日。")


def test_a_yearly_visit_is_reminded_of_in_the_quarter_it_falls_due_in(risky):
    risky.open(date(2026, 1, 5))
    remind(risky, date(2026, 3, 25))
    told = list(Notice.objects.values_list("text", flat=True))
    assert (any("大店" in text for text in told), any("小店" in text for text in told)) == (True, False)
    for day in (date(2026, 4, 1), date(2026, 7, 1), OPENED):
        risky.open(day)
    remind(risky, date(2026, 12, 24))
    last = Notice.objects.filter(due_on=date(2026, 12, 31)).values_list("text", flat=True).get()
    assert "小店" in last


def test_the_opening_says_how_many_visits_it_added(risky):
    assert open_quarter(risky.cast.places["甲街道"], quarter_of(OPENED), on=OPENED)[1] == 7
