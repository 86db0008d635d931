"""Gumei's ledger from upload to register: findings as expected, counts add up, same file twice changes nothing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entities.actions.deciding import Grounds, upgrade_entity
from entities.actions.ledger import LEDGER
from entities.actions.register import version_of
from entities.models import Entity, GradeRecord, Licence, StatusRecord
from entities.rules.vocabulary import Grade
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook, undo_batch
from tenancy.actions.plans import adopt_plan
from tenancy.models import ImportBatch, ImportRow, Jurisdiction
from tenancy.plans import PlanFile, PlanHeader
from tenancy.scoping import acting_in
from tests.cast import Cast

FIXTURES = Path(__file__).parent.parent / "fixtures"
LEDGER_FILE = FIXTURES / "ledger-gumei.xlsx"
EXPECTED = json.loads((FIXTURES / "ledger-gumei.expected.json").read_text())
ON = date(2026, 10, 8)
AT = datetime(2026, 10, 8, 9, tzinfo=UTC)


def staged(cast: Cast, street: Jurisdiction, data: bytes, filename: str = "台账.xlsx") -> ImportBatch:
    batch = receive_workbook(street, kind="ledger", filename=filename, data=data, by=cast.li)
    return stage_workbook(batch, LEDGER, on=ON)


def committed(cast: Cast, street: Jurisdiction) -> ImportBatch:
    batch = staged(cast, street, LEDGER_FILE.read_bytes())
    confirm_batch(batch, by=cast.li, clean_only=True)
    return commit_batch(batch, LEDGER, on=ON, at=AT)


def test_every_finding_of_the_sample_is_reported_and_no_other(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = staged(cast, street, LEDGER_FILE.read_bytes())
        found = [
            {"row": number, "level": problem["level"], "code": problem["code"]}
            for number, problems in ImportRow.objects.order_by("number").values_list("number", "problems")
            for problem in problems
        ]
    assert found == EXPECTED["problems"]
    assert (batch.sheet, batch.header_row, batch.counts["read"], batch.counts["refused"]) == (
        EXPECTED["sheet"],
        EXPECTED["header_row"],
        EXPECTED["data_rows"],
        EXPECTED["refused"],
    )


@pytest.mark.req("GM-08")
def test_the_clean_rows_become_graded_entities(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = committed(cast, street)
        grades = {grade: Entity.objects.filter(grade=grade).count() for grade in "ABCD"}
        assert batch.counts["written"] == Entity.objects.count() == EXPECTED["committable"]
        assert grades == EXPECTED["grades_of_committable"]
        assert GradeRecord.objects.filter(clause__startswith="闵古办〔2022〕40号").count() == EXPECTED["committable"]
        assert StatusRecord.objects.count() == EXPECTED["committable"]
        assert Licence.objects.count() == Entity.objects.filter(licences__isnull=False).count()
        expected = {e["row"]: e["grade"] for e in json.loads((FIXTURES / "ledger-gumei.grades.json").read_text())}
        rows = ImportRow.objects.filter(refused=False).values_list("number", "subject_id")
        by_id = dict(Entity.objects.values_list("pk", "grade"))
        assert {number: by_id[subject] for number, subject in rows} == {number: expected[number] for number, _ in rows}


def test_no_telephone_number_stands_in_the_database_in_clear(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        committed(cast, street)
        entity = Entity.objects.exclude(phone="").order_by("pk")[0]
        number = entity.phone.reveal()
        assert number.startswith("1990000") and str(entity.phone) == f"****{number[-4:]}"
        assert number not in json.dumps(list(ImportRow.objects.values_list("cells", "problems", "before")))
        assert not Entity.objects.filter(phone__contains=number).exists()


def test_the_same_file_again_gives_the_earlier_batch(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = committed(cast, street)
        again = receive_workbook(street, kind="ledger", filename="x.xlsx", data=LEDGER_FILE.read_bytes(), by=cast.li)
        assert again.pk == batch.pk


def test_a_committed_ledger_changes_nothing_when_staged_once_more(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = committed(cast, street)
        ImportBatch.objects.filter(pk=batch.pk).update(state="undone", sha256="0" * 64)
        counts = staged(cast, street, LEDGER_FILE.read_bytes()).counts
    assert counts == {"new": 0, "changed": 0, "same": 1264, "skipped": 0, "refused": 22, "read": 1286, "warned": 11}


def test_undoing_a_batch_leaves_touched_entities_and_names_them(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = committed(cast, street)
        touched = Entity.objects.order_by("pk")[0]
        touched.officer = "新安全员"
        touched.save()
        kept = undo_batch(batch, LEDGER, by=cast.li, at=AT)
        assert kept == [touched.name]
        assert list(Entity.objects.values_list("pk", flat=True)) == [touched.pk]
        assert GradeRecord.objects.count() == 1


def test_a_column_younger_than_the_batch_stays_as_it_is_when_the_batch_is_taken_back(
    cast: Cast, street: Jurisdiction
) -> None:
    """What a row kept before the register had a column says nothing of it."""
    with acting_in(street.path):
        written(cast, street, sheet(("莲花面馆", "餐饮服务", "一社区", "5", "64", "", "", "", "")))
        batch = written(cast, street, sheet(("莲花面馆", "餐饮服务", "一社区", "9", "64", "", "", "", "")))
        row = ImportRow.objects.get(batch=batch)
        del row.before["entities_entity"]["stall"]
        row.save()
        assert undo_batch(batch, LEDGER, by=cast.li, at=AT) == []
        assert Entity.objects.values_list("staff", "stall").get() == (5, "")


def test_an_upgrade_decided_by_the_office_survives_the_next_ledger(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = committed(cast, street)
        entity = Entity.objects.filter(grade="D").order_by("pk")[0]
        grounds = Grounds("养老机构供餐", "某副主任", "甲街纪〔2026〕3号")
        upgrade_entity(entity, Grade.C, grounds, by=cast.li, on=ON, seen=version_of(entity))
        Entity.objects.filter(pk=entity.pk).update(officer="旧安全员")
        ImportBatch.objects.filter(pk=batch.pk).update(state="undone", sha256="0" * 64)
        assert committed(cast, street).counts["written"] == 1
        entity.refresh_from_db()
        record = GradeRecord.objects.get(entity=entity, valid__contains=ON)
        assert (entity.grade, record.base, record.effective) == ("C", "D", "C")


TITLES = ("主体名称", "主体业态", "所属居民区", "从业人员(人)", "年营业收入(万元)", "用餐人数")
MORE = ("兼营业态", "标签", "风险等级")


def sheet(*lines: tuple[str, ...], titles: tuple[str, ...] = (*TITLES, *MORE)) -> bytes:
    return "\n".join(",".join(line) for line in (titles, *lines)).encode("utf-8-sig")


def written(cast: Cast, street: Jurisdiction, data: bytes, on: date = ON) -> ImportBatch:
    batch = receive_workbook(street, kind="ledger", filename="册.csv", data=data, by=cast.li)
    confirm_batch(stage_workbook(batch, LEDGER, on=on), by=cast.li, clean_only=True)
    return commit_batch(batch, LEDGER, on=on, at=AT + (on - ON))


def spans(entity: Entity) -> list[tuple]:
    found = entity.grade_records.order_by("valid").values_list("valid", "base", "effective", "raised_by")
    return [(valid.lower, valid.upper, base, effective, by) for valid, base, effective, by in found]


def test_a_ledger_carries_further_activities_tags_and_the_risk_level(cast: Cast, street: Jurisdiction) -> None:
    lines = (
        ("甲店", "餐饮服务", "古美一村居民区", "60", "600", "", "食品销售、小餐饮", "重点、乳制品", "A级"),
        ("乙店", "食品销售、餐饮服务", "古美一村居民区", "60", "600", "", "", "", ""),
    )
    with acting_in(street.path):
        written(cast, street, sheet(*lines))
        first, second = Entity.objects.order_by("pk")
        assert (first.further_types, first.tags, first.risk_level) == (
            ["retail", "small_eatery"], ["重点", "乳制品"], "risk_a",
        )  # fmt: skip
        # Sells as a medium business, caters as a small one: the higher grade counts, A of the risk grading does not.
        assert (first.grade, second.grade, second.further_types) == ("B", "B", ["catering"])
        again = receive_workbook(street, kind="ledger", filename="册.csv", data=sheet(*lines) + b"\n", by=cast.li)
        assert stage_workbook(again, LEDGER, on=ON).counts["same"] == 2


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (("店", "餐饮", "古美一村居民区", "5", "64万元", "", "", "", ""), []),
        (("店", "餐饮", "古美一村居民区", "5", "640000", "", "", "", ""), ["revenue-unit"]),
        (("店", "食品零售", "古美一村居民区", "5", "64", "200", "", "", ""), ["diners-unused"]),
        (("店", "餐饮、温室", "古美一村居民区", "5", "64", "", "", "", ""), ["type-unknown"]),
        (("店", "餐饮", "古美一村居民区", "5", "64", "", "温室", "", ""), ["type-unknown"]),
        (
            ("店", "餐饮", "古美一村居民区", "5", "64", "", "", "、".join("一二三四五六七八九十百"), ""),
            ["tags-too-many"],
        ),
        (("店", "餐饮", "古美一村居民区", "5", "64", "", "", "", "高"), ["risk-unknown"]),
    ],
)
def test_findings_of_the_further_columns(cast: Cast, street: Jurisdiction, line, found) -> None:
    with acting_in(street.path):
        staged(cast, street, sheet(line), "册.csv")
        (row,) = ImportRow.objects.all()
    assert [problem["code"] for problem in row.problems] == found


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("年营业收入(万元)", "staged"),
        ("年营业收入", "staged"),
        ("年营业收入（元）", "failed"),
        ("营业额(单位：元)", "failed"),
    ],
)
def test_a_column_in_another_unit_is_refused_whole(cast: Cast, street: Jurisdiction, title, state) -> None:
    titles = ("主体名称", "主体业态", "所属居民区", "从业人员", title)
    with acting_in(street.path):
        batch = staged(cast, street, sheet(("店", "餐饮", "古美一村居民区", "5", "640000"), titles=titles), "册.csv")
    assert (batch.state, batch.error if state == "staged" else "") == (state, "")
    if state == "failed":
        assert batch.error == (f"“{title}”写的单位是元，系统按万元读取。请把数值换算后改写表头的单位，再重新上传。")


def test_a_later_ledger_ends_the_old_grade_and_taking_it_back_restores_it(cast: Cast, street: Jurisdiction) -> None:
    later = date(2026, 11, 2)
    with acting_in(street.path):
        written(cast, street, sheet(("店", "餐饮", "古美一村居民区", "5", "64", "", "", "", "")))
        entity = Entity.objects.get()
        grounds = Grounds("理由", "某副主任", "1号", date(2026, 12, 31))
        upgrade_entity(entity, Grade.C, grounds, by=cast.li, on=ON, seen=version_of(entity))
        end, before = date(2027, 1, 1), spans(entity)
        batch = written(cast, street, sheet(("店", "餐饮", "古美一村居民区", "60", "6000", "", "", "", "")), later)
        assert spans(entity) == [
            (ON, later, "D", "C", "case"), (later, None, "C", "C", ""),
        ]  # fmt: skip
        assert undo_batch(batch, LEDGER, by=cast.li, at=AT) == []
        entity.refresh_from_db()
        assert (spans(entity), entity.grade, entity.staff) == (before, "C", 5)
        assert before == [(ON, end, "D", "C", "case"), (end, None, "D", "D", "")]


def test_a_ledger_grades_each_place_by_its_own_plan(cast: Cast, street: Jurisdiction) -> None:
    place = Jurisdiction.objects.get(name="古美一村居民区")
    rules = [{"code": "b-all", "name": "一律", "grade": "B", "clause": "甲"}]
    with acting_in(street.path):
        adopt_plan(
            place,
            PlanFile(header=PlanHeader(title="居民区方案"), values={"grading_rules": rules}),
            since=ON,
            by=cast.li,
        )
        line = ("餐饮", "5", "64", "", "", "", "")
        lines = [("甲", line[0], area, *line[1:]) for area in ("古美一村居民区", "古美七村居民区")]
        written(cast, street, sheet(*lines))
        assert list(Entity.objects.order_by("pk").values_list("grade", flat=True)) == ["B", "D"]
