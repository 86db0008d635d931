"""What a place adds to the register on its own: fields, systems of codes, classes to be insured.

A field that national rules forbid a government system to keep is refused by its name, before anybody fills it.
"""

from collections.abc import Iterator

from tenancy.plans.conditions import Condition
from tenancy.plans.consistency.findings import Fault, reading
from tenancy.plans.document import PlanDocument
from tenancy.plans.forbidden import FORBIDDEN_FIELDS

# Beside these conditions the register knows nothing; who answers and what visits found is asked elsewhere.
NOT_OF_THE_REGISTER = ("tiers", "clean_visits")


@reading("extra_fields")
def _fields(doc: PlanDocument) -> Iterator[Fault]:
    for index, field in enumerate(doc.extra_fields):
        here = ("extra_fields", index)
        for words, why in FORBIDDEN_FIELDS:
            if any(word in f"{field.name}{field.help}" for word in words):
                yield here, f"“{field.name}”{why}；请删去这一项"
        yield from _foreign((*here, "when"), field.name, field.when)


@reading("code_systems")
def _systems(doc: PlanDocument) -> Iterator[Fault]:
    for index, system in enumerate(doc.code_systems):
        if not system.address.startswith("https://") or "{code}" not in system.address:
            yield (
                ("code_systems", index, "address"),
                f"“{system.name}”的查询网址要以 https:// 开头，并用 {{code}} 写明编码放在哪里",
            )


@reading("insured_classes")
def _insured(doc: PlanDocument) -> Iterator[Fault]:
    for index, line in enumerate(doc.insured_classes):
        yield from _foreign(("insured_classes", index, "when"), line.name, line.when)


def _foreign(path: tuple[str | int, ...], name: str, when: Condition) -> Iterator[Fault]:
    if late := [key for key in NOT_OF_THE_REGISTER if getattr(when, key)]:
        yield path, f"“{name}”的条件用了 {'、'.join(late)}，台账里没有这些情况，请去掉"


CHECKS = (_fields, _systems, _insured)
