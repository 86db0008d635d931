"""The command: runs the benchmarks asked for, a line of JSON each, then the table; exit 1 when a ratio fails."""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module

from benchmarks import database
from benchmarks.measuring import Line, table

# Name -> module and function; in this order.
BENCHES = {
    "import-stage": "imports:stage",
    "import-commit": "imports:commit",
    "import-peer": "imports:peer",
    "import-memory": "memory:memory",
    "import-queries": "imports:queries",
    "read": "workbooks:read",
    "export": "workbooks:export",
    "grading": "grading:grading",
    "assign": "assigning:assign",
    "ratios": "figures:ratios",
    "sweep": "sweeping:sweep",
    "http": "pages:http",
    "pdf": "letters:pdf",
}


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHES))
    parser.add_argument("--rows", type=int, default=None, help="entities of the ledger (22863)")
    parser.add_argument("--quick", action="store_true", help="one tiny round: proves that they run, not how fast")
    parser.add_argument("--database", default=database.NAME, help="made and dropped; must begin with bench_")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return options


def bench(target: str) -> Callable[..., Iterator[Line]]:
    module, function = target.split(":")
    found: Callable[..., Iterator[Line]] = getattr(import_module(f"benchmarks.{module}"), function)
    return found


def measure(options: argparse.Namespace) -> list[Line]:
    from benchmarks.district import FULL, District  # noqa: PLC0415 -- models, so only after Django is set up

    city = District(rows=options.rows or (120 if options.quick else FULL))
    if options.quick:
        city.rounds, city.repeat = 1, 2
    city.settle()
    lines = []
    for name in options.names or BENCHES:
        for line in bench(BENCHES[name])(city):
            lines.append(line.unjudged() if options.quick else line)
            print(lines[-1].as_json(), flush=True)
    return lines


def main() -> int:
    options = asked()
    database.choose(options.database)
    with tempfile.TemporaryDirectory(prefix="bench_") as media:
        os.environ["MEDIA_ROOT"] = media
        import django  # noqa: PLC0415 -- settings read the environment that is made above

        django.setup()
        # Or the collector walks through Django's own objects at moments of its choice.
        gc.freeze()
        with database.own_database():
            lines = measure(options)
    print(table(lines))
    return int(any(line.passed is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
