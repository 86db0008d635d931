"""状态线索: what penalties, checks and expired licences say of a shop's status, and what the office makes of it."""

from datetime import date, timedelta

import pytest

from entities.actions.hints import dismiss_hint, take_hint
from entities.actions.lifecycle import register_status, undo_change
from entities.actions.records import add_record
from entities.actions.register import version_of
from entities.models import DismissedHint, Entity, EntityChange, StatusRecord
from entities.queries.hints import hint_counts, hint_lines, hints
from entities.rules.changes import Occasion
from entities.rules.hints import HintKind
from entities.rules.vocabulary import OperatingStatus
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import ON, added

DAY = ON + timedelta(days=1)
LATER = ON + timedelta(days=40)
STOPPED = {
    "kind": "penalty", "measures": ["责令停产停业"], "person": "", "text": "无证", "source": "某区局", "document": "某罚1号",
    "decided_on": DAY, "since": DAY, "until": None,
}  # fmt: skip
GONE = {"checked_on": DAY, "result": "not_found", "source": "某所", "problems": "人去楼空", "document": ""}
EXPIRED = {
    "kind": "",
    "number": "JY23101129126457",
    "issued_by": "",
    "valid_from": None,
    "valid_until": DAY,
    "scope": "",
}
VALUES = {"flag": STOPPED, "check": GONE, "licence": EXPIRED | {"state": "in_force"}}


def put(cast: Cast, entity: Entity, kind: str, **changes):
    entity.refresh_from_db()
    return add_record(entity, kind, VALUES[kind] | changes, by=cast.li, on=LATER, seen=version_of(entity))


def shop(cast: Cast) -> Entity:
    """In operation, with no licence but those a test adds."""
    entity = added(cast)
    with acting_in(cast.li.place):
        entity.licences.all().delete()
    return entity


def listed(on: date = LATER) -> list[tuple[str, str, date, str]]:
    lines = hint_lines(hints("", on))
    return [(line.hint.kind.value, line.hint.status.value, line.hint.day, line.hint.reason) for line in lines]


@pytest.mark.req("HL-04")
@pytest.mark.parametrize(
    ("kind", "told", "source", "document"),
    [
        ("flag", ("penalty", "stopped", DAY, "受到责令停产停业的处罚（某区局）"), "penalty", "某罚1号"),
        ("check", ("check", "dormant", DAY, "某所检查：查无此店；人去楼空"), "inspection", f"监督检查 {DAY}"),
        (
            "licence",
            (
                "licence",
                "stopped",
                DAY + timedelta(days=1),
                f"许可证 JY23101129126457 于 {DAY} 到期，没有别的有效许可证",
            ),
            "licence",
            "JY23101129126457",
        ),
    ],
)
def test_each_source_proposes_a_status_and_one_act_writes_it_with_source_day_and_paper(
    cast: Cast, kind, told, source, document
) -> None:
    entity = shop(cast)
    with acting_in(cast.li.place):
        record = put(cast, entity, kind)
        entity.refresh_from_db()
        assert (listed(), entity.status) == ([told], "active")
        after = take_hint(HintKind(told[0]), record.pk, by=cast.li, on=LATER, seen=version_of(entity))
        held = StatusRecord.objects.get(entity=entity, valid__upper_inf=True)
        change = EntityChange.objects.get(entity=entity, kind=told[1])
        assert (after.status, held.status, held.source, held.valid.lower) == (told[1], told[1], source, told[2])
        assert (change.source, change.reason, change.document, change.since) == (source, told[3], document, told[2])
        assert listed() == []


def test_nothing_is_proposed_for_what_runs_on_is_over_or_was_opened_since(cast: Cast) -> None:
    entity = shop(cast)
    with acting_in(cast.li.place):
        put(cast, entity, "flag", measures=["罚款"])
        put(cast, entity, "flag", document="2号", until=LATER - timedelta(days=1))
        put(cast, entity, "check")
        put(cast, entity, "check", checked_on=DAY + timedelta(days=3), result="fit")
        put(cast, entity, "licence")
        put(cast, entity, "licence", number="JY13101129126458", valid_until=None)
        assert listed() == []
        put(cast, entity, "check", checked_on=DAY + timedelta(days=5))
        assert [kind for kind, *_rest in listed()] == ["check"]
        for status, days in ((OperatingStatus.STOPPED, 6), (OperatingStatus.ACTIVE, 8)):
            entity.refresh_from_db()
            day = DAY + timedelta(days=days)
            register_status(entity, status, Occasion(day, "停了又开"), by=cast.li, on=LATER, seen=version_of(entity))
        assert listed() == []


@pytest.mark.req("HL-04")
def test_an_act_taken_back_brings_the_hint_again_and_a_second_act_is_refused(cast: Cast) -> None:
    entity = shop(cast)
    with acting_in(cast.li.place):
        record = put(cast, entity, "check")
        entity.refresh_from_db()
        take_hint(HintKind.CHECK, record.pk, by=cast.li, on=LATER, seen=version_of(entity))
        entity.refresh_from_db()
        with pytest.raises(Refused, match="这条线索已经办过"):
            take_hint(HintKind.CHECK, record.pk, by=cast.li, on=LATER, seen=version_of(entity))
        undo_change(EntityChange.objects.get(kind="dormant"), by=cast.li, on=LATER)
        assert [kind for kind, *_rest in listed()] == ["check"]


def test_a_hint_that_is_not_followed_is_kept_with_its_reason_and_not_listed_again(cast: Cast) -> None:
    entity, client = shop(cast), cast.client("li")
    with acting_in(cast.li.place):
        record = put(cast, entity, "licence")
    address = f"/entities/hints/licence/{record.pk}/dismiss/"
    api = f"/api/hints/licence/{record.pk}/dismiss/"
    sentence = "请写明为什么不采用，如“已换新证，尚未录入”。"
    page, answer = client.post(address, {"reason": ""}), client.post(api, {}, content_type="application/json")
    assert (page.status_code, page.context["form"].errors["reason"]) == (422, [sentence])
    assert (answer.status_code, answer.json()["fields"]["reason"]) == (422, [sentence])
    assert client.post(address, {"reason": "已换新证"}).status_code == 302
    with acting_in(cast.li.place):
        kept = DismissedHint.objects.get()
        assert (kept.reason, kept.dismissed_by, kept.dismissed_by_name) == ("已换新证", cast.li, str(cast.li))
        assert (listed(), AuditEvent.objects.filter(action="entities.hint.dismissed").count()) == ([], 1)
        with pytest.raises(Refused, match="这条线索已经办过"):
            dismiss_hint(HintKind.LICENCE, record.pk, "再来", by=cast.li, on=LATER)
    assert "不采用状态线索" in client.get(f"/entities/{entity.pk}/").content.decode()


def test_page_and_endpoint_show_the_same_and_act_on_the_state_that_was_seen(cast: Cast) -> None:
    entity, client = shop(cast), cast.client("li")
    with acting_in(cast.li.place):
        record = put(cast, entity, "flag")
        entity.refresh_from_db()
        assert hint_counts(LATER) == {"penalty": 1, "check": 0, "licence": 0, "all": 1}
    page, (line,) = client.get("/entities/hints/?tab=penalty"), client.get("/api/hints/").json()["results"]
    ((shown, status, seen),) = page.context["lines"]
    assert (line["record"], line["status"], line["reason"]) == (record.pk, shown.hint.status.value, shown.hint.reason)
    assert (status, seen) == ("停业", line["version"])
    take = f"/entities/hints/penalty/{record.pk}/take/"
    assert client.post(take, {"seen": "old"}).status_code == 409
    assert [cast.client(who).post(take, {"seen": seen}).status_code for who in ("zhou", "zhao", "wang")] == [
        403,
        404,
        403,
    ]
    answer = client.post(f"/api/hints/penalty/{record.pk}/take/", {"version": seen}, content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (200, "stopped")
    assert client.get("/entities/hints/").context["lines"] == []


@pytest.mark.parametrize("shops", [1, 3])
def test_the_list_costs_the_same_however_many(cast: Cast, shops: int, django_assert_num_queries) -> None:
    for _each in range(shops):
        entity = shop(cast)
        with acting_in(cast.li.place):
            for kind in VALUES:
                put(cast, entity, kind)
    client = cast.client("li")
    client.get("/entities/hints/")
    with django_assert_num_queries(22):
        assert len(client.get("/entities/hints/").context["lines"]) == 3 * shops
