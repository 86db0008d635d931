"""启用前试算: everything a draft would move is listed before, written with it in one act, and put back with it."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from entities.actions.regrading import regrade
from entities.models import Entity, GradeRecord, Regrading
from reports.queries.plan_effects import effects_of_draft
from supervision.actions.quarters import open_quarter
from tenancy.actions.drafts import change_draft, start_draft
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent, Plan, PlanDraft
from tenancy.plans import shipped_plan
from tenancy.plans.drafting import Changes
from tenancy.queries.plans import plan_in_force
from tenancy.rules.periods import quarter_of
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.reports.conftest import Scene
from tests.tenancy.test_plan_drafts import NEW_YEAR, NOW, TODAY

pytestmark = [pytest.mark.usefixtures("_today"), pytest.mark.req("GM-08", "GM-09")]
STREET = "990101/001/"
# A copy has no number of its own yet, so its title is cited.
TITLE = shipped_plan("gumei").header.title


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def rules_with_wider_c() -> list[dict[str, object]]:
    """Gumei's grading with school canteens of 100 diners and more in C."""
    rules = [dict(rule) for rule in shipped_plan("gumei").values["grading_rules"]]
    for rule in rules:
        if rule["code"] == "c-school":
            rule["when"] = {"business_types": ["school_canteen"], "diners": {"min": 100, "max": 500}}
        if rule["code"] == "d-school":
            rule["when"] = {"business_types": ["school_canteen"], "diners": {"max": 100}}
    return rules


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """甲街道 under Gumei's plan: a canteen of D, a shop of C, two of D in one hand, the quarter opened."""
    scene, place = Scene(cast), cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=cast.bian)
        cadre = scene.cadre(tier="community")
        scene.assign(scene.entity(name="第一小学食堂", business_type="school_canteen", diners=150), cadre)
        other = scene.cadre(tier="community")
        scene.assign(scene.entity(name="小餐馆", business_type="catering", staff=15, revenue=300), other)
        scene.assign(scene.entity(name="杂货店", staff=2, revenue=20), cadre)
        regrade(place, plan_in_force(place.path, TODAY), by=cast.li, on=TODAY)
        assert list(Entity.objects.order_by("pk").values_list("grade", flat=True)) == ["D", "C", "D"]
        open_quarter(place, quarter_of(TODAY), on=TODAY)
    return scene


def drafted(cast: Cast, **put: object) -> PlanDraft:
    with acting_in(STREET):
        draft = start_draft(cast.places["甲街道"], name="修订稿", basis="gumei", by=cast.bian, at=NOW)
        return (
            change_draft(draft, Changes(put=put), seen=draft.version, by=cast.bian, on=TODAY, at=NOW) if put else draft
        )


def effects(draft: PlanDraft, since: date = NEW_YEAR):
    with acting_in(STREET):
        return effects_of_draft(draft, since, TODAY)


def test_the_plan_in_force_drafted_again_changes_nothing(cast: Cast, scene: Scene) -> None:
    found = effects(drafted(cast))
    assert (found.grades.changes, found.entities, found.assignments, found.overloads, found.days) == (
        (),
        (),
        (),
        (),
        (),
    )
    # Only the paper that is cited would be another.
    assert (found.grades.total, found.grades.recited, found.may_regrade) == (3, 3, True)


def test_a_wider_rule_moves_the_grade_and_leaves_the_tier(cast: Cast, scene: Scene) -> None:
    found = effects(drafted(cast, grading_rules=rules_with_wider_c()))
    (change,) = found.grades.changes
    assert (change.name, change.old_effective, change.new_effective, change.new_clause) == (
        "第一小学食堂", "D", "C", f"{TITLE} 三（一）2",
    )  # fmt: skip
    assert (found.grade_kinds, found.entities, found.assignments) == ([(("D", "C"), 1)], (), ())


def test_another_tier_takes_the_entity_and_ends_the_basis_of_its_assignment(cast: Cast, scene: Scene) -> None:
    found = effects(drafted(cast, **{"tier_map.C": "street", "grading_rules": rules_with_wider_c()}))
    assert [(each.name, each.area, each.grade, each.old, each.new) for each in found.entities] == [
        ("第一小学食堂", "一社区", "C", "居民区", "街道"), ("小餐馆", "一社区", "C", "居民区", "街道"),
    ]  # fmt: skip
    assert found.tiers == {("居民区", "街道"): 2}
    assert [(each.name, each.why) for each in found.assignments] == [
        ("第一小学食堂", f"C 级由街道包保（{TITLE} 三（一）2）"), ("小餐馆", f"C 级由街道包保（{TITLE} 三（一）2）"),
    ]  # fmt: skip


def test_a_lower_cap_names_who_is_above_it_only_now(cast: Cast, scene: Scene) -> None:
    (over,) = effects(drafted(cast, cadre_cap=1, cap_mode="hard")).overloads
    assert (over.load, over.cap.cap, over.cap.is_hard) == (2, 1, True)
    assert effects(drafted(cast, cadre_cap=2)).overloads == ()


def test_days_move_for_the_first_quarter_nobody_has_opened(cast: Cast, scene: Scene) -> None:
    found = effects(drafted(cast, cadre_change_wd=7, **{"quarter_package.day": 20}), since=TODAY)
    told = [(each.what, each.old, each.new) for each in found.days]
    # 2026年第4季度 is opened and keeps its plan, so the package of the next one moves.
    assert told[0] == ("2027年第1季度材料报送日", "2027-03-25", "2027-03-20")
    assert [each[1:] for each in told[1:]] == [("2026-11-27（5 个工作日）", "2026-12-01（7 个工作日）")]


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_same_for_one_and_three(cast: Cast, scene: Scene, many, django_assert_num_queries) -> None:
    with acting_in(STREET):
        Entity.objects.filter(pk__in=Entity.objects.order_by("-pk")[: 3 - many]).update(diners=150)
        for at in range(many):
            scene.assign(scene.entity(name=f"第{at}小学", business_type="school_canteen", diners=150), scene.cadre())
    draft = drafted(cast, **{"tier_map.C": "street", "grading_rules": rules_with_wider_c()})
    client, address = cast.client("bian"), reverse("reports:list-plan-effects", args=[draft.pk])
    with django_assert_num_queries(32):
        page = client.get(address, {"kind": "grades", "since": "2027-01-01"}).content.decode()
    assert page.count("小学") == many + 1


@pytest.mark.parametrize("kind", ["grades", "entities", "assignments", "overloads", "days", "nonsense"])
def test_each_number_of_the_page_opens_its_list(cast: Cast, scene: Scene, kind) -> None:
    put = {"tier_map.C": "street", "grading_rules": rules_with_wider_c(), "cadre_cap": 1, "quarter_package.day": 20}
    draft, client = drafted(cast, **put), cast.client("bian")
    front = client.get(reverse("reports:put-in-force", args=[draft.pk]), {"since": "2027-01-01"}).content.decode()
    address = f"{reverse('reports:list-plan-effects', args=[draft.pk])}?kind={kind}&amp;since=2027-01-01"
    assert (address in front) is (kind != "nonsense")
    told = {"grades": "第一小学食堂", "entities": "小餐馆", "assignments": "C 级由街道包保", "overloads": "居民区",
            "days": "2027-03-20", "nonsense": "第一小学食堂"}  # fmt: skip
    page = client.get(address.replace("&amp;", "&")).content.decode()
    assert told[kind] in page


def pressed(cast: Cast, draft: PlanDraft, **sent: object):
    body = {"since": "2027-01-01", "seen": draft.version, **sent}
    return cast.client("bian").post(reverse("reports:put-in-force", args=[draft.pk]), body)


def test_grades_are_written_with_the_plan_and_put_back_with_it(cast: Cast, scene: Scene) -> None:
    draft = drafted(cast, grading_rules=rules_with_wider_c())
    answer = pressed(cast, draft, regrade="on", grades=effects(draft).grades.digest)
    with acting_in(STREET):
        plan = Plan.objects.order_by("-valid").first()
        assert answer["Location"] == reverse("tenancy:show-plan", args=[plan.pk])
        canteen = Entity.objects.get(name="第一小学食堂")
        lines = [(row.effective, row.valid.lower) for row in canteen.grade_records.order_by("valid")]
        assert lines == [("D", TODAY), ("C", NEW_YEAR)]
    page = cast.client("bian").get(reverse("reports:withdraw-plan", args=[plan.pk])).content.decode()
    assert "启用时重新分级的 1 家一并复原" in page
    assert cast.client("bian").post(reverse("reports:withdraw-plan", args=[plan.pk])).status_code == 302
    with acting_in(STREET):
        assert [(row.effective, row.valid.upper) for row in canteen.grade_records.all()] == [("D", None)]
        assert Plan.objects.count() == 1
        told = AuditEvent.objects.filter(action__contains="regrad").order_by("pk").values_list("action", "by_name")
        assert list(told)[-2:] == [
            ("entities.place.regraded", "卞方案 · 方案管理员"), ("entities.place.regrading_undone", "卞方案 · 方案管理员"),
        ]  # fmt: skip


def test_without_the_tick_the_register_stays(cast: Cast, scene: Scene) -> None:
    draft = drafted(cast, grading_rules=rules_with_wider_c())
    pressed(cast, draft, grades=effects(draft).grades.digest)
    with acting_in(STREET):
        assert (Plan.objects.count(), Regrading.objects.count()) == (2, 1)


def test_a_register_changed_since_it_was_shown_puts_nothing_in_force(cast: Cast, scene: Scene) -> None:
    draft = drafted(cast, grading_rules=rules_with_wider_c())
    digest = effects(draft).grades.digest
    with acting_in(STREET):
        Entity.objects.filter(name="第一小学食堂").update(diners=600)
    page = pressed(cast, draft, regrade="on", grades=digest)
    assert (page.status_code, "请看过最新的变动再确认" in page.content.decode()) == (409, True)
    with acting_in(STREET):
        assert (Plan.objects.count(), Regrading.objects.count()) == (1, 1)
        assert PlanDraft.objects.get(pk=draft.pk).state == "draft"


def test_a_grade_touched_since_keeps_the_plan_from_being_withdrawn(cast: Cast, scene: Scene) -> None:
    draft = drafted(cast, grading_rules=rules_with_wider_c())
    with acting_in(STREET):
        PlanDraft.objects.filter(pk=draft.pk).update(header={**draft.header, "number": "甲办〔2026〕9号"})
        draft.refresh_from_db()
    pressed(cast, draft, regrade="on", grades=effects(draft).grades.digest)
    with acting_in(STREET):
        plan = Plan.objects.order_by("-valid").first()
        Entity.objects.filter(name="第一小学食堂").update(changed_at=NOW)
        assert GradeRecord.objects.filter(clause__startswith="甲办〔2026〕9号").count() == 3
    told = cast.client("bian").post(reverse("reports:api-withdraw-plan", args=[plan.pk]))
    assert (told.status_code, told.json()["code"]) == (409, "plan-used")


def test_the_endpoint_lists_the_same_and_takes_the_digest(cast: Cast, scene: Scene) -> None:
    draft, client = (
        drafted(cast, **{"tier_map.C": "street", "grading_rules": rules_with_wider_c()}),
        cast.client("bian"),
    )
    told = client.get(reverse("reports:api-plan-effects", args=[draft.pk]), {"since": "2027-01-01"}).json()
    assert {key: len(told[key]) for key in ("grades", "entities", "assignments", "overloads", "days")} == {
        "grades": 1, "entities": 2, "assignments": 2, "overloads": 0, "days": 0,
    }  # fmt: skip
    assert told["digest"] == effects(draft).grades.digest
    body = {"since": "2027-01-01", "version": draft.version, "grades": told["digest"]}
    done = client.post(reverse("reports:api-put-in-force", args=[draft.pk]), body, content_type="application/json")
    assert done.status_code == 201
    with acting_in(STREET):
        assert Regrading.objects.filter(since=NEW_YEAR).count() == 1
