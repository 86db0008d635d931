"""Every key of the schema has a form: what is not touched stays as it was written, what is typed arrives as typed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from tenancy.forms.plan_values import ValueForm
from tenancy.plans import NATIONAL, PlanDocument, PlanFile, shipped_codes, shipped_plan
from tenancy.plans.conditions import Coded
from tenancy.plans.differences import ABSENT
from tenancy.plans.drafting import Changes, FaultyPlan, changed
from tenancy.plans.editing import (
    WHOLE,
    Sheet,
    edited,
    items_at,
    paper_of,
    put_whole,
    read,
    rearranged,
    spot_at,
    undoing,
    values_of,
)
from tenancy.plans.editing import reset as inheriting
from tenancy.plans.fields import Kind, Node, document_tree, header_tree, tree_of
from tests.tenancy.sheets import as_sent

KEYS = [part.key for part in document_tree().parts]
DEFAULT = {"workday_calendar": "CN"}
HEADER = [part.key for part in header_tree().parts]


def sheets(code: str) -> list[Sheet]:
    file = shipped_plan(code)
    return [values_of(file, [] if code == NATIONAL else [shipped_plan(NATIONAL).layer()]), paper_of(file)]


def paths(node: Node, value: Any, above: str = "") -> Iterator[str]:
    """Every place of a plan: its keys, those inside its maps, its items and whatever stands in them."""
    for part in node.parts:
        path = f"{above}{part.key}"
        inside = value.get(part.key) if isinstance(value, dict) else None
        yield path
        if part.kind is Kind.GROUP:
            yield from paths(part, inside, f"{path}.")
        for number, item in enumerate(inside or () if part.kind is Kind.ITEMS else ()):
            yield f"{path}.{number}"
            yield from paths(part, item, f"{path}.{number}.")


def form_at(sheet: Sheet, path: str, data: QueryDict | None = None) -> ValueForm:
    spot = spot_at(sheet, path)
    assert spot is not None, path
    return ValueForm(data, sheet=sheet, spot=spot, clause=None, initial={"seen": 1})


def sent(form: ValueForm, **typed: list[str]) -> QueryDict:
    """The form as a browser sends it, with some fields typed over."""
    data = QueryDict(mutable=True)
    for name, values in (as_sent("".join(str(bound) for bound in form)) | typed).items():
        data.setlist(name, values)
    return data


@pytest.mark.parametrize("code", shipped_codes())
def test_a_form_that_nobody_touches_changes_nothing_anywhere_in_a_shipped_plan(code: str) -> None:
    seen = 0
    for sheet in sheets(code):
        for path in [*paths(sheet.root, sheet.values), *([WHOLE] if sheet.is_paper else [])]:
            form = form_at(sheet, path)
            if form.spot.node.required and read(sheet.values, form.spot.steps) is ABSENT:
                continue
            again = form_at(sheet, path, sent(form))
            assert again.is_valid(), (path, again.errors)
            assert again.edits() == {}, path
            assert edited(sheet, again.spot, again.edits()) == Changes()
            seen += 1
    assert seen > 1000


@cache
def full() -> PlanFile:
    """A plan in which every list that others point at has an item."""
    values = {
        "diner_scales": [{"code": "diners", "name": "就餐人数"}],
        "issue_routes": [{"code": "station", "name": "市场所"}],
        "self_control": {
            "cycles": [
                {"code": "day", "name": "日管控", "every": "day", "document": "记录", "actor": "officer"},
            ]
        },
        "cadre_change_causes": [{"code": "work", "name": "工作调整"}],
    }
    gumei = shipped_plan("gumei")
    for key, items in values.items():
        if key != "self_control":
            values[key] = [*gumei.values.get(key, ()), *items]
    return gumei.model_copy(update={"values": {**gumei.values, **values}})


def full_sheet(key: str) -> Sheet:
    return (
        paper_of(full()) if key in HEADER and key not in KEYS else values_of(full(), [shipped_plan(NATIONAL).layer()])
    )


def typing(form: ValueForm) -> tuple[dict[str, list[str]], dict[tuple[str, ...], Any]]:
    """Something new for every field: as it is typed, and as the plan is to have it."""
    typed, wanted = {}, {}
    for leaf in form.leaves:
        field = form.fields[leaf.name]
        offered = field.fields[0].choices if leaf.node.ordered else getattr(field, "choices", ())
        text, value = _typed(leaf.node, leaf.raw, offered)
        names = [f"{leaf.name}_{place}" for place in range(len(text))] if leaf.node.ordered else []
        typed |= {name: [each] for name, each in zip(names, text, strict=True)} if names else {leaf.name: text}
        wanted[leaf.way] = value
    return typed, wanted


def _typed(node: Node, raw: Any, choices: Any) -> tuple[list[str], Any]:
    offered = [str(value) for value, _word in choices if value != ""]
    standing = node.default if raw in (ABSENT, None) else raw
    if node.kind is Kind.YES_NO and node.nullable:
        return ["true"], True
    if node.kind is Kind.YES_NO:
        return ([], False) if standing else (["on"], True)
    if node.kind is Kind.CHOICE:
        other = next((each for each in reversed(offered) if each != standing), offered[-1])
        return [other], other
    if node.kind is Kind.CHOICES:
        picked = offered[:2] if standing != offered[:2] else offered[-1:]
        numbers = node.bounds.get("type") == "integer"
        return picked, [int(each) if numbers else each for each in picked]
    return _written(node)


def _written(node: Node) -> tuple[list[str], Any]:
    if node.kind is Kind.DATE:
        return ["2027-03-04"], "2027-03-04"
    if node.kind in (Kind.WHOLE, Kind.NUMBER):
        most = node.bounds.get("maximum", 10_000)
        number = node.bounds["minimum"] if most == node.default else most
        return [str(number)], number
    if node.kind is Kind.WORDS:
        lines = ["105", "106"] if "pattern" in node.bounds else ["第一", "第二"]
        return ["\r\n".join(lines)], lines
    text = (node.bounds.get("examples") or ["abc" if "pattern" in node.bounds else "新写的"])[0]
    return [text], text


def filled(sheet: Sheet, path: str) -> tuple[Changes, Any]:
    """The changes of a form in which every field has something new, and what is then to stand there."""
    form = form_at(sheet, path)
    typed, wanted = typing(form)
    data = sent(form, **typed)
    for leaf in form.leaves:
        if leaf.node.kind is Kind.YES_NO and wanted[leaf.way] is False:
            data.pop(leaf.name, None)
    again = form_at(sheet, path, data)
    assert again.is_valid(), (path, again.errors)
    return edited(sheet, again.spot, again.edits()), wanted


@pytest.mark.parametrize("key", [*KEYS, *(f"header.{key}" for key in HEADER)])
def test_every_key_can_be_written_and_says_then_what_was_typed(key: str) -> None:
    name = key.removeprefix("header.")

    def sheet_of(file: PlanFile) -> Sheet:
        return paper_of(file) if name != key else values_of(file, [shipped_plan(NATIONAL).layer()])

    def fill(file: PlanFile, path: str, node: Node) -> PlanFile:
        """Fills in a place and, one after the other, one new item of every list inside it."""
        sheet = sheet_of(file)
        if node.kind is Kind.ITEMS:
            number = len(items_at(sheet, spot_at(sheet, path).steps))
            item = Node("", "", Kind.GROUP, required=True, parts=node.parts)
            return fill(file, f"{path}.+{number}", item)
        changes, wanted = filled(sheet, path)
        file = changed(file, changes)
        path = path.replace("+", "")
        for way, value in wanted.items():
            steps = (*spot_at(sheet_of(file), path).steps, *way)
            # Where there is only one choice, it is the default and need not be written.
            standing = read(sheet_of(file).values, steps)
            assert (DEFAULT.get(path) if standing is ABSENT else standing) == value, (path, way)
        for part in node.parts:
            if node.kind is Kind.GROUP and part.kind in (Kind.ITEMS, Kind.GROUP):
                file = fill(file, f"{path}.{part.key}", part) if part.kind is Kind.ITEMS else file
        return file

    fill(full(), name, sheet_of(full()).root.part(name))


class Later(PlanDocument):
    """The schema as it may be one day."""

    tea_breaks: int | None = Field(None, ge=0, le=9, title="茶歇次数", description="每天几次。")
    tea_rooms: tuple[Coded, ...] = Field((), title="茶水间")


def test_a_new_key_of_the_schema_has_its_form_without_a_line_of_code() -> None:
    sheet = Sheet(tree_of(Later), {}, {"tea_breaks": 2}, is_paper=False)
    form = form_at(sheet, "tea_breaks")
    bound = form["v"]
    assert (bound.label, bound.help_text, bound.value()) == ("茶歇次数", "每天几次。", 2)
    assert (form.fields["v"].min_value, form.fields["v"].max_value) == (0, 9)
    changes, _wanted = filled(sheet, "tea_breaks")
    assert changes.put == {"tea_breaks": 9}
    changes, _wanted = filled(sheet, "tea_rooms.+0")
    assert changes.put == {"tea_rooms": [{"code": "abc", "name": "新写的"}]}


@pytest.mark.parametrize(
    ("path", "typed", "put", "gone"),
    [
        ("cadre_cap", {"v": [""]}, {}, ["cadre_cap"]),
        ("cap_mode", {"v": ["hard"]}, {"cap_mode": "hard"}, []),
        ("names", {"v-station": ["市场监管一所"]}, {"names.station": "市场监管一所"}, []),
        ("names", {"v-station": [""]}, {}, ["names.station"]),
        ("tier_map", {"v-C_0": ["street"], "v-C_1": ["community"]}, {"tier_map.C": ["street", "community"]}, []),
        ("tier_map", {"v-C_0": ["street"]}, {"tier_map.C": "street"}, []),
        ("quarter_package", {"v-day": ["20"]}, {"quarter_package.day": 20}, []),
        ("quarter_package", {"v-contents": [" 照片 \r\n\r\n"]}, {"quarter_package.contents": ["照片"]}, []),
    ],
)
def test_only_what_was_changed_is_written(path: str, typed: dict[str, list[str]], put: dict, gone: list[str]) -> None:
    sheet = values_of(shipped_plan("gumei"), [shipped_plan(NATIONAL).layer()])
    form = form_at(sheet, path, sent(form_at(sheet, path), **typed))
    assert form.is_valid(), form.errors
    assert edited(sheet, form.spot, form.edits()) == Changes(put=put, reset=gone)


@pytest.mark.parametrize(
    ("path", "typed", "put"),
    [
        ("cadre_cap", {"v": [""]}, {"cadre_cap": None}),
        ("delegation", {"v-clause": [""]}, {"delegation.clause": ""}),
        (
            "quarter_package",
            {"v-recipient": [""], "v-day": [""]},
            {"quarter_package.recipient": "", "quarter_package.day": None},
        ),
        ("quarter_package", {"v-contents": [""]}, {"quarter_package.contents": []}),
        ("tier_map", {"v-A_0": [""]}, {"tier_map.A": None}),
    ],
)
def test_what_is_emptied_does_not_come_back_from_the_plan_above(path: str, typed: dict, put: dict) -> None:
    """A plan over another one: leaving the key out would let the upper plan speak again."""
    below = [shipped_plan(code).layer() for code in (NATIONAL, "gumei")]
    sheet = values_of(PlanFile.model_validate({"header": {"title": "细则"}}), below)
    form = form_at(sheet, path, sent(form_at(sheet, path), **typed))
    assert form.is_valid(), form.errors
    assert edited(sheet, form.spot, form.edits()).put == put


@pytest.mark.parametrize(
    ("path", "typed", "field", "words"),
    [
        ("cadre_cap", {"v": ["0"]}, "v", "1"),
        ("tiers.0", {"v-code": ["街道"]}, "v-code", "小写英文字母"),
        ("tiers.0", {"v-name": [""]}, "v-name", "请填写"),
        ("annual_report", {"v-due": ["12月31日"]}, "v-due", "12-31"),
        ("high_risk_classes.0", {"v-licence_categories": ["105\r\n12a"]}, "v-licence_categories", "第 2 行“12a”"),
        ("frequency.0", {"v-when-season-from": ["01-01"]}, "v-when-season-until", "“季节”要填全"),
        (
            "size_standard",
            {"v-industries-retail-revenue-small": [""]},
            "v-industries-retail-revenue-small",
            "“零售业”要填全",
        ),
        ("clocks.0.steps.0", {"v-limit_wd": ["3"]}, "v-limit_wd", "及时"),
        ("signing_pairs.0", {"v-tier": ["village"]}, "v-tier", "village"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(path: str, typed: dict[str, list[str]], field: str, words: str) -> None:
    sheet = values_of(shipped_plan("gumei"), [shipped_plan(NATIONAL).layer()])
    form = form_at(sheet, path, sent(form_at(sheet, path), **typed))
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert words in str(form.errors[field])


def test_a_step_that_is_owed_at_once_is_written_with_an_explicit_null() -> None:
    sheet = values_of(shipped_plan("gumei"), [shipped_plan(NATIONAL).layer()])
    at_once = form_at(sheet, "clocks.0.steps.+2")
    form = form_at(sheet, "clocks.0.steps.+2", sent(at_once, **{"v-name": ["归档"], "v-limit_wd-null": ["on"]}))
    assert form.is_valid(), form.errors
    assert form.edits() == {("code",): "item-3", ("name",): "归档", ("limit_wd",): None}


def test_names_are_offered_for_codes_and_a_name_typed_for_a_body_becomes_its_code() -> None:
    sheet = values_of(shipped_plan("gumei"), [shipped_plan(NATIONAL).layer()])
    form = form_at(sheet, "signing_pairs.0")
    assert ("street", "街道") in form.fields["v-tier"].choices
    assert ("party_member", "党工委班子成员") in form.fields["v-signer_category"].choices
    duty = form_at(sheet, "duties.0")
    assert duty["v-bearer"].value() == "街道食药安办"
    assert '<option value="古美市场所">' in str(duty["v-bearer"])
    changed_to = form_at(sheet, "duties.0", sent(duty, **{"v-bearer": ["古美市场所"]}))
    assert changed_to.is_valid() and changed_to.edits() == {("bearer",): "station"}


@pytest.mark.parametrize(
    "path", ["nothing", "cadre_cap.0", "tiers.2", "tiers.+3", "tiers.x", "tiers.+0.code", "tier_map.E", "", "tiers.-1"]
)
def test_a_path_that_leads_nowhere_is_no_place(path: str) -> None:
    assert spot_at(values_of(shipped_plan("gumei"), [shipped_plan(NATIONAL).layer()]), path) is None


LISTS = [key for key in KEYS if document_tree().part(key).kind is Kind.ITEMS and shipped_plan("gumei").values.get(key)]


def operations(sheet: Sheet, file: PlanFile) -> st.SearchStrategy[Changes]:
    key, number = st.sampled_from(KEYS), st.integers(0, 8)
    return st.one_of(
        st.builds(lambda key: inheriting(file, key), key),
        st.builds(lambda key: Changes(put={key: None}), key),
        st.builds(lambda key, number, by: rearranged(sheet, (key,), number, by), st.sampled_from(LISTS), number,
                  st.sampled_from([-1, 1, None])),
        st.builds(lambda key, text: Changes(clauses={key: text}), key, st.sampled_from(["", "三（一）9"])),
        st.builds(lambda text: Changes(header={"number": text}), st.sampled_from([None, "新〔2027〕1号"])),
    )  # fmt: skip


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_what_was_changed_can_be_taken_back_to_the_letter(data: st.DataObject) -> None:
    before = shipped_plan("gumei")
    made = data.draw(operations(values_of(before, [shipped_plan(NATIONAL).layer()]), before))
    after = changed(before, made)
    assert changed(after, undoing(before, after)).model_dump() == before.model_dump()


def test_a_list_inside_an_item_is_written_with_the_whole_list_around_it() -> None:
    sheet = values_of(shipped_plan("gumei"), [shipped_plan(NATIONAL).layer()])
    scopes = shipped_plan("gumei").values["cadre_scopes"]
    moved = rearranged(sheet, ("cadre_scopes", 0, "categories"), 0, 1).put["cadre_scopes"]
    assert [each["code"] for each in moved[0]["categories"]] == ["deputy", "party_member", "ranked", "principal"]
    assert moved[1] == scopes[1] and list(rearranged(sheet, ("cadre_scopes",), 9, 1).put) == []
    assert put_whole(sheet, ("cadre_scopes", 1, "clause"), "四").put["cadre_scopes"][1] == {**scopes[1], "clause": "四"}


def test_a_fault_only_the_plan_can_find_is_laid_at_its_field() -> None:
    sheet = paper_of(shipped_plan("gumei"))
    form = form_at(sheet, "annexes.1", sent(form_at(sheet, "annexes.1"), **{"v-no": ["1"]}))
    assert form.is_valid()
    with pytest.raises(FaultyPlan) as caught:
        changed(shipped_plan("gumei"), edited(sheet, form.spot, form.edits()))
    form.take(caught.value.problems, "header.annexes.1")
    assert "附件号有重复，请改成不同的号" in str(form.errors)
