"""A period's figures: live while it lasts, then as they were closed, whatever becomes of the tree."""

import random
from datetime import date

import pytest
from django.urls import reverse

from cadres.models import Cadre
from entities.models import Entity
from reports.actions.figures import close_period
from reports.models import PeriodFigure
from reports.queries.behind import Asked, rows_behind
from reports.queries.layers import Layers
from reports.queries.rates import counted_for, coverage, found_in, owed_in, period_table
from reports.rules import Tally
from supervision.models import Issue, Obligation, Visit
from supervision.rules.issues import State
from tenancy.actions.tree import found_place, move_place
from tenancy.models import AuditEvent, Jurisdiction
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.reports.conftest import LAST, NOON, NOW, Scene

AFTER = date(2026, 10, 1)
TODAY = date(2026, 10, 9)


@pytest.fixture
def worked(scene: Scene) -> Scene:
    """A third quarter in two streets: visits in time and late, missing ones, issues settled and not."""
    dice = random.Random(11)
    with acting_in(scene.cast.places["东城区"].path):
        for street, areas in (("甲街道", ("一社区", "二社区")), ("乙街道", ("三社区",))):
            for area in areas:
                cadre = scene.cadre(area)
                for number in range(6):
                    owed = scene.owes(scene.entity(area, dice.choice("CD")), LAST, street=street, cadre=cadre)
                    if dice.random() < 0.7:
                        visit = scene.visited(owed, cadre, dice.choice([date(2026, 8, 1), date(2026, 9, 30)]))
                        if number != 4:
                            scene.found(visit, [State.HANDED_OVER, State.FIXED_ON_SPOT, State.CLOSED][number % 3])
    return scene


def by_hand(node: Jurisdiction) -> Tally:
    """From the rows one by one, by the ids of the day."""
    owed = [row for row in Obligation.objects.owed() if str(node.pk) in row.counted_in.split("/")]
    issues = [row for row in Issue.objects.all() if str(node.pk) in row.counted_in.split("/")]
    done = [row for row in owed if row.fulfilled_on]
    settled = [row for row in issues if row.state in ("fixed_on_spot", "closed")]
    return Tally(
        due=len(owed),
        fulfilled=len(done),
        on_time=sum(row.fulfilled_on <= row.due_on for row in done),
        overdue=len(owed) - len(done),
        issues=len(issues),
        rectified=len(settled),
        pending=len(issues) - len(settled),
    )


def shown(scene: Scene, name: str, period=LAST) -> list[tuple[str, Tally]]:
    """What a viewer's own page says: every line and the total."""
    table = scene.cast.client(name).get(reverse("reports:show-rates"), {"period": str(period)}).context["table"]
    return [*((line.name, line.tally) for line in table.lines), ("合计", table.total)]


def test_live_and_closed_figures_equal_counting_by_hand(worked: Scene) -> None:
    district = worked.cast.places["东城区"]
    with acting_in(district.path):
        nodes = list(Jurisdiction.objects.under(district.path))
        live = {node.pk: period_table(node, LAST, AFTER) for node in nodes}
        close_period(district, LAST, by=None, at=NOON, on=AFTER)
        for node in nodes:
            closed = period_table(node, LAST, AFTER)
            assert live[node.pk].total == closed.total == by_hand(node)
            assert live[node.pk].lines == closed.lines
            assert (live[node.pk].closed_at, closed.closed_at) == (None, NOON)


def test_a_period_is_closed_once_and_only_when_it_is_over(worked: Scene) -> None:
    district = worked.cast.places["东城区"]
    with acting_in(district.path):
        with pytest.raises(Refused, match="2026年第3季度到2026-09-30才结束"):
            close_period(district, LAST, by=None, at=NOON, on=LAST.end)
        written = close_period(district, LAST, by=None, at=NOON, on=AFTER)
        figures = list(PeriodFigure.objects.order_by("pk").values())
        Obligation.objects.filter(fulfilled_by=None).update(closed_on=AFTER, closed_reason="关店")
        assert close_period(district, LAST, by=None, at=NOON, on=AFTER) == 0
        assert written == len(figures)
        assert list(PeriodFigure.objects.order_by("pk").values()) == figures
        assert AuditEvent.objects.filter(action="reports.period.closed").count() == 1


def upheave(scene: Scene) -> None:
    """Moves a shop, splits a community, moves a community to another street, regrades everything."""
    places, qian = scene.cast.places, scene.cast.qian
    shop = Entity.objects.filter(place=places["一社区"].path).order_by("pk").first()
    Entity.objects.filter(pk=shop.pk).update(jurisdiction=places["三社区"], place=places["三社区"].path)
    new = found_place(places["甲街道"], name="新社区", level="community", segment="009", by=qian)
    half = Entity.objects.filter(place=places["一社区"].path).order_by("pk").values_list("pk", flat=True)[:2]
    Entity.objects.filter(pk__in=list(half)).update(jurisdiction=new, place=new.path)
    move_place(places["二社区"], places["乙街道"], by=qian)
    Entity.objects.update(grade="A")
    Cadre.objects.update(tier="city")


def test_last_quarters_figures_stay_to_the_digit_through_moves_splits_and_regrading(worked: Scene) -> None:
    district = worked.cast.places["东城区"]
    with acting_in(district.path):
        close_period(district, LAST, by=None, at=NOON, on=AFTER)
        every = {
            node.pk: period_table(node, LAST, AFTER)
            for node in Jurisdiction.objects.under(district.path).order_by("pk")
        }
        rows = list(PeriodFigure.objects.order_by("pk").values(*FROZEN))
    before = {name: shown(worked, name) for name in ("li", "zhao", "qian", "leng")}
    assert [name for name, _tally in before["li"]] == ["一社区", "二社区", "合计"]
    assert before["li"][-1][1].due == 12

    with acting_in(district.path):
        upheave(worked)

    assert {name: shown(worked, name) for name in before} == before
    with acting_in(district.path):
        assert list(PeriodFigure.objects.order_by("pk").values(*FROZEN)) == rows
        for node in Jurisdiction.objects.filter(pk__in=every):
            assert period_table(node, LAST, AFTER) == every[node.pk]
        for name in ("一社区", "二社区"):
            node = Jurisdiction.objects.get(pk=worked.cast.places[name].pk)
            with acting_in(node.path):
                assert period_table(node, LAST, AFTER) == every[node.pk]


FROZEN = ("jurisdiction", "period", "part", "part_name", "counted_tier", "counted_grade", "due", "fulfilled", "on_time",
          "overdue", "issues", "rectified", "pending")  # fmt: skip


def test_an_open_period_counts_for_the_community_of_the_day_seen_from_above(worked: Scene) -> None:
    district, places = worked.cast.places["东城区"], worked.cast.places
    with acting_in(district.path):
        before = {
            name: period_table(places[name], LAST, AFTER).total for name in ("甲街道", "乙街道", "一社区", "二社区")
        }
        upheave(worked)
        for name, tally in before.items():
            assert period_table(Jurisdiction.objects.get(pk=places[name].pk), LAST, AFTER).total == tally


def test_a_closed_obligation_and_a_voided_visits_issue_do_not_count(scene: Scene) -> None:
    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        cadre = scene.cadre()
        gone = scene.owes(scene.entity(), cadre=cadre)
        Obligation.objects.filter(pk=gone.pk).update(closed_on=TODAY, closed_reason="已关店")
        visit = scene.visited(scene.owes(scene.entity(), cadre=cadre), cadre, TODAY)
        scene.found(visit)
        assert period_table(street, NOW, TODAY).total == Tally(1, 1, 1, 0, 1, 0, 1)
        Visit.objects.filter(pk=visit.pk).update(voided_on=TODAY, voided_reason="录错", voided_by=scene.cast.li)
        assert period_table(street, NOW, TODAY).total == Tally(1, 1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(("due_on", "pending"), [(date(2026, 10, 8), 0), (date(2026, 10, 9), 1), (None, 1)])
def test_an_issue_is_pending_until_its_day_has_passed(scene: Scene, due_on: date | None, pending: int) -> None:
    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        cadre = scene.cadre()
        scene.found(scene.visited(scene.owes(scene.entity(), cadre=cadre), cadre, TODAY), due_on=due_on)
        assert period_table(street, NOW, TODAY).total.pending == pending


def test_coverage_counts_licensed_entities_in_operation_with_a_cadre_in_post(scene: Scene) -> None:
    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        cadre, left = scene.cadre(), scene.cadre()
        scene.assign(scene.entity(), cadre)
        scene.assign(scene.entity(), left)
        scene.assign(scene.entity(licence=False), cadre)
        scene.entity()
        scene.entity(status="stopped")
        left.post.valid = type(left.post.valid)(date(2026, 1, 1), TODAY)
        left.post.save()
        found = coverage(street.path, TODAY, Layers.in_force(TODAY))
        assert (found.pair, found.missing, found.unlicensed, found.ungraded) == ((1, 3), 2, 1, 0)


def test_an_entity_without_a_grade_counts_as_not_covered(scene: Scene) -> None:
    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        scene.assign(scene.entity(), scene.cadre())
        waiting = scene.entity(grade="")
        layers = Layers.in_force(TODAY)
        assert (coverage(street.path, TODAY, layers).pair, coverage(street.path, TODAY, layers).ungraded) == ((1, 2), 1)
        asked = Asked(street, TODAY, NOW)
        assert list(rows_behind("uncovered-licensed", asked, scene.cast.li)) == [waiting]


def test_a_community_counts_as_covered_what_a_street_cadre_out_of_its_sight_answers_for(scene: Scene) -> None:
    with acting_in(scene.cast.places["甲街道"].path):
        scene.assign(scene.entity(), scene.cadre("甲街道", "township"))
    community = scene.cast.places["一社区"].path
    with acting_in(community):
        assert coverage(community, TODAY, Layers.in_force(TODAY)).pair == (1, 1)


def test_the_rates_read_with_their_counts_and_nothing_counted_is_not_a_hundred(scene: Scene) -> None:
    page = scene.cast.client("li").get(reverse("reports:show-rates")).content.decode()
    assert page.count("<b>无</b>") == 3
    assert page.count("<b>无问题</b>") == 1
    with acting_in(scene.cast.places["甲街道"].path):
        cadre = scene.cadre()
        rows = [scene.owes(scene.entity(), cadre=cadre) for _ in range(3)]
        for row in rows[:2]:
            scene.visited(row, cadre, TODAY)
    page = scene.cast.client("li").get(reverse("reports:show-rates"), {"period": "2026Q4"}).content.decode()
    assert "<b>66.67%(2/3)</b>" in page


@pytest.mark.parametrize(
    ("what", "number"),
    [
        ("due", "due"),
        ("missing", "missing"),
        ("overdue", "overdue"),
        ("issues", "issues"),
        ("unrectified", "unsettled"),
    ],
)
def test_each_number_of_a_period_opens_a_list_of_that_many(worked: Scene, what: str, number: str) -> None:
    client = worked.cast.client("li")
    total = client.get(reverse("reports:show-rates"), {"period": str(LAST)}).context["table"].total
    page = client.get(reverse("reports:list-behind", args=[what]), {"period": str(LAST)}).context["page"]
    assert page.paginator.count == getattr(total, number) > 0


def test_a_list_behind_a_number_holds_nothing_of_the_neighbours(worked: Scene) -> None:
    lists = {
        name: worked.cast.client(name).get(reverse("reports:list-behind", args=["due"]), {"period": str(LAST)}).context
        for name in ("li", "zhao", "qian", "sun")
    }
    assert {name: context["page"].paginator.count for name, context in lists.items()} == {
        "li": 12, "zhao": 6, "qian": 18, "sun": 0,
    }  # fmt: skip


def test_an_unknown_quarter_is_refused_with_how_to_write_it(scene: Scene) -> None:
    answer = scene.cast.client("li").get(reverse("reports:show-rates"), {"period": "2026-4"})
    assert answer.status_code == 409
    assert answer.context["reason"] == "季度应写成“2026Q4”的样子，请从页面上选择季度。"


def test_the_conditions_of_counting_are_those_of_listing(worked: Scene) -> None:
    street = worked.cast.places["甲街道"]
    with acting_in(street.path):
        assert owed_in(LAST).filter(counted_for(street.pk)).count() == period_table(street, LAST, AFTER).total.due
        assert found_in(LAST).filter(counted_for(street.pk)).count() == period_table(street, LAST, AFTER).total.issues
