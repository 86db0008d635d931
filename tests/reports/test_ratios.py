"""Cadres to entities: the stored figures, the live ones, the page and the lists behind its numbers."""

import random
import re
from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadres.models import Cadre
from entities.models import Entity
from reports.actions.figures import refresh_ratios
from reports.models import RatioFigure
from reports.queries.layers import Layers
from reports.queries.ratios import live_ratios, ratio_table, stored_ratios
from reports.rules import Ratio
from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import found_place
from tenancy.models import Jurisdiction, Post
from tenancy.plans import shipped_plan
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.reports.conftest import NOON, Scene

DAY = date(2026, 10, 9)
SUINING = {
    "A": ("city", 37, 37),
    "B": ("county", 149, 199),
    "C": ("township", 1414, 3923),
    "D": ("village", 2181, 18704),
}


def counts(cell: object) -> tuple[int, int]:
    return (cell.cadres, cell.entities)


def random_register(scene: Scene, dice: random.Random, number: int = 60) -> None:
    places = ["东城区", "甲街道", "乙街道", "一社区", "二社区", "三社区"]
    for _ in range(number):
        scene.entity(dice.choice(places), dice.choice(["A", "B", "C", "D", ""]), licence=False)
        if dice.random() < 0.4:
            scene.cadre(dice.choice(places), dice.choice(["city", "county", "township", "village"]))


@pytest.mark.parametrize("seed", range(3))
def test_figures_of_every_place_equal_counting_by_hand(scene: Scene, seed: int) -> None:
    district = scene.cast.places["东城区"]
    tier_of = {grade: tier for grade, (tier, _cadres, _entities) in SUINING.items()} | {"": ""}
    with acting_in(district.path):
        random_register(scene, random.Random(seed))
        refresh_ratios(district, at=NOON, on=DAY)
        live = live_ratios(district.path, DAY, Layers.in_force(DAY))
        rows = [(entity.place, tier_of[entity.grade]) for entity in Entity.objects.all()]
        posts = [(cadre.place, cadre.tier) for cadre in Cadre.objects.all()]
        for place in Jurisdiction.objects.under(district.path):
            for tier in tier_of.values():
                by_hand = Ratio(
                    sum(path.startswith(place.path) and of == tier for path, of in posts),
                    sum(path.startswith(place.path) and of == tier for path, of in rows),
                )
                stored = stored_ratios(place)[0].get((place.path, tier), Ratio())
                assert live.get((place.path, tier), Ratio()) == stored == by_hand


def test_a_streets_own_plan_decides_which_tier_answers_for_its_shops(scene: Scene) -> None:
    street, district = scene.cast.places["甲街道"], scene.cast.places["东城区"]
    with acting_in(district.path):
        adopt_plan(street, shipped_plan("gumei"), since=SINCE, by=None)
        for grade in "AABCCD":
            scene.entity("一社区", grade)
        scene.entity("三社区", "D")
        refresh_ratios(district, at=NOON, on=DAY)
        table = ratio_table(street, DAY)
        assert [(code, grades) for code, _name, grades in table.tiers] == [("street", "B"), ("community", "C、D")]
        assert {code: ratio.entities for code, ratio in table.own.by_tier} == {"street": 1, "community": 3}
        assert table.own.external == 2
        above = dict(ratio_table(district, DAY).own.by_tier)
        assert (above["street"].entities, above["community"].entities, above["village"].entities) == (1, 3, 1)


def test_a_second_run_replaces_the_figures_and_drops_what_is_gone(scene: Scene) -> None:
    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        shop = scene.entity("一社区", "D")
        refresh_ratios(street, at=NOON, on=DAY)
        Entity.objects.filter(pk=shop.pk).update(grade="C")
        refresh_ratios(street, at=NOON.replace(hour=5), on=DAY)
        found = set(RatioFigure.objects.values_list("jurisdiction__name", "tier", "entities"))
        assert found == {("甲街道", "township", 1), ("一社区", "township", 1)}


def statements(act: object) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in seen)


def test_recomputing_takes_the_same_number_of_statements_for_any_number_of_places(scene: Scene) -> None:
    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        scene.entity("一社区", "D")
        few = statements(lambda: refresh_ratios(street, at=NOON, on=DAY))
        for number in range(10, 20):
            name = f"新社区{number}"
            scene.cast.places[name] = found_place(street, name=name, level="community", segment=str(number), by=None)
            scene.entity(name, "C")
        assert statements(lambda: refresh_ratios(street, at=NOON, on=DAY)) == few == 6


def test_the_table_takes_three_queries_stored_and_five_live_for_any_number_of_places(
    scene: Scene, django_assert_num_queries
) -> None:
    district = scene.cast.places["东城区"]
    with acting_in(district.path):
        random_register(scene, random.Random(7))
        with django_assert_num_queries(5):
            assert ratio_table(district, DAY).computed_at is None
        refresh_ratios(district, at=NOON, on=DAY)
        for place in (district, scene.cast.places["甲街道"], scene.cast.places["一社区"]):
            with django_assert_num_queries(3):
                assert ratio_table(place, DAY).computed_at == NOON


@pytest.fixture
def suining(cast: Cast) -> Cast:
    """The printed size, in one district: rows without anything but place, grade and tier."""
    with acting_in(cast.places["东城区"].path):
        village, since = cast.places["一社区"], DateRange(SINCE, None)
        for grade, (tier, cadres, entities) in SUINING.items():
            Entity.objects.bulk_create(
                Entity(
                    jurisdiction=village, place=village.path, name=f"{grade}{n}", business_type="retail", grade=grade
                )
                for n in range(entities)
            )
            posts = Post.objects.bulk_create(
                Post(jurisdiction=village, place=village.path, role="cadre", person_name=f"{tier}{n}", valid=since)
                for n in range(cadres)
            )
            Cadre.objects.bulk_create(Cadre(post=post, place=village.path, tier=tier, category="x") for post in posts)
    return cast


@pytest.mark.req("SN-11")
def test_the_page_prints_the_ratios_of_the_printed_volumes(suining: Cast) -> None:
    client = suining.client("qian")
    with acting_in(suining.places["东城区"].path):
        refresh_ratios(suining.places["东城区"], at=NOON, on=DAY)

    page = client.get(reverse("reports:show-ratios")).content.decode()

    table = page[page.index("<tbody>") : page.index("</table>")]
    cells = [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", table, re.DOTALL)]
    assert [cells[at : at + 5] for at in range(0, len(cells), 5)] == [
        ["市级", "A", "37", "37", "1:1"],
        ["县级", "B", "149", "199", "1:1.34"],
        ["乡级", "C", "1,414", "3,923", "1:2.77"],
        ["村级", "D", "2,181", "18,704", "1:8.58"],
        ["合计", "", "3,781", "22,863", "1:6.05"],
    ]
    for tier, cadres, entities in SUINING.values():
        for what, number in (("cadres", cadres), ("entities", entities)):
            shown = client.get(reverse("reports:list-behind", args=[what]), {"tier": tier}).context["page"]
            assert shown.paginator.count == number


def test_the_page_takes_the_same_number_of_queries_for_one_and_many_places(scene: Scene) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert scene.cast.client("li").get(reverse("reports:show-ratios")).status_code == 200
        return len(seen)

    street = scene.cast.places["甲街道"]
    with acting_in(street.path):
        scene.entity("一社区", "D")
        refresh_ratios(street, at=NOON, on=DAY)
    one = queries()
    with acting_in(street.path):
        for area in ("一社区", "二社区", "甲街道"):
            for grade in "BCD":
                scene.entity(area, grade)
        refresh_ratios(street, at=NOON, on=DAY)
    assert queries() == one


def test_another_streets_place_is_as_missing_as_one_that_never_was(scene: Scene) -> None:
    with acting_in(scene.cast.places["东城区"].path):
        scene.entity("三社区", "D")
    client, foreign = scene.cast.client("li"), scene.cast.places["三社区"].pk
    for page in ("reports:show-ratios", "reports:show-rates"):
        answers = [client.get(reverse(page), {"place": pk}) for pk in (foreign, 10**9)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].context["reason"] == answers[1].context["reason"]


def test_neighbours_never_count_in_each_others_figures(scene: Scene) -> None:
    with acting_in(scene.cast.places["东城区"].path):
        scene.entity("一社区", "D")
        scene.entity("三社区", "D")
    with acting_in(scene.cast.places["西城区"].path):
        scene.entity("四社区", "D")
    totals = {
        name: scene.cast.client(name).get(reverse("reports:show-ratios")).context["table"].own.total.entities
        for name in ("li", "zhao", "qian", "sun")
    }
    assert totals == {"li": 1, "zhao": 1, "qian": 2, "sun": 1}


@pytest.mark.parametrize("name", ["wang", "wu", "zhou", "guan", "shen"])
def test_who_does_not_follow_progress_does_not_see_the_figures(cast: Cast, name: str) -> None:
    for page in (reverse("reports:show-ratios"), reverse("reports:list-behind", args=["entities"])):
        assert cast.client(name).get(page).status_code == 403
