"""变动: dated acts with reason and paper, the clock the plan sets for each, the way back; shops nobody could find."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from entities.actions.clearing import ask_clearance, confirm_clearance, reject_clearance
from entities.actions.ledger import LEDGER
from entities.actions.lifecycle import register_change, register_status, undo_change
from entities.actions.register import add_entity, change_entity, undo_status, version_of
from entities.models import Clearance, Entity, EntityChange
from entities.queries.changes import change_explained
from entities.rules.changes import FACTS, Occasion, kinds_between
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook, undo_batch
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import shipped_plan
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.scoping import acting_in
from tenancy.workbooks import Column, write_form
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import row_of
from tests.supervision.desk import picture

ON, LATER = date(2026, 10, 8), date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
BIGGER = {"staff": 30, "revenue": Decimal("900.00"), "phone": None}
BASE = {"status": "active", "area": 1, "staff": 5, "revenue": "64", "diners": None, "business_type": "catering",
        "further_types": []}  # fmt: skip


@pytest.fixture
def shop(cast: Cast):
    """A shop of 一社区 under a plan with Lucheng's limit for changes of entities: thirty working days."""
    place, plan = cast.places["甲街道"], shipped_plan("gumei")
    limit = shipped_plan("lucheng").values["operator_change_wd"]
    with acting_in(place.path):
        own = plan.model_copy(update={"values": {**plan.values, "operator_change_wd": limit}})
        adopt_plan(place, own, since=SINCE, by=None)
        yield add_entity(row_of(cast), by=cast.li, on=ON)


def told(entity: Entity) -> list[tuple]:
    return list(entity.changes.order_by("pk").values_list("kind", "since", "due_on", "undone_on"))


def close(cast: Cast, entity: Entity, status: str = "stopped", since: date = LATER, **words) -> Entity:
    occasion = Occasion(since, words.get("reason", "房东收回铺面"), words.get("document", ""))
    return register_status(entity, OperatingStatus(status), occasion, by=cast.li, on=LATER, seen=version_of(entity))


@pytest.mark.req("LC-17")
def test_a_new_a_closed_and_a_bigger_shop_each_open_a_limit_of_their_own(cast, shop):
    entity = register_change(
        shop, row_of(cast, **BIGGER), Occasion(LATER, "扩建"), by=cast.li, on=LATER, seen=version_of(shop)
    )
    assert entity.grade == "C"
    close(cast, entity)
    due = date(2026, 11, 18), date(2026, 12, 14)
    assert told(shop) == [
        ("opened", ON, due[0], None), ("resized", LATER, due[1], None), ("stopped", LATER, due[1], None)
    ]  # fmt: skip


@pytest.mark.req("LC-17")
def test_the_limit_says_which_clause_which_event_and_who(cast, shop):
    why = change_explained(shop.changes.get())
    assert (why.date, why.start, why.event, why.bearer) == (date(2026, 11, 18), ON, "粥公粥婆新增", "街道食药安办")
    assert why.counting == "30 个工作日，起算当日不计"


def test_without_a_clock_in_the_plan_a_change_is_history_and_owes_nothing(cast):
    with acting_in(cast.li.place):
        entity = add_entity(row_of(cast), by=cast.li, on=ON)
        assert list(EntityChange.objects.values_list("kind", "clock", "due_on")) == [("opened", "", None)]
        assert change_explained(entity.changes.get()) is None


def test_a_correction_of_particulars_is_no_change(cast, shop):
    row = row_of(cast, principal="改名", phone=None)
    change_entity(shop, row, by=cast.li, on=LATER, seen=version_of(shop))
    assert [kind for kind, *_ in told(shop)] == ["opened"]
    with pytest.raises(Refused, match="没有可以登记的变动"):
        shop.refresh_from_db()
        again = Occasion(LATER, "核对")
        register_change(shop, row, again, by=cast.li, on=LATER, seen=version_of(shop))


def test_moved_to_another_community_its_changes_go_along_and_say_from_where(cast, shop):
    row, occasion = row_of(cast, place="二社区", phone=None), Occasion(LATER, "搬迁", "新许可证")
    moved = register_change(shop, row, occasion, by=cast.li, on=LATER, seen=version_of(shop))
    change = moved.changes.get(kind="moved")
    assert {each.place for each in moved.changes.all()} == {cast.places["二社区"].path}
    assert (change.before["area_name"], change.after["area_name"], change.document) == ("一社区", "二社区", "新许可证")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"reason": " "}, "没有写变动原因"),
        ({"since": date(2026, 11, 3)}, "还没有到"),
        ({"since": date(2026, 10, 7)}, "会改写已有的记录"),
        ({"status": "cancelled"}, "“注销”由发证机关决定"),
        ({"status": "revoked", "document": " "}, "“吊销”由发证机关决定"),
    ],
)
def test_a_change_without_reason_paper_or_possible_day_is_refused_and_writes_nothing(cast, shop, words, sentence):
    with pytest.raises(Refused, match=sentence):
        close(cast, shop, **words)
    shop.refresh_from_db()
    assert (shop.status, len(told(shop))) == ("active", 1)


@pytest.mark.req("HL-04")
def test_closed_and_opened_again_every_status_has_its_day_source_and_reason(cast, shop):
    closed = close(cast, shop, "cancelled", document="注销公告3号", since=date(2026, 10, 20))
    register_status(
        closed, OperatingStatus.ACTIVE, Occasion(LATER, "换证重开"), by=cast.li, on=LATER, seen=version_of(closed)
    )
    records = shop.status_records.order_by("valid").values_list("status", "source", "valid__startswith")
    assert list(records) == [
        ("active", "office", ON), ("cancelled", "office", date(2026, 10, 20)), ("active", "office", LATER)
    ]  # fmt: skip
    assert [(kind, since) for kind, since, *_ in told(shop)][1:] == [
        ("cancelled", date(2026, 10, 20)), ("reopened", LATER)
    ]  # fmt: skip


def test_what_one_act_changed_is_taken_back_as_a_whole(cast, shop):
    before = version_of(shop)
    row = row_of(cast, place="二社区", **BIGGER)
    moved = register_change(shop, row, Occasion(LATER, "搬大店"), by=cast.li, on=LATER, seen=before)
    assert (moved.grade, [kind for kind, *_ in told(shop)][1:]) == ("C", ["resized", "moved"])
    back = undo_change(moved.changes.get(kind="moved"), by=cast.li, on=LATER)
    assert (back.jurisdiction.name, back.staff, back.revenue, back.grade) == ("一社区", 5, Decimal(64), "D")
    assert [undone for *_, undone in told(shop)] == [None, LATER, LATER]
    assert AuditEvent.objects.get(action="entities.change.undone").after == {
        "staff": 5, "revenue": "64", "area": cast.places["一社区"].pk, "area_name": "一社区"
    }  # fmt: skip
    with pytest.raises(Refused, match="已于 2026-11-02 撤销"):
        undo_change(shop.changes.get(kind="resized"), by=cast.li, on=LATER)


def test_a_change_that_something_came_after_stays(cast, shop):
    closed = close(cast, shop)
    change_entity(
        closed,
        row_of(cast, status="stopped", officer="新人", phone=None),
        by=cast.li,
        on=LATER,
        seen=version_of(closed),
    )
    with pytest.raises(Refused, match="之后又有改动"):
        undo_change(shop.changes.get(kind="stopped"), by=cast.li, on=LATER)
    with pytest.raises(Refused, match="新增不能撤销"):
        undo_change(shop.changes.get(kind="opened"), by=cast.li, on=LATER)


def test_the_ten_seconds_after_closing_take_the_change_back_too(cast, shop):
    undo_status(close(cast, shop), by=cast.li, on=LATER)
    assert told(shop)[1][3] == LATER


TITLES = ("主体名称", "主体业态", "所属居民区", "从业人员", "年营业收入", "经营状态")


def imported(cast: Cast, *rows: tuple):
    data = write_form("台账", "甲街道", ON, [Column(title) for title in TITLES], rows)
    batch = receive_workbook(cast.places["甲街道"], kind="ledger", filename="册.xlsx", data=data, by=cast.li)
    batch = confirm_batch(stage_workbook(batch, LEDGER, on=LATER), by=cast.li, clean_only=True)
    return commit_batch(batch, LEDGER, on=LATER, at=NOW)


@pytest.mark.req("LC-17")
def test_a_ledger_opens_the_same_limits_and_its_undo_takes_them_back(cast, shop):
    batch = imported(
        cast, ("粥公粥婆", "餐饮服务", "一社区", 30, 900, "停业"), ("新开面馆", "餐饮服务", "二社区", 4, 30, "在营")
    )
    found = EntityChange.objects.filter(batch=batch).order_by("entity__name", "kind")
    assert list(found.values_list("entity__name", "kind", "due_on")) == [
        ("新开面馆", "opened", date(2026, 12, 14)),
        ("粥公粥婆", "resized", date(2026, 12, 14)),
        ("粥公粥婆", "stopped", date(2026, 12, 14)),
    ]
    with pytest.raises(Refused, match="在导入记录里撤销"):
        undo_change(found.filter(kind="stopped").get(), by=cast.li, on=LATER)
    undo_batch(batch, LEDGER, by=cast.li, at=NOW)
    assert list(EntityChange.objects.values_list("entity__name", "kind")) == [("粥公粥婆", "opened")]


facts = st.fixed_dictionaries({key: st.integers(0, 1) for key in BASE if key != "status"})


@given(facts, facts)
def test_kinds_name_exactly_the_facts_that_moved(one, other):
    before, after = {**BASE, **one}, {**BASE, **other}
    moved = {fact for found in kinds_between(before, after).values() for fact in found}
    assert moved == {fact for fact in one if one[fact] != other[fact]}
    assert set(kinds_between(before, after)) == {kind for kind, keys in FACTS.items() if moved & set(keys)}


def missing(cast: Cast, shop: Entity, who: str = "li") -> Clearance:
    occasion = Occasion(date(2026, 10, 30), "三次上门无人")
    return ask_clearance(
        shop,
        picture(),
        "现场.jpg",
        status=OperatingStatus.DORMANT,
        occasion=occasion,
        by=cast.posts[who],
        on=LATER,
        at=NOW,
    )


@pytest.mark.req("HL-04")
def test_a_shop_nobody_found_leaves_the_figures_only_after_a_second_person(cast, shop):
    asked = missing(cast, shop)
    assert Entity.objects.supervised().count() == 1
    with pytest.raises(Forbidden, match="须由另一人复核"):
        confirm_clearance(asked, by=cast.li, on=LATER, at=NOW)
    with pytest.raises(Refused, match="正等待复核"):
        missing(cast, shop)
    assert confirm_clearance(asked, by=cast.qian, on=LATER, at=NOW).state == "confirmed"
    shop.refresh_from_db()
    assert (shop.status, Entity.objects.supervised().count()) == ("dormant", 0)
    record = shop.status_records.get(status="dormant")
    assert (record.valid.lower, shop.changes.get(kind="dormant").reason) == (
        date(2026, 10, 30),
        "查无下落：三次上门无人",
    )
    with pytest.raises(Refused, match="已经办成“已移出”"):
        reject_clearance(asked, answer="找到了", by=cast.qian, at=NOW)


def test_a_shop_that_was_found_stays_and_its_clerk_reads_why(cast, shop):
    asked = missing(cast, shop)
    done = reject_clearance(asked, answer="节后恢复营业", by=cast.qian, at=NOW)
    shop.refresh_from_db()
    assert (done.state, done.answer, shop.status) == ("rejected", "节后恢复营业", "active")
    assert missing(cast, shop).state == "waiting"


def test_what_is_no_picture_is_no_proof(cast, shop):
    occasion = Occasion(LATER, "上门无人")
    with pytest.raises(Refused):
        ask_clearance(
            shop, b"words", "照片.jpg", status=OperatingStatus.DORMANT, occasion=occasion, by=cast.li, on=LATER, at=NOW
        )
    assert Clearance.objects.count() == 0


@pytest.fixture
def outside(cast: Cast) -> Entity:
    """The same shop for requests, which open their place themselves."""
    with acting_in(cast.li.place):
        return add_entity(row_of(cast), by=cast.li, on=ON)


def test_the_page_writes_a_change_down_with_its_day_and_grades_anew(cast, outside):
    client = cast.client("li")
    page = client.get(f"/entities/{outside.pk}/change/").content.decode()
    assert 'name="since"' in page and 'name="principal"' not in page
    body = {
        "seen": version_of(outside), "since": "2026-11-01", "reason": "扩建二楼", "business_type": "餐饮服务", "staff": "30",
        "revenue": "900", "area": cast.places["一社区"].pk, "accept": "on",
    }  # fmt: skip
    page = client.post(f"/entities/{outside.pk}/change/", body, follow=True).content.decode()
    assert "扩建二楼" in page and "现为 C 级" in page and "从业人员" in page
    refused = client.post(f"/entities/{outside.pk}/change/", body | {"reason": ""})
    assert (refused.status_code, "请写明变动原因" in refused.content.decode()) == (422, True)


def test_the_endpoint_gives_history_and_takes_status_or_cells(cast, outside):
    client, address = cast.client("li"), f"/api/entities/{outside.pk}/changes/"
    sent = {"version": version_of(outside), "since": "2026-11-01", "reason": "扩建", "staff": "30", "revenue": "900"}
    made = client.post(address, sent, content_type="application/json")
    assert (made.status_code, made.json()["grade"]) == (201, "C"), made.content.decode()
    sent = {"version": made.json()["version"], "since": "2026-11-02", "reason": "关店", "status": "cancelled"}
    refused = client.post(address, sent, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "paper-missing")
    done = client.post(address, sent | {"document": "公告1号"}, content_type="application/json").json()
    assert [each["kind"] for each in client.get(address).json()["changes"]] == ["cancelled", "resized", "opened"]
    assert done["changes"][0]["document"] == "公告1号"


def test_the_proof_is_asked_confirmed_and_read_over_the_pages(cast, outside):
    li, qian = cast.client("li"), cast.client("qian")
    body = {"since": "2026-11-01", "reason": "上门无人", "status": "dormant"}
    faulty = li.post(f"/entities/{outside.pk}/clear/", body)
    assert (faulty.status_code, "没有证明不能移出" in faulty.content.decode()) == (422, True)
    body["file"] = SimpleUploadedFile("现场.jpg", io.BytesIO(picture()).getvalue(), "image/jpeg")
    assert li.post(f"/entities/{outside.pk}/clear/", body).status_code == 302
    with acting_in(cast.li.place):
        pk = Clearance.objects.get().pk
    assert "须由另一人复核" in li.get(f"/entities/clearances/{pk}/").content.decode()
    assert li.post(f"/entities/clearances/{pk}/confirm/").status_code == 403
    assert qian.get(f"/entities/clearances/{pk}/proof/")["Content-Type"] == "image/jpeg"
    assert cast.client("zhao").get(f"/entities/clearances/{pk}/").status_code == 404
    assert qian.get("/api/clearances/").json()["clearances"][0]["entity"]["name"] == "粥公粥婆"
    assert qian.post(f"/api/clearances/{pk}/confirm/").json()["state"] == "confirmed"
