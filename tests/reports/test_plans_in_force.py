"""启用 and 撤回 where quarters, grades, lists and letters have a say; pages and endpoints with the same sentences."""

from datetime import date

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from entities.models import Entity, GradeRecord
from reports.queries.plans import opened_since, readiness, uses_of
from supervision.actions.quarters import open_quarter
from tenancy.actions.drafts import start_draft
from tenancy.actions.plans import adopt_plan
from tenancy.models import Plan, PlanDraft
from tenancy.plans import shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.periods import quarter_of
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.tenancy.test_plan_drafts import NEW_YEAR, NOW, TODAY

pytestmark = pytest.mark.usefixtures("_today")


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def street(cast: Cast):
    """甲街道 under Gumei's plan with the quarter opened under it in October."""
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=cast.bian)
        opened_on = date(2026, 10, 8)
        open_quarter(place, quarter_of(opened_on), on=opened_on)
    return place


def begun(cast: Cast, basis="gumei") -> PlanDraft:
    with acting_in("990101/001/"):
        return start_draft(cast.places["甲街道"], name="修订稿", basis=basis, by=cast.bian, at=NOW)


def test_the_page_checks_the_day_that_is_asked(cast: Cast, street) -> None:
    draft, client = begun(cast), cast.client("bian")
    address = reverse("reports:put-in-force", args=[draft.pk])
    ahead = client.get(address, {"since": "2027-01-01"}).content.decode()
    assert "现行方案到 2026-12-31 为止" in ahead and "disabled" not in ahead.split("<form")[-1]
    past = client.get(address, {"since": "2026-10-01"}).content.decode()
    assert "这一天已经按原方案办过事" in past and "2026年第4季度（甲街道，2026-10-08 启动）" in past
    assert "disabled" in past.split("<form")[-1]


def test_pressing_the_button_puts_it_in_force(cast: Cast, street) -> None:
    draft, client = begun(cast), cast.client("bian")
    response = client.post(reverse("reports:put-in-force", args=[draft.pk]), {"since": "2027-01-01", "seen": 1})
    with acting_in("990101/001/"):
        before, plan = Plan.objects.order_by("valid")
        assert (before.valid, plan.valid) == (DateRange(SINCE, NEW_YEAR), DateRange(NEW_YEAR, None))
    assert response["Location"] == reverse("tenancy:show-plan", args=[plan.pk])


@pytest.mark.parametrize(
    ("since", "seen", "status", "words"),
    [
        ("2026-10-01", 1, 409, "已过去的日子不能再换方案；请改为今天或以后的日期启用。"),
        ("2027-01-01", 7, 409, "这次没有保存；请对照最新内容后再保存。"),
        ("1027-01-01", 1, 422, ""),
    ],
)
@pytest.mark.usefixtures("street")
def test_a_refusal_stays_on_the_page_and_is_the_endpoint_s_too(cast: Cast, since, seen, status, words) -> None:
    draft, client = begun(cast), cast.client("bian")
    page = client.post(reverse("reports:put-in-force", args=[draft.pk]), {"since": since, "seen": seen})
    assert (page.status_code, words in page.content.decode()) == (status, True)
    if words:
        body = {"since": since, "version": seen}
        told = client.post(reverse("reports:api-put-in-force", args=[draft.pk]), body, content_type="application/json")
        assert (told.status_code, words in told.json()["detail"]) == (status, True)
    with acting_in("990101/001/"):
        assert Plan.objects.count() == 1


def test_a_plan_that_contradicts_the_one_above_is_named_key_by_key(cast: Cast, street) -> None:
    draft, client = begun(cast, basis=None), cast.client("bian")
    with acting_in("990101/001/"):
        PlanDraft.objects.update(document={"values": {"tier_map": {"D": "moon"}}, "clauses": {}})
    body = {"since": "2027-01-01", "version": 1}
    told = client.post(reverse("reports:api-put-in-force", args=[draft.pk]), body, content_type="application/json")
    assert told.status_code == 422
    assert [each["key"] for each in told.json()["problems"]] == ["values.tier_map.D"]
    page = client.get(reverse("reports:put-in-force", args=[draft.pk]), {"since": "2027-01-01"}).content.decode()
    assert "内容有 1 处要改" in page and "moon" in page


def test_a_quarter_that_keeps_the_plan_keeps_it_from_being_withdrawn(cast: Cast, street) -> None:
    with acting_in("990101/001/"):
        plan = Plan.objects.get()
        assert uses_of(plan) == ["2026年第4季度（甲街道，2026-10-08 启动）"]
    client = cast.client("bian")
    page = client.get(reverse("reports:withdraw-plan", args=[plan.pk])).content.decode()
    assert "2026年第4季度（甲街道，2026-10-08 启动）" in page and "撤回这份方案" not in page
    told = client.post(reverse("reports:api-withdraw-plan", args=[plan.pk]))
    assert (told.status_code, told.json()["code"]) == (409, "plan-used")


def test_grades_that_cite_the_plan_count_as_its_use(cast: Cast, street) -> None:
    with acting_in("990101/001/"):
        place = cast.places["一社区"]
        entity = Entity.objects.create(
            jurisdiction=place, place=place.path, name="店", business_type="retail", grade="D"
        )
        plan = Plan.objects.get()
        for since, clause in ((TODAY, "闵古办〔2022〕40号 三（一）2"), (NEW_YEAR, "闵古办〔2022〕401号 三")):
            until = NEW_YEAR if since == TODAY else None
            GradeRecord.objects.create(
                entity=entity, place=place.path, base="D", effective="D", rule="d", clause=clause, valid=(since, until)
            )
        # A longer number is another paper's.
        assert uses_of(plan)[1:] == ["1条分级记录引用它"]


def test_an_unused_plan_is_withdrawn_and_the_one_before_goes_on(cast: Cast, street) -> None:
    draft, client = begun(cast), cast.client("bian")
    client.post(reverse("reports:put-in-force", args=[draft.pk]), {"since": "2027-01-01", "seen": 1})
    with acting_in("990101/001/"):
        plan = Plan.objects.order_by("-valid").first()
        assert uses_of(plan) == []
    assert "撤回这份方案" in client.get(reverse("reports:withdraw-plan", args=[plan.pk])).content.decode()
    response = client.post(reverse("reports:withdraw-plan", args=[plan.pk]))
    assert response["Location"] == reverse("tenancy:show-draft", args=[draft.pk])
    with acting_in("990101/001/"):
        assert [each.valid for each in Plan.objects.all()] == [DateRange(SINCE, None)]
        assert plan_in_force("990101/001/", NEW_YEAR).value.cadre_cap == 10


def test_a_clerk_puts_nothing_in_force(cast: Cast, street) -> None:
    draft = begun(cast)
    with acting_in("990101/001/"):
        plan = Plan.objects.get()
    for name, pk in (("put-in-force", draft.pk), ("withdraw-plan", plan.pk)):
        assert cast.client("li").post(reverse(f"reports:{name}", args=[pk])).status_code == 403
        assert cast.client("li").post(reverse(f"reports:api-{name}", args=[pk])).status_code == 403


def test_only_quarters_from_that_day_on_stand_in_the_way(cast: Cast, street) -> None:
    draft = begun(cast)
    with acting_in("990101/001/"):
        assert opened_since(street.path, date(2026, 10, 9)) == []
        assert len(opened_since(street.path, date(2026, 10, 8))) == 1
        ready = readiness(draft, date(2026, 10, 9), TODAY)
        assert (ready.is_ready, ready.opened, ready.gaps) == (True, [], ["文号", "成文日期"])
