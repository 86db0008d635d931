"""What single papers say of tiers, cadres, stages, ways of visiting and classes, lived through the running code.

The value of each clause is written out here a second time, so that another value in the plan fails.
"""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from cadres.actions.approving import approve
from cadres.actions.proposing import propose
from cadres.models import Assignment, Cadre
from cadres.rules.roster import RosterWords, Unit, read_row
from entities.models import Entity
from entities.rules.grading import EntityFacts
from entities.rules.standing import Decision, Segment, Subject, timeline
from entities.rules.vocabulary import DecisionKind, Grade
from supervision.actions.quarters import open_quarter
from supervision.queries.mine import my_document
from tenancy.actions import subplans as acts
from tenancy.actions.plans import adopt_plan
from tenancy.models import Post
from tenancy.plans import NATIONAL, resolve, shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.queries.subplans import stages_of
from tenancy.rules.names import sort_key
from tenancy.rules.periods import quarter_of
from tenancy.rules.stages import StageState
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

DAY = date(2026, 10, 9)
LATER = date(2026, 10, 12)
# Tier of the roster -> the words for those who may stand on it.
CATEGORIES = {
    "街道": [
        "党工委班子成员", "办事处副职", "办公室主任", "相应职务职级的领导干部", "办事处主要负责人", "党工委主要负责人",
    ],
    "居民区": ["居民区书记", "居民区主任", "居民区两委委员"],
}  # fmt: skip
UNITS = {"街道": Unit(1, "某街道", "street"), "居民区": Unit(2, "某居民区", "community")}


def plan(code: str):
    return resolve([shipped_plan(NATIONAL).layer(), shipped_plan(code).layer()])


def faults(tier: str, category: str) -> list[str]:
    words = RosterWords(plan("gumei").value, list(UNITS.values()))
    _row, findings = read_row(["甲", tier, UNITS[tier].name, "委员", category, "", ""], words)
    return [finding.code for finding in findings]


@pytest.mark.req("GM-04", "GM-05")
def test_the_roster_takes_the_two_tiers_and_on_each_the_printed_posts_alone():
    assert [tier.name for tier in plan("gumei").value.tiers] == ["街道", "居民区"]
    for tier, other in (("街道", "居民区"), ("居民区", "街道")):
        assert {word: faults(tier, word) for word in CATEGORIES[tier]} == {word: [] for word in CATEGORIES[tier]}
        assert {word: faults(tier, word) for word in CATEGORIES[other]} == {
            word: ["category-unknown"] for word in CATEGORIES[other]
        }
    scopes = plan("gumei").value.cadre_scopes
    assert {scope.tier: len(scope.categories) for scope in scopes} == {"street": 4, "community": 2}


def entity(cast: Cast, grade: str) -> Entity:
    area, name = cast.places["一社区"], f"{grade}级店"
    return Entity.objects.create(
        jurisdiction=area, place=area.path, name=name, sort_key=sort_key(name), grade=grade, business_type="retail"
    )


def cadre(cast: Cast, area: str, tier: str, category: str) -> Cadre:
    place = cast.places[area]
    post = Post(jurisdiction=place, place=place.path, role="cadre", person_name=tier, sort_key=sort_key(tier))
    post.valid = DateRange(SINCE, None)
    post.save()
    return Cadre.objects.create(post=post, place=place.path, tier=tier, category=category)


def held(cast: Cast, on: date) -> dict[str, str]:
    place = cast.places["东城区"]
    approve(propose(place, by=cast.he, on=on), by=cast.he, on=on, over_cap_reasons={})
    return dict(Assignment.objects.in_force(on).order_by("entity__grade").values_list("entity__grade", "tier"))


@pytest.mark.req("LC-11")
def test_the_district_takes_b_its_streets_c_its_villages_d_and_another_plan_another_map(cast: Cast):
    place, paper = cast.places["东城区"], shipped_plan("lucheng")
    with acting_in(place.path):
        adopt_plan(place, paper, since=SINCE, by=None)
        for area, tier, category in (
            ("东城区", "district", "leader"), ("甲街道", "street", "leader"), ("一社区", "village", "committee"),
        ):  # fmt: skip
            cadre(cast, area, tier, category)
        for grade in "ABCD":
            entity(cast, grade)
        assert held(cast, DAY) == {"B": "district", "C": "street", "D": "village"}
        lower = {"A": "district", "B": "street", "C": "village", "D": "village"}
        adopt_plan(
            place, paper.model_copy(update={"values": {**paper.values, "tier_map": lower}}), since=LATER, by=None
        )
        assert held(cast, LATER) == lower


@pytest.mark.req("HL-11")
def test_the_phone_offers_the_three_ways_of_the_plan_by_their_names(cast: Cast):
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("heilongjiang"), since=SINCE, by=None)
        shop = entity(cast, "C")
        Assignment.objects.create(
            entity=shop, place=shop.place, cadre=Cadre.objects.create(
                post=cast.wang, place=cast.wang.place, tier="village", category="committee"
            ), cadre_place=cast.wang.place, tier="village", valid=DateRange(SINCE, None),
        )  # fmt: skip
        open_quarter(place, quarter_of(DAY), on=DAY)
        (row,) = my_document(cast.wang, DAY)["entities"]
    assert [mode["name"] for mode in row["modes"]] == ["现场督导", "视频督导", "集中督导"]
    assert (row["absent_modes"], row["must_onsite"]) == ([], "")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        pytest.param(
            "gumei",
            [
                ("打基础", None, date(2022, 12, 31)),
                ("全覆盖", date(2023, 1, 1), date(2023, 12, 31)),
                ("见成效", date(2022, 1, 1), date(2024, 12, 31)),
            ],
            marks=pytest.mark.req("GM-02"),
            id="GM-02",
        ),
        pytest.param(
            "lucheng",
            [("按照“包保企业全覆盖，主体责任全落实”的工作目标，工作机制实现高效运行", None, date(2024, 12, 31))],
            marks=pytest.mark.req("LC-04"),
            id="LC-04",
        ),
    ],
)
def test_the_goals_of_the_years_have_their_days_and_how_far_each_has_come(cast: Cast, code: str, wanted: list):
    place = cast.places["东城区"]
    with acting_in(place.path):
        adopted = adopt_plan(place, shipped_plan(code), since=SINCE, by=None)
        goals = [goal for goal, _start, _until in wanted]
        found = [stage for stage in stages_of(adopted, date(2024, 6, 1)) if stage.goal in goals]
        assert [(stage.goal, stage.start, stage.until) for stage in found] == wanted
        last = found[-1]
        assert last.state is StageState.RUNNING
        acts.note_stage(adopted, last.code, StageState.REACHED, "考核通过", by=cast.he, on=date(2024, 12, 31))
        (after,) = [stage for stage in stages_of(adopted, date(2025, 1, 5)) if stage.code == last.code]
        assert (after.state_label, after.note.note) == ("已完成", "考核通过")


@pytest.mark.req("SN-10")
@pytest.mark.parametrize(
    ("facts", "base", "raised"),
    [
        (EntityFacts(("school_canteen",), diners=199), "D", "C"),
        (EntityFacts(("elderly_canteen",), diners=60), "D", "C"),
        (EntityFacts(("production",), 5, 100, tags=frozenset({"重点生产企业"})), "C", "B"),
        (EntityFacts(("production",), 5, 100), "C", "C"),
        (EntityFacts(("stall",)), "D", "D"),
    ],
)
def test_the_printed_classes_are_raised(facts: EntityFacts, base: str, raised: str):
    segments = [Segment(DAY, plan("suining"))]
    (line,) = timeline(Subject(facts), segments)
    assert (line.base, line.effective, line.raised_by) == (base, raised, "class" if raised != base else "")


@pytest.mark.req("SN-10")
def test_a_case_is_raised_beside_the_classes():
    case = Decision(DecisionKind.UPGRADE, Grade.C, Grade.D, DAY, None, "理由，某副市长批准", "依据")
    (line,) = timeline(Subject(EntityFacts(("stall",)), (), (case,)), [Segment(DAY, plan("suining"))])
    assert (line.base, line.effective, line.raised_by) == ("D", "C", "case")


@pytest.mark.req("GM-09")
def test_the_cap_is_ten_and_soft_in_the_street(cast: Cast):
    with acting_in(cast.places["甲街道"].path):
        adopt_plan(cast.places["甲街道"], shipped_plan("gumei"), since=SINCE, by=None)
        document = plan_in_force(cast.places["甲街道"].path, DAY).value
        assert {tier.code: document.cap_for(tier.code) for tier in document.tiers} == {
            "street": (10, "soft"), "community": (10, "soft"),
        }  # fmt: skip
