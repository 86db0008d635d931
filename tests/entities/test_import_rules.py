"""The twenty rules an import is accepted by, one test for each under its number; each brings its own ledger."""

import io
import json
import logging
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from entities.actions.ledger import LEDGER
from entities.actions.register import change_entity, version_of
from entities.models import Entity, GradeRecord, Licence, StatusRecord
from entities.queries.checking import cells_of, entity_checks
from tenancy.actions.accounts import serve_places
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, undo_batch, work_off
from tenancy.actions.mending import amend_cells, map_columns, set_aside
from tenancy.actions.staging import stage_workbook
from tenancy.actions.tree import found_place
from tenancy.models import AuditEvent, ImportBatch, ImportRow, ImportWord
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tenancy.workbooks import read_table
from tests.cast import Cast
from tests.entities.ledgers import (
    AT,
    ON,
    TITLES,
    csv_of,
    imported,
    licence,
    messages_of,
    problems_of,
    shop,
    staged,
    uscc,
    written,
    xlsx_of,
)


@pytest.fixture
def street(cast: Cast):
    """Everything happens in 甲街道."""
    with acting_in(cast.li.place):
        yield cast.places["甲街道"]


def upload(cast: Cast, data: bytes, name: str = "台账.csv", who: str = "li") -> ImportBatch:
    client = cast.client(who)
    sent = client.post("/entities/import/", {"file": SimpleUploadedFile(name, data)})
    pk = int(re.search(r"/imports/(\d+)/", sent.url)[1])
    with acting_in(cast.posts[who].place):
        work_off(LEDGER, on=ON, at=timezone.now())
        return ImportBatch.objects.get(pk=pk)


def test_rule_01_stage_first(cast: Cast) -> None:
    batch = upload(cast, csv_of([shop(1), shop(2)]))
    with acting_in(batch.place):
        assert (Entity.objects.count(), ImportRow.objects.count()) == (0, 2)
        assert (batch.state, batch.uploaded_by, batch.jurisdiction) == ("staged", cast.li, cast.places["甲街道"])
    for stranger in ("zhao", "sun"):
        assert cast.client(stranger).get(f"/entities/imports/{batch.pk}/").status_code == 404


BAD = {
    "name": "", "uscc": "91310112", "business_type": "餐饮服物", "staff": "三十", "area": "三社区", "phone": "电话在店里",
    "status": "关门", "licence": "JY123", "further_types": "温室", "risk_level": "高",
}  # fmt: skip


def test_rule_02_one_validator(cast: Cast, tmp_path, capsys) -> None:
    """The same bad row through the command's dry run, the commit, the form and the API."""
    data = csv_of([shop(1), shop(2, **BAD)])
    (tmp_path / "台账.csv").write_bytes(data)
    call_command("ledger", "import", str(tmp_path / "台账.csv"), "--place", "东城区/甲街道", "--dry-run", "--json")
    told = [(p["column"], p["level"], p["code"]) for p in json.loads(capsys.readouterr().out)["problems"]]
    row = {key: value for key, value in zip(LEDGER_KEYS, shop(2, **BAD), strict=True) if value is not None}
    answer = cast.client("li").post("/api/entities/", row | {"accept": True}, content_type="application/json")
    api = [(p["column"], p["level"], p["code"]) for p in answer.json()["problems"]]
    form = cast.client("li").post("/entities/new/", row | {"accept": "on"})
    shown = [(f.column, f.level.value, f.code) for f in form.context["form"].problems]
    with acting_in(cast.li.place):
        batch = staged(cast, data)
        assert [tuple(found[1:]) for found in problems_of(batch)] == told
        ImportRow.objects.update(refused=False)
        confirm_batch(batch, by=cast.li, clean_only=True)
        with pytest.raises(Refused, match="第3行在确认期间有变化"):
            commit_batch(batch, LEDGER, on=ON, at=AT)
    assert told == api == shown
    assert {code for _c, _l, code in told} == {
        "name-missing", "code-length", "licence-length", "type-unknown", "number-unreadable", "area-unknown",
        "phone-characters", "status-unknown", "risk-unknown",
    }  # fmt: skip


LEDGER_KEYS = [column.key for column in LEDGER.columns]


def test_rule_03_all_errors_at_once(cast: Cast) -> None:
    batch = upload(cast, csv_of([shop(1), shop(2, **BAD)]))
    page = cast.client("li").get(f"/entities/imports/{batch.pk}/").content.decode()
    wheres = re.findall(r'<div class="sub bad">(\w+列“[^”]+”)：', page)
    assert wheres == [
        "A列“主体名称”", "B列“统一社会信用代码”", "C列“许可证编号”", "D列“主体业态”", "E列“从业人员”", "H列“所属居民区”",
        "K列“联系电话”", "N列“经营状态”", "O列“兼营业态”", "Q列“食品安全风险等级”",
    ]  # fmt: skip
    assert '<td class="num">3</td>' in page and "不认识的主体业态“餐饮服物”，是否为“餐饮服务”" in page
    answer = cast.client("li").get(f"/api/entities/imports/{batch.pk}/problems/").json()["results"][3]
    assert answer == {
        "sheet": "", "row": 3, "letter": "D", "title": "主体业态", "column": "business_type", "value": "餐饮服物",
        "level": "error", "code": "type-unknown",
        "message": "不认识的主体业态“餐饮服物”，是否为“餐饮服务”；请改用方案里的业态名称，或先在方案中添加别名",
    }  # fmt: skip


def test_rule_04_three_levels(cast: Cast, street) -> None:
    wrong_digit = uscc(2)[:-1] + ("0" if uscc(2)[-1] != "0" else "1")
    rows = [shop(1, area="一社区"), shop(2, uscc=wrong_digit, area=None), shop(3, name="")]
    data = xlsx_of(rows, change=lambda book: book.active.merge_cells("H2:H3"))
    batch = staged(cast, data, "台账.xlsx")
    assert problems_of(batch) == [
        (3, "uscc", "warning", "code-check-digit"),
        (3, "area", "notice", "filled-down"),
        (4, "name", "error", "name-missing"),
    ]
    with pytest.raises(Refused, match="有1行带提醒"):
        confirm_batch(batch, by=cast.li, clean_only=True, seen=["many"])
    confirm_batch(batch, by=cast.li, clean_only=True, seen=["many", "warnings"])
    commit_batch(batch, LEDGER, on=ON, at=AT)
    assert list(Entity.objects.order_by("pk").values_list("name", flat=True)) == ["1号店", "2号店"]


def test_rule_05_fix_in_place(cast: Cast, street) -> None:
    rows = [shop(number, business_type="餐饮服物", area="一里") for number in range(1, 5)]
    batch = staged(cast, csv_of([*rows, shop(5, area="一里")]))
    words = {"kind": LEDGER, "by": cast.li, "on": ON, "remember": True}
    assert amend_cells(batch, column="business_type", old="餐饮服物", new="餐饮服务", number=None, **words) == 4
    assert amend_cells(batch, column="area", old="一里", new="一社区", number=None, **words) == 5
    batch.refresh_from_db()
    assert (batch.counts["new"], batch.counts["refused"]) == (5, 0)
    later = staged(cast, csv_of([shop(6, business_type="餐饮服物", area="一里")]))
    assert [code for *_rest, code in problems_of(later)] == ["learnt-word", "learnt-word"]
    assert messages_of(later)[0] == "“餐饮服物”已按以前选定的“餐饮服务”读取"
    assert later.counts["new"] == 1


def test_rule_06_choice_at_commit(cast: Cast, street) -> None:
    batch = staged(cast, csv_of([shop(1), shop(2), shop(3, name=""), shop(4)]))
    with pytest.raises(Refused, match="还有1行有错误"):
        confirm_batch(batch, by=cast.li, clean_only=False)
    with pytest.raises(Refused, match="4行里有1行有错误，超过两成"):
        confirm_batch(batch, by=cast.li, clean_only=True, seen=[])
    set_aside(batch, LEDGER, number=4, back=False, by=cast.li, on=ON)
    confirm_batch(batch, by=cast.li, clean_only=False, seen=[])
    counts = commit_batch(batch, LEDGER, on=ON, at=AT).counts
    assert (counts["written"], counts["skipped"], counts["refused"]) == (3, 1, 0)


def test_rule_07_give_back_the_workbook(cast: Cast) -> None:
    def paint(book) -> None:
        book.active["A4"].font = openpyxl.styles.Font(bold=True)
        book.active.column_dimensions["A"].width = 41

    data = xlsx_of([shop(1), shop(2, name="", uscc="1"), shop(3)], above=[["甲街道台账"]], change=paint)
    batch = upload(cast, data, "台账.xlsx")
    answer = cast.client("li").get(f"/entities/imports/{batch.pk}/file/?only=bad")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[1] == [*TITLES, "原因"]
    assert len(rows) == 3 and rows[2][1:-1] == ["1", *shop(2)[2:]]
    assert rows[2][-1] == "没有主体名称；请按营业执照填写；统一社会信用代码应为 18 位，这里 1 位；请照营业执照核对"
    assert page["A3"].font.bold and page.column_dimensions["A"].width == 41
    assert page["B3"].comment.text == "统一社会信用代码应为 18 位，这里 1 位；请照营业执照核对"
    page["A3"], page["B3"] = "2号店", uscc(2)
    mended = io.BytesIO()
    page.parent.save(mended)
    again = upload(cast, mended.getvalue(), "改好.xlsx")
    assert (again.state, again.counts["new"], again.counts["refused"]) == ("staged", 1, 0)


def test_rule_08_upsert_by_natural_key(cast: Cast, street) -> None:
    imported(cast, csv_of([shop(1), shop(2, uscc=None), shop(3, uscc=None, licence=None), shop(4)]))
    rows = [
        shop(1, name="改名一号店", staff=30),
        shop(2, uscc=uscc(2)),
        shop(3, uscc=None, licence=None),
        shop(5, uscc=uscc(4), licence=licence(4), name="4号店", address="某路4号", area="二社区"),
        shop(6),
    ]
    batch = staged(cast, csv_of(rows))
    shown = list(ImportRow.objects.filter(batch=batch).order_by("number").values_list("verdict", "differences"))
    assert shown == [
        ("changed", {"name": ["1号店", "改名一号店"], "staff": ["5", "30"]}),
        ("changed", {"uscc": ["", uscc(2)]}),
        ("same", None),
        ("changed", {"area": ["一社区", "二社区"], "phone": ["（有号码）", "（有号码）"]}),
        ("new", None),
    ]
    conflict = staged(cast, csv_of([shop(7, uscc=uscc(1), licence=licence(2)), shop(8, licence=licence(1))]))
    assert problems_of(conflict) == [
        (2, "licence", "error", "key-conflict"),
        (3, "licence", "warning", "licence-elsewhere"),
    ]
    assert messages_of(conflict) == [
        "统一社会信用代码和许可证编号在台账里属于两家（后者是“2号店”）；请核对两个号码，改正后再写入",
        "许可证编号在台账里属于“1号店”，信用代码不同，将另外新增一家；请核对两个号码",
    ]


def test_rule_09_blank_is_not_delete(cast: Cast, street) -> None:
    imported(cast, csv_of([shop(1, director="王总监"), shop(2, director="王总监")]))
    blank = dict.fromkeys(("licence", "staff", "revenue", "address", "principal", "phone", "director", "officer"))
    assert staged(cast, csv_of([shop(1, **blank)])).counts["same"] == 1
    cleared = dict.fromkeys(blank, "清空") | {"business_type": "餐饮服务"}
    batch = imported(cast, csv_of([shop(1, **blank), shop(2, **cleared)], TITLES))
    kept, emptied = Entity.objects.order_by("pk")
    assert (kept.staff, kept.director, str(kept.phone), kept.licences.get().number) == (
        5,
        "王总监",
        "****0001",
        licence(1),
    )
    facts = (emptied.staff, emptied.revenue, emptied.address, emptied.principal, emptied.director, emptied.officer)
    assert (facts, str(emptied.phone), emptied.licences.count()) == ((None, None, "", "", "", ""), "", 0)
    assert (emptied.grade, emptied.grade_records.filter(valid__upper_inf=True).count()) == ("", 0)
    assert undo_batch(batch, LEDGER, by=cast.li, at=AT) == []
    emptied.refresh_from_db()
    assert (emptied.staff, emptied.grade, emptied.phone.reveal()) == (5, "D", "19900000002")


def test_rule_10_unknown_header_is_an_error(cast: Cast, street) -> None:
    titles = [*TITLES[:8], "经营场地", *TITLES[9:], "本单位备注"]
    data = csv_of([[*shop(1), "自用"]], titles)
    batch = staged(cast, data)
    assert (batch.state, ImportRow.objects.count()) == ("unmapped", 0)
    assert batch.error == (
        "不认识的列：I列“经营场地”（是否为“经营地址”）、R列“本单位备注”。请指明各列对应的项目，或选“不导入”。"
    )
    meanings = dict(enumerate(LEDGER_KEYS)) | {len(TITLES): "-"}
    map_columns(batch, LEDGER, sheet="", header_row=1, meanings=meanings, by=cast.li)
    batch.refresh_from_db()
    assert stage_workbook(batch, LEDGER, on=ON).counts["new"] == 1
    assert set(ImportWord.objects.values_list("said", "meant")) == {("经营场地", "经营地址"), ("本单位备注", "-")}
    later = staged(cast, csv_of([[*shop(2), "自用"]], titles))
    assert (later.state, later.notes) == ("staged", ["“本单位备注”不从这里导入，已略过。"])


def test_rule_11_references_by_name(cast: Cast, street) -> None:
    places = Entity.objects.count(), cast.places["甲街道"].children.count()
    batch = staged(
        cast, csv_of([shop(1, area="一社区居委"), shop(2, business_type="餐饮服务业"), shop(3, status="注销了")])
    )
    assert messages_of(batch) == [
        "辖区内没有“一社区居委”，是否为“一社区”；请核对名称，新设的居民区请先在机构里添加".replace(
            "居民区", cast_area_word(cast)
        ),
        "不认识的主体业态“餐饮服务业”，是否为“餐饮服务”；请改用方案里的业态名称，或先在方案中添加别名",
        "不认识的经营状态“注销了”，是否为“注销”；请改用方案里的状态名称",
    ]
    assert (Entity.objects.count(), cast.places["甲街道"].children.count()) == places


def test_rule_11_places_of_one_name_are_told_apart(cast: Cast) -> None:
    """A district has 一社区 twice; whom the register knows stays where he is."""
    with acting_in(cast.places["东城区"].path):
        twin = found_place(cast.places["乙街道"], name="一社区", level="community", segment="002")
        rows = [shop(1), shop(2, area="乙街道/一社区"), shop(3, area="甲街道/一社区")]
        batch = staged(cast, csv_of(rows), who="qian")
        assert problems_of(batch) == [(2, "area", "error", "area-ambiguous")]
        assert messages_of(batch)[0].endswith("请写明是哪一个：甲街道/一社区、乙街道/一社区")
        written(batch, cast, who="qian")
        places = dict(Entity.objects.values_list("name", "jurisdiction_id"))
        assert places == {"2号店": twin.pk, "3号店": cast.places["一社区"].pk}
        again = staged(cast, csv_of([shop(2, staff=9), shop(3)]), who="qian")
        assert (problems_of(again), again.counts["changed"], again.counts["same"]) == ([], 1, 1)


def cast_area_word(cast: Cast) -> str:
    return entity_checks(cast.places["甲街道"], ON).plan.value.names.area


def test_rule_12_chinese_excel_reality(cast: Cast, street) -> None:
    wide = {
        "name": "１号店\u3000",
        "staff": "５",
        "revenue": " 60.00 ",
        "phone": "１９９０００００００１",
        "uscc": f"\u00a0{uscc(1).lower()}",
    }
    rows = [
        shop(1, **wide), [None] * 17, shop(2, area=None), ["二社区各店", *[None] * 16], shop(3, area="二社区"),
        ["合  计", "3家", *[None] * 15], ["填表人：李某", *[None] * 16], list(TITLES),
    ]  # fmt: skip

    def dress(book) -> None:
        page = book.active
        page.merge_cells("A1:Q1")
        page.merge_cells("H4:H6")
        page.merge_cells("A7:Q7")
        page.row_dimensions[8].hidden = True
        for row in range(12, 60):
            page.cell(row, 1).font = openpyxl.styles.Font(bold=True)
        book.create_sheet("去年").sheet_state = "hidden"

    batch = staged(cast, xlsx_of(rows, above=[["甲街道台账"], []], change=dress), "台账.xlsx")
    assert (batch.state, batch.header_row, batch.counts["new"], batch.counts["read"]) == ("staged", 3, 3, 3)
    assert batch.notes == [
        "隐藏的工作表“去年”没有读取。",
        "有1行被隐藏，仍按正常数据读取。",
        "第7、9、10、11行是合计、签字、小标题或重复的表头，共4行，不作为数据。",
    ]
    written(batch, cast)
    first, second, third = Entity.objects.order_by("pk")
    assert (first.name, first.staff, first.uscc, first.phone.reveal()) == ("1号店", 5, uscc(1), "19900000001")
    assert [each.jurisdiction.name for each in (first, second, third)] == ["一社区", "一社区", "二社区"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_rule_12_a_csv_in_any_of_the_usual_encodings(cast: Cast, street, encoding) -> None:
    batch = imported(cast, csv_of([shop(1, name="䶮㛃食品店", staff="５")], encoding=encoding))
    assert (batch.counts["written"], Entity.objects.get().name, Entity.objects.get().staff) == (1, "䶮㛃食品店", 5)


def test_rule_13_long_numbers(cast: Cast, street) -> None:
    number = 911101120000000000
    rows = [shop(1, uscc=number), shop(2, licence="007", phone="021-00054321"), shop(3, uscc="9.1E+17")]
    batch = staged(cast, xlsx_of(rows), "台账.xlsx")
    assert [found[:2] + found[3:] for found in problems_of(batch) if found[2] == "error"] == [
        (2, "uscc", "code-lost-precision"),
        (4, "uscc", "code-lost-precision"),
    ]
    assert (
        messages_of(batch)[0]
        == "“统一社会信用代码”被表格软件改成了数字，后几位已经丢失；请把这一列设为文本格式，照原证重填"
    )
    written(batch, cast)
    assert (Licence.objects.get().number, Entity.objects.get().phone.reveal()) == ("007", "02100054321")


def test_rule_14_idempotent(cast: Cast) -> None:
    data = csv_of([shop(1), shop(2)])
    batch = upload(cast, data)
    client = cast.client("li")
    client.post(f"/entities/imports/{batch.pk}/commit/")
    with acting_in(batch.place):
        for _worker in range(2):
            work_off(LEDGER, on=ON, at=timezone.now())
        assert Entity.objects.count() == 2
    again = client.post("/entities/import/", {"file": SimpleUploadedFile("另一个名字.csv", data)}, follow=True)
    assert again.redirect_chain[0][0].endswith(f"/imports/{batch.pk}/")
    assert re.search(r"这个文件已于[\d: -]+导入过，没有再次写入，0 处变更", again.content.decode())
    with acting_in(batch.place):
        assert (ImportBatch.objects.count(), Entity.objects.count()) == (1, 2)
        assert AuditEvent.objects.filter(action="tenancy.import.committed").count() == 1


def test_rule_15_undo_a_batch(cast: Cast, settings) -> None:
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(1), shop(2)]))
        before = whole_register()
        changes = {"staff": 30, "licence": licence(9), "area": "二社区", "phone": "19900009999"}
        batch = imported(cast, csv_of([shop(1, **changes), shop(2, officer="新人"), shop(3)]))
        touched = Entity.objects.get(name="2号店")
        checks = entity_checks(cast.places["甲街道"], ON)
        row, _findings = checks.check(cells_of(touched, checks.plan.value) | {"principal": "另一人"}, but=touched.pk)
        change_entity(touched, row, by=cast.li, on=ON, seen=version_of(touched))
        with pytest.raises(Refused, match="写入已超过30天"):
            undo_batch(batch, LEDGER, by=cast.li, at=AT + timedelta(days=30, seconds=1))
        settings.IMPORT_UNDO_DAYS = 31
        assert undo_batch(batch, LEDGER, by=cast.li, at=AT + timedelta(days=30, seconds=1)) == ["2号店"]
        batch.refresh_from_db()
        assert (batch.state, batch.kept) == ("undone", ["2号店"])
        after = whole_register()
        assert set(after) == set(before)
        assert [after[pk] for pk in after if pk != touched.pk] == [before[pk] for pk in after if pk != touched.pk]
    page = cast.client("li").get(f"/entities/imports/{batch.pk}/").content.decode()
    assert "撤销时保留的 1 条" in page and "2号店" in page


def whole_register() -> dict[int, tuple]:
    """Every column of every entity with its records."""
    records = {model: sorted(model.objects.values_list(), key=str) for model in (Licence, GradeRecord, StatusRecord)}
    return {
        entity[0]: (entity, *([row for row in rows if entity[0] in row] for rows in records.values()))
        for entity in Entity.objects.values_list()
    }


def test_rule_16_history(cast: Cast) -> None:
    batch = upload(cast, csv_of([shop(1), shop(2, name="")]), "十月台账.csv")
    page = cast.client("li").get("/imports/").content.decode()
    for word in ("十月台账.csv", batch.sha256[:12], "李㛃", "甲街道", LEDGER.version):
        assert word in page
    with acting_in(batch.place):
        kept = ImportBatch.objects.get(pk=batch.pk)
        assert (kept.version, kept.counts["read"], ImportRow.objects.filter(refused=True).count()) == (
            LEDGER.version,
            2,
            1,
        )


def test_rule_17_counts_always_add_up(cast: Cast) -> None:
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(1), shop(2)]))
    batch = upload(cast, csv_of([shop(1), shop(2, staff=9), shop(3), shop(4, name=""), shop(5)]))
    client = cast.client("li")
    client.post(f"/entities/imports/{batch.pk}/skip/", {"number": "6"})
    client.post(f"/entities/imports/{batch.pk}/commit/", {"clean_only": "1", "seen": ["many", "warnings"]})
    with acting_in(batch.place):
        work_off(LEDGER, on=ON, at=timezone.now())
        counts = ImportBatch.objects.get(pk=batch.pk).counts
    parts = [counts[name] for name in ("new", "changed", "same", "skipped", "refused")]
    assert (parts, counts["read"], counts["written"]) == ([1, 1, 1, 1, 1], 5, 2)
    page = client.get(f"/entities/imports/{batch.pk}/").content.decode()
    assert "部分写入" in page and "pill--ok" not in page and "另有 1 行有错误没有写入" in page


def test_rule_18_scope_per_row(cast: Cast) -> None:
    with acting_in(cast.zhao.place):
        imported(cast, csv_of([shop(1, area="三社区", name="邻街的店")]), who="zhao")
    batch = upload(cast, csv_of([shop(1, area="三社区"), shop(2, area="不存在的社区"), shop(1, name="本街的店")]))
    with acting_in(batch.place):
        assert [found[3] for found in problems_of(batch)] == ["area-unknown", "area-unknown"]
        texts = [re.sub("“[^”]*”", "“”", text).replace("，是否为“”", "") for text in messages_of(batch)]
        assert texts[0] == texts[1]
    page = cast.client("li").get(f"/entities/imports/{batch.pk}/?tab=all").content.decode()
    assert "邻街的店" not in page


def test_rule_18_a_post_that_serves_some_places(cast: Cast) -> None:
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(1, area="二社区", name="别处的店")]))
        serve_places(cast.li, [cast.places["一社区"]], by=cast.li)
        batch = staged(cast, csv_of([shop(1, name="别处的店", area="二社区"), shop(2)]))
        assert [(number, code) for number, _c, _l, code in problems_of(batch)] == [(2, "area-unknown")]
        written(batch, cast)
        assert Entity.objects.get(name="2号店").jurisdiction == cast.places["一社区"]
        assert Entity.objects.count() == 2
    sent = {"file": SimpleUploadedFile("台账.csv", csv_of([shop(3)]))}
    refused = cast.client("li").post("/entities/import/", sent)
    assert (refused.status_code, "请由负责整个甲街道的经办人导入" in refused.content.decode()) == (409, True)


def test_rule_19_no_numbers_in_errors_and_logs(cast: Cast, street, caplog, monkeypatch) -> None:
    identity, phone = "110101199003070011", "19900001234"
    rows = [
        shop(1, phone=f"{phone}9"), shop(2, phone=f"找{phone}"), shop(3, business_type=phone), shop(4, area=identity),
        shop(5, status=f"电话{phone}"), shop(6, staff=f"{phone}人"),
    ]  # fmt: skip
    batch = staged(cast, csv_of(rows))
    assert len(messages_of(batch)) == 6
    said = " ".join(messages_of(batch))
    monkeypatch.setattr("entities.actions.ledger_tables.STATEMENTS", ("SELECT phone FROM no_such_table",))
    confirm_batch(staged(cast, csv_of([shop(7, phone=phone)])), by=cast.li, clean_only=True)
    with caplog.at_level(logging.DEBUG):
        work_off(LEDGER, on=ON, at=AT)
    assert "no_such_table" in caplog.text
    for number in (identity, phone):
        assert number not in said and number not in caplog.text


def test_rule_20_progress_is_shown_and_the_page_can_be_closed(cast: Cast) -> None:
    """How fast is measured in benchmarks/imports.py: 22,863 rows in seconds."""
    client = cast.client("li")
    sent = client.post("/entities/import/", {"file": SimpleUploadedFile("台账.csv", csv_of([shop(1)]))})
    page = client.get(sent.url).content.decode()
    assert 'id="waiting"' in page and 'hx-trigger="every 2s"' in page and "排队" in page
    assert "关掉浏览器或处理中断都不影响" in page and f'<a class="btn" href="{sent.url}">刷新</a>' in page
    with acting_in(cast.li.place):
        work_off(LEDGER, on=ON, at=timezone.now())
    assert 'id="waiting"' not in client.get(sent.url).content.decode()


def test_the_written_batch_comes_back_as_it_was_sent(cast: Cast) -> None:
    """The whole workbook keeps its rows in order, with reasons beside those that have any."""
    batch = upload(cast, csv_of([shop(1), shop(2, name="")]))
    answer = cast.client("li").get(f"/entities/imports/{batch.pk}/file/")
    rows = read_table(answer.content, "x.xlsx").sheets[0].rows
    assert [cells[-1] for _number, cells in rows] == ["原因", None, "没有主体名称；请按营业执照填写"]


def test_the_command_maps_a_column_and_says_how(cast: Cast, tmp_path, capsys) -> None:
    file = tmp_path / "台账.csv"
    file.write_bytes(csv_of([[*shop(1), "x"]], [*TITLES[:8], "场地", *TITLES[9:], "备注"]))
    words = ("ledger", "import", str(file), "--place", "东城区/甲街道")
    with pytest.raises(
        CommandError, match=r"不认识的列：I列“场地”（是否为“经营地址”）、R列“备注”。.*--map 经营场地=经营地址"
    ):
        call_command(*words)
    call_command(*words, "--map", "场地=经营地址", "--map", "备注=")
    assert "可写入 1 行" in capsys.readouterr().out
    with acting_in(cast.li.place):
        assert Entity.objects.get().address == "某路1号"


def test_the_same_bytes_at_once_are_one_batch(cast: Cast, street) -> None:
    first = receive_workbook(street, kind="ledger", filename="a.csv", data=b"x", by=cast.li)
    ImportBatch.objects.filter(pk=first.pk).update(sha256="0" * 64)
    second = receive_workbook(street, kind="ledger", filename="a.csv", data=b"x", by=cast.li)
    with pytest.raises(Exception, match="tenancy_importbatch_once"):
        ImportBatch.objects.filter(pk=first.pk).update(sha256=second.sha256)
