"""The glossary names things that exist: every identifier marked as standing today is found where it is said to stand."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tenancy.plans import NATIONAL, shipped_plan

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<term>[^|]+) \| `(?P<name>[^`]+)` \|(?P<today>[^|]*)\|", re.MULTILINE)
ROWS = [(row["term"], row["name"], row["today"].strip(" `")) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
STANDING = [(name, today) for _term, name, today in ROWS if today]


def member(owner: Any, name: str) -> Any:
    """An attribute, a field of a model or of a schema, or a key of a table of choices."""
    if isinstance(owner, dict):
        return owner[name]
    if name in getattr(owner, "model_fields", {}):
        return owner.model_fields[name]
    if hasattr(owner, "_meta") and name in {field.name for field in owner._meta.fields}:
        return owner._meta.get_field(name)
    return getattr(owner, name)


def found_at(path: str) -> Any:
    """What a dotted path leads to; `plan:list.code` is a line of the shipped national plan."""
    if path.startswith("plan:"):
        key, code = path.removeprefix("plan:").split(".")
        return next(line for line in shipped_plan(NATIONAL).layer().values[key] if line["code"] == code)
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            owner = member(owner, part)
        return owner
    raise ModuleNotFoundError(path)


@pytest.mark.parametrize(("name", "path"), STANDING)
def test_an_identifier_stands_where_the_glossary_says(name, path):
    assert found_at(path) is not None
    assert path.rpartition(".")[2].lower() == name.lower()


def test_no_term_and_no_identifier_is_listed_twice():
    terms, names = [term for term, _name, _today in ROWS], [name for _term, name, _today in ROWS]
    assert (len(terms), len(names)) == (len(set(terms)), len(set(names)))
    assert len(STANDING) > 80
