"""Register, cadres and a quarter's work for the tests of this app, as plain rows in any place of the cast."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from cadres.models import Assignment, Cadre
from entities.models import Entity, Licence
from supervision.models import Issue, Obligation, Quarter, TaskListVersion, Visit
from supervision.rules.issues import HOLDERS, State
from tenancy.models import Jurisdiction, Post
from tenancy.rules import periods
from tenancy.rules.names import sort_key
from tests.cast import SINCE, Cast
from tests.supervision.conftest import desk, shop  # noqa: F401 -- the opened street, for what follows from its dates

NOON = datetime(2026, 10, 9, 4, tzinfo=UTC)
LAST = periods.Quarter(2026, 3)
NOW = periods.Quarter(2026, 4)


@dataclass
class Scene:
    """Short ways to put rows into a place; the test opens the place itself."""

    cast: Cast
    quarters: dict[tuple[str, str], Quarter] = field(default_factory=dict)
    number: int = 0

    def entity(self, area: str = "一社区", grade: str = "D", *, licence: bool = True, **facts) -> Entity:
        self.number += 1
        place = self.cast.places[area]
        name = facts.pop("name", f"食品店{self.number}")
        facts.setdefault("business_type", "retail")
        entity = Entity.objects.create(
            jurisdiction=place, place=place.path, name=name, sort_key=sort_key(name), grade=grade, **facts
        )
        if licence:
            Licence.objects.create(entity=entity, place=place.path, number=f"JY{self.number:014}")
        return entity

    def cadre(self, area: str = "一社区", tier: str = "village") -> Cadre:
        self.number += 1
        place = self.cast.places[area]
        name = f"干部{self.number}"
        post = Post(jurisdiction=place, place=place.path, role="cadre", person_name=name, sort_key=sort_key(name))
        post.valid = DateRange(SINCE, None)
        post.save()
        return Cadre.objects.create(post=post, place=place.path, tier=tier, category="committee")

    def assign(self, entity: Entity, cadre: Cadre) -> Assignment:
        return Assignment.objects.create(
            entity=entity,
            place=entity.place,
            cadre=cadre,
            cadre_place=cadre.place,
            cadre_name=cadre.post.person_name,
            tier=cadre.tier,
            valid=DateRange(SINCE, None),
        )

    def quarter(self, street: str, period: periods.Quarter) -> Quarter:
        key = (street, str(period))
        if key not in self.quarters:
            place = self.cast.places[street]
            facts = {"due_on": period.end, "opened_on": period.start, "plan": [], "plan_digest": "x"}
            self.quarters[key] = Quarter.objects.create(
                jurisdiction=place, place=place.path, label=str(period), start=period.start, **facts
            )
        return self.quarters[key]

    def owes(self, entity: Entity, period: periods.Quarter = NOW, *, street: str = "甲街道", cadre=None) -> Obligation:
        return Obligation.objects.create(
            entity=entity,
            place=entity.place,
            quarter=self.quarter(street, period),
            cycle=str(period),
            counted_quarter=str(period),
            starts_on=period.start,
            opened_on=period.start,
            due_on=period.end,
            counted_in=Jurisdiction.objects.get(pk=entity.jurisdiction_id).id_path,
            counted_tier="village",
            counted_grade=entity.grade,
            counted_holder=cadre.pk if cadre else None,
        )

    def visited(self, owed: Obligation, cadre: Cadre, on: date) -> Visit:
        visit = Visit.objects.create(
            entity=owed.entity,
            place=owed.place,
            cadre=cadre,
            cadre_name=cadre.post.person_name,
            cadre_place=cadre.place,
            key=uuid.uuid4(),
            body_hash="x",
            obligation=owed,
            mode="onsite",
            mode_name="现场督导",
            visited_on=on,
            entered_at=NOON,
            entered_by=cadre.post,
            entered_by_name=cadre.post.person_name,
            task_list=self._list(owed.quarter),
            cadre_signature=[],
            state="complete",
            **self._counted(owed),
        )
        Obligation.objects.filter(pk=owed.pk).update(fulfilled_by=visit, fulfilled_on=on)
        return visit

    def found(self, visit: Visit, state: State = State.HANDED_OVER, *, due_on: date | None = None) -> Issue:
        return Issue.objects.create(
            entity=visit.entity,
            place=visit.place,
            visit=visit,
            description="地面有积水",
            found_on=visit.visited_on,
            route="handed_over",
            state=state.value,
            holder_kind=HOLDERS[state].value,
            holder_since=NOON,
            due_on=due_on,
            answer_seen_at=NOON if state is State.CLOSED else None,
            **self._counted(visit),
        )

    def _counted(self, row: Obligation | Visit) -> dict[str, object]:
        names = ("counted_in", "counted_tier", "counted_grade", "counted_holder")
        return {name: getattr(row, name) for name in names}

    def _list(self, quarter: Quarter) -> TaskListVersion:
        facts = {"place": quarter.place, "code": "list", "name": "任务清单", "document": {"sections": []}}
        return TaskListVersion.objects.get_or_create(jurisdiction=quarter.jurisdiction, digest="x", defaults=facts)[0]


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene(cast)
