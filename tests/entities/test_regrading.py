"""Grading a whole place anew: the preview, the one act, the way back, days to come, and two at once."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from entities.actions.deciding import Grounds, upgrade_entity
from entities.actions.grades import follow_grades
from entities.actions.ledger import LEDGER
from entities.actions.register import add_entity, change_entity, version_of
from entities.actions.regrading import FARTHEST, regrade, undo_regrading
from entities.models import Entity, GradeRecord, RegradedEntity, Regrading
from entities.queries.grades import grade_on
from entities.queries.regrading import regrade_preview, regraded_lines
from entities.rules.vocabulary import Grade
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import move_place
from tenancy.models import AuditEvent, Jurisdiction
from tenancy.plans import PlanFile, PlanHeader, PlanLayer, ResolvedPlan, resolve
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_grade_decisions import GROUNDS
from tests.entities.test_register_acts import LATER, ON, added, row_of
from tests.entities.test_rules_standing import SCHOOLS

NEXT = LATER + timedelta(days=60)
# Under these rules micro caterers are C, stalls stay D, and canteens need their diners.
STRICT = [
    {"code": "c-catering", "name": "餐饮", "grade": "C", "clause": "一", "when": {"business_types": ["catering"]}},
    {
        "code": "b-canteen", "name": "机关食堂", "grade": "B", "clause": "二",
        "when": {"business_types": ["school_canteen"], "diners": {"min": 10}},
    },
    {"code": "d-other", "name": "其他", "grade": "D", "clause": "三"},
]  # fmt: skip


def strict(place: Jurisdiction, on: date = LATER, **values) -> ResolvedPlan:
    """A draft over what is in force."""
    layer = PlanLayer("新方案", "某街〔2026〕9号", {"grading_rules": STRICT, **values}, {})
    return resolve([*plan_in_force(place.path, on).layers, layer])


@pytest.fixture
def street(cast: Cast):
    """Two micro caterers (D), a stall (D) and a small producer (B) in 甲街道; acted in."""
    added(cast, "餐饮店")
    added(cast, "摊贩", business_type="stall")
    added(cast, "二社区餐饮店", place="二社区")
    added(cast, "小厂", business_type="production", staff=50, revenue=Decimal(500))
    place = cast.places["甲街道"]
    with acting_in(place.path):
        yield place


def entity(name: str) -> Entity:
    return Entity.objects.get(name=name)


def told(preview) -> list[tuple]:
    return [(change.name, change.kind, change.new_clause) for change in preview.changes]


def table() -> list[tuple]:
    """Every grade line as it stands."""
    fields = [field.name for field in GradeRecord._meta.fields]
    return sorted(map(repr, GradeRecord.objects.values_list(*fields)))


def test_the_preview_names_each_change_with_old_new_and_clause(cast: Cast, street) -> None:
    preview = regrade_preview(street, strict(street), LATER)
    assert told(preview) == [
        ("餐饮店", "D-C", "某街〔2026〕9号 一"),
        ("二社区餐饮店", "D-C", "某街〔2026〕9号 一"),
        ("小厂", "B-D", "某街〔2026〕9号 三"),
    ]
    assert (dict(preview.counts), preview.recited, preview.total) == ({"B-D": 1, "D-C": 2}, 1, 4)
    assert preview.changes[2].old_clause.startswith("全国默认")


def test_what_the_plan_in_force_gives_already_is_no_change(cast: Cast, street) -> None:
    preview = regrade_preview(street, plan_in_force(street.path, LATER), LATER)
    assert (preview.changes, preview.recited, preview.is_empty) == ((), 0, True)
    with pytest.raises(Refused, match="没有主体的等级要变"):
        regrade(street, preview, by=cast.li, on=LATER)


@pytest.mark.parametrize("entities", [1, 3, 30])
def test_a_preview_costs_the_same_statements_for_any_number(cast, street, django_assert_num_queries, entities) -> None:
    for number in range(entities):
        added(cast, f"加{number}", licence=f"JY{number}")
    plan = strict(street)
    with django_assert_num_queries(5):
        regrade_preview(street, plan, LATER)


def test_an_act_costs_the_same_statements_for_any_number(cast: Cast, street) -> None:
    seen = []
    for number in (1, 20):
        for each in range(number):
            added(cast, f"加{number}-{each}")
        with transaction.atomic():
            with CaptureQueriesContext(connection) as caught:
                regrade(street, strict(street), by=cast.li, on=LATER)
            transaction.set_rollback(True)
        seen.append(len(caught))
    assert seen[0] == seen[1]


@pytest.mark.req("GM-08")
def test_one_act_writes_dated_lines_one_event_and_its_batch(cast: Cast, street) -> None:
    made = regrade(street, strict(street), by=cast.li, on=LATER)
    assert {e.name: e.grade for e in Entity.objects.all()} == {
        "餐饮店": "C", "摊贩": "D", "二社区餐饮店": "C", "小厂": "D",
    }  # fmt: skip
    shop = entity("餐饮店")
    assert [(grade_on(shop, day).effective, grade_on(shop, day).clause) for day in (ON, LATER)] == [
        ("D", "全国默认 食安委发〔2022〕7号（条款待核）"), ("C", "某街〔2026〕9号 一"),
    ]  # fmt: skip
    record = grade_on(shop, LATER)
    assert (record.regrading, record.recorded_by) == (made, cast.li)
    # The stall keeps its grade and gets the clause of the new plan.
    assert (grade_on(entity("摊贩"), LATER).clause, made.lines.count()) == ("某街〔2026〕9号 三", 4)
    assert [line.entity.name for line in regraded_lines(made, "D-C")] == ["餐饮店", "二社区餐饮店"]
    (event,) = AuditEvent.objects.filter(action="entities.place.regraded")
    assert (event.subject_id, event.after["kinds"]) == (made.pk, {"B-D": 1, "D-C": 2})


def test_a_case_upgrade_is_a_floor_and_a_higher_base_passes_it(cast: Cast, street) -> None:
    for name, grade in (("餐饮店", Grade.C), ("摊贩", Grade.C)):
        upgrade_entity(entity(name), grade, GROUNDS, by=cast.li, on=ON, seen=version_of(entity(name)))
    regrade(street, strict(street), by=cast.li, on=LATER)
    lines = {name: grade_on(entity(name), LATER) for name in ("餐饮店", "摊贩")}
    assert {name: (line.base, line.effective, line.raised_by) for name, line in lines.items()} == {
        "餐饮店": ("C", "C", ""), "摊贩": ("D", "C", "case"),
    }  # fmt: skip


@pytest.mark.req("SN-10")
def test_a_plan_that_raises_classes_raises_them_in_the_whole_place(cast: Cast, street) -> None:
    added(cast, "小学食堂", business_type="school_canteen", staff=None, revenue=None, diners=199)
    found = plan_in_force(street.path, LATER)
    raising = resolve([*found.layers, PlanLayer("草案", "", {"upgrade_modes": {"by_class": [SCHOOLS]}}, {})])
    preview = regrade_preview(street, raising, LATER)
    assert [(c.name, c.old_base, c.old_effective, c.new_base, c.new_effective) for c in preview.changes] == [
        ("小学食堂", "D", "D", "D", "C")
    ]
    regrade(street, preview, by=cast.li, on=LATER)
    record = grade_on(entity("小学食堂"), LATER)
    assert (record.base, record.effective, record.raised_by, record.raise_clause) == (
        "D", "C", "class", "草案 第三段",
    )  # fmt: skip


def test_what_would_become_ungraded_is_listed_and_loses_its_grade(cast: Cast, street) -> None:
    added(cast, "食堂", business_type="canteen", staff=None, revenue=None)
    asking = [
        {"code": "b", "name": "食堂", "grade": "B", "when": {"business_types": ["canteen"], "diners": {"min": 1}}}
    ]
    kinds = [
        {**kind.model_dump(exclude_none=True, mode="json"), **({"diners": "school"} if kind.code == "canteen" else {})}
        for kind in plan_in_force(street.path, LATER).value.business_types
    ]
    plan = strict(street, grading_rules=[*asking, *STRICT], business_types=kinds)
    preview = regrade_preview(street, plan, LATER)
    (lost,) = preview.ungraded
    assert (lost.name, lost.kind, lost.reason) == ("食堂", "D-", "单位食堂缺少用餐人数，不能分级，请补填")
    regrade(street, preview, by=cast.li, on=LATER)
    assert (entity("食堂").grade, grade_on(entity("食堂"), LATER)) == ("", None)


def test_a_place_below_with_a_plan_of_its_own_is_graded_by_that(cast: Cast, street) -> None:
    own = PlanFile(
        header=PlanHeader(title="二社区方案"),
        values={"grading_rules": [{"code": "b-all", "name": "一律", "grade": "B", "clause": "甲"}]},
    )
    adopt_plan(cast.places["二社区"], own, since=SINCE, by=cast.li)
    preview = regrade_preview(street, strict(street), LATER)
    assert ("二社区餐饮店", "D-B", "二社区方案 甲") in told(preview)


def test_what_changed_after_it_was_seen_is_not_written(cast: Cast, street) -> None:
    preview = regrade_preview(street, strict(street), LATER)
    shop = entity("餐饮店")
    change_entity(shop, row_of(cast, name="餐饮店", business_type="stall"), by=cast.li, on=LATER, seen=version_of(shop))
    with pytest.raises(Refused, match="在您查看之后有变化") as refused:
        regrade(street, preview, by=cast.li, on=LATER)
    assert (refused.value.code, Regrading.objects.count()) == ("stale", 0)


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "day-past"), (-400, "day-past"), (FARTHEST + 1, "day-far"), (FARTHEST, "")]
)
def test_a_regrading_begins_today_or_within_a_year(cast: Cast, street, days, code) -> None:
    preview = regrade_preview(street, strict(street), LATER + timedelta(days=days))
    if not code:
        assert regrade(street, preview, by=cast.li, on=LATER).since == LATER + timedelta(days=days)
        return
    with pytest.raises(Refused) as refused:
        regrade(street, preview, by=cast.li, on=LATER)
    assert (refused.value.code, GradeRecord.objects.filter(regrading__isnull=False).count()) == (code, 0)


def test_a_day_to_come_changes_the_register_when_it_comes(cast: Cast, street) -> None:
    adopt_plan(
        street, PlanFile(header=PlanHeader(title="新"), values={"grading_rules": STRICT}), since=NEXT, by=cast.li
    )
    regrade(street, plan_in_force(street.path, NEXT), by=cast.li, on=LATER, since=NEXT)
    shop = entity("餐饮店")
    assert (shop.grade, grade_on(shop, LATER).effective, grade_on(shop, NEXT).effective) == ("D", "D", "C")
    assert (follow_grades(street, on=LATER), follow_grades(street, on=NEXT)) == (0, 3)
    assert entity("餐饮店").grade == "C"


def test_edits_before_the_day_keep_what_begins_then(cast: Cast, street) -> None:
    adopt_plan(
        street, PlanFile(header=PlanHeader(title="新"), values={"grading_rules": STRICT}), since=NEXT, by=cast.li
    )
    made = regrade(street, plan_in_force(street.path, NEXT), by=cast.li, on=LATER, since=NEXT)
    shop = entity("摊贩")
    change_entity(
        shop, row_of(cast, name="摊贩", staff=30, revenue=Decimal(900)), by=cast.li, on=LATER, seen=version_of(shop)
    )
    new = add_entity(row_of(cast, name="新店"), by=cast.li, on=LATER)
    for each, today in ((entity("摊贩"), "C"), (new, "D")):
        assert (each.grade, grade_on(each, LATER).effective, grade_on(each, NEXT).effective) == (today, today, "C")
    assert grade_on(new, NEXT).regrading == made


def test_nothing_is_regraded_in_front_of_a_day_that_was_decided(cast: Cast, street) -> None:
    regrade(street, strict(street), by=cast.li, on=LATER, since=NEXT)
    with pytest.raises(Refused, match=f"甲街道已有 {NEXT.isoformat()} 起的重新分级"):
        regrade(street, strict(street), by=cast.li, on=LATER)
    with acting_in(cast.places["一社区"].path), pytest.raises(Refused, match="请先撤销那一次"):
        regrade(cast.places["一社区"], strict(street), by=cast.li, on=LATER)


def test_taken_back_everything_is_as_it_was(cast: Cast, street) -> None:
    upgrade_entity(
        entity("摊贩"), Grade.C, Grounds("节日", "某", "1号", NEXT), by=cast.li, on=ON, seen=version_of(entity("摊贩"))
    )
    before, grades = table(), dict(Entity.objects.values_list("name", "grade"))
    made = regrade(street, strict(street), by=cast.li, on=LATER)
    assert table() != before
    assert undo_regrading(made, by=cast.li, on=LATER) == []
    assert (table(), dict(Entity.objects.values_list("name", "grade"))) == (before, grades)
    with pytest.raises(Refused, match="已于 2026-11-02 撤销"):
        undo_regrading(made, by=cast.li, on=LATER)
    (event,) = AuditEvent.objects.filter(action="entities.place.regrading_undone")
    assert event.after["undone"] == 4


def test_taken_back_before_its_day_it_never_comes(cast: Cast, street) -> None:
    before = table()
    made = regrade(street, strict(street), by=cast.li, on=LATER, since=NEXT)
    undo_regrading(made, by=cast.li, on=LATER)
    assert (table(), follow_grades(street, on=NEXT)) == (before, 0)
    assert regrade(street, strict(street), by=cast.li, on=LATER).counts["changed"] == 3


def test_the_same_day_can_be_regraded_twice_and_taken_back_once(cast: Cast, street) -> None:
    regrade(street, strict(street), by=cast.li, on=LATER)
    between = table()
    back = regrade(street, plan_in_force(street.path, LATER), by=cast.li, on=LATER)
    assert entity("餐饮店").grade == "D"
    undo_regrading(back, by=cast.li, on=LATER)
    assert (table(), entity("餐饮店").grade) == (between, "C")


def test_what_somebody_touched_since_stays_and_is_named(cast: Cast, street) -> None:
    made = regrade(street, strict(street), by=cast.li, on=LATER)
    shop = entity("餐饮店")
    change_entity(shop, row_of(cast, name="餐饮店", officer="张三"), by=cast.li, on=LATER, seen=version_of(shop))
    assert undo_regrading(made, by=cast.li, on=LATER) == ["餐饮店"]
    # The edit graded it by the plan in force; the others have their old lines again.
    assert dict(Entity.objects.values_list("name", "grade")) == {
        "餐饮店": "D", "摊贩": "D", "二社区餐饮店": "D", "小厂": "B",
    }  # fmt: skip


def test_when_all_were_touched_there_is_nothing_to_take_back(cast: Cast, street) -> None:
    made = regrade(street, strict(street), by=cast.li, on=LATER)
    for each in Entity.objects.all():
        each.save()
    with pytest.raises(Refused, match="没有可以撤销的"):
        undo_regrading(made, by=cast.li, on=LATER)


def test_a_street_that_moved_meanwhile_is_taken_back_where_it_lies(cast: Cast, street) -> None:
    made = regrade(street, strict(street), by=cast.li, on=LATER)
    move_place(cast.places["二社区"], cast.places["一社区"], by=cast.guan)
    undo_regrading(made, by=cast.li, on=LATER)
    assert entity("二社区餐饮店").grade_records.get().place == entity("二社区餐饮店").place


def ledger(cast: Cast, place: Jurisdiction, *lines: tuple[str, ...]):
    titles = ("主体名称", "主体业态", "所属居民区", "从业人员", "年营业收入")
    data = "\n".join(",".join(line) for line in (titles, *lines)).encode("utf-8-sig")
    batch = receive_workbook(place, kind="ledger", filename="册.csv", data=data, by=cast.li)
    confirm_batch(stage_workbook(batch, LEDGER, on=LATER), by=cast.li, clean_only=True)
    return commit_batch(batch, LEDGER, on=LATER, at=Regrading.objects.get().made_at)


def test_a_ledger_before_the_day_keeps_what_begins_then(cast: Cast, street) -> None:
    adopt_plan(
        street, PlanFile(header=PlanHeader(title="新"), values={"grading_rules": STRICT}), since=NEXT, by=cast.li
    )
    regrade(street, plan_in_force(street.path, NEXT), by=cast.li, on=LATER, since=NEXT)
    ledger(cast, street, ("新来的店", "餐饮服务", "一社区", "5", "50"), ("摊贩", "餐饮服务", "一社区", "30", "900"))
    for name, today in (("新来的店", "D"), ("摊贩", "C")):
        each = entity(name)
        assert (each.grade, grade_on(each, LATER).effective, grade_on(each, NEXT).effective) == (today, today, "C")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_waits_and_finds_nothing_left(cast: Cast) -> None:
    added(cast, "餐饮店")
    place, outcomes = cast.places["甲街道"], []
    with acting_in(place.path):
        plan = strict(place)

    def act() -> None:
        try:
            with acting_in(place.path):
                regrade(place, plan, by=cast.li, on=LATER)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "nothing-to-regrade"]
    with acting_in(place.path):
        assert (Regrading.objects.count(), RegradedEntity.objects.count()) == (1, 1)
