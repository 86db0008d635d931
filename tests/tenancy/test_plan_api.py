"""The endpoints of plans, drafts and what is filed under them: the page's policies, acts and sentences."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tenancy.actions.plans import adopt_plan
from tenancy.models import Plan, PlanAnnex, PlanDraft, SubPlan
from tenancy.plans import shipped_plan
from tenancy.plans.writing import plan_text
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.tenancy.test_plan_drafts import NOW, PLANTED
from tests.tenancy.test_plan_pages import pdf

pytestmark = pytest.mark.usefixtures("_today")


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(cast: Cast) -> Plan:
    with acting_in("990101/"):
        adopt_plan(cast.places["东城区"], shipped_plan("suining"), since=SINCE, by=cast.he)
        return adopt_plan(cast.places["甲街道"], shipped_plan("gumei"), since=SINCE, by=cast.bian)


def send(client: Client, verb: str, name: str, *args, body: Any = None) -> tuple[int, Any]:
    address = reverse(f"tenancy:api-{name}", args=args)
    response = (
        getattr(client, verb)(address, body, content_type="application/json")
        if body is not None
        else client.get(address)
    )
    return response.status_code, response.json() if response.content else None


def begun(client: Client, **more: Any) -> dict[str, Any]:
    status, draft = send(client, "post", "start-draft", body={"name": "修订稿", "basis": "shipped-gumei", **more})
    assert status == 201
    return draft


def test_a_plan_is_told_with_its_paper_its_own_words_and_what_holds_with_sources(cast: Cast, plan: Plan) -> None:
    status, told = send(cast.client("li"), "get", "show-plan", plan.pk)
    assert (status, told["number"], told["header"]["title"]) == (200, "闵古办〔2022〕40号", plan.title)
    assert told["values"] == plan.document["values"]
    assert told["resolved"]["values"]["cadre_cap"] == 10
    assert told["resolved"]["sources"]["cadre_cap"] == "闵古办〔2022〕40号 三（一）"
    status, listed = send(cast.client("li"), "get", "list-plans")
    assert [each["title"] for each in listed["plans"]] == [plan.title, shipped_plan("suining").header.title]


def test_a_draft_is_changed_key_by_key_on_the_version_that_was_read(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    draft = begun(client, basis=f"plan-{plan.pk}")
    body = {"version": 1, "put": {"cadre_cap": 12, "operator_change_wd": None, "review_sample_ratio": []}, "reset": ["cap_mode"],
            "clauses": {"cadre_cap": "二"}, "header": {"number": "甲办〔2027〕1号"}}  # fmt: skip
    status, told = send(client, "patch", "draft", draft["id"], body=body)
    assert (status, told["version"], told["values"]["cadre_cap"], told["values"]["operator_change_wd"]) == (
        200,
        2,
        12,
        None,
    )
    assert ("cap_mode" in told["values"], told["clauses"]["cadre_cap"], told["problems"]) == (False, "二", [])
    status, stale = send(client, "patch", "draft", draft["id"], body=body)
    assert (status, stale["code"]) == (409, "draft-stale")
    status, faulty = send(client, "patch", "draft", draft["id"], body={"version": 2, "put": {"cadre_cap": 0}})
    assert (status, [each["key"] for each in faulty["problems"]]) == (422, ["values.cadre_cap"])
    assert send(client, "get", "draft", draft["id"])[1] == told


def test_a_whole_text_is_taken_or_refused_with_every_fault(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    draft = begun(client)
    status, faulty = send(client, "put", "replace-draft", draft["id"], body={"version": 1, "text": PLANTED})
    assert (status, len(faulty["problems"])) == (422, 13)
    text = plan_text(shipped_plan("suining"))
    status, told = send(client, "put", "replace-draft", draft["id"], body={"version": 1, "text": text})
    assert (status, told["values"]) == (200, shipped_plan("suining").values)


@pytest.mark.parametrize(
    "body",
    [
        {"put": {}},
        {"version": 1, "put": []},
        {"version": 1, "reset": "x"},
        [],
        "x",
        {"version": 1, "clauses": {"a": {}}},
    ],
)
def test_a_body_of_another_shape_is_told_so(cast: Cast, plan: Plan, body: Any) -> None:
    client = cast.client("bian")
    draft = begun(client)
    address = reverse("tenancy:api-draft", args=[draft["id"]])
    assert client.patch(address, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "put", [{"names.area": "\ud800"}, {"\ud800": 1}, {"a\0": 1}, {"": 1}, {"..": {"x": []}}, {"tiers": [[[]]]}]
)
def test_odd_keys_and_signs_are_faults_and_never_errors(cast: Cast, plan: Plan, put: dict) -> None:
    client = cast.client("bian")
    draft = begun(client)
    status, told = send(client, "patch", "draft", draft["id"], body={"version": 1, "put": put})
    assert (status, told["code"]) == (422, "plan-faults")


def test_a_draft_begins_only_from_what_there_is_and_in_one_s_own_places(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    for body in (
        {"basis": "plan-99999999"},
        {"basis": "shipped-moon"},
        {"place": cast.places["东城区"].pk},
        {"basis": "plan-x"},
    ):
        assert send(client, "post", "start-draft", body={"name": "x", **body})[0] == 404
    assert send(cast.client("li"), "post", "start-draft", body={"name": "x"})[0] == 403
    assert begun(cast.client("he"), place=cast.places["甲街道"].pk)["place"] == cast.places["甲街道"].pk


def test_a_draft_is_dropped_and_annexes_come_and_go(cast: Cast, plan: Plan) -> None:
    client = cast.client("bian")
    draft = begun(client)
    sent = {"title": "意见", "file": SimpleUploadedFile("意见.pdf", pdf())}
    annex = client.post(reverse("tenancy:api-attach-draft-annex", args=[draft["id"]]), sent)
    assert (annex.status_code, annex.json()["filename"]) == (201, "意见.pdf")
    # The same file again is the same annex.
    sent["file"].seek(0)
    again = client.post(reverse("tenancy:api-attach-draft-annex", args=[draft["id"]]), sent)
    assert again.json()["id"] == annex.json()["id"]
    assert cast.client("li").post(reverse("tenancy:api-detach-annex", args=[annex.json()["id"]])).status_code == 404
    assert client.post(reverse("tenancy:api-detach-annex", args=[annex.json()["id"]])).status_code == 204
    assert send(client, "post", "drop-draft", draft["id"], body={"version": 1})[1]["state"] == "dropped"
    with acting_in("990101/001/"):
        assert (PlanAnnex.objects.count(), PlanDraft.objects.get().state) == (0, "dropped")


def test_plans_are_filed_and_their_milestones_ticked_off(cast: Cast, plan: Plan) -> None:
    with acting_in("990101/"):
        upper = Plan.objects.get(place="990101/")
    client = cast.client("li")
    body = {
        "title": "方案",
        "responsible": "冷领导",
        "text": "正文",
        "milestones": [{"what": "一", "due_on": "2026-12-01"}],
    }
    status, row = send(client, "post", "sub-plans", upper.pk, body=body)
    assert (status, row["milestones"][0]["done_on"]) == (201, None)
    line = row["milestones"][0]["id"]
    assert send(client, "post", "mark-milestone", line, body={"done_on": "2026-11-20"}) == (
        200,
        {"id": line, "done_on": "2026-11-20"},
    )
    status, told = send(client, "put", "sub-plan", row["id"], body={**body, "title": "方案（修订）"})
    assert (told["title"], told["milestones"][0]["done_on"]) == ("方案（修订）", "2026-11-20")
    status, awaited = send(cast.client("he"), "post", "expect-sub-plan", upper.pk, body={"unit": "教育局"})
    assert (status, awaited["filed_on"]) == (201, None)
    filers = send(cast.client("he"), "get", "sub-plans", upper.pk)[1]["filers"]
    assert [(each["unit"], each["has_filed"], each["done"]) for each in filers] == [
        ("甲街道", True, 1), ("乙街道", False, 0), ("教育局", False, 0),
    ]  # fmt: skip
    assert send(cast.client("zhao"), "get", "sub-plan", row["id"])[0] == 404
    with acting_in("990101/"):
        assert SubPlan.objects.get(pk=row["id"]).filed_on == date(2026, 11, 20)


def test_the_schema_is_given_to_an_editor_s_program(cast: Cast, plan: Plan) -> None:
    status, schema = send(cast.client("bian"), "get", "plan-schema")
    assert (status, schema["type"], "tier_map" in schema["properties"]) == (200, "object", True)
