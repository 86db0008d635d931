"""The walls' checks on doors: a token opens its own kind, its own place and its own subject, and nothing once it is closed."""

from collections.abc import Iterator
from typing import Any

from cadres.models import Cadre
from tenancy.scoping import acting_in
from tests.tenancy.doors import PIN
from tests.walls.checks import MISSING_ID
from tests.walls.reading import answered, canaries_in, text_of
from tests.walls.world import Town, World, undone

UNKNOWN = "x" * 43
LISTS = ("/api/entities/", "/api/cadres/", "/api/cadres/access", "/api/assignments/", "/api/issues", "/api/letters/")
PAGES = ("/my/", "/my/entities/", "/me/", "/posts/", "/issues/", "/letters/", "/api/my/visits", "/api/devices")


def door_findings(world: World) -> list[str]:
    found = []
    for town in world.towns.values():
        with undone():
            found += [*_kinds(world, town), *_cards(world, town), *_tokens(world, town)]
        with undone():
            found += _phones(world, town)
    return found


def _kinds(world: World, town: Town) -> Iterator[str]:
    """Each token at the doors of the other kinds, and a used card, answer as one that was never made."""
    client, ids = world.client(""), town.ids
    nothing = answered(client.get(f"/c/{UNKNOWN}/"))
    for name in ("used-token", "device-token", "api-token"):
        if answered(client.get(f"/c/{ids[name]}/")) != nothing or nothing[0] != 404:
            yield f"{name} of {town.name} at the door of a card"
    told = answered(_bearing(world, UNKNOWN, "/api/entities/"))
    for name in ("used-token", "card-token", "device-token"):
        if answered(_bearing(world, ids[name], "/api/entities/")) != told or told[0] != 401:
            yield f"{name} of {town.name} at the door of the API"


def _cards(world: World, town: Town) -> Iterator[str]:
    """The page of a card names nobody; sent, it lets in the one person it was made for."""
    page = text_of(world.client("").get(f"/c/{town.ids['card-token']}/"))
    yield from (f"a card of {town.name} shows {each.canary}" for each in world.towns.values() if each.canary in page)
    with acting_in(town.place.path):
        cadre = Cadre.objects.select_related("post").get(pk=town.ids["cadre"])
    form = {"known": cadre.post.phone.last4, "pin": PIN, "again": PIN}
    answer = world.client("").post(f"/c/{town.ids['card-token']}/", form)
    if answer.status_code != 302 or answer.wsgi_request.session.get("post") != cadre.post_id:
        yield f"a card of {town.name} lets in somebody else, or nobody: {answer.status_code}"


def _tokens(world: World, town: Town) -> Iterator[str]:
    """With a token the lists hold no word of another street, and a foreign id answers as a missing one."""
    token = town.ids["api-token"]
    for address in LISTS:
        answer = _bearing(world, token, address)
        words = canaries_in(text_of(answer), world, but=town)
        yield from (f"a token of {town.name} at {address} shows {word}" for word in words)
        if answer.status_code != 200 or (address == "/api/entities/" and town.canary not in text_of(answer)):
            yield f"a token of {town.name} reads nothing at {address}"
    gone = answered(_bearing(world, token, f"/api/entities/{MISSING_ID}/"))
    for other in (each for each in world.towns.values() if each is not town):
        if answered(_bearing(world, token, f"/api/entities/{other.ids['entity']}/")) != gone:
            yield f"a token of {town.name} tells an entity of {other.name} from a missing one"


def _phones(world: World, town: Town) -> Iterator[str]:
    """A bound phone opens its own cadre's work and none of the cadre beside him."""
    with acting_in(town.place.path):
        used = Cadre.objects.select_related("post").get(pk=town.ids["cadre"])
        beside = Cadre.objects.select_related("post").get(pk=town.ids["cadre-beside"])
    form = {"known": used.post.phone.last4, "pin": PIN, "again": PIN}
    client = world.client("")
    client.post(f"/c/{town.ids['card-token']}/", form)
    for address in PAGES:
        text = text_of(client.get(address))
        yield from (f"a phone of {town.name} at {address} shows {word}" for word in canaries_in(text, world, but=town))
        if beside.post.person_name != used.post.person_name and beside.post.person_name in text:
            yield f"a phone of {town.name} at {address} shows {beside}"


def _bearing(world: World, token: str, address: str) -> Any:
    return world.client("").get(address, headers={"Authorization": f"Bearer {token}"})
