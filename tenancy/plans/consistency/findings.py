"""What the checks share: a fault, a walk over every value of a document, and the two commonest verdicts."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tenancy.plans.conditions import Leaf
from tenancy.plans.document import PlanDocument
from tenancy.plans.yamltext import Path

Fault = tuple[Path, str]
LOOKS_LIKE_A_CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict and the top keys it reads; it is left out while one of them cannot be read."""

    reads: frozenset[str]
    verdict: Callable[[PlanDocument], Iterator[Fault]]


def reading(*keys: str) -> Callable[[Callable[[PlanDocument], Iterator[Fault]]], Check]:
    """Names the top keys a verdict depends on."""

    def made(verdict: Callable[[PlanDocument], Iterator[Fault]]) -> Check:
        return Check(frozenset(keys), verdict)

    return made


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every model and every list below a value with its path as written in the file."""
    if isinstance(value, Leaf):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        yield path, value
        for index, each in enumerate(value):
            yield from walk(each, (*path, index))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from walk(each, (*path, str(key)))


def unknown(path: Path, what: str, used: Iterable[str], known: Collection[str], where: str) -> Iterator[Fault]:
    """Codes that point nowhere."""
    for code in used:
        if code not in known:
            yield path, f"{what}“{code}”没有在 {where} 里写明，请补上或改正"


def repeated(path: Path, what: str, values: Iterable[str]) -> Iterator[Fault]:
    """The same thing written more than once."""
    for value, times in Counter(values).items():
        if times > 1:
            yield path, f"{what}“{value}”写了 {times} 次，请只留一处"


def unknown_bearer(doc: PlanDocument, path: Path, bearer: str) -> Iterator[Fault]:
    """A bearer that is written like a code must be the code of a body."""
    if bearer and LOOKS_LIKE_A_CODE.fullmatch(bearer):
        yield from unknown(path, "机构", [bearer], [body.code for body in doc.bodies], "bodies")
