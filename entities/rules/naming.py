"""The names in a column of the ledger, which has one cell for several people."""

import re
from collections.abc import Collection, Sequence

# The same pattern is read by PostgreSQL, which trims the same spaces.
SPACES = " \t\u3000"
BETWEEN_NAMES = f"[{SPACES}]*[、，,；;/][{SPACES}]*"


def names_in(cell: str) -> tuple[str, ...]:
    """The names of one cell, each once, in its order: 张三、李四."""
    return tuple(dict.fromkeys(name for name in re.split(BETWEEN_NAMES, cell.strip(SPACES)) if name))


def renamed(cell: str, before: Collection[str], after: Sequence[str]) -> str:
    """The cell once the people known beside it are others: who left goes, who came is added, any other name stays."""
    kept = [name for name in names_in(cell) if name in after or name not in before]
    names = [*kept, *dict.fromkeys(name for name in after if name not in kept)]
    return cell if names == list(names_in(cell)) else "、".join(names)
