"""What runs without a browser: tasks stay in their tenant, acts leave a trace."""

from tests.walls import work
from tests.walls.world import World


def test_every_task_a_worker_knows_is_checked_here() -> None:
    assert work.task_census_findings() == []


def test_every_task_works_in_its_tenant_and_leaves_the_other_untouched(world: World) -> None:
    assert work.task_findings(world) == []


def test_what_only_sends_reads_no_row_behind_the_wall(world: World) -> None:
    assert work.sender_findings(world) == []


def test_every_act_is_run_here_or_excused_with_a_sentence() -> None:
    assert work.act_census_findings() == []


def test_every_act_leaves_a_trace(world: World) -> None:
    assert work.act_findings(world) == []
