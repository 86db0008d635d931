"""Two editors at once: one correction, and nothing half-done."""

import pytest
from django.db import connection

from reports.actions.calendar import Changed, change_calendar
from reports.queries.calendar import effects_of
from supervision.models import Issue, IssueEvent
from tenancy.models import CalendarDay
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.supervision.desk import NOW, TODAY, date
from tests.supervision.test_visit_races import at_once, made, place  # noqa: F401 -- the committed street

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = date(2026, 11, 23)


def test_of_two_editors_the_second_finds_what_the_first_has_written(made, place):  # noqa: F811
    desk, entity = made
    street, change = desk.cast.places["甲街道"], Change((Correction(MONDAY, is_workday=False, reason="停电检修"),))
    with acting_in(place):
        desk.issue(entity)
        seen = effects_of(street, change, on=TODAY, post=desk.cast.bian).seen

    def act() -> Changed:
        with acting_in(place):
            return change_calendar(street, change, seen=seen, by=desk.cast.bian, on=TODAY, at=NOW)

    results = at_once(act, act)
    assert sorted(type(result).__name__ for result in results) == ["Changed", "Refused"]
    (refused,) = (result for result in results if isinstance(result, Refused))
    assert refused.code == "calendar-stale"
    with acting_in(place):
        assert CalendarDay.objects.count() == 1
        assert IssueEvent.objects.filter(verb="recounted").count() == 1
        assert Issue.objects.get().due_on == date(2026, 11, 24)
    assert connection.in_atomic_block is False
