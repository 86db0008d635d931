"""Cadres of every signing category under the Gumei plan, made as plainly as the rows allow."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from PIL import Image

from cadres.models import Cadre
from commitments import actions
from commitments.models import CommitmentLetter
from commitments.queries import token_of
from tenancy.actions.plans import adopt_plan
from tenancy.models import Jurisdiction, Post
from tenancy.plans import shipped_plan
from tenancy.rules.names import sort_key
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

DAY = date(2026, 10, 9)
AT = datetime(2026, 10, 9, 2, 30, tzinfo=UTC)
# name -> place, tier, category, title
PEOPLE = {
    "林书记": ("甲街道", "street", "party_member", "党工委书记"),
    "刘主任": ("甲街道", "street", "principal", "办事处主任"),
    "韦委员": ("甲街道", "street", "party_member", "党工委委员"),
    "严副": ("甲街道", "street", "deputy", "办事处副主任"),
    "徐调研": ("甲街道", "street", "ranked", "二级调研员"),
    "李㛃": ("一社区", "community", "secretary", "书记"),
    "𬭊文军": ("一社区", "community", "committee", "委员"),
}


def picture(text: str = "", shade: str = "white") -> bytes:
    """A photographed page, with a code on it when a text is given."""
    paper = Image.new("RGB", (900, 1200), shade)
    if text:
        out = io.BytesIO()
        segno.make(text, micro=False).save(out, kind="png", scale=5)
        paper.paste(Image.open(io.BytesIO(out.getvalue())).convert("RGB"), (600, 60))
    photo = io.BytesIO()
    paper.save(photo, "JPEG")
    return photo.getvalue()


def upload(data: bytes | None = None, name: str = "承诺书.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or picture(), "image/jpeg")


@dataclass
class Desk:
    """甲街道 with its cadres; short ways through the life of a letter."""

    cast: Cast
    place: Jurisdiction
    cadres: dict[str, Cadre] = field(default_factory=dict)

    def cadre(self, name: str) -> Cadre:
        area, tier, category, title = PEOPLE[name]
        place = self.cast.places[area]
        post = Post(jurisdiction=place, place=place.path, role="cadre", person_name=name, sort_key=sort_key(name))
        post.title, post.valid = title, DateRange(SINCE, None)
        post.save()
        return self.cadre_of(post, tier, category)

    def cadre_of(self, post: Post, tier: str, category: str) -> Cadre:
        made = Cadre.objects.create(post=post, place=post.place, tier=tier, category=category)
        self.cadres[post.person_name] = made
        return made

    def issue(self) -> actions.Issued:
        return actions.issue_letters(self.place, by=self.cast.li, on=DAY)

    def letter(self, name: str) -> CommitmentLetter:
        return CommitmentLetter.objects.get(signer_name=name)

    def uploaded(self, name: str, shade: str = "white") -> CommitmentLetter:
        letter = self.letter(name)
        actions.upload_scan(letter, picture(token_of(letter), shade), "扫描.jpg", by=self.cast.li, at=AT)
        return self.letter(name)


def later(**span: float) -> datetime:
    return AT + timedelta(**span)


@pytest.fixture
def desk(cast):
    """The test acts in the whole district from here on, as its middle office would see it."""
    place = cast.places["甲街道"]
    with acting_in(cast.places["东城区"].path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
        made = Desk(cast, place)
        for name in PEOPLE:
            made.cadre(name)
        yield made


@pytest.fixture
def office(cast):
    """The same with letters drawn up and no place open: for requests, which open their own."""
    place = cast.places["甲街道"]
    with acting_in(cast.places["东城区"].path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
        made = Desk(cast, place)
        for name in PEOPLE:
            made.cadre(name)
        made.cadre_of(cast.wang, "community", "committee")
        made.issue()
    return made
