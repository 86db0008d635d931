"""Gives an uploaded workbook back with the reasons written in: same columns, order and styling.

The file is somebody's upload, so it passes the gate again and is opened in a limited child process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from tenancy.workbooks import gate
from tenancy.workbooks.process import Child
from tenancy.workbooks.unreadable import MIB, Limits, limits_in_force


def marking_limits() -> Limits:
    """Opening a workbook to write it costs many times the reading of it; a person waits for the answer."""
    return replace(limits_in_force(), cpu_seconds=150, wall_seconds=240, memory_bytes=2048 * MIB)


Problem = str | tuple[int, str]


def annotate(
    original: bytes,
    problems: Mapping[int, Sequence[Problem]],
    *,
    header_row: int,
    only_bad: bool = False,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> bytes:
    """The workbook with a column 原因 and cell comments. Raises UnreadableWorkbook.

    `problems` goes by Excel row; a problem is a sentence, or a pair of column (0 = A) and sentence to put the comment
    there. Without `sheet` the first visible one is meant. A .xls or .csv comes back as .xlsx with its values.
    """
    limits = limits or marking_limits()
    with Child("marking_child.py", limits) as child:
        passed = gate.check_content(original, limits)
        options = {
            "kind": passed.kind,
            "limits": asdict(limits),
            "problems": {
                row: [[None, p] if isinstance(p, str) else list(p) for p in found] for row, found in problems.items()
            },
            "header_row": header_row,
            "only_bad": only_bad,
            "sheet": sheet,
            "title": _("原因"),
            "author": _("系统"),
        }
        return b"".join(frame[1] for frame in child.answers(options, original))
