"""One side of the memory benchmark, in a process of its own; prints its peak in KiB with that of the parsing child."""

import resource
import sys
from pathlib import Path

import django

django.setup()

from benchmarks.district import AT, ON  # noqa: E402 -- models, so only after Django is set up
from entities.actions.ledger import LEDGER  # noqa: E402
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook  # noqa: E402
from tenancy.models import Jurisdiction, Post  # noqa: E402
from tenancy.scoping import acting_in  # noqa: E402
from tenancy.workbooks import read_table  # noqa: E402


def read(file: str, rows: str) -> None:
    book = read_table(Path(file).read_bytes(), "台账.xlsx")
    _expect(len(book.sheets[0].rows), int(rows) + 1)


def whole(file: str, place: str, clerk: str, rows: str) -> None:
    with acting_in(place):
        city, by = Jurisdiction.objects.get(path=place), Post.objects.get(pk=clerk)
        batch = receive_workbook(city, kind="ledger", filename="台账.xlsx", data=Path(file).read_bytes(), by=by)
    with acting_in(place):
        stage_workbook(batch, LEDGER, on=ON)
    with acting_in(place):
        confirm_batch(batch, by=by, clean_only=True)
    with acting_in(place):
        batch = commit_batch(batch, LEDGER, on=ON, at=AT)
    _expect(batch.counts["written"], int(rows))


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} rows instead of {wanted}")


if __name__ == "__main__":
    {"read": read, "import": whole}[sys.argv[1]](*sys.argv[2:])
    print(sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
