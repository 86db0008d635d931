"""Exports: the numbers of the page, the conventions of a 台账, a trace of each, and a queue for the big ones."""

import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from entities.models import Entity
from entities.queries.finding import RegisterFilter, register
from reports.actions import exports
from reports.actions.exports import claim_export, export, write_export
from reports.models import Export
from supervision.queries.progress import progress_counts
from tenancy.models import AuditEvent
from tenancy.rules.periods import quarter_of
from tenancy.rules.refusals import Forbidden
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.reports.conftest import NOON, NOW, Scene

TODAY = date(2026, 10, 9)
LEDGER, PROGRESS = "/exports/ledger/", "/exports/progress/"


def sheet(data: bytes, name: str | None = None) -> list[list[object]]:
    book = load_workbook(io.BytesIO(data))
    page = book[name] if name else book.worksheets[0]
    return [list(row) for row in page.iter_rows(values_only=True)]


@pytest.fixture
def stocked(scene: Scene) -> Scene:
    with acting_in(scene.cast.places["东城区"].path):
        cadre = scene.cadre()
        for grade in "BCDD":
            scene.assign(scene.entity(grade=grade, uscc="91310112MA1GB8XQ3K"), cadre)
        scene.entity("二社区", "D", name="=1+1")
        scene.entity("三社区", "D", name="乙街道的店")
    return scene


@pytest.mark.parametrize(("query", "asked"), [("", RegisterFilter()), ("?grade=D", RegisterFilter(grades=("D",)))])
def test_the_ledger_holds_the_rows_of_its_page_in_its_order(stocked: Scene, query: str, asked: RegisterFilter) -> None:
    rows = sheet(stocked.cast.client("li").get(LEDGER + query).content)
    with acting_in(stocked.cast.places["甲街道"].path):
        names = list(register(asked, TODAY).values_list("name", flat=True))
    assert [row[1] for row in rows[4:-2]] == names
    assert rows[-2][:2] == ["合计", f"{len(names)}家"]


def test_the_ledger_follows_the_conventions_of_the_form(stocked: Scene) -> None:
    answer = stocked.cast.client("li").get(LEDGER, {"grade": "C"})
    rows = sheet(answer.content)
    today = timezone.localdate()
    assert rows[0][0] == "食品安全包保主体台账"
    assert rows[1][0] == "填报单位（盖章）：甲街道食安办    条件：等级：C"
    assert f"填报日期：{today.year}年{today.month}月{today.day}日" in rows[1]
    assert rows[4][:3] == [1, "食品店3", "91310112MA1GB8XQ3K"]
    assert rows[4][6:8] == ["C", "在营"]
    assert rows[4][15] == "干部1"
    assert rows[-1][0].startswith("填表人：")
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_name_that_looks_like_a_formula_stays_text(stocked: Scene) -> None:
    book = load_workbook(io.BytesIO(stocked.cast.client("li").get(LEDGER).content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [(cell.data_type, cell.number_format) for cell in cells] == [("s", "@")]


def test_the_progress_sheet_says_what_its_page_says(scene: Scene) -> None:
    period = quarter_of(timezone.localdate())
    with acting_in(scene.cast.places["甲街道"].path):
        cadre = scene.cadre()
        rows = [scene.owes(scene.entity(), period, cadre=cadre) for _ in range(4)]
        scene.assign(rows[0].entity, cadre)
        scene.visited(rows[0], cadre, timezone.localdate())
        counts = progress_counts(scene.cast.li, str(period), timezone.localdate())
    client = scene.cast.client("li")
    found = sheet(client.get(PROGRESS).content)
    assert len(found[3:-2]) == counts["all"] == 4
    assert found[-2][1] == f"应督导{counts['all']}项，已督导{counts['done']}项，逾期{counts['overdue']}项"
    done = next(row for row in found[3:-2] if row[9] == "已督导")
    assert done[1:10:4] == [rows[0].entity.name, cadre.post.person_name, "已督导"]
    assert (done[7].date(), done[10]) == (timezone.localdate(), period.label)
    missing = sheet(client.get(PROGRESS, {"tab": "missing"}).content)
    assert len(missing[3:-2]) == counts["missing"] == 3
    assert "范围：未督导" in missing[1][0]


@pytest.mark.parametrize("name", ["wang", "zhou", "wu", "leng", "guan", "shen"])
def test_only_who_may_export_exports(cast: Cast, name: str) -> None:
    for page in (LEDGER, PROGRESS, "/exports/"):
        assert cast.client(name).get(page).status_code == 403
    with acting_in(cast.posts[name].place), pytest.raises(Forbidden):
        export("ledger", {}, by=cast.posts[name], on=TODAY)


def test_every_export_leaves_a_trace_with_its_conditions_and_size(stocked: Scene) -> None:
    stocked.cast.client("li").get(LEDGER, {"grade": ["C", "D"]})
    with acting_in(stocked.cast.places["甲街道"].path):
        event = AuditEvent.objects.get(action="reports.exported")
    assert event.by_post == stocked.cast.li.pk
    assert {key: event.after[key] for key in ("kind", "conditions", "rows")} == {
        "kind": "ledger", "conditions": "等级：C、D", "rows": 4,
    }  # fmt: skip


def test_an_unknown_quarter_is_refused_in_words(cast: Cast) -> None:
    answer = cast.client("li").get(PROGRESS, {"quarter": "jetzt"})
    assert (answer.status_code, "2026Q4" in answer.context["reason"]) == (409, True)


@pytest.fixture
def big(stocked: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Three rows are many here, so that five need the queue."""
    monkeypatch.setattr(exports, "FORM_ROWS", 3)
    return stocked


def queued(scene: Scene, name: str = "li") -> Export:
    post = scene.cast.posts[name]
    with acting_in(post.place):
        made = export("ledger", {}, by=post, on=TODAY)
    assert isinstance(made, Export)
    return made


def test_a_big_export_waits_for_a_worker_and_then_holds_the_same_rows(big: Scene) -> None:
    client, made = big.cast.client("li"), queued(big)
    page = reverse("reports:show-export", args=[made.pk])
    assert "排队中" in client.get(page).content.decode()
    assert client.get(reverse("reports:download-export", args=[made.pk])).status_code == 404
    with acting_in(made.place):
        assert claim_export(made.pk)
    assert "正在生成" in client.get(page).content.decode()
    with acting_in(made.place):
        assert write_export(made.pk, at=NOON)
    answer = client.get(reverse("reports:download-export", args=[made.pk]))
    data = b"".join(answer.streaming_content)
    with acting_in(made.place):
        assert [row[0] for row in sheet(data)[1:]] == list(
            register(RegisterFilter(), TODAY).values_list("name", flat=True)
        )
    about = dict(sheet(data, "说明")[1:])
    assert (about["填报单位"], about["条件"], about["合计"]) == ("甲街道食安办", "全部", "5家")
    assert "已完成" in client.get(page).content.decode()


def test_asking_for_a_big_export_leads_to_its_page(big: Scene) -> None:
    answer = big.cast.client("li").get(LEDGER)
    with acting_in(big.cast.places["甲街道"].path):
        made = Export.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("reports:show-export", args=[made.pk]))


def test_a_written_export_is_neither_claimed_nor_written_again(big: Scene) -> None:
    made = queued(big)
    with acting_in(made.place):
        assert claim_export(made.pk)
        assert write_export(made.pk, at=NOON)
        stored = Export.objects.get().stored
        assert (claim_export(made.pk), write_export(made.pk, at=NOON)) == (False, False)
        assert Export.objects.get().stored == stored
        assert AuditEvent.objects.filter(action="reports.export.written").count() == 1


def test_an_export_that_loses_three_workers_is_given_up_with_a_sentence(big: Scene) -> None:
    made = queued(big)
    with acting_in(made.place):
        assert [claim_export(made.pk) for _ in range(4)] == [True, True, True, False]
        made.refresh_from_db()
    assert made.state == "failed"
    assert made.error == "生成时中断了3次，请缩小范围后重新导出，或联系系统管理员。"


@pytest.mark.parametrize("name", ["zhao", "qian", "sun"])
def test_nobody_else_finds_an_export(big: Scene, name: str) -> None:
    made = queued(big)
    with acting_in(made.place):
        stored = default_storage.save("x.xlsx", ContentFile(b"x"))
        Export.objects.filter(pk=made.pk).update(state="done", stored=stored)
    client = big.cast.client(name)
    for page in ("reports:show-export", "reports:download-export"):
        assert client.get(reverse(page, args=[made.pk])).status_code == 404
    assert list(client.get("/exports/").context["page"]) == []


def test_nothing_of_the_neighbours_is_in_an_export(stocked: Scene) -> None:
    with acting_in(stocked.cast.places["东城区"].path):
        assert Entity.objects.filter(name="乙街道的店").exists()
    names = {
        name: [row[1] for row in sheet(stocked.cast.client(name).get(LEDGER).content)] for name in ("li", "zhao", "sun")
    }
    assert ["乙街道的店" in names[name] for name in ("li", "zhao", "sun")] == [False, True, False]
    with acting_in(stocked.cast.places["甲街道"].path):
        export("progress", {"quarter": str(NOW), "area": "999999"}, by=stocked.cast.li, on=TODAY)
