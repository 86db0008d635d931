"""The walls' checks over HTTP as plain functions: each gives its findings in words, none when the walls hold.

The ordinary tests want an empty list, the mutation tests a full one, from the same functions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client

from cadres.models import Assignment, Cadre
from commitments.models import CommitmentLetter
from entities.models import Entity
from reports.models import Export
from supervision.models import ClosureReport, Issue, Obligation
from tenancy.models import ImportBatch
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tests.walls.census import located, seen_in
from tests.walls.reading import answered, canaries_in, cells_of, content_of, text_of
from tests.walls.routes import (
    ADMINISTRATION,
    BODIES,
    CASES,
    MISSING_ID,
    OPEN,
    QUERIES,
    Case,
    ask,
    missing,
    one,
    patterns,
)
from tests.walls.world import Town, World, undone

# What li's list shows, and the table it must agree with.
COUNTED: list[tuple[Case, Any, Any]] = [
    (one("entities:list-entities"), Entity, lambda response: response.context["page"].paginator.count),
    (one("entities:api-entities"), Entity, lambda response: response.json()["count"]),
    (one("cadres:list-cadres"), Cadre, lambda response: response.context["page"].paginator.count),
    (one("cadres:api-cadres-list"), Cadre, lambda response: response.json()["count"]),
    (one("cadres:show-list"), Entity, lambda response: response.context["page"].paginator.count),
    (one("cadres:api-assignments-list"), Assignment, lambda response: response.json()["count"]),
    (one("supervision:show-progress"), Obligation, lambda response: response.context["page"].paginator.count),
    (one("supervision:list-closures"), ClosureReport, lambda response: response.context["page"].paginator.count),
    (one("supervision:api-closures"), ClosureReport, lambda response: len(response.json()["closures"])),
    (one("supervision:list-issues"), Issue, lambda response: response.context["page"].paginator.count),
    (one("supervision:api-issues"), Issue, lambda response: len(response.json()["issues"])),
    (one("commitments:api-list-letters"), CommitmentLetter, lambda response: response.json()["count"]),
    (one("tenancy:list-imports"), ImportBatch, lambda response: response.context["page"].paginator.count),
    (one("reports:list-exports"), Export, lambda response: response.context["page"].paginator.count),
    (one("reports:list-behind", "what==entities"), Entity, lambda response: response.context["page"].paginator.count),
    (one("reports:list-behind", "what==due"), Obligation, lambda response: response.context["page"].paginator.count),
]
# Address, path, and whether the entity that came after the list and the quarter is in it.
WORKBOOKS = [
    ("reports:export-ledger", "", True),
    ("reports:download-export", "pk=export", True),
    ("reports:export-progress", "", False),
    ("cadres:download-list", "", True),
    ("cadres:download-list", "list_id=list", False),
]
# Everybody's own account, whatever the role.
ACCOUNT = (
    "tenancy:sign-in",
    "tenancy:sign-out",
    "tenancy:choose-post",
    "tenancy:change-password",
    "tenancy:start-second-factor",
    "tenancy:bind-second-factor",
    "tenancy:renew-recovery-codes",
    "tenancy:remove-second-factor",
)
# A filter kept for oneself writes nothing of the register, so whoever only reads it keeps one too.
FOR_READERS = ("entities:list-views", "entities:api-views")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Answer = tuple[int, str]


class Visitors:
    """Signed-in browsers by name, and every request taken back."""

    def __init__(self, world: World) -> None:
        self.world = world

    def client(self, name: str) -> Client:
        return self.world.client(name)

    def answer(self, name: str, case: Case, ids: dict[str, Any], body: Any = None, query: str = "") -> Answer:
        with undone():
            return answered(ask(self.client(name), case, ids, body, query))

    def read(self, name: str, case: Case, ids: dict[str, Any], body: Any = None) -> tuple[int, str]:
        """The status with all that can be read in the answer: page, cells, PDF text, headers."""
        with undone():
            response = ask(self.client(name), case, ids, body)
            return response.status_code, text_of(response)


def census_findings() -> list[str]:
    """Addresses without a request, requests without an address, open doors without a sentence."""
    known, written = {(p.name, p.kwargs) for p in patterns()}, {case.key for case in CASES}
    found = [f"no request for {name} {kwargs}" for name, kwargs in sorted(known - written)]
    found += [f"no address {name} {kwargs}" for name, kwargs in sorted(written - known)]
    found += [f"{name} is open and does not exist" for name in OPEN if name not in {n for n, _ in known}]
    return found + [f"{name} is open without a sentence" for name, why in OPEN.items() if len(why) < 30]


def anonymous_findings(world: World) -> list[str]:
    """Whoever is not signed in is sent to the login, or told so by the API."""
    visitors, found = Visitors(world), []
    for case in CASES:
        with undone():
            response = ask(visitors.client(""), case, case.path_ids(world.own), case.body_of(world.own))
        to_login = response.status_code == 302 and response["Location"].startswith("/login/")
        is_told = response.status_code in (401, 403) and response["Content-Type"] == "application/json"
        if not (case.url in OPEN and response.status_code < 400) and not (is_told if case.is_api else to_login):
            found.append(f"{case}: {response.status_code} for nobody")
    return found


def control_findings(world: World, town: Town | None = None) -> list[str]:
    """Its own person gets through; otherwise the other answers would prove nothing."""
    visitors, found, town = Visitors(world), [], town or world.own
    for case in CASES:
        status, page = visitors.answer(town.people[case.who], case, case.path_ids(town), case.body_of(town))
        if not 200 <= status < 400:
            found.append(f"{case}: {status} for {town.people[case.who]}: {page[-300:]}")
    return found


def method_findings(world: World) -> list[str]:
    """A method without a request of its own is refused, or reads what GET reads and writes nothing."""
    visitors, found = Visitors(world), []
    written = {(case.key, case.method) for case in CASES}
    for case in (case for case in CASES if case.method == "GET"):
        ids, name = case.path_ids(world.own), world.own.people[case.who]
        told, _page = visitors.answer(name, case, ids)
        for method in (method for method in METHODS if (case.key, method) not in written):
            other = replace(case, method=method)
            before = changes()
            status, _page = visitors.answer(name, other, ids)
            if status != 405 and (status != told or changes() != before):
                found.append(f"{other}: {status} where GET gives {told}, {changes() - before} rows written")
    return found


def changes() -> int:
    """How many rows were written so far, also by what was taken back; sessions and the like aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname !~ '^(django|axes)_'"
        )
        return int(cursor.fetchone()[0])


def stranger_findings(world: World, cases: Iterable[Case] = CASES) -> list[str]:
    """An id of 甲街道 is a missing id to the same part in the next street and in another tenant, whatever he sends."""
    visitors = Visitors(world)
    found = []
    for case in (case for case in cases if case.named):
        body = case.body_of(world.own)
        for town in world.strangers:
            for part in sorted({case.who, "office"}):
                found += _told_apart(visitors, town.people[part], case, body, strict=part == case.who)
    return found


def _told_apart(visitors: Visitors, name: str, case: Case, body: Any, *, strict: bool) -> Iterator[str]:
    """A missing right may answer 403 before anything is looked up, but then for every id alike."""
    own = visitors.world.own
    there, gone = (visitors.answer(name, case, ids, body) for ids in (case.path_ids(own), case.missing_ids(own)))
    if there != gone:
        yield f"{case} for {name}: {there[0]} where a missing id gives {gone[0]}"
    if there[0] not in (403, 404) or (there[0] == 403 and strict):
        yield f"{case} for {name}: {there[0]}, not 404"


def mixed_findings(world: World) -> list[str]:
    """One id after the other of a path replaced by a foreign one is as if that one were missing."""
    visitors, found = Visitors(world), []
    for case in (case for case in CASES if case.named):
        own, body, name = case.path_ids(world.own), case.body_of(world.own), world.own.people[case.who]
        for town, part in ((town, part) for town in world.strangers for part in case.named):
            foreign, nothing = own | {part: case.path_ids(town)[part]}, own | {part: missing(own[part])}
            if foreign == own:
                continue
            there, gone = (visitors.answer(name, case, ids, body) for ids in (foreign, nothing))
            if there != gone or there[0] != 404:
                found.append(f"{case} with {part} of {town.name} for {name}: {there[0]}, missing {gone[0]}")
    return found


def query_findings(world: World) -> list[str]:
    """An id behind the question mark: a foreign one reads as a missing one, and shows nothing of its place."""
    visitors, found = Visitors(world), []
    for url, ids, name, key in QUERIES:
        case = Case(url, dict(pair.split("=", 1) for pair in ids.split()))
        own, asker = case.path_ids(world.own), world.own.people[next(c.who for c in CASES if c.url == url)]
        for town in world.strangers:
            foreign = town.ids[key]
            values = [foreign, f"{foreign[:6]}/999/" if isinstance(foreign, str) else MISSING_ID]
            there, gone = (visitors.answer(asker, case, own, query=f"?{name}={value}") for value in values)
            if without(there, values) != without(gone, values):
                found.append(f"{case}?{name}= of {town.name}: {there[0]} where a missing one gives {gone[0]}")
    return found


def without(answer: Answer, values: list[Any]) -> Answer:
    """The answer with what was asked for left out, however it is written back."""
    written = {form for value in values for form in (str(value), quote(str(value), safe=""), quote(str(value)))}
    words = "|".join(re.escape(each) for each in sorted(written, key=len, reverse=True))
    return answer[0], re.sub(rf"(?<![0-9A-Za-z])({words})(?![0-9A-Za-z])", "#", answer[1])


def body_findings(world: World) -> list[str]:
    """One field at a time of a valid body names a foreign row: refused as a missing one is, and nothing written."""
    visitors, found = Visitors(world), []
    for method, url, field, key in BODIES:
        case = next(case for case in CASES if (case.method, case.url) == (method, url))
        if field == "cadre" and method == "PUT":
            # An office that types names the cadre it types for.
            case = replace(case, who="office")
        valid = case.body_of(world.own)
        for town in world.strangers:
            values = [town.ids[key], missing(town.ids[key])]
            (there, written), (gone, _nothing) = (_sent(visitors, case, valid | {field: value}) for value in values)
            if without(there, values) != without(gone, values) or there[0] < 400 or written:
                found.append(f"{case} with {field} of {town.name}: {there[0]} {written}, missing {gone[0]}")
    return found


def _sent(visitors: Visitors, case: Case, body: dict[str, Any]) -> tuple[Answer, list[str]]:
    """The answer, and the tables that changed."""
    world = visitors.world
    before = fingerprint(world)
    with undone():
        person = visitors.client(world.own.people[case.who])
        answer = answered(ask(person, case, case.path_ids(world.own), body))
        after = fingerprint(world)
    return answer, sorted(table for table in after if after[table] != before[table])


def neighbour_findings(world: World, cases: Iterable[Case] = CASES) -> list[str]:
    """Where the place is the same only the post's own filter stands: another cadre, the shop, a cadre elsewhere."""
    visitors, found, town = Visitors(world), [], world.own
    # A cadre of the same community, one of the next, and the shop, asking for what is another cadre's.
    for name in (town.people["beside"], town.people["elsewhere"], "wu"):
        for case in (case for case in cases if case.named and case.who in ("cadre", "station")):
            strict = case.who == "cadre" and name != "wu"
            found += _told_apart(visitors, name, case, case.body_of(town), strict=strict)
    found += _neighbours_visits(visitors, cases)
    for name in (*(town.people[part] for part in ("beside", "cadre", "elsewhere", "secretary")), "wu"):
        found += _reads(visitors, name, foreign_names(world, name), cases)
    return found


def _neighbours_visits(visitors: Visitors, cases: Iterable[Case]) -> Iterator[str]:
    """A visit sent for another cadre's entity is answered as one for no entity."""
    town = visitors.world.own
    for case in (case for case in cases if case.url == "supervision:api-visit"):
        body, ids = case.body_of(town), case.path_ids(town)
        for name in (town.people["beside"], town.people["elsewhere"], "wu"):
            there = visitors.answer(name, case, ids, body)
            gone = visitors.answer(name, case, ids, body | {"entity": MISSING_ID})
            if there != gone or there[0] < 400:
                yield f"{case} of another's entity by {name}: {there[0]}, missing {gone[0]}"


def foreign_names(world: World, name: str) -> dict[str, str]:
    """Names of entities the post must not read, each with whose they are."""
    post = world.cast.posts[name]
    with acting_in(world.own.place.path):
        names = dict(Entity.objects.values_list("pk", "name"))
        if post.role == Role.COMMUNITY_SECRETARY:
            own = set(Entity.objects.filter(place__startswith=post.place).values_list("pk", flat=True))
        else:
            own = set(Assignment.objects.filter(cadre__post=post).values_list("entity", flat=True))
    return {text: f"entity {pk}" for pk, text in names.items() if pk not in own}


def _reads(visitors: Visitors, name: str, forbidden: dict[str, str], cases: Iterable[Case]) -> list[str]:
    """What the person can read of these words in any address, with the objects of his own street."""
    assert forbidden, "there is nothing to leak"
    town, found = visitors.world.own, []
    for case in (case for case in cases if case.method == "GET"):
        status, text = visitors.read(name, case, case.path_ids(town))
        found += [
            f"{case} shows {name} {word} ({whose}), {status}" for word, whose in forbidden.items() if word in text
        ]
    return found


def administrator_findings(world: World, cases: Iterable[Case] = CASES) -> list[str]:
    """三员 act in the whole district and read no business of it; a leader reads and writes nothing.

    Their own pages name people in post and accounts, but no shop; only the trail names what acts are about.
    """
    visitors, found, town = Visitors(world), [], world.own
    words = {each.canary: each.name for each in world.towns.values()}
    shops = {f"{each.canary}一号店": each.name for each in world.towns.values()}
    own = {case.url for case in ADMINISTRATION}
    for name in ("guan", "an", "shen"):
        found += _reads(visitors, name, words, [case for case in cases if case.url not in own])
        read = TRAIL if name == "shen" else ()
        found += _reads(visitors, name, shops, [case for case in cases if case.url in own and case.url not in read])
    for case in (case for case in cases if case.method != "GET" and case.url not in (*ACCOUNT, *OPEN, *own)):
        body = case.body_of(town)
        for name in ("guan", "shen", town.people["head"], "wu"):
            status, _page = visitors.answer(name, case, case.path_ids(town), body)
            reads = name == town.people["head"] and case.url in FOR_READERS
            if status < 400 and not reads:
                found.append(f"{case}: {name} may, {status}")
    return found


def canary_findings(world: World, cases: Iterable[Case] = CASES) -> list[str]:
    """Whatever 甲街道's people open and send, nothing of the next street and of the other tenant comes back."""
    visitors, found = Visitors(world), []
    for case in cases:
        # The two others are asked for what they read, so that the canaries are known to sing everywhere.
        for town in world.towns.values() if case.method == "GET" else [world.own]:
            _status, text = visitors.read(town.people[case.who], case, case.path_ids(town), case.body_of(town))
            found += [f"{case} shows {town.name} {word}" for word in canaries_in(text, world, but=town)]
    return found


def count_findings(world: World) -> list[str]:
    """Lists and exports hold the own rows and no others, to the last one."""
    visitors, found = Visitors(world), []
    office = world.own.people["office"]
    for case, model, count in COUNTED:
        with undone():
            shown = count(ask(visitors.client(office), case, case.path_ids(world.own), None))
        with acting_in(world.own.place.path):
            own = model.objects.count()
        everywhere = sum(len(seen_in(model, tenant)) for tenant in TENANTS)
        assert own < everywhere, "there is nothing to leak"
        if shown != own:
            found.append(f"{case} shows {shown} of {own} {model._meta.label}")
    return found


def workbook_findings(world: World) -> list[str]:
    """Each exported workbook names every own entity and nobody else's."""
    visitors, found = Visitors(world), []
    names = {}
    for town in world.towns.values():
        with acting_in(town.place.path):
            names[town.name] = set(Entity.objects.values_list("name", flat=True))
    for url, ids, with_late in WORKBOOKS:
        case = one(url, ids)
        with undone():
            response = ask(visitors.client(world.own.people["office"]), case, case.path_ids(world.own), None)
            cells = {str(cell) for row in cells_of(content_of(response)) for cell in row}
        shown = cells & set().union(*names.values())
        late = set() if with_late else {f"{world.own.canary}晚号店"}
        expected = names[world.own.name] - late
        if shown != expected:
            found.append(f"{case}: {sorted(shown ^ expected)}")
    return found


def fingerprint(world: World) -> dict[str, str]:
    """Table -> digest of all its rows in both tenants, read inside each tenant's wall."""
    return {f"{tenant}{table}": digest for tenant in TENANTS for table, digest in rows_of(tenant).items()}


# What only the audit administrator reads: the trail names the subject of every act.
TRAIL = ("tenancy:list-events", "tenancy:export-events", "tenancy:api-events")
TENANTS = ("990101/", "990102/")


def rows_of(tenant: str) -> dict[str, str]:
    """Table -> digest of the rows that stand in a tenant."""
    parts = [
        f"SELECT '{table}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY id), '')) FROM {table} t"
        f" WHERE place ^@ '{tenant}'"
        for table in sorted(model._meta.db_table for model in located())
    ]
    with acting_in(tenant), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def key_findings(world: World) -> list[str]:
    """A visit's key is chosen by the phone: one in use elsewhere is refused, or free in another tenant, and shows nothing."""
    visitors, found = Visitors(world), []
    (case,) = (case for case in CASES if case.url == "supervision:api-visit")
    body = case.body_of(world.own)
    for town, expected in ((world.beside, 409), (world.other, 202)):
        before = rows_of(town.tenant)["supervision_visit"] if town is world.other else ""
        with undone():
            person = visitors.client(world.own.people["cadre"])
            status, text = answered(ask(person, case, {"key": town.ids["visit-key"]}, body))
            after = rows_of(town.tenant)["supervision_visit"] if town is world.other else ""
        if status != expected or canaries_in(text, world, but=world.own) or before != after:
            found.append(f"{case} with the key of {town.name}: {status}")
    return found
