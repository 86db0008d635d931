"""Opening a quarter: once, for everybody assigned, under the plan of the day."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from supervision.actions.quarters import open_current_quarters, open_quarter
from supervision.models import Obligation, Quarter, TaskListVersion
from supervision.queries.quarters import plan_of
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.periods import Quarter as Period
from tenancy.rules.refusals import Refused
from tests.supervision.desk import TODAY

Q4 = Period(2026, 4)


@pytest.mark.req("GM-17")
def test_every_assigned_entity_in_operation_owes_exactly_one_visit(desk):
    one, two = desk.entity("一号店"), desk.entity("二号店", "二社区", cadre="chen", grade="B")
    desk.entity("没有包保的店", cadre="")
    desk.entity("停业的店", status="stopped")
    opened, added = open_quarter(desk.cast.places["甲街道"], Q4, on=TODAY)
    assert added == 2
    rows = Obligation.objects.order_by("pk").values_list(
        "entity", "due_on", "counted_in", "counted_tier", "counted_grade", "counted_holder"
    )
    path = {entity: desk.cast.places[area].id_path for entity, area in ((one, "一社区"), (two, "二社区"))}
    due = date(2026, 12, 31)
    assert list(rows) == [
        (one.pk, due, path[one], "community", "C", desk.cadres["wang"].pk),
        (two.pk, due, path[two], "community", "B", desk.cadres["chen"].pk),
    ]
    assert (opened.start, opened.due_on, opened.package_on) == (date(2026, 10, 1), due, date(2026, 12, 25))


def test_opening_again_adds_nothing_but_what_was_assigned_since(desk):
    desk.entity("一号店")
    tenant = desk.cast.places["甲街道"]
    assert open_quarter(tenant, Q4, on=TODAY)[1] == 1
    assert open_quarter(tenant, Q4, on=TODAY)[1] == 0
    desk.entity("新开的店")
    assert open_quarter(tenant, Q4, on=TODAY)[1] == 1
    assert (Quarter.objects.count(), Obligation.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(action="supervision.quarter.opened").count() == 2


def test_the_day_opens_its_quarter_where_somebody_answers_and_nowhere_else(desk):
    desk.entity("一号店")
    assert open_current_quarters(desk.cast.places["甲街道"], on=TODAY) == 1
    assert list(Quarter.objects.values_list("jurisdiction__name", "label")) == [("甲街道", "2026Q4")]


@pytest.mark.parametrize("many", [1, 3])
def test_opening_takes_the_same_statements_for_one_entity_and_three(desk, many, django_assert_num_queries):
    for number in range(many):
        desk.entity(f"第{number}店")
    with django_assert_num_queries(14):
        desk.open()


def test_an_entity_that_closed_owes_nothing_and_what_was_done_stays_done(desk):
    gone, done = desk.entity("要关的店"), desk.entity("已督导的店")
    desk.open()
    desk.submit(done)
    for entity in (gone, done):
        entity.status = "cancelled"
        entity.save()
    desk.open()
    assert list(Obligation.objects.owed().values_list("entity", "fulfilled_on")) == [(done.pk, TODAY)]
    assert Obligation.objects.get(entity=gone).closed_on == TODAY


def test_a_quarter_keeps_the_plan_it_was_opened_under(desk):
    desk.entity("一号店")
    opened = desk.open()
    kept = plan_of(opened)
    street = desk.cast.places["甲街道"]
    adopt_plan(street, shipped_plan("suining"), since=date(2026, 11, 23), by=None)
    desk.open(date(2026, 11, 24))
    opened.refresh_from_db()
    assert plan_of(opened).digest == kept.digest != plan_in_force(street.path, date(2026, 11, 24)).digest
    assert plan_of(opened).value.cadre_cap == 10


def test_only_the_current_quarter_opens(desk):
    with pytest.raises(Refused, match="只能启动当前季度"):
        open_quarter(desk.cast.places["甲街道"], Period(2026, 3), on=TODAY, by=desk.cast.li)


@pytest.mark.parametrize("name", ["wang", "zhou", "qian"])
def test_nobody_but_the_office_opens_a_quarter_by_hand(desk, name):
    with pytest.raises(Refused, match="启动季度任务"):
        open_quarter(desk.cast.places["甲街道"], Q4, on=TODAY, by=desk.cast.posts[name])


def test_opening_records_the_lists_that_visits_will_be_signed_on(desk):
    desk.entity("一号店")
    desk.open()
    version = TaskListVersion.objects.get()
    assert [section["title"] for section in version.document["sections"]] == [
        "完善安全管理体系",
        "抓好常态化防控",
        "强化应急处置",
        "加强宣传和培训",
    ]


def test_moving_a_shop_and_regrading_it_changes_no_old_figure(desk):
    entity = desk.entity("一号店")
    desk.open()
    before = list(Obligation.objects.values_list("counted_in", "counted_grade"))
    two = desk.cast.places["二社区"]
    entity.jurisdiction, entity.place, entity.grade = two, two.path, "A"
    entity.assignments.update(valid=DateRange(date(2026, 1, 1), date(2026, 6, 1)))
    entity.save()
    row = Obligation.objects.get()
    assert (row.place, list(Obligation.objects.values_list("counted_in", "counted_grade"))) == (two.path, before)
