"""Every address of the project with at least one request that its own person may send.

`patterns()` asks Django's resolver; `CASES` is written by hand and must cover it. A path id names a key of `Town.ids`;
a word that is no id stands behind "=".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cadres.models import Cadre, ProposedAssignment
from commitments.models import CommitmentLetter
from commitments.queries import token_of
from entities.actions.accepting import taking_preview
from entities.actions.register import version_of
from entities.models import Entity, OutsideList
from entities.queries.outside import DifferenceFilter
from reports.queries.calendar import effects_of
from tenancy.actions.second_factor import secret_of
from tenancy.models import ImportBatch, ImportRow, Post, SecondFactor
from tenancy.plans import shipped_plan
from tenancy.plans.writing import plan_text
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.second_factor import code_at
from tenancy.scoping import acting_in
from tenancy.workbooks import write_form
from tests.cast import PASSWORD
from tests.commitments.conftest import picture as page_picture
from tests.supervision.desk import picture
from tests.tenancy.doors import PIN
from tests.walls.world import (
    BODY,
    CHECK_TITLES,
    LEDGER_TITLES,
    NOW,
    OUTSIDE_TITLES,
    PENALTY_TITLES,
    POST_TITLES,
    ROSTER_TITLES,
    STAFF_TITLES,
    TODAY,
    Town,
    beside,
    columns,
    visit_body,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Fewer than seven digits: longer numbers are masked where a refusal repeats what was typed.
MISSING_ID, MISSING_KEY = 987_654, UUID(int=7)
NEW_KEY = UUID("5b1c0e4e-6e0f-4c2a-9d7b-000000000001")

# Addresses that answer strangers, and why.
OPEN = {
    "tenancy:sign-in": "The way in; it shows a form and says nothing about who exists.",
    "tenancy:sign-out": "Ends a session; without one it leads to the sign-in page all the same.",
    "tenancy:livez": "The word ok for whoever watches the process; nothing is asked of the database.",
    "tenancy:readyz": "Ready or not and why, for the load balancer; no row of any place is read.",
    "tenancy:open-invitation": "The door of a personal card: whoever holds the token sees the place that gave it out.",
    "tenancy:list-published": "Plans for publication, which the database alone picks; no place is opened for it.",
    "tenancy:show-published": "One of those plans; any other answers as one that never was.",
    "tenancy:enter-pin": "Asks a bound phone for its PIN, and tells any other how to become one.",
    "supervision:service-worker": "A script of file names; browsers fetch it without a session.",
}


SEAT_FORM = {"seat": "/".join(BODY), "person_name": "新组员", "title": "科长", "since": "2026-03-01"}
SEAT_BODY = {"body": BODY[0], "role": BODY[1], "person_name": "新组员", "title": "科长", "since": "2026-03-01"}


class Pattern(NamedTuple):
    name: str
    kwargs: tuple[str, ...]
    route: str


def patterns() -> list[Pattern]:
    """Every address the resolver knows, with the names of what stands in its path."""
    return list(_walk(get_resolver(), (), ""))


def _walk(resolver: URLResolver, spaces: tuple[str, ...], route: str) -> Iterator[Pattern]:
    for entry in resolver.url_patterns:
        whole = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            regex = getattr(entry.pattern, "regex", None)
            kwargs = set(entry.pattern.converters) | set(regex.groupindex if regex else ())
            yield Pattern(":".join((*spaces, entry.name or f"unnamed {whole}")), tuple(sorted(kwargs)), whole)
        else:
            yield from _walk(entry, (*spaces, entry.namespace) if entry.namespace else spaces, whole)


Body = Callable[[Town], Any]


@dataclass(frozen=True)
class Case:
    """One request its own person may send; `sends` makes a valid body from the objects of a town."""

    url: str
    ids: dict[str, str] = field(default_factory=dict)
    who: str = "office"
    method: str = "GET"
    sends: Body | None = None
    kind: str = "form"

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return self.url, tuple(sorted(self.ids))

    @property
    def is_api(self) -> bool:
        return "api-" in self.url

    @property
    def named(self) -> list[str]:
        """The path parts that are ids of rows; a picture's hash is what its bytes say, a token opens for who brings it.

        What is published is there for everybody.
        """
        free = ("sha", "token", "public_place", "public_plan")
        return [name for name, key in self.ids.items() if not key.startswith("=") and name not in free]

    def __str__(self) -> str:
        return f"{self.method} {self.url}({', '.join(self.ids)})"

    def path_ids(self, town: Town) -> dict[str, Any]:
        return {name: key[1:] if key.startswith("=") else town.ids[key] for name, key in self.ids.items()}

    def missing_ids(self, town: Town) -> dict[str, Any]:
        return {name: missing(value) if name in self.named else value for name, value in self.path_ids(town).items()}

    def body_of(self, town: Town) -> Any:
        if self.sends is None:
            return None
        with acting_in(town.place.path):
            return self.sends(town)


def missing(value: Any) -> Any:
    """An id of the same kind that no row has."""
    return MISSING_KEY if isinstance(value, UUID) else MISSING_ID


def ask(client: Client, case: Case, ids: dict[str, Any], body: Any, query: str = "") -> Any:
    """Sends the case's request with these ids."""
    send = getattr(client, case.method.lower())
    path = reverse(case.url, kwargs=ids) + query
    if body is None:
        return send(path)
    if case.kind == "json":
        return send(path, body, content_type="application/json")
    if case.kind == "raw":
        return send(path, body, content_type="image/jpeg")
    return send(path, body)


def one(url: str, ids: str = "", **more: Any) -> Case:
    return Case(url, dict(pair.split("=", 1) for pair in ids.split()), **more)


def post(url: str, ids: str = "", sends: Body | None = None, **more: Any) -> Case:
    return replace(one(url, ids, **more), method=more.get("method", "POST"), sends=sends or (lambda town: {}))


def put(url: str, ids: str, sends: Body, kind: str, who: str) -> Case:
    return Case(url, dict(pair.split("=", 1) for pair in ids.split()), who, "PUT", sends, kind)


def upload(titles: tuple[str, ...], row: tuple[Any, ...]) -> Body:
    def made(town: Town) -> dict[str, Any]:
        data = write_form("上传", town.name, TODAY, columns(titles), [row])
        return {"file": SimpleUploadedFile("上传.xlsx", data, XLSX)}

    return made


def amendment(batch: str) -> Body:
    def made(town: Town) -> dict[str, Any]:
        row = ImportRow.objects.filter(batch=town.ids[batch], refused=True).get()
        return {"column": "name", "old": "", "new": "补名", "number": row.number}

    return made


def scan(letter: str) -> Body:
    def made(town: Town) -> dict[str, Any]:
        data = page_picture(token_of(CommitmentLetter.objects.get(pk=town.ids[letter])), "ivory")
        return {"file": SimpleUploadedFile("扫描.jpg", data, "image/jpeg")}

    return made


def entity_cells(**changes: Any) -> Body:
    def made(town: Town) -> dict[str, Any]:
        area = {"area": town.communities[0].pk, "accept": "on"}
        cells = {"name": "新店", "business_type": "食品零售", "staff": "3", "revenue": "20", "status": "在营", **area}
        return cells | changes

    return made


def seen(key: str, **more: Any) -> Body:
    """The version of an entity its person had before him, with the rest of the form."""

    def made(town: Town) -> dict[str, Any]:
        return {"seen": version_of(Entity.objects.get(pk=town.ids[key])), **more}

    return made


def changed(key: str, name: str = "seen") -> Body:
    def made(town: Town) -> dict[str, Any]:
        version = version_of(Entity.objects.get(pk=town.ids[key]))
        return entity_cells(name="改名")(town) | {name: version}

    return made


GROUP = {
    "cluster": {"kind": "mall", "name": "新商场"},
    "chain": {"name": "新连锁", "uscc": ""},
}


def belonging(name: str) -> Body:
    """Another stall in the same market, as form or program send it."""

    def made(town: Town) -> dict[str, Any]:
        version = version_of(Entity.objects.get(pk=town.ids["entity"]))
        return {"cluster": town.ids["cluster"], "chain": town.ids["chain"], "stall": "2", name: version}

    return made


def larger(name: str = "seen", **more: Any) -> Body:
    """The facts of a shop that grew, as form or program send them."""

    def made(town: Town) -> dict[str, Any]:
        version = version_of(Entity.objects.get(pk=town.ids["entity"]))
        facts = {"business_type": "食品零售", "staff": "9", "revenue": "20", "area": town.communities[0].pk}
        return facts | {"since": TODAY.isoformat(), "reason": "扩建", "accept": "on", name: version} | more

    return made


SPOT = {"longitude": "121.4", "latitude": "31.1", "datum": "gcj02", "source": "地图上点取"}
FIGURE = {"kind": "staff", "value": "7", "source": "shop", "known_on": TODAY.isoformat()}
ROUND = {"name": "摸底", "starts_on": TODAY.isoformat(), "ends_on": TODAY.isoformat(), "surveyors": "所"}


def found_shop(town: Town) -> dict[str, Any]:
    return {
        "outcome": "new", "name": "路边摊", "business_type": "食品零售", "staff": "1", "revenue": "2", "accept": "on",
        "area": town.communities[0].pk,
    }  # fmt: skip


def outside_file(town: Town) -> dict[str, Any]:
    sheet = upload(OUTSIDE_TITLES, ("外面的店", "外街1号", "店主", town.communities[0].name))(town)
    return {"source": "other", "name": "名单", "listed_on": TODAY.isoformat(), **sheet}


def shown_taking(town: Town) -> dict[str, Any]:
    """What the preview showed, to be confirmed."""
    listed = OutsideList.objects.select_related("jurisdiction").get(pk=town.ids["outside"])
    office = Post.objects.select_related("jurisdiction").get(pk=town.ids["post-office"])
    preview, _checks = taking_preview(listed, DifferenceFilter(), by=office, on=TODAY)
    return {"seen": preview.digest}


def taken(town: Town) -> dict[str, Any]:
    """A business of a list with what the list does not say of it."""
    return {"answer": "accept", **entity_cells(name="外面的店")(town)}


def into_one(town: Town) -> dict[str, Any]:
    versions = [version_of(Entity.objects.get(pk=town.ids[key])) for key in ("entity", "twin")]
    return {"keeper": town.ids["entity"], "reason": "同一家", "first_seen": versions[0], "second_seen": versions[1]}


def proof(town: Town) -> dict[str, Any]:
    shown = SimpleUploadedFile("现场.jpg", picture(town.colour), "image/jpeg")
    return {"since": TODAY.isoformat(), "reason": "上门无人", "status": "dormant", "file": shown}


def fitting_cadre(town: Town) -> dict[str, Any]:
    line = ProposedAssignment.objects.get(pk=town.ids["line"])
    return {"cadre": line.cadre_id}


def seen_by_name(key: str, **more: Any) -> Body:
    """The same as a program sends it."""

    def made(town: Town) -> dict[str, Any]:
        return {"version": version_of(Entity.objects.get(pk=town.ids[key])), **more}

    return made


def mended(town: Town) -> dict[str, Any]:
    """A kind of defect given to the office itself."""
    return {
        "defect": "no-phone", "place": town.place.pk, "post": town.ids["post-office"], "due_on": AFTER_NEXT,
    }  # fmt: skip


def labelled(town: Town) -> dict[str, Any]:
    """Two picked entities and what is to be done to them, before it is confirmed."""
    return {"id": [town.ids["entity"], town.ids["late-entity"]], "kind": "add-tag", "tag": "夜市"}


def labelled_by_name(town: Town) -> dict[str, Any]:
    """The same as a program sends it."""
    sent = labelled(town)
    return {"ids": sent.pop("id"), **sent}


RAISE = {"grade": "C", "reason": "大", "approver": "纪要", "document": "1号"}
# A regrading of every street begins on New Year's Day; the next one has to begin later.
AFTER_NEXT = "2027-02-01"
GONE = {"kind": "unable", "since": TODAY.isoformat(), "reason": "病休"}
DELEGATE = {"name": "受托人", "title": "主任", "basis": "会纪〔2026〕3号"}


def typed(kind: str, name: str = "seen") -> Body:
    """A new line of a kind as it is typed over the entity's present state."""

    def made(town: Town) -> dict[str, Any]:
        values = {key: value for key, value in beside("新")[kind].items() if value is not None}
        return values | {name: version_of(Entity.objects.get(pk=town.ids["entity"]))}

    return made


def line_cases(kind: str) -> list[Case]:
    """The requests about one kind of line beside an entity."""
    entity, record = f"kind=={kind}", f"kind=={kind} record_id=record-{kind}"
    named = typed(kind, "version")
    return [
        one("entities:add-record", f"entity_id=entity {entity}"),
        post("entities:add-record", f"entity_id=entity {entity}", typed(kind)),
        one("entities:edit-record", record),
        post("entities:edit-record", record, typed(kind)),
        post("entities:strike-record", record, seen("entity")),
        post("entities:api-add-record", f"pk=entity {entity}", named, kind="json"),
        one("entities:api-record", record),
        replace(post("entities:api-record", record, named, kind="json"), method="PATCH"),
        replace(post("entities:api-record", record, seen_by_name("entity"), kind="json"), method="DELETE"),
    ]


WIZARDS = [
    ("entities", "ledger", upload(LEDGER_TITLES, ("七号店", "食品零售", "一社区", 3, 20, "路1号", "老板", ""))),
    ("cadres", "roster", upload(ROSTER_TITLES, ("新干部", "居民区", "一社区", "委员", "居民区两委委员"))),
]


def pointed_out(batch: str, name: str = "column-{}", **rest: Any) -> Body:
    """What every column of the unmapped sheet holds; the office's own is passed over."""

    def made(town: Town) -> dict[str, Any]:
        unmapped = ImportBatch.objects.get(pk=town.ids[batch])
        keys = {at: key for key, at in unmapped.columns.items()}
        width = max(len(cells) for _number, cells in unmapped.preview[0]["rows"])
        meanings = {name.format(at): keys.get(at, "-") for at in range(width)}
        where = {"sheet": unmapped.sheet, "row": unmapped.header_row, "header_row": unmapped.header_row}
        return where | ({"columns": meanings} if name == "{}" else meanings)

    return made


def wizard(app: str, kind: str, sends: Body) -> list[Case]:
    staged, unmapped = f"{kind}-staged", f"{kind}-unmapped"
    api = {"kind": "json"}
    return [
        one(f"{app}:import-{kind}"),
        post(f"{app}:import-{kind}", sends=sends),
        one(f"{app}:{kind}-template"),
        one(f"{app}:show-import", f"batch_id={staged}"),
        one(f"{app}:show-import", f"batch_id={kind}"),
        one(f"{app}:map-import", f"batch_id={unmapped}"),
        post(f"{app}:map-import", f"batch_id={unmapped}", pointed_out(unmapped)),
        post(f"{app}:amend-import", f"batch_id={staged}", amendment(staged)),
        post(f"{app}:skip-import", f"batch_id={staged}", lambda town: {"back": "1"}),
        post(f"{app}:commit-import", f"batch_id={staged}", lambda town: {"clean_only": "1", "seen": ["many"]}),
        post(f"{app}:undo-import", f"batch_id={kind}"),
        one(f"{app}:download-import", f"batch_id={staged}"),
        one(f"{app}:api-imports"),
        post(f"{app}:api-imports", sends=lambda town: {"kind": kind, **sends(town)}),
        one(f"{app}:api-import", f"pk={staged}"),
        *(one(f"{app}:api-import-{part}", f"pk={staged}") for part in ("problems", "rows", "columns", "file")),
        post(f"{app}:api-import-columns", f"pk={unmapped}", pointed_out(unmapped, "{}"), **api),
        post(f"{app}:api-import-amend", f"pk={staged}", amendment(staged), **api),
        post(f"{app}:api-import-skip", f"pk={staged}", lambda town: {"back": True}, **api),
        post(f"{app}:api-import-commit", f"pk={staged}", lambda town: {"clean_only": True, "seen": ["many"]}, **api),
        post(f"{app}:api-import-undo", f"pk={kind}", **api),
    ]


def first_code(town: Town) -> dict[str, str]:
    """What the telephone shows that the street's head has begun to bind."""
    factor = SecondFactor.objects.select_related("user").get(pk=town.ids["factor-waiting"])
    return {"code": code_at(secret_of(factor), NOW.timestamp())}


def annex(town: Town) -> dict[str, Any]:
    return {
        "title": "附件",
        "file": SimpleUploadedFile("附件.xlsx", write_form("表", town.name, TODAY, columns(("列",)), [("值",)]), XLSX),
    }


def plan_file(town: Town) -> dict[str, Any]:
    return {"version": 1, "text": plan_text(shipped_plan("gumei"))}


STAGE = {"stage": "base", "state": "reached", "note": "已完成"}
FILED = {"title": "方案", "responsible": "书记", "text": "正文"}
TIMETABLE = {"line-TOTAL_FORMS": "0", "line-INITIAL_FORMS": "0"}
CHANGES = {"version": 1, "put": {"cadre_cap": 9}}


def of_community(**more: Any) -> Body:
    """An office of the street types for a community under it."""
    return lambda town: {"place": town.communities[0].pk, **more}


PLANS = [
    one("tenancy:list-plans"),
    one("tenancy:list-plans", who="editor"),
    one("tenancy:list-plans", who="cadre"),
    one("tenancy:compare-plans"),
    one("tenancy:show-shipped", "code==national"),
    one("tenancy:show-plan", "plan_id=plan"),
    one("tenancy:show-plan", "plan_id=plan", who="editor"),
    one("tenancy:print-plan", "plan_id=plan"),
    one("tenancy:download-plan", "plan_id=plan"),
    post("tenancy:attach-annex", "plan_id=plan", annex, who="editor"),
    post("tenancy:note-stage", "plan_id=fresh-plan", lambda town: STAGE, who="editor"),
    one("tenancy:list-sub-plans", "plan_id=plan"),
    one("tenancy:list-sub-plans", "plan_id=plan", who="editor"),
    post("tenancy:expect-sub-plan", "plan_id=plan", lambda town: {"unit": "教育局"}, who="editor"),
    one("tenancy:file-sub-plan", "plan_id=plan"),
    post("tenancy:file-sub-plan", "plan_id=plan", of_community(**FILED, **TIMETABLE)),
    one("tenancy:download-annex", "annex_id=annex"),
    one("tenancy:download-annex", "annex_id=draft-annex", who="editor"),
    post("tenancy:detach-annex", "annex_id=annex", who="editor"),
    one("tenancy:show-sub-plan", "sub_plan_id=sub-plan"),
    one("tenancy:refile-sub-plan", "sub_plan_id=sub-plan"),
    post("tenancy:refile-sub-plan", "sub_plan_id=awaited", lambda town: FILED | TIMETABLE),
    one("tenancy:download-sub-plan", "sub_plan_id=sub-plan"),
    post("tenancy:mark-milestone", "milestone_id=milestone", lambda town: {"done_on": TODAY.isoformat()}),
    one("tenancy:start-draft", who="editor"),
    post(
        "tenancy:start-draft",
        sends=lambda town: {"name": "新稿", "basis": town.ids["plan-ref"], "place": town.place.pk},
        who="editor",
    ),
    one("tenancy:show-draft", "draft_id=draft", who="editor"),
    one("tenancy:edit-draft-text", "draft_id=draft", who="editor"),
    post(
        "tenancy:edit-draft-text",
        "draft_id=draft",
        lambda town: {"text": plan_file(town)["text"], "seen": 1},
        who="editor",
    ),
    one("tenancy:edit-section", "draft_id=draft number==1", who="editor"),
    post(
        "tenancy:edit-section",
        "draft_id=draft number==1",
        lambda town: {"seen": 1, "reset": "cadre_cap"},
        who="editor",
    ),
    one("tenancy:edit-value", "draft_id=draft number==1 path==cadre_cap", who="editor"),
    post(
        "tenancy:edit-value",
        "draft_id=draft number==1 path==cadre_cap",
        lambda town: {"seen": 1, "v": 9},
        who="editor",
    ),
    post("tenancy:undo-edit", "draft_id=draft", who="editor"),
    one("tenancy:download-draft", "draft_id=draft", who="editor"),
    post("tenancy:drop-draft", "draft_id=draft", lambda town: {"seen": 1}, who="editor"),
    post("tenancy:attach-draft-annex", "draft_id=draft", annex, who="editor"),
    one("reports:put-in-force", "draft_id=draft", who="editor"),
    post("reports:put-in-force", "draft_id=draft", lambda town: {"since": "2027-02-01", "seen": 1}, who="editor"),
    one("reports:show-first-rounds"),
    one("tenancy:show-bodies", who="editor"),
    post("tenancy:take-seat", sends=lambda town: SEAT_FORM, who="editor"),
    post("tenancy:leave-seat", "seat_id=seat", lambda town: {"last_day": TODAY.isoformat()}, who="editor"),
    one("tenancy:api-bodies", who="editor"),
    post("tenancy:api-bodies", sends=lambda town: SEAT_BODY, kind="json", who="editor"),
    post(
        "tenancy:api-leave-seat",
        "seat_id=seat",
        lambda town: {"last_day": TODAY.isoformat()},
        kind="json",
        who="editor",
    ),
    one("tenancy:list-published", "public_place=street"),
    one("tenancy:show-published", "public_place=street public_plan=public-plan"),
    one("reports:api-trend"),
    one("reports:api-collection"),
    *(make("reports:export-trend") for make in (one, post)),
    one("reports:show-goals"),
    one("reports:api-goals"),
    *(make("reports:export-goals") for make in (one, post)),
    one("reports:show-staffing"),
    one("reports:api-staffing"),
    *(make("reports:export-staffing") for make in (one, post)),
    one("entities:api-staffing", "pk=entity"),
    one("reports:print-annex", "plan_id=plan number==3", who="editor"),
    one("reports:list-plan-effects", "draft_id=draft", who="editor"),
    one("reports:api-plan-effects", "draft_id=draft", who="editor"),
    one("reports:withdraw-plan", "plan_id=fresh-plan", who="editor"),
    post("reports:withdraw-plan", "plan_id=fresh-plan", who="editor"),
]
PLANS_API = [
    one("tenancy:api-list-plans"),
    one("tenancy:api-plan-schema"),
    one("tenancy:api-compare-plans"),
    one("tenancy:api-show-plan", "plan_id=plan"),
    post("tenancy:api-attach-annex", "plan_id=plan", annex, who="editor"),
    post("tenancy:api-note-stage", "plan_id=fresh-plan", lambda town: STAGE, who="editor", kind="json"),
    one("tenancy:api-sub-plans", "plan_id=plan"),
    post("tenancy:api-sub-plans", "plan_id=plan", of_community(**FILED), kind="json"),
    post("tenancy:api-expect-sub-plan", "plan_id=plan", lambda town: {"unit": "教育局"}, who="editor", kind="json"),
    post("tenancy:api-detach-annex", "annex_id=annex", who="editor"),
    post(
        "tenancy:api-start-draft",
        sends=lambda town: {"name": "新稿", "basis": town.ids["plan-ref"], "place": town.place.pk},
        who="editor",
        kind="json",
    ),
    one("tenancy:api-draft", "draft_id=draft", who="editor"),
    replace(
        post("tenancy:api-draft", "draft_id=draft", lambda town: CHANGES, who="editor", kind="json"), method="PATCH"
    ),
    put("tenancy:api-replace-draft", "draft_id=draft", plan_file, "json", "editor"),
    post("tenancy:api-drop-draft", "draft_id=draft", lambda town: {"version": 1}, who="editor", kind="json"),
    post("tenancy:api-attach-draft-annex", "draft_id=draft", annex, who="editor"),
    one("tenancy:api-sub-plan", "sub_plan_id=sub-plan"),
    put("tenancy:api-sub-plan", "sub_plan_id=awaited", lambda town: FILED, "json", "office"),
    post("tenancy:api-mark-milestone", "milestone_id=milestone", lambda town: {"done_on": None}, kind="json"),
    post(
        "reports:api-put-in-force",
        "draft_id=draft",
        lambda town: {"since": "2027-02-01", "version": 1},
        who="editor",
        kind="json",
    ),
    post("reports:api-withdraw-plan", "plan_id=fresh-plan", who="editor"),
]
NEW_PASSWORD = {
    "old_password": PASSWORD,
    "new_password1": "another-for-tests-2",
    "new_password2": "another-for-tests-2",
}


def bind(town: Town) -> dict[str, Any]:
    """What the cadre of a street knows, and a PIN."""
    known = Cadre.objects.select_related("post").get(pk=town.ids["cadre"]).post.phone.last4
    return {"known": known, "pin": PIN, "again": PIN}


TENANCY = [
    one("tenancy:open-invitation", "token=card-token"),
    post("tenancy:open-invitation", "token=card-token", bind),
    one("tenancy:enter-pin"),
    post("tenancy:enter-pin", sends=lambda town: {"pin": PIN}),
    post("tenancy:revoke-own-device", "device_id=device", who="cadre"),
    one("tenancy:list-tokens"),
    post("tenancy:list-tokens", sends=lambda town: {"name": "对接", "last_day": TODAY.isoformat()}),
    post("tenancy:revoke-token", "token_id=api-door"),
    one("tenancy:api-devices", who="cadre"),
    post("tenancy:api-revoke-own-device", "device_id=device", kind="json", who="cadre"),
    one("tenancy:api-tokens"),
    post("tenancy:api-tokens", sends=lambda town: {"name": "对接", "last_day": TODAY.isoformat()}, kind="json"),
    post("tenancy:api-revoke-token", "token_id=api-door", kind="json"),
    one("tenancy:sign-in"),
    post("tenancy:sign-out"),
    one("tenancy:choose-post"),
    post("tenancy:choose-post", sends=lambda town: {"post": town.ids["post-office"]}),
    one("tenancy:change-password"),
    post("tenancy:change-password", sends=lambda town: NEW_PASSWORD),
    one("tenancy:show-me"),
    one("tenancy:livez"),
    one("tenancy:readyz"),
    one("tenancy:list-imports"),
    one("tenancy:list-words"),
    post("tenancy:forget-word", "word_id=word"),
    one("tenancy:api-words"),
    post("tenancy:api-forget-word", "word_id=word", kind="json"),
    one("tenancy:show-health"),
    one("tenancy:enter-code"),
    one("tenancy:show-second-factor"),
    post("tenancy:start-second-factor"),
    post("tenancy:bind-second-factor", sends=first_code, who="head"),
    post("tenancy:renew-recovery-codes", sends=lambda town: {"code": town.ids["recovery-code"]}, who="chief"),
    post("tenancy:remove-second-factor", sends=lambda town: {"code": town.ids["recovery-code"]}, who="chief"),
]
AFTER = (TODAY + timedelta(days=30)).isoformat()


def asked_post(town: Town) -> dict[str, Any]:
    return {"role": "inspector", "place": town.communities[0].pk, "since": TODAY.isoformat(), "reason": "任字2号"}


def lent(town: Town) -> dict[str, Any]:
    return {
        "right": "export_data",
        "place": town.place.pk,
        "since": TODAY.isoformat(),
        "until": AFTER,
        "reason": "代班",
    }


# What pages and endpoints share: address, path, who, and what is sent.
ADMINISTERED: list[tuple[str, str, str, Body]] = [
    ("link-post", "account_id=account", "accounts", lambda town: {"post": town.ids["post-free"]}),
    ("request-post", "account_id=account", "accounts", asked_post),
    ("request-factor-removal", "account_id=account-bound", "accounts", lambda town: {"reason": "手机丢了"}),
    ("act-on-account", "account_id=account verb==reset", "accounts", lambda town: {}),
    ("act-on-account", "account_id=account verb==stop", "accounts", lambda town: {}),
    ("act-on-account", "account_id=account verb==sign-out", "accounts", lambda town: {}),
    ("act-on-account", "account_id=account-stopped verb==restart", "accounts", lambda town: {}),
    ("end-post", "post_id=post", "accounts", lambda town: {"on": AFTER}),
    ("end-post", "post_id=post", "grants", lambda town: {"on": AFTER}),
    ("serve-places", "post_id=post", "accounts", lambda town: {"places": [town.communities[0].pk]}),
    ("lend-right", "post_id=post", "grants", lent),
    ("return-right", "post_id=post-station row_id=lent", "grants", lambda town: {}),
    ("decide-petition", "petition_id=petition verb==confirm", "grants", lambda town: {}),
    ("decide-petition", "petition_id=petition verb==refuse", "grants", lambda town: {"answer": "不符"}),
    ("decide-petition", "petition_id=petition verb==withdraw", "accounts", lambda town: {}),
    ("add-places", "place_id=street", "accounts", lambda town: {"level": "community", "lines": "又一社区"}),
    ("reopen-place", "place_id=place-closed", "accounts", lambda town: {}),
]
NEW_ACCOUNT: Body = lambda town: {"username": "new-login", "person_name": "新人", "place": town.place.pk}  # noqa: E731
CORRECTED: Body = lambda town: {"person_name": "改名", "place": town.communities[0].pk}  # noqa: E731
RENAMED: Body = lambda town: {"name": "改名社区", "code": "990199"}  # noqa: E731
ADMINISTRATION = [
    *(one("tenancy:show-settings", who=who) for who in ("accounts", "grants", "trail")),
    *(one("tenancy:show-roles", who=who) for who in ("accounts", "grants", "trail")),
    one("tenancy:list-accounts", who="accounts"),
    one("tenancy:open-account", who="accounts"),
    post("tenancy:open-account", sends=NEW_ACCOUNT, who="accounts"),
    one("tenancy:show-account", "account_id=account", who="accounts"),
    one("tenancy:change-account", "account_id=account", who="accounts"),
    post("tenancy:change-account", "account_id=account", CORRECTED, who="accounts"),
    one("tenancy:request-post", "account_id=account", who="accounts"),
    one("tenancy:request-factor-removal", "account_id=account-bound", who="accounts"),
    *(one(f"tenancy:list-{what}", who=who) for what in ("posts", "petitions") for who in ("accounts", "grants")),
    *(one("tenancy:show-post", "post_id=post", who=who) for who in ("accounts", "grants")),
    one("tenancy:list-places", who="accounts"),
    one("tenancy:add-places", "place_id=street", who="accounts"),
    one("tenancy:rename-place", "place_id=area", who="accounts"),
    post("tenancy:rename-place", "place_id=area", RENAMED, who="accounts"),
    one("reports:close-place", "place_id=place-empty", who="accounts"),
    post("reports:close-place", "place_id=place-empty", who="accounts"),
    one("tenancy:list-events", who="trail"),
    one("tenancy:export-events", who="trail"),
    one("tenancy:verify-trail", who="trail"),
    post("tenancy:verify-trail", who="above"),
    *(post(f"tenancy:{url}", ids, sends, who=who) for url, ids, who, sends in ADMINISTERED),
    one("tenancy:api-accounts", who="accounts"),
    post("tenancy:api-accounts", sends=NEW_ACCOUNT, kind="json", who="accounts"),
    one("tenancy:api-account", "account_id=account", who="accounts"),
    replace(post("tenancy:api-account", "account_id=account", CORRECTED, kind="json", who="accounts"), method="PATCH"),
    *(one(f"tenancy:api-{what}", who=who) for what in ("posts", "petitions") for who in ("accounts", "grants")),
    *(one("tenancy:api-post", "post_id=post", who=who) for who in ("accounts", "grants")),
    *(one("tenancy:api-roles", who=who) for who in ("accounts", "grants", "trail")),
    one("tenancy:api-places", who="accounts"),
    replace(post("tenancy:api-rename-place", "place_id=area", RENAMED, kind="json", who="accounts"), method="PATCH"),
    post("reports:api-close-place", "place_id=place-empty", kind="json", who="accounts"),
    one("tenancy:api-events", who="trail"),
    one("tenancy:api-verify-trail", who="trail"),
    post("tenancy:api-verify-trail", kind="json", who="above"),
    *(post(f"tenancy:api-{url}", ids, sends, kind="json", who=who) for url, ids, who, sends in ADMINISTERED),
]
ENTITIES = [
    one("entities:list-entities"),
    one("entities:add-entity"),
    post("entities:add-entity", sends=entity_cells()),
    one("entities:show-entity", "entity_id=entity"),
    one("entities:edit-entity", "entity_id=entity"),
    post("entities:edit-entity", "entity_id=entity", changed("entity")),
    one("entities:close-entity", "entity_id=entity"),
    post("entities:close-entity", "entity_id=entity", seen("entity", status="stopped", reason="关店")),
    post("entities:undo-status", "entity_id=late-entity"),
    one("entities:list-outside"),
    one("entities:upload-outside"),
    post("entities:upload-outside", sends=outside_file),
    one("entities:outside-template"),
    one("entities:show-outside", "outside_id=outside"),
    one("entities:show-outside", "outside_id=outside", who="station"),
    post("entities:compare-outside", "outside_id=outside"),
    one("entities:export-outside", "outside_id=outside"),
    one("entities:show-difference", "difference_id=difference"),
    one("entities:show-difference", "difference_id=difference-new"),
    post("entities:show-difference", "difference_id=difference-new", taken),
    post("entities:change-basis", "outside_id=outside-second"),
    post("entities:api-change-basis", "pk=outside-second", lambda town: {"basis": True}, kind="json"),
    one("entities:accept-outside", "outside_id=outside"),
    post("entities:accept-outside", "outside_id=outside", shown_taking),
    post("entities:api-accept-outside", "pk=outside", kind="json"),
    one("entities:api-outside"),
    post("entities:api-outside", sends=outside_file),
    one("entities:api-show-outside", "pk=outside"),
    post("entities:api-compare-outside", "pk=outside", kind="json"),
    one("entities:api-difference", "pk=difference"),
    post("entities:api-difference", "pk=difference-new", taken, kind="json"),
    one("entities:list-surveys"),
    one("entities:list-surveys", who="station"),
    post("entities:list-surveys", sends=lambda town: ROUND),
    one("entities:show-survey", "survey_id=survey"),
    one("entities:show-survey", "survey_id=survey", who="station"),
    one("entities:export-survey", "survey_id=survey"),
    one("entities:add-survey-line", "survey_id=survey", who="station"),
    post("entities:add-survey-line", "survey_id=survey", found_shop, who="station"),
    post("entities:confirm-survey-lines", "survey_id=survey"),
    post("entities:close-survey", "survey_id=survey-done"),
    one("entities:draft-survey-line", "line_id=survey-line", who="station"),
    post("entities:draft-survey-line", "line_id=survey-line", lambda town: {"outcome": "not_found"}, who="station"),
    one("entities:return-survey-line", "line_id=survey-line"),
    post("entities:return-survey-line", "line_id=survey-line", lambda town: {"reason": "再看"}),
    one("entities:api-surveys"),
    post("entities:api-surveys", sends=lambda town: ROUND, kind="json"),
    one("entities:api-survey", "survey_id=survey"),
    post("entities:api-add-survey-line", "survey_id=survey", found_shop, who="station", kind="json"),
    post("entities:api-confirm-survey-lines", "survey_id=survey", kind="json"),
    post("entities:api-close-survey", "survey_id=survey-done", kind="json"),
    post(
        "entities:api-draft-survey-line",
        "line_id=survey-line",
        lambda town: {"outcome": "not_found"},
        who="station",
        kind="json",
    ),
    post("entities:api-return-survey-line", "line_id=survey-line", lambda town: {"reason": "再看"}, kind="json"),
    one("entities:list-doubles"),
    one("entities:merge-entities", "first=entity second=twin"),
    post("entities:merge-entities", "first=entity second=twin", into_one),
    post("entities:keep-apart", "first=entity second=twin", lambda town: {"reason": "两家"}),
    post("entities:undo-merge", "merge_id=merge"),
    one("entities:api-doubles"),
    post("entities:api-merge-entities", "first=entity second=twin", into_one, kind="json"),
    post("entities:api-keep-apart", "first=entity second=twin", lambda town: {"reason": "两家"}, kind="json"),
    post("entities:api-undo-merge", "merge_id=merge", kind="json"),
    one("reports:show-merged", "entity_id=keeper"),
    one("reports:show-answered", "entity_id=entity"),
    one("reports:api-answered", "entity_id=entity"),
    one("reports:api-merged", "entity_id=keeper"),
    one("entities:change-entity", "entity_id=entity"),
    post("entities:change-entity", "entity_id=entity", larger()),
    one("entities:clear-entity", "entity_id=entity"),
    post("entities:clear-entity", "entity_id=entity", proof),
    one("entities:list-clearances"),
    one("entities:show-clearance", "pk=clearance"),
    one("entities:show-clearance", "pk=clearance", who="station"),
    one("entities:show-proof", "pk=clearance"),
    post("entities:confirm-clearance", "pk=clearance", who="station"),
    post("entities:reject-clearance", "pk=clearance", lambda town: {"answer": "找到了"}, who="station"),
    one("entities:api-changes", "pk=entity"),
    post("entities:api-changes", "pk=entity", larger("version"), kind="json"),
    post("entities:api-ask-clearance", "pk=entity", proof),
    one("entities:api-clearances"),
    post("entities:api-confirm-clearance", "pk=clearance", who="station", kind="json"),
    post(
        "entities:api-reject-clearance", "pk=clearance", lambda town: {"answer": "找到了"}, who="station", kind="json"
    ),
    one("reports:list-changes"),
    one("reports:export-changes"),
    one("reports:show-life", "entity_id=entity"),
    one("reports:show-life", "entity_id=entity", who="station"),
    one("reports:export-life", "entity_id=entity"),
    one("reports:api-life", "entity_id=entity"),
    post("reports:undo-change", "change_id=change"),
    one("reports:api-changes"),
    post("reports:api-undo-change", "change_id=change", kind="json"),
    one("entities:upgrade-entity", "entity_id=entity"),
    post("entities:upgrade-entity", "entity_id=entity", seen("entity", **RAISE)),
    one("entities:correct-grade", "entity_id=entity"),
    post("entities:correct-grade", "entity_id=entity", seen("entity", **RAISE)),
    one("entities:withdraw-decision", "decision_id=decision"),
    post("entities:withdraw-decision", "decision_id=decision", lambda town: {"reason": "查明有误"}),
    one("entities:try-grading"),
    one("entities:list-addresses"),
    one("entities:api-addresses"),
    one("entities:regrade"),
    post("entities:regrade", sends=lambda town: {"on": AFTER_NEXT}),
    one("entities:show-regrading", "regrading_id=regrading"),
    post("entities:undo-regrading", "regrading_id=regrading"),
    one("entities:api-try-grading"),
    one("entities:api-grades", "pk=entity"),
    post("entities:api-decide-grade", "pk=entity", seen_by_name("entity", kind="upgrade", **RAISE), kind="json"),
    post("entities:api-withdraw-decision", "pk=decision", lambda town: {"reason": "查明有误"}, kind="json"),
    one("entities:api-regrade"),
    post("entities:api-regrade", sends=lambda town: {"on": AFTER_NEXT}, kind="json"),
    one("entities:api-show-regrading", "pk=regrading"),
    post("entities:api-undo-regrading", "pk=regrading"),
    post("entities:reveal-phone", "entity_id=entity"),
    one("entities:print-entities"),
    one("entities:show-quality"),
    post("entities:show-quality", sends=mended),
    one("entities:download-quality"),
    post("entities:withdraw-mending", "mending_id=mending"),
    one("entities:api-quality"),
    post("entities:api-quality", sends=mended, kind="json"),
    post("entities:api-withdraw-mending", "pk=mending"),
    one("entities:bulk-entities"),
    post("entities:bulk-entities", sends=labelled),
    one("entities:show-bulk", "bulk_id=bulk"),
    post("entities:undo-bulk", "bulk_id=bulk"),
    post("entities:api-bulk", sends=lambda town: {"kind": "add-tag", "tag": "夜市", "query": "grade=D"}, kind="json"),
    post("entities:api-bulk", sends=labelled_by_name, kind="json"),
    one("entities:api-show-bulk", "pk=bulk"),
    post("entities:api-undo-bulk", "pk=bulk"),
    one("entities:list-views"),
    post("entities:list-views", sends=lambda town: {"name": "新视图"}),
    post("entities:change-view", "view_id=view", lambda town: {"name": "改名"}),
    post("entities:move-view", "view_id=view", lambda town: {"way": "up"}),
    post("entities:remove-view", "view_id=view"),
    post("entities:restore-view", "view_id=view-removed"),
    one("entities:api-views"),
    post("entities:api-views", sends=lambda town: {"name": "新视图", "query": "grade=A"}, kind="json"),
    replace(post("entities:api-view", "pk=view", lambda town: {"name": "改名"}, kind="json"), method="PATCH"),
    replace(post("entities:api-view", "pk=view"), method="DELETE"),
    post("entities:api-move-view", "pk=view", lambda town: {"steps": 1}, kind="json"),
    post("entities:api-restore-view", "pk=view-removed"),
    *(case for kind in beside("新") for case in line_cases(kind)),
    one("entities:list-hints"),
    post("entities:take-hint", "kind==check record_id=record-check", seen("entity")),
    post("entities:dismiss-hint", "kind==check record_id=record-check", lambda town: {"reason": "还开着"}),
    one("entities:api-hints"),
    post("entities:api-take-hint", "kind==check record_id=record-check", seen_by_name("entity"), kind="json"),
    post(
        "entities:api-dismiss-hint",
        "kind==check record_id=record-check",
        lambda town: {"reason": "还开着"},
        kind="json",
    ),
    one("entities:import-penalties"),
    post("entities:import-penalties", sends=upload(PENALTY_TITLES, ("一号店", "罚款", "1号", TODAY, "局"))),
    one("entities:penalties-template"),
    one("entities:import-staff"),
    post("entities:import-staff", sends=upload(STAFF_TITLES, ("一号店", "食品安全员", "新员", ""))),
    one("entities:staff-template"),
    one("entities:import-checks"),
    post("entities:import-checks", sends=upload(CHECK_TITLES, ("一号店", TODAY, "所", "符合"))),
    one("entities:checks-template"),
    one("entities:choose-entity", "batch_id=penalties-staged number=penalties-row"),
    post("entities:reveal-contact", "contact_id=record-contact"),
    post("entities:restore-record", "kind==licence record_id=record-struck"),
    one("entities:api-records", "pk=entity"),
    one("entities:list-expiry"),
    one("entities:change-supply", "entity_id=canteen"),
    post("entities:change-supply", "entity_id=canteen", seen("canteen", supply_way="contracted", source="承包合同")),
    post(
        "entities:api-change-supply",
        "pk=canteen",
        seen_by_name("canteen", supply_way="contracted", source="承包合同"),
        kind="json",
    ),
    *(one("entities:list-groups", f"word=={word}") for word in GROUP),
    *(post("entities:list-groups", f"word=={word}", lambda town, word=word: GROUP[word]) for word in GROUP),
    *(one("entities:show-group", f"word=={word} group_id={word}") for word in GROUP),
    *(one("entities:edit-group", f"word=={word} group_id={word}") for word in GROUP),
    *(
        post("entities:edit-group", f"word=={word} group_id={word}", lambda town, word=word: GROUP[word])
        for word in GROUP
    ),
    *(one("entities:api-groups", f"word=={word}") for word in GROUP),
    *(post("entities:api-groups", f"word=={word}", lambda town, word=word: GROUP[word], kind="json") for word in GROUP),
    *(one("entities:api-group", f"word=={word} pk={word}") for word in GROUP),
    *(
        replace(
            post("entities:api-group", f"word=={word} pk={word}", lambda town: {"name": "改名"}, kind="json"),
            method="PATCH",
        )
        for word in GROUP
    ),
    one("entities:place-entity", "entity_id=entity"),
    post("entities:place-entity", "entity_id=entity", belonging("seen")),
    one("entities:api-place-entity", "pk=entity"),
    post("entities:api-place-entity", "pk=entity", belonging("version"), kind="json"),
    one("entities:locate-entity", "entity_id=entity"),
    post("entities:locate-entity", "entity_id=entity", seen("entity", **SPOT)),
    one("entities:api-spot", "pk=entity"),
    post("entities:api-spot", "pk=entity", seen_by_name("entity", **SPOT), kind="json"),
    one("entities:print-labels"),
    one("entities:fill-extras", "entity_id=entity"),
    post("entities:fill-extras", "entity_id=entity", seen("entity", point="明查点位")),
    one("entities:api-extras", "pk=entity"),
    post("entities:api-extras", "pk=entity", seen_by_name("entity", point="明查点位"), kind="json"),
    one("entities:list-insured"),
    one("entities:api-insured"),
    one("entities:record-size", "entity_id=entity"),
    post("entities:record-size", "entity_id=entity", seen("entity", **FIGURE)),
    one("entities:api-sizes", "pk=entity"),
    post("entities:api-sizes", "pk=entity", seen_by_name("entity", **FIGURE), kind="json"),
    one("entities:api-expiry"),
    post("entities:api-restore-record", "kind==licence record_id=record-struck", kind="json"),
    one("entities:api-entities"),
    post("entities:api-entities", sends=entity_cells(accept=True), kind="json"),
    one("entities:api-entity", "pk=entity"),
    replace(post("entities:api-entity", "pk=entity", changed("entity", "version"), kind="json"), method="PATCH"),
]
CADRES = [
    one("cadres:list-cadres"),
    one("cadres:show-cadre", "cadre_id=cadre"),
    one("cadres:show-cadre", "cadre_id=cadre", who="cadre"),
    one("cadres:my-entities", who="cadre"),
    one("cadres:import-posts"),
    post("cadres:import-posts", sends=upload(POST_TITLES, ("新联络员", "联络员", "一社区", ""))),
    one("cadres:posts-template"),
    one("cadres:list-penalties"),
    one("cadres:list-penalties", who="station"),
    post("cadres:tell-penalties"),
    one("cadres:my-penalties", who="cadre"),
    post("cadres:read-penalty", "notice_id=penalty-notice", who="cadre"),
    one("cadres:api-penalties"),
    post("cadres:api-tell-penalties", kind="json"),
    one("cadres:api-my-penalties", who="cadre"),
    post("cadres:api-read-penalty", "pk=penalty-notice", kind="json", who="cadre"),
    post("cadres:make-card", "cadre_id=cadre"),
    post("cadres:revoke-device", "cadre_id=cadre device_id=device"),
    one("cadres:list-changes"),
    one("cadres:export-changes"),
    one("cadres:show-change", "change_id=cadre-change"),
    post("cadres:show-change", "change_id=cadre-change", lambda town: {"to": [town.ids["cadre"]]}),
    post("cadres:undo-change", "change_id=cadre-change"),
    one("cadres:register-change", "cadre_id=cadre"),
    post("cadres:register-change", "cadre_id=cadre", lambda town: GONE),
    one("cadres:api-changes"),
    post("cadres:api-register-change", "cadre_id=cadre", lambda town: GONE, kind="json"),
    post("cadres:api-hand-over", "change_id=cadre-change", lambda town: {"to": [town.ids["cadre"]]}, kind="json"),
    post("cadres:api-undo-change", "change_id=cadre-change", kind="json"),
    one("cadres:list-access"),
    post("cadres:make-cards", sends=lambda town: {"again": "on"}),
    one("cadres:show-sheet", "sheet_id=sheet"),
    one("cadres:download-sheet", "sheet_id=sheet"),
    one("cadres:api-access"),
    post("cadres:api-invitation", "cadre_id=cadre", kind="json"),
    one("cadres:api-devices", "cadre_id=cadre"),
    post("cadres:api-revoke-device", "cadre_id=cadre device_id=device", kind="json"),
    post("cadres:api-cards", sends=lambda town: {"again": True}, kind="json"),
    one("cadres:api-sheet", "sheet_id=sheet"),
    post("cadres:call-entity", "entity_id=entity", who="cadre"),
    post("cadres:api-phone", "entity_id=entity", who="cadre", kind="json"),
    one("cadres:show-list"),
    one("cadres:download-list"),
    one("cadres:download-list", "list_id=list"),
    post("cadres:undo-list", "list_id=list"),
    one("cadres:propose"),
    post("cadres:propose", sends=lambda town: {"on": TODAY.isoformat()}),
    one("cadres:show-proposal", "proposal_id=proposal"),
    post("cadres:approve-proposal", "proposal_id=proposal"),
    post("cadres:drop-proposal", "proposal_id=proposal"),
    one("cadres:edit-line", "line_id=line"),
    post("cadres:edit-line", "line_id=line", fitting_cadre),
    one("cadres:api-cadres-list"),
    one("cadres:api-assignments-list"),
    one("cadres:api-assignments-list", who="cadre"),
    post("cadres:api-proposals-list", kind="json"),
    one("cadres:api-proposals-detail", "pk=proposal"),
    post("cadres:api-proposals-approve", "pk=proposal", kind="json"),
    one("cadres:api-holder", "entity_id=entity"),
    one("cadres:api-holder", "entity_id=entity", who="cadre"),
]
SUPERVISION = [
    one("supervision:show-progress"),
    post("supervision:open-quarter"),
    one("supervision:show-visit", "pk=visit"),
    one("supervision:show-visit", "pk=visit", who="cadre"),
    one("supervision:show-photo", "pk=photo"),
    one("supervision:show-photo", "pk=photo", who="cadre"),
    one("supervision:show-thumbnail", "pk=photo"),
    one("supervision:show-thumbnail", "pk=photo", who="cadre"),
    one("supervision:list-closures"),
    one("supervision:show-closure", "pk=closure"),
    post("supervision:accept-closure", "pk=closure", lambda town: {"status": "stopped"}),
    post("supervision:reject-closure", "pk=closure", lambda town: {"reason": "店面装修"}),
    one("supervision:api-closures"),
    post("supervision:api-accept-closure", "pk=closure", lambda town: {"status": "stopped"}, kind="json"),
    post("supervision:api-reject-closure", "pk=closure", lambda town: {"reason": "店面装修"}, kind="json"),
    one("supervision:list-issues"),
    one("supervision:list-issues", who="cadre"),
    one("supervision:show-issue", "pk=issue"),
    one("supervision:show-issue", "pk=issue", who="cadre"),
    post("supervision:act-on-issue", "pk=issue verb==acknowledge", who="station"),
    one("supervision:service-worker"),
    one("supervision:my-visits", who="cadre"),
    one("supervision:fill-visit", "entity_id=entity", who="cadre"),
    one("supervision:my-records", who="cadre"),
    one("supervision:api-ping"),
    one("supervision:api-my-visits", who="cadre"),
    put("supervision:api-visit", f"key=={NEW_KEY}", lambda town: visit_body(town.ids["entity"]), "json", "cadre"),
    put(
        "supervision:api-visit-photo",
        "key=waiting-key sha=photo-sha",
        lambda town: picture(town.colour),
        "raw",
        "cadre",
    ),
    *(
        one(f"supervision:{api}", f"kind=={kind} pk={key}", who=who)
        for api in ("show-due", "api-due")
        for kind, key in (("issue", "issue"), ("obligation", "obligation"))
        for who in ("office", "cadre")
    ),
    # Every cadre of a street knows when its quarter ends.
    *(
        one(f"supervision:{api}", f"kind=={kind} pk=quarter")
        for api in ("show-due", "api-due")
        for kind in ("quarter", "package")
    ),
    one("supervision:api-issues"),
    one("supervision:api-issues", who="cadre"),
    post("supervision:api-issue-act", "pk=issue verb==acknowledge", kind="json", who="station"),
]
ABOUT_LETTERS = [
    ("delegate", "letter-elsewhere", lambda town: DELEGATE),
    ("scan", "letter-beside", scan("letter-beside")),
    ("file", "letter-secretary", lambda town: {"archive_number": "A-1"}),
    ("review", "letter", lambda town: {"decision": "passed"}),
    ("undo", "letter-secretary", lambda town: {}),
]
ACTS = {"delegate": "name-delegate", "scan": "upload-scan", "file": "file-letter", "review": "review-letter"}
LETTERS = [
    one("commitments:list-letters"),
    one("commitments:list-letters", who="cadre"),
    post("commitments:issue-letters"),
    one("commitments:print-letters"),
    one("commitments:show-letter", "letter_id=letter"),
    one("commitments:show-letter", "letter_id=letter", who="cadre"),
    one("commitments:download-letter", "letter_id=letter"),
    one("commitments:download-letter", "letter_id=letter", who="cadre"),
    one("commitments:review-letters"),
    one("commitments:show-page", "letter_id=letter scan_id=scan number==1"),
    one("commitments:show-page", "letter_id=letter scan_id=scan number==1", who="cadre"),
    one("commitments:api-list-letters"),
    one("commitments:api-list-letters", who="cadre"),
    post("commitments:api-issue-letters", kind="json"),
    one("commitments:api-show-letter", "letter_id=letter"),
    one("commitments:api-show-letter", "letter_id=letter", who="cadre"),
    *(
        post(f"commitments:{api}{ACTS.get(act, 'undo-review')}", f"letter_id={letter}", sends)
        for act, letter, sends in ABOUT_LETTERS
        for api in ("", "api-")
    ),
]
CORRECTION = {"lines": "2027-02-06 休 春节"}


def confirmed(town: Town) -> dict[str, Any]:
    """A correction with the fingerprint of what it moves, as its person was shown it."""
    change = Change((Correction(date(2027, 2, 6), is_workday=False, reason="春节"),))
    editor = Post.objects.select_related("jurisdiction").get(pk=town.ids["post-editor"])
    return CORRECTION | {"seen": effects_of(editor.jurisdiction, change, on=TODAY, post=editor).seen}


REPORTS = [
    one("reports:home"),
    one("reports:todo"),
    one("reports:show-ratios"),
    one("reports:show-rates"),
    one("reports:list-behind", "what==uncovered"),
    one("reports:list-exports"),
    *(make(f"reports:export-{kind}") for kind in ("ledger", "progress", "expiry") for make in (one, post)),
    one("reports:show-export", "pk=export"),
    one("reports:show-calendar", who="editor"),
    post("reports:preview-calendar", sends=lambda town: CORRECTION, who="editor"),
    post("reports:correct-calendar", sends=confirmed, who="editor"),
    post("reports:settle-year", "year==2030", lambda town: {"document": "通知"}, who="editor"),
    post("reports:unsettle-year", f"year=={TODAY.year + 1}", who="editor"),
    one("reports:api-calendar", who="editor"),
    post("reports:api-calendar", sends=confirmed, kind="json", who="editor"),
    post("reports:api-calendar-preview", sends=lambda town: CORRECTION, kind="json", who="editor"),
    replace(
        post("reports:api-settled-year", "year==2030", lambda town: {"document": "通知"}, kind="json", who="editor"),
        method="PUT",
    ),
    replace(post("reports:api-settled-year", f"year=={TODAY.year + 1}", kind="json", who="editor"), method="DELETE"),
    one("reports:download-export", "pk=export"),
]
CASES = [*REPORTS, *TENANCY, *PLANS, *PLANS_API, *ADMINISTRATION, *ENTITIES, *CADRES, *SUPERVISION, *LETTERS]
for _app, _batch, _sends in WIZARDS:
    CASES += wizard(_app, _batch, _sends)

# What an address reads behind the question mark that names a row or a place; "#" is the id.
QUERIES = [
    ("reports:show-ratios", "", "place", "street"),
    ("reports:show-rates", "", "place", "street"),
    ("reports:api-trend", "", "place", "street"),
    ("reports:api-collection", "", "place", "street"),
    ("reports:export-trend", "", "place", "street"),
    ("reports:show-goals", "", "place", "street"),
    ("reports:api-goals", "", "place", "street"),
    ("reports:export-goals", "", "place", "street"),
    ("reports:show-staffing", "", "place", "street"),
    ("reports:api-staffing", "", "place", "street"),
    ("reports:export-staffing", "", "place", "street"),
    *(
        ("reports:list-behind", f"what=={what}", name, "area")
        for what in ("entities", "cadres", "due", "issues")
        for name in ("place", "part")
    ),
    ("reports:export-ledger", "", "area", "area-path"),
    ("reports:export-progress", "", "area", "area"),
    ("entities:list-entities", "", "area", "area-path"),
    ("reports:list-changes", "", "area", "area-path"),
    ("reports:export-changes", "", "area", "area-path"),
    ("reports:api-changes", "", "area", "area-path"),
    ("entities:api-entities", "", "area", "area-path"),
    ("entities:bulk-entities", "", "area", "area-path"),
    ("entities:print-entities", "", "area", "area-path"),
    ("entities:show-outside", "outside_id=outside", "area", "area-path"),
    ("entities:api-show-outside", "pk=outside", "area", "area-path"),
    ("entities:print-labels", "", "area", "area-path"),
    ("entities:print-labels", "", "cluster", "cluster"),
    ("entities:print-labels", "", "id", "entity"),
    ("entities:list-entities", "", "cluster", "cluster"),
    ("entities:list-entities", "", "chain", "chain"),
    ("entities:api-entities", "", "cluster", "cluster"),
    ("entities:list-views", "", "area", "area-path"),
    ("cadres:list-cadres", "", "area", "area"),
    ("cadres:list-access", "", "area", "area"),
    ("cadres:show-list", "", "area", "area"),
    ("cadres:show-list", "", "cadre", "cadre"),
    ("cadres:download-list", "", "area", "area"),
    ("cadres:download-list", "", "cadre", "cadre"),
    ("supervision:show-progress", "", "area", "area"),
    ("commitments:review-letters", "", "letter", "letter"),
    ("tenancy:list-accounts", "", "area", "area"),
    ("tenancy:open-account", "", "post", "post-free"),
    ("tenancy:list-posts", "", "area", "area"),
    ("tenancy:list-places", "", "at", "area"),
    ("tenancy:list-events", "", "area", "area"),
    ("tenancy:export-events", "", "area", "area"),
    ("tenancy:api-accounts", "", "area", "area"),
    ("tenancy:api-posts", "", "area", "area"),
    ("tenancy:api-places", "", "at", "area"),
    ("tenancy:api-events", "", "area", "area"),
    ("tenancy:compare-plans", "", "old", "plan-ref"),
    ("tenancy:compare-plans", "", "new", "plan-ref"),
    ("tenancy:api-compare-plans", "", "old", "plan-ref"),
    ("tenancy:file-sub-plan", "plan_id=plan", "place", "area"),
]
# What a body names: the case, the field (dots lead inwards), and the foreign object put there.
BODIES = [
    ("POST", "tenancy:choose-post", "post", "post-office"),
    ("POST", "tenancy:api-bodies", "post", "post-office"),
    ("POST", "entities:add-entity", "area", "area"),
    ("POST", "entities:edit-entity", "area", "area"),
    ("POST", "entities:merge-entities", "keeper", "twin"),
    ("POST", "entities:place-entity", "cluster", "cluster"),
    ("POST", "entities:place-entity", "chain", "chain"),
    ("POST", "entities:api-place-entity", "cluster", "cluster"),
    ("POST", "entities:api-place-entity", "chain", "chain"),
    ("POST", "entities:add-survey-line", "area", "area"),
    ("POST", "entities:show-difference", "area", "area"),
    ("POST", "entities:api-difference", "area", "area"),
    ("POST", "entities:api-add-survey-line", "area", "area"),
    ("POST", "entities:api-merge-entities", "keeper", "twin"),
    ("POST", "entities:change-entity", "area", "area"),
    ("POST", "entities:api-changes", "area", "area"),
    ("POST", "entities:bulk-entities", "id", "entity"),
    ("POST", "entities:bulk-entities", "area", "area"),
    ("POST", "entities:api-bulk", "ids", "entity"),
    *(
        ("POST", f"entities:{url}", field, key)
        for url in ("show-quality", "api-quality")
        for field, key in (("place", "area"), ("post", "post-office"))
    ),
    ("POST", "entities:api-entities", "area", "area"),
    ("PATCH", "entities:api-entity", "area", "area"),
    ("POST", "cadres:edit-line", "cadre", "cadre"),
    ("POST", "cadres:make-cards", "area", "area"),
    ("POST", "cadres:api-cards", "area", "area-path"),
    ("PUT", "supervision:api-visit", "entity", "entity"),
    ("PUT", "supervision:api-visit", "obligation", "obligation"),
    ("PUT", "supervision:api-visit", "cadre", "cadre"),
    *(
        (method, f"tenancy:{url}", field, key)
        for api in ("", "api-")
        for method, url, field, key in (
            ("POST", f"{api}accounts" if api else "open-account", "place", "area"),
            ("PATCH" if api else "POST", f"{api}account" if api else "change-account", "place", "area"),
            ("POST", f"{api}link-post", "post", "post-free"),
            ("POST", f"{api}request-post", "place", "area"),
            ("POST", f"{api}lend-right", "place", "area"),
        )
    ),
    ("POST", "tenancy:open-account", "post", "post-free"),
    ("POST", "tenancy:api-accounts", "post", "post-free"),
    ("POST", "tenancy:serve-places", "places", "area"),
    ("POST", "tenancy:api-serve-places", "places", "area"),
    ("POST", "tenancy:start-draft", "basis", "plan-ref"),
    ("POST", "tenancy:start-draft", "place", "area"),
    ("POST", "tenancy:file-sub-plan", "place", "area"),
    ("POST", "tenancy:api-start-draft", "basis", "plan-ref"),
    ("POST", "tenancy:api-start-draft", "place", "area"),
    ("POST", "tenancy:api-sub-plans", "place", "area"),
]
