"""What holds for any plans laid over one another, and what an adopted plan keeps of its paper."""

import copy
import itertools
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenancy.actions.plans import adopt_plan
from tenancy.models import Plan
from tenancy.plans import (
    PlanDocument,
    PlanFile,
    PlanHeader,
    PlanLayer,
    layer_of,
    merge,
    resolve,
    shipped_codes,
    shipped_plan,
)
from tenancy.plans.reading import Annex, PlanFiling
from tenancy.plans.resolution import without_nulls
from tenancy.queries.plans import header_of
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

NATIONAL = shipped_plan("national").layer()
WORDS = st.text("甲乙丙丁abc·“”\n", max_size=4)
KEYS = st.sampled_from(["a", "b", "c", "d"])
SCALARS = st.one_of(st.booleans(), st.integers(0, 3), WORDS)


def maps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(KEYS, inner, max_size=3)


JSON = st.recursive(
    st.one_of(SCALARS, st.none()), lambda inner: st.lists(inner, max_size=2) | maps(inner), max_leaves=6
)
ANY_VALUES = maps(JSON)
WRITTEN = [(key, value) for code in shipped_codes() for key, value in shipped_plan(code).values.items()]
# Values as plans really write them, put together anew: each top key as one of the shipped plans has it.
REAL_VALUES = st.lists(st.sampled_from(WRITTEN), max_size=8).map(dict)
LAYERS = st.builds(
    PlanLayer, WORDS, WORDS, REAL_VALUES, st.dictionaries(st.sampled_from(["tiers", "names.area"]), WORDS)
)
STACKS = st.lists(LAYERS, min_size=1, max_size=3)


def leaves(values: Any, path: str = "") -> dict[str, Any]:
    """Dotted key -> value, of everything that is no map, and of the maps with nothing in them."""
    if not isinstance(values, dict) or (path and not values):
        return {path: values}
    return {at: v for key, value in values.items() for at, v in leaves(value, f"{path}.{key}" if path else key).items()}


def test_maps_merge_key_by_key():
    assert merge([{"a": {"x": 1, "y": 2}}, {"a": {"y": 3, "z": 4}}])[0] == {"a": {"x": 1, "y": 3, "z": 4}}
    assert merge([{"a": {"x": 1}}, {"a": {}}])[0] == {"a": {"x": 1}}


def test_a_list_replaces_the_whole_list():
    assert merge([{"a": [1, 2, 3]}, {"a": [4]}])[0] == {"a": [4]}


def test_a_null_clears_what_stands_below_it_and_a_later_value_starts_anew():
    assert merge([{"a": {"x": 1}, "b": 2}, {"a": None, "b": None}])[0] == {}
    assert merge([{"a": {"x": 1}}, {"a": None}, {"a": {"y": 2}}])[0] == {"a": {"y": 2}}


@given(st.lists(ANY_VALUES, max_size=3), ANY_VALUES)
def test_the_last_word_wins_wherever_it_is_written(below, last):
    merged = leaves(merge([*below, last])[0])
    said = {path: value for path, value in leaves(last).items() if value not in (None, {})}
    assert {path: merged.get(path) for path in said} == said
    cleared = [path for path, value in leaves(last).items() if value is None]
    assert [path for path in cleared if any(at == path or at.startswith(f"{path}.") for at in merged)] == []


@given(st.lists(ANY_VALUES, max_size=3), ANY_VALUES)
def test_what_the_last_one_does_not_write_stays(below, last):
    before, after = leaves(merge(below)[0]), leaves(merge([*below, last])[0])
    silent = {
        path: value
        for path, value in before.items()
        if not any(path == at or path.startswith(f"{at}.") or at.startswith(f"{path}.") for at in leaves(last))
    }
    assert {path: after.get(path) for path in silent} == silent


@given(st.lists(ANY_VALUES, max_size=3), ANY_VALUES)
def test_merging_changes_none_of_its_layers(below, last):
    layers = [*below, last]
    before = json.dumps(layers)
    merge(layers)
    assert json.dumps(layers) == before


@given(STACKS)
@settings(max_examples=40)
def test_laying_nothing_changes_nothing(stack):
    nothing = PlanLayer("空白方案", "", {}, {})
    plan, padded = resolve([NATIONAL, *stack]), resolve([NATIONAL, nothing, *stack, nothing])
    assert padded.value == plan.value
    keys = [*PlanDocument.model_fields, "names.area", "tier_map.A"]
    assert [padded.source(key) for key in keys] == [plan.source(key) for key in keys]


@given(STACKS)
@settings(max_examples=40)
def test_without_nulls_a_stack_of_valid_plans_is_valid_and_keeps_every_last_word(stack):
    layers = [NATIONAL, *(PlanLayer(x.title, x.number, without_nulls(x.values), x.clauses) for x in stack)]
    plan = resolve(layers)
    last = layers[-1].values
    alone = PlanDocument.model_validate({key: value for key, value in last.items() if isinstance(value, list)})
    assert [key for key in alone.model_fields_set if getattr(plan.value, key) != getattr(alone, key)] == []


@given(STACKS)
@settings(max_examples=40)
def test_a_source_is_the_nearest_plan_that_wrote_the_key(stack):
    named = [PlanLayer(f"第{n}层", f"第{n}号", x.values, x.clauses) for n, x in enumerate(stack)]
    plan = resolve([NATIONAL, *named])
    writers = {}
    for layer in plan.layers:
        for path in leaves(layer.values):
            # Whoever writes a list, a scalar or a null in the place of a map has written all of it.
            writers = {at: who for at, who in writers.items() if not at.startswith(f"{path}.")}
            writers[path] = layer
    assert {path: plan.source(path).plan_title for path in writers} == {p: x.title for p, x in writers.items()}


def test_whoever_cleared_a_map_is_the_source_of_everything_that_was_in_it():
    plan = resolve(
        [NATIONAL, PlanLayer("某地方案", "某办〔2026〕1号", {"size_standard": None}, {"size_standard": "三"})]
    )
    source = plan.source("size_standard.industries.retail.revenue.small")
    assert (source.plan_title, source.doc_number, source.clause) == ("某地方案", "某办〔2026〕1号", "三")


def test_digests_are_equal_exactly_when_contents_are():
    values = [{}, {"cadre_cap": 1}, {"cadre_cap": 2}, {"cadre_cap": None}, {"names": {"area": "1"}}]
    parts = itertools.product(["甲", "乙"], ["", "甲"], values, [{}, {"cadre_cap": "三"}, {"cadre_cap": "四"}])
    contents = list(parts)
    digests = {PlanLayer(*content).digest for content in contents}
    assert len(digests) == len(contents) == 60
    assert {PlanLayer(*copy.deepcopy(content)).digest for content in contents} == digests


@given(STACKS, STACKS)
@settings(max_examples=40)
def test_a_stack_has_the_digest_of_its_layers_in_their_order(one, other):
    equal = [layer.digest for layer in one] == [layer.digest for layer in other]
    assert (resolve([NATIONAL, *one]).digest == resolve([NATIONAL, *other]).digest) is equal


@given(LAYERS)
def test_a_plan_comes_back_from_its_row_as_the_same_layer(layer):
    shuffled = dict(reversed(list(layer.values.items())))
    stored = json.loads(json.dumps({"values": shuffled, "clauses": dict(layer.clauses)}))
    assert layer_of(layer.title, layer.number, stored) == layer


WHOLE_PAPER = PlanHeader(
    title="某地分层分级包保工作方案",
    number="某办〔2026〕1号",
    issuer="某街道办事处",
    drafter="某街道食安办",
    approved_by="某街道党工委",
    issued=date(2026, 3, 2),
    effective_from=date(2026, 4, 1),
    publicity="on_request",
    basis=("食安委发〔2022〕7号", "某区方案"),
    addressees=("各居民区",),
    copies_to=("某区食安办",),
    filing=PlanFiling(filed_to="某区食安委", on=date(2026, 3, 9), receipt="区备〔2026〕7号"),
    annexes=(Annex(no=1, title="名单", kind="roster", note="随文"), Annex(no=2, title="承诺书")),
    note="原件一式三份",
)


def test_the_paper_of_these_tests_fills_every_field():
    empty = PlanHeader(title="x")
    assert [name for name in PlanHeader.model_fields if getattr(WHOLE_PAPER, name) == getattr(empty, name)] == []


@pytest.mark.parametrize(
    "header", [WHOLE_PAPER, *(shipped_plan(code).header for code in shipped_codes())], ids=lambda header: header.title
)
def test_an_adopted_plan_keeps_every_field_of_its_paper(cast: Cast, header: PlanHeader):
    street = cast.places["甲街道"]
    with acting_in(street.path):
        adopted = adopt_plan(street, PlanFile(header=header), since=SINCE, by=cast.li)
        stored = Plan.objects.get(pk=adopted.pk)
        assert header_of(stored) == header
        columns = (stored.title, stored.doc_number, stored.issued_on)
        assert columns == (header.title, header.number, header.issued)


def test_a_plan_without_a_kept_paper_says_what_its_columns_say(cast: Cast):
    street = cast.places["甲街道"]
    with acting_in(street.path):
        adopted = adopt_plan(street, PlanFile(header=WHOLE_PAPER), since=SINCE, by=cast.li)
        Plan.objects.filter(pk=adopted.pk).update(paper={})
        assert header_of(Plan.objects.get(pk=adopted.pk)) == PlanHeader(
            title=WHOLE_PAPER.title, number=WHOLE_PAPER.number, publicity="on_request", issued=WHOLE_PAPER.issued
        )


@pytest.mark.parametrize("code", shipped_codes())
def test_the_values_of_an_adopted_plan_are_those_of_its_file(cast: Cast, code: str):
    street = cast.places["甲街道"]
    plan = shipped_plan(code)
    with acting_in(street.path):
        adopt_plan(street, plan, since=SINCE, by=cast.li)
        stored = Plan.objects.get(jurisdiction=street)
    assert layer_of(stored.title, stored.doc_number, stored.document) == plan.layer()
