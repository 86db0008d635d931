"""The street of this app's tests, opened."""

from collections.abc import Iterator

import pytest

from entities.models import Entity
from tenancy.actions.plans import adopt_plan
from tenancy.plans import shipped_plan
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.supervision.desk import Desk


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    """The test acts in 甲街道 from here on."""
    with acting_in(cast.places["甲街道"].path):
        adopt_plan(cast.places["甲街道"], shipped_plan("gumei"), since=SINCE, by=None)
        made = Desk(cast)
        made.employ("wang")
        made.employ("chen")
        yield made


@pytest.fixture
def shop(desk: Desk) -> Entity:
    """One shop of Wang's, the quarter opened."""
    entity = desk.entity("莲花面馆", business_type="catering")
    desk.open()
    return entity
