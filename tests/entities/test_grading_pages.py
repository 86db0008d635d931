"""Pages and endpoints of grading say the same: the trial, a day's grade, decisions, regrading."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from entities.actions.deciding import upgrade_entity, withdraw_decision
from entities.actions.ledger import LEDGER
from entities.actions.register import version_of
from entities.models import Entity, GradeDecision, Regrading
from entities.rules.vocabulary import Grade
from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.imports import receive_workbook, stage_workbook
from tenancy.actions.plans import adopt_plan
from tenancy.models import ImportRow, User
from tenancy.plans import PlanFile, PlanHeader, shipped_plan
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_grade_decisions import GROUNDS
from tests.entities.test_register_acts import ON, added
from tests.entities.test_register_pages import form_for
from tests.entities.test_regrading import STRICT

TODAY = date(2026, 11, 2)
DECISION = {"grade": "C", "reason": "养老机构供餐", "approver": "某副主任", "document": "甲街纪〔2026〕3号"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-02T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def gumei(cast: Cast):
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=cast.li)
    return place


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


TRIAL = "business_types=catering&staff=60&revenue=600&unit=万元"


def test_a_trial_shows_the_clause_the_size_and_the_tier_that_covers_it(cast: Cast, gumei) -> None:
    page = cast.client("li").get(f"/entities/grading/?{TRIAL}")
    shown = text(page)
    assert page.status_code == 200
    for words in (
        "闵古办〔2022〕40号 三（一）2", "两项都要达到下限，取低的一项，定为小型", "居民区",
        "写的是大型，这家是小型", "条件都符合：餐饮服务，小型", "前面已经定了，不再往下看",
    ):  # fmt: skip
        assert words in shown
    assert page.context["trial"]["effective"] == "C"


def test_the_endpoint_answers_what_the_page_shows(cast: Cast, gumei) -> None:
    client = cast.client("li")
    page, answer = client.get(f"/entities/grading/?{TRIAL}"), client.get(f"/api/grading/?{TRIAL}").json()
    assert {key: answer[key] for key in page.context["trial"]} == page.context["trial"]
    assert (answer["base"], answer["tier_name"], answer["on"]) == ("C", "居民区", "2026-11-02")
    (activity,) = answer["activities"]
    assert [rule["rule"] for rule in activity["rules"] if rule["outcome"] == "fired"] == ["c-catering"]


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("business_types=greenhouse", "business_types", "不认识的主体业态“greenhouse”；请改用方案里的业态。"),
        ("staff=5", "business_types", "没有主体业态，不能试算；请至少选一种。"),
        ("business_types=catering&staff=-3", "staff", "“从业人员”不能是负数；没有就留空"),
        ("business_types=catering&staff=三人", "staff", "“从业人员”不是数字（“三人”）；请填阿拉伯数字"),
        ("business_types=catering&revenue=3e12", "revenue", "年营业收入过大；单位是万元，请核对"),
        (
            "business_types=catering&revenue=64万元&unit=元",
            "revenue",
            "“64万元”自己写了单位，又选了“元”；请只写一个。",
        ),
        ("business_types=catering&unit=美元", "unit", "收入单位只能是万元或元。"),
        ("business_types=catering&classes=x", "classes", "方案里没有高风险类别“x”。"),
        ("business_types=catering&on=2026-13-01", "on", "日期请写成 2026-10-09 这样。"),
    ],
)
def test_bad_facts_are_refused_with_the_same_sentence_everywhere(cast: Cast, gumei, query, field, sentence) -> None:
    client = cast.client("li")
    page, answer = client.get(f"/entities/grading/?{query}"), client.get(f"/api/grading/?{query}")
    assert (page.status_code, answer.status_code) == (422, 422)
    assert (answer.json()["fields"][field], sentence in text(page)) == ([sentence], True)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("business_types=catering&staff=5&revenue=640000&unit=万元", "revenue-unit", "若填的是元，应为 64 万元"),
        ("business_types=retail&staff=5&revenue=64&diners=200", "diners-unused", "这类主体不供餐"),
    ],
)
def test_a_doubtful_fact_is_tried_and_doubted_aloud(cast: Cast, gumei, query, code, words) -> None:
    client = cast.client("li")
    page, answer = client.get(f"/entities/grading/?{query}"), client.get(f"/api/grading/?{query}").json()
    assert words in text(page)
    assert [warning["code"] for warning in answer["warnings"]] == [code]


def test_a_revenue_in_yuan_is_the_same_revenue(cast: Cast, gumei) -> None:
    client = cast.client("li")
    grades = [
        client.get(f"/api/grading/?business_types=catering&staff=60&revenue={amount}").json()["base"]
        for amount in ("600", "600万元", "6000000元", "6000000&unit=元", "0.06亿元")
    ]
    assert grades == ["C"] * 5


def test_a_trial_asks_the_plan_of_the_day(cast: Cast, gumei) -> None:
    with acting_in(gumei.path):
        adopt_plan(
            gumei,
            PlanFile(header=PlanHeader(title="新"), values={"grading_rules": STRICT}),
            since=date(2027, 1, 1),
            by=cast.li,
        )
    client, query = cast.client("li"), "business_types=stall"
    assert client.get(f"/api/grading/?{query}").json()["clause"] == "闵古办〔2022〕40号 三（一）2"
    assert client.get(f"/api/grading/?{query}&on=2027-01-01").json()["clause"] == "新 三"


def test_who_keeps_the_plan_may_try_it_and_a_cadre_may_not(cast: Cast, gumei) -> None:
    with acting_in(gumei.path):
        appoint(gumei, role=Role.PLAN_EDITOR, person_name="方编", since=SINCE, by=cast.li, user=create_login("fang"))
    editor = Client()
    editor.force_login(User.objects.get(username="fang"), backend="django.contrib.auth.backends.ModelBackend")
    assert editor.get(f"/entities/grading/?{TRIAL}").status_code == 200
    refused = cast.client("wang").get(f"/api/grading/?{TRIAL}")
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "“包保干部”岗位不能试算分级：要有“查看主体台账”或“维护实施方案”权限；如工作需要，请联系安全管理员。",
    )


def test_the_entitys_page_leads_to_its_trial(cast: Cast) -> None:
    entity = added(cast, licence="JY23101129126457")
    page = cast.client("li").get(f"/entities/{entity.pk}/")
    query = page.context["trial_query"]
    assert f'href="/entities/grading/?{query.replace("&", "&amp;")}"' in page.content.decode()
    assert cast.client("li").get(f"/api/grading/?{query}").json()["base"] == entity.grade


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in seen.captured_queries)


@pytest.mark.parametrize("rows", [1, 3])
def test_an_entitys_page_asks_the_same_for_any_history(cast: Cast, rows: int) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        for number in range(rows):
            day = TODAY + timedelta(days=2 * number)
            upgrade_entity(entity, Grade.C, GROUNDS, by=cast.li, on=day, seen=version_of(entity))
            decision = GradeDecision.objects.latest("pk")
            entity = withdraw_decision(decision, reason="改", by=cast.li, on=day + timedelta(days=1))
        assert entity.grade_records.count() == 2 * rows + 1
    assert queries(cast.client("li"), f"/entities/{entity.pk}/") == 8 + 19


def test_the_history_and_the_grade_of_a_day_stand_on_page_and_endpoint(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    body = {**DECISION, "kind": "upgrade", "until": "2026-12-31", "version": version_of(entity)}
    made = client.post(f"/api/entities/{entity.pk}/decisions/", body, content_type="application/json")
    assert (made.status_code, made.json()["grade"]) == (201, "C")
    history = client.get(f"/api/entities/{entity.pk}/grades/").json()
    assert [(g["since"], g["until"], g["base"], g["effective"], g["raised_by"]) for g in history["grades"]] == [
        ("2027-01-01", None, "D", "D", ""),
        ("2026-11-02", "2027-01-01", "D", "C", "case"),
        ("2026-10-08", "2026-11-02", "D", "D", ""),
    ]
    assert [(d["kind"], d["over"], d["grade"], d["document"]) for d in history["decisions"]] == [
        ("upgrade", "D", "C", "甲街纪〔2026〕3号")
    ]
    shown = text(client.get(f"/entities/{entity.pk}/?day=2026-12-31"))
    assert "至 2026-12-31" in shown and "2026-12-31： C C 级（基础等级 D 级）" in shown.replace("  ", " ")
    for day, grade in (("2026-10-07", None), ("2026-10-08", "D"), ("2026-12-31", "C"), ("2027-01-01", "D")):
        found = client.get(f"/api/entities/{entity.pk}/grades/?on={day}").json()["grade"]
        assert (found and found["effective"]) == grade
    assert "2026-10-07 没有等级。" in text(client.get(f"/entities/{entity.pk}/?day=2026-10-07"))
    assert client.get(f"/api/entities/{entity.pk}/grades/?on=x").status_code == 422
    assert "日期请写成 2026-10-09 这样。" in text(client.get(f"/entities/{entity.pk}/?day=x"))


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (
            {"grade": "A"},
            409,
            "基础等级 D 级的主体不能提为 A 级：个案提级最多 1 级（全国默认 系统默认）；确需再提，请先调整方案。",
        ),
        (
            {"until": "2026-11-01"},
            409,
            "有效期止 2026-11-01 早于起算日 2026-11-02；请填起算日或以后的日期，长期有效就留空。",
        ),
        ({"until": "明年"}, 422, "日期请写成 2026-10-09 这样。"),
        ({"reason": ""}, 422, "请写明理由。"),
        ({"document": " "}, 422, "请写明批准文件的文号。"),
        ({"grade": "E"}, 422, "等级只有 A、B、C、D，没有“E”。"),
    ],
)
@pytest.mark.req("LC-09")
def test_a_decision_is_refused_with_the_same_sentence_everywhere(cast: Cast, change, code, sentence) -> None:
    entity, client = added(cast), cast.client("li")
    body = {**DECISION, **change, "kind": "upgrade", "version": version_of(entity)}
    answer = client.post(f"/api/entities/{entity.pk}/decisions/", body, content_type="application/json")
    page = client.post(f"/entities/{entity.pk}/upgrade/", {**body, "seen": version_of(entity)})
    assert (answer.status_code, page.status_code) == (code, code)
    assert (answer.json()["detail"], sentence in text(page)) == (sentence, True)


@pytest.mark.req("GM-08")
def test_a_correction_by_hand_wants_its_reason(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    body = {**DECISION, "kind": "correction", "grade": "B", "reason": " ", "version": version_of(entity)}
    answer = client.post(f"/api/entities/{entity.pk}/decisions/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (422, "请写明理由。")


def test_a_correction_downwards_is_refused_on_page_and_endpoint(cast: Cast) -> None:
    entity, client = added(cast, staff=30, revenue=Decimal("900.00")), cast.client("li")
    body = {**DECISION, "grade": "D", "kind": "correction", "version": version_of(entity)}
    answer = client.post(f"/api/entities/{entity.pk}/decisions/", body, content_type="application/json")
    page = client.post(f"/entities/{entity.pk}/correct/", {**body, "seen": version_of(entity)})
    assert (answer.status_code, page.status_code, answer.json()["code"]) == (409, 409, "downgrade-forbidden")
    assert answer.json()["detail"] in text(page)
    assert "只能往高改" in text(client.get(f"/entities/{entity.pk}/correct/"))


@pytest.mark.req("GM-08")
def test_a_correction_is_shown_as_one_and_can_be_withdrawn(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    form = {**DECISION, "grade": "B", "seen": version_of(entity)}
    shown = text(client.post(f"/entities/{entity.pk}/correct/", form, follow=True))
    assert "人工改级，规则判 D 级" in shown and "养老机构供餐" in shown and "甲街纪〔2026〕3号" in shown
    with acting_in(cast.li.place):
        decision = GradeDecision.objects.get()
    empty = client.post(f"/api/decisions/{decision.pk}/withdraw/", {}, content_type="application/json")
    assert (empty.status_code, empty.json()["detail"]) == (422, "请写明撤回理由。")
    done = client.post(f"/entities/decisions/{decision.pk}/withdraw/", {"reason": "查明有误"}, follow=True)
    assert "现为 D 级" in text(done) and "2026-11-02 撤回：查明有误" in text(done)


def test_an_unknown_kind_of_decision_is_refused(cast: Cast) -> None:
    entity = added(cast)
    answer = cast.client("li").post(f"/api/entities/{entity.pk}/decisions/", DECISION, content_type="application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["kind"])


def coming(cast: Cast, since: date) -> None:
    plan = PlanFile(header=PlanHeader(title="新方案", number="某街〔2026〕9号"), values={"grading_rules": STRICT})
    with acting_in(cast.li.place):
        adopt_plan(cast.places["甲街道"], plan, since=since, by=cast.li)


def test_a_regrading_is_looked_at_confirmed_and_taken_back(cast: Cast) -> None:
    added(cast, "餐饮店"), added(cast, "摊贩", business_type="stall")
    coming(cast, TODAY)
    client = cast.client("li")
    page = client.get("/entities/regrade/")
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [("全部变动", 1), ("D → C", 1)]
    preview = client.get("/api/regrading/").json()
    assert (preview["counts"], preview["recited"], preview["seen"]) == ({"D-C": 1}, 1, page.context["preview"].digest)
    assert [(row["name"], row["change"], row["new_clause"]) for row in preview["results"]] == [
        ("餐饮店", "D-C", "某街〔2026〕9号 一")
    ]
    confirmed = client.post("/entities/regrade/", {"on": "2026-11-02", "seen": preview["seen"]}, follow=True)
    with acting_in(cast.li.place):
        made = Regrading.objects.get()
    assert "已重新分级：1 家等级有变。" in text(confirmed)
    assert client.get(f"/api/regradings/{made.pk}/").json()["results"][0]["new_effective"] == "C"
    assert "某街〔2026〕9号" in text(client.get(f"/entities/regradings/{made.pk}/?change=D-C"))
    undone = client.post(f"/entities/regradings/{made.pk}/undo/", follow=True)
    assert "等级恢复到这次重新分级之前" in text(undone)
    again = client.post(f"/api/regradings/{made.pk}/undo/")
    assert (again.status_code, again.json()["code"]) == (409, "undone")


@pytest.mark.parametrize(
    ("on", "status", "words"),
    [
        ("2026-11-01", 409, "2026-11-01 已经过去，过去的等级是当时的责任依据，不能改写；请从今天或以后起算。"),
        ("2028-01-01", 409, "2028-01-01 太远，最多提前一年；请改一个近些的日期。"),
        ("2026-11-31", 422, "日期请写成 2026-10-09 这样。"),
        ("", 422, "请写明日期，如 2026-10-09。"),
    ],
)
def test_a_day_that_will_not_do_is_refused_with_the_same_sentence(cast: Cast, on, status, words) -> None:
    added(cast, "餐饮店")
    coming(cast, ON)
    client = cast.client("li")
    page = client.post("/entities/regrade/", {"on": on})
    answer = client.post("/api/regrading/", {"on": on}, content_type="application/json")
    assert (page.status_code, answer.status_code) == (status, status)
    assert (answer.json()["detail"], words in text(page)) == (words, True)


def test_what_was_seen_is_old_when_the_register_changed(cast: Cast) -> None:
    added(cast, "餐饮店")
    coming(cast, TODAY)
    client = cast.client("li")
    seen = client.get("/api/regrading/").json()["seen"]
    added(cast, "又一家")
    for answer in (
        client.post("/api/regrading/", {"on": "2026-11-02", "seen": seen}, content_type="application/json"),
        client.post("/entities/regrade/", {"on": "2026-11-02", "seen": seen}),
    ):
        assert answer.status_code == 409 and "在您查看之后有变化" in answer.content.decode()
    made = client.post("/api/regrading/", {"on": "2026-11-02"}, content_type="application/json")
    assert (made.status_code, made.json()["counts"]["changed"]) == (201, 2)


def test_a_past_day_is_only_looked_at_and_a_decided_one_stands_in_the_way(cast: Cast) -> None:
    added(cast, "餐饮店")
    coming(cast, ON)
    client = cast.client("li")
    assert "只能查看" in text(client.get("/entities/regrade/?on=2026-10-20"))
    assert client.post("/api/regrading/", {"on": "2026-12-01"}, content_type="application/json").status_code == 201
    page = client.get("/entities/regrade/?on=2026-11-10")
    assert "甲街道已有 2026-12-01 起的重新分级" in text(page)
    assert 'name="seen"' not in page.content.decode()
    assert client.get("/api/regrading/?on=2026-11-10").json()["ahead"] == "2026-12-01"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_regrade_pages_ask_the_same_few_questions_for_any_number(cast: Cast, rows: int) -> None:
    for number in range(rows):
        added(cast, f"店{number}", licence=f"JY{number}")
    coming(cast, TODAY)
    client = cast.client("li")
    assert queries(client, "/entities/regrade/") == 8 + 9
    assert queries(client, "/api/regrading/") == 8 + 8
    made = client.post("/api/regrading/", {"on": "2026-11-02"}, content_type="application/json").json()["id"]
    assert queries(client, f"/entities/regradings/{made}/") == 8 + 5


BAD = {
    "name": "甲店",
    "business_type": "食品零售",
    "staff": "3",
    "revenue": "540000",
    "diners": "200",
    "status": "在营",
}


def test_doubtful_figures_are_found_by_import_form_and_endpoint_alike(cast: Cast) -> None:
    client, cells = cast.client("li"), form_for(cast, **BAD)
    errors = client.post("/entities/new/", cells).context["form"].errors.as_data()
    by_form = sorted((name, error.code) for name, found in errors.items() for error in found)
    answer = client.post("/api/entities/", cells, content_type="application/json").json()
    by_api = sorted((problem["column"], problem["code"]) for problem in answer["problems"])
    titles = [column.title for column in LEDGER.columns]
    line = [BAD.get(column.key, "一社区" if column.key == "area" else "") for column in LEDGER.columns]
    street = cast.places["甲街道"]
    with acting_in(street.path):
        data = "\n".join(",".join(each) for each in (titles, line)).encode("utf-8-sig")
        batch = receive_workbook(street, kind="ledger", filename="一行.csv", data=data, by=cast.li)
        stage_workbook(batch, LEDGER, on=TODAY)
        by_import = sorted((p["column"], p["code"]) for p in ImportRow.objects.get(batch=batch).problems)
    expected = [("diners", "diners-unused"), ("revenue", "revenue-unit")]
    assert (by_import, by_form, by_api) == (expected, expected, expected)
    assert "若填的是元，应为 54 万元" in answer["detail"]
    assert client.post("/entities/new/", {**cells, "accept": "on"}).status_code == 302


def test_an_entity_with_two_activities_gets_the_higher_grade(cast: Cast) -> None:
    client = cast.client("li")
    cells = form_for(cast, staff="60", revenue="600", business_type="餐饮服务", further_types=["食品销售（零售）"])
    client.post("/entities/new/", {**cells, "tags": "重点、示范", "risk_level": "B"})
    with acting_in(cast.li.place):
        entity = Entity.objects.get()
        assert (entity.grade, entity.further_types, entity.tags, entity.risk_level) == (
            "B", ["retail"], ["重点", "示范"], "risk_b",
        )  # fmt: skip
        assert entity.grade_records.get().reason.startswith("兼营，取其高：餐饮服务，小型")
    page = client.get(f"/entities/{entity.pk}/edit/")
    ticked = re.findall(r'name="further_types" value="([^"]*)"[^>]*checked', page.content.decode())
    assert ticked == ["食品销售（零售）"]
    answer = client.get(f"/api/entities/{entity.pk}/").json()
    assert (answer["further_types"], answer["tags"], answer["risk_level"]) == (["retail"], ["重点", "示范"], "risk_b")
    assert "B级风险" in text(client.get(f"/entities/{entity.pk}/"))
