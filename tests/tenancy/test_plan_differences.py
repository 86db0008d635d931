"""Two plans beside each other: what differs, in which words, and that the differences make the one into the other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tenancy.plans import PlanLayer, resolve, shipped_codes, shipped_plan
from tenancy.plans.differences import ABSENT, Difference, apply, diff, differences
from tenancy.plans.showing import shown_differences

NATIONAL = shipped_plan("national").layer()
GUMEI = shipped_plan("gumei")

keys = st.sampled_from(["code", "tier", "name", "clause", "a.b", "x"])
leaves = st.none() | st.booleans() | st.integers(0, 3) | st.floats(0, 2) | st.sampled_from(["", "s", "t"])
coded = st.sampled_from("abcd")


def grown(inside):
    items = st.fixed_dictionaries({"code": coded}, optional={"name": inside})
    return (
        st.lists(inside, max_size=3)
        | st.dictionaries(keys, inside, max_size=3)
        | st.lists(items, max_size=4, unique_by=lambda item: item["code"])
    )


documents = st.dictionaries(keys, st.recursive(leaves, grown, max_leaves=14), max_size=4)


def exact(tree):
    """Equality in which true is not 1."""
    if isinstance(tree, dict):
        return {key: exact(value) for key, value in tree.items()}
    return [exact(value) for value in tree] if isinstance(tree, list) else (isinstance(tree, bool), tree)


@given(documents)
def test_a_plan_does_not_differ_from_itself(a):
    assert list(differences(a, a)) == []


@settings(max_examples=400)
@given(documents, documents)
def test_the_differences_carried_out_on_the_one_give_the_other(a, b):
    made = apply(a, list(differences(a, b)))
    assert exact(made) == exact(b)
    assert list(differences(made, b)) == []


def test_every_shipped_plan_becomes_every_other_by_their_differences():
    for one in shipped_codes():
        for other in shipped_codes():
            a, b = shipped_plan(one).values, shipped_plan(other).values
            assert apply(a, list(differences(a, b))) == b


def layer(values, clauses=None):
    return PlanLayer("某地方案", "", values, clauses or {})


def test_an_item_is_found_by_its_code_wherever_it_stands_and_keeps_its_own_clause():
    old = layer({"tiers": [{"code": "a", "rank": 1, "clause": "二"}, {"code": "b", "rank": 2}]}, {"tiers": "三"})
    new = layer({"tiers": [{"code": "b", "rank": 3}, {"code": "a", "rank": 1, "clause": "二"}]}, {"tiers": "四"})
    assert diff(old, new) == (
        Difference(("tiers", "b", "rank"), 2, 3, old_clause="三", new_clause="四"),
        Difference(("tiers",), ["a", "b"], ["b", "a"], is_order=True, old_clause="三", new_clause="四"),
    )


def test_an_absent_key_a_null_and_a_value_are_three_things():
    found = {each.key: (each.old, each.new) for each in differences({"a": None, "b": 1}, {"b": None, "c": 1})}
    assert found == {"a": (None, ABSENT), "b": (1, None), "c": (ABSENT, 1)}


def test_a_list_without_codes_is_compared_as_a_whole():
    old, new = {"frequency": [{"times": 1}]}, {"frequency": [{"times": 2}]}
    assert [(each.key, each.old, each.new) for each in differences(old, new)] == [
        ("frequency", [{"times": 1}], [{"times": 2}])
    ]


def test_a_page_reads_the_difference_in_words_with_both_clauses():
    changed = {**GUMEI.values, "cadre_cap": 12, "tier_map": {**GUMEI.values["tier_map"], "D": "street"}}
    del changed["quarter_package"]
    new = PlanLayer("新方案", "", changed, {**GUMEI.clauses, "cadre_cap": "二（三）"})
    found = shown_differences(resolve([NATIONAL, GUMEI.layer()]), resolve([NATIONAL, new]))
    assert [(each.section, each.label, each.old, each.new, each.old_clause, each.new_clause) for each in found][:2] == [
        ("组织与干部", "层级对应 › D" if found[0].label.endswith("D") else "层级对应 › D级", "居民区", "街道", "三（一）2", "三（一）2"),
        ("组织与干部", "每名干部最多包保几户", "10", "12", "三（一）", "二（三）"),
    ]  # fmt: skip
    assert [(each.key, each.new) for each in found[2:]] == [("quarter_package", "不写，沿用上级")]
