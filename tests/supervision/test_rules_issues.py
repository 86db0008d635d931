"""The table of issues: one holder always, no end without a result, the two sides never in each other's place."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from supervision.management.commands.states import issue_diagram, page
from supervision.rules.issues import (
    ACTORS,
    CLOCKS,
    HOLDER_LABELS,
    HOLDERS,
    NEXT,
    NOTIFY_TEXTS,
    STATE_LABELS,
    VERB_LABELS,
    Holder,
    NotifyRule,
    Route,
    State,
    Verb,
    first_step,
    step,
)


def test_every_state_and_verb_is_named_and_has_its_place_in_the_tables():
    assert set(NEXT) == set(HOLDERS) == set(STATE_LABELS) == set(State)
    assert set(ACTORS) == set(VERB_LABELS) == set(Verb)
    assert set(HOLDER_LABELS) == set(Holder)
    assert {verb for acts in NEXT.values() for verb in acts} == set(Verb)


@pytest.mark.req("GM-40")
def test_no_act_belongs_to_both_sides_and_only_the_station_answers():
    station = {verb for verb, side in ACTORS.items() if side is Holder.STATION}
    assert station == {Verb.ACKNOWLEDGE, Verb.START, Verb.SEND_BACK, Verb.ANSWER}
    assert {verb for verb, side in ACTORS.items() if side is Holder.CADRE} == set(Verb) - station


def test_a_clock_runs_only_while_somebody_holds_the_issue():
    assert all(HOLDERS[state] is not Holder.NOBODY for state in CLOCKS)


@pytest.mark.req("GM-24")
def test_the_only_way_to_closed_leads_through_an_answer():
    assert [state for state, acts in NEXT.items() if State.CLOSED in acts.values()] == [State.ANSWERED]
    assert {verb for acts in NEXT.values() for verb, after in acts.items() if after is State.ANSWERED} == {Verb.ANSWER}


def test_every_state_can_be_reached_and_an_unsettled_one_can_be_settled():
    def reach(start: State) -> set[State]:
        seen, ahead = set(), [start]
        while ahead:
            state = ahead.pop()
            if state not in seen:
                seen.add(state)
                ahead += NEXT[state].values()
        return seen

    begun = [first_step(route, rule) for route in Route for rule in NOTIFY_TEXTS]
    assert set.union(*(reach(step.state) for step in begun)) == set(State)
    assert all(State.CLOSED in reach(state) for state in State)


def test_the_drawn_page_is_up_to_date():
    assert Path("docs/states.md").read_text() == page()
    assert "answered --> closed : 核实办结（包保干部）" in issue_diagram()


class Life(RuleBasedStateMachine):
    """An issue pushed about at random by both sides."""

    @initialize(route=st.sampled_from(Route), rule=st.sampled_from(sorted(NOTIFY_TEXTS)))
    def found(self, route: Route, rule: NotifyRule) -> None:
        self.now = first_step(route, rule)
        self.told = False

    @rule(verb=st.sampled_from(Verb))
    def act(self, verb: Verb) -> None:
        led = step(self.now.state, verb)
        if led is None:
            assert verb not in NEXT[self.now.state]
            return
        # Nobody acts for the other side; a settled issue is only taken up again by the cadre.
        assert ACTORS[verb] is self.now.holder or (self.now.holder is Holder.NOBODY and ACTORS[verb] is Holder.CADRE)
        self.told = verb is Verb.ANSWER or (self.told and led.state is State.CLOSED)
        self.now = led

    @invariant()
    def one_holder_and_never_closed_without_a_result(self) -> None:
        assert self.now.holder is HOLDERS[self.now.state]
        assert (self.now.clock is None) == (self.now.state not in CLOCKS)
        if self.now.state is State.CLOSED:
            assert self.told


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
