"""Coordinates with their system, and labels whose code is an address and nothing else."""

import re
from decimal import Decimal

import pytest
import segno
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from entities.actions.register import version_of
from entities.actions.spots import locate_entity
from entities.models import Entity
from entities.rules.spots import EAST, NORTH, Datum, Spot, geo_uri, refuse_spot, spot_said
from tenancy.models import AuditEvent
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import added

HERE = Spot(Decimal("121.387654"), Decimal("31.134567"), Datum.WGS84)


def located(cast: Cast, entity: Entity, spot: Spot | None) -> Entity:
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        return locate_entity(entity, spot, source="现场手机定位", by=cast.li, seen=version_of(entity))


@given(st.decimals(*EAST, places=6), st.decimals(*NORTH, places=6), st.sampled_from(Datum))
def test_every_place_of_the_country_is_taken_and_only_wgs84_leads_to_a_telephones_map(east, north, datum):
    spot = Spot(east, north, datum)
    refuse_spot(spot)
    assert geo_uri(spot) == (f"geo:{north},{east}" if datum is Datum.WGS84 else "")


@pytest.mark.parametrize(
    ("east", "north", "why"), [("31.1", "121.4", "填反了"), ("0", "0", "请核对"), ("121.4", "-31.1", "请核对")]
)
def test_what_lies_outside_is_refused_with_what_may_have_happened(east: str, north: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        refuse_spot(Spot(Decimal(east), Decimal(north), Datum.GCJ02))


def test_it_is_kept_as_it_was_given_with_its_system(cast: Cast) -> None:
    entity = located(cast, added(cast), Spot(HERE.longitude, HERE.latitude, Datum.BD09))
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        assert (entity.longitude, entity.latitude, entity.datum) == (HERE.longitude, HERE.latitude, "bd09")
        event = AuditEvent.objects.get(action="entities.spot.changed")
        assert (event.before["spot"], event.after["spot"]) == ("", "121.387654, 31.134567（BD-09）")
        with pytest.raises(IntegrityError), transaction.atomic():
            Entity.objects.filter(pk=entity.pk).update(datum="")
    with pytest.raises(Refused, match="没有变化"):
        located(cast, entity, Spot(HERE.longitude, HERE.latitude, Datum.BD09))
    located(cast, entity, None)
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        assert (entity.longitude, entity.latitude, entity.datum) == (None, None, "")


@pytest.mark.parametrize("datum", list(Datum))
def test_the_page_opens_a_telephones_map_for_wgs84_only(cast: Cast, datum: Datum) -> None:
    spot = Spot(HERE.longitude, HERE.latitude, datum)
    entity = located(cast, added(cast), spot)
    page = cast.client("li").get(f"/entities/{entity.pk}/").content.decode()
    assert (spot_said(spot) in page, 'href="geo:' in page) == (True, datum is Datum.WGS84)


def test_page_and_endpoint_keep_and_refuse_the_same(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    form = {"longitude": "121.4", "source": "地图上点取", "seen": version_of(entity)}
    assert "要么都填" in client.post(f"/entities/{entity.pk}/spot/", form).content.decode()
    form |= {"latitude": "31.1"}
    assert "请选坐标系" in client.post(f"/entities/{entity.pk}/spot/", form).content.decode()
    page = client.post(f"/entities/{entity.pk}/spot/", form | {"datum": "gcj02"}, follow=True).content.decode()
    assert "121.4, 31.1（GCJ-02）" in page
    address = f"/api/entities/{entity.pk}/spot/"
    told = client.get(address).json()
    assert (told["longitude"], told["latitude"], told["datum"]) == (121.4, 31.1, "gcj02")
    body = {"longitude": 31.1, "latitude": 121.4, "datum": "wgs84", "source": "定位", "version": told["version"]}
    refused = client.post(address, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "spot-outside")
    body |= {"longitude": 121.5, "latitude": 31.2}
    assert client.post(address, body, content_type="application/json").json()["datum"] == "wgs84"
    assert client.post(address, body, content_type="application/json").status_code == 409


def test_labels_stand_by_community_and_hold_an_address_only(cast: Cast) -> None:
    last = added(cast, "二社区的店", place="二社区")
    first = added(cast, "一社区的店", place="一社区")
    added(cast, "别处的店", who="zhao", place="三社区")
    page = cast.client("li").get("/entities/labels/")
    assert [(each.pk, url) for each, url in page.context["labels"]] == [
        (first.pk, f"http://testserver/entities/{first.pk}/"), (last.pk, f"http://testserver/entities/{last.pk}/"),
    ]  # fmt: skip
    drawn = re.findall(r'<path[^>]* d="([^"]+)"', page.content.decode())
    expected = segno.make(f"http://testserver/entities/{first.pk}/", error="m", micro=False)
    assert re.search(r' d="([^"]+)"', expected.svg_inline(border=2, omitsize=True))[1] in drawn
    assert cast.client("li").get("/entities/labels/?q=一社区").context["total"] == 1
    assert cast.client("zhao").get("/entities/labels/?q=一社区").context["total"] == 0
    picked = [cast.client(who).get(f"/entities/labels/?id={last.pk}").context["labels"] for who in ("li", "zhao")]
    assert [[each.pk for each, _url in labels] for labels in picked] == [[last.pk], []]


@pytest.mark.parametrize("rows", [1, 3])
def test_labels_ask_the_same_for_one_and_three(cast: Cast, rows: int, django_assert_num_queries) -> None:
    for number in range(rows):
        added(cast, f"{number}号店")
    client = cast.client("li")
    client.get("/entities/labels/")
    with django_assert_num_queries(18):
        client.get("/entities/labels/")


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("sun", 404), ("leng", 403), ("wang", 403)])
def test_others_do_not_write_it(cast: Cast, who: str, status: int) -> None:
    entity = added(cast)
    assert cast.client(who).get(f"/entities/{entity.pk}/spot/").status_code == status
    assert cast.client(who).post(f"/api/entities/{entity.pk}/spot/").status_code == status
