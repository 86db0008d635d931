"""A signature's strokes as lines that a page can draw."""

from collections.abc import Sequence
from dataclasses import dataclass

MARGIN = 6


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG's view box and its paths."""

    box: str
    paths: tuple[str, ...]


def drawing_of(strokes: Sequence[Sequence[Sequence[float]]]) -> Drawing | None:
    """The strokes cut to what was written; None when nothing was."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return None
    left, top = min(p[0] for p in points), min(p[1] for p in points)
    width, height = max(p[0] for p in points) - left, max(p[1] for p in points) - top
    box = f"{left - MARGIN:g} {top - MARGIN:g} {width + 2 * MARGIN:g} {height + 2 * MARGIN:g}"
    return Drawing(box, tuple(_path(stroke) for stroke in strokes if stroke))


def _path(stroke: Sequence[Sequence[float]]) -> str:
    start, *rest = [f"{point[0]:g} {point[1]:g}" for point in stroke]
    return f"M{start}" + "".join(f"L{point}" for point in rest or [start])
