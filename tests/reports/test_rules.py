"""Arithmetic of figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.rules import Fact, Ratio, Tally, chain_of, rolled_up, shares
from tenancy.rules.paths import ancestors_of

PATHS = ["1/", "1/1/", "1/2/", "1/1/1/", "1/1/2/", "1/2/1/"]


@pytest.mark.parametrize(
    ("cadres", "entities", "text"),
    [
        (37, 37, "1:1"),
        (149, 199, "1:1.34"),
        (1414, 3923, "1:2.77"),
        (2181, 18704, "1:8.58"),
        (3781, 22863, "1:6.05"),
        (2, 5, "1:2.50"),
        (3, 0, "1:0"),
        (0, 5, "—"),
        (0, 0, "无"),
    ],
)
def test_ratios_read_as_they_are_printed(cadres: int, entities: int, text: str) -> None:
    assert Ratio(cadres, entities).text == text


@given(st.dictionaries(st.tuples(st.sampled_from(PATHS), st.sampled_from("ab")), st.integers(0, 9)))
def test_every_place_sums_what_lies_at_and_below_it(leaves: dict[tuple[str, str], int]) -> None:
    found = rolled_up({key: Ratio(number, number * 2) for key, number in leaves.items()})

    for path in PATHS:
        for tier in "ab":
            below = [number for (at, of), number in leaves.items() if of == tier and path in ancestors_of(at)]
            assert found.get((path, tier), Ratio()) == Ratio(sum(below), 2 * sum(below))


@given(st.lists(st.tuples(st.sampled_from([(1,), (1, 2), (1, 2, 5), (1, 3)]), st.integers(0, 9))))
def test_a_fact_counts_once_for_each_place_of_its_chain(rows: list[tuple[tuple[int, ...], int]]) -> None:
    found = shares([Fact(chain, "t", "D", Tally(due=number)) for chain, number in rows])

    for node in (1, 2, 3, 5):
        counted = sum(tally.due for share, tally in found.items() if share.node == node)
        assert counted == sum(number for chain, number in rows if node in chain)
    assert {share.part for share in found if share.node == 2} <= {2, 5}


def test_the_lenient_rate_leaves_out_only_what_is_not_yet_due() -> None:
    tally = Tally(issues=5, rectified=2, pending=1)
    assert (tally.rectification, tally.rectification_of_due) == ((2, 5), (2, 4))


def test_a_chain_reads_from_the_root_down() -> None:
    assert chain_of("1/7/52/") == (1, 7, 52)
