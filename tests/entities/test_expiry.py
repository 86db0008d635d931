"""到期提醒: what counts as running out, who is told of it and how often, the same lines on page, endpoint and workbook."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine

from entities.actions.expiry import tell_expiry
from entities.actions.records import change_record
from entities.actions.register import change_status, version_of
from entities.models import Entity
from entities.queries.expiry import ExpiryFilter, expiries, expiring, notice_days
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.plans import adopt_plan
from tenancy.models import Notice
from tenancy.plans import PlanFile, PlanHeader
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_records import put
from tests.entities.test_register_acts import ON, added

DAY, DAYS = timedelta(days=1), 30
NOON = "2026-10-08 04:00:00+00:00"


def listed(**asked) -> list[tuple[str, str, date]]:
    return [
        (each.what, each.title, each.runs_out) for each in expiries(list(expiring(ExpiryFilter(**asked), ON, DAYS)))
    ]


def shop(cast: Cast, name: str = "粥公粥婆", who: str = "li", place: str = "一社区") -> Entity:
    """One with a licence over since yesterday, a certificate that ends today, a policy that ends in thirty days."""
    entity = added(cast, name, who=who, place=place)
    with acting_in(cast.posts[who].place):
        record_by = {"licence": {"valid_until": ON - DAY}, "contact": {"health_until": ON}}
        for kind, changes in record_by.items():
            put_as(cast, who, entity, kind, **changes)
        put_as(cast, who, entity, "insurance", valid_until=ON + DAYS * DAY)
    return entity


def put_as(cast: Cast, who: str, entity: Entity, kind: str, **changes):
    cast.posts["li"], held = cast.posts[who], cast.posts["li"]
    try:
        return put(cast, entity, kind, **changes)
    finally:
        cast.posts["li"] = held


OVER = ("licence", "JY23101129126457", ON - DAY)
TODAY = ("health", "安一", ON)
LAST = ("insurance", "P-1", ON + DAYS * DAY)


def test_what_is_over_comes_first_and_the_last_day_of_the_window_counts(cast: Cast) -> None:
    shop(cast)
    with acting_in(cast.li.place):
        assert listed() == [OVER, TODAY, LAST]
        assert (listed(tab="overdue"), listed(tab="soon")) == ([OVER], [TODAY, LAST])
        assert (listed(what="health"), listed(words="没有")) == ([TODAY], [])
        assert len(expiring(ExpiryFilter(), ON, DAYS - 1)) == 2


def test_what_no_longer_matters_is_left_out(cast: Cast) -> None:
    entity = shop(cast)
    with acting_in(cast.li.place):
        put(cast, entity, "insurance", policy_number="P-2", valid_until=date(2027, 12, 31))
        licence, person = entity.licences.get(), entity.contacts.get()
        for record, changes in ((licence, {"state": "replaced"}), (person, {"until": ON - DAY})):
            values = {name: getattr(record, name) for name in record.typed if name != "phone"}
            seen = version_of(Entity.objects.get())
            change_record(record, values | changes, by=cast.li, on=ON, seen=seen)
        assert listed() == []


def test_a_shop_that_is_closed_is_not_listed(cast: Cast) -> None:
    shop(cast)
    with acting_in(cast.li.place):
        entity = Entity.objects.get()
        change_status(entity, OperatingStatus.STOPPED, reason="", by=cast.li, on=ON, seen=version_of(entity))
        assert listed() == []


def test_the_days_are_the_plans_else_the_installations(cast: Cast, settings) -> None:
    with acting_in(cast.li.place):
        settings.EXPIRY_NOTICE_DAYS = 45
        assert notice_days(cast.li.place, ON) == 45
        plan = PlanFile(header=PlanHeader(title="某方案", number="某〔2026〕1号"), values={"expiry_notice_days": 60})
        adopt_plan(cast.places["甲街道"], plan, since=SINCE, by=cast.li)
        assert notice_days(cast.li.place, ON) == 60


def test_an_office_is_told_once_of_each_thing_and_of_its_own_place_only(cast: Cast) -> None:
    shop(cast)
    shop(cast, "别街的店", who="zhao", place="三社区")
    district = cast.places["东城区"]
    with acting_in(district.path):
        assert [tell_expiry(district, on=day) for day in (ON, ON, ON + DAY, ON + 2 * DAY)] == [2, 0, 2, 0]
        mine = Notice.objects.filter(post=cast.li).order_by("pk").values_list("text", flat=True)
        first, second = mine
        assert not Notice.objects.filter(post__place__startswith="990102").exists()
    assert first == (
        "已过期 1 项：粥公粥婆（许可证）；30 天内到期 2 项：粥公粥婆（健康证）、粥公粥婆（食品安全责任保险）。"
        "请联系主体续办，并更新台账。"
    )
    assert second == "已过期 1 项：粥公粥婆（健康证）。请联系主体续办，并更新台账。"


def test_days_without_a_run_lose_nothing(cast: Cast) -> None:
    shop(cast)
    district, later = cast.places["东城区"], ON + (DAYS + 5) * DAY
    with acting_in(district.path):
        tell_expiry(district, on=ON)
        assert tell_expiry(district, on=later) == 1
        text = Notice.objects.get(post=cast.li, due_on=later).text
    assert text.startswith("已过期 2 项：粥公粥婆（健康证）、粥公粥婆（食品安全责任保险）。")


@time_machine.travel(NOON, tick=False)
def test_page_endpoint_workbook_and_todo_say_the_same(cast: Cast) -> None:
    shop(cast)
    shop(cast, "别街的店", who="zhao", place="三社区")
    client = cast.client("li")
    page = client.get("/entities/expiry/")
    answer = client.get("/api/entities/expiry/").json()
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/exports/expiry/").content)).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert [(row.what, row.title, row.runs_out) for row in page.context["rows"]] == [OVER, TODAY, LAST]
    assert [(row["what"], row["title"], row["overdue"]) for row in answer["results"]] == [
        (*OVER[:2], True), (*TODAY[:2], False), (*LAST[:2], False),
    ]  # fmt: skip
    assert {"粥公粥婆", "JY23101129126457", "安一", "P-1", "3项"} <= cells and "别街的店" not in cells
    (task,) = (each["task"] for each in client.get("/todo/").context["tasks"] if each["task"].key == "expiry")
    assert (task.count, [tab["count"] for tab in page.context["tabs"]]) == (3, [3, 1, 2])


@pytest.mark.parametrize(("who", "status"), [("leng", 200), ("wang", 403), ("wu", 403), ("guan", 403)])
def test_who_reads_the_register_reads_what_runs_out(cast: Cast, who: str, status: int) -> None:
    assert [cast.client(who).get(path).status_code for path in ("/entities/expiry/", "/api/entities/expiry/")] == [
        status, status,
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
@time_machine.travel(NOON, tick=False)
def test_the_list_costs_the_same_queries_however_many(cast: Cast, django_assert_num_queries, rows: int) -> None:
    entity, client = added(cast), cast.client("li")
    with acting_in(cast.li.place):
        for number in range(rows):
            put(cast, entity, "licence", number=f"证{number}", valid_until=ON)
    client.get("/entities/expiry/")
    with django_assert_num_queries(18):
        assert len(client.get("/entities/expiry/").context["rows"]) == rows
