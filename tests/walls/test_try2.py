import pytest, time
from tests.walls import work
@pytest.mark.parametrize("name", ["task_census_findings","act_census_findings"])
def test_c(name): print(name, getattr(work,name)())
@pytest.mark.parametrize("name", ["task_findings","sender_findings","act_findings"])
def test_q(world, name):
    t=time.perf_counter()
    f=getattr(work,name)(world)
    print("==", name, time.perf_counter()-t); print("\n".join(f))
from tests.walls import checks
@pytest.mark.parametrize("name", ["count_findings","workbook_findings"])
def test_q2(world, name):
    t=time.perf_counter()
    f=getattr(checks,name)(world)
    print("==", name, time.perf_counter()-t); print("\n".join(f))
