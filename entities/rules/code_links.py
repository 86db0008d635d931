"""外部编码: how a code leads to the system that gave it. None of these systems is needed for anything here.

A system is a line of the plan (`code_systems`): its name, as it stands beside the code, and the kind of adapter. To
join another kind of system, write a class with `link` and add it to `ADAPTERS` under its kind; pages, endpoint and
plan check then know it. Nothing is fetched from here: whoever wants to look opens the link.
"""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

from tenancy.plans import PlanDocument
from tenancy.plans.document import CodeSystem


class CodeAdapter(Protocol):
    """One system of codes, made from its line of the plan."""

    def link(self, code: str) -> str:
        """The address under which the system shows a code; empty where it has none."""


class TemplateAdapter:
    """A system that shows each code under an address of one form: `{code}` in it stands for the code."""

    def __init__(self, system: CodeSystem) -> None:
        self.address = system.address

    def link(self, code: str) -> str:
        """The code takes the place of `{code}`, with every sign that means something in an address written out."""
        return self.address.replace("{code}", quote(code, safe=""))


ADAPTERS: dict[str, Callable[[CodeSystem], CodeAdapter]] = {"template": TemplateAdapter}


def link_of(doc: PlanDocument, system: str, code: str) -> str:
    """Where a code of a system leads, by the plan of the place; empty for a system the plan does not name."""
    line = next((each for each in doc.code_systems if system in (each.name, *each.aliases)), None)
    return ADAPTERS[line.kind](line).link(code) if line else ""
