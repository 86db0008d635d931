"""What beat starts each day: per tenant, twice without harm, one tenant's trouble not another's."""

from datetime import date

import time_machine

from supervision.models import Obligation, Quarter
from supervision.tasks import BEAT, open_quarters, open_quarters_of, remind, remind_of
from tenancy.models import Notice
from tests.supervision.desk import place_setting


def run(task, desk) -> None:
    """As a worker does, with nothing open."""
    before = place_setting("")
    task([desk.cast.places[name].pk for name in ("东城区", "西城区")])
    place_setting(before)


def test_each_day_opens_the_quarter_and_reminds_once(desk):
    desk.entity("一号店")
    with time_machine.travel(date(2026, 10, 8)):
        for _ in range(2):
            run(open_quarters_of, desk)
    with time_machine.travel(date(2026, 12, 3)):
        for _ in range(2):
            run(remind_of, desk)
    assert (Quarter.objects.count(), Obligation.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_beat_knows_both_tasks():
    assert [task.name for task, _when in BEAT] == [open_quarters.name, remind.name]
