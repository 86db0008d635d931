"""批量办理: chosen by a filter or picked, shown, done as one act, taken back where nobody touched."""

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from entities.actions.bulk import change_many, undo_bulk
from entities.actions.register import change_entity, change_status, version_of
from entities.models import BulkChange, Entity, EntityChange, GradeRecord, StatusRecord
from entities.queries.bulk import bulk_preview
from entities.queries.grades import grade_on
from entities.rules.bulk import BulkKind, Wish
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import PlanFile, PlanHeader
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import LATER, ON, added, row_of, spans
from tests.entities.test_register_pages import queries

HOME = "/entities/bulk/"
TAG = Wish(BulkKind.ADD_TAG, "夜市", "夜市")
ASLEEP = Wish(BulkKind.STATUS, "dormant", "歇业", "整条街改造")
# Under these rules a night market is B whatever else it is.
BY_TAG = [
    {"code": "b-night", "name": "夜市", "grade": "B", "clause": "一", "when": {"tags": ["夜市"]}},
    {"code": "d-other", "name": "其他", "grade": "D", "clause": "二"},
]


@pytest.fixture
def three(cast: Cast) -> Cast:
    """Three micro caterers, two of them in 一社区."""
    for name, place in (("甲店", "一社区"), ("乙店", "一社区"), ("丙店", "二社区")):
        added(cast, name, place=place)
    return cast


@pytest.fixture
def street(three: Cast):
    """The same, acted in."""
    with acting_in(three.li.place):
        yield three


def tags(cast: Cast) -> dict[str, list[str]]:
    with acting_in(cast.li.place):
        return {name: facts[0] for name, facts in told().items()}


def made(cast: Cast) -> list[BulkChange]:
    with acting_in(cast.li.place):
        return list(BulkChange.objects.all())


def named(cast: Cast, name: str) -> Entity:
    with acting_in(cast.li.place):
        return Entity.objects.get(name=name)


def labelled(cast: Cast) -> BulkChange:
    with acting_in(cast.li.place):
        return done(cast)


def done(cast: Cast, wish: Wish = TAG, chosen: QuerySet | None = None, *, on=LATER, seen: str = "") -> BulkChange:
    doc = plan_in_force(cast.li.place, on).value
    found = Entity.objects.all() if chosen is None else chosen
    return change_many(found, wish, doc, by=cast.li, on=on, conditions="全部", seen=seen)


def told() -> dict[str, tuple]:
    return {e.name: (e.tags, e.risk_level, e.status, e.jurisdiction.name, e.grade) for e in Entity.objects.all()}


def wish_to(cast: Cast, kind: str) -> Wish:
    area = cast.places["二社区"]
    return {
        "tag": TAG, "status": ASLEEP, "risk": Wish(BulkKind.RISK, "risk_d", "D级风险（最高）"),
        "move": Wish(BulkKind.MOVE, str(area.pk), area.name),
    }[kind]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "field", "value", "changed"),
    [("tag", 0, ["夜市"], 3), ("risk", 1, "risk_d", 3), ("status", 2, "dormant", 3), ("move", 3, "二社区", 2)],
)
def test_each_kind_changes_all_and_goes_back_to_just_what_was(
    street: Cast, kind: str, field: int, value: object, changed: int
) -> None:
    before = told()
    records = list(StatusRecord.objects.order_by("pk").values()), list(GradeRecord.objects.order_by("pk").values())
    bulk = done(street, wish_to(street, kind))
    assert [facts[field] for facts in told().values()] == [value] * 3
    assert (bulk.counts["changed"], bulk.lines.count()) == (changed, changed)
    assert undo_bulk(bulk, by=street.li, on=LATER) == []
    assert told() == before
    after = list(StatusRecord.objects.order_by("pk").values()), list(GradeRecord.objects.order_by("pk").values())
    assert after == records


def test_one_event_tells_of_the_whole_act_and_keeps_who_it_was(street: Cast) -> None:
    bulk = done(street)
    event = AuditEvent.objects.get(action="entities.bulk.changed")
    assert (event.subject_id, event.after["what"], event.after["to"]) == (bulk.pk, "加标签", "夜市")
    assert (event.after["changed"], event.after["entities"]) == (3, ["丙店", "甲店", "乙店"])
    assert not AuditEvent.objects.filter(action="entities.entity.changed").exists()


def test_a_place_is_carried_along_with_its_records(street: Cast) -> None:
    done(street, wish_to(street, "move"))
    place = street.places["二社区"].path
    for model in (Entity, StatusRecord, GradeRecord):
        assert {row.place for row in model.objects.all()} == {place}


def test_a_status_of_many_holds_from_the_day_as_that_of_one(street: Cast) -> None:
    one = Entity.objects.get(name="甲店")
    change_status(
        one, OperatingStatus.STOPPED, reason="", by=street.li, on=ON + timedelta(days=3), seen=version_of(one)
    )
    done(street, ASLEEP)
    assert spans(one.status_records.all()) == [
        (ON, ON + timedelta(days=3)), (ON + timedelta(days=3), LATER), (LATER, None),
    ]  # fmt: skip
    # The same day again: the record of the day goes, and what held the day before goes on.
    done(street, Wish(BulkKind.STATUS, "stopped", "停业", "又停了"), Entity.objects.filter(name="甲店"))
    assert spans(one.status_records.all()) == [(ON, ON + timedelta(days=3)), (ON + timedelta(days=3), None)]


@pytest.fixture
def limited(street: Cast):
    """The same under a plan that gives seven working days to every change of an entity."""
    plan = PlanFile(header=PlanHeader(title="调整", number="1号"), values={"operator_change_wd": 7}, clauses={})
    adopt_plan(street.places["甲街道"], plan, since=SINCE, by=street.li)
    return street


def changes_of(name: str) -> list[tuple]:
    found = EntityChange.objects.filter(entity__name=name, since=LATER).order_by("pk")
    return list(found.values_list("kind", "reason", "document", "due_on"))


@pytest.mark.req("LC-17")
def test_closing_and_moving_many_starts_the_limit_of_each_as_for_one(limited: Cast) -> None:
    due = date(2026, 11, 11)
    closing = done(limited, Wish(BulkKind.STATUS, "cancelled", "注销", "公告注销", "公告〔2026〕1号"))
    assert [changes_of(name) for name in ("甲店", "丙店")] == [[("cancelled", "公告注销", "公告〔2026〕1号", due)]] * 2
    undo_bulk(closing, by=limited.li, on=LATER)
    assert changes_of("甲店") == []
    moving = done(limited, wish_to(limited, "move"))
    # Who lies there already has not moved.
    assert [changes_of(name) for name in ("甲店", "丙店")] == [[("moved", "", "", due)], []]
    told = EntityChange.objects.get(entity__name="甲店", kind="moved")
    assert (told.before["area_name"], told.after["area_name"]) == ("一社区", "二社区")
    undo_bulk(moving, by=limited.li, on=LATER)
    assert changes_of("甲店") == []


def test_labels_are_no_change_of_a_business(limited: Cast) -> None:
    done(limited, TAG)
    assert changes_of("甲店") == []


@pytest.mark.parametrize(
    ("status", "words", "code"), [("stopped", {}, "reason-missing"), ("revoked", {"reason": "查处"}, "paper-missing")]
)
def test_many_are_not_closed_without_what_one_needs(limited: Cast, status: str, words: dict, code: str) -> None:
    before = told()
    with pytest.raises(Refused) as refused:
        done(limited, Wish(BulkKind.STATUS, status, "", **words))
    assert (refused.value.code, told(), BulkChange.objects.count()) == (code, before, 0)


def test_grades_follow_a_label_where_the_plan_says_so_and_come_back(street: Cast) -> None:
    plan = PlanFile(header=PlanHeader(title="夜市", number="1号"), values={"grading_rules": BY_TAG}, clauses={})
    adopt_plan(street.places["甲街道"], plan, since=SINCE, by=street.li)
    bulk = done(street, TAG, Entity.objects.exclude(name="丙店"))
    assert {name: facts[4] for name, facts in told().items()} == {"甲店": "B", "乙店": "B", "丙店": "D"}
    one = Entity.objects.get(name="甲店")
    assert (grade_on(one, LATER).rule, grade_on(one, LATER - timedelta(days=1)).effective) == ("b-night", "D")
    undo_bulk(bulk, by=street.li, on=LATER)
    assert {facts[4] for facts in told().values()} == {"D"}


def test_what_says_it_already_is_left_alone_and_a_full_one_is_refused_with_why(street: Cast) -> None:
    Entity.objects.filter(name="甲店").update(tags=["夜市"])
    Entity.objects.filter(name="乙店").update(tags=[f"标签{n}" for n in range(10)])
    doc = plan_in_force(street.li.place, LATER).value
    preview = bulk_preview(TAG, Entity.objects.all(), doc, by=street.li)
    assert preview.counts == {"total": 3, "changed": 1, "same": 1, "refused": 1}
    assert [(line.name, line.refusal) for line in preview.refused] == [
        ("乙店", "标签最多10个，这家已满；请先去掉不用的")
    ]
    bulk = done(street, seen=preview.digest)
    assert [line.entity.name for line in bulk.lines.all()] == ["丙店"]


def test_what_changed_since_it_was_shown_is_not_written(street: Cast) -> None:
    doc = plan_in_force(street.li.place, LATER).value
    seen = bulk_preview(TAG, Entity.objects.all(), doc, by=street.li).digest
    one = Entity.objects.get(name="甲店")
    change_entity(one, row_of(street, "改名店"), by=street.li, on=LATER, seen=version_of(one))
    with pytest.raises(Refused, match="在您查看之后有变化，没有办理"):
        done(street, seen=seen)
    assert (BulkChange.objects.count(), {tuple(facts[0]) for facts in told().values()}) == (0, {()})


def test_undoing_leaves_alone_who_was_touched_and_refuses_a_second_time(street: Cast) -> None:
    bulk = done(street)
    one = Entity.objects.get(name="甲店")
    change_entity(one, row_of(street, "甲店", tags=["夜市"], staff=4), by=street.li, on=LATER, seen=version_of(one))
    assert undo_bulk(bulk, by=street.li, on=LATER) == ["甲店"]
    assert {name: facts[0] for name, facts in told().items()} == {"甲店": ["夜市"], "乙店": [], "丙店": []}
    event = AuditEvent.objects.get(action="entities.bulk.undone")
    assert event.after == {"undone": 2, "kept": 1, "entities": ["甲店"]}
    with pytest.raises(Refused, match="已于 2026-11-02 撤销，不用再办"):
        undo_bulk(bulk, by=street.li, on=LATER)


def test_nothing_is_undone_when_all_were_touched(street: Cast) -> None:
    bulk = done(street)
    Entity.objects.update(changed_at=bulk.made_at + timedelta(seconds=1))
    with pytest.raises(Refused, match="没有可以撤销的；请逐家修改"):
        undo_bulk(bulk, by=street.li, on=LATER)
    assert {tuple(facts[0]) for facts in told().values()} == {("夜市",)}


def test_above_the_limit_and_without_a_change_it_is_refused(street: Cast, settings) -> None:
    with pytest.raises(Refused, match="没有要变动的主体"):
        done(street, Wish(BulkKind.REMOVE_TAG, "夜市", "夜市"))
    settings.BULK_ENTITIES = 2
    with pytest.raises(Refused, match="一次最多办理 2 家，现在选了 3 家；请加条件分批办理"):
        done(street)


def test_the_page_says_so_too(three: Cast, settings) -> None:
    settings.BULK_ENTITIES = 2
    answer = three.client("li").get(HOME)
    assert answer.status_code == 409 and "一次最多办理 2 家" in answer.content.decode()


def test_the_page_shows_first_and_writes_what_it_showed(three: Cast) -> None:
    client, sent = three.client("li"), {"kind": "add-tag", "tag": " 夜市 "}
    address = f"{HOME}?area={three.places['一社区'].path}"
    page = client.post(address, sent)
    assert page.context["preview"].counts == {"total": 2, "changed": 2, "same": 0, "refused": 0}
    assert "给 2 家加标签：夜市" in page.content.decode()
    assert made(three) == []
    sent["seen"] = page.context["preview"].digest
    shown = client.post(address, sent, follow=True)
    [bulk] = made(three)
    assert shown.redirect_chain == [(f"{HOME}{bulk.pk}/", 302)]
    assert (bulk.conditions, tags(three)) == (
        "一社区", {"甲店": ["夜市"], "乙店": ["夜市"], "丙店": []},
    )  # fmt: skip
    assert f"{HOME}{bulk.pk}/undo/" in shown.content.decode()
    one = named(three, "甲店")
    assert "批量办理：加标签" in client.get(f"/entities/{one.pk}/").content.decode()
    client.post(f"{HOME}{bulk.pk}/undo/")
    assert tags(three) == {"甲店": [], "乙店": [], "丙店": []}


def test_picked_ones_alone_are_meant_and_a_missing_one_among_them_is_missing(three: Cast) -> None:
    picked = named(three, "乙店").pk
    page = three.client("li").post(HOME, {"id": [picked], "kind": "status", "status": "dormant", "reason": "改造"})
    assert [line.name for line in page.context["changes"]] == ["乙店"]
    for strange in (999_999, "x"):
        assert three.client("li").post(HOME, {"id": [picked, strange]}).status_code == 404
    every = three.client("li").post(HOME, {"id": [picked], "every": "1"})
    assert every.context["total"] == 3


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": ""}, "请选办理事项。"),
        ({"kind": "add-tag", "tag": ""}, "请写明标签。"),
        ({"kind": "risk"}, "请选风险等级。"),
        ({"kind": "move"}, "请选划到哪里。"),
        ({"kind": "status"}, "请选改成的经营状态。"),
        ({"kind": "status", "status": "stopped"}, "没有写变动原因；变动要能查到为什么、依据什么，请补填。"),
        (
            {"kind": "status", "status": "cancelled", "reason": "公告注销"},
            "“注销”由发证机关决定，请填写决定书、公告的文号或名称。",
        ),
    ],
)
def test_what_is_missing_is_asked_for(three: Cast, sent: dict, words: str) -> None:
    answer = three.client("li").post(HOME, sent)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_condition_the_register_does_not_know_never_means_more_entities(three: Cast) -> None:
    answer = three.client("li").post(f"{HOME}?tag=没有的标签", {"kind": "add-tag", "tag": "夜市"})
    assert answer.status_code == 409 and "筛选条件里有系统不认识的，没有办理" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_an_act_on_three_asks_as_much_as_one_on_one(street: Cast, rows: int, django_assert_num_queries) -> None:
    chosen = Entity.objects.filter(pk__in=Entity.objects.order_by("pk").values_list("pk")[:rows])
    with django_assert_num_queries(26):
        bulk = done(street, TAG, chosen)
    assert bulk.counts["changed"] == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_as_much_for_one_as_for_three(three: Cast, rows: int) -> None:
    with acting_in(three.li.place):
        ids = list(Entity.objects.order_by("pk").values_list("pk", flat=True)[:rows])
        bulk = done(three, TAG, Entity.objects.filter(pk__in=ids))
    assert queries(three.client("li"), f"{HOME}{bulk.pk}/") == 8 + 5
    assert queries(three.client("li"), f"{HOME}?q=店") == 8 + 9


def test_who_only_reads_changes_nothing_and_strangers_find_nothing(three: Cast) -> None:
    bulk = labelled(three)
    assert three.client("leng").get(f"{HOME}{bulk.pk}/").status_code == 200
    for address in (HOME, f"{HOME}{bulk.pk}/undo/", "/api/entities/bulk/"):
        assert three.client("leng").post(address, {"kind": "add-tag", "tag": "x"}).status_code == 403
    for who in ("zhao", "sun"):
        for address in (f"{HOME}{bulk.pk}/", f"/api/entities/bulk/{bulk.pk}/"):
            assert three.client(who).get(address).status_code == 404
        assert three.client(who).post(f"{HOME}{bulk.pk}/undo/").status_code == 404
    assert [each.undone_on for each in made(three)] == [None]


def test_the_api_shows_does_and_takes_back(three: Cast) -> None:
    client, json = three.client("li"), "application/json"
    asked = {"query": f"area={three.places['一社区'].path}", "kind": "risk", "risk": "risk_d"}
    shown = client.post("/api/entities/bulk/", asked, json).json()
    assert (shown["counts"]["changed"], [line["name"] for line in shown["changes"]]) == (2, ["甲店", "乙店"])
    did = client.post("/api/entities/bulk/", asked | {"seen": shown["seen"]}, json)
    assert (did.status_code, did.json()["said"]) == (201, "D级风险（最高）")
    stale = client.post("/api/entities/bulk/", asked | {"seen": shown["seen"]}, json)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    one = f"/api/entities/bulk/{did.json()['id']}/"
    assert [line["new"] for line in client.get(one).json()["results"]] == ["D级风险（最高）"] * 2
    assert client.post(f"{one}undo/").json() == {"id": did.json()["id"], "kept": []}
    assert named(three, "甲店").risk_level == ""
    assert client.post("/api/entities/bulk/", {"kind": "risk", "query": "tag=无"}, json).status_code == 422
    assert client.post("/api/entities/bulk/", asked | {"ids": [999_999]}, json).status_code == 404
