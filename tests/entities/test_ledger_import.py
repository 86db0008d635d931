"""Gumei's ledger from upload to register: findings as expected, counts add up, same file twice changes nothing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from entities.actions.ledger import LEDGER
from entities.models import Entity, GradeRecord, Licence, StatusRecord
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook, undo_batch
from tenancy.models import ImportBatch, ImportRow, Jurisdiction
from tenancy.scoping import acting_in
from tests.cast import Cast

FIXTURES = Path(__file__).parent.parent / "fixtures"
LEDGER_FILE = FIXTURES / "ledger-gumei.xlsx"
EXPECTED = json.loads((FIXTURES / "ledger-gumei.expected.json").read_text())
ON = date(2026, 10, 8)
AT = datetime(2026, 10, 8, 9, tzinfo=UTC)


def staged(cast: Cast, street: Jurisdiction, data: bytes) -> ImportBatch:
    batch = receive_workbook(street, kind="ledger", filename="台账.xlsx", data=data, by=cast.li)
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


def test_an_upgrade_decided_by_the_office_survives_the_next_ledger(cast: Cast, street: Jurisdiction) -> None:
    with acting_in(street.path):
        batch = committed(cast, street)
        entity = Entity.objects.filter(grade="D").order_by("pk")[0]
        GradeRecord.objects.filter(entity=entity).update(effective="C")
        Entity.objects.filter(pk=entity.pk).update(grade="C", officer="旧安全员")
        ImportBatch.objects.filter(pk=batch.pk).update(state="undone", sha256="0" * 64)
        assert committed(cast, street).counts["written"] == 1
        entity.refresh_from_db()
        record = GradeRecord.objects.get(entity=entity, valid__contains=ON)
        assert (entity.grade, record.base, record.effective) == ("C", "D", "C")
