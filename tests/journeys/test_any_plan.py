"""Any local plan is data: invented plans of places nobody here knows, loaded by the command and lived through.

For each `<plan>.expected.yaml` beside a plan in fixtures/plans: people and shops are made as the file says, every step is
taken, and what came of it has to be what the file says. Another plan needs two more files and not a line here.
"""

import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.core.management import call_command
from django.utils import timezone

from cadres.actions.approving import approve
from cadres.actions.proposing import propose
from cadres.actions.roster import ROSTER
from cadres.models import Assignment
from commitments.actions import Issued, build_letter, issue_letters, name_delegate
from commitments.models import CommitmentLetter
from entities.actions.register import add_entity
from entities.models import Entity, GradeRecord
from entities.queries.checking import entity_checks
from supervision.actions import issues
from supervision.actions.quarters import open_quarter
from supervision.actions.visits import Submitted, submit_visit
from supervision.forms import read_visit
from supervision.models import Issue, Obligation
from supervision.queries.clocks import issue_explained
from supervision.queries.mine import my_document
from supervision.queries.own import entities_to_visit
from supervision.rules.visits import Unfit
from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.actions.tree import found_place
from tenancy.models import ImportRow, Jurisdiction, Post
from tenancy.plans import NATIONAL, PlanLayer, ResolvedPlan, read_plan, resolve, shipped_codes, shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.periods import quarter_of
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tenancy.workbooks import Column, write_form
from tests.commitments.test_documents import pages_of
from tests.supervision.desk import INK, Outsider, picture, sha

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "plans"
EXPECTED = sorted(FOLDER.glob("*.expected.yaml"))
ROSTER_TITLES = ("姓名", "层级", "单位", "职务", "类别", "分管领域或联系区域", "联系电话")
SIGNED = {"strokes": INK, "name": "店里的人", "position": "店长"}
pytestmark = pytest.mark.django_db


@dataclass
class Story:
    """One invented place and what is to come of it."""

    said: dict[str, Any]
    places: dict[str, Jurisdiction] = field(default_factory=dict)

    @property
    def on(self) -> date:
        return self.said["today"]

    @property
    def at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.on, time(9, 30)))

    @property
    def place(self) -> Jurisdiction:
        return self.places[self.said["place"]]

    @cached_property
    def plan(self) -> ResolvedPlan:
        return plan_in_force(self.place.path, self.on)

    def post(self, name: str) -> Post:
        return Post.objects.get(person_name=name)

    @property
    def office(self) -> Post:
        return self.post(self.said["office"])

    def entity(self, name: str) -> Entity:
        return Entity.objects.get(name=name)

    def settle(self) -> None:
        """The tree, the offices and the cadres; these come in as a workbook in the words of the plan."""
        for number, spot in enumerate(self.said["places"], start=1):
            parent = self.places.get(spot.get("under", ""))
            segment = spot["code"] if parent is None else f"{number:03}"
            self.places[spot["name"]] = found_place(
                parent, name=spot["name"], level=spot["level"], segment=segment, code=spot.get("code", "")
            )
        for number, person in enumerate(self.said["people"]):
            appoint(
                self.places[person["at"]], role=Role(person["role"]), person_name=person["name"],
                title=person["title"], since=self.said["since"], by=None, user=create_login(f"person-{number}"),
            )  # fmt: skip

    def load(self) -> str:
        out, file = io.StringIO(), FOLDER / self.said["plan"]
        call_command(
            "plan", "load", str(file), "--place", self.said["place"], "--from", f"{self.said['since']}", stdout=out
        )
        return out.getvalue().strip()

    def enroll(self) -> None:
        data = write_form("名册", self.place.name, self.on, [Column(t) for t in ROSTER_TITLES], self.said["roster"])
        batch = receive_workbook(self.place, kind="roster", filename="名册.xlsx", data=data, by=self.office)
        batch = stage_workbook(batch, ROSTER, on=self.said["since"])
        assert [row.problems for row in ImportRow.objects.filter(batch=batch) if row.problems] == []
        batch = confirm_batch(batch, by=self.office, clean_only=True)
        commit_batch(batch, ROSTER, on=self.said["since"], at=self.at)

    def register(self) -> None:
        checks = entity_checks(self.place, self.on)
        for line in self.said["entities"]:
            row, findings = checks.check(line["row"])
            assert [each.message for each in findings if each.level == "error"] == []
            add_entity(row, by=self.office, on=self.said["since"])

    def assign(self) -> None:
        approve(propose(self.place, by=self.office, on=self.on), by=self.office, on=self.on, over_cap_reasons={})

    def open(self) -> None:
        open_quarter(self.place, quarter_of(self.on), on=self.on)

    def holder(self, entity: Entity) -> Post:
        return Assignment.objects.in_force(self.on).get(entity=entity).cadre.post

    def task_list(self, entity: Entity) -> dict[str, Any]:
        document = my_document(self.holder(entity), self.on)
        row = next(row for row in document["entities"] if row["id"] == entity.pk)
        return document["task_lists"][row["task_list"]]

    def visit(
        self, *, entity: str, mode: str, photos: int = 0, signed: bool = True, problem: str = "", **_: Any
    ) -> Submitted:
        """A visit in a mode of the plan; a problem on one of its items is handed over."""
        shop = self.entity(entity)
        asked, holder = self.task_list(shop), self.holder(shop)
        items = [item["code"] for section in asked["sections"] for item in section["items"]]
        found = {"answer": "no", "note": "不符合要求", "disposal": "handed_over"}
        body = {
            "entity": shop.pk, "mode": mode, "visited_on": f"{self.on}", "task_list": asked["digest"],
            "answers": [{"item": code, **(found if code == problem else {"answer": "yes"})} for code in items],
            "photos": [sha(picture())] * photos, "cadre_signature": INK,
            "entity_signature": SIGNED if signed else None, "outcome": "done",
        }  # fmt: skip
        fetched = entities_to_visit(holder, self.on).get(pk=shop.pk)
        return submit_visit(
            fetched, key=uuid4(), body=read_visit(json.dumps(body).encode()), by=holder, on=self.on, at=self.at
        )

    def client(self, name: str) -> Outsider:
        client = Outsider()
        client.force_login(self.post(name).user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture(params=EXPECTED, ids=lambda path: path.name.removesuffix(".expected.yaml"))
def told(request):
    """The place founded, its plan in force, its cadres enrolled, its shops in the register: nothing assigned yet."""
    story = Story(yaml.safe_load(request.param.read_text(encoding="utf-8")))
    with acting_in(f"{story.said['places'][0]['code']}/"):
        story.settle()
        story.line = story.load()
        story.enroll()
        story.register()
        yield story


@pytest.fixture
def running(told):
    told.assign()
    told.open()
    return told


def test_each_plan_differs_from_every_shipped_one_in_more_than_six_ways():
    assert len(EXPECTED) >= 3
    for file in EXPECTED:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        own = _resolved(read_plan((FOLDER / said["plan"]).read_bytes()).layer())
        assert len(said["differs"]) > 6
        for code, key in product(shipped_codes(), (key for keys in said["differs"].values() for key in keys)):
            assert own[key] != _resolved(shipped_plan(code).layer())[key], f"{file.name}: {key} is that of {code}"


def _resolved(layer: PlanLayer) -> dict[str, Any]:
    return resolve([shipped_plan(NATIONAL).layer(), layer]).value.model_dump()


def test_the_file_is_checked_and_loaded_by_the_command(told):
    out = io.StringIO()
    call_command("plan", "check", str(FOLDER / told.said["plan"]), stdout=out)
    assert (out.getvalue().strip(), told.line) == ("没有发现问题。", told.said["loaded"])


@pytest.mark.req("LC-08")
def test_every_shop_has_its_grade_with_rule_clause_and_tiers(told):
    records = {record.entity.name: record for record in GradeRecord.objects.select_related("entity")}
    found = {
        name: {
            "base": record.base, "effective": record.effective, "clause": record.clause,
            "tiers": [told.plan.value.tier(code).name if told.plan.value.tier(code) else code
                      for code in told.plan.value.tiers_of(record.effective)],
        }
        for name, record in records.items()
    }  # fmt: skip
    assert found == {line["row"]["name"]: line["graded"] for line in told.said["entities"]}


@pytest.mark.req("GM-04")
def test_the_proposal_follows_the_tiers_and_their_caps(told):
    told.assign()
    held = Assignment.objects.in_force(told.on).order_by("entity__name")
    found = {row.entity.name: [row.cadre_name, row.tier] for row in held.select_related("entity")}
    assert found == {line["row"]["name"]: line["held"] for line in told.said["entities"] if line.get("held")}


def owed(name: str) -> list[str]:
    rows = Obligation.objects.filter(entity__name=name).order_by("due_on", "starts_on", "ordinal")
    return [f"{row.cycle} {row.ordinal}/{row.times} {row.due_on}" for row in rows]


def test_each_shop_owes_its_visits_by_their_days(running):
    lines = {line["row"]["name"]: line.get("owed", []) for line in running.said["entities"]}
    assert {name: owed(name) for name in lines} == lines


def test_each_shop_is_visited_on_the_list_that_is_for_it(running):
    lists = {line["row"]["name"]: line["list"] for line in running.said["entities"] if "list" in line}
    assert {name: running.task_list(running.entity(name))["name"] for name in lists} == lists


def test_a_later_quarter_owes_what_season_and_record_ask_for(running):
    later = running.said["later"]
    for line in later["visits"]:
        running.visit(**line)
    open_quarter(running.place, quarter_of(later["today"]), on=later["today"])
    assert {name: owed(name) for name in later["owed"]} == later["owed"]


def test_a_visit_brings_home_what_its_mode_asks_for(running):
    for tried in running.said["visits"]:
        if "refused" in tried:
            with pytest.raises(Unfit) as caught:
                running.visit(**tried)
            assert caught.value.fields == tried["refused"]
        else:
            done = running.visit(**tried)
            assert [done.visit.mode_name, done.fulfils] == tried["done"]


def test_problems_go_to_whom_the_plan_says_and_each_step_has_its_day(running):
    for case in running.said["issues"]:
        issue = running.visit(**case).visit.issues.get()
        officer = running.post(running.said["officer"])
        steps = [_standing(issue)]
        for verb in ("acknowledge", "start", "answer"):
            issue = getattr(issues, verb)(issue, text="已处理", by=officer, on=running.on, at=running.at)
            steps.append(_standing(issue))
        assert (steps, issue.receiver_source) == (case["steps"], case["source"])


def _standing(issue: Issue) -> str:
    why = issue_explained(issue)
    told = dict(why.lines()) if why else {}
    return " ".join(
        part for part in (issue.holder_name, told.get("规则", ""), why.day if why else "", told.get("计算", "")) if part
    )


def test_every_date_of_the_plan_is_counted_as_its_file_says(running):
    out = io.StringIO()
    call_command("due", running.said["place"], "--on", f"{running.on}", "--json", stdout=out)
    dates = json.loads(out.getvalue())["dates"]
    shown = [" | ".join([each["rule"], _day(each), each["bearer"], each["basis"]]) for each in dates]
    assert shown == running.said["dates"]


def _day(told: dict[str, Any]) -> str:
    return told["at"] or told["date"] or "及时"


def test_letters_are_drawn_up_for_the_printed_pairs_and_no_other(running):
    issued = issue_letters(running.place, by=running.office, on=running.on)
    assert _letters(issued) == running.said["letters"]
    for letter in CommitmentLetter.objects.all():
        allowed = running.said["letters"][letter.signer_name]["delegate"]
        delegate = {"name": "受托人", "title": "受托", "basis": "会议纪要"}
        if allowed:
            assert name_delegate(letter, **delegate, by=running.office, on=running.on).delegate_name == "受托人"
        else:
            with pytest.raises(Refused) as caught:
                name_delegate(letter, **delegate, by=running.office, on=running.on)
            assert caught.value.code == "delegate-not-allowed"


def _letters(issued: Issued) -> dict[str, Any]:
    """Who signs with whom, and for whom no letter is drawn up and why."""
    drawn = {letter.signer_name: _drawn(letter) for letter in issued.letters}
    return drawn | {cadre.post.person_name: sentence for cadre, sentence in (*issued.above, *issued.missing)}


def _drawn(letter: CommitmentLetter) -> dict[str, Any]:
    plan = plan_in_force(letter.place, letter.issued_on).value
    allowed = next(pair.delegate_allowed for pair in plan.signing_pairs if pair.code == letter.pair)
    other = [letter.other_role, letter.other_name]
    return {"with": other, "source": letter.plan_source, "kept_by": letter.reviewer_body, "delegate": allowed}


def test_the_printed_letter_bears_the_name_the_place_gives_it(running):
    issue_letters(running.place, by=running.office, on=running.on)
    letter = CommitmentLetter.objects.get(signer_name=running.said["paper"]["of"])
    printed = "".join(pages_of(build_letter(letter)))
    assert {word: word in printed for word in running.said["paper"]["says"]} == dict.fromkeys(
        running.said["paper"]["says"], True
    )


def test_pages_speak_the_words_of_the_place(running):
    for url, words in running.said["pages"].items():
        page = running.client(running.said["office"]).get(url)
        assert (url, page.status_code) == (url, 200)
        assert {word: word in page.content.decode() for word in words} == dict.fromkeys(words, True)
