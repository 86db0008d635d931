"""The register's pages: what is shown to whom, filters in the address, the form, refusals, constant queries."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from entities.actions.ledger import LEDGER
from entities.actions.register import change_status, undo_status, version_of
from entities.models import Entity
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.imports import receive_workbook, stage_workbook
from tenancy.models import AuditEvent, ImportRow
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import added, row_of

TODAY = date(2026, 11, 2)
GOOD = {
    "name": "老李烟酒", "business_type": "食品销售（零售）", "staff": "3", "revenue": "54", "status": "在营",
}  # fmt: skip


def names_on(response) -> list[str]:
    return [row.entity.name for row in response.context["rows"]]


def form_for(cast: Cast, entity: Entity | None = None, **changes: str) -> dict[str, str]:
    filled = {**GOOD, "area": str(cast.places["一社区"].pk), **changes}
    return filled | {"seen": version_of(entity)} if entity else filled


def test_the_list_shows_the_streets_register_worst_first(cast: Cast) -> None:
    for name, staff in (("乙店", 5), ("甲店", 5), ("未定级店", None)):
        added(cast, name, staff=staff, revenue=None)
    response = cast.client("li").get("/entities/")
    assert names_on(response) == ["未定级店", "甲店", "乙店"]
    assert [kpi["value"] for kpi in response.context["kpis"]] == ["3", "3", "1", "0"]
    assert "A 0 · B 0 · C 0 · D 2" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=甲", ["甲店"]),
        ("grade=D", ["甲店"]),
        ("grade=D&grade=C", ["甲店", "乙厂"]),
        ("business_type=small_workshop", ["乙厂"]),
        ("area=990101/001/002/", ["乙厂"]),
        ("status=stopped", ["丙店"]),
        ("tab=ungraded", ["丙店"]),
        ("tab=closed", ["丙店"]),
        ("q=甲&grade=C", []),
    ],
)
def test_filters_stand_in_the_address(cast: Cast, query: str, names: list[str]) -> None:
    added(cast, "甲店")
    added(cast, "乙厂", business_type="small_workshop", place="二社区")
    added(cast, "丙店", staff=None, revenue=None, status="stopped")
    assert sorted(names_on(cast.client("li").get(f"/entities/?{query}"))) == sorted(names)


def test_a_chip_takes_its_own_condition_away_and_keeps_the_others(cast: Cast) -> None:
    chips = cast.client("li").get("/entities/?q=店&grade=A&grade=B&page=3").context["chips"]
    assert [(chip["label"], chip["url"]) for chip in chips] == [
        ("“店”", "?grade=A&grade=B"),
        ("A 级", "?q=%E5%BA%97&grade=B"),
        ("B 级", "?q=%E5%BA%97&grade=A"),
    ]


def test_a_value_nobody_offered_is_said_and_not_obeyed(cast: Cast) -> None:
    added(cast, "甲店")
    response = cast.client("li").get("/entities/?area=990102/&q=%00")
    assert (sorted(response.context["form"].errors), names_on(response)) == (["area", "q"], ["甲店"])


@pytest.mark.parametrize("page", ["0", "999", "x", "2"])
def test_a_page_that_is_not_there_is_the_nearest_one(cast: Cast, page: str) -> None:
    added(cast, "甲店")
    assert names_on(cast.client("li").get(f"/entities/?page={page}")) == ["甲店"]


@pytest.mark.parametrize(
    ("who", "query", "words"),
    [
        ("li", "", "把现有的 Excel 台账导入"),
        ("leng", "", "街道经办导入台账后"),
        ("li", "?q=没有这家", "没有符合条件的记录"),
    ],
)
def test_an_empty_list_says_why_and_what_next(cast: Cast, who: str, query: str, words: str) -> None:
    assert words in cast.client(who).get(f"/entities/{query}").content.decode()


def test_an_empty_tab_is_no_empty_register(cast: Cast) -> None:
    added(cast)
    assert "这一类现在没有主体" in cast.client("li").get("/entities/?tab=closed").content.decode()


@pytest.mark.parametrize("who", ["wang", "wu", "guan", "an", "shen"])
def test_a_post_without_the_register_gets_the_policys_sentence(cast: Cast, who: str) -> None:
    entity = added(cast)
    for address in ("/entities/", f"/entities/{entity.pk}/", "/entities/999999/", "/api/entities/"):
        response = cast.client(who).get(address)
        said = response.json()["detail"] if address.startswith("/api") else response.content.decode()
        assert response.status_code == 403 and "没有“查看主体台账”权限" in said


def without_tokens(response) -> bytes:
    return re.sub(rb"[A-Za-z0-9]{64}", b"", response.content)


READS = ("/entities/{}/", "/entities/{}/edit/", "/entities/{}/status/", "/entities/{}/upgrade/", "/api/entities/{}/")


@pytest.mark.parametrize("who", ["zhao", "sun"])
def test_a_neighbours_entity_answers_like_a_missing_one(cast: Cast, who: str) -> None:
    entity = added(cast)
    stranger, gone = cast.client(who), entity.pk + 1000
    assert cast.client("li").get(f"/entities/{entity.pk}/").status_code == 200
    for address in READS:
        mine, missing = stranger.get(address.format(entity.pk)), stranger.get(address.format(gone))
        assert (mine.status_code, missing.status_code) == (404, 404)
        assert without_tokens(mine) == without_tokens(missing)
    for act in ("phone", "status", "status/undo", "upgrade", "edit"):
        assert stranger.post(f"/entities/{entity.pk}/{act}/", form_for(cast)).status_code == 404
    assert names_on(stranger.get("/entities/")) == []
    assert stranger.get("/api/entities/").json()["count"] == 0


def test_a_leader_reads_but_cannot_add_or_change(cast: Cast) -> None:
    entity, leader = added(cast), cast.client("leng")
    page = leader.get(f"/entities/{entity.pk}/").content.decode()
    assert "****0001" in page and "显示号码" not in page
    for address in ("/entities/new/", f"/entities/{entity.pk}/edit/", f"/entities/{entity.pk}/phone/"):
        response = leader.post(address, form_for(cast))
        assert response.status_code == 403
        assert "“领导（只读）”岗位没有“维护主体台账”权限" in response.content.decode()


def test_the_form_writes_one_entity_and_leads_to_it(cast: Cast) -> None:
    client = cast.client("li")
    response = client.post("/entities/new/", form_for(cast), follow=True)
    with acting_in(cast.li.place):
        entity = Entity.objects.get()
    assert response.redirect_chain == [(f"/entities/{entity.pk}/", 302)]
    assert (entity.name, entity.grade, entity.jurisdiction_id) == ("老李烟酒", "D", cast.places["一社区"].pk)
    assert "已保存“老李烟酒”，D 级。" in response.content.decode()


def test_an_edit_keeps_the_blank_telephone_and_a_stale_one_is_409(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    first = client.post(f"/entities/{entity.pk}/edit/", form_for(cast, entity, name="粥公粥婆（新）"))
    second = client.post(f"/entities/{entity.pk}/edit/", form_for(cast, entity, name="另一个名字"))
    with acting_in(cast.li.place):
        stored = Entity.objects.get()
    assert (first.status_code, second.status_code) == (302, 409)
    assert (stored.name, str(stored.phone)) == ("粥公粥婆（新）", "****0001")
    assert "已被别人改动" in second.content.decode()


def test_a_warning_needs_its_tick_and_an_untouched_one_is_not_asked_again(cast: Cast) -> None:
    client, form = cast.client("li"), form_for(cast, uscc="91310112MAF0WTCD0A")
    refused = client.post("/entities/new/", form)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["uscc"])
    assert "已核对，仍要保存" in refused.content.decode()
    assert client.post("/entities/new/", {**form, "accept": "on"}).status_code == 302
    with acting_in(cast.li.place):
        entity = Entity.objects.get()
    again = form_for(cast, entity, uscc="91310112MAF0WTCD0A", officer="张三")
    assert client.post(f"/entities/{entity.pk}/edit/", again).status_code == 302


def test_the_same_shop_cannot_be_added_twice(cast: Cast) -> None:
    client = cast.client("li")
    for expected in (302, 422):
        response = client.post("/entities/new/", form_for(cast))
        assert response.status_code == expected
    assert response.context["form"].errors.as_data()["name"][0].code == "already-registered"


BAD = {
    "name": "", "uscc": "91310112", "licence": "JY123", "business_type": "餐饮服物", "staff": "三人", "revenue": "-5",
    "diners": "1.5", "area": "不存在的居民区", "phone": "见门口", "status": "开着",
}  # fmt: skip
FOUND = [
    ("area", "area-unknown"), ("business_type", "type-unknown"), ("diners", "number-unreadable"),
    ("licence", "licence-length"), ("name", "name-missing"), ("phone", "phone-characters"),
    ("revenue", "revenue-negative"), ("staff", "number-unreadable"), ("status", "status-unknown"),
    ("uscc", "code-length"),
]  # fmt: skip


def by_import(cast: Cast) -> list[tuple[str, str]]:
    titles = [column.title for column in LEDGER.columns]
    lines = [titles, [BAD.get(column.key, "") for column in LEDGER.columns]]
    data = "\n".join(",".join(line) for line in lines).encode("utf-8-sig")
    street = cast.places["甲街道"]
    with acting_in(street.path):
        batch = receive_workbook(street, kind="ledger", filename="一行.csv", data=data, by=cast.li)
        stage_workbook(batch, LEDGER, on=date(2026, 10, 8))
        problems = ImportRow.objects.get(batch=batch).problems
    return sorted((problem["column"], problem["code"]) for problem in problems)


def test_import_form_and_endpoint_find_the_same_faults_in_the_same_row(cast: Cast) -> None:
    client = cast.client("li")
    errors = client.post("/entities/new/", BAD).context["form"].errors.as_data()
    by_form = sorted((name, error.code) for name, found in errors.items() for error in found)
    answer = client.post("/api/entities/", BAD, content_type="application/json")
    by_api = sorted((problem["column"], problem["code"]) for problem in answer.json()["problems"])
    assert (by_import(cast), by_form, by_api, answer.status_code) == (FOUND, FOUND, FOUND, 422)


def test_closing_offers_its_undo(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    form = {"status": "stopped", "reason": "上门核实", "seen": version_of(entity)}
    page = client.post(f"/entities/{entity.pk}/status/", form, follow=True).content.decode()
    assert f'action="/entities/{entity.pk}/status/undo/"' in page and "上门核实" in page
    client.post(f"/entities/{entity.pk}/status/undo/")
    with acting_in(cast.li.place):
        assert Entity.objects.get().status == "active"


def test_an_upgrade_stands_on_the_page_with_reason_and_base(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    form = {"grade": "C", "reason": "养老机构供餐", "approver": "某副主任", "document": "甲街纪〔2026〕3号"}
    form["seen"] = version_of(entity)
    page = client.post(f"/entities/{entity.pk}/upgrade/", form, follow=True).content.decode()
    assert "养老机构供餐，某副主任批准（甲街纪〔2026〕3号）" in page and "基础 D 级" in page


def test_a_telephone_is_shown_after_a_press_and_only_then(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    before = client.get(f"/entities/{entity.pk}/").content.decode()
    after = client.post(f"/entities/{entity.pk}/phone/").content.decode()
    assert ("19900000001" in before, "19900000001" in after) == (False, True)
    with acting_in(cast.li.place):
        assert AuditEvent.objects.filter(action="entities.phone.revealed", by_post=cast.li.pk).count() == 1


def test_the_page_says_where_a_fact_comes_from(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    client.post(f"/entities/{entity.pk}/edit/", form_for(cast, entity, officer="张三"))
    shown = client.get(f"/entities/{entity.pk}/").context["shown"]
    figures = dict.fromkeys(["从业人员", "年营业收入"], f"经办登记 {timezone.localdate().isoformat()}")
    assert {fact.label: fact.source for fact in shown.facts if fact.source} == figures
    assert shown.source == f"{cast.li} 登记"
    acts = [line.title for line in shown.timeline if line.title in ("登记主体", "修改资料")]
    assert acts == ["修改资料", "登记主体"]


def test_a_status_taken_back_is_no_source(cast: Cast) -> None:
    entity, client = added(cast), cast.client("qian")
    with acting_in(cast.li.place):
        status = OperatingStatus.STOPPED
        closed = change_status(entity, status, reason="", by=cast.li, on=TODAY, seen=version_of(entity))
        undo_status(closed, by=cast.li, on=TODAY)
    shown = client.get(f"/entities/{entity.pk}/").context["shown"]
    assert [fact.source for fact in shown.facts if fact.label == "经营状态"] == [""]


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in seen.captured_queries)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_few_questions_for_any_number_of_rows(cast: Cast, rows: int) -> None:
    for number in range(rows):
        added(cast, f"店{number}", licence=f"JY{number}")
    # Eight for session, person, post and wall around the view.
    assert queries(cast.client("li"), "/entities/") == 8 + 9
    assert queries(cast.client("li"), "/entities/?q=店") == 8 + 10


def test_a_row_written_by_hand_reads_back_as_it_was_typed(cast: Cast) -> None:
    entity = added(cast, staff=12, officer="张三", licence="JY1")
    initial = cast.client("li").get(f"/entities/{entity.pk}/edit/").context["form"].initial
    row = row_of(cast)
    assert {key: initial[key] for key in ("name", "staff", "revenue", "licence", "officer", "phone", "status")} == {
        "name": row.name, "staff": "12", "revenue": "64", "licence": "JY1", "officer": "张三", "phone": "", "status": "在营",
    }  # fmt: skip


def test_the_page_tells_each_status_with_its_days_and_where_it_comes_from(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        change_status(
            entity, OperatingStatus.STOPPED, reason="", by=cast.li, on=TODAY, seen=version_of(entity), source="visit"
        )
    page = cast.client("li").get(f"/entities/{entity.pk}/")
    assert [(word, record.valid.lower, record.source) for record, word, _kind in page.context["shown"].states] == [
        ("停业", TODAY, "visit"), ("在营", date(2026, 10, 8), "office"),
    ]  # fmt: skip
    assert "经营状态记录" in page.content.decode()
