"""The balanced proposal against the exact optimum of a min-cost flow, and what must hold for any input."""

import random
import time
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadres.rules.balance import Bearer, Charge, balance, may_answer

AREAS = tuple(f"1/{n}/" for n in range(6))


def squares(loads):
    return sum(load * load for load in loads.values())


def optimum(charges, bearers):
    """The least sum of squared loads, by OR-tools: one unit arc per further entity of a cadre, each dearer by two."""
    flow = pytest.importorskip("ortools.graph.python.min_cost_flow", reason="pip install ortools").SimpleMinCostFlow()
    sizes = Counter((c.tier, c.area) for c in charges)
    groups = {key: number for number, key in enumerate(sorted(sizes), start=1)}
    nodes = {bearer.id: len(groups) + number for number, bearer in enumerate(bearers, start=1)}
    sink, room = len(groups) + len(nodes) + 1, Counter()
    for key, node in groups.items():
        for bearer in bearers:
            if may_answer(bearer, *key):
                flow.add_arc_with_capacity_and_unit_cost(node, nodes[bearer.id], sizes[key], 0)
                room[bearer.id] += sizes[key]
        flow.set_node_supply(node, sizes[key])
    for bearer in bearers:
        for unit in range(bearer.load, bearer.load + room[bearer.id]):
            flow.add_arc_with_capacity_and_unit_cost(nodes[bearer.id], sink, 1, 2 * unit + 1)
    flow.set_node_supply(sink, -len(charges))
    assert flow.solve() == flow.OPTIMAL
    return flow.optimal_cost() + sum(bearer.load**2 for bearer in bearers)


def overlapping(seed, villages=40, cadres=70, entities=600):
    """Cadres of a village, of a pair of villages, and of the whole street, all of one tier."""
    dice = random.Random(seed)
    roots = [f"1/{pair}/" for pair in range(villages // 4)]
    homes = [f"{root}{n}/" for root in roots for n in range(4)]
    spots = [*homes, *roots, "1/"]
    bearers = [Bearer(n, "t", dice.choice(spots), load=dice.randrange(4)) for n in range(1, cadres)]
    bearers.append(Bearer(cadres, "t", "1/"))
    weights = [dice.lognormvariate(0, 1.3) for _home in homes]
    charges = [Charge(n, "t", area) for n, area in enumerate(dice.choices(homes, weights, k=entities), start=1)]
    return charges, bearers


@pytest.mark.req("GM-09")
@pytest.mark.parametrize("seed", range(12))
def test_loads_are_as_even_as_the_exact_flow_makes_them(seed):
    charges, bearers = overlapping(seed)
    assert squares(balance(charges, bearers).loads) == optimum(charges, bearers)


def city(entities=18_704, cadres=2_181, villages=1_500):
    dice = random.Random(7)
    homes = [f"5/{town}/{n}/" for town in range(100) for n in range(villages // 100)]
    weights = [dice.lognormvariate(0, 0.8) for _home in homes]
    bearers = [Bearer(n, "village", home) for n, home in enumerate(homes, start=1)]
    bearers += [
        Bearer(n, "village", dice.choice(homes)[:-2].rsplit("/", 1)[0] + "/") for n in range(villages + 1, cadres + 1)
    ]
    areas = dice.choices(homes, weights, k=entities)
    return [Charge(n, "village", area) for n, area in enumerate(areas, start=1)], bearers


def test_a_city_is_balanced_within_a_second():
    charges, bearers = city()
    began = time.process_time()
    found = balance(charges, bearers)
    assert time.process_time() - began < 1
    assert sum(found.loads.values()) == 18_704


def test_a_whole_city_equals_the_exact_flow():
    charges, bearers = city()
    assert squares(balance(charges, bearers).loads) == optimum(charges, bearers)


def test_the_second_run_moves_nobody():
    charges, bearers = city(2_000, 250, 200)
    first = balance(charges, bearers).chosen
    again = balance([Charge(c.id, c.tier, c.area, first[c.id]) for c in charges], bearers)
    assert again.chosen == first
    assert again.kept == frozenset(first)


def test_an_assignment_ends_only_where_its_cadre_may_no_longer_answer():
    bearers = [Bearer(1, "t", "1/1/"), Bearer(2, "t", "1/1/"), Bearer(3, "u", "1/")]
    charges = [
        Charge(1, "t", "1/1/", holder=1),
        Charge(2, "t", "1/1/", holder=1),
        Charge(3, "t", "1/1/", holder=9),
        Charge(4, "u", "1/1/", holder=2),
        Charge(5, "t", "1/2/", holder=1),
    ]
    assert balance(charges, bearers).chosen == {1: 1, 2: 1, 3: 2, 4: 3, 5: None}


def test_cadres_linked_with_an_area_go_before_the_others_of_their_tier():
    bearers = [Bearer(1, "t", "1/", linked=frozenset({"1/1/"})), Bearer(2, "t", "1/"), Bearer(3, "t", "1/")]
    charges = [Charge(n, "t", "1/1/") for n in (1, 2)] + [Charge(n, "t", "1/2/") for n in (3, 4)]
    assert balance(charges, bearers).chosen == {1: 1, 2: 1, 3: 2, 4: 3}


def test_neighbours_in_the_register_stay_together():
    bearers = [Bearer(1, "t", "1/"), Bearer(2, "t", "1/")]
    charges = [Charge(n, "t", "1/1/") for n in range(1, 7)]
    assert balance(charges, bearers).chosen == {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2}


tiers = st.sampled_from(["t", "u"])
some_charges = st.lists(st.tuples(tiers, st.sampled_from(AREAS), st.none() | st.integers(1, 8)), max_size=40)
some_bearers = st.lists(st.tuples(tiers, st.sampled_from(("1/", *AREAS)), st.integers(0, 5)), max_size=8)


def made(raw_charges, raw_bearers):
    charges = [Charge(n, *raw) for n, raw in enumerate(raw_charges, start=1)]
    return charges, [Bearer(n, tier, area, load=load) for n, (tier, area, load) in enumerate(raw_bearers, start=1)]


@given(some_charges, some_bearers)
@settings(max_examples=150, deadline=None)
def test_everybody_who_can_be_covered_is_and_by_somebody_who_may(raw_charges, raw_bearers):
    charges, bearers = made(raw_charges, raw_bearers)
    found, by_id = balance(charges, bearers), {bearer.id: bearer for bearer in bearers}
    for charge in charges:
        able = {b.id for b in bearers if may_answer(b, charge.tier, charge.area)}
        chosen = found.chosen[charge.id]
        assert chosen in able if able else chosen is None
    counted = Counter(chosen for chosen in found.chosen.values() if chosen is not None)
    assert found.loads == {b: by_id[b].load + counted[b] for b in by_id}


@given(some_charges, some_bearers, st.randoms())
@settings(max_examples=80, deadline=None)
def test_the_answer_does_not_depend_on_the_order_of_the_input(raw_charges, raw_bearers, dice):
    charges, bearers = made(raw_charges, raw_bearers)
    first = balance(charges, bearers)
    dice.shuffle(charges)
    dice.shuffle(bearers)
    assert balance(charges, bearers) == first


@given(some_charges, some_bearers)
@settings(max_examples=150, deadline=None)
def test_no_path_leads_from_a_fuller_cadre_to_one_with_two_fewer(raw_charges, raw_bearers):
    charges, bearers = made([(tier, area, None) for tier, area, _holder in raw_charges], raw_bearers)
    found = balance(charges, bearers)
    ways = defaultdict(set)
    for charge in charges:
        giver = found.chosen[charge.id]
        ways[giver] |= {b.id for b in bearers if may_answer(b, charge.tier, charge.area)}
    for start in found.loads:
        reached, waiting = {start}, [start]
        while waiting:
            fresh = ways[waiting.pop()] - reached
            reached |= fresh
            waiting += fresh
        assert min(found.loads[each] for each in reached) >= found.loads[start] - 1
