"""From the words of a ledger or roster to the codes of a plan.

Offices write the same word with full-width brackets, stray spaces or an alias; the code behind it is one.
"""

import unicodedata
from collections.abc import Iterable
from typing import Protocol


class Named(Protocol):
    """A plan value that people call by name."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def plain(text: str) -> str:
    """The word with one width of characters and without spaces, for comparing only."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def codes_by_word(items: Iterable[Named]) -> dict[str, str]:
    """Every way of writing an item, in its plain form, and the item's code."""
    return {plain(word): item.code for item in items for word in (item.name, *item.aliases)}
