"""Grading: finding the plan of each row's own place costs next to nothing beside grading it, and no query."""

from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.district import ON, District, Row
from benchmarks.measuring import Limit, Line, Timer, compare, counted
from entities.queries.grades import bare_facts
from entities.queries.regrading import regrade_preview
from entities.rules.grading import EntityFacts, compile_grading, grade
from tenancy.models import Jurisdiction
from tenancy.plans import codes_by_word, plain
from tenancy.queries.plans import local_plans, plan_in_force

ROWS = 10_000


def grading(city: District) -> Iterator[Line]:
    city.peopled()
    with city.acting():
        constant, plans = plan_in_force(city.place.path, ON), local_plans(city.place.path, ON)
    words = codes_by_word(constant.value.business_types)
    paths = {name: path for name, (_pk, path) in city.area_ids.items()}
    every = [(paths[row[8]], _facts(row, words)) for row in city.ledger]
    rows = [every[n % len(every)] for n in range(ROWS)]

    def ours(timer: Timer) -> None:
        with timer():
            for path, facts in rows:
                grade(facts, plans.at(path))

    def same_loop(timer: Timer) -> None:
        grader = compile_grading(constant)
        with timer():
            for _path, facts in rows:
                grader(facts)

    note = f"{ROWS} rows, each under the plan resolved for its own place; peer: the same loop under one plan at hand"
    yield compare("grading", ours, same_loop, Limit(1.2), rounds=max(city.rounds, 5), note=note)
    yield _queries(city, len(every))


def _facts(row: Row, words: dict[str, str]) -> EntityFacts:
    return bare_facts((words[plain(row[4])],), (), row[5], row[6], row[7])


def _queries(city: District, number: int) -> Line:
    """Queries of grading the whole city anew, against those of one village."""
    with city.acting():
        plan = plan_in_force(city.place.path, ON)
        village = Jurisdiction.objects.get(pk=next(iter(city.area_ids.values()))[0])
        counts = []
        for place in (city.place, village):
            with CaptureQueriesContext(connection) as caught:
                regrade_preview(place, plan, ON)
            counts.append(len(caught))
    note = f"queries of a preview over {number} entities; peer: over those of one village"
    return counted("grading-queries", counts[0], counts[1], Limit(1), note=note)
