"""How much memory an import of 200,000 rows takes, against reading the same file and no more.

Each side is a process of its own, or what one left behind would be counted with the other.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.district import FULL, HEADER, District, numbered
from benchmarks.measuring import Limit, Line, counted
from demo import suining

LARGE = 200_000
# The limits of an installation that takes such files at all.
RAISED = {"IMPORT_ROWS": "250000", "IMPORT_MIB": "60", "IMPORT_UNPACKED_MIB": "1200"}


def memory(city: District) -> Iterator[Line]:
    """Peak resident memory, in KiB, of a whole import and of the reader alone, the parsing child added to both."""
    rows = LARGE if city.rows >= FULL else city.rows
    with tempfile.TemporaryDirectory(prefix="bench_") as folder, city.emptied():
        file = Path(folder) / "ledger.xlsx"
        file.write_bytes(suining.workbook("台账", HEADER, (numbered(n) for n in range(1, rows + 1))))
        ours = _peak("import", str(file), city.place.path, str(city.clerk.pk), str(rows))
        reader = _peak("read", str(file), str(rows))
    raised = ", ".join(f"{name}={value}" for name, value in RAISED.items())
    yield counted(
        "import-memory", ours, reader, Limit(2), note=f"peak KiB for {rows} rows under {raised}; peer: read_table"
    )


def _peak(*words: str) -> int:
    command = [sys.executable, "-m", "benchmarks.memory_side", *words]
    done = subprocess.run(command, env={**os.environ, **RAISED}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    return int(done.stdout)
