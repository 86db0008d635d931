"""变动事项: open until register and assignments say it is settled, overdue first; reminders, workbook, taking back."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from openpyxl import load_workbook

from cadres.actions.changes import register_change as register_cadre_change
from cadres.models import Assignment, Cadre
from cadres.rules.changes import CadreChangeKind
from entities.actions.lifecycle import register_change, register_status
from entities.actions.register import add_entity, version_of
from entities.models import Entity, EntityChange
from entities.rules.changes import Occasion
from entities.rules.ledger import LedgerRow
from entities.rules.vocabulary import OperatingStatus
from reports.actions.changes import export_changes, follow_changes, undo_change
from reports.queries.changes import ChangeFilter, change_counts, listed_changes
from reports.queries.desk import todo
from tenancy.models import AuditEvent, Notice
from tenancy.rules.refusals import Refused
from tests.supervision.desk import Desk

ON, DUE = date(2026, 10, 8), date(2026, 11, 18)
LATE = DUE + timedelta(days=1)
NOW = datetime(2026, 11, 19, 1, tzinfo=UTC)


@pytest.fixture
def street(desk: Desk) -> Desk:
    """甲街道 under a plan with thirty working days for every change; 一社区's cadre is Wang."""
    desk.under(operator_change_wd=30)
    return desk


def added(street: Desk, name: str = "莲花面馆", area: str = "一社区", on: date = ON, **facts) -> Entity:
    given = {"business_type": "catering", "staff": 5, "revenue": 64, **facts}
    row = LedgerRow(name=name, area=street.cast.places[area].pk, **given)
    return add_entity(row, by=street.cast.li, on=on)


def follow(street: Desk, on: date) -> int:
    return follow_changes(street.cast.places["甲街道"], on=on, at=NOW)


def rows(street: Desk, tab: str = "open", on: date = LATE, **asked) -> list[tuple]:
    found = listed_changes(street.cast.places["甲街道"], ChangeFilter(tab=tab, **asked), on)
    return [(each.entity.name, each.kind, each.is_late, each.is_settled) for each in found]


def closed(street: Desk, entity: Entity, on: date) -> Entity:
    occasion = Occasion(on, "关店")
    return register_status(entity, OperatingStatus.STOPPED, occasion, by=street.cast.li, on=on, seen=version_of(entity))


@pytest.mark.req("LC-17", "HL-05")
def test_a_new_shop_is_open_until_somebody_answers_for_it(street):
    entity = added(street)
    assert rows(street, on=DUE) == [("莲花面馆", "opened", False, False)]
    assert rows(street, "late") == rows(street) == [("莲花面馆", "opened", True, False)]
    street.assign(entity, "wang", since=DUE)
    assert (rows(street), rows(street, "done")) == ([], [("莲花面馆", "opened", False, True)])


def test_without_a_grade_it_stays_open_whoever_is_written_down(street):
    entity = added(street, staff=None, revenue=None)
    street.assign(entity, "wang")
    assert rows(street) == [("莲花面馆", "opened", True, False)]


@pytest.mark.req("LC-17")
def test_a_bigger_shop_is_settled_only_by_the_tier_of_its_new_grade(street):
    entity = added(street)
    street.assign(entity, "wang")
    assert rows(street) == []
    row = LedgerRow(name="莲花面馆", business_type="catering", staff=150, revenue=5000, area=entity.jurisdiction_id)
    entity = register_change(entity, row, Occasion(ON, "扩建"), by=street.cast.li, on=ON, seen=version_of(entity))
    assert entity.grade == "B"
    # The plan has B with the street: neither change is settled by a cadre of the community.
    assert rows(street, "all", kind="resized") == [("莲花面馆", "resized", True, False)]
    leader = Cadre.objects.create(
        post=street.cast.leng, place=street.cast.leng.place, tier="street", category="committee"
    )
    Assignment.objects.update(cadre=leader, cadre_place=leader.place, tier="street", valid=DateRange(ON, None))
    assert rows(street) == []


@pytest.mark.req("LC-17")
def test_a_closed_shop_is_settled_when_nobody_is_written_down_for_it_any_more(street):
    entity = added(street)
    held = street.assign(entity, "wang")
    closed(street, entity, ON)
    assert [kind for _name, kind, *_ in rows(street)] == ["opened", "stopped"]
    held.valid = DateRange(held.valid.lower, ON)
    held.save()
    assert rows(street) == []


def test_a_cadre_of_another_community_does_not_settle_a_shop_that_moved(street):
    entity = added(street)
    street.assign(entity, "chen")
    assert rows(street) == [("莲花面馆", "opened", True, False)]


def test_the_overdue_stand_first_and_the_filters_cut(street):
    added(street, "近的", on=LATE)
    added(street, "远的")
    added(street, "那边", "二社区")
    assert [name for name, *_ in rows(street)] == ["远的", "那边", "近的"]
    assert [name for name, *_ in rows(street, area=street.cast.places["二社区"].path)] == ["那边"]
    assert [name for name, *_ in rows(street, words="远")] == ["远的"]
    assert rows(street, kind="moved") == []
    assert change_counts(street.cast.places["甲街道"].path, LATE) == {"open": 3, "late": 2, "done": 0, "all": 3}


def test_what_was_seen_settled_stays_so_whatever_comes_after(street):
    entity = added(street)
    held = street.assign(entity, "wang", since=ON)
    assert follow(street, on=DUE) == 0
    assert EntityChange.objects.get().settled_on == DUE
    assert AuditEvent.objects.get(action="entities.changes.settled").after["entities"] == ["莲花面馆 新增"]
    held.delete()
    assert (rows(street), follow(street, on=LATE)) == ([], 0)


@pytest.mark.req("LC-17")
@pytest.mark.parametrize(
    ("on", "text"),
    [
        (date(2026, 11, 10), None),
        (date(2026, 11, 11), "2 家主体有变动，11月18日前要调整包保关系：面馆、粥店。"),
        (date(2026, 11, 19), "2 家主体的变动已超过 11月18日的期限，还没有调整包保关系：面馆、粥店。"),
    ],
)
def test_the_office_is_reminded_before_and_after_the_day_once(street, on, text):
    # The ladder of the plan begins twenty working days before; that step has been said when they were new.
    added(street, "面馆")
    added(street, "粥店", "二社区")
    first = follow(street, on=date(2026, 10, 21))
    assert first == 1
    new = follow(street, on=on)
    assert (new, follow(street, on=on)) == (0 if text is None else 1, 0)
    if text:
        last = Notice.objects.filter(kind="change").latest("pk")
        assert (last.text, last.post, last.due_on) == (text, street.cast.li, DUE)


def test_settled_changes_remind_nobody(street):
    street.assign(added(street), "wang")
    assert follow(street, on=LATE) == 0
    assert Notice.objects.count() == 0


def test_the_desk_counts_what_is_overdue_and_what_is_open(street):
    added(street)
    added(street, "新的", on=LATE)
    counts = {task.key: (task.count, task.late) for task in todo(street.cast.li, LATE)}
    assert (counts["changes-late"], counts["changes"]) == ((1, True), (1, False))


def test_the_workbook_has_the_rows_of_the_page(street):
    added(street)
    data = export_changes(street.cast.places["甲街道"], ChangeFilter(), by=street.cast.li, on=LATE)
    page = load_workbook(io.BytesIO(data)).active
    [row] = [each for each in page.iter_rows(values_only=True) if "莲花面馆" in each]
    assert {"一社区", "新增", "街道食药安办", "已超期"} < set(row)
    assert AuditEvent.objects.get(action="reports.changes.exported").after == {"rows": 1}


def test_what_an_assignment_or_a_visit_rests_on_is_not_taken_back(street):
    entity = closed(street, added(street), ON)
    change = EntityChange.objects.select_related("entity").get(kind="stopped")
    street.assign(entity, "wang", since=ON)
    with pytest.raises(Refused, match="已经按变动后的情况确定了包保干部"):
        undo_change(change, by=street.cast.li, on=ON)
    Assignment.objects.all().delete()
    assert undo_change(change, by=street.cast.li, on=ON).status == "active"


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_the_same_for_any_number_of_rows(street, django_assert_num_queries, many):
    for number in range(many):
        added(street, f"店{number}")
    client = street.client("li")
    address = reverse("reports:list-changes")
    client.get(address)
    with django_assert_num_queries(22):
        assert len(client.get(address).context["rows"]) == many


def test_another_street_sees_none_of_them_and_cannot_take_them_back(street):
    entity = added(street)
    closed(street, entity, ON)
    change = EntityChange.objects.get(kind="stopped")
    mine, theirs = street.client("li"), street.client("zhao")
    address = reverse("reports:list-changes")
    assert "莲花面馆" in mine.get(address + "?tab=all").content.decode()
    assert "莲花面馆" not in theirs.get(address + "?tab=all").content.decode()
    assert theirs.post(reverse("reports:undo-change", args=[change.pk])).status_code == 404
    assert [each["kind"] for each in mine.get("/api/changes/?tab=all").json()["results"]] == ["opened", "stopped"]
    assert mine.get(reverse("supervision:show-due", args=["change", change.pk])).status_code == 200
    assert theirs.get(reverse("supervision:show-due", args=["change", change.pk])).status_code == 404
    assert mine.post(f"/api/changes/{change.pk}/undo/").json()["status"] == "active"


@pytest.mark.req("GM-07")
def test_a_cadre_who_left_is_an_alarm_until_somebody_has_taken_over(desk: Desk) -> None:
    """Gumei's five working days from 30 October 2026 end on 6 November; the desk and the notices say so."""
    desk.under(cadre_change_wd=5)
    left = date(2026, 10, 30)
    due, late = date(2026, 11, 6), date(2026, 11, 9)
    wang, li = desk.cadres["wang"], desk.cast.li
    entity = desk.entity("莲花面馆", cadre="wang")
    held = Assignment.objects.get(entity=entity)
    register_cadre_change(wang, CadreChangeKind.LEFT, Occasion(left, "调离"), by=li, on=left)
    said = []
    for day in (due, late):
        follow(desk, on=day)
        said.append(
            list(Notice.objects.filter(kind="cadre-change", post=li).order_by("pk").values_list("text", flat=True))
        )
    name = wang.post.person_name
    assert said[1][-1] == f"1 名干部变动已超过 11月06日的期限，名下主体还没有重新定人：{name}。"
    assert set(said[0]) <= {f"1 名干部有变动，11月06日前要为其名下主体重新定人：{name}。"}
    counts = [{task.key: task.count for task in todo(li, day) if task.key.startswith("cadres")} for day in (due, late)]
    assert counts == [{"cadres": 1}, {"cadres-late": 1}]
    again = follow(desk, on=late)
    held.valid = DateRange(held.valid.lower, late)
    held.save()
    successor = desk.cadres["chen"]
    Assignment.objects.create(
        entity=held.entity, place=held.place, cadre=successor, cadre_place=successor.place, tier="community",
        valid=DateRange(late, None),
    )  # fmt: skip
    after = [task for task in todo(li, late) if task.key.startswith("cadres") and task.count]
    assert (again, after) == (0, [])
