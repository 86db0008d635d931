"""Finding businesses: one box, filters that combine, worst first, and the columns of the list."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from entities.actions.register import change_entity, version_of
from entities.models import Entity, Licence
from entities.rules.quality import Defect, odd_values
from tenancy.rules.names import search_key
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import ON, added, row_of
from tests.entities.test_register_pages import names_on, queries

CODE = "91310112MA1GB8XQ3K"


def found(cast: Cast, query: str, who: str = "li") -> list[str]:
    return names_on(cast.client(who).get(f"/entities/?{query}"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("老李重庆火锅", "laolichongqinghuoguo llcqhg"),
        ("长沙银行食堂", "changshayinhangshitang csyhst"),
        ("7-11便利店(KTV)", "711bianlidianktv 711bldktv"),
    ],
)
def test_a_name_is_read_by_phrases(name: str, key: str) -> None:
    assert search_key(name) == key


@given(st.text(min_size=1, max_size=120))
def test_what_a_name_is_found_by_fits_its_column_whatever_the_name(name: str) -> None:
    assert len(search_key(name)) <= 240


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("古美", ["老李火锅"]),
        ("laoli", ["老李火锅"]),
        ("LLHG", ["老李火锅"]),
        ("zgzp", ["粥公粥婆"]),
        (CODE.lower(), ["老李火锅"]),
        ("GB8X", ["老李火锅"]),
        ("JY23101129126457", ["粥公粥婆"]),
        ("0001", ["粥公粥婆"]),
        ("老李 hg", ["老李火锅"]),
        ("老李 粥", []),
        ("9990", []),
    ],
)
def test_one_box_finds_by_name_pinyin_code_licence_address_and_the_end_of_a_telephone(
    cast: Cast, words: str, names: list[str]
) -> None:
    added(cast, "老李火锅", uscc=CODE, address="古美路1号", phone=None)
    added(cast, "粥公粥婆", licence="JY23101129126457")
    assert found(cast, f"q={words}") == names
    assert [each["name"] for each in cast.client("li").get("/api/entities/", {"q": words}).json()["results"]] == names


def test_a_changed_name_is_found_by_its_new_reading_alone(cast: Cast) -> None:
    entity = added(cast, "老李火锅")
    with acting_in(cast.li.place):
        change_entity(entity, row_of(cast, "小王面馆"), by=cast.li, on=ON, seen=version_of(entity))
    assert (found(cast, "q=laoli"), found(cast, "q=xwmg")) == ([], ["小王面馆"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("tag=夜市", ["夜市摊"]),
        ("risk=risk_d", ["高风险店"]),
        ("size=micro", ["夜市摊", "高风险店"]),
        ("size=none", ["没规模的店"]),
        ("defect=no-size", ["没规模的店"]),
        ("risk=risk_d&tag=夜市", []),
        ("risk=risk_d&size=micro&q=gfx", ["高风险店"]),
    ],
)
def test_filters_combine(cast: Cast, query: str, names: list[str]) -> None:
    added(cast, "夜市摊", tags=["夜市"])
    added(cast, "高风险店", risk_level="risk_d")
    added(cast, "没规模的店", staff=None, revenue=None)
    assert sorted(found(cast, query)) == sorted(names)


def test_every_further_condition_is_a_chip_of_its_own(cast: Cast) -> None:
    added(cast, "夜市摊", tags=["夜市"])
    chips = cast.client("li").get("/entities/?tag=夜市&size=micro&risk=risk_d&defect=odd-uscc").context["chips"]
    assert [chip["label"] for chip in chips] == ["夜市", "微型", "D级风险（最高）", "信用代码校验不符"]


@pytest.mark.parametrize("value", ["tag=没有的标签", "defect=no-such", "size=huge", "sort=phone"])
def test_a_condition_nobody_offered_is_said_and_left_out(cast: Cast, value: str) -> None:
    added(cast, "甲店")
    page = cast.client("li").get(f"/entities/?{value}")
    assert (list(page.context["form"].errors), names_on(page)) == ([value.split("=", maxsplit=1)[0]], ["甲店"])
    assert cast.client("li").get(f"/api/entities/?{value}").status_code == 422


WHOLE = {"uscc": "", "address": "古美路1号", "principal": "王某", "officer": "李某"}


def test_the_worst_stand_first_and_what_is_closed_last(cast: Cast) -> None:
    whole = {**WHOLE, "uscc": "91310112MA1GB8XQ3M"}
    added(cast, "戊停业", status="stopped", staff=None, revenue=None)
    added(cast, "丁齐全", **whole, licence="JY23101129126457")
    added(cast, "丙缺地址", **{**whole, "uscc": "", "address": ""}, licence="JY13101120000013")
    expired = added(cast, "乙过期", **{**whole, "uscc": ""}, licence="JY13101120000021")
    added(cast, "甲未定级", staff=None, revenue=None)
    with acting_in(cast.li.place):
        Licence.objects.filter(entity=expired).update(valid_until=date(2020, 1, 1))
    assert found(cast, "") == ["甲未定级", "乙过期", "丙缺地址", "丁齐全", "戊停业"]
    assert found(cast, "sort=-name") == ["乙过期", "戊停业", "甲未定级", "丁齐全", "丙缺地址"]


@pytest.mark.parametrize("sort", ["name", "grade", "type", "area", "status"])
def test_a_column_sorts_one_way_and_then_the_other(cast: Cast, sort: str) -> None:
    added(cast, "甲厂", business_type="small_workshop", place="二社区")
    added(cast, "乙店", status="stopped")
    up, down = (cast.client("li").get(f"/entities/?sort={order}") for order in (sort, f"-{sort}"))
    assert names_on(up) == names_on(down)[::-1]
    head = next(head for head in up.context["heads"] if head["sorted"])
    assert (head["sorted"], head["url"]) == ("ascending", f"?sort=-{sort}")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_filtered_page_costs_as_many_questions_for_one_row_as_for_three(cast: Cast, rows: int) -> None:
    for number in range(rows):
        added(cast, f"老李{number}店", licence=f"YB{number:014}")
    # Eight for session, person, post and wall; the rows are three of the ten: how many, the page, its licences.
    assert queries(cast.client("li"), "/entities/?q=laoli&size=micro&defect=no-uscc") == 8 + 10
    assert len(found(cast, "q=laoli&size=micro&defect=no-uscc")) == rows


def test_a_neighbours_words_find_nothing_here(cast: Cast) -> None:
    added(cast, "老李火锅", uscc=CODE, licence="JY23101129126457", tags=["夜市"])
    assert found(cast, "q=laoli") == ["老李火锅"]
    for words in ("laoli", CODE, "JY23101129126457", "0001"):
        assert found(cast, f"q={words}", "zhao") == found(cast, f"q={words}", "sun") == []
    tags = cast.client("zhao").get("/entities/").context["form"].fields["tag"].choices
    assert [value for value, _label in tags] == [""]


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ({"name": "老李火锅"}, []),
        ({"name": "测试店"}, ["name"]),
        ({"name": "111"}, ["name"]),
        ({"name": "老李火锅", "uscc": "91310112MA1GB8XQ3K"}, ["uscc"]),
        ({"name": "老李火锅", "licence": "JY23101129126450"}, ["licence"]),
        ({"name": "老李火锅", "licence": "沪餐备1号"}, []),
        ({"name": "老李火锅", "phone": "1381"}, ["phone"]),
        ({"name": "老李火锅", "phone": None, "stored": ["phone", "name"]}, ["phone"]),
        ({"name": "老李火锅", "phone": ""}, []),
    ],
)
def test_values_that_look_wrong(values: dict, odd: list[str]) -> None:
    assert odd_values(**values) == odd


def test_a_blank_telephone_keeps_what_was_odd_about_the_stored_one(cast: Cast) -> None:
    entity = added(cast, "测试店", phone="1381")
    assert entity.oddities == ["name", "phone"]
    with acting_in(cast.li.place):
        row = row_of(cast, "老李火锅", phone=None)
        changed = change_entity(entity, row, by=cast.li, on=ON, seen=version_of(entity))
        assert Entity.objects.get().oddities == ["phone"]
        row = row_of(cast, "老李火锅", phone=None)
        change_entity(changed, row, by=cast.li, on=ON, seen=version_of(changed), forget_phone=True)
        assert Entity.objects.get().oddities == []


def test_every_defect_says_how_it_is_mended() -> None:
    assert [(each.label, each.remedy) for each in Defect if not (each.label and each.remedy.endswith("。"))] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_paper_holds_the_whole_filtered_list_in_its_order(cast: Cast, rows: int) -> None:
    for number in range(rows):
        added(cast, f"老李{number}店")
    added(cast, "小王面馆")
    assert queries(cast.client("li"), "/entities/print/?q=laoli") == 8 + 6
    page = cast.client("li").get("/entities/print/?q=laoli&sort=-name")
    assert [row.entity.name for row in page.context["rows"]] == [f"老李{number}店" for number in range(rows)][::-1]
    assert page.context["total"] == rows


def test_beyond_the_limit_the_paper_says_how_many_there_are(cast: Cast, settings) -> None:
    settings.PRINT_ROWS = 2
    for number in range(3):
        added(cast, f"老李{number}店")
    page = cast.client("li").get("/entities/print/").content.decode()
    assert "共 3 家" in page and "只印前 2 家，其余请导出 Excel" in page


def test_the_workbook_is_just_the_filtered_list(cast: Cast) -> None:
    added(cast, "夜市摊", tags=["夜市"])
    added(cast, "老李火锅")
    book = load_workbook(BytesIO(cast.client("li").get("/exports/ledger/?tag=夜市").content)).worksheets[0]
    cells = {cell for row in book.iter_rows(values_only=True) for cell in row}
    assert ("夜市摊" in cells, "老李火锅" in cells, "标签：夜市" in str(cells)) == (True, False, True)
