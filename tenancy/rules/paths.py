"""Path algebra of the jurisdiction tree.

A path is the concatenation of its segments, each closed by a slash ("310112/004/012/"), so that no path is
the beginning of a path outside its own subtree. Paths are compared byte by byte (COLLATE "C").
"""

import re
from collections.abc import Iterable

SEGMENT = re.compile(r"[0-9A-Za-z-]{1,12}")
PATH = re.compile(rf"(?:{SEGMENT.pattern}/)+")
MAX_PATH = 80
# Sorts behind every character a segment may hold, so [path, path + END) is exactly the subtree.
END = "~"


def child_path(parent: str, segment: str) -> str:
    """The path of a child; raises ValueError for a segment that would break the order of paths."""
    if not SEGMENT.fullmatch(segment):
        raise ValueError(f"not a path segment: {segment!r}")
    path = f"{parent}{segment}/"
    if len(path) > MAX_PATH:
        raise ValueError(f"path too long: {path!r}")
    return path


def tenant_of(path: str) -> str:
    """The root jurisdiction a path belongs to."""
    return path[: path.index("/") + 1]


def depth_of(path: str) -> int:
    """0 for a root."""
    return path.count("/") - 1


def contains(root: str, path: str) -> bool:
    """Whether path lies in the subtree of root, root itself included."""
    return path.startswith(root)


def within(roots: Iterable[str], path: str) -> bool:
    """Whether path lies in one of the subtrees."""
    return any(contains(root, path) for root in roots)


def ancestors_of(path: str) -> list[str]:
    """From the root down to path itself."""
    cuts = [i + 1 for i, letter in enumerate(path) if letter == "/"]
    return [path[:cut] for cut in cuts]


def reduced(roots: Iterable[str]) -> list[str]:
    """Roots without those that lie under another one, in order."""
    kept: list[str] = []
    for root in sorted(set(roots)):
        if not kept or not contains(kept[-1], root):
            kept.append(root)
    return kept
