"""A plan's conditions mean the same of one entity and of the whole register."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entities.models import Entity, GradeRecord
from entities.queries.matching import by_frequency, fitting
from entities.rules.grading import EntityFacts
from entities.rules.matching import Profile, fits, frequency_for, risk_classes
from entities.rules.vocabulary import Grade, SizeClass
from tenancy.plans import PlanDocument, PlanLayer, resolve, shipped_plan
from tenancy.plans.conditions import Condition
from tenancy.scoping import acting_in
from tests.cast import SINCE

TODAY = SINCE.replace(month=11)
DOC = resolve([shipped_plan("national").layer()]).value
KINDS = ["production", "retail", "school_canteen", "kindergarten_canteen", "stall", "unheard-of"]
TAGS = ["直播", "dairy", "高风险", "肉制品"]
# What is annotated from above the register.
LAYER, CLEAN = "village", 3
LICENCES = ["SC10531011200001", "SC10431011200001", "SC10131011200001", "JY10531011200001", ""]


@pytest.fixture
def register(cast):
    """Entities of many kinds: each fact known and unknown somewhere."""
    place = cast.places["一社区"]
    with acting_in(place.path):
        for number in range(60):
            entity = Entity.objects.create(
                jurisdiction=place, place=place.path, name=f"{number}号店", business_type=KINDS[number % 6],
                diners=[None, 0, 100, 300, 500][number % 5], grade=["", "A", "B", "D"][number % 4],
                supply_way=["", "self_run", "ordered"][number % 3], tags=TAGS[: number % 5], further_types=[[], [], ["stall"], ["retail", "production"]][number % 4],
            )  # fmt: skip
            if licence := LICENCES[number % 5]:
                entity.licences.create(place=place.path, number=licence)
            if size := ["", *SizeClass][number % 5]:
                GradeRecord.objects.create(
                    entity=entity, place=place.path, base="D", effective="D", size=size, rule="x",
                    valid=DateRange(SINCE, None),
                )  # fmt: skip
        yield [(entity.pk, profile(entity)) for entity in Entity.objects.prefetch_related("licences", "grade_records")]


def profile(entity: Entity) -> Profile:
    tags = frozenset(entity.tags)
    classes = risk_classes([licence.number for licence in entity.licences.all()], DOC, tags)
    facts = EntityFacts(entity.activities, diners=entity.diners, tags=tags, classes=classes)
    size = next((SizeClass(record.size) for record in entity.grade_records.all()), None)
    grade = Grade(entity.grade) if entity.grade else None
    way = entity.supply_way or None
    return Profile(facts, grade, size, tier=LAYER, supply_way=way, on=TODAY, clean_visits=CLEAN)


def some(values: list[str]):
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


CONDITIONS = st.builds(
    Condition,
    business_types=some(KINDS[:5]),
    domains=some(["production", "distribution", "catering"]),
    sizes=some([size.value for size in SizeClass]),
    grades=some(["A", "B", "C", "D"]),
    diners=st.sampled_from([None, {"min": 100}, {"max": 300}, {"min": 100, "max": 300}]),
    tags=some(TAGS),
    classes=some(["dairy", "meat", "none-such"]),
    tiers=some(["village", "county"]),
    months=some([10, 11, 12]),
    season=st.sampled_from([None, {"from": "11-01", "until": "12-31"}, {"from": "03-01", "until": "05-31"}]),
    clean_visits=st.sampled_from([None, 3, 4]),
    supply_ways=st.sampled_from([(), (), ("self_run",), ("contracted", "ordered")]),
)
PATIENT = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged() -> QuerySet[Entity]:
    return Entity.objects.annotate(layer=Value(LAYER), clean_visits=Value(CLEAN))


@PATIENT
@given(CONDITIONS)
def test_the_register_is_judged_as_each_entity_is(register, when):
    found = set(judged().filter(fitting(when, DOC, TODAY)).values_list("pk", flat=True))
    assert found == {pk for pk, facts in register if fits(when, facts, DOC)}


@PATIENT
@given(st.lists(CONDITIONS, max_size=3))
def test_each_entity_stands_under_the_first_line_that_fits(register, conditions):
    lines = [
        {"when": when.model_dump(exclude_defaults=True, by_alias=True), "times": at + 1}
        for at, when in enumerate(conditions)
    ]
    doc = PlanDocument.model_validate(
        DOC.model_dump(exclude_defaults=True, by_alias=True) | {"frequency": [*lines, {"times": 9, "per": "year"}]}
    )
    told = {}
    for line, here in by_frequency(doc, TODAY):
        for pk in judged().filter(here).values_list("pk", flat=True):
            assert told.setdefault(pk, line) is line
    assert told == {pk: frequency_for(facts, doc) for pk, facts in register}


def test_a_size_counts_only_while_its_record_holds(register):
    when = Condition(sizes=("large",))
    assert Entity.objects.filter(fitting(when, DOC, TODAY)).exists()
    assert not Entity.objects.filter(fitting(when, DOC, SINCE.replace(year=2025))).exists()


def test_a_layer_of_frequencies_reads_as_it_is_written():
    layer = PlanLayer("试", "", {"frequency": [{"when": {"grades": ["B"]}, "times": 2}, {"times": 1}]}, {})
    lines = resolve([shipped_plan("national").layer(), layer]).value.frequency
    assert [(line.when.grades, line.times, line.per) for line in lines] == [(("B",), 2, "quarter"), ((), 1, "quarter")]
