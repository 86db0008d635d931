"""The station's lists of penalties and checks: whose a row is, what it says, written, shown, taken back."""

import io
from datetime import date

import openpyxl
import pytest

from entities.actions.record_imports import CHECKS, PENALTIES
from entities.actions.records import add_record, strike_record
from entities.actions.register import version_of
from entities.models import Entity, Flag, StationCheck
from tenancy.actions.imports import receive_workbook, undo_batch
from tenancy.actions.mending import amend_cells
from tenancy.models import AuditEvent, ImportRow, ImportWord
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import AT, ON, csv_of, imported, messages_of, problems_of, shop, staged, uscc, written

TITLES = (
    "当事人", "统一社会信用代码", "地址", "处罚种类", "文号", "决定日期", "起", "止", "处罚机关", "违法事实",
)  # fmt: skip
CHECK_TITLES = ("被检查单位", "信用代码", "检查日期", "检查单位", "检查结果", "存在问题")
ROWS = [
    ("1号店", uscc(1), "", "责令停产停业、罚款", "某市监罚〔2026〕1号", "2026-09-01", "2026年9月2日", "2026/12/31", "某区局", "无证"),
    ("2号店", "", "某路2号", "警告", "某市监罚〔2026〕2号", "20260902", "", "", "某区局", ""),
]  # fmt: skip


@pytest.fixture
def shops(cast: Cast) -> Cast:
    with acting_in(cast.li.place):
        rows = [shop(1), shop(2), shop(3, name="同名店", uscc=None, licence=None)]
        imported(cast, csv_of([*rows, shop(4, name="同名店", uscc=None, licence=None)]))
    return cast


def penalties(cast: Cast, rows, titles=TITLES):
    return staged(cast, csv_of(rows, titles), "处罚.csv", kind=PENALTIES)


def entity(number: int) -> Entity:
    return Entity.objects.get(address=f"某路{number}号")


def test_penalties_are_found_by_code_or_by_name_and_kept_with_paper_days_and_batch(shops: Cast) -> None:
    with acting_in(shops.li.place):
        batch = written(penalties(shops, ROWS), shops, kind=PENALTIES)
        first, second = Flag.objects.order_by("pk")
        assert (batch.counts["new"], batch.counts["written"], problems_of(batch)) == (2, 2, [])
        assert (first.entity, first.kind, first.measures, first.stops_as) == (
            entity(1), "penalty", ["责令停产停业", "罚款"], "stopped",
        )  # fmt: skip
        assert (first.decided_on, first.since, first.until) == (date(2026, 9, 1), date(2026, 9, 2), date(2026, 12, 31))
        assert (first.document, first.source, first.text, first.batch) == (
            "某市监罚〔2026〕1号", "某区局", "无证", batch,
        )  # fmt: skip
        assert (second.entity, second.stops_as, second.since, second.text) == (entity(2), "", date(2026, 9, 2), "警告")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({0: "没有的店", 1: ""}, ("name", "entity-unknown")),
        ({1: uscc(9)}, ("name", "entity-unknown")),
        ({0: "同名店", 1: ""}, ("name", "entity-several")),
        ({3: "拘役"}, ("measures", "word-unknown")),
        ({3: ""}, ("measures", "measures-missing")),
        ({5: "去年"}, ("decided_on", "day-unreadable")),
        ({5: "2026-02-30"}, ("decided_on", "day-unreadable")),
        ({5: "2027-01-01"}, ("decided_on", "day-ahead")),
        ({7: "2026-08-01"}, ("until", "days-crossed")),
        ({4: ""}, ("document", "document-missing")),
    ],
)
def test_each_fault_is_told_in_its_column(shops: Cast, changes, found) -> None:
    row = [changes.get(at, cell) for at, cell in enumerate(ROWS[0])]
    with acting_in(shops.li.place):
        batch = penalties(shops, [ROWS[1], row])
        assert [(column, code) for _row, column, _level, code in problems_of(batch)] == [found]
        assert (batch.counts["new"], batch.counts["refused"]) == (1, 1)


def test_a_row_of_several_namesakes_names_them_and_is_mended_by_choosing_one(shops: Cast) -> None:
    row = ("同名店", "", "", *ROWS[1][3:])
    with acting_in(shops.li.place):
        batch = penalties(shops, [row])
        assert messages_of(batch) == [
            "台账里有2家符合：同名店（某路3号）、同名店（某路4号）；请点“选择主体”指定是哪一家"
        ]
    client = shops.client("li")
    page = client.get(f"/entities/imports/{batch.pk}/")
    address = f"/entities/imports/{batch.pk}/rows/2/entity/"
    assert address in page.content.decode()
    choosing = client.get(address)
    with acting_in(shops.li.place):
        third = entity(3)
        assert [each.address for each in choosing.context["found"]] == ["某路3号", "某路4号"]
    form = {"column": "entity", "number": 2, "new": third.pk}
    assert client.post(f"/entities/imports/{batch.pk}/amend/", form).status_code == 302
    with acting_in(shops.li.place):
        batch.refresh_from_db()
        assert (batch.counts["refused"], batch.counts["new"]) == (0, 1)
        written(batch, shops, kind=PENALTIES)
        assert [flag.entity for flag in Flag.objects.all()] == [third]
    assert client.get(address).status_code == 404


def test_an_entity_of_another_place_is_neither_found_nor_offered_nor_taken(shops: Cast) -> None:
    with acting_in(shops.zhao.place):
        imported(shops, csv_of([shop(7, area="三社区")]), "乙.csv", who="zhao")
        foreign = Entity.objects.get()
    with acting_in(shops.li.place):
        batch = penalties(shops, [("7号店", uscc(7), "某路7号", *ROWS[1][3:])])
        assert [code for *_where, code in problems_of(batch)] == ["entity-unknown"]
    client = shops.client("li")
    address = f"/entities/imports/{batch.pk}/rows/2/entity/"
    assert [client.get(address).context["found"], client.get(f"{address}?q=7号店").context["found"]] == [[], []]
    client.post(f"/entities/imports/{batch.pk}/amend/", {"column": "entity", "number": 2, "new": foreign.pk})
    with acting_in(shops.li.place):
        assert problems_of(batch) == [(2, "entity", "error", "entity-unknown")]


def test_the_same_list_twice_is_the_earlier_batch_and_its_rows_once_more_change_nothing(shops: Cast) -> None:
    with acting_in(shops.li.place):
        first = written(penalties(shops, ROWS), shops, kind=PENALTIES)
        again = receive_workbook(
            shops.li.jurisdiction, kind="penalties", filename="再.csv", data=csv_of(ROWS, TITLES), by=shops.li
        )
        longer = [*ROWS[:1], (*ROWS[1][:9], "标签不合格"), ("1号店", "", "", *ROWS[0][3:])]
        batch = penalties(shops, longer)
        assert again.pk == first.pk
        assert [code for *_where, code in problems_of(batch)] == ["duplicate-in-file"]
        assert (batch.counts["same"], batch.counts["changed"], batch.counts["refused"]) == (1, 1, 1)
        assert ImportRow.objects.get(batch=batch, verdict="changed").differences == {"text": ["警告", "标签不合格"]}
        written(batch, shops, kind=PENALTIES)
        assert (Flag.objects.count(), Flag.objects.get(entity=entity(2)).text) == (2, "标签不合格")


def test_taking_a_list_back_removes_and_restores_its_lines_and_leaves_those_touched_since(shops: Cast) -> None:
    with acting_in(shops.li.place):
        written(penalties(shops, ROWS[1:]), shops, kind=PENALTIES)
        other = ("3号", uscc(2), "", *ROWS[0][3:4], "某市监罚〔2026〕3号", *ROWS[0][5:])
        batch = written(penalties(shops, [ROWS[0], (*ROWS[1][:9], "新"), other]), shops, kind=PENALTIES)
        mistaken = Flag.objects.get(document="某市监罚〔2026〕3号")
        strike_record(mistaken, by=shops.li, on=ON, seen=version_of(mistaken.entity))
        kept = undo_batch(batch, PENALTIES, by=shops.li, at=AT)
        assert kept == ["2号店 行政处罚 某市监罚〔2026〕3号"]
        assert [(flag.document, flag.text) for flag in Flag.objects.all()] == [("某市监罚〔2026〕2号", "警告")]


def test_a_title_the_office_has_pointed_out_is_read_the_next_time(shops: Cast) -> None:
    titles = (*TITLES[:3], "罚的啥", *TITLES[4:])
    with acting_in(shops.li.place):
        assert penalties(shops, ROWS, titles).state == "unmapped"
        ImportWord.objects.create(
            jurisdiction=shops.li.jurisdiction, place=shops.li.place, kind="penalties", said="罚的啥", meant="处罚种类"
        )
        batch = penalties(shops, ROWS[:1], titles)
        assert (batch.state, batch.counts["new"]) == ("staged", 1)


def test_a_word_of_their_own_is_mended_in_all_rows_and_remembered(shops: Cast) -> None:
    rows = [(*row[:3], "封门", *row[4:]) for row in ROWS]
    with acting_in(shops.li.place):
        batch = penalties(shops, rows)
        assert batch.counts["refused"] == 2
        mend = {"column": "measures", "old": "封门", "new": "责令停产停业", "number": None, "remember": True}
        assert amend_cells(batch, PENALTIES, **mend, by=shops.li, on=ON) == 2
        assert penalties(shops, rows[:1]).counts["new"] == 1


def test_checks_come_in_with_result_and_problems_and_stand_on_the_page_and_in_the_timeline(shops: Cast) -> None:
    rows = [
        ("1号店", uscc(1), "2026-09-03", "某所", "基本符合", "地面积水"),
        ("2号店", uscc(2), "2026-09-04", "某所", "关门", ""),
        ("2号店", uscc(2), "2026-09-05", "某所", "不符合", ""),
    ]
    with acting_in(shops.li.place):
        batch = staged(shops, csv_of(rows, CHECK_TITLES), "检查.csv", kind=CHECKS)
        assert problems_of(batch) == [(4, "problems", "error", "problems-missing")]
        written(batch, shops, kind=CHECKS)
        assert list(StationCheck.objects.order_by("pk").values_list("entity__name", "checked_on", "result")) == [
            ("1号店", date(2026, 9, 3), "mostly"), ("2号店", date(2026, 9, 4), "closed"),
        ]  # fmt: skip
        first = entity(1)
    shown = shops.client("zhou").get(f"/entities/{first.pk}/").context["shown"]
    assert [(line.title, line.state, line.facts) for group in shown.records for line in group.lines if group.kind == "check"] == [
        ("某所", "基本符合", [("检查日期", "2026-09-03"), ("存在问题", "地面积水")])
    ]  # fmt: skip
    assert ("导入：监督检查", "2026-09-03 基本符合；某所；基本符合；“检查.csv”") in [
        (line.title, line.text) for line in shown.timeline
    ]


def test_the_list_goes_back_with_its_reasons(shops: Cast) -> None:
    with acting_in(shops.li.place):
        batch = penalties(shops, [ROWS[1], ("没有的店", "", "", *ROWS[1][3:])])
    answer = shops.client("li").get(f"/entities/imports/{batch.pk}/file/?only=bad")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    with acting_in(shops.li.place):
        (sentence,) = messages_of(batch)
    assert [(row[0], sentence in str(row)) for row in rows] == [("当事人", False), ("没有的店", True)]


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_the_same_statements_however_long_it_is(
    shops: Cast, number: int, django_assert_num_queries
) -> None:
    with acting_in(shops.li.place):
        rows = [(*ROWS[0][:4], f"某罚{each}号", *ROWS[0][5:]) for each in range(number)]
        batch = penalties(shops, rows)
        with django_assert_num_queries(24):
            written(batch, shops, kind=PENALTIES)


@pytest.mark.parametrize("who", ["zhou", "li"])
def test_station_and_office_type_a_penalty_through_the_same_checks_by_page_and_endpoint(shops: Cast, who: str) -> None:
    with acting_in(shops.li.place):
        one = entity(1)
    client, home = shops.client(who), f"/entities/{one.pk}/"
    form = {
        "kind": "penalty", "text": "无证经营", "source": "某区局", "document": "某市监罚〔2026〕9号", "since": "2026-09-02",
        "seen": version_of(one),
    }  # fmt: skip
    sentence = "没有选处罚种类；行政处罚要写明种类，请照决定书选择，可以多选"
    page = client.post(f"{home}records/flag/new/", form)
    answer = client.post(f"/api{home}records/flag/", form | {"version": form["seen"]}, content_type="application/json")
    assert (page.status_code, page.context["form"].errors["measures"]) == (422, [sentence])
    assert (answer.status_code, answer.json()["fields"]["measures"]) == (422, [sentence])
    good = form | {"measures": ["吊销许可证件", "罚款"], "decided_on": "2026-09-01"}
    assert client.post(f"{home}records/flag/new/", good).status_code == 302
    with acting_in(shops.li.place):
        flag = Flag.objects.get()
        assert (flag.measures, flag.stops_as, flag.decided_on) == (
            ["吊销许可证件", "罚款"],
            "revoked",
            date(2026, 9, 1),
        )
        told = AuditEvent.objects.get(action="entities.flag.added").after
        assert (told["measures"], told["decided_on"]) == ("吊销许可证件、罚款", "2026-09-01")
    assert "吊销许可证件、罚款" in client.get(home).content.decode()


def test_the_station_keeps_its_own_lines_and_no_others(shops: Cast) -> None:
    with acting_in(shops.li.place):
        one = entity(1)
        values = {"checked_on": ON, "result": "fit", "source": "某所"}
        line = add_record(one, "check", values, by=shops.zhou, on=ON, seen=version_of(one))
    client = shops.client("zhou")
    page = client.get(f"/entities/{one.pk}/").content.decode()
    assert f"/entities/records/check/{line.pk}/" in page and f"/entities/{one.pk}/records/flag/new/" in page
    assert f"/entities/{one.pk}/records/licence/new/" not in page
    kinds = ("check", "flag", "licence", "contact", "insurance", "code")
    assert [client.get(f"/entities/{one.pk}/records/{kind}/new/").status_code for kind in kinds] == [
        200, 200, 403, 403, 403, 403,
    ]  # fmt: skip
    assert [shops.client(name).get(f"/entities/records/check/{line.pk}/").status_code for name in ("zhao", "wang")] == [
        404, 403,
    ]  # fmt: skip


def test_a_penalty_lists_without_a_kind_for_other_flags(shops: Cast) -> None:
    with acting_in(shops.li.place):
        one = entity(1)
    form = {"kind": "ban", "person": "某人", "text": "五年", "source": "某局", "document": "1号", "since": "2026-09-02"}
    answer = shops.client("li").post(f"/entities/{one.pk}/records/flag/new/", form | {"seen": version_of(one)})
    assert answer.status_code == 302
