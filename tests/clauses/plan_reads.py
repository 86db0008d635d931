"""Which keys of a plan the program reads outside `tenancy.plans`, where they are only held, checked and shown.

Told from the source: a key counts as read where it is taken from something that holds a plan document, by one of the
document's own questions, or by its name out of a stored plan. A key inside another counts as read where the modules
concerned know its name; a word that means something else there too hides a key that is not read.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

from tenancy.plans.conditions import Condition, Leaf
from tenancy.plans.document import PlanDocument

ROOT = Path(__file__).resolve().parents[2]
APPS = ("entities", "cadres", "supervision", "commitments", "reports", "tenancy", "baobao")
KEYS = tuple(PlanDocument.model_fields)
HOLDS_A_PLAN = re.compile(r"(^|[.\s(])(doc|document|value|plan)$")
HOLDS_VALUES = re.compile(r"values(['\"]\])?$")
# Every key has them, and they are cited with the value.
BESIDE = frozenset({"clause", "note"})


def unread() -> set[str]:
    """The dotted keys nobody reads; a top key stands for everything in it."""
    reads = _reads()
    found = {key for key in KEYS if key not in reads}
    for key in reads:
        known = set().union(*(_words(path) for path in _concerned(key, reads[key]))) | _in_templates(key)
        found |= {path for path, name in _inside(key) if name not in known | BESIDE}
    # What stands in a key that is not read needs no line of its own.
    return {path for path in found if not any(path.startswith(f"{other}.") for other in found)}


@cache
def _sources() -> dict[Path, ast.Module]:
    files = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    outside = (
        path for path in files if "migrations" not in path.parts and ROOT / "tenancy" / "plans" not in path.parents
    )
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in outside}


def _reads() -> dict[str, set[Path]]:
    found: defaultdict[str, set[Path]] = defaultdict(set)
    questions = _questions()
    for path, tree in _sources().items():
        for node in ast.walk(tree):
            for name in _taken(node, tree):
                for key in {name} & set(KEYS) or questions.get(name, set()):
                    found[key].add(path)
    for key in re.findall(r"\bplan\.(\w+)", " ".join(_expressions())):
        if key in KEYS:
            found[key].add(ROOT / "templates")
    return found


def _taken(node: ast.AST, tree: ast.Module) -> Iterator[str]:
    """The names a piece of code asks a plan for."""
    if isinstance(node, ast.Attribute) and HOLDS_A_PLAN.search(ast.unparse(node.value)):
        yield node.attr
    if not isinstance(node, ast.Call) or not node.args:
        return
    asked = ast.unparse(node.func)
    if asked == "getattr" and HOLDS_A_PLAN.search(ast.unparse(node.args[0])):
        yield from _texts(tree)
    if asked.endswith(".get") and HOLDS_VALUES.search(asked.removesuffix(".get")):
        yield from _texts(node)


def _texts(tree: ast.AST) -> Iterator[str]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _questions() -> dict[str, set[str]]:
    """The methods of the document and the keys each of them looks at, whatever it calls on the way."""
    tree = ast.parse((ROOT / "tenancy" / "plans" / "document" / "__init__.py").read_text(encoding="utf-8"))
    (owner,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    own = {method.name: _own(method) for method in owner.body if isinstance(method, ast.FunctionDef)}

    def reached(name: str) -> set[str]:
        asked = own[name]
        return (asked & set(KEYS)).union(*(reached(other) for other in asked & set(own) - {name}))

    return {name: reached(name) for name in own}


def _own(method: ast.FunctionDef) -> set[str]:
    return {
        node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
    }


def _concerned(key: str, readers: set[Path]) -> set[Path]:
    """The modules that read a key or know one of its classes, and the rules, which are given parts of a plan."""
    classes = {model.__name__ for model in _models(key)}
    rules = {path for path in _sources() if path.parent == ROOT / "tenancy" / "rules"}
    knowing = {path for path, tree in _sources().items() if classes & set(_imported(tree))}
    return (readers & set(_sources())) | rules | knowing


def _imported(tree: ast.Module) -> Iterator[str]:
    return (name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names)


def _words(path: Path) -> set[str]:
    tree = _sources()[path]
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | set(_texts(tree))


@cache
def _expressions() -> tuple[str, ...]:
    pages = (path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    return tuple(part for page in pages for part in re.findall(r"\{[{%].*?[%}]\}", page))


def _in_templates(key: str) -> set[str]:
    """Words taken from anything on a page; the local names only where they are taken from the names."""
    owner = r"\bnames" if key == "names" else r"\w"
    return set(re.findall(owner + r"\.(\w+)", " ".join(_expressions())))


def _models(key: str) -> set[type[Leaf]]:
    found, waiting = set[type[Leaf]](), list(_leaves(PlanDocument.model_fields[key].annotation))
    while waiting:
        model = waiting.pop()
        if model not in found and model is not Condition:
            found.add(model)
            waiting += [leaf for field in model.model_fields.values() for leaf in _leaves(field.annotation)]
    return found


def _leaves(kind: Any) -> Iterator[type[Leaf]]:
    if isinstance(kind, type) and issubclass(kind, Leaf):
        yield kind
    for part in get_args(kind):
        yield from _leaves(part)


def _inside(key: str) -> Iterator[tuple[str, str]]:
    """Every key under a top key as it is written, with the name the code has for it."""
    waiting = [(key, model) for model in _leaves(PlanDocument.model_fields[key].annotation)]
    while waiting:
        path, model = waiting.pop()
        for name, field in model.model_fields.items():
            here = f"{path}.{field.alias or name}"
            yield here, name
            waiting += [(here, leaf) for leaf in _leaves(field.annotation) if leaf is not Condition]
