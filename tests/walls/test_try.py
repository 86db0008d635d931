import time
import pytest
from tests.walls import checks, census
@pytest.mark.parametrize("name", ["seeding_findings","reading_findings","pointing_findings"])
def test_census(world, name):
    t=time.perf_counter()
    f = getattr(census, name)(world)
    print(name, time.perf_counter()-t); print("\n".join(f))
def test_comp(world):
    print(census.composite_findings(), checks.census_findings())
@pytest.mark.parametrize("name", [n for n in dir(checks) if n.endswith("_findings") and n != "census_findings" and n!="composite_findings"])
def test_checks(world, name):
    t=time.perf_counter()
    f = getattr(checks, name)(world)
    print("==", name, time.perf_counter()-t); print("\n".join(f)[:6000])
