"""The wizard as its users meet it: upload, wait, findings, mend, write, undo; and what strangers get."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from entities.actions.ledger import LEDGER
from entities.models import Entity
from tenancy.actions.imports import work_off
from tenancy.models import ImportBatch, ImportRow, Jurisdiction
from tenancy.scoping import acting_in
from tests.cast import Cast, shown
from tests.entities.test_ledger_import import LEDGER_FILE

ON = date(2026, 10, 8)


def upload(cast: Cast, who: str = "li", data: bytes | None = None, name: str = "台账.xlsx"):
    file = SimpleUploadedFile(name, LEDGER_FILE.read_bytes() if data is None else data)
    return cast.client(who).post("/entities/import/", {"file": file})


def worked_off(street: Jurisdiction) -> ImportBatch:
    with acting_in(street.path):
        work_off(LEDGER, on=ON, at=timezone.now())
        return ImportBatch.objects.get()


@pytest.fixture
def batch(cast: Cast, street: Jurisdiction) -> ImportBatch:
    assert upload(cast).status_code == 302
    return worked_off(street)


def test_an_upload_waits_is_read_and_shows_every_finding(cast: Cast, batch: ImportBatch) -> None:
    page = cast.client("li").get(f"/entities/imports/{batch.pk}/").content.decode()
    assert (
        page.count("不认识的主体业态“餐饮服物”") == 5
    )  # message and label of two rows, and the list of repeated faults
    assert "只写入无误的行" in page
    with acting_in(batch.place):
        assert Entity.objects.count() == 0


def test_a_repeated_wrong_value_is_mended_in_all_rows_at_once(cast: Cast, batch: ImportBatch) -> None:
    form = {"column": "business_type", "old": "餐饮服物", "new": "餐饮服务"}
    assert cast.client("li").post(f"/entities/imports/{batch.pk}/amend/", form).status_code == 302
    with acting_in(batch.place):
        batch.refresh_from_db()
        assert batch.counts["refused"] == 20
        assert not ImportRow.objects.filter(problems__contains=[{"code": "type-unknown"}]).exists()


def test_confirming_writes_the_clean_rows_and_undo_takes_them_back(
    cast: Cast, batch: ImportBatch, street: Jurisdiction
) -> None:
    client = cast.client("li")
    refused = client.post(f"/entities/imports/{batch.pk}/commit/")
    assert refused.status_code == 409 and "还有22行有错误" in refused.content.decode()
    doubted = client.post(f"/entities/imports/{batch.pk}/commit/", {"clean_only": "1"})
    assert doubted.status_code == 409 and "有11行带提醒" in doubted.content.decode()
    ticked = {"clean_only": "1", "seen": "warnings"}
    assert client.post(f"/entities/imports/{batch.pk}/commit/", ticked).status_code == 302
    assert worked_off(street).state == "committed"
    with acting_in(street.path):
        assert Entity.objects.count() == 1264
    assert client.post(f"/entities/imports/{batch.pk}/undo/").status_code == 302
    with acting_in(street.path):
        assert Entity.objects.count() == 0


def test_the_workbook_comes_back_with_reasons(cast: Cast, batch: ImportBatch) -> None:
    answer = cast.client("li").get(f"/entities/imports/{batch.pk}/file/?only=bad")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["zhao", "sun"])
def test_another_office_gets_the_answer_of_a_missing_batch(cast: Cast, batch: ImportBatch, who: str) -> None:
    client = cast.client(who)
    for tail in ("", "file/"):
        foreign, missing = (client.get(f"/entities/imports/{pk}/{tail}") for pk in (batch.pk, 10**9))
        assert shown(foreign) == shown(missing)
        assert foreign.status_code == 404
    for tail in ("amend/", "commit/", "undo/"):
        assert client.post(f"/entities/imports/{batch.pk}/{tail}", {"column": "name"}).status_code == 404


def test_a_leader_is_told_why_he_cannot_import(cast: Cast, batch: ImportBatch) -> None:
    answer = cast.client("leng").get("/entities/import/")
    assert answer.status_code == 403
    assert "“领导（只读）”岗位没有“导入主体台账”权限" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("台账.xlsx", b"", "这个文件是空的"),
        ("台账.xlsx", b"hello, not a workbook", "无法读取"),
        ("台账.xlsx", b"PK\x03\x04broken", "无法读取"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_nothing_is_kept(
    cast: Cast, street: Jurisdiction, name: str, data: bytes, sentence: str
) -> None:
    answer = upload(cast, data=data, name=name)
    if answer.status_code == 302:
        batch = worked_off(street)
        answer = cast.client("li").get(f"/entities/imports/{batch.pk}/")
        assert batch.state == "failed" and batch.error
    assert sentence in answer.content.decode()
    with acting_in(street.path):
        assert ImportRow.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_imports_takes_the_same_queries_for_any_number(
    cast: Cast, street: Jurisdiction, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        upload(cast, data=LEDGER_FILE.read_bytes() + bytes(number + 1))
    client = cast.client("li")
    client.get("/imports/")
    with django_assert_num_queries(15):
        page = client.get("/imports/")
    assert page.content.decode().count("台账.xlsx") == rows
