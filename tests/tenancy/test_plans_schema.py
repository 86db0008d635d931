"""The JSON schema of a plan file: what a browser form and an outside editor are generated from."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenancy.plans import shipped_codes, shipped_plan
from tenancy.plans.document import SECTIONS, PlanDocument
from tenancy.plans.schema import plan_schema

SCHEMA = plan_schema()


def objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from objects(value, f"{path}/{index}")


def properties() -> list[tuple[str, dict[str, Any]]]:
    owners = [SCHEMA, *SCHEMA["$defs"].values()]
    return [item for owner in owners for item in owner.get("properties", {}).items()]


def test_every_field_has_a_chinese_label() -> None:
    assert [name for name, field in properties() if field.get("title", "").isascii()] == []
    assert len(properties()) > 400


def test_every_choice_has_a_word_for_each_of_its_values() -> None:
    choices = [(path, node) for path, node in objects(SCHEMA) if "enum" in node]
    assert [path for path, node in choices if set(node.get("labels", ())) != set(node["enum"])] == []
    assert len(choices) > 40


def test_no_object_takes_a_key_it_does_not_know() -> None:
    closed = [name for name, part in SCHEMA["$defs"].items() if part.get("properties")]
    assert [name for name in closed if SCHEMA["$defs"][name].get("additionalProperties") is not False] == []


def test_nothing_written_for_programmers_reaches_the_form() -> None:
    words = [field["description"] for _name, field in properties() if "description" in field]
    assert [text for text in words if text.isascii()] == []
    assert [name for name, part in SCHEMA["$defs"].items() if {"title", "description"} & set(part)] == []


def test_the_sections_hold_every_key_once() -> None:
    keys = [key for section in SCHEMA["sections"] for key in section["keys"]]
    assert sorted(keys) == sorted(PlanDocument.model_fields)
    assert [section["title"] for section in SCHEMA["sections"]] == [title for title, _section in SECTIONS]


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_plan_writes_only_keys_of_the_schema(code: str) -> None:
    known = SCHEMA["$defs"]["PlanDocument"]["properties"]
    assert [key for key in shipped_plan(code).values if key not in known] == []
