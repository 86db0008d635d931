"""One real object of every kind in 甲街道, in 乙街道 beside it and in 丙街道 of another tenant, made by the real acts.

The same story runs three times; every free text carries the canary of its street. What a check needs to name an
object stands in `Town.ids` under the name of the object, never of an URL.
"""

import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client

from cadres.actions.approving import approve
from cadres.actions.cards import ask_for_cards, claim_sheet, write_sheet
from cadres.actions.changes import register_change as register_cadre_change
from cadres.actions.penalties import tell_penalties
from cadres.actions.proposing import propose
from cadres.actions.roster import ROSTER
from cadres.models import Assignment, Cadre, PenaltyNotice, ProposedAssignment
from cadres.rules.changes import CadreChangeKind
from commitments.actions import build_letter, issue_letters, review, upload_scan
from commitments.models import CommitmentLetter
from commitments.queries import token_of
from entities.actions.bulk import change_many, undo_bulk
from entities.actions.clearing import ask_clearance
from entities.actions.deciding import Grounds, upgrade_entity
from entities.actions.differences import reject_difference
from entities.actions.doubles import keep_apart, merge_entities
from entities.actions.groups import Belonging, add_group, place_entity
from entities.actions.hints import dismiss_hint
from entities.actions.ledger import LEDGER
from entities.actions.outside import OUTSIDE, Origin, receive_list, set_basis
from entities.actions.quality import give_mending
from entities.actions.record_imports import PENALTIES
from entities.actions.records import add_record, strike_record
from entities.actions.register import add_entity, change_status, version_of
from entities.actions.regrading import regrade, undo_regrading
from entities.actions.surveys import Found, confirm_lines, draft_line, open_survey
from entities.actions.views import keep_view, remove_view
from entities.models import Entity, EntityChange, GradeDecision, Licence, OutsideList, Regrading
from entities.rules.bulk import BulkKind, Wish
from entities.rules.changes import Occasion
from entities.rules.hints import HintKind
from entities.rules.ledger import LedgerRow
from entities.rules.outside import Source
from entities.rules.quality import Defect
from entities.rules.surveys import Outcome
from entities.rules.vocabulary import Grade, OperatingStatus, RiskLevel
from reports.actions.exports import claim_export, write_export
from reports.actions.figures import refresh_ratios
from reports.models import CollectionFigure, Export, PeriodFigure
from supervision.actions.photos import add_photo
from supervision.actions.quarters import open_quarter
from supervision.actions.reminding import write_reminders
from supervision.actions.visits import submit_visit
from supervision.forms import read_visit
from supervision.models import Quarter, TaskListVersion, Visit
from supervision.queries.own import entities_to_visit
from tenancy.actions import tree
from tenancy.actions.accounts import appoint, create_login, serve_places
from tenancy.actions.calendar import correct_calendar, settle_year
from tenancy.actions.devices import bind_device
from tenancy.actions.doors import open_door
from tenancy.actions.drafts import start_draft
from tenancy.actions.imports import (
    commit_batch,
    confirm_batch,
    receive_workbook,
    stage_workbook,
)
from tenancy.actions.invitations import invite
from tenancy.actions.logins import open_account, stop_account
from tenancy.actions.petitions import ask_post
from tenancy.actions.plans import adopt_plan
from tenancy.actions.rights import lend_right
from tenancy.actions.sealing import seal_events
from tenancy.actions.seats import SeatFacts, take_seat
from tenancy.actions.second_factor import confirm_factor, secret_of, start_factor
from tenancy.actions.subplans import SubPlanFacts, expect_sub_plan, file_sub_plan
from tenancy.actions.tokens import issue_token
from tenancy.actions.trail import read_trail
from tenancy.actions.tree import found_place
from tenancy.models import (
    Account,
    ImportBatch,
    ImportWord,
    Jurisdiction,
    Notice,
    Plan,
    PlanAnnex,
    PlanDraft,
    Post,
    StageNote,
    SubPlan,
)
from tenancy.plans import PlanLayer, ResolvedPlan, resolve, shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.periods import quarter_of
from tenancy.rules.roles import Right, Role
from tenancy.rules.second_factor import code_at
from tenancy.scoping import acting_in
from tenancy.workbooks import Column, write_form
from tests import cast as casting
from tests.cast import SINCE, Cast
from tests.commitments.conftest import picture as page_picture
from tests.supervision.desk import INK, SIGNED, picture, sha
from tests.tenancy.doors import PIN

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NEXT_YEAR = date(2027, 1, 1)
QUARTER = quarter_of(TODAY)
LEDGER_TITLES = ("主体名称", "主体业态", "所属居民区", "从业人员", "年营业收入", "经营地址", "负责人", "联系电话")
# A post in a body of the streets' plan that any number may hold.
BODY = ("leading-group", "member")
OUTSIDE_TITLES = ("主体名称", "经营地址", "负责人", "所属社区")
ROSTER_TITLES = ("姓名", "层级", "单位", "职务", "类别")


@dataclass
class Town:
    """A street with its people by the part they play, and the objects made in it."""

    name: str
    canary: str
    place: Jurisdiction
    communities: list[Jurisdiction]
    people: dict[str, str]
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def colour(self) -> str:
        """Its pictures differ, as all pictures do."""
        return {"甲街道": "red", "乙街道": "green", "丙街道": "blue"}[self.name]

    @property
    def tenant(self) -> str:
        return self.place.path.split("/")[0] + "/"


# Street -> canary, communities, and who plays which part. A second cadre of the first community (`beside`) has only
# the per-post filter between himself and the first; the secretary reads the whole community.
# Each street has its own three administrators beside those of the whole district.
PARTS = (
    "office", "cadre", "beside", "secretary", "elsewhere", "station", "head", "chief", "editor", "accounts", "grants",
    "trail",
)  # fmt: skip
CASTING = {
    "甲街道": ("鹤鸣", ("一社区", "二社区"), (
        "li", "wang", "ding", "shu", "chen", "zhou", "leng", "bao", "bian",
        "jia-guan", "jia-an", "jia-shen",
    )),
    "乙街道": ("鹊喜", ("三社区",), (
        "zhao", "yi-cadre", "yi-beside", "yi-shu", "yi-else", "yi-zhou", "yi-head", "yi-chief", "yi-editor",
        "yi-guan", "yi-an", "yi-shen",
    )),
    "丙街道": ("鹰扬", ("四社区",), (
        "sun", "bing-cadre", "bing-beside", "bing-shu", "bing-else", "bing-zhou", "bing-head", "bing-chief",
        "bing-editor", "bing-guan", "bing-an", "bing-shen",
    )),
}  # fmt: skip
# Part -> role, title, and the category by which a cadre signs.
POSTS = {
    "cadre": (Role.CADRE, "委员", "committee"),
    "beside": (Role.CADRE, "委员", "committee"),
    "secretary": (Role.COMMUNITY_SECRETARY, "书记", "secretary"),
    "elsewhere": (Role.CADRE, "主任", "secretary"),
    "station": (Role.STATION_OFFICER, "所长", ""),
    "head": (Role.LEADER, "党工委书记", ""),
    "chief": (Role.LEADER, "办事处主任", ""),
    "accounts": (Role.SYSTEM_ADMIN, "系统管理员", ""),
    "grants": (Role.SECURITY_ADMIN, "安全管理员", ""),
    "trail": (Role.AUDIT_ADMIN, "审计管理员", ""),
    "editor": (Role.PLAN_EDITOR, "方案管理员", ""),
}


@dataclass
class World:
    cast: Cast
    towns: dict[str, Town] = field(default_factory=dict)
    # Name -> session; begun once, so that taking a request back takes no session with it.
    sessions: dict[str, str] = field(default_factory=dict)
    browser: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    @cached_property
    def own(self) -> Town:
        return self.towns["甲街道"]

    @cached_property
    def beside(self) -> Town:
        return self.towns["乙街道"]

    @cached_property
    def other(self) -> Town:
        return self.towns["丙街道"]

    @property
    def strangers(self) -> list[Town]:
        return [self.beside, self.other]

    def client(self, name: str) -> Client:
        """The browser as that person opens it, nothing left over from earlier requests; nobody's for an empty name."""
        self.browser.cookies.clear()
        if name:
            self.browser.cookies["sessionid"] = self.sessions[name]
        return self.browser


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build_world() -> World:
    # The fixture's function makes the cast inside the transaction that is open here.
    cast = inspect.unwrap(casting.cast)(None)
    world = World(cast)
    above = {"990101": "shen", "990102": "xi-shen"}
    with acting_in("990102/"):
        cast.posts["xi-shen"] = appoint(
            cast.places["西城区"],
            role=Role.AUDIT_ADMIN,
            person_name="西计",
            since=SINCE,
            user=create_login("xi-shen"),
            by=None,
        )
    for name, (canary, communities, people) in CASTING.items():
        places = [cast.places[each] for each in communities]
        town = Town(name, canary, cast.places[name], places, dict(zip(PARTS, people, strict=True)))
        town.people["above"] = above[town.tenant.rstrip("/")]
        with acting_in(town.place.path):
            Story(cast, town).run()
        world.towns[name] = town
    for tenant in ("东城区", "西城区"):
        with acting_in(cast.places[tenant].path):
            seal_events(cast.places[tenant])
    world.sessions = {name: cast.client(name).cookies["sessionid"].value for name in cast.posts}
    return world


class Story:
    """What happens in one street, act by act."""

    def __init__(self, cast: Cast, town: Town) -> None:
        self.cast, self.town, self.ids = cast, town, town.ids

    def post(self, part: str) -> Post:
        return self.cast.posts[self.town.people[part]]

    def run(self) -> None:
        plan = shipped_plan("gumei")
        point = {"code": "point", "name": "示范创建点位", "kind": "choice", "choices": ["明查点位", "暗访点位"]}
        own = plan.model_copy(update={"values": {**plan.values, "extra_fields": [point]}})
        adopt_plan(self.town.place, own, since=SINCE, by=self.post("office"))
        self.employ()
        self.administer()
        self.draft()
        self.register()
        self.grade()
        self.keep_views()
        self.give_out_mending()
        self.deal_out()
        self.change()
        self.keep_beside()
        self.change_many()
        self.visit()
        self.promise()
        self.let_in()
        self.report()

    def employ(self) -> None:
        self.ids["post-office"] = self.post("office").pk
        for part, (role, title, category) in POSTS.items():
            name = self.town.people[part]
            post = self.cast.posts.get(name) or self.appointed(part, role, title, name)
            if category:
                cadre = Cadre.objects.create(post=post, place=post.place, tier="community", category=category)
                self.ids[f"cadre-{part}"] = cadre.pk
        self.ids["cadre"] = self.ids["cadre-cadre"]
        self.ids["post-editor"] = self.post("editor").pk
        serve_places(self.post("station"), self.town.communities, by=self.post("office"))
        roster = write_form("名册", self.town.name, TODAY, columns(ROSTER_TITLES), [self.roster_row()])
        self.ids["roster"] = self.committed(roster, ROSTER).pk
        staged = write_form(
            "名册",
            self.town.name,
            TODAY,
            columns(ROSTER_TITLES),
            [("", *self.roster_row()[1:]), (f"{self.town.canary}新人", *self.roster_row()[1:])],
        )
        self.ids["roster-staged"] = self.staged(staged, ROSTER).pk
        titles = (*ROSTER_TITLES, self.town.canary)
        own = write_form("名册", self.town.name, TODAY, columns(titles), [(*self.roster_row(), "自用")])
        self.ids["roster-unmapped"] = self.staged(own, ROSTER).pk

    def administer(self) -> None:
        """An account without a post, a post waiting for its second person, a lent right, a closed place."""
        by, canary = self.post("accounts"), self.town.canary
        account, _password = open_account(self.town.place, username=f"{canary}-new", person_name=f"{canary}新手", by=by)
        asked = ask_post(
            account,
            self.town.place,
            role=Role.LEADER,
            since=TODAY,
            title=f"{canary}副主任",
            reason=f"{canary}任字1号",
            by=by,
        )
        stopped, _password = open_account(self.town.place, username=f"{canary}-old", person_name=f"{canary}旧手", by=by)
        stop_account(stopped, by=by, on=TODAY)
        lent = lend_right(
            self.post("station"), Right.APPROVE_LIST, self.town.communities[0], since=TODAY, until=TODAY + timedelta(days=30),
            reason=f"{canary}代班", by=self.post("grants"),
        )  # fmt: skip
        gone = found_place(self.town.place, name=f"{canary}旧社区", level="community", segment="990", by=by)
        empty = found_place(self.town.place, name=f"{canary}空社区", level="community", segment="991", by=by)
        free = appoint(self.town.place, role=Role.CADRE, person_name=f"{canary}新手", since=SINCE, by=by)
        read_trail(by=self.post("trail"), on=TODAY)
        chief, head = self.post("chief"), self.post("head")
        bound = secret_of(start_factor(chief.user))
        self.ids |= {
            "recovery-code": confirm_factor(chief.user, code_at(bound, NOW.timestamp()), by=chief, at=NOW)[0],
            "factor-waiting": start_factor(head.user).pk,
            "account": account.pk,
            "account-bound": Account.objects.get(user=self.post("chief").user_id).pk,
            "account-stopped": stopped.pk,
            "petition": asked.pk,
            "post": self.post("head").pk,
            "post-station": self.post("station").pk,
            "post-free": free.pk,
            "lent": lent.pk,
            "place-closed": tree.close_place(gone, by=by, on=TODAY).pk,
            "place-empty": empty.pk,
        }

    def draft(self) -> None:
        """A draft and a plan that nobody has used yet, with an annex, a plan filed under it and a stage noted."""
        place, by, canary = self.town.place, self.post("editor"), self.town.canary
        self.ids["draft"] = start_draft(place, name=f"{canary}稿", basis="gumei", by=by, at=NOW).pk
        home = self.town.communities[0]
        header = shipped_plan("suining").header.model_copy(update={"title": f"{canary}方案", "publicity": "closed"})
        since, closed = date(2027, 1, 1), shipped_plan("suining").model_copy(update={"header": header})
        fresh = adopt_plan(home, closed, since=since, by=by)
        plan = Plan.objects.get(place=place.path)
        stages = [{"code": "base", "name": f"{canary}阶段", "goal": canary}]
        fresh.document = {**fresh.document, "values": {**fresh.document["values"], "stages": stages}}
        fresh.save()
        PlanDraft.objects.create(
            jurisdiction=home, place=home.path, name=f"{canary}旧稿", state="in_force", plan=fresh, edited_by=by,
            edited_at=NOW, header=closed.header.model_dump(mode="json"), document=fresh.document,
        )  # fmt: skip
        self.ids |= {"public-plan": plan.pk, "plan": plan.pk, "fresh-plan": fresh.pk, "plan-ref": f"plan-{plan.pk}"}
        for key, of in (("annex", plan), ("draft-annex", PlanDraft.objects.get(pk=self.ids["draft"]))):
            kept = {"plan": of} if isinstance(of, Plan) else {"draft": of}
            self.ids[key] = PlanAnnex.objects.create(
                jurisdiction=place, place=place.path, title=f"{canary}附件", stored=self.stored(), kind="pdf",
                filename=f"{canary}附件.pdf", sha256="0" * 64, added_by=by, **kept,
            ).pk  # fmt: skip
        seated = SeatFacts(f"{canary}督导", f"{canary}书记", by)
        self.ids["seat"] = take_seat(place, *BODY, seated, since=SINCE, by=by, on=TODAY).pk
        facts = SubPlanFacts(f"{canary}实施方案", f"{canary}书记", f"{canary}正文", None, [(f"{canary}一", TODAY)])
        filed = file_sub_plan(plan, home, facts, by=self.post("office"), on=TODAY)
        awaited = expect_sub_plan(plan, f"{canary}办", by=by)
        line = filed.milestones.get().pk
        self.ids |= {"sub-plan": filed.pk, "awaited": awaited.pk, "milestone": line}
        SubPlan.objects.filter(pk=filed.pk).update(stored=self.stored(), kind="pdf", filename=f"{canary}.pdf")
        StageNote.objects.create(
            plan=plan, place=place.path, stage="base", state="reached", note=canary, by=by, noted_on=TODAY
        )

    def stored(self) -> str:
        return default_storage.save(f"{self.town.place.path}annexes/{uuid4()}", ContentFile(self.town.canary.encode()))

    def roster_row(self) -> tuple[str, ...]:
        return (f"{self.town.canary}干部", "居民区", self.town.communities[-1].name, "委员", "居民区两委委员")

    def appointed(self, part: str, role: Role, title: str, name: str) -> Post:
        street_wide = part in ("station", "head", "chief", "editor", "accounts", "grants", "trail")
        place = self.town.place if street_wide else self.town.communities[-1 if part == "elsewhere" else 0]
        self.cast.posts[name] = appoint(
            place, role=role, person_name=f"{self.town.canary}{title}", title=title, since=SINCE, phone="19900008888",
            user=create_login(name), by=self.post("office"),
        )  # fmt: skip
        return self.cast.posts[name]

    def staged(self, data: bytes, kind) -> ImportBatch:
        name = f"{self.town.canary}{kind.name}.xlsx"
        batch = receive_workbook(self.town.place, kind=kind.name, filename=name, data=data, by=self.post("office"))
        return stage_workbook(batch, kind, on=TODAY)

    def committed(self, data: bytes, kind) -> ImportBatch:
        batch = confirm_batch(self.staged(data, kind), by=self.post("office"), clean_only=True)
        return commit_batch(batch, kind, on=TODAY, at=NOW)

    def register(self) -> None:
        first, last = self.town.communities[0], self.town.communities[-1]
        rows = [self.shop(word, first if word != "四" else last) for word in "一二三四"]
        data = write_form("台账", self.town.name, TODAY, columns(LEDGER_TITLES), rows)
        self.ids["ledger"] = self.committed(data, LEDGER).pk
        for entity in Entity.objects.order_by("pk"):
            Licence.objects.create(entity=entity, place=entity.place, number=f"JY1310112{entity.pk:07}")
        bad = [("", *self.shop("五", first)[1:]), self.shop("六", first)]
        data = write_form("台账", self.town.name, TODAY, columns(LEDGER_TITLES), bad)
        self.ids["ledger-staged"] = self.staged(data, LEDGER).pk
        own = write_form(
            "台账", self.town.name, TODAY, columns((*LEDGER_TITLES, self.town.canary)), [(*bad[1], "自用")]
        )
        self.ids["ledger-unmapped"] = self.staged(own, LEDGER).pk
        word = ImportWord.objects.create(
            jurisdiction=self.town.place, place=self.town.place.path, kind="ledger", said=f"{self.town.canary}栏",
            meant="经营地址", learnt_by=self.post("office"),
        )  # fmt: skip
        self.ids["word"] = word.pk

    def grade(self) -> None:
        """One entity raised by a paper; one regrading under stricter rules taken back, one still to come."""
        office, street, canary = self.post("office"), self.town.place, self.town.canary
        raised = Entity.objects.order_by("-pk")[0]
        grounds = Grounds(f"{canary}理由", f"{canary}主任", f"{canary}纪1号")
        upgrade_entity(raised, Grade.C, grounds, by=office, on=TODAY, seen=version_of(raised))
        self.ids["decision"] = GradeDecision.objects.get(entity=raised).pk
        plan = stricter(street)
        self.ids["regrading-undone"] = undone = regrade(street, plan, by=office, on=TODAY).pk
        undo_regrading(Regrading.objects.get(pk=undone), by=office, on=TODAY)
        self.ids["regrading"] = regrade(street, plan, by=office, on=TODAY, since=NEXT_YEAR).pk

    def keep_views(self) -> None:
        """One view that stands and one that was removed, both of the office alone."""
        office = self.post("office")
        self.ids["view"] = keep_view(f"{self.town.canary}视图", "grade=D", by=office).pk
        removed = keep_view(f"{self.town.canary}旧视图", "grade=C", by=office)
        remove_view(removed, by=office, at=NOW)
        self.ids["view-removed"] = removed.pk

    def give_out_mending(self) -> None:
        """One kind of defect the office gave to itself."""
        office = self.post("office")
        self.ids["mending"] = give_mending(
            self.town.place, Defect.NO_LICENCE, office, NEXT_YEAR, by=office, on=TODAY
        ).pk

    def change_many(self) -> None:
        """A risk level given to another cadre's entity, which stands, and one that was taken back."""
        office, doc = self.post("office"), plan_in_force(self.town.place.path, TODAY).value
        chosen = Entity.objects.filter(pk=self.ids["twin"])
        for key, level in (("bulk-undone", RiskLevel.C), ("bulk", RiskLevel.D)):
            wish = Wish(BulkKind.RISK, level.value, level.label)
            made = change_many(chosen, wish, doc, by=office, on=TODAY, conditions=f"{self.town.canary}全部")
            self.ids[key] = made.pk
            if key == "bulk-undone":
                undo_bulk(made, by=office, on=TODAY)

    def shop(self, word: str, area: Jurisdiction) -> tuple[Any, ...]:
        canary = self.town.canary
        return (f"{canary}{word}号店", "食品零售", area.name, 3, 20, f"{canary}路1号", f"{canary}老板", "19900005555")

    def deal_out(self) -> None:
        office, street = self.post("office"), self.town.place
        self.ids["list"] = approve(propose(street, by=office, on=TODAY), by=office, on=TODAY, over_cap_reasons={}).pk
        for held in Assignment.objects.select_related("cadre__post").order_by("pk"):
            self.ids.setdefault(f"entity-of-{held.cadre.post_id}", held.entity_id)
        self.ids["entity"] = self.ids[f"entity-of-{self.post('cadre').pk}"]
        self.ids["late-entity"] = self.added("晚").pk
        self.ids["proposal"] = propose(street, by=office, on=TODAY).pk
        self.ids["line"] = ProposedAssignment.objects.get(entity=self.ids["late-entity"]).pk
        self.ids["area"] = self.town.communities[0].pk
        self.ids["area-path"] = self.town.communities[0].path
        self.ids["street"] = street.pk
        self.ids["cadre-change"] = register_cadre_change(
            Cadre.objects.get(pk=self.ids["cadre-beside"]), CadreChangeKind.UNABLE,
            Occasion(TODAY, f"{self.town.canary}病休"), by=office, on=TODAY,
        ).pk  # fmt: skip

    def change(self) -> None:
        """A change whose day comes, and a shop nobody could find."""
        late, canary = Entity.objects.get(pk=self.ids["late-entity"]), self.town.canary
        made = EntityChange.objects.filter(entity=late)
        made.update(clock="operator_change_wd", due_on=TODAY, bearer=f"{canary}办")
        asked = ask_clearance(
            late, picture(self.town.colour), f"{canary}现场.jpg", status=OperatingStatus.DORMANT,
            occasion=Occasion(TODAY, f"{canary}无人应答"), by=self.post("office"), on=TODAY, at=NOW,
        )  # fmt: skip
        self.ids |= {"change": made.latest("pk").pk, "clearance": asked.pk}
        self.merge()

    def merge(self) -> None:
        """A row taken up by the shop of the last community, and two shops found to be two."""
        twice, office, canary = self.added("重"), self.post("office"), self.town.canary
        one, twin, keeper = (
            Entity.objects.get(pk=self.ids[f"entity-of-{self.post(part).pk}"])
            for part in ("cadre", "beside", "elsewhere")
        )
        merged = merge_entities(
            keeper,
            twice,
            (),
            reason=f"{canary}同一家",
            by=office,
            on=TODAY,
            seen=(version_of(keeper), version_of(twice)),
        )
        keep_apart(one, keeper, reason=f"{canary}两家", by=office, on=TODAY)
        self.ids |= {"twin": twin.pk, "keeper": keeper.pk, "merge": merged.pk}
        self.survey()
        self.compare()
        self.belong()

    def belong(self) -> None:
        """A market and a chain with the town's first shop in both; the shop also has a figure of its own."""
        office, canary = self.post("office"), self.town.canary
        market = {"kind": "market", "name": f"{canary}市场", "address": f"{canary}路", "operator": canary}
        cluster = add_group(self.town.place, "cluster", market, by=office)
        chain = add_group(self.town.place, "chain", {"name": f"{canary}连锁", "uscc": ""}, by=office)
        shop = Entity.objects.get(pk=self.ids["entity"])
        belonging = Belonging(cluster, f"{canary}1", chain, f"{canary}桥头", f"{canary}早上")
        place_entity(shop, belonging, by=office, on=TODAY, seen=version_of(shop))
        self.ids |= {"cluster": cluster.pk, "chain": chain.pk}

    def survey(self) -> None:
        """A round in the first community with one shop looked at, another round that waits to be closed."""
        station, office, canary = self.post("station"), self.post("office"), self.town.canary
        words = {"starts_on": TODAY, "ends_on": TODAY, "surveyors": f"{canary}所", "by": office, "on": TODAY}
        running = open_survey(self.town.communities[0], name=f"{canary}摸底", **words)
        looked_at = draft_line(
            running.lines.order_by("pk")[0], Found(Outcome.CONFIRMED, "", f"{canary}属实"), by=station, on=TODAY
        )
        done = open_survey(self.town.communities[0], name=f"{canary}复查", **words)
        for line in done.lines.all():
            draft_line(line, Found(Outcome.CONFIRMED, ""), by=station, on=TODAY)
        confirm_lines(done, None, by=office, on=TODAY)
        self.ids |= {"survey": running.pk, "survey-line": looked_at.pk, "survey-done": done.pk}

    def outside(self, word: str, rows: list[tuple[str, ...]]) -> OutsideList:
        """A list of the street, received, read and compared."""
        office = self.post("office")
        data = write_form("名单", self.town.name, TODAY, columns(OUTSIDE_TITLES), rows)
        origin = Origin(Source.LICENCES, f"{self.town.canary}{word}", TODAY)
        name = f"{self.town.canary}{word}.xlsx"
        made = receive_list(self.town.place, origin, filename=name, data=data, by=office, on=TODAY)
        batch = stage_workbook(made.batch, OUTSIDE, on=TODAY)
        commit_batch(confirm_batch(batch, by=office, clean_only=True), OUTSIDE, on=TODAY, at=NOW)
        return OutsideList.objects.get(pk=made.pk)

    def compare(self) -> None:
        """A list that knows one of the shops under another head and names one the register lacks."""
        canary = self.town.canary
        known = Entity.objects.get(pk=self.ids["entity"])
        rows = [
            (known.name, known.address, f"{canary}新老板", self.town.communities[0].name),
            (f"{canary}漏登店", f"{canary}街9号", f"{canary}店主", self.town.communities[0].name),
        ]
        made = self.outside("获证名单", rows)
        second = self.outside("平台名单", rows[1:])
        reject_difference(
            second.differences.filter(kind="only_here").first(),
            reason=f"{canary}核实",
            by=self.post("office"),
            on=TODAY,
        )
        set_basis(made, by=self.post("office"), on=TODAY)
        self.ids |= {
            "outside": made.pk, "outside-second": second.pk, "outside-batch": second.batch_id,
            "difference": made.differences.get(field="principal").pk,
            "difference-new": made.differences.get(kind="only_there").pk,
            "difference-lacking": made.differences.filter(kind="only_here", answer="open").first().pk,
            "difference-answered": second.differences.get(answer="rejected").pk,
        }  # fmt: skip

    def added(self, word: str) -> Entity:
        name = f"{self.town.canary}{word}号店"
        row = LedgerRow(name=name, business_type="retail", staff=3, revenue=20, area=self.town.communities[0].pk)
        entity = add_entity(row, by=self.post("office"), on=TODAY)
        entity = change_status(
            entity, OperatingStatus.STOPPED, reason=name, by=self.post("office"), on=TODAY, seen=version_of(entity)
        )
        return change_status(
            entity, OperatingStatus.ACTIVE, reason=name, by=self.post("office"), on=TODAY, seen=version_of(entity)
        )

    def keep_beside(self) -> None:
        """A line of every kind beside one entity, and a licence entered by mistake; another one runs a canteen."""
        by = self.post("office")
        self.ids["canteen"] = self.ids["late-entity"]
        Entity.objects.filter(pk=self.ids["canteen"]).update(further_types=["canteen"])
        for kind, values in {**beside(self.town.canary), "struck": LICENCE}.items():
            entity = Entity.objects.get(pk=self.ids["entity"])
            what = "licence" if kind == "struck" else kind
            made = add_record(entity, what, values, by=by, on=TODAY, seen=version_of(entity))
            self.ids[f"record-{kind}"] = made.pk
        entity = Entity.objects.get(pk=self.ids["entity"])
        wrong = Licence.objects.get(pk=self.ids["record-struck"])
        strike_record(wrong, by=by, on=TODAY, seen=version_of(entity))
        self.hear_from_the_station()

    def hear_from_the_station(self) -> None:
        """A list of penalties that waits: one row is nobody's; a penalty its cadre was told of, another he was not."""
        for word in ("已告", "未告"):
            entity = Entity.objects.get(pk=self.ids["entity"])
            facts = beside(self.town.canary)["flag"] | {
                "measures": ["责令停产停业"],
                "text": f"{self.town.canary}{word}",
            }
            flag = add_record(entity, "flag", facts, by=self.post("office"), on=TODAY, seen=version_of(entity))
            self.ids["penalty"] = flag.pk
            if word == "已告":
                tell_penalties(self.town.place, by=self.post("office"), on=TODAY)
                self.ids["penalty-notice"] = PenaltyNotice.objects.get(penalty=flag).pk
                words = {"by": self.post("office"), "on": TODAY}
                dismiss_hint(HintKind.PENALTY, flag.pk, f"{self.town.canary}已恢复", **words)
        row = (f"{self.town.canary}无此店", "罚款", f"{self.town.canary}罚号", TODAY, f"{self.town.canary}局")
        data = write_form("处罚", self.town.name, TODAY, columns(PENALTY_TITLES), [row])
        batch = self.staged(data, PENALTIES)
        self.ids |= {"penalties-staged": batch.pk, "penalties-row": batch.rows.get().number}

    def visit(self) -> None:
        open_quarter(self.town.place, QUARTER, on=TODAY, by=self.post("office"))
        write_reminders(self.town.place, on=TODAY, at=NOW)
        found = self.submitted(f"{self.town.canary}地面积水")
        taken = picture(self.town.colour)
        add_photo(found, taken, sha=sha(taken), by=self.post("cadre"), at=NOW)
        waiting = self.submitted("")
        gone = self.submitted("", outcome="shop_closed", answers=[], photos=[], task_list="")
        self.ids |= {
            "closure": gone.closure.pk,
            "visit": found.pk,
            "visit-key": found.key,
            "photo": found.photos.get().pk,
            "photo-sha": sha(taken),
            "waiting-key": waiting.key,
            "issue": found.issues.get().pk,
            "event": found.issues.get().events.get().pk,
            "obligation": found.obligation_id,
            "quarter": Quarter.objects.get(place=self.town.place.path).pk,
        }

    def submitted(self, problem: str, **changes: Any) -> Visit:
        by = self.post("cadre")
        values = {"photos": [sha(picture(self.town.colour))]} | changes
        body = read_visit(json.dumps(visit_body(self.ids["entity"], problem, **values)).encode())
        entity = entities_to_visit(by, TODAY).get(pk=self.ids["entity"])
        return submit_visit(entity, key=uuid4(), body=body, by=by, on=TODAY, at=NOW).visit

    def promise(self) -> None:
        office = self.post("office")
        issue_letters(self.town.place, by=office, on=TODAY)
        letters = {part: CommitmentLetter.objects.get(cadre__post=self.post(part)) for part in list(POSTS)[:4]}
        self.ids |= {f"letter-{part}": letter.pk for part, letter in letters.items()}
        build_letter(letters["cadre"])
        # One is drawn and one is scanned; drawing and scanning the others would only take time.
        drawn = CommitmentLetter.objects.values("stored", "sha256", "state").get(pk=letters["cadre"].pk)
        CommitmentLetter.objects.filter(stored="").update(**drawn)
        at, data = NOW - timedelta(minutes=5), page_picture(token_of(letters["cadre"]))
        scan = upload_scan(letters["cadre"], data, f"{self.town.canary}扫描.jpg", by=office, at=at)
        self.ids |= {"letter": letters["cadre"].pk, "scan": scan.pk}
        scan.pk, scan.letter = None, letters["secretary"]
        scan.save()
        CommitmentLetter.objects.filter(pk=letters["secretary"].pk).update(state="uploaded", uploaded_at=at)
        review(letters["secretary"], "passed", by=office, at=NOW)
        # Somebody who has no letter yet.
        place, name = self.town.communities[-1], f"{self.town.canary}新任"
        late = appoint(place, role=Role.CADRE, person_name=name, title="委员", since=SINCE, by=office)
        Cadre.objects.create(post=late, place=place.path, tier="community", category="committee")

    def let_in(self) -> None:
        """A card that waits, a bound phone, a token, and a printing of cards."""
        office, cadre, words = self.post("office"), self.post("cadre"), {"on": TODAY, "at": NOW}
        used = invite(cadre, by=office, **words).token
        with open_door(used, "invitation", at=NOW) as opening:
            bound = bind_device(opening, known=cadre.phone.last4, pin=PIN, **words)
        door, token = issue_token("对接", last_day=TODAY, read_only=True, by=office, **words)
        sheet = ask_for_cards(self.town.place.path, again=False, origin="https://baobao.example.cn", by=office, **words)
        claim_sheet(sheet.pk)
        write_sheet(sheet.pk, **words)
        self.ids |= {
            "device": bound.door_id,
            "device-token": bound.token,
            "api-door": door.pk,
            "api-token": token,
            "sheet": sheet.pk,
            "used-token": used,
            "card-token": invite(cadre, by=office, **words).token,
        }

    def report(self) -> None:
        office, street = self.post("office"), self.town.place
        waiting = Export.objects.create(
            jurisdiction=street, place=street.path, kind="ledger", rows=1, filename=f"{self.town.canary}台账.xlsx",
            asked_by=office, asked_on=TODAY,
        )  # fmt: skip
        claim_export(waiting.pk)
        write_export(waiting.pk, at=NOW)
        self.ids["export"] = waiting.pk
        refresh_ratios(street, at=NOW, on=TODAY)
        PeriodFigure.objects.create(
            jurisdiction=street, place=street.path, period=str(QUARTER.previous), part=street.pk, part_name=street.name,
            due=1, fulfilled=1, on_time=1, overdue=0, issues=0, rectified=0, pending=0, closed_at=NOW,
        )  # fmt: skip
        CollectionFigure.objects.create(
            jurisdiction=street, place=street.path, period=str(QUARTER.previous), list_name=f"{self.town.canary}旧名单",
            listed_on=TODAY, complete=1, incomplete=0, missing=0, closed_at=NOW,
        )  # fmt: skip
        word = Correction(TODAY, is_workday=True, reason=f"{self.town.canary}照常上班")
        correct_calendar(street, Change((word,)), by=self.post("editor"))
        settle_year(street, TODAY.year + 1, document=f"{self.town.canary}通知", by=self.post("editor"))
        Notice.objects.get_or_create(
            post=office, place=office.place, key="walls", defaults={"kind": "walls", "text": self.town.canary}
        )


def stricter(street: Jurisdiction) -> ResolvedPlan:
    """A draft over the plan in force under which every shop is C."""
    rules = [{"code": "c-all", "name": f"{street.name}一律", "grade": "C"}]
    return resolve([*plan_in_force(street.path, TODAY).layers, PlanLayer("草案", "", {"grading_rules": rules}, {})])


LICENCE = {
    "kind": "", "number": "JY999", "issued_by": "", "valid_from": None, "valid_until": None, "scope": "",
    "state": "in_force",
}  # fmt: skip


PENALTY_TITLES = ("主体名称", "处罚种类", "决定书文号", "决定日期", "处罚机关")
POST_TITLES = ("姓名", "角色", "单位", "联系电话")
STAFF_TITLES = ("主体名称", "身份", "姓名", "联系电话")
CHECK_TITLES = ("主体名称", "检查日期", "检查机构", "检查结果")


def beside(canary: str) -> dict[str, dict[str, Any]]:
    """Values of every kind of line, by the word of its address."""
    year = {"valid_from": TODAY, "valid_until": NEXT_YEAR}
    return {
        "licence": {**LICENCE, **year, "number": f"证{canary[-6:]}", "issued_by": f"{canary}局", "scope": f"{canary}项"},
        "contact": {
            "role": "officer", "name": f"{canary[-6:]}员", "phone": "19900006666", "shift": "full", "since": TODAY,
            "until": None, "health_until": NEXT_YEAR, "appointment": f"{canary}任",
        },
        "insurance": {"insurer": f"{canary}险", "policy_number": f"{canary}单", **year},
        "code": {"system": f"{canary}平台", "number": f"{canary}码"},
        "flag": {
            "kind": "penalty", "person": f"{canary[-6:]}人", "text": f"{canary}罚", "source": f"{canary}局",
            "document": f"{canary}号", "since": TODAY, "until": None, "measures": ["罚款"], "decided_on": TODAY,
        },
        "check": {
            "checked_on": TODAY, "result": "closed", "source": f"{canary}所", "problems": f"{canary}无人",
            "document": f"{canary}检",
        },
    }  # fmt: skip


def columns(titles: tuple[str, ...]) -> list[Column]:
    return [Column(title) for title in titles]


def visit_body(entity: int, problem: str = "", **changes: Any) -> dict[str, Any]:
    """A faultless visit in person on the list of the acting street, with one problem when it has words."""
    version = TaskListVersion.objects.order_by("pk").first()
    items = [item["code"] for section in version.document["sections"] for item in section["items"]]
    answers = [{"item": code, "answer": "yes"} for code in items]
    if problem:
        answers[0] = {"item": items[0], "answer": "no", "note": problem, "disposal": "handed_over"}
    values = {
        "entity": entity, "obligation": None, "mode": "onsite", "visited_on": TODAY.isoformat(),
        "started_at": "2026-11-20T09:42:00+08:00", "task_list": version.digest, "answers": answers,
        "photos": [sha(picture())], "cadre_signature": INK, "entity_signature": SIGNED, "outcome": "done",
    }  # fmt: skip
    return values | changes
