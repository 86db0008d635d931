"""A street with assigned entities and an opened quarter, and visits as a phone sends them."""

import hashlib
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from PIL import Image

from cadres.models import Assignment, Cadre
from entities.models import Entity
from supervision.actions.quarters import open_quarter
from supervision.actions.visits import Submitted, submit_visit
from supervision.forms import read_visit
from supervision.models import Quarter, TaskListVersion
from supervision.queries.own import entities_to_visit
from tenancy.actions.plans import adopt_plan
from tenancy.models import Post
from tenancy.plans import shipped_plan
from tenancy.rules.names import sort_key
from tenancy.rules.periods import quarter_of
from tests.cast import SINCE, Cast, signed_in

ADOPTED = date(2026, 1, 2)
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
INK = [[[x, x * 2] for x in range(8)]]
SIGNED = {"strokes": INK, "name": "吴店主", "position": "店长"}


def picture(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Outsider(Client):
    """A browser beside a test that acts in a place: the request begins with nothing open, as a real one does."""

    def request(self, **request):
        before = place_setting("")
        try:
            return super().request(**request)
        finally:
            place_setting(before)


def place_setting(new: str) -> str:
    """Sets the wall's setting and gives what stood there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('baobao.place'), set_config('baobao.place', %s, true)", [new])
        return cursor.fetchone()[0]


@dataclass
class Desk:
    """甲街道 under the Gumei plan: Wang answers in 一社区, Chen in 二社区."""

    cast: Cast
    cadres: dict[str, Cadre] = field(default_factory=dict)
    entities: list[Entity] = field(default_factory=list)

    def client(self, name: str) -> Outsider:
        return signed_in(self.cast.posts[name].user, Outsider())

    def under(self, *, since: date = ADOPTED, **values) -> None:
        """The street's plan with other values in it."""
        plan = shipped_plan("gumei")
        other = plan.model_copy(update={"values": {**plan.values, **values}})
        adopt_plan(self.cast.places["甲街道"], other, since=since, by=None)

    def employ(self, name: str) -> Cadre:
        post = self.cast.posts[name]
        self.cadres[name] = Cadre.objects.create(post=post, place=post.place, tier="community", category="committee")
        return self.cadres[name]

    def entity(self, name: str, area: str = "一社区", *, cadre: str = "wang", grade: str = "C", **facts) -> Entity:
        place = self.cast.places[area]
        facts.setdefault("business_type", "retail")
        entity = Entity(jurisdiction=place, place=place.path, name=name, sort_key=sort_key(name), grade=grade, **facts)
        entity.save()
        self.entities.append(entity)
        if cadre:
            self.assign(entity, cadre)
        return entity

    def assign(self, entity: Entity, cadre: str, since: date = SINCE) -> Assignment:
        holder = self.cadres[cadre]
        return Assignment.objects.create(
            entity=entity,
            place=entity.place,
            cadre=holder,
            cadre_place=holder.place,
            tier="community",
            valid=DateRange(since, None),
        )

    def open(self, on: date = TODAY) -> Quarter:
        return open_quarter(self.cast.places["甲街道"], quarter_of(on), on=on)[0]

    def answers(self, **problems: str) -> list[dict[str, str]]:
        """Every item answered 符合 but those named, which get a note and are handed over."""
        document = TaskListVersion.objects.order_by("pk").first().document
        codes = [item["code"] for section in document["sections"] for item in section["items"]]
        bad = {code.replace("_", "-"): note for code, note in problems.items()}
        return [
            {"item": code, "answer": "no", "note": bad[code], "disposal": "handed_over"}
            if code in bad
            else {"item": code, "answer": "yes"}
            for code in codes
        ]

    def body(self, entity: Entity, **changes) -> dict:
        """A faultless visit in person, with what a test changes."""
        values = {
            "entity": entity.pk,
            "obligation": None,
            "mode": "onsite",
            "visited_on": TODAY.isoformat(),
            "started_at": "2026-11-22T09:42:00+08:00",
            "task_list": TaskListVersion.objects.order_by("pk").first().digest,
            "answers": self.answers(),
            "photos": [sha(picture())],
            "cadre_signature": INK,
            "entity_signature": SIGNED,
            "outcome": "done",
        }
        return values | changes

    def submit(
        self, entity: Entity, *, by: Post | None = None, key: UUID | None = None, on: date = TODAY, **changes
    ) -> Submitted:
        body = read_visit(json.dumps(self.body(entity, **{"visited_on": on.isoformat()} | changes)).encode())
        by = by or self.cast.wang
        fetched = entities_to_visit(by, body.visited_on).get(pk=entity.pk)
        return submit_visit(fetched, key=key or uuid4(), body=body, by=by, on=on, at=NOW)

    def issue(self, entity: Entity, note: str = "冷藏柜温度不达标"):
        """A problem Wang handed over to the station."""
        return self.submit(entity, answers=self.answers(storage=note)).visit.issues.get()
