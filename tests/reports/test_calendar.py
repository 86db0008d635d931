"""工作日历: the year as it stands, what a correction would move before it is made, and that nothing moves unseen."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from reports.actions.calendar import change_calendar
from reports.queries.calendar import Effects, effects_of
from supervision.models import Issue, Quarter
from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.calendar import correct_calendar, settle_year
from tenancy.models import AuditEvent, CalendarDay, CalendarYear, Plan
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.roles import Role
from tests.cast import SINCE
from tests.supervision.desk import NOW, TODAY, Desk

MONDAY, TUESDAY, CHRISTMAS = date(2026, 11, 23), date(2026, 11, 24), date(2026, 12, 25)
PREVIEW, CORRECT, YEAR = (reverse(f"reports:{name}-calendar") for name in ("preview", "correct", "show"))


def off(*days: date) -> Change:
    return Change(tuple(Correction(day, is_workday=False, reason="停电检修") for day in days))


def effects(desk: Desk, change: Change, on: date = TODAY, name: str = "bian") -> Effects:
    return effects_of(desk.cast.places["甲街道"], change, on=on, post=desk.cast.posts[name])


def change(desk: Desk, asked: Change, seen: str | None = None, name: str = "bian"):
    seen = effects(desk, asked).seen if seen is None else seen
    return change_calendar(desk.cast.places["甲街道"], asked, seen=seen, by=desk.cast.posts[name], on=TODAY, at=NOW)


def rolls() -> Quarter:
    """The plan in force and the one the opened quarter keeps roll the package day forward."""
    plan, opened = Plan.objects.get(), Quarter.objects.get()
    for values in (plan.document["values"], opened.plan[-1]["values"]):
        values["quarter_package"]["roll"] = "next"
    plan.save()
    opened.save()
    return opened


def test_a_correction_lists_old_and_new_of_every_day_it_moves(desk, shop):
    issue = desk.issue(shop)
    found = effects(desk, off(MONDAY))
    assert [(each.issue, each.place, each.old, each.new) for each in found.clocks] == [
        (issue.pk, "一社区", MONDAY, TUESDAY)
    ]
    # 12-31 less 20 working days is 12-03; Monday does not lie between.
    assert (found.reminders, found.packages, found.kept, found.moved) == ([], [], [], 1)
    later = effects(desk, off(date(2026, 12, 23)))
    assert [(each.what, each.old, each.new) for each in later.reminders] == [
        ("2026年第4季度提醒包保干部（到期前 20 个工作日）", date(2026, 12, 3), date(2026, 12, 2))
    ]
    assert Issue.objects.get().due_on == MONDAY and not CalendarDay.objects.exists()


def test_a_package_day_that_rolls_moves_for_coming_quarters_and_stays_for_the_opened_one(desk, shop):
    opened = rolls()
    found = effects(desk, off(CHRISTMAS, date(2027, 3, 25)))
    assert [(each.what, each.old, each.new) for each in found.packages] == [
        ("2027年第1季度材料报送日（未启动）", date(2027, 3, 25), date(2027, 3, 26))
    ]
    assert [(each.what, each.old, each.new) for each in found.kept] == [
        ("2026年第4季度材料报送日（已启动，保留）", CHRISTMAS, date(2026, 12, 28))
    ]
    change(desk, off(CHRISTMAS, date(2027, 3, 25)))
    opened.refresh_from_db()
    assert opened.package_on == CHRISTMAS


def test_a_package_day_that_does_not_roll_moves_for_nobody(desk, shop):
    found = effects(desk, off(CHRISTMAS, date(2027, 3, 25)))
    assert (found.packages, found.kept) == ([], [])


def test_what_has_run_out_is_listed_as_kept(desk, shop):
    issue = desk.issue(shop)
    found = effects(desk, off(MONDAY), on=TUESDAY)
    assert (found.clocks, [each.issue for each in found.kept]) == ([], [issue.pk])


def test_names_are_told_to_whoever_may_see_issues_and_numbers_to_others(desk, shop):
    issue = desk.issue(shop)
    assert [each.what for each in effects(desk, off(MONDAY)).clocks] == [f"问题 {issue.pk}（报到）"]
    assert [each.what for each in effects(desk, off(MONDAY), name="li").clocks] == [
        "莲花面馆 · 冷藏柜温度不达标（报到）"
    ]


def test_what_was_confirmed_is_what_was_shown(desk, shop):
    first, shown = desk.issue(shop), effects(desk, off(MONDAY)).seen
    second = desk.issue(desk.entity("第二家"))
    with pytest.raises(Refused, match="会变动的期限和刚才列出的不一样了") as refused:
        change(desk, off(MONDAY), shown)
    assert refused.value.code == "calendar-stale"
    assert not CalendarDay.objects.exists()
    changed = change(desk, off(MONDAY))
    assert (changed.added, changed.removed, changed.moved) == (1, 0, 2)
    assert set(Issue.objects.filter(pk__in=[first.pk, second.pk]).values_list("due_on", flat=True)) == {TUESDAY}
    back = change(desk, Change(removed=(MONDAY,)))
    assert (back.added, back.removed, back.moved) == (0, 1, 2)
    assert set(Issue.objects.values_list("due_on", flat=True)) == {MONDAY}
    trail = AuditEvent.objects.filter(action__regex="calendar|clocks").order_by("pk").values_list("action", flat=True)
    assert list(trail) == ["tenancy.calendar.corrected", "supervision.clocks.recounted"] * 2


def test_a_correction_that_stands_already_changes_nothing_at_all(desk, shop):
    desk.issue(shop)
    change(desk, off(TUESDAY))
    with pytest.raises(Refused, match="2026-11-24 已有更正"):
        change(desk, off(MONDAY, TUESDAY))
    assert [row.day for row in CalendarDay.objects.all()] == [TUESDAY]
    assert Issue.objects.get().due_on == MONDAY


def test_a_calendar_that_changed_by_itself_is_held_against_the_clocks(desk, shop):
    issue = desk.issue(shop)
    with pytest.raises(Refused, match="没有与现行工作日历不一致的期限"):
        change(desk, Change())
    Issue.objects.update(due_on=date(2026, 11, 27))
    assert [(each.old, each.new) for each in effects(desk, Change()).clocks] == [(date(2026, 11, 27), MONDAY)]
    assert change(desk, Change()).moved == 1
    issue.refresh_from_db()
    assert issue.due_on == MONDAY


def test_only_who_keeps_the_plan_changes_the_calendar(desk, shop):
    with pytest.raises(Forbidden, match="维护实施方案"):
        change(desk, off(MONDAY), name="li")


@pytest.mark.parametrize("many", [1, 3])
def test_a_preview_asks_the_same_questions_for_one_issue_and_three(desk, shop, many, django_assert_num_queries):
    for number in range(many):
        desk.issue(shop, f"第{number}个")
    asked = off(MONDAY)
    with django_assert_num_queries(11):
        assert len(effects(desk, asked).clocks) == many


@pytest.fixture
def today():
    with time_machine.travel(TODAY, tick=True):
        yield


def told(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:300]
    return answer.content.decode()


@pytest.mark.usefixtures("today")
def test_the_year_stands_on_one_page_with_its_state(desk):
    planner = desk.client("bian")
    html = told(planner.get(YEAR))
    assert "2026 年工作日历" in html and "全年 248 个工作日" in html and "国务院已公布" in html
    assert "17—19 日 休 春节" in html and "28 日 班 调休上班" in html
    unpublished = told(planner.get(f"{YEAR}?year=2027"))
    assert "国务院还没有公布 2027 年的放假安排" in unpublished and "核定 2027 年" in unpublished


@pytest.mark.usefixtures("today")
def test_the_page_of_plans_leads_to_the_calendar_for_whoever_keeps_it(desk):
    pages = [told(desk.client(name).get(reverse("tenancy:list-plans"))) for name in ("bian", "li")]
    assert [f'<a class="btn" href="{YEAR}">' in html for html in pages] == [True, False]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("1900", "没有 1900 年的工作日历：可以查看和更正的是 2001 至 2100 年"),
        ("9999", "没有 9999 年的工作日历：可以查看和更正的是 2001 至 2100 年"),
        ("明年", "年份应写成“2027”的样子"),
    ],
)
def test_a_year_nobody_knows_is_refused_in_a_sentence(desk, year, sentence):
    assert sentence in told(desk.client("bian").get(f"{YEAR}?year={year}"), 409)
    assert sentence in desk.client("bian").get(reverse("reports:api-calendar"), {"year": year}).json()["detail"]


@pytest.mark.usefixtures("today")
def test_faults_of_all_lines_stand_beside_what_was_pasted(desk):
    lines = "2027-02-30 休 春节\n2027-02-06 休\n1900-01-01 休 元旦"
    html = told(desk.client("bian").post(PREVIEW, {"lines": lines, "year": "2027"}), 422)
    assert [number for number in (1, 2, 3, 4) if f"第 {number} 行：" in html] == [1, 2, 3]
    assert "2027-02-30 休 春节" in html and "2027 年工作日历" in html
    assert not CalendarDay.objects.exists()


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "请填写要更正的日期，或贴入几行，或勾选要撤回的更正。"),
        ({"day": "2026-11-23", "word": "off", "reason": "  "}, "没有写事由"),
        ({"reason": "停电"}, "写了事由，没有写日期"),
        ({"day": "1900-01-01", "word": "off", "reason": "停电"}, "1900 年不在可以更正的 2001 至 2100 年之内"),
        ({"day": "2026-11-30", "word": "off", "reason": "停电"}, "2026-11-30 已有更正，要改请先撤回那一条"),
        ({"day": "2026-13-01", "word": "off", "reason": "停电"}, "日期看不懂，应写成 2027-02-06，并且确有这一天。"),
        ({"remove": ["2026-11-29"]}, "2026-11-29 没有本单位的更正，可能已经撤回"),
        ({"lines": "2027-01-01 休 元旦\n" * 10_000}, "一次最多 400 行，现在有 10000 行"),
        ({"day": "2026-11-23", "word": "off", "reason": "a", "lines": "2026-11-23 班 b"}, "2026-11-23 已有更正"),
    ],
)
def test_each_bad_change_is_one_sentence_on_page_and_endpoint(desk, fields, sentence):
    street = desk.cast.places["甲街道"]
    correct_calendar(street, off(date(2026, 11, 30)), by=desk.cast.bian)
    planner = desk.client("bian")
    assert sentence in told(planner.post(PREVIEW, fields), 422)
    answer = planner.post(reverse("reports:api-calendar-preview"), fields, content_type="application/json")
    assert answer.status_code == 422
    assert sentence in "".join(text for texts in answer.json()["fields"].values() for text in texts)
    assert CalendarDay.objects.count() == 1


@pytest.mark.usefixtures("today")
def test_a_correction_goes_from_the_form_over_the_list_to_the_calendar_and_back(desk, shop):
    issue, planner = desk.issue(shop), desk.client("bian")
    fields = {"day": MONDAY.isoformat(), "word": "off", "reason": "停电检修", "lines": "2027-02-20 班 春节调休"}
    html = told(planner.post(PREVIEW, fields))
    assert "2026-11-23 休息 停电检修" in html and "2027-02-20 上班 春节调休" in html
    assert f"问题 {issue.pk}（报到）" in html and "会变动 1 个日期；确认前什么都没有改。" in html
    seen = html.split('name="seen" value="')[1].split('"')[0]
    confirm = {"lines": "2026-11-23 休息 停电检修\n2027-02-20 上班 春节调休", "seen": seen}
    answer = planner.post(CORRECT, confirm, follow=True)
    assert "更正 2 天，重算 1 个问题的期限。" in told(answer)
    assert "本地调整为休息日（甲街道更正：停电检修）" in answer.content.decode()
    stale = planner.post(CORRECT, {"remove": [MONDAY.isoformat()], "seen": seen})
    assert "会变动的期限和刚才列出的不一样了" in told(stale, 409)
    seen = stale.content.decode().split('name="seen" value="')[1].split('"')[0]
    back = planner.post(CORRECT, {"remove": [MONDAY.isoformat()], "seen": seen}, follow=True)
    assert "撤回 1 天，重算 1 个问题的期限。" in told(back)
    issue.refresh_from_db()
    assert issue.due_on == MONDAY


@pytest.mark.usefixtures("today")
def test_the_endpoint_does_what_the_page_does(desk, shop):
    issue, planner = desk.issue(shop), desk.client("bian")
    body = {"lines": "2026-11-23 休 停电检修"}

    def send(url: str, fields: dict):
        return planner.post(reverse(url), fields, content_type="application/json")

    shown = send("reports:api-calendar-preview", body).json()
    assert shown["clocks"] == [
        {
            "what": f"问题 {issue.pk}（报到）",
            "place": "一社区",
            "old": "2026-11-23",
            "new": "2026-11-24",
            "issue": issue.pk,
        }
    ]
    assert send("reports:api-calendar", body).json()["code"] == "calendar-stale"
    done = send("reports:api-calendar", body | {"seen": shown["seen"]})
    assert (done.status_code, done.json()) == (200, {"added": 1, "removed": 0, "moved": 1})
    year = planner.get(reverse("reports:api-calendar")).json()
    assert (year["year"], year["state"], year["workdays"]) == (2026, "published", 247)
    assert year["corrections"] == [
        {"day": "2026-11-23", "is_workday": False, "reason": "停电检修", "office": "甲街道", "own": True}
    ]
    assert send("reports:api-calendar-preview", {"recount": True}).json()["clocks"] == []
    broken = planner.post(reverse("reports:api-calendar"), '{"lines": "\\ud800"}', content_type="application/json")
    assert (broken.status_code, broken.json()["detail"]) == (400, "文字里有无效字符，请重新输入。")


@pytest.mark.usefixtures("today")
def test_a_year_is_settled_and_unsettled_by_page_and_endpoint(desk):
    planner, url = desk.client("bian"), reverse("reports:api-settled-year", args=[2027])
    empty = planner.post(reverse("reports:settle-year", args=[2027]), {"document": ""})
    assert "请写明依据，如“国办发明电〔2026〕9号”。" in told(empty, 422)
    page = planner.post(reverse("reports:settle-year", args=[2027]), {"document": "国办发明电〔2026〕9号"}, follow=True)
    assert "2027 年已核定，不再标为推定。" in told(page) and "取消 2027 年的核定" in page.content.decode()
    again = planner.put(url, {"document": "又一次"}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "calendar-settled")
    assert planner.delete(url).status_code == 204
    assert planner.put(url, {"document": ""}, content_type="application/json").status_code == 422
    assert planner.put(url, {"document": "通知"}, content_type="application/json").status_code == 201
    page = planner.post(reverse("reports:unsettle-year", args=[2027]), follow=True)
    assert "2027 年的核定已取消。" in told(page)
    assert not CalendarYear.objects.exists()
    far = planner.post(reverse("reports:settle-year", args=[9999]), {"document": "通知"})
    assert "没有 9999 年的工作日历" in told(far, 409)


@pytest.mark.usefixtures("today")
def test_corrections_from_above_are_shown_and_not_offered_for_taking_back(desk):
    street, below = desk.cast.places["甲街道"], desk.cast.places["一社区"]
    correct_calendar(street, off(MONDAY), by=desk.cast.bian)
    settle_year(street, 2027, document="通知", by=desk.cast.bian)
    desk.cast.posts["under"] = appoint(
        below, role=Role.PLAN_EDITOR, person_name="社区方案员", since=SINCE, user=create_login("under"), by=None
    )
    above, here = told(desk.client("under").get(YEAR)), told(desk.client("bian").get(YEAR))
    assert ["停电检修" in html for html in (above, here)] == [True, True]
    assert ['name="remove" value="2026-11-23"' in html for html in (above, here)] == [False, True]
    assert "甲街道依据“通知”核定" in told(desk.client("under").get(f"{YEAR}?year=2027"))
    refused = desk.client("under").post(PREVIEW, {"remove": [MONDAY.isoformat()]})
    assert "2026-11-23 没有本单位的更正" in told(refused, 422)


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("name", ["li", "wang", "zhou", "leng", "guan", "sun"])
def test_others_are_refused_everywhere(desk, name):
    client = desk.client(name)
    answers = [
        client.get(YEAR),
        client.post(PREVIEW, {"lines": "2026-11-23 休 x"}),
        client.post(CORRECT, {"lines": "2026-11-23 休 x"}),
        client.post(reverse("reports:settle-year", args=[2027]), {"document": "通知"}),
        client.post(reverse("reports:unsettle-year", args=[2027])),
        client.get(reverse("reports:api-calendar")),
        client.post(reverse("reports:api-calendar"), {}, content_type="application/json"),
        client.post(reverse("reports:api-calendar-preview"), {}, content_type="application/json"),
        client.delete(reverse("reports:api-settled-year", args=[2027])),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
