"""The ratio page: a constant number of queries, and the whole tree at a few times one pass over the register."""

from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks.district import AT, ON, SINCE, District
from benchmarks.measuring import Limit, Line, Side, Timer, clock_with_database, compare, counted
from entities.models import Entity
from reports.actions.figures import refresh_ratios
from reports.queries.layers import Layers
from reports.queries.ratios import live_ratios, ratio_table
from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import found_place
from tenancy.models import Jurisdiction
from tenancy.plans import shipped_plan
from tenancy.scoping import acting_in

FEW, MANY = 10, 1000
ONE_PASS = """SELECT count(*), count(*) FILTER (WHERE grade = ''), count(*) FILTER (WHERE status = 'active'),
    count(*) FILTER (WHERE grade = 'D' AND status = 'active') FROM entities_entity"""


def ratios(city: District) -> Iterator[Line]:
    city.peopled()
    many = MANY if city.rounds > 1 else 2 * FEW
    few, more = _queries(FEW), _queries(many)
    note = f"queries of the page with {many} places below it; peer: with {FEW}"
    for name, at in (("ratios-page-queries", 0), ("ratios-stored-queries", 1), ("ratios-refresh-queries", 2)):
        yield counted(name, more[at], few[at], Limit(1), note=note)

    def ours(timer: Timer) -> None:
        with city.acting(), timer():
            live_ratios(city.place.path, ON, Layers.in_force(ON))

    def one_pass(timer: Timer) -> None:
        with city.acting(), connection.cursor() as cursor, timer():
            cursor.execute(ONE_PASS)
            cursor.fetchall()

    note = f"{city.rows} entities in {Jurisdiction.objects.count()} places; peer: one pass with four counts, no groups"
    yield compare(
        "ratios-live", _often(ours, city.repeat), _often(one_pass, city.repeat), Limit(8), rounds=city.rounds,
        clock=clock_with_database(), note=note,
    )  # fmt: skip


def _often(side: Side, times: int) -> Side:
    def repeated(timer: Timer) -> None:
        for _ in range(times):
            side(timer)

    return repeated


def _queries(places: int) -> tuple[int, int, int]:
    """Queries of the page before figures were stored, after, and of storing them, for a place with so many below it."""
    with acting_in("980101/"):
        root = found_place(None, name="测试区", level="district", segment="980101", code="980101")
        adopt_plan(root, shipped_plan("national"), since=SINCE, by=None)
        Jurisdiction.objects.bulk_create(
            Jurisdiction(parent=root, name=f"{n}街", level="street", path=f"{root.path}{n:04}/") for n in range(places)
        )
        Entity.objects.bulk_create(
            Entity(jurisdiction=place, place=place.path, name="店", business_type="retail", grade="D")
            for place in Jurisdiction.objects.filter(parent=root)
        )
        counts = (
            _count(lambda: ratio_table(root, ON)),
            _count(lambda: refresh_ratios(root, at=AT, on=ON)),
            _count(lambda: ratio_table(root, ON)),
        )
        transaction.set_rollback(True)
    return counts[0], counts[2], counts[1]


def _count(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)
