"""已关店: a cadre reports, a second person decides, the register and the obligation follow; nothing before."""

import json
from datetime import date

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange

from entities.actions.register import undo_status
from entities.models import StatusRecord
from reports.queries.desk import todo
from supervision.actions.closures import accept_closure, reject_closure
from supervision.models import ClosureReport, Obligation, Visit
from supervision.queries.mine import my_document
from supervision.rules.closures import closed_from, closed_statuses
from supervision.rules.visits import Unfit
from tenancy.actions.accounts import appoint
from tenancy.models import AuditEvent, Notice
from tenancy.plans import resolve, shipped_plan
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.roles import Role
from tests.cast import SINCE
from tests.supervision.desk import NOW, TODAY

LATER = date(2026, 11, 25)
GONE = {"outcome": "shop_closed", "answers": [], "photos": [], "entity_signature": None, "task_list": ""}


@pytest.fixture
def reported(desk, shop) -> ClosureReport:
    """Wang found the shop closed on 22 November."""
    return desk.submit(shop, **GONE).visit.closure


def accept(desk, report, status: str = "stopped", by: str = "li") -> ClosureReport:
    return accept_closure(report, status, by=desk.cast.posts[by], on=LATER, at=NOW)


def reject(desk, report, reason: str = "店面装修，下周恢复营业") -> ClosureReport:
    return reject_closure(report, reason=reason, by=desk.cast.li, on=LATER, at=NOW)


def statuses(shop) -> list[tuple[str, str, date]]:
    return list(StatusRecord.objects.filter(entity=shop).values_list("status", "source", "valid__startswith"))


def test_what_a_cadre_reports_changes_nothing_in_the_register(desk, shop, reported):
    shop.refresh_from_db()
    assert (shop.status, statuses(shop), reported.state) == ("active", [], "waiting")
    assert Obligation.objects.get().fulfilled_by == reported.visit


def test_accepted_it_is_in_the_register_from_the_day_of_the_visit_with_its_source(desk, shop, reported):
    done = accept(desk, reported)
    shop.refresh_from_db()
    assert (done.state, done.status, done.decided_by_name) == ("accepted", "stopped", "李㛃")
    assert (shop.status, statuses(shop)) == ("stopped", [("stopped", "visit", TODAY)])
    owed = Obligation.objects.get()
    assert (owed.fulfilled_by, owed.closed_on, owed.closed_reason) == (None, TODAY, "督导反映已关店，李㛃核实")
    assert Obligation.objects.owed().count() == 0


def test_the_trail_names_the_cadre_the_record_and_who_checked_it(desk, shop, reported):
    accept(desk, reported)
    changed = AuditEvent.objects.get(action="entities.status.changed")
    assert (changed.by_post, changed.after["reason"]) == (
        desk.cast.li.pk,
        f"王小明督导时反映已关店（记录 {reported.visit.number}），经办核实",
    )
    event = AuditEvent.objects.get(action="supervision.closure.accepted")
    assert event.after == {"entity": "莲花面馆", "reports": 1, "status": "stopped", "from": "2026-11-22"}


def test_rejected_the_visit_is_owed_again_and_the_cadre_reads_why(desk, shop, reported):
    reject(desk, reported)
    owed = Obligation.objects.unmet().get()
    assert (owed.entity, owed.closed_on) == (shop, None)
    told = Notice.objects.get()
    assert (told.post, told.text) == (
        desk.cast.wang,
        "莲花面馆：经核实没有关店（店面装修，下周恢复营业）。这次督导不计入任务，请再到店督导。",
    )
    (row,) = my_document(desk.cast.wang, LATER)["entities"]
    assert (row["state"], row["last_visit"]["closure"]) == ("due", "经办核实没有关店：店面装修，下周恢复营业")
    shop.refresh_from_db()
    assert (shop.status, statuses(shop)) == ("active", [])


def test_rejected_a_visit_that_was_made_meanwhile_steps_in(desk, shop, reported):
    second = desk.submit(shop, on=date(2026, 11, 24))
    assert not second.fulfils
    reject(desk, reported)
    owed = Obligation.objects.get()
    assert (owed.fulfilled_by, owed.fulfilled_on) == (second.visit, date(2026, 11, 24))
    assert "请再到店督导" not in Notice.objects.get().text


def test_a_shop_that_went_to_somebody_else_tells_both(desk, shop, reported):
    shop.assignments.update(valid=DateRange(SINCE, LATER))
    desk.assign(shop, "chen", since=LATER)
    reject(desk, reported)
    assert set(Notice.objects.values_list("post", flat=True)) == {desk.cast.wang.pk, desk.cast.chen.pk}


def test_all_that_is_not_yet_due_ends_with_an_accepted_closure(desk):
    desk.under(frequency=[{"times": 1, "per": "month"}])
    shop = desk.entity("莲花面馆")
    desk.open(date(2026, 10, 1))
    accept(desk, desk.submit(shop, on=TODAY, **GONE).visit.closure)
    rows = Obligation.objects.order_by("due_on").values_list("cycle", "closed_on")
    # October's was missed before the closing was known, and stays so.
    assert list(rows) == [("2026-10", None), ("2026-11", TODAY), ("2026-12", TODAY)]
    assert Obligation.objects.unmet().get().cycle == "2026-10"


def test_two_reports_of_one_shop_are_answered_together(desk, shop, reported):
    second = desk.submit(shop, **GONE).visit.closure
    accept(desk, reported)
    second.refresh_from_db()
    assert (second.state, second.status) == ("accepted", "stopped")


def test_a_second_clerk_finds_it_decided(desk, shop, reported):
    stale = ClosureReport.objects.get(pk=reported.pk)
    accept(desk, reported)
    with pytest.raises(Refused, match="这条反映已处理为“已核实关店”"):
        reject(desk, stale)


def test_only_a_status_that_is_not_visited_and_a_reason_with_words_will_do(desk, shop, reported):
    for status in ("active", "", "gone"):
        with pytest.raises(Unfit, match="请选择台账要改成的经营状态：停业、歇业、注销、吊销"):
            accept(desk, reported, status)
    with pytest.raises(Unfit, match="请写明核实的情况"):
        reject(desk, reported, "  ")
    assert ClosureReport.objects.get().state == "waiting"


@pytest.mark.parametrize("name", ["wang", "chen", "zhou", "leng", "qian"])
def test_nobody_but_the_office_decides(desk, shop, reported, name):
    with pytest.raises(Forbidden, match="维护主体台账"):
        accept(desk, reported, by=name)
    assert Visit.objects.get().closure.state == "waiting"


def test_a_clerk_who_visited_himself_leaves_it_to_another(desk, shop, reported):
    """The same person in two posts: a cadre's eyes are no second pair."""
    second = appoint(
        desk.cast.places["甲街道"], role=Role.STREET_OFFICE, person_name="王小明", title="经办",
        user=desk.cast.wang.user, since=SINCE, by=None,
    )  # fmt: skip
    with pytest.raises(Forbidden, match="须由另一名经办核实"):
        accept_closure(reported, "stopped", by=second, on=LATER, at=NOW)


def test_what_the_register_has_said_since_is_not_written_over(desk, shop, reported):
    StatusRecord.objects.create(
        entity=shop, place=shop.place, status="active", source="office", valid=DateRange(date(2026, 11, 24), None)
    )
    accept(desk, reported)
    rows = StatusRecord.objects.filter(entity=shop).order_by("valid").values_list("status", "source", "valid")
    assert [(status, source, valid.lower, valid.upper) for status, source, valid in rows] == [
        ("active", "office", date(2026, 11, 24), LATER),
        ("stopped", "visit", LATER, None),
    ]


def test_a_shop_that_the_register_closed_meanwhile_only_ends_its_visit(desk, shop, reported):
    shop.status = "stopped"
    shop.save()
    accept(desk, reported)
    assert (statuses(shop), Obligation.objects.get().closed_on) == ([], TODAY)


def test_taken_back_in_the_register_the_visit_is_owed_again_from_the_next_run(desk, shop, reported):
    accept(desk, reported)
    undo_status(shop, by=desk.cast.li, on=LATER)
    desk.open(date(2026, 11, 26))
    assert Obligation.objects.unmet().get().closed_on is None


def test_the_closing_day_is_that_of_the_visit_unless_the_register_moved_on():
    visited, on = date(2026, 11, 22), date(2026, 11, 25)
    assert closed_from(visited, recorded_from=None, on=on) == visited
    assert closed_from(visited, recorded_from=visited, on=on) == visited
    assert closed_from(visited, recorded_from=date(2026, 11, 23), on=on) == on


def test_a_plan_names_what_a_closed_shop_may_be():
    doc = resolve([shipped_plan("national").layer()]).value
    assert closed_statuses(doc) == {"stopped": "停业", "dormant": "歇业", "cancelled": "注销", "revoked": "吊销"}


@pytest.fixture
def _today():
    with time_machine.travel(LATER, tick=True):
        yield


@pytest.mark.usefixtures("_today")
class TestPages:
    def test_the_clerks_list_leads_to_the_report_and_both_answers(self, desk, shop, reported):
        assert ("closures", 1) in [(task.key, task.count) for task in todo(desk.cast.li, LATER)]
        client = desk.client("li")
        assert "莲花面馆" in client.get("/closures/").content.decode()
        html = client.get(f"/closures/{reported.pk}/").content.decode()
        assert ("改台账" in html, "退回并告诉包保干部" in html) == (True, True)
        empty = client.post(f"/closures/{reported.pk}/accept/")
        assert (empty.status_code, ClosureReport.objects.get().state) == (422, "waiting")
        answer = client.post(f"/closures/{reported.pk}/accept/", {"status": "stopped"}, follow=True)
        assert "“莲花面馆”已改为“停业”，不再列入督导。" in answer.content.decode()
        assert [task.key for task in todo(desk.cast.li, LATER) if task.key == "closures"] == []

    def test_a_rejection_without_words_comes_back_to_the_page(self, desk, shop, reported):
        client = desk.client("li")
        assert client.post(f"/closures/{reported.pk}/reject/", {"reason": " "}).status_code == 422
        assert client.post(f"/closures/{reported.pk}/reject/", {"reason": "在营业"}).status_code == 302
        assert ClosureReport.objects.get().reason == "在营业"

    def test_the_api_says_the_same(self, desk, shop, reported):
        client = desk.client("li")
        (row,) = client.get("/api/closures").json()["closures"]
        assert (row["entity"]["name"], row["state"]) == ("莲花面馆", "waiting")

        def send(verb: str, **body: str):
            return client.post(f"/api/closures/{reported.pk}/{verb}", json.dumps(body), content_type="application/json")

        told = send("accept", status="active")
        assert (told.status_code, list(told.json()["fields"])) == (422, ["status"])
        assert send("reject").json()["fields"] == {"reason": "请写明核实的情况，包保干部会看到。"}
        done = send("accept", status="cancelled").json()
        assert (done["state"], done["entity"]["status"]) == ("accepted", "cancelled")
        assert (send("reject", reason="在营业").status_code, client.get("/api/closures").json()) == (
            409,
            {"closures": []},
        )

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_list_asks_the_same_for_one_and_three(self, desk, many, django_assert_num_queries):
        shops = [desk.entity(f"第{number}店") for number in range(many)]
        desk.open()
        for shop in shops:
            desk.submit(shop, **GONE)
        client = desk.client("li")
        with django_assert_num_queries(18):
            assert client.get("/closures/").content.decode().count("核实</a>") == many

    def test_the_record_shows_what_became_of_it(self, desk, shop, reported):
        html = desk.client("wang").get(f"/visits/{reported.visit_id}/").content.decode()
        assert "待核实" in html
        reject(desk, reported)
        html = desk.client("wang").get(f"/visits/{reported.visit_id}/").content.decode()
        assert "核实未关店 · 李㛃 · 店面装修，下周恢复营业" in html

    @pytest.mark.parametrize("name", ["zhao", "sun", "wang", "wu"])
    def test_a_stranger_finds_none(self, desk, shop, reported, name):
        client = desk.client(name)
        there, gone = (client.get(f"/closures/{pk}/") for pk in (reported.pk, 10**9))
        assert there.status_code == gone.status_code == (404 if name in ("zhao", "sun") else 403)
        assert client.post(f"/closures/{reported.pk}/accept/", {"status": "stopped"}).status_code == gone.status_code
        assert ClosureReport.objects.get().state == "waiting"
