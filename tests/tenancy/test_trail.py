"""The trail: read, filtered, taken away, checked; readable, and without a telephone number in clear."""

import ast
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tenancy import audit
from tenancy.actions import trail as acts
from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.sealing import check_chain, seal_events
from tenancy.models import AuditEvent, AuditSeal
from tenancy.queries.trail import PAGE, TrailFilter, events, page_of
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import Role
from tenancy.rules.trail import ACT_NAMES, Change, changes, readable, without_numbers
from tenancy.scoping import acting_in
from tests.cast import Cast

ROOT = Path(__file__).parent.parent.parent
APPS = ("tenancy", "entities", "cadres", "supervision", "commitments", "reports")


def recorded_codes() -> set[str]:
    """Every act the code records under a name that stands there in full."""
    found = set()
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
            if named and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_recorded_act_has_a_name_of_its_own() -> None:
    assert recorded_codes() - set(ACT_NAMES) == set()
    assert len(set(ACT_NAMES.values())) == len(ACT_NAMES)


def test_a_difference_names_what_changed_and_nothing_else() -> None:
    before, after = {"name": "旧", "same": 1, "gone": "x"}, {"name": "新", "same": 1, "added": [1, 2]}
    assert changes(before, after) == [
        Change("name", "旧", "新"),
        Change("added", None, [1, 2]),
        Change("gone", "x", None),
    ]
    assert changes(None, {"a": 1}) == [Change("a", None, 1)]
    assert changes(None, None) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), ("", ""), (True, "是"), (False, "否"), (3, "3"), (["甲", "乙"], "甲、乙"),
        ({"rows": 3, "filter": {"words": "店"}}, "行数 3；条件 关键字 店"), ("19900001234", "199****1234"),
        (["联系 19900001234"], "联系 199****1234"), ("021-12345678", "021-****5678"),
        ("92310112MA1G604913", "92310112MA1G604913"), ("2026-11-25", "2026-11-25"), ("990101001101", "990101001101"),
    ],
)  # fmt: skip
def test_values_read_as_words(value: object, text: str) -> None:
    assert readable(value) == text


@given(st.text(max_size=30), st.integers(0, 10**8 - 1), st.text(max_size=30))
def test_no_mobile_number_that_stands_alone_comes_out_whole(left: str, rest: int, right: str) -> None:
    number = f"199{rest:08}"
    assert number not in without_numbers(f"{left} {number} {right}")


def shown(cast: Cast, query: str = "") -> list[dict]:
    return cast.client("shen").get(f"/settings/trail/{query}").context["rows"]


def test_acts_are_read_in_chinese_with_before_and_after(cast: Cast) -> None:
    cast.client("guan").post(f"/settings/places/{cast.places['一社区'].pk}/edit/", {"name": "壹社区", "code": ""})
    row = next(row for row in shown(cast) if row["event"].action == "tenancy.place.renamed")
    assert (row["act"], row["subject"], row["name"], row["by"]) == ("更正区划", "区划", "壹社区", "关系统 · 系统管理员")
    assert row["changes"] == [("名称", "一社区", "壹社区")]


def test_roles_and_rights_read_as_their_names(cast: Cast) -> None:
    row = next(row for row in shown(cast) if row["event"].action == "tenancy.post.appointed" and "李㛃" in row["name"])
    assert sorted(row["changes"]) == [
        ("姓名", "", "李㛃"), ("职务", "", "街道食安办经办"), ("角色", "", "街道经办"), ("起", "", "2026-01-01"),
    ]  # fmt: skip


def test_a_telephone_number_that_got_in_does_not_come_out(cast: Cast) -> None:
    """Nothing writes one; whatever a text of the future holds, page, endpoint and workbook star it."""
    with acting_in(cast.places["甲街道"].path):
        audit.record("tenancy.post.serves", cast.li, by=cast.li, after={"text": "电话 19900001234"})
        assert "19900001234" in str(AuditEvent.objects.latest("pk").after)
    client = cast.client("shen")
    book = client.get("/settings/trail/export/").content
    cells = str(CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python())
    for text in (client.get("/settings/trail/").content.decode(), client.get("/api/trail/").content.decode(), cells):
        assert "199****1234" in text
        assert "19900001234" not in text


def test_the_filters_keep_to_what_they_say(cast: Cast) -> None:
    today = timezone.localdate()
    with acting_in(cast.places["东城区"].path):
        audit.record("tenancy.post.serves", cast.zhao, by=cast.guan, after={"places": ["三社区"]})
    place = cast.places["乙街道"].pk
    only = "tenancy.post.serves"
    for query, expected in {
        f"?act={only}": [only],
        "?act=tenancy.post.dismissed": [],
        f"?act={only}&who=关系统": [only],
        f"?act={only}&who=李㛃": [],
        f"?act={only}&words=赵乙": [only],
        f"?act={only}&subject=tenancy.post&area={place}": [only],
        f"?act={only}&area={cast.places['甲街道'].pk}": [],
        f"?act={only}&since={today}&until={today}": [only],
        f"?act={only}&since={today + timedelta(days=1)}": [],
        f"?act={only}&until={today - timedelta(days=1)}": [],
    }.items():
        assert [row["event"].action for row in shown(cast, query)] == expected, query


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2026-13-01", "日期请写成 2026-10-09 这样"),
        ("since=2026-10-02&until=2026-10-01", "结束日期早于开始日期"),
        ("area=999999999", "没有这个区划"),
    ],
)
def test_a_filter_that_does_not_fit_is_said(cast: Cast, query: str, sentence: str) -> None:
    client = cast.client("shen")
    assert sentence in client.get(f"/settings/trail/?{query}").content.decode()
    told = client.get(f"/api/trail/?{query}")
    assert (told.status_code, sentence in told.json()["detail"]) == (422, True)


def filled(cast: Cast, number: int) -> None:
    with acting_in(cast.places["甲街道"].path):
        for each in range(number):
            audit.record("tenancy.post.serves", cast.li, by=cast.li, after={"count": each})


def test_pages_follow_one_another_without_gap_or_overlap_while_the_trail_grows(cast: Cast) -> None:
    filled(cast, 2 * PAGE + 3)
    with acting_in(cast.places["东城区"].path):
        found = events(TrailFilter(act="tenancy.post.serves"))
        everything = list(found.values_list("pk", flat=True))
        first = page_of(found)
        audit.record("tenancy.post.serves", cast.li, by=cast.li)
        second = page_of(found, before=first.older)
        third = page_of(found, before=second.older)
        walked = [event.pk for page in (first, second, third) for event in page.events]
        back = page_of(found, after=third.newer)
    assert walked == everything
    assert (third.older, len(third.events)) == (0, 3)
    assert [event.pk for event in back.events] == [event.pk for event in second.events]


@pytest.mark.parametrize("rows", [1, 3, PAGE + 5])
def test_a_page_costs_the_same_however_long_the_trail(cast: Cast, rows: int, django_assert_num_queries) -> None:
    client = cast.client("shen")
    client.get("/settings/trail/")
    filled(cast, rows)
    with django_assert_num_queries(17):
        page = client.get("/settings/trail/?act=tenancy.post.serves")
    assert len(page.context["rows"]) == min(rows, PAGE)


def test_reading_is_written_down_once_a_day_for_each_person(cast: Cast) -> None:
    client = cast.client("shen")
    for path in ("/settings/trail/", "/settings/trail/?who=x", "/api/trail/"):
        client.get(path)
    with acting_in(cast.places["东城区"].path):
        today = timezone.localdate()
        told = AuditEvent.objects.filter(action="tenancy.trail.read")
        assert list(told.values_list("by_post", "after__day")) == [(cast.shen.pk, today.isoformat())]
        acts.read_trail(by=cast.shen, on=today + timedelta(days=1))
        assert told.count() == 2


def test_the_workbook_holds_what_the_filter_shows_and_is_written_down(cast: Cast) -> None:
    filled(cast, 3)
    answer = cast.client("shen").get("/settings/trail/export/?act=tenancy.post.serves")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["编号", "时间", "操作人", "代谁", "地方", "操作", "对象种类", "对象", "变化"]
    assert [row[5:] for row in rows[1:]] == [
        ["调整服务区域", "岗位", "李㛃 · 街道食安办经办", f"条数：{number}"] for number in (2, 1, 0)
    ]
    with acting_in(cast.places["东城区"].path):
        assert AuditEvent.objects.get(action="tenancy.trail.exported").after == {
            "rows": 3, "filter": {"act": "tenancy.post.serves"},
        }  # fmt: skip


def test_a_download_too_large_is_refused_with_the_way_to_mend(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_ROWS", 2)
    page = cast.client("shen").get("/settings/trail/export/")
    assert (page.status_code, "请缩小日期范围，分几次导出" in page.content.decode()) == (409, True)


def sealed(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        seal_events(cast.places["东城区"])


def seal(cast: Cast, event: int, digest: str) -> int:
    """One more link as somebody would lay it who cannot compute it."""
    with acting_in(cast.places["东城区"].path):
        sequence = AuditSeal.objects.latest("sequence").sequence + 1
        place = cast.places["东城区"]
        AuditSeal.objects.create(jurisdiction=place, place=place.path, sequence=sequence, event=event, digest=digest)
    return sequence


@pytest.mark.parametrize("event", ["altered", "missing"])
def test_an_event_that_does_not_fit_its_seal_is_found_at_its_place(cast: Cast, event: str) -> None:
    sealed(cast)
    filled(cast, 1)
    with acting_in(cast.places["东城区"].path):
        last = AuditEvent.objects.latest("pk").pk
    broken = seal(cast, last if event == "altered" else last + 1000, "f" * 64)
    filled(cast, 3)
    sealed(cast)
    client = cast.client("shen")
    assert f"第 {broken} 号封存对不上" in client.post("/settings/trail/verify/").content.decode()
    told = client.post("/api/trail/verify/").json()
    assert (told["whole"], told["broken_at"]) == (False, broken)
    with acting_in(cast.places["东城区"].path):
        results = AuditEvent.objects.filter(action="tenancy.trail.verified").values_list("after__result", flat=True)
        assert list(results) == ["broken", "broken"]


def test_a_whole_chain_is_said_to_be_whole_and_the_checking_is_written_down(cast: Cast) -> None:
    sealed(cast)
    client = cast.client("shen")
    with acting_in(cast.places["东城区"].path):
        last = AuditSeal.objects.latest("sequence")
    assert f"完好：第 1 至 {last.sequence} 号" in client.post("/settings/trail/verify/").content.decode()
    assert last.digest in client.get("/settings/trail/verify/").content.decode()
    answer = client.post("/api/trail/verify/").json()
    assert answer == {"whole": True, "first": 1, "last": last.sequence, "broken_at": None}
    assert client.get("/api/trail/verify/").json()["seal"]["digest"] == last.digest
    with acting_in(cast.places["东城区"].path):
        told = AuditEvent.objects.filter(action="tenancy.trail.verified").values_list("after", flat=True)
        assert list(told) == [{"result": "whole", "count": last.sequence}] * 2


def test_a_digest_noted_down_earlier_is_found_or_missed(cast: Cast) -> None:
    sealed(cast)
    client = cast.client("shen")
    with acting_in(cast.places["东城区"].path):
        noted = AuditSeal.objects.order_by("sequence")[2].digest
    assert "是第 3 号封存" in client.post("/settings/trail/verify/", {"digest": f" {noted.upper()} "}).content.decode()
    assert "链上没有这个摘要" in client.post("/settings/trail/verify/", {"digest": "0" * 64}).content.decode()


def test_the_last_links_alone_can_be_checked(cast: Cast) -> None:
    filled(cast, 20)
    sealed(cast)
    with acting_in(cast.places["东城区"].path):
        whole, part = check_chain(cast.places["东城区"]), check_chain(cast.places["东城区"], at_most=5)
        assert (part.first, part.last, part.checked, part.broken_at) == (whole.last - 4, whole.last, 5, None)


def test_checking_asks_the_database_twice_for_a_thousand_links(cast: Cast, django_assert_num_queries) -> None:
    filled(cast, 30)
    sealed(cast)
    with acting_in(cast.places["东城区"].path), django_assert_num_queries(3):
        assert check_chain(cast.places["东城区"]).checked > 30


def test_a_street_auditor_reads_his_street_and_leaves_the_chain_to_the_tenant(cast: Cast) -> None:
    with acting_in(cast.places["甲街道"].path):
        cast.posts["lu"] = appoint(
            cast.places["甲街道"], role=Role.AUDIT_ADMIN, person_name="路审", since=date(2026, 1, 1),
            user=create_login("lu"), by=None,
        )  # fmt: skip
        with pytest.raises(Refused, match="只能由那里的审计管理员校验"):
            acts.verify_trail(by=cast.lu)
    rows = cast.client("lu").get("/settings/trail/").context["rows"]
    assert rows
    assert {row["event"].place[:11] for row in rows} == {cast.places["甲街道"].path}


@pytest.mark.parametrize("name", ["guan", "an", "li", "qian", "wang"])
def test_nobody_else_reads_the_trail(cast: Cast, name: str) -> None:
    client = cast.client(name)
    for path in ("/settings/trail/", "/settings/trail/export/", "/settings/trail/verify/", "/api/trail/"):
        assert client.get(path).status_code == 403
