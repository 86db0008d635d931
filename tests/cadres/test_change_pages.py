"""干部变动 on the web: from the cadre's page to the draft of the handover, as the clerk does it."""

import pytest
from django.utils import timezone

from cadres.models import CadreChange, Proposal
from tenancy.scoping import acting_in

TODAY = timezone.localdate()


@pytest.fixture
def run(served):
    with acting_in(served.place.path):
        served.beside = served.cadre("钱委员", "一社区")
    return served


GIVEN = {"kind": "left", "since": TODAY.isoformat(), "reason": "调任其他街道", "document": ""}


def test_the_clerk_writes_it_down_picks_a_successor_and_has_the_draft(run) -> None:
    client = run.cast.client("li")
    assert f"/cadres/{run.wang.pk}/change/" in client.get(f"/cadres/{run.wang.pk}/").content.decode()
    answer = client.post(f"/cadres/{run.wang.pk}/change/", GIVEN)
    with acting_in(run.place.path):
        change = CadreChange.objects.get()
    assert answer["Location"] == f"/cadres/changes/{change.pk}/"
    page = client.get(answer["Location"])
    assert [each.cadre for each in page.context["offered"]] == [run.beside]
    assert page.context["left"].paginator.count == 2
    made = client.post(answer["Location"], {"to": [run.beside.pk]})
    with acting_in(run.place.path):
        proposal = Proposal.objects.get(state="draft")
        assert set(proposal.lines.filter(holder=run.wang).values_list("cadre", flat=True)) == {run.beside.pk}
    assert made["Location"] == f"/list/proposals/{proposal.pk}/?tab=changed"


def test_the_list_shows_what_is_left_and_the_workbook_comes_with_it(run) -> None:
    client = run.cast.client("li")
    client.post(f"/cadres/{run.wang.pk}/change/", GIVEN)
    page = client.get("/cadres/changes/")
    assert [(row["change"].left, row["word"]) for row in page.context["rows"]] == [(2, "待定人")]
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [
        ("待定人", 1), ("已超期", 0), ("已办结", 0), ("全部", 1)
    ]  # fmt: skip
    assert client.get("/cadres/changes/file/?tab=open")["Content-Type"].endswith("spreadsheetml.sheet")


def test_a_form_that_does_not_fit_says_why_and_writes_nothing(run) -> None:
    answer = run.cast.client("li").post(f"/cadres/{run.wang.pk}/change/", {**GIVEN, "reason": ""})
    with acting_in(run.place.path):
        assert (answer.status_code, CadreChange.objects.count()) == (422, 0)
    assert "请写明原因" in answer.content.decode()


def test_the_endpoints_do_the_same(run) -> None:
    client = run.cast.client("li")
    made = client.post(f"/api/cadres/{run.wang.pk}/changes", GIVEN, content_type="application/json").json()
    listed = client.get("/api/cadres/changes?tab=open").json()["results"]
    assert [(row["id"], row["left"], row["is_late"]) for row in listed] == [(made["id"], 2, False)]
    draft = client.post(f"/api/cadres/changes/{made['id']}/handover", {}, content_type="application/json")
    assert (draft.status_code, draft.json()["counts"]["moved"]) == (201, 2)
    undone = client.post(f"/api/cadres/changes/{made['id']}/undo", {}, content_type="application/json")
    assert (undone.status_code, client.get("/api/cadres/changes?tab=all").json()["count"]) == (200, 0)


def test_a_secretary_reads_his_own_communitys_changes_and_writes_none(run) -> None:
    client = run.cast.client("li")
    client.post(f"/cadres/{run.wang.pk}/change/", GIVEN)
    with acting_in(run.place.path):
        change = CadreChange.objects.get()
    other = run.cast.client("wang")
    assert other.get(f"/cadres/changes/{change.pk}/").status_code == 403
    assert other.post(f"/cadres/{run.wang.pk}/change/", GIVEN).status_code == 403


def test_who_answered_is_asked_by_day_on_the_entitys_own_page_and_by_programs(run) -> None:
    client, shop = run.cast.client("li"), run.made[2]
    address = f"/entities/{shop.pk}/answered/"
    assert address in client.get(f"/entities/{shop.pk}/").content.decode()
    before = client.get(address, {"on": "2026-10-09"}).context["found"]
    assert (before.assignment.cadre_name, before.assignment.responsibility_list.number) == ("王小明", 1)
    client.post(f"/cadres/{run.wang.pk}/change/", GIVEN)
    asked = {
        day: client.get(f"/api{address}", {"on": day}).json()["holder"] for day in ("2026-10-09", TODAY.isoformat())
    }
    assert [each and each["name"] for each in asked.values()] == ["王小明", None]
    wrong = client.get(address, {"on": "昨天"})
    assert (wrong.status_code, "日期请写成 2026-10-09 这样" in wrong.content.decode()) == (422, True)
