"""Whatever a ledger holds, its counts add up, say of each row what it is, and are what the register then has."""

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entities.actions.ledger import LEDGER
from entities.models import Entity
from tenancy.actions.mending import set_aside
from tenancy.models import ImportRow
from tenancy.rules.importing import VERDICTS
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import ON, csv_of, imported, shop, staged, written

KNOWN = range(1, 6)
BLANK = [None] * len(shop(1))
KINDS = st.sampled_from(["new", "same", "changed", "bad", "again", "blank"])


@pytest.fixture
def street(cast: Cast):
    with acting_in(cast.li.place):
        imported(cast, csv_of([shop(number) for number in KNOWN]), "原有.csv")
        yield cast.places["甲街道"]


def laid_out(kinds: list[str]) -> list[tuple[str, list[object]]]:
    """Rows with the verdict each must get; a shop of the register comes once at the most."""
    known, fresh = iter(KNOWN), 100
    rows: list[tuple[str, list[object]]] = []
    for kind in kinds:
        number = next(known, None) if kind in ("same", "changed") else None
        if kind == "blank":
            rows.append(("", BLANK))
        elif kind == "again" and (earlier := [row for verdict, row in rows if verdict == "new"]):
            rows.append(("refused", earlier[0]))
        elif kind == "bad":
            rows.append(("refused", shop(fresh, business_type="没有这种业态")))
        elif number and kind == "changed":
            rows.append(("changed", shop(number, staff=9)))
        elif number:
            rows.append(("same", shop(number)))
        else:
            rows.append(("new", shop(fresh)))
        fresh += 1
    return rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(KINDS, min_size=1, max_size=12), leaves_out=st.booleans())
def test_every_row_is_counted_once_and_the_register_gains_what_was_counted(street, cast, kinds, leaves_out):
    laid = laid_out(kinds)
    wanted = Counter(verdict for verdict, _row in laid if verdict)
    if not wanted:
        return
    with transaction.atomic():
        batch = staged(cast, csv_of([row for _verdict, row in laid]))
        if leaves_out and wanted["refused"]:
            set_aside(batch, LEDGER, number=None, back=False, by=cast.li, on=ON)
            batch.refresh_from_db()
            wanted["skipped"] = wanted.pop("refused")
        assert {name: batch.counts[name] for name in VERDICTS} == {name: wanted[name] for name in VERDICTS}
        assert batch.counts["read"] == sum(wanted.values()) == ImportRow.objects.filter(batch=batch).count()
        if wanted["new"] + wanted["changed"]:
            batch = written(batch, cast)
            assert batch.counts["written"] == wanted["new"] + wanted["changed"]
        assert Entity.objects.count() == len(KNOWN) + wanted["new"]
        assert Entity.objects.filter(staff=9).count() == wanted["changed"]
        transaction.set_rollback(True)
