"""外部名单: a list is uploaded and compared, each difference is answered, and every list keeps what was decided before."""

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from entities.actions.accepting import accept_differences, taking_preview
from entities.actions.differences import accept_difference, keep_difference, reject_difference, reopen_difference
from entities.actions.ledger import LEDGER
from entities.actions.outside import OUTSIDE, Origin, compare_again, receive_list
from entities.actions.register import change_entity, version_of
from entities.models import Difference, Entity, EntityChange, Licence, OutsideList
from entities.queries.outside import DifferenceFilter
from entities.rules.outside import Source
from entities.tasks import compare_lists_of, sweep_ledgers_of
from tenancy.actions.imports import commit_batch, confirm_batch, stage_workbook, undo_batch
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent, ImportBatch
from tenancy.plans import shipped_plan
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in, acting_places
from tests.cast import SINCE, Cast, shown
from tests.entities.ledgers import csv_of, licence, uscc
from tests.entities.test_register_acts import added, row_of

ON, AT = date(2026, 10, 8), datetime(2026, 10, 8, 9, tzinfo=UTC)
TITLES = ("单位名称", "社会信用代码", "许可证号", "主体业态", "属地", "经营场所", "法定代表人", "有效期限", "登记状态")


def line(number: int, **changes: Any) -> list[Any]:
    cells = {
        "name": f"{number}号店", "uscc": uscc(number), "licence": licence(number), "business_type": "餐饮服务",
        "area": "一社区", "address": f"平阳路{number}号", "principal": "陈志强", "valid_until": "", "status": "存续",
    }  # fmt: skip
    return list((cells | changes).values())


def uploaded(
    cast: Cast, rows: list[list[Any]], *, who: str = "qian", name: str = "获证名单", day: date = ON
) -> OutsideList:
    """Received, read and compared."""
    post = cast.posts[who]
    with acting_in(post.place):
        origin = Origin(Source.LICENCES, name, day)
        made = receive_list(
            post.jurisdiction, origin, filename="名单.csv", data=csv_of(rows, TITLES), by=post, on=max(day, ON)
        )
        stage_workbook(made.batch, OUTSIDE, on=ON)
        confirm_batch(made.batch, by=post, clean_only=True)
        commit_batch(made.batch, OUTSIDE, on=ON, at=AT)
        return OutsideList.objects.select_related("batch", "jurisdiction").get(pk=made.pk)


def found(cast: Cast, outside: OutsideList, who: str = "qian", **about: Any) -> list[tuple]:
    with acting_in(cast.posts[who].place):
        rows = outside.differences.filter(**about).order_by("kind", "field", "there", "here")
        return [(each.kind, each.field, each.there, each.here, each.answer) for each in rows]


def one(cast: Cast, outside: OutsideList, **about: Any) -> Difference:
    with acting_in(*(acting_places() or [cast.qian.place])):
        return outside.differences.get(**about)


@pytest.fixture
def district(cast: Cast) -> Cast:
    """东城区 under a plan with a limit for changes; 1号店 and 2号店 in 甲街道's 一社区, 3号店 in 乙街道's 三社区."""
    with acting_in(cast.qian.place):
        plan, limit = shipped_plan("gumei"), shipped_plan("lucheng").values["operator_change_wd"]
        own = plan.model_copy(update={"values": {**plan.values, "operator_change_wd": limit}})
        adopt_plan(cast.places["东城区"], own, since=SINCE, by=None)
    facts = {"principal": "陈志强"}
    for number, who, place in ((1, "li", "一社区"), (2, "li", "一社区"), (3, "zhao", "三社区")):
        added(
            cast, f"{number}号店", who, place, uscc=uscc(number), licence=licence(number),
            address=f"平阳路{number}号", **facts,
        )  # fmt: skip
    return cast


@pytest.mark.req("HL-04")
def test_an_upload_is_read_compared_and_leaves_the_register_alone(district: Cast) -> None:
    client = district.client("qian")
    file = SimpleUploadedFile("名单.csv", csv_of([line(1), line(9)], TITLES))
    form = {"file": file, "source": "licences", "name": "获证名单", "listed_on": "2026-09-30"}
    answer = client.post("/entities/outside/new/", form)
    with acting_in(district.qian.place):
        batch = ImportBatch.objects.get(kind="reconcile")
        assert answer.headers["Location"] == f"/entities/imports/{batch.pk}/"
        stage_workbook(batch, OUTSIDE, on=ON)
        assert Entity.objects.count() == 3
    assert client.post(f"/entities/imports/{batch.pk}/commit/").status_code == 302
    with acting_in(district.qian.place):
        commit_batch(batch, OUTSIDE, on=ON, at=AT)
        outside = OutsideList.objects.get()
        assert (outside.state, outside.rows_read, outside.listed_on) == ("compared", 2, date(2026, 9, 30))
        assert Entity.objects.count() == 3
    assert found(district, outside) == [
        ("only_here", "", "", "2号店", "open"),
        ("only_here", "", "", "3号店", "open"),
        ("only_there", "", "9号店", "", "open"),
    ]
    page = client.get(f"/entities/outside/{outside.pk}/").content.decode()
    assert [name in page for name in ("9号店", "2号店", "3号店")] == [True, True, True]
    assert "只在外部名单" in client.get("/entities/outside/").content.decode()


def test_a_list_of_tomorrow_is_refused(cast: Cast) -> None:
    with acting_in(cast.qian.place), pytest.raises(Refused, match="不能晚于今天"):
        origin = Origin(Source.OTHER, "名单", date(2026, 10, 9))
        receive_list(cast.places["东城区"], origin, filename="a.csv", data=b"x", by=cast.qian, on=ON)


def test_a_number_that_cannot_be_right_keeps_no_row_out(district: Cast) -> None:
    outside = uploaded(district, [line(1, uscc="123", valid_until="五年")])
    assert (outside.rows_read, outside.batch.counts["warned"]) == (1, 1)
    with acting_in(district.qian.place):
        row = outside.rows.get()
        assert (row.uscc, row.valid_until, row.entity.name) == ("", None, "1号店")


def test_fields_that_differ_are_differences_of_their_own(district: Cast) -> None:
    rows = [line(1, name="一号饭店", address="平阳路1号二楼", principal="王小明", status="注销"), line(2), line(3)]
    outside = uploaded(district, rows)
    assert found(district, outside) == [
        ("field", "address", "平阳路1号二楼", "平阳路1号", "open"),
        ("field", "name", "一号饭店", "1号店", "open"),
        ("field", "principal", "王小明", "陈志强", "open"),
        ("field", "status", "cancelled", "active", "open"),
    ]


def test_a_street_sees_its_part_of_the_districts_list_and_nobody_elses(district: Cast) -> None:
    rows = [
        line(1, principal="王小明"),
        line(3, principal="王小明"),
        line(9, area="", address="某处"),
        line(8, area="乙街道"),
    ]
    outside = uploaded(district, rows)
    assert len(found(district, outside)) == 5
    assert found(district, outside, "li") == [
        ("field", "principal", "王小明", "陈志强", "open"), ("only_here", "", "", "2号店", "open"),
    ]  # fmt: skip
    assert found(district, outside, "zhao") == [
        ("field", "principal", "王小明", "陈志强", "open"), ("only_there", "", "8号店", "", "open"),
    ]  # fmt: skip
    page = district.client("li").get(f"/entities/outside/{outside.pk}/").content.decode()
    assert [name in page for name in ("1号店", "2号店", "3号店", "8号店", "9号店")] == [True, True, False, False, False]
    other = one(district, outside, there="8号店")
    missing = district.client("li").get("/entities/differences/987654/")
    assert shown(district.client("li").get(f"/entities/differences/{other.pk}/")) == shown(missing)
    assert shown(district.client("sun").get(f"/entities/outside/{outside.pk}/"))[0] == 404
    answer = district.client("li").get(f"/api/outside/{outside.pk}/").json()
    assert (answer["count"], answer["counts"]["only_there"], answer["rows"]["rows"]) == (2, 0, 1)


@pytest.mark.parametrize(
    ("field", "change", "expected"),
    [
        ("name", {"name": "一号饭店"}, "一号饭店"),
        ("address", {"address": "平阳路1号二楼"}, "平阳路1号二楼"),
        ("principal", {"principal": "王小明"}, "王小明"),
        ("status", {"status": "停业"}, "stopped"),
    ],
)
def test_a_field_is_taken_over_by_the_registers_own_act_with_the_list_as_its_reason(
    district: Cast, field: str, change: dict, expected: str
) -> None:
    outside = uploaded(district, [line(1, **change), line(2), line(3)])
    difference = one(district, outside, field=field)
    with acting_in(district.li.place):
        entity = accept_difference(difference, by=district.li, on=ON)
        assert getattr(Entity.objects.get(pk=entity.pk), field) == expected
        difference.refresh_from_db()
        assert (difference.answer, difference.reason) == ("accepted", "外部名单“获证名单”，数据截至 2026-10-08")
        event = AuditEvent.objects.get(action="entities.difference.accepted")
        assert (event.after["field"], event.by_name) == (field, str(district.li))
        with pytest.raises(Refused, match="已经是“已采纳”"):
            accept_difference(difference, by=district.li, on=ON)


def test_licence_and_last_day_are_taken_over(district: Cast) -> None:
    outside = uploaded(district, [line(1, valid_until="2027年5月8日"), line(2, licence=licence(22)), line(3)])
    with acting_in(district.li.place):
        accept_difference(one(district, outside, field="valid_until"), by=district.li, on=ON)
        assert Licence.objects.get(number=licence(1)).valid_until == date(2027, 5, 8)
        accept_difference(one(district, outside, field="licence"), by=district.li, on=ON)
        assert [each.number for each in Entity.objects.get(name="2号店").licences.all()] == [licence(22)]


def test_a_register_that_moved_on_is_not_overwritten(district: Cast) -> None:
    outside = uploaded(district, [line(1, principal="王小明"), line(2), line(3)])
    difference = one(district, outside, field="principal")
    with acting_in(district.li.place):
        Entity.objects.filter(name="1号店").update(principal="李㛃")
        with pytest.raises(Refused, match="比对之后又改过"):
            accept_difference(difference, by=district.li, on=ON)
        assert Entity.objects.get(name="1号店").principal == "李㛃"


@pytest.mark.req("HL-04")
def test_a_business_of_the_list_is_entered_through_the_registers_own_form(district: Cast) -> None:
    outside = uploaded(district, [line(1), line(2), line(3), line(9, address="平阳路2号之九", area="")])
    difference = one(district, outside, there="9号店")
    client = district.client("li")
    page = client.get(f"/entities/differences/{difference.pk}/").content.decode()
    assert f'value="{uscc(9)}"' in page and "一社区" in page
    bare = client.post(f"/entities/differences/{difference.pk}/", {"answer": "accept", "name": "9号店"})
    assert bare.status_code == 422 and "没有主体业态" in bare.content.decode()
    area = district.places["一社区"].pk
    cells = {"name": "9号店", "uscc": uscc(9), "business_type": "餐饮服务", "area": area, "staff": 3, "revenue": 20}
    done = client.post(f"/entities/differences/{difference.pk}/", {"answer": "accept", "status": "在营", **cells})
    assert done.status_code == 302
    with acting_in(district.li.place):
        entity = Entity.objects.get(name="9号店")
        difference.refresh_from_db()
        assert (difference.answer, difference.entity_id, difference.row.entity_id) == ("accepted", entity.pk, entity.pk)
        assert entity.grade == "D"


def test_a_rejected_difference_stays_rejected_until_a_value_changes(district: Cast) -> None:
    rows = [line(1, principal="王小明"), line(2), line(3)]
    first = uploaded(district, rows)
    with acting_in(district.li.place), pytest.raises(Refused, match="为什么不采纳"):
        reject_difference(one(district, first, field="principal"), reason=" ", by=district.li, on=ON)
    with acting_in(district.li.place):
        reject_difference(one(district, first, field="principal"), reason="实地核实过", by=district.li, on=ON)
    with acting_in(district.qian.place):
        compare_again(first, by=district.qian, on=ON, at=AT)
    assert found(district, first) == [("field", "principal", "王小明", "陈志强", "rejected")]
    later = uploaded(district, [*rows, line(9, status="注销")], name="十一月名单", day=date(2026, 11, 1))
    assert found(district, later) == [("field", "principal", "王小明", "陈志强", "rejected")]
    again = one(district, later, field="principal")
    assert (again.reason, again.answered_by_name) == ("实地核实过", str(district.li))
    anew = uploaded(district, [line(1, principal="钱审"), line(2), line(3)], name="十二月名单", day=date(2026, 12, 1))
    assert found(district, anew) == [("field", "principal", "钱审", "陈志强", "open")]
    with acting_in(district.li.place):
        reopen_difference(again, by=district.li)
    assert found(district, first) == found(district, later) == [("field", "principal", "王小明", "陈志强", "open")]


def test_a_business_the_list_lacks_is_kept_and_known(district: Cast) -> None:
    outside = uploaded(district, [line(1), line(3)])
    lacking = one(district, outside, kind="only_here")
    with acting_in(district.li.place):
        with pytest.raises(Refused, match="只在本台账"):
            accept_difference(lacking, by=district.li, on=ON)
        keep_difference(lacking, reason="", by=district.li, on=ON)
    later = uploaded(district, [line(1), line(3), line(9, status="注销")], name="后来的", day=date(2026, 11, 1))
    assert found(district, later) == [("only_here", "", "", "2号店", "kept")]


def test_what_was_mended_by_hand_goes_and_what_was_undone_comes_back(district: Cast) -> None:
    outside = uploaded(district, [line(1, principal="王小明"), line(2, principal="王小明"), line(3)])
    with acting_in(district.li.place):
        accept_difference(one(district, outside, entity__name="1号店"), by=district.li, on=ON)
        Entity.objects.filter(name="1号店").update(principal="陈志强")
        Entity.objects.filter(name="2号店").update(principal="王小明")
    with acting_in(district.qian.place):
        compare_again(outside, by=district.qian, on=ON, at=AT)
        assert [(each.entity.name, each.answer) for each in outside.differences.all()] == [("1号店", "open")]
    with acting_in(district.li.place), pytest.raises(Refused, match="负责整个东城区"):
        compare_again(outside, by=district.li, on=ON, at=AT)


def test_a_list_taken_back_is_gone_from_the_page(district: Cast) -> None:
    outside = uploaded(district, [line(1)])
    with acting_in(district.qian.place):
        undo_batch(outside.batch, OUTSIDE, by=district.qian, at=AT)
    assert district.client("qian").get(f"/entities/outside/{outside.pk}/").status_code == 404
    with acting_in(district.li.place), pytest.raises(Refused, match="已撤回"):
        keep_difference(one(district, outside, here="2号店"), reason="", by=district.li, on=ON)


@pytest.mark.filterwarnings("ignore:Cannot parse header or footer")
def test_filters_narrow_page_workbook_and_api_alike(district: Cast) -> None:
    outside = uploaded(district, [line(1, principal="王小明", name="一号饭店"), line(3), line(9)])
    client, query = district.client("qian"), "kind=field&field=principal&q=饭店"
    page = client.get(f"/entities/outside/{outside.pk}/?{query}").content.decode()
    assert "共 1 条" in page and "9号店" not in page
    book = load_workbook(io.BytesIO(client.get(f"/entities/outside/{outside.pk}/differences.xlsx?{query}").content))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert [(row[7], row[8], row[9]) for row in rows if row[6] == "字段不一致"] == [("负责人", "王小明", "陈志强")]
    assert client.get(f"/api/outside/{outside.pk}/?{query}").json()["count"] == 1
    refused = client.get(f"/entities/outside/{outside.pk}/differences.xlsx?kind=unknown")
    assert refused.status_code == 409 and "不认识" in refused.content.decode()


def test_the_api_says_what_the_page_says(district: Cast) -> None:
    outside = uploaded(district, [line(1, principal="王小明"), line(3)])
    client = district.client("li")
    field, lacking = one(district, outside, field="principal"), one(district, outside, kind="only_here")
    sent = {"content_type": "application/json"}
    assert client.post(f"/api/differences/{field.pk}/", {"answer": "nonsense"}, **sent).status_code == 422
    kept = client.post(f"/api/differences/{lacking.pk}/", {"answer": "keep", "reason": "新店"}, **sent).json()
    assert (kept["answer"], kept["reason"]) == ("kept", "新店")
    refused = client.post(f"/api/differences/{field.pk}/", {"answer": "reject"}, **sent)
    assert refused.status_code == 409 and "请写明为什么不采纳" in refused.json()["detail"]
    assert client.post(f"/api/differences/{field.pk}/", {"answer": "accept"}, **sent).json()["answer"] == "accepted"
    denied = district.client("qian").post(f"/api/differences/{field.pk}/", {"answer": "accept"}, **sent)
    assert denied.status_code == 403
    asked = district.client("qian").post(
        "/api/entities/imports/", {"kind": "reconcile", "file": SimpleUploadedFile("名单.csv", b"x")}
    )
    assert asked.status_code == 400 and "/api/outside/" in str(asked.json())


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_queries_however_many(district: Cast, django_assert_num_queries, rows: int) -> None:
    outside = uploaded(district, [line(number, area="甲街道") for number in range(20, 20 + rows)])
    client = district.client("li")
    client.get(f"/entities/outside/{outside.pk}/?kind=only_there")
    with django_assert_num_queries(20):
        client.get(f"/entities/outside/{outside.pk}/?kind=only_there")


def test_a_long_list_is_compared_with_as_many_statements_as_a_short_one(district: Cast) -> None:
    asked = []
    for name, many in (("短", 100), ("长", 1000)):
        outside = uploaded(district, [line(number) for number in range(100, 100 + many)], name=name)
        with acting_in(district.qian.place), CaptureQueriesContext(connection) as caught:
            outside.differences.all().delete()
            compare_again(outside, by=district.qian, on=ON, at=AT)
        asked.append(len(caught))
        assert len(found(district, outside, kind="only_there")) == many
    assert asked[0] == asked[1]


def previewed(cast: Cast, outside: OutsideList, who: str = "li", **asked: str) -> Any:
    with acting_in(cast.posts[who].place):
        return taking_preview(outside, DifferenceFilter(**asked), by=cast.posts[who], on=ON)[0]


def accepted(cast: Cast, outside: OutsideList, who: str = "li", **asked: str) -> ImportBatch:
    post, seen = cast.posts[who], previewed(cast, outside, who, **asked).digest
    with acting_in(post.place):
        return accept_differences(outside, DifferenceFilter(**asked), by=post, on=ON, at=timezone.now(), seen=seen)


MANY = [
    line(1, principal="王小明", name="一号饭店", valid_until="2027-05-08"), line(2, status="停业"), line(3),
    line(8, business_type="某种业态"), line(10), line(12, area="乙街道", address="三路1号"),
    line(13, area="甲街道", address="无名处"),
]  # fmt: skip


def test_many_are_shown_first_with_what_stays_and_why(district: Cast) -> None:
    outside = uploaded(district, MANY)
    preview = previewed(district, outside)
    assert preview.counts == {"differences": 5, "new": 1, "changed": 2, "refused": 2}
    refused = {line.name: line.refusal for line in preview.refused}
    assert list(refused) == ["13号店", "8号店"]
    assert "不认识的主体业态" in refused["8号店"] and "没有填所属" in refused["13号店"]
    page = district.client("li").get(f"/entities/outside/{outside.pk}/accept/").content.decode()
    assert "采纳这 3 家" in page and "1号店" in page and "12号店" not in page


def test_many_are_taken_over_as_one_batch_with_one_event_and_taken_back(district: Cast) -> None:
    outside = uploaded(district, MANY)
    batch = accepted(district, outside)
    with acting_in(district.li.place):
        first = Entity.objects.get(uscc=uscc(1))
        assert (first.name, first.principal, first.licences.get().valid_until) == (
            "一号饭店",
            "王小明",
            date(2027, 5, 8),
        )
        assert Entity.objects.get(name="2号店").status == "stopped"
        told = EntityChange.objects.get(entity__name="2号店", kind="stopped")
        assert told.reason == "外部名单“获证名单”，数据截至 2026-10-08"
        new = Entity.objects.get(name="10号店")
        assert (new.grade, new.jurisdiction.name, new.licences.get().number) == ("", "一社区", licence(10))
        assert not Entity.objects.filter(name__in=["8号店", "13号店"]).exists()
        event = AuditEvent.objects.get(action="entities.outside.accepted")
        assert (event.after["new"], event.after["changed"], event.after["refused"]) == (1, 2, 2)
        states = {each.there or each.here: each for each in outside.differences.select_related("row")}
        assert [states[name].answer for name in ("一号饭店", "stopped", "10号店")] == ["accepted"] * 3
        assert (states["8号店"].answer, "不认识的主体业态" in states["8号店"].reason) == ("open", True)
        assert states["10号店"].row.entity_id == new.pk
    page = district.client("li").get(f"/entities/imports/{batch.pk}/").content.decode()
    assert "已写入 3 行" in page
    assert district.client("li").get(f"/entities/imports/{batch.pk}/file/").status_code == 200
    assert district.client("li").post(f"/entities/imports/{batch.pk}/undo/").status_code == 302
    with acting_in(district.li.place):
        first = Entity.objects.get(uscc=uscc(1))
        assert (first.name, first.principal, first.licences.get().valid_until) == ("1号店", "陈志强", None)
        assert Entity.objects.get(name="2号店").status == "active"
        assert not Entity.objects.filter(name="10号店").exists()
        assert not outside.differences.exclude(answer="open").exists()
        assert not outside.rows.filter(name="10号店", entity__isnull=False).exists()


def test_taking_back_leaves_what_was_touched_since_and_names_it(district: Cast) -> None:
    outside = uploaded(district, MANY)
    batch = accepted(district, outside)
    with acting_in(district.li.place):
        entity = Entity.objects.get(name="2号店")
        changed = row_of(district, "2号店", staff=9, phone=None, uscc=uscc(2), licence=licence(2), status="stopped")
        change_entity(entity, changed, by=district.li, on=ON, seen=version_of(entity))
        assert undo_batch(batch, LEDGER, by=district.li, at=timezone.now()) == ["2号店"]
        assert Entity.objects.get(name="2号店").status == "stopped"
        assert list(outside.differences.exclude(answer="open").values_list("there", flat=True)) == ["stopped"]


def test_what_moved_since_the_preview_is_not_written(district: Cast) -> None:
    outside = uploaded(district, MANY)
    seen = previewed(district, outside).digest
    with acting_in(district.li.place):
        Entity.objects.filter(name="1号店").update(principal="李㛃")
        words = {"by": district.li, "on": ON, "at": AT}
        with pytest.raises(Refused, match="有变化"):
            accept_differences(outside, DifferenceFilter(), seen=seen, **words)
        again = taking_preview(outside, DifferenceFilter(), by=district.li, on=ON)[0]
        assert "比对之后又改过" in next(line.refusal for line in again.refused if line.name == "1号店")
        with pytest.raises(Refused, match="没有可以采纳的"):
            asked = DifferenceFilter(field="principal")
            found = taking_preview(outside, asked, by=district.li, on=ON)[0]
            accept_differences(outside, asked, seen=found.digest, **words)


def test_the_api_previews_and_accepts_many(district: Cast) -> None:
    outside = uploaded(district, MANY)
    client, address = district.client("li"), f"/api/outside/{outside.pk}/accept/"
    sent = {"content_type": "application/json"}
    shown_first = client.post(address, {"kind": "only_there", "business_type": "餐饮服务"}, **sent).json()
    assert shown_first["counts"] == {"differences": 2, "new": 2, "changed": 0, "refused": 1}
    body = {"kind": "only_there", "business_type": "餐饮服务", "seen": shown_first["seen"]}
    made = client.post(address, body, **sent)
    assert (made.status_code, made.json()["counts"]["written"]) == (201, 2)
    assert district.client("zhou").post(address, {}, **sent).status_code == 403
    asked = district.client("qian").post(address, {"kind": "field"}, **sent).json()
    denied = district.client("qian").post(address, {"kind": "field", "seen": asked["seen"]}, **sent)
    assert denied.status_code == 403 and "维护" in denied.json()["detail"]


def test_a_thousand_are_taken_over_with_as_many_statements_as_a_hundred(district: Cast) -> None:
    asked = []
    for name, first, many in (("先", 60, 3), ("短", 100, 100), ("长", 1000, 1000)):
        rows = [line(number, address=f"新建路{number}号") for number in range(first, first + many)]
        outside = uploaded(district, rows, name=name)
        seen = previewed(district, outside, kind="only_there").digest
        with acting_in(district.li.place), CaptureQueriesContext(connection) as caught:
            words = {"by": district.li, "on": ON, "at": timezone.now(), "seen": seen}
            batch = accept_differences(outside, DifferenceFilter(kind="only_there"), **words)
        assert batch.counts["written"] == many
        asked.append(len(caught))
    assert asked[1] == asked[2]


def test_many_are_kept_or_rejected_at_once_while_they_are_as_many_as_were_seen(district: Cast) -> None:
    outside = uploaded(district, [line(3)])
    client = district.client("li")
    address = f"/entities/outside/{outside.pk}/accept/?kind=only_here"
    assert "这 2 条都不改台账" in client.get(address).content.decode()
    bare = client.post(address, {"answer": "kept", "reason": "", "count": 2})
    assert bare.status_code == 422 and "请写明说明" in bare.content.decode()
    stale = client.post(address, {"answer": "kept", "reason": "名单只列大店", "count": 3})
    assert stale.status_code == 409 and "有变化" in stale.content.decode()
    assert client.post(address, {"answer": "kept", "reason": "名单只列大店", "count": 2}).status_code == 302
    assert [row[-1] for row in found(district, outside)] == ["kept", "kept"]
    with acting_in(district.li.place):
        event = AuditEvent.objects.get(action="entities.outside.settled")
        assert (event.after["count"], event.after["reason"]) == (2, "名单只列大店")
    other = uploaded(district, [line(1, principal="王小明"), line(3)], name="另一份")
    body = {"field": "principal", "answer": "rejected", "reason": "属实", "count": 1}
    sent = {"content_type": "application/json"}
    assert client.post(f"/api/outside/{other.pk}/accept/", body, **sent).json() == {"settled": 1}
    assert found(district, other, kind="field") == [("field", "principal", "王小明", "陈志强", "rejected")]


def test_the_command_says_the_same_and_a_dry_run_leaves_nothing(district: Cast, tmp_path, capsys) -> None:
    file = tmp_path / "名单.csv"
    file.write_bytes(csv_of([line(1, principal="王小明"), line(2), line(9)], TITLES))
    call_command("reconcile", str(file), "--place", "东城区", "--dry-run", "--json")
    report = json.loads(capsys.readouterr().out)
    assert {key: report[key] for key in ("rows", "known", "only_there", "only_here", "field")} == {
        "rows": 3, "known": 2, "only_there": 1, "only_here": 1, "field": 1,
    }  # fmt: skip
    with acting_in(district.qian.place):
        assert not OutsideList.objects.exists()
    call_command("reconcile", str(file), "--place", "东城区", "--source", "获证名单")
    said = capsys.readouterr().out
    assert "名单 3 家，台账里有 2 家" in said and "（负责人：陈志强 → 王小明）" in said
    with acting_in(district.qian.place):
        assert (OutsideList.objects.get().name, Entity.objects.count()) == ("获证名单", 3)
    with pytest.raises(CommandError, match="没有“无此地”这个地方"):
        call_command("reconcile", str(file), "--place", "无此地")


def test_the_worker_reads_writes_and_compares_again(district: Cast) -> None:
    post, tenant = district.qian, district.places["东城区"]
    with acting_in(post.place):
        origin = Origin(Source.PLATFORM, "平台导出", date(2026, 1, 1))
        data = csv_of([line(1), line(2)], TITLES)
        made = receive_list(tenant, origin, filename="平台.csv", data=data, by=post, on=ON)
    sweep_ledgers_of([tenant.pk])
    with acting_in(post.place):
        made.batch.refresh_from_db()
        assert made.batch.state == "staged"
        confirm_batch(made.batch, by=post, clean_only=False)
    sweep_ledgers_of([tenant.pk])
    with acting_in(post.place):
        made.refresh_from_db()
        assert (made.state, [each.here for each in made.differences.all()]) == ("compared", ["3号店"])
        Entity.objects.filter(name="2号店").update(principal="李㛃")
    compare_lists_of([tenant.pk], on="2026-10-09")
    assert found(district, made, kind="field") == [("field", "principal", "陈志强", "李㛃", "open")]
