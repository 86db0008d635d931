"""Why a day is that day, for everything of this app that has one; and what a corrected calendar does to running clocks."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange

from supervision.actions import issues
from supervision.actions.clocks import recount_clocks
from supervision.actions.reminding import write_reminders
from supervision.models import Issue, Obligation, Quarter
from supervision.queries.clocks import (
    issue_explained,
    moved_clocks,
    moved_reminders,
    obligation_explained,
    package_explained,
    passed_clocks,
    quarter_explained,
    running_clocks,
)
from supervision.queries.quarters import PlansAt, plan_at
from tenancy.actions.calendar import correct_calendar
from tenancy.models import AuditEvent, Jurisdiction, Plan
from tenancy.queries.calendars import Calendars
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.refusals import Forbidden
from tests.supervision.desk import NOW, TODAY

# TODAY is Sunday 2026-11-22: handed over then, 报到 is due on Monday 11-23.
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def street(desk) -> Jurisdiction:
    return desk.cast.places["甲街道"]


def close_day(desk, *days: date) -> None:
    street = desk.cast.places["甲街道"]
    change = Change(tuple(Correction(day, is_workday=False, reason="停电检修") for day in days))
    correct_calendar(street, change, by=desk.cast.bian)


def recount(desk, on: date = TODAY):
    return recount_clocks(desk.cast.places["甲街道"], by=desk.cast.bian, on=on, at=NOW)


def test_an_issue_tells_the_step_its_start_and_what_was_counted(desk, shop):
    issue = desk.issue(shop)
    told = issue_explained(issue)
    assert (told.date, told.start, told.rule, told.bearer) == (MONDAY, TODAY, "问题移交处置：报到", "市场所")
    assert (told.event, told.counting, told.notes) == ("转为“已移交待报到”", "1 个工作日，起算当日不计", ())
    issues.acknowledge(issue, text="", by=desk.cast.zhou, on=TUESDAY, at=datetime(2026, 11, 24, 2, tzinfo=UTC))
    handling = issues.start(issue, text="", by=desk.cast.zhou, on=TUESDAY, at=datetime(2026, 11, 24, 2, tzinfo=UTC))
    assert (issue_explained(handling).start, issue_explained(handling).date) == (TUESDAY, date(2026, 12, 22))
    answered = issues.answer(handling, text="已改", by=desk.cast.zhou, on=TUESDAY, at=NOW)
    assert issue_explained(answered) is None


@pytest.mark.req("GM-42")
def test_a_quarter_its_package_and_an_obligation_tell_their_days(desk, shop):
    quarter, owed = Quarter.objects.get(), Obligation.objects.select_related("quarter").get()
    assert quarter_explained(quarter).date == obligation_explained(owed).date == date(2026, 12, 31)
    assert quarter_explained(quarter).notes == ("季度任务于 2026-11-22 启动",)
    package = package_explained(quarter)
    assert (package.date, package.basis) == (date(2026, 12, 25), "闵古办〔2022〕40号 五（二）")
    assert package.plan == f"闵古办〔2022〕40号（版本 {quarter.plan_digest[:8]}）"
    quarter.package_on = None
    assert package_explained(quarter) is None


def test_a_correction_moves_the_clocks_that_run_and_each_log_says_so(desk, shop):
    issue = desk.issue(shop)
    close_day(desk, MONDAY)
    told = issue_explained(issue)
    assert told.notes == ("登记的期限是 2026-11-23；按现行工作日历应为 2026-11-24，没有改动",)
    assert [(each.issue.pk, each.old, each.new) for each in recount(desk)] == [(issue.pk, MONDAY, TUESDAY)]
    issue.refresh_from_db()
    assert (issue.due_on, issue_explained(issue).notes) == (TUESDAY, ())
    assert issue_explained(issue).corrections == ((MONDAY, "本地调整为休息日（甲街道更正：停电检修）"),)
    last = issue.events.order_by("-pk").first()
    assert (last.verb, last.text, last.by, last.due_on) == (
        "recounted",
        "报到期限由 2026-11-23 改为 2026-11-24：工作日历有更正",
        desk.cast.bian,
        TUESDAY,
    )
    event = AuditEvent.objects.get(action="supervision.clocks.recounted")
    assert event.after == {"count": 1, "days": [[issue.pk, "2026-11-23", "2026-11-24"]]}
    assert recount(desk) == []
    assert AuditEvent.objects.filter(action="supervision.clocks.recounted").count() == 1


def test_what_has_run_out_is_settled_or_waits_for_nobody_stays(desk, shop):
    late, settled = desk.issue(shop), desk.issue(desk.entity("第二家"))
    issues.acknowledge(settled, text="", by=desk.cast.zhou, on=TODAY, at=NOW)
    answered = issues.answer(settled, text="已改", by=desk.cast.zhou, on=TODAY, at=NOW)
    close_day(desk, MONDAY)
    assert recount(desk, on=TUESDAY) == []
    late.refresh_from_db()
    answered.refresh_from_db()
    assert (late.due_on, answered.due_on) == (MONDAY, None)
    calendars = Calendars.around(late.place)
    assert [each.issue.pk for each in moved_clocks(passed_clocks(late.place, TUESDAY), calendars)] == [late.pk]
    assert list(running_clocks(late.place, TUESDAY)) == []


def test_a_place_with_a_word_of_its_own_keeps_its_days(desk, shop):
    far, second = desk.entity("邻社区店", "二社区", cadre="chen"), desk.cast.places["二社区"]
    here = desk.issue(shop)
    there = desk.submit(far, by=desk.cast.chen, answers=desk.answers(storage="积水")).visit.issues.get()
    other = Change((Correction(MONDAY, is_workday=True, reason="照常上班"),))
    close_day(desk, MONDAY)
    correct_calendar(second, other, by=desk.cast.bian)
    assert [each.issue.pk for each in recount(desk)] == [here.pk]
    there.refresh_from_db()
    assert there.due_on == MONDAY


@pytest.mark.parametrize("many", [1, 3])
def test_counting_again_asks_the_same_questions_for_one_and_three(desk, shop, many, django_assert_num_queries):
    for number in range(many):
        desk.issue(shop, f"第{number}个问题")
    close_day(desk, MONDAY)
    # The issues, the calendars, the quarters, the plan, two bulk writes, the trail.
    with django_assert_num_queries(7):
        assert len(recount(desk)) == many


def test_plans_of_many_places_are_those_of_each_alone(desk, shop):
    plans = PlansAt()
    for place in ("甲街道", "一社区", "二社区"):
        for day in (TODAY, date(2026, 5, 1)):
            path = desk.cast.places[place].path
            assert plans.of(path, day).digest == plan_at(path, day).digest


def test_reminders_to_come_move_with_the_calendar_and_what_was_said_stays_said(desk, shop, street):
    """The ladder before 12-31 is 20 and 5 working days, after it 1 and 5: 12-03, 12-24, 01-04, 01-08."""
    before = Calendars.around(street.path)
    change = Change((Correction(date(2026, 12, 23), is_workday=False, reason="停电检修"),))
    after = before.changed(street.path, street.name, change)
    moved = list(moved_reminders(street.path, before, after, TODAY))
    # Twenty days back reach over the closed day, five do not.
    assert [(each.offset_wd, each.old, each.new) for each in moved] == [(-20, date(2026, 12, 3), date(2026, 12, 2))]
    # 12-03 is over: nothing of it is to come.
    assert list(moved_reminders(street.path, before, after, date(2026, 12, 4))) == []
    write_reminders(street, on=date(2026, 12, 3), at=NOW)
    assert list(moved_reminders(street.path, before, after, date(2026, 12, 3))) == []


@pytest.mark.parametrize("name", ["li", "zhou", "wang"])
def test_who_does_not_keep_the_plan_counts_nothing_again(desk, shop, name):
    with pytest.raises(Forbidden, match="维护实施方案"):
        recount_clocks(desk.cast.places["甲街道"], by=desk.cast.posts[name], on=TODAY, at=NOW)


KINDS = ["issue", "obligation", "quarter", "package"]


@pytest.fixture
def ids(desk, shop) -> dict[str, int]:
    issue = desk.issue(shop)
    quarter = Quarter.objects.get().pk
    return {"issue": issue.pk, "obligation": Obligation.objects.get().pk, "quarter": quarter, "package": quarter}


@pytest.mark.parametrize("kind", KINDS)
@time_machine.travel(TODAY)
def test_page_and_endpoint_tell_the_same_lines(desk, ids, kind):
    client = desk.client("li")
    told = client.get(f"/api/due/{kind}/{ids[kind]}").json()
    html = client.get(f"/due/{kind}/{ids[kind]}/").content.decode()
    assert told["date"] == {"issue": "2026-11-23", "package": "2026-12-25"}.get(kind, "2026-12-31")
    assert told["lines"] and all(f"<dd>{line['text']}</dd>" in html for line in told["lines"])
    assert told["date"] in html


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("wang", [200, 200, 200, 200]),
        ("zhou", [200, 200, 200, 200]),
        ("chen", [404, 404, 200, 200]),
        ("zhao", [404, 404, 404, 404]),
        ("sun", [404, 404, 404, 404]),
        ("guan", [403, 403, 403, 403]),
        ("wu", [403, 403, 403, 403]),
    ],
)
@time_machine.travel(TODAY)
def test_each_post_learns_the_days_of_what_it_sees(desk, ids, name, statuses):
    client = desk.client(name)
    assert [client.get(f"/due/{kind}/{ids[kind]}/").status_code for kind in KINDS] == statuses
    assert [client.get(f"/api/due/{kind}/{ids[kind]}").status_code for kind in KINDS] == statuses


@time_machine.travel(TODAY)
def test_what_is_unknown_is_missing_and_what_has_no_day_says_so(desk, ids):
    client = desk.client("li")
    for url in ("/due/letter/1/", "/due/issue/999999/", "/api/due/letter/1", "/api/due/quarter/999999"):
        assert client.get(url).status_code == 404
    Issue.objects.update(state="fixed_on_spot", holder_kind="nobody", due_on=None)
    answer = client.get(f"/due/issue/{ids['issue']}/")
    assert (answer.status_code, "这一项现在没有期限" in answer.content.decode()) == (409, True)
    assert client.get(f"/api/due/issue/{ids['issue']}").json()["code"] == "no-due"


@time_machine.travel(TODAY)
def test_every_page_with_a_due_day_leads_to_its_reason(desk, ids):
    visit = Issue.objects.get().visit_id
    client = desk.client("li")
    pages = {
        "/issues/": f'href="/due/issue/{ids["issue"]}/"',
        f"/issues/{ids['issue']}/": "为什么是 2026-11-23",
        "/supervision/": f'href="/due/obligation/{ids["obligation"]}/"',
        f"/visits/{visit}/": "为什么是 2026-12-31",
        "/": f'href="/due/package/{ids["quarter"]}/"',
        "/reports/behind/due/": f'href="/due/obligation/{ids["obligation"]}/"',
    }
    assert {page: marker in client.get(page).content.decode() for page, marker in pages.items()} == dict.fromkeys(
        pages, True
    )
    Obligation.objects.update(fulfilled_by=None, fulfilled_on=None)
    assert f'href="/due/quarter/{ids["quarter"]}/"' in client.get("/todo/").content.decode()


def test_a_plan_issued_later_does_not_change_why(desk, ids):
    before = issue_explained(Issue.objects.get())
    Plan.objects.update(
        document={"values": {"issue_sla": {"ack_wd": 9}}, "clauses": {}}, valid=DateRange(date(2026, 1, 1), None)
    )
    assert issue_explained(Issue.objects.get()) == before
