"""Every public act with a call that is ready to run in 甲街道, or the sentence why it leaves no trace of its own."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from cadres.actions import cards, penalties
from cadres.actions import changes as leaving
from cadres.actions.approving import approve, undo_approval
from cadres.actions.exporting import export_changes, export_list, hand_out_list
from cadres.actions.proposing import drop_proposal, propose, reassign_line
from cadres.models import (
    Cadre,
    CadreChange,
    InvitationSheet,
    PenaltyNotice,
    Proposal,
    ProposedAssignment,
    ResponsibilityList,
)
from cadres.queries.coverage import ListFilter, scope_of
from cadres.rules.changes import CadreChangeKind
from commitments import actions as letters
from commitments.models import CommitmentLetter
from entities.actions import (
    accepting,
    bulk,
    changes,
    clearing,
    deciding,
    differences,
    doubles,
    expiry,
    extras,
    grades,
    groups,
    hints,
    lifecycle,
    outside,
    quality,
    records,
    register,
    regrading,
    sizes,
    spots,
    supply,
    surveys,
    views,
)
from entities.actions.ledger import LEDGER
from entities.models import (
    BulkChange,
    Clearance,
    Cluster,
    Contact,
    Difference,
    Entity,
    EntityChange,
    EntityMerge,
    GradeDecision,
    Licence,
    Mending,
    OutsideList,
    Regrading,
    SavedView,
    Survey,
    SurveyLine,
)
from entities.queries.outside import DifferenceFilter
from entities.rules.bulk import BulkKind, Wish
from entities.rules.changes import Occasion
from entities.rules.hints import HintKind
from entities.rules.ledger import LedgerRow
from entities.rules.outside import Source
from entities.rules.quality import Defect
from entities.rules.reconciling import Answer
from entities.rules.sizes import SizeKind, SizeSource
from entities.rules.spots import Datum, Spot
from entities.rules.surveys import Outcome
from entities.rules.vocabulary import Grade, OperatingStatus, SupplyWay
from reports.actions import changes as following
from reports.actions import life
from reports.actions import plans as enforcing
from reports.actions.calendar import change_calendar
from reports.actions.exports import export, write_export
from reports.actions.figures import close_period
from reports.actions.places import close_place
from reports.models import Export, PeriodFigure
from reports.queries.calendar import effects_of
from reports.queries.changes import ChangeFilter
from supervision.actions import closures, issues
from supervision.actions.clocks import recount_clocks
from supervision.actions.photos import add_photo
from supervision.actions.quarters import open_current_quarters, open_quarter
from supervision.actions.reminding import write_reminders
from supervision.actions.visits import submit_visit
from supervision.forms import read_visit
from supervision.models import ClosureReport, Issue, Obligation, Quarter, Visit
from supervision.rules.issues import Verb
from tenancy.actions import (
    accounts,
    annexes,
    calendar,
    devices,
    divisions,
    doors,
    drafts,
    imports,
    invitations,
    logins,
    mending,
    petitions,
    plans,
    rights,
    seats,
    second_factor,
    subplans,
    tokens,
    trail,
    tree,
)
from tenancy.actions.doors import open_door
from tenancy.actions.seats import SeatFacts
from tenancy.models import (
    Account,
    Door,
    ImportBatch,
    ImportRow,
    ImportWord,
    Jurisdiction,
    Milestone,
    Notice,
    Petition,
    Plan,
    PlanAnnex,
    PlanDraft,
    Post,
    Seat,
    SecondFactor,
    SubPlan,
)
from tenancy.plans import shipped_plan
from tenancy.plans.drafting import Changes
from tenancy.plans.writing import plan_text
from tenancy.queries.accounts import lent_right
from tenancy.queries.plans import plan_in_force
from tenancy.queries.trail import TrailFilter
from tenancy.rules.accounts import AccountVerb, Decision
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.divisions import Division
from tenancy.rules.roles import Right, Role
from tenancy.rules.second_factor import code_at
from tenancy.rules.stages import StageState
from tenancy.workbooks import write_form
from tests.commitments.conftest import picture as page_picture
from tests.supervision.desk import picture, sha
from tests.tenancy.doors import PIN
from tests.walls.routes import pointed_out
from tests.walls.world import (
    BODY,
    LICENCE,
    NEXT_YEAR,
    NOW,
    OUTSIDE_TITLES,
    QUARTER,
    SINCE,
    TODAY,
    Town,
    World,
    columns,
    visit_body,
)

Act = Callable[[Town, World, Post], Any]
TOMORROW, LATE = date(2026, 11, 21), date(2026, 12, 28)
SPRING = Change((Correction(date(2027, 2, 6), is_workday=False, reason="春节"),))


def entity(town: Town) -> Entity:
    return Entity.objects.get(pk=town.ids["entity"])


def seen(one: Entity) -> str:
    return register.version_of(one)


def letter(town: Town, part: str) -> CommitmentLetter:
    return CommitmentLetter.objects.select_related("cadre__post__jurisdiction").get(pk=town.ids[f"letter-{part}"])


def proposal(town: Town) -> Proposal:
    return Proposal.objects.select_related("jurisdiction").get(pk=town.ids["proposal"])


def gone(town: Town) -> CadreChange:
    return CadreChange.objects.select_related("cadre__post").get(pk=town.ids["cadre-change"])


def left_post(town: Town, world: World, by: Post) -> Any:
    cadre = Cadre.objects.select_related("post").get(pk=town.ids["cadre"])
    return leaving.register_change(cadre, CadreChangeKind.UNABLE, Occasion(TODAY, "病休"), by=by, on=TODAY)


def reinstated(town: Town, world: World, by: Post) -> Any:
    post = accounts.dismiss(world.cast.posts["wu"], by=by, on=TOMORROW)
    return accounts.reinstate(post, until=None, by=by)


def batch(town: Town, key: str) -> ImportBatch:
    return ImportBatch.objects.select_related("jurisdiction").get(pk=town.ids[key])


def row(town: Town) -> LedgerRow:
    return LedgerRow(name="新店", business_type="retail", staff=3, revenue=20, area=town.communities[0].pk)


def undraw(town: Town, part: str) -> CommitmentLetter:
    """A letter as it is before its file is drawn."""
    CommitmentLetter.objects.filter(pk=town.ids[f"letter-{part}"]).update(state="draft", stored="")
    return letter(town, part)


def without_letters(town: Town, world: World, by: Post) -> Any:
    CommitmentLetter.objects.filter(pk=town.ids["letter-beside"]).delete()
    return letters.issue_letters(town.place, by=by, on=TODAY)


def approved(town: Town, world: World, by: Post) -> Any:
    return approve(proposal(town), by=by, on=TODAY, over_cap_reasons={})


def unapproved(town: Town, world: World, by: Post) -> Any:
    return undo_approval(ResponsibilityList.objects.get(pk=town.ids["list"]), by=by, on=TODAY)


def written(town: Town, world: World, by: Post) -> Any:
    waiting = Export.objects.create(
        jurisdiction=town.place, place=town.place.path, kind="ledger", rows=1, filename="册.xlsx", asked_by=by,
        asked_on=TODAY, state="running",
    )  # fmt: skip
    return write_export(waiting.pk, at=NOW)


def closed(town: Town, world: World, by: Post) -> Any:
    PeriodFigure.objects.all().delete()
    Obligation.objects.update(due_on=QUARTER.previous.end, counted_quarter=str(QUARTER.previous))
    Quarter.objects.filter(place=town.place.path).update(
        label=str(QUARTER.previous), start=QUARTER.previous.start, due_on=QUARTER.previous.end
    )
    return close_period(town.place, QUARTER.previous, by=by, at=NOW, on=TODAY)


def submitted(town: Town, world: World, by: Post) -> Any:
    body = read_visit(json.dumps(visit_body(town.ids["entity"])).encode())
    return submit_visit(entity(town), key=uuid4(), body=body, by=by, on=TODAY, at=NOW)


def completed(town: Town, world: World, by: Post) -> Any:
    visit = Visit.objects.get(key=town.ids["waiting-key"])
    return add_photo(visit, picture(town.colour), sha=sha(picture(town.colour)), by=by, at=NOW)


def opened(town: Town, world: World, by: Post) -> Any:
    Obligation.objects.filter(fulfilled_by=None).delete()
    return open_quarter(town.place, QUARTER, on=TODAY, by=by)


def opened_by_beat(town: Town, world: World, by: Post) -> Any:
    Obligation.objects.filter(fulfilled_by=None).delete()
    return open_current_quarters(world.cast.places["东城区"], on=TODAY)


def reminded(town: Town, world: World, by: Post) -> Any:
    Notice.objects.all().delete()
    return write_reminders(world.cast.places["东城区"], on=LATE, at=NOW)


def on_issue(verb: Verb, before: str, holder: str) -> Act:
    """The act a verb stands for, on an issue that has come as far as it needs."""

    def act(town: Town, world: World, by: Post) -> Any:
        answered = before in ("answered", "closed")
        Issue.objects.filter(pk=town.ids["issue"]).update(
            state=before, holder_kind=holder, answer_seen_at=NOW if answered else None, due_on=None
        )
        issue = Issue.objects.select_related("entity__jurisdiction").get(pk=town.ids["issue"])
        words = {"text": "情况属实", "by": by, "on": TODAY, "at": NOW}
        return issues.close(issue, seen=None, **words) if verb is Verb.CLOSE else issues.ACTS[verb](issue, **words)

    return act


def by_name(town: Town, world: World, by: Post) -> Any:
    issue = Issue.objects.select_related("entity__jurisdiction").get(pk=town.ids["issue"])
    return issues.act_on_issue(issue, Verb.ACKNOWLEDGE, text="", seen=None, by=by, on=TODAY, at=NOW)


def amended(town: Town, world: World, by: Post) -> Any:
    number = ImportRow.objects.get(batch=town.ids["ledger-staged"], refused=True).number
    return mending.amend_cells(
        batch(town, "ledger-staged"), LEDGER, column="name", old="", new="补名", number=number, by=by, on=TODAY
    )


def aside(town: Town, world: World, by: Post) -> Any:
    return mending.set_aside(batch(town, "ledger-staged"), LEDGER, number=None, back=False, by=by, on=TODAY)


def proposed(town: Town, world: World, by: Post) -> Any:
    return mending.take_proposals(batch(town, "ledger-staged"), LEDGER, column="area", by=by, on=TODAY)


def mapped(town: Town, world: World, by: Post) -> Any:
    sent = pointed_out("ledger-unmapped", "{}")(town)
    meanings = {int(at): key for at, key in sent["columns"].items()}
    where = {"sheet": sent["sheet"], "header_row": sent["header_row"], "meanings": meanings}
    return mending.map_columns(batch(town, "ledger-unmapped"), LEDGER, **where, by=by)


def committed(town: Town, world: World, by: Post) -> Any:
    waiting = imports.confirm_batch(batch(town, "ledger-staged"), by=by, clean_only=True)
    return imports.commit_batch(waiting, LEDGER, on=TODAY, at=NOW)


def worked_off(town: Town, world: World, by: Post, *, act: Any = imports.work_off) -> Any:
    imports.confirm_batch(batch(town, "ledger-staged"), by=by, clean_only=True)
    return act(LEDGER, on=TODAY, at=NOW)


def freed(town: Town, world: World, by: Post) -> Any:
    post = world.cast.posts["wu"]
    post.user = None
    post.save()
    return accounts.give_login(post, accounts.create_login("new-shop"), by=by)


def founded(town: Town, world: World, by: Post) -> Jurisdiction:
    return tree.found_place(town.place, name="新社区", level="community", segment="909", by=by)


def started(town: Town, world: World, by: Post) -> Any:
    division = divisions.Division(name="二社区", level="community", segment="002", plan="gumei")
    return divisions.start_with_plan(division, town.communities[1], on=TODAY, by=by)


def laid_down(town: Town, world: World, by: Post) -> Any:
    root = divisions.Division(name="东城区", level="district", code="990101")
    leaf = divisions.Division(name="新街道", level="street", segment="808")
    return divisions.lay_down((root, leaf), on=TODAY, by=by)


def recorrected(town: Town, world: World, by: Post) -> Any:
    seen = effects_of(town.place, SPRING, on=TODAY, post=by).seen
    return change_calendar(town.place, SPRING, seen=seen, by=by, on=TODAY, at=NOW)


def recounted(town: Town, world: World, by: Post) -> Any:
    Issue.objects.filter(pk=town.ids["issue"]).update(due_on=LATE)
    return recount_clocks(town.place, by=by, on=TODAY, at=NOW)


def exported(town: Town, world: World, by: Post) -> Any:
    return export_list(scope_of(town.place, TODAY), ListFilter(), by=by)


def reassigned(town: Town, world: World, by: Post) -> Any:
    line = ProposedAssignment.objects.select_related("proposal__jurisdiction", "entity").get(pk=town.ids["line"])
    return reassign_line(line, line.cadre, by=by)


def closure(town: Town) -> ClosureReport:
    return ClosureReport.objects.select_related("visit").get(pk=town.ids["closure"])


def line_added(town: Town, world: World, by: Post) -> Any:
    one = entity(town)
    return records.add_record(one, "licence", LICENCE | {"number": "证1"}, by=by, on=TODAY, seen=seen(one))


def line_changed(town: Town, world: World, by: Post) -> Any:
    person = Contact.objects.get(pk=town.ids["record-contact"])
    values = {name: getattr(person, name) for name in person.typed} | {"name": "新员", "phone": ""}
    return records.change_record(person, values, by=by, on=TODAY, seen=seen(entity(town)))


def line_struck(town: Town, world: World, by: Post) -> Any:
    licence = Licence.objects.get(pk=town.ids["record-licence"])
    return records.strike_record(licence, by=by, on=TODAY, seen=seen(entity(town)))


def line_restored(town: Town, world: World, by: Post) -> Any:
    return records.restore_record(Licence.every.get(pk=town.ids["record-struck"]), by=by, on=TODAY)


def contact_seen(town: Town, world: World, by: Post) -> Any:
    person = Contact.objects.select_related("entity__jurisdiction").get(pk=town.ids["record-contact"])
    return records.reveal_contact(person, by=by, on=TODAY)


def placed(town: Town, world: World, by: Post) -> Any:
    belonging = groups.Belonging(Cluster.objects.get(pk=town.ids["cluster"]), "2")
    return groups.place_entity(entity(town), belonging, by=by, on=TODAY, seen=seen(entity(town)))


def located(town: Town, world: World, by: Post) -> Any:
    spot = Spot(Decimal("121.4"), Decimal("31.1"), Datum.GCJ02)
    return spots.locate_entity(entity(town), spot, source="地图上点取", by=by, seen=seen(entity(town)))


def filled(town: Town, world: World, by: Post) -> Any:
    values = {"point": "明查点位"}
    return extras.fill_extras(entity(town), values, by=by, on=TODAY, seen=seen(entity(town)))


def measured(town: Town, world: World, by: Post) -> Any:
    figure = sizes.Figure(SizeKind.STAFF, Decimal(7), SizeSource.SHOP, TODAY)
    return sizes.record_size(entity(town), figure, by=by, on=TODAY, seen=seen(entity(town)))


def resupplied(town: Town, world: World, by: Post) -> Any:
    one = Entity.objects.get(pk=town.ids["canteen"])
    return supply.change_supply(one, SupplyWay.CONTRACTED, source="承包合同", by=by, on=TODAY, seen=seen(one))


GROUNDS = deciding.Grounds("大", "纪要", "1号")


def changed_many(town: Town, world: World, by: Post) -> Any:
    doc = plan_in_force(town.place.path, TODAY).value
    wish = Wish(BulkKind.STATUS, "dormant", "歇业", "改造")
    return bulk.change_many(Entity.objects.all(), wish, doc, by=by, on=TODAY, conditions="全部")


def view(town: Town, key: str = "view") -> SavedView:
    return SavedView.objects.get(pk=town.ids[key])


def upgraded(town: Town, world: World, by: Post) -> Any:
    one = entity(town)
    return deciding.upgrade_entity(one, Grade.C, GROUNDS, by=by, on=TODAY, seen=seen(one))


def corrected(town: Town, world: World, by: Post) -> Any:
    one = entity(town)
    return deciding.correct_grade(one, Grade.B, GROUNDS, by=by, on=TODAY, seen=seen(one))


def withdrawn(town: Town, world: World, by: Post) -> Any:
    decision = GradeDecision.objects.get(pk=town.ids["decision"])
    return deciding.withdraw_decision(decision, reason="查明有误", by=by, on=TODAY)


def regraded(town: Town, world: World, by: Post) -> Any:
    since = date(2027, 2, 1)
    return regrading.regrade(town.place, plan_in_force(town.place.path, since), by=by, on=TODAY, since=since)


def ungraded(town: Town, world: World, by: Post) -> Any:
    return regrading.undo_regrading(Regrading.objects.get(pk=town.ids["regrading"]), by=by, on=TODAY)


def stopped(town: Town, world: World, by: Post) -> Any:
    one = entity(town)
    return register.change_status(one, OperatingStatus.STOPPED, reason="关店", by=by, on=TODAY, seen=seen(one))


OCCASION = Occasion(TODAY, "查实", "通知1号")


def changed(town: Town, world: World, by: Post) -> Any:
    grown = row(town)
    grown.staff = 9
    return lifecycle.register_change(entity(town), grown, OCCASION, by=by, on=TODAY, seen=seen(entity(town)))


def shut(town: Town, world: World, by: Post) -> Any:
    one = entity(town)
    return lifecycle.register_status(one, OperatingStatus.CANCELLED, OCCASION, by=by, on=TODAY, seen=seen(one))


def sought(town: Town, world: World, by: Post) -> Any:
    words = {"status": OperatingStatus.DORMANT, "occasion": OCCASION}
    return clearing.ask_clearance(entity(town), picture(), "现场.jpg", **words, by=by, on=TODAY, at=NOW)


def clearance(town: Town) -> Clearance:
    return Clearance.objects.get(pk=town.ids["clearance"])


def change(town: Town) -> EntityChange:
    return EntityChange.objects.select_related("entity").get(pk=town.ids["change"])


def survey(town: Town, key: str = "survey") -> Survey:
    return Survey.objects.select_related("jurisdiction").get(pk=town.ids[key])


def survey_line(town: Town) -> SurveyLine:
    return SurveyLine.objects.select_related("survey", "jurisdiction").get(pk=town.ids["survey-line"])


def outside_list(town: Town, key: str = "outside") -> OutsideList:
    return OutsideList.objects.select_related("jurisdiction").get(pk=town.ids[key])


def a_difference(town: Town, key: str = "difference") -> Difference:
    return Difference.objects.select_related("outside", "jurisdiction").get(pk=town.ids[key])


def outside_received(town: Town, world: World, by: Post) -> Any:
    data = write_form("名单", town.name, TODAY, columns(OUTSIDE_TITLES), [("外面的店", "外街1号", "店主", "")])
    origin = outside.Origin(Source.OTHER, "名单", TODAY)
    return outside.receive_list(town.place, origin, filename="名单.xlsx", data=data, by=by, on=TODAY)


def taken_over(town: Town, world: World, by: Post) -> Any:
    listed, asked = outside_list(town), DifferenceFilter(kind="field")
    preview, _checks = accepting.taking_preview(listed, asked, by=by, on=TODAY)
    return accepting.accept_differences(listed, asked, by=by, on=TODAY, at=NOW, seen=preview.digest)


def surveyed(town: Town, world: World, by: Post) -> Any:
    words = {"name": "摸底", "starts_on": TODAY, "ends_on": TODAY, "surveyors": "所"}
    return surveys.open_survey(town.place, **words, by=by, on=TODAY)


def discovered(town: Town, world: World, by: Post) -> Any:
    found = surveys.Found(Outcome.NEW, "", "", row(town), {"name": "新店"})
    return surveys.add_line(survey(town), found, by=by, on=TODAY)


def merged(town: Town, world: World, by: Post) -> Any:
    one, twin = entity(town), Entity.objects.get(pk=town.ids["twin"])
    return doubles.merge_entities(one, twin, ("name",), reason="同一家", by=by, on=TODAY, seen=(seen(one), seen(twin)))


def told_apart(town: Town, world: World, by: Post) -> Any:
    return doubles.keep_apart(entity(town), Entity.objects.get(pk=town.ids["twin"]), reason="两家", by=by, on=TODAY)


def restored(town: Town, world: World, by: Post) -> Any:
    return register.undo_status(Entity.objects.get(pk=town.ids["late-entity"]), by=by, on=TODAY)


def uploaded(town: Town, world: World, by: Post) -> Any:
    return letters.upload_scan(letter(town, "beside"), page_picture("", "ivory"), "扫描.jpg", by=by, at=NOW)


def delegated(town: Town, world: World, by: Post) -> Any:
    words = {"name": "受托人", "title": "主任", "basis": "会纪〔2026〕3号"}
    return letters.name_delegate(letter(town, "elsewhere"), **words, by=by, on=TODAY)


def received(town: Town, world: World, by: Post) -> Any:
    return imports.receive_workbook(town.place, kind="ledger", filename="册.xlsx", data=b"other", by=by)


def account(town: Town, key: str = "account") -> Account:
    return Account.objects.select_related("user", "jurisdiction").get(pk=town.ids[key])


def petition(town: Town) -> Petition:
    return Petition.objects.select_related("jurisdiction").get(pk=town.ids["petition"])


def head(town: Town) -> Post:
    return Post.objects.select_related("jurisdiction", "own_group").get(pk=town.ids["post"])


def opened_account(town: Town, world: World, by: Post) -> Any:
    return logins.open_account(town.place, username="new-login", person_name="新人", by=by)


def asked_post(town: Town, world: World, by: Post) -> Any:
    return petitions.ask_post(
        account(town), town.communities[0], role=Role.INSPECTOR, since=TODAY, reason="任字2号", by=by
    )


def asked_removal(town: Town, world: World, by: Post) -> Any:
    return petitions.ask_factor_removal(account(town, "account-bound"), reason="手机丢了", by=by)


def lent(town: Town, world: World, by: Post) -> Any:
    dates = {"since": TODAY, "until": LATE}
    return rights.lend_right(head(town), Right.EXPORT, town.place, **dates, reason="代班", by=by)


def returned(town: Town, world: World, by: Post) -> Any:
    station = Post.objects.select_related("jurisdiction", "own_group").get(pk=town.ids["post-station"])
    return rights.return_right(station, lent_right(station).get(), by=by, on=TOMORROW)


def factor_bound(town: Town, world: World, by: Post) -> Any:
    factor = SecondFactor.objects.select_related("user").get(pk=town.ids["factor-waiting"])
    code = code_at(second_factor.secret_of(factor), NOW.timestamp())
    assert second_factor.confirm_factor(factor.user, code, by=by, at=NOW)


def added_places(town: Town, world: World, by: Post) -> Any:
    return tree.add_places(town.place, [Division("又一社区")], level="community", by=by)


def place(town: Town, key: str) -> Jurisdiction:
    return Jurisdiction.objects.select_related("parent").get(pk=town.ids[key])


def read_again(town: Town, world: World, by: Post) -> Any:
    return trail.read_trail(by=by, on=TOMORROW)


def appointed(town: Town, world: World, by: Post) -> Any:
    return accounts.appoint(town.place, role=Role.LEADER, person_name="新人", since=SINCE, by=by)


def bound(town: Town, world: World, by: Post) -> Any:
    with open_door(town.ids["card-token"], "invitation", at=NOW) as opening:
        return devices.bind_device(opening, known=by.phone.last4, pin=PIN, on=TODAY, at=NOW)


def unlocked(town: Town, world: World, by: Post) -> Any:
    token = town.ids["device-token"]
    with open_door(token, "device", at=NOW) as opening:
        return devices.unlock(opening, PIN, token=token, on=TODAY, at=NOW)


def gone_through(town: Town, world: World, by: Post) -> Any:
    with open_door(town.ids["api-token"], "api", at=NOW):
        pass


def device(town: Town) -> Door:
    return Door.objects.select_related("jurisdiction").get(pk=town.ids["device"])


def door_made(town: Town, world: World, by: Post) -> Any:
    return doors.issue_door("shop", town.place, entity(town), expires_at=None, by=by)


def token_made(town: Town, world: World, by: Post) -> Any:
    return tokens.issue_token("对接", last_day=TODAY, read_only=True, by=by, on=TODAY, at=NOW)


def cards_asked(town: Town, world: World, by: Post) -> InvitationSheet:
    return cards.ask_for_cards(town.place.path, again=True, origin="", by=by, on=TODAY, at=NOW)


def cards_written(town: Town, world: World, by: Post) -> Any:
    sheet = cards_asked(town, world, by)
    cards.claim_sheet(sheet.pk)
    return cards.write_sheet(sheet.pk, on=TODAY, at=NOW)


def invited(town: Town, world: World, by: Post) -> Any:
    return invitations.invite(world.cast.posts[town.people["cadre"]], by=by, on=TODAY, at=NOW)


def all_invited(town: Town, world: World, by: Post) -> Any:
    posts = [world.cast.posts[town.people["cadre"]].pk]
    return invitations.invite_all(posts, town.place, by=by, on=TODAY, at=NOW)


def draft(town: Town) -> PlanDraft:
    return PlanDraft.objects.select_related("jurisdiction").get(pk=town.ids["draft"])


def plan(town: Town, key: str = "plan") -> Plan:
    return Plan.objects.select_related("jurisdiction").get(pk=town.ids[key])


def begun(town: Town, world: World, by: Post) -> Any:
    return drafts.start_draft(town.place, name="新稿", basis="gumei", by=by, at=NOW)


def replaced(town: Town, world: World, by: Post) -> Any:
    text = plan_text(shipped_plan("suining"))
    return drafts.replace_draft(draft(town), text, seen=1, by=by, on=TODAY, at=NOW)


def enforced(town: Town, world: World, by: Post) -> Any:
    since = date(2027, 2, 1)
    return drafts.put_in_force(draft(town), since=since, seen=1, opened=(), by=by, on=TODAY, at=NOW)


def annexed(town: Town, world: World, by: Post) -> Any:
    data = write_form("表", town.name, TODAY, columns(("列",)), [("值",)])
    return annexes.attach_annex(plan(town), data, "附件.xlsx", title="附件", by=by)


def detached(town: Town, world: World, by: Post) -> Any:
    return annexes.detach_annex(PlanAnnex.objects.get(pk=town.ids["annex"]), by=by)


FACTS = subplans.SubPlanFacts("方案", "书记", "正文")


def ticked(town: Town, world: World, by: Post) -> Any:
    return subplans.mark_milestone(Milestone.objects.get(pk=town.ids["milestone"]), TODAY, by=by, on=TODAY)


def noted(town: Town, world: World, by: Post) -> Any:
    return subplans.note_stage(plan(town, "fresh-plan"), "base", StageState.REACHED, "已完成", by=by, on=TODAY)


# Name -> the part of the street's people, or the name in the cast, that acts, and the call.
READY: dict[str, tuple[str, Act]] = {
    "cadres.actions.cards.ask_for_cards": ("office", cards_asked),
    "cadres.actions.cards.write_sheet": ("office", cards_written),
    "tenancy.actions.devices.bind_device": ("cadre", bound),
    "tenancy.actions.devices.unlock": ("cadre", unlocked),
    "tenancy.actions.doors.issue_door": ("office", door_made),
    "tenancy.actions.doors.revoke_door": ("office", lambda t, w, by: doors.revoke_door(device(t), by=by, at=NOW)),
    "tenancy.actions.doors.open_door": ("office", gone_through),
    "tenancy.actions.invitations.invite": ("office", invited),
    "tenancy.actions.invitations.invite_all": ("office", all_invited),
    "tenancy.actions.tokens.issue_token": ("office", token_made),
    "cadres.actions.approving.approve": ("office", approved),
    "cadres.actions.approving.undo_approval": ("office", unapproved),
    "cadres.actions.exporting.export_list": ("office", exported),
    "cadres.actions.changes.register_change": ("office", left_post),
    "cadres.actions.changes.undo_change": ("office", lambda t, w, by: leaving.undo_change(gone(t), by=by, on=TODAY)),
    "cadres.actions.changes.propose_handover": (
        "office",
        lambda t, w, by: leaving.propose_handover(gone(t), t.place, by=by, on=TODAY),
    ),
    "cadres.actions.exporting.export_changes": (
        "office",
        lambda t, w, by: export_changes(t.place, "all", by=by, on=TODAY),
    ),
    "cadres.actions.exporting.hand_out_list": (
        "office",
        lambda t, w, by: hand_out_list(ResponsibilityList.objects.get(pk=t.ids["list"]), by=by),
    ),
    "cadres.actions.proposing.propose": ("office", lambda t, w, by: propose(t.place, by=by, on=TODAY)),
    "cadres.actions.proposing.reassign_line": ("office", reassigned),
    "cadres.actions.proposing.drop_proposal": ("office", lambda t, w, by: drop_proposal(proposal(t), by=by)),
    "commitments.actions.issue_letters": ("office", without_letters),
    "commitments.actions.build_letter": ("office", lambda t, w, by: letters.build_letter(undraw(t, "beside"))),
    "commitments.actions.name_delegate": ("office", delegated),
    "commitments.actions.upload_scan": ("office", uploaded),
    "commitments.actions.review": (
        "office",
        lambda t, w, by: letters.review(letter(t, "cadre"), "passed", by=by, at=NOW),
    ),
    "commitments.actions.undo_review": (
        "office",
        lambda t, w, by: letters.undo_review(letter(t, "secretary"), by=by, at=NOW),
    ),
    "commitments.actions.file_letter": (
        "office",
        lambda t, w, by: letters.file_letter(letter(t, "secretary"), archive_number="A-1", by=by, on=TODAY),
    ),
    "entities.actions.register.add_entity": ("office", lambda t, w, by: register.add_entity(row(t), by=by, on=TODAY)),
    "entities.actions.register.change_entity": (
        "office",
        lambda t, w, by: register.change_entity(entity(t), row(t), by=by, on=TODAY, seen=seen(entity(t))),
    ),
    "entities.actions.register.change_status": ("office", stopped),
    "entities.actions.register.undo_status": ("office", restored),
    "entities.actions.outside.receive_list": ("office", outside_received),
    "entities.actions.outside.compare_again": (
        "office",
        lambda t, w, by: outside.compare_again(outside_list(t), by=by, on=TODAY, at=NOW),
    ),
    "entities.actions.outside.compare_all": (
        "office",
        lambda t, w, by: outside.compare_all(t.place.path, on=TODAY, at=NOW),
    ),
    "entities.actions.outside.set_basis": (
        "office",
        lambda t, w, by: outside.set_basis(outside_list(t, "outside-second"), by=by, on=TODAY),
    ),
    "entities.actions.outside.end_basis": ("office", lambda t, w, by: outside.end_basis(outside_list(t), by=by)),
    "entities.actions.differences.answer_difference": (
        "office",
        lambda t, w, by: differences.answer_difference(a_difference(t), "reject", reason="属实", by=by, on=TODAY),
    ),
    "entities.actions.differences.accept_difference": (
        "office",
        lambda t, w, by: differences.accept_difference(a_difference(t), by=by, on=TODAY),
    ),
    "entities.actions.differences.reject_difference": (
        "office",
        lambda t, w, by: differences.reject_difference(a_difference(t), reason="属实", by=by, on=TODAY),
    ),
    "entities.actions.differences.settle_differences": (
        "office",
        lambda t, w, by: differences.settle_differences(
            outside_list(t),
            DifferenceFilter(field="principal"),
            Answer.REJECTED,
            reason="属实",
            count=1,
            by=by,
            on=TODAY,
        ),
    ),
    "entities.actions.differences.keep_difference": (
        "office",
        lambda t, w, by: differences.keep_difference(a_difference(t, "difference-lacking"), reason="", by=by, on=TODAY),
    ),
    "entities.actions.differences.reopen_difference": (
        "office",
        lambda t, w, by: differences.reopen_difference(a_difference(t, "difference-answered"), by=by),
    ),
    "entities.actions.differences.export_differences": (
        "office",
        lambda t, w, by: differences.export_differences(outside_list(t), DifferenceFilter(), "全部", by=by, on=TODAY),
    ),
    "entities.actions.accepting.accept_differences": ("office", taken_over),
    "entities.actions.surveys.open_survey": ("office", surveyed),
    "entities.actions.surveys.draft_line": (
        "station",
        lambda t, w, by: surveys.draft_line(survey_line(t), surveys.Found(Outcome.NOT_FOUND, ""), by=by, on=TODAY),
    ),
    "entities.actions.surveys.add_line": ("station", discovered),
    "entities.actions.surveys.confirm_lines": (
        "office",
        lambda t, w, by: surveys.confirm_lines(survey(t), None, by=by, on=TODAY),
    ),
    "entities.actions.surveys.return_line": (
        "office",
        lambda t, w, by: surveys.return_line(survey_line(t), reason="再看", by=by),
    ),
    "entities.actions.surveys.close_survey": (
        "office",
        lambda t, w, by: surveys.close_survey(survey(t, "survey-done"), by=by, on=TODAY),
    ),
    "entities.actions.surveys.export_survey": (
        "office",
        lambda t, w, by: surveys.export_survey(survey(t), by=by, on=TODAY),
    ),
    "entities.actions.doubles.merge_entities": ("office", merged),
    "entities.actions.doubles.keep_apart": ("office", told_apart),
    "entities.actions.doubles.undo_merge": (
        "office",
        lambda t, w, by: doubles.undo_merge(EntityMerge.objects.get(pk=t.ids["merge"]), by=by, on=TODAY),
    ),
    "entities.actions.lifecycle.register_change": ("office", changed),
    "entities.actions.lifecycle.register_status": ("office", shut),
    "entities.actions.lifecycle.undo_change": (
        "office",
        lambda t, w, by: lifecycle.undo_change(change(t), by=by, on=TODAY),
    ),
    "entities.actions.clearing.ask_clearance": ("office", sought),
    "entities.actions.clearing.confirm_clearance": (
        "qian",
        lambda t, w, by: clearing.confirm_clearance(clearance(t), by=by, on=TODAY, at=NOW),
    ),
    "entities.actions.clearing.reject_clearance": (
        "qian",
        lambda t, w, by: clearing.reject_clearance(clearance(t), answer="找到了", by=by, at=NOW),
    ),
    "entities.actions.changes.settle_changes": (
        "office",
        lambda t, w, by: changes.settle_changes(t.place, [t.ids["change"]], on=TODAY),
    ),
    "reports.actions.changes.undo_change": (
        "office",
        lambda t, w, by: following.undo_change(change(t), by=by, on=TODAY),
    ),
    "reports.actions.life.export_life": ("office", lambda t, w, by: life.export_life(entity(t), "", by=by, on=TODAY)),
    "reports.actions.changes.export_changes": (
        "office",
        lambda t, w, by: following.export_changes(t.place, ChangeFilter(), by=by, on=TODAY),
    ),
    "reports.actions.changes.follow_changes": (
        "office",
        lambda t, w, by: following.follow_changes(w.cast.places["东城区"], on=LATE, at=NOW),
    ),
    "entities.actions.deciding.upgrade_entity": ("office", upgraded),
    "entities.actions.deciding.correct_grade": ("office", corrected),
    "entities.actions.deciding.withdraw_decision": ("office", withdrawn),
    "entities.actions.supply.change_supply": ("office", resupplied),
    "entities.actions.groups.add_group": (
        "office",
        lambda t, w, by: groups.add_group(t.place, "chain", {"name": "新连锁", "uscc": ""}, by=by),
    ),
    "entities.actions.groups.change_group": (
        "office",
        lambda t, w, by: groups.change_group(Cluster.objects.get(pk=t.ids["cluster"]), {"name": "改名"}, by=by),
    ),
    "entities.actions.groups.place_entity": ("office", placed),
    "entities.actions.spots.locate_entity": ("office", located),
    "entities.actions.extras.fill_extras": ("office", filled),
    "entities.actions.sizes.record_size": ("office", measured),
    "entities.actions.expiry.tell_expiry": (
        "office",
        lambda t, w, by: expiry.tell_expiry(w.cast.places["东城区"], on=LATE),
    ),
    "cadres.actions.penalties.tell_penalties": (
        "office",
        lambda t, w, by: penalties.tell_penalties(t.place, by=by, on=TODAY),
    ),
    "cadres.actions.penalties.read_penalty": (
        "cadre",
        lambda t, w, by: penalties.read_penalty(PenaltyNotice.objects.get(pk=t.ids["penalty-notice"]), by=by, at=NOW),
    ),
    "entities.actions.hints.take_hint": (
        "office",
        lambda t, w, by: hints.take_hint(HintKind.CHECK, t.ids["record-check"], by=by, on=TODAY, seen=seen(entity(t))),
    ),
    "entities.actions.hints.dismiss_hint": (
        "office",
        lambda t, w, by: hints.dismiss_hint(HintKind.CHECK, t.ids["record-check"], "还开着", by=by, on=TODAY),
    ),
    "entities.actions.records.add_record": ("office", line_added),
    "entities.actions.records.change_record": ("office", line_changed),
    "entities.actions.records.strike_record": ("office", line_struck),
    "entities.actions.records.restore_record": ("office", line_restored),
    "entities.actions.records.reveal_contact": ("office", contact_seen),
    "entities.actions.grades.follow_grades": (
        "office",
        lambda t, w, by: grades.follow_grades(w.cast.places["东城区"], on=NEXT_YEAR),
    ),
    "entities.actions.regrading.regrade": ("office", regraded),
    "entities.actions.regrading.undo_regrading": ("office", ungraded),
    "entities.actions.bulk.change_many": ("office", changed_many),
    "entities.actions.bulk.undo_bulk": (
        "office",
        lambda t, w, by: bulk.undo_bulk(BulkChange.objects.get(pk=t.ids["bulk"]), by=by, on=TODAY),
    ),
    "entities.actions.quality.give_mending": (
        "office",
        lambda t, w, by: quality.give_mending(t.place, Defect.NO_PHONE, by, NEXT_YEAR, by=by, on=TODAY),
    ),
    "entities.actions.quality.withdraw_mending": (
        "office",
        lambda t, w, by: quality.withdraw_mending(Mending.objects.get(pk=t.ids["mending"]), by=by, on=TODAY),
    ),
    "entities.actions.views.keep_view": (
        "office",
        lambda t, w, by: views.keep_view("新视图", "grade=A", shared=True, by=by),
    ),
    "entities.actions.views.change_view": (
        "office",
        lambda t, w, by: views.change_view(view(t), name="改名", shared=True, by=by),
    ),
    "entities.actions.views.move_view": ("office", lambda t, w, by: views.move_view(view(t), 1, by=by)),
    "entities.actions.views.remove_view": ("office", lambda t, w, by: views.remove_view(view(t), by=by, at=NOW)),
    "entities.actions.views.restore_view": (
        "office",
        lambda t, w, by: views.restore_view(view(t, "view-removed"), by=by),
    ),
    "entities.actions.register.reveal_phone": (
        "office",
        lambda t, w, by: register.reveal_phone(entity(t), by=by, on=TODAY),
    ),
    "reports.actions.exports.export": ("office", lambda t, w, by: export("ledger", {}, by=by, on=TODAY)),
    "reports.actions.exports.write_export": ("office", written),
    "reports.actions.figures.close_period": ("office", closed),
    "reports.actions.calendar.change_calendar": ("editor", recorrected),
    "supervision.actions.clocks.recount_clocks": ("editor", recounted),
    "supervision.actions.closures.accept_closure": (
        "office",
        lambda t, w, by: closures.accept_closure(closure(t), "stopped", by=by, on=TODAY, at=NOW),
    ),
    "supervision.actions.closures.reject_closure": (
        "office",
        lambda t, w, by: closures.reject_closure(closure(t), reason="店面装修", by=by, on=TODAY, at=NOW),
    ),
    "supervision.actions.issues.hand_over": ("cadre", on_issue(Verb.HAND_OVER, "returned", "cadre")),
    "supervision.actions.issues.acknowledge": ("station", on_issue(Verb.ACKNOWLEDGE, "handed_over", "station")),
    "supervision.actions.issues.start": ("station", on_issue(Verb.START, "acknowledged", "station")),
    "supervision.actions.issues.send_back": ("station", on_issue(Verb.SEND_BACK, "handed_over", "station")),
    "supervision.actions.issues.answer": ("station", on_issue(Verb.ANSWER, "handling", "station")),
    "supervision.actions.issues.close": ("cadre", on_issue(Verb.CLOSE, "answered", "cadre")),
    "supervision.actions.issues.reopen": ("cadre", on_issue(Verb.REOPEN, "answered", "cadre")),
    "supervision.actions.issues.act_on_issue": ("station", by_name),
    "supervision.actions.photos.add_photo": ("cadre", completed),
    "supervision.actions.quarters.open_quarter": ("office", opened),
    "supervision.actions.quarters.open_current_quarters": ("office", opened_by_beat),
    "supervision.actions.reminding.write_reminders": ("office", reminded),
    "supervision.actions.visits.submit_visit": ("cadre", submitted),
    "tenancy.actions.accounts.appoint": ("office", appointed),
    "tenancy.actions.accounts.give_login": ("guan", freed),
    "tenancy.actions.accounts.replace_password": (
        "office",
        lambda t, w, by: accounts.replace_password(by.user, "another-for-tests-2", at=NOW),
    ),
    "tenancy.actions.accounts.serve_places": (
        "guan",
        lambda t, w, by: accounts.serve_places(w.cast.posts["zhou"], t.communities[:1], by=by),
    ),
    "tenancy.actions.accounts.dismiss": (
        "guan",
        lambda t, w, by: accounts.dismiss(w.cast.posts["wu"], by=by, on=TOMORROW),
    ),
    "tenancy.actions.accounts.reinstate": ("guan", reinstated),
    "tenancy.actions.logins.open_account": ("accounts", opened_account),
    "tenancy.actions.logins.change_account": (
        "accounts",
        lambda t, w, by: logins.change_account(account(t), t.communities[0], person_name="改名", by=by),
    ),
    "tenancy.actions.logins.reset_password": ("accounts", lambda t, w, by: logins.reset_password(account(t), by=by)),
    "tenancy.actions.logins.stop_account": (
        "accounts",
        lambda t, w, by: logins.stop_account(account(t), by=by, on=TODAY),
    ),
    "tenancy.actions.logins.restart_account": (
        "accounts",
        lambda t, w, by: logins.restart_account(account(t, "account-stopped"), by=by),
    ),
    "tenancy.actions.logins.end_sessions": (
        "accounts",
        lambda t, w, by: logins.end_sessions(account(t), by=by, at=NOW),
    ),
    "tenancy.actions.logins.act_on_account": (
        "accounts",
        lambda t, w, by: logins.act_on_account(account(t), AccountVerb.RESET, by=by, on=TODAY, at=NOW),
    ),
    "tenancy.actions.logins.greet": ("office", lambda t, w, by: logins.greet(by, "password")),
    "tenancy.actions.petitions.ask_post": ("accounts", asked_post),
    "tenancy.actions.petitions.ask_factor_removal": ("accounts", asked_removal),
    "tenancy.actions.petitions.confirm_petition": (
        "grants",
        lambda t, w, by: petitions.confirm_petition(petition(t), by=by, on=TODAY, at=NOW),
    ),
    "tenancy.actions.petitions.refuse_petition": (
        "grants",
        lambda t, w, by: petitions.refuse_petition(petition(t), answer="不符", by=by, at=NOW),
    ),
    "tenancy.actions.petitions.withdraw_petition": (
        "accounts",
        lambda t, w, by: petitions.withdraw_petition(petition(t), by=by, at=NOW),
    ),
    "tenancy.actions.petitions.decide": (
        "grants",
        lambda t, w, by: petitions.decide(petition(t), Decision.CONFIRM, answer="", by=by, on=TODAY, at=NOW),
    ),
    "tenancy.actions.rights.lend_right": ("grants", lent),
    "tenancy.actions.rights.return_right": ("grants", returned),
    "tenancy.actions.second_factor.confirm_factor": ("head", factor_bound),
    "tenancy.actions.second_factor.renew_codes": (
        "chief",
        lambda t, w, by: second_factor.renew_codes(by.user, by=by),
    ),
    "tenancy.actions.second_factor.remove_factor": (
        "chief",
        lambda t, w, by: second_factor.remove_factor(by.user, by=by, subject=by),
    ),
    "tenancy.actions.trail.read_trail": ("trail", read_again),
    "tenancy.actions.trail.export_trail": ("trail", lambda t, w, by: trail.export_trail(TrailFilter(), by=by)),
    "tenancy.actions.trail.verify_trail": ("above", lambda t, w, by: trail.verify_trail(by=by)),
    "tenancy.actions.tree.add_places": ("accounts", added_places),
    "tenancy.actions.tree.rename_place": (
        "accounts",
        lambda t, w, by: tree.rename_place(place(t, "area"), name="改名社区", code="", by=by),
    ),
    "tenancy.actions.tree.close_place": (
        "accounts",
        lambda t, w, by: tree.close_place(place(t, "place-empty"), by=by, on=TODAY),
    ),
    "tenancy.actions.tree.reopen_place": (
        "accounts",
        lambda t, w, by: tree.reopen_place(place(t, "place-closed"), by=by),
    ),
    "reports.actions.places.close_place": (
        "accounts",
        lambda t, w, by: close_place(place(t, "place-empty"), by=by, on=TODAY),
    ),
    "tenancy.actions.calendar.correct_calendar": (
        "editor",
        lambda t, w, by: calendar.correct_calendar(t.place, SPRING, by=by),
    ),
    "tenancy.actions.calendar.settle_year": (
        "editor",
        lambda t, w, by: calendar.settle_year(t.place, 2030, document="通知", by=by),
    ),
    "tenancy.actions.calendar.unsettle_year": (
        "editor",
        lambda t, w, by: calendar.unsettle_year(t.place, TODAY.year + 1, by=by),
    ),
    "tenancy.actions.divisions.lay_down": ("guan", laid_down),
    "tenancy.actions.divisions.start_with_plan": ("guan", started),
    "tenancy.actions.imports.receive_workbook": ("office", received),
    "tenancy.actions.imports.commit_batch": ("office", committed),
    "tenancy.actions.imports.undo_batch": (
        "office",
        lambda t, w, by: imports.undo_batch(batch(t, "ledger"), LEDGER, by=by, at=NOW),
    ),
    "tenancy.actions.mending.amend_cells": ("office", amended),
    "tenancy.actions.mending.set_aside": ("office", aside),
    "tenancy.actions.mending.take_proposals": ("office", proposed),
    "tenancy.actions.mending.map_columns": ("office", mapped),
    "tenancy.actions.mending.forget_word": (
        "office",
        lambda t, w, by: mending.forget_word(
            ImportWord.objects.select_related("jurisdiction").get(pk=t.ids["word"]), by=by
        ),
    ),
    "tenancy.actions.imports.work_off": ("office", worked_off),
    "tenancy.actions.imports.work_off_one": (
        "office",
        lambda t, w, by: worked_off(t, w, by, act=imports.work_off_one),
    ),
    "tenancy.actions.annexes.attach_annex": ("editor", annexed),
    "tenancy.actions.annexes.detach_annex": ("editor", detached),
    "tenancy.actions.drafts.start_draft": ("editor", begun),
    "tenancy.actions.drafts.change_draft": (
        "editor",
        lambda t, w, by: drafts.change_draft(draft(t), Changes(put={"cadre_cap": 9}), seen=1, by=by, on=TODAY, at=NOW),
    ),
    "tenancy.actions.drafts.replace_draft": ("editor", replaced),
    "tenancy.actions.drafts.drop_draft": (
        "editor",
        lambda t, w, by: drafts.drop_draft(draft(t), seen=1, by=by, at=NOW),
    ),
    "tenancy.actions.drafts.put_in_force": ("editor", enforced),
    "reports.actions.plans.enforce_draft": (
        "editor",
        lambda t, w, by: enforcing.enforce_draft(
            draft(t), since=date(2027, 2, 1), seen=1, grades=None, by=by, on=TODAY, at=NOW
        ),
    ),
    "reports.actions.plans.take_back_plan": (
        "editor",
        lambda t, w, by: enforcing.take_back_plan(plan(t, "fresh-plan"), by=by, on=TODAY, at=NOW),
    ),
    "tenancy.actions.drafts.withdraw_plan": (
        "editor",
        lambda t, w, by: drafts.withdraw_plan(plan(t, "fresh-plan"), used=(), by=by, at=NOW),
    ),
    "tenancy.actions.seats.take_seat": (
        "editor",
        lambda t, w, by: seats.take_seat(t.place, *BODY, SeatFacts("新组员"), since=SINCE, by=by, on=TODAY),
    ),
    "tenancy.actions.seats.leave_seat": (
        "editor",
        lambda t, w, by: seats.leave_seat(Seat.objects.get(pk=t.ids["seat"]), TODAY, by=by, on=TODAY),
    ),
    "tenancy.actions.subplans.expect_sub_plan": (
        "editor",
        lambda t, w, by: subplans.expect_sub_plan(plan(t), "教育局", by=by),
    ),
    "tenancy.actions.subplans.file_sub_plan": (
        "office",
        lambda t, w, by: subplans.file_sub_plan(plan(t), t.communities[-1], FACTS, by=by, on=TODAY),
    ),
    "tenancy.actions.subplans.file_awaited": (
        "office",
        lambda t, w, by: subplans.file_awaited(SubPlan.objects.get(pk=t.ids["awaited"]), FACTS, by=by, on=TODAY),
    ),
    "tenancy.actions.subplans.mark_milestone": ("office", ticked),
    "tenancy.actions.subplans.note_stage": ("editor", noted),
    "tenancy.actions.plans.adopt_plan": (
        "office",
        lambda t, w, by: plans.adopt_plan(t.communities[1], shipped_plan("gumei"), since=SINCE, by=by),
    ),
    "tenancy.actions.tree.found_place": ("guan", founded),
    "tenancy.actions.tree.move_place": (
        "guan",
        lambda t, w, by: tree.move_place(Jurisdiction.objects.get(pk=t.communities[1].pk), w.beside.place, by=by),
    ),
}
PART = "A part of another act, which records the whole; nothing calls it alone."
PURE = "Computes or reads and gives back; nothing is written."
QUIET = {
    "cadres.actions.cards.claim_sheet": "A worker marks its row; asking and writing are recorded.",
    "cadres.actions.cards.remove_expired_sheets": "Takes away files whose codes open nothing any more; nobody acts.",
    "supervision.actions.round_reminding.write_round_reminders": f"{PART} That act is write_reminders.",
    "tenancy.actions.doors.new_door": PURE,
    "tenancy.actions.doors.day_of": PURE,
    "cadres.actions.proposing.bearers": PURE,
    "cadres.actions.proposing.charges_of": PURE,
    "cadres.actions.proposing.drafted": f"{PART} Those acts are propose and propose_handover.",
    "reports.actions.changes.remind_of_cadres": f"{PART} That act is follow_changes.",
    "reports.actions.ladder.say": f"{PART} That act is follow_changes.",
    "cadres.actions.post_imports.validator": PURE,
    "cadres.actions.post_imports.words": PURE,
    "cadres.actions.post_imports.write_posts": f"{PART} That act is commit_batch.",
    "cadres.actions.post_imports.take_back_posts": f"{PART} That act is undo_batch.",
    "cadres.actions.roster.validator": PURE,
    "cadres.actions.roster.write_roster": f"{PART} That act is commit_batch.",
    "cadres.actions.roster.take_back_roster": f"{PART} That act is undo_batch.",
    "cadres.actions.roster.roster_words": PURE,
    "cadres.actions.roster.words": PURE,
    "entities.actions.outside.validator": PURE,
    "entities.actions.accepting.taking_preview": PURE,
    "entities.actions.ledger.write_rows": f"{PART} Those acts are commit_batch and accept_differences.",
    "entities.actions.ledger_undo.open_differences": f"{PART} That act is undo_batch.",
    "entities.actions.outside.write_list": f"{PART} That act is commit_batch.",
    "entities.actions.outside.take_back_list": f"{PART} That act is undo_batch.",
    "entities.actions.differences.reason_of": PURE,
    "entities.actions.differences.checked_row": PURE,
    "entities.actions.ledger.areas_for": PURE,
    "entities.actions.ledger.validator": PURE,
    "entities.actions.ledger.words": PURE,
    "entities.actions.ledger.write_ledger": f"{PART} That act is commit_batch.",
    "entities.actions.ledger.take_back_ledger": f"{PART} That act is undo_batch.",
    "entities.actions.ledger_tables.write": f"{PART} That act is commit_batch.",
    "entities.actions.naming.people_followed": f"{PART} That act is commit_batch or undo_batch.",
    "entities.actions.record_imports.validator": PURE,
    "entities.actions.record_imports.words_of": PURE,
    "entities.actions.record_imports.import_kind": PURE,
    "entities.actions.record_imports.write_lines": f"{PART} That act is commit_batch.",
    "entities.actions.record_imports.take_back_lines": f"{PART} That act is undo_batch.",
    "entities.actions.ledger_undo.keep_before": f"{PART} That act is commit_batch.",
    "entities.actions.ledger_undo.take_back": f"{PART} That act is undo_batch.",
    "entities.actions.naming.follow_people": f"{PART} Those acts are the ones on the lines beside an entity.",
    "entities.actions.size_history.keep_sizes": f"{PART} Those acts are the ones that write an entity's figures.",
    "entities.actions.naming.end_unnamed": f"{PART} That act is change_entity.",
    "entities.actions.grades.settle": f"{PART} Those acts are the ones on an entity and the decisions about it.",
    "entities.actions.grades.grade_of": PURE,
    "entities.actions.grades.write_lines": f"{PART} Those acts are commit_batch, regrade and the ones on an entity.",
    "entities.actions.grades.kept_rows": PURE,
    "entities.actions.grades.put_back": f"{PART} Those acts are undo_batch and undo_regrading.",
    "entities.actions.grades.show_grade_of_day": f"{PART} Those acts are undo_regrading and undo_bulk.",
    "entities.actions.bulk.refuse_too_many": PURE,
    "entities.actions.ledger_undo.keep_lines": f"{PART} That act is change_many.",
    "entities.actions.ledger_undo.put_lines_back": f"{PART} That act is undo_bulk.",
    "entities.actions.ledger.subject_of_row": PURE,
    "entities.actions.ledger.licences_after": PURE,
    "entities.actions.register.locked": "Reads an entity again under a lock and refuses a stale one; nothing is written.",
    "entities.actions.register.version_of": PURE,
    "entities.actions.register.refuse_merged": PURE,
    "entities.actions.register.hold_status": f"{PART} Those acts are change_status, its undo and undo_change.",
    "entities.actions.changes.open_added": f"{PART} That act is add_entity.",
    "entities.actions.changes.open_changes": f"{PART} Those acts are change_entity and change_status.",
    "entities.actions.changes.open_from_ledger": f"{PART} That act is commit_batch.",
    "entities.actions.changes.open_many": f"{PART} That act is change_many.",
    "entities.actions.register.lay_derived": f"{PART} Those acts are add_entity, change_entity, merge_entities and its undo.",
    "entities.actions.changes.mark_undone": f"{PART} Those acts are undo_status and undo_change.",
    "reports.actions.exports.sheet_for": PURE,
    "reports.actions.exports.claim_export": "A worker marks its row; asking and writing are recorded.",
    "reports.actions.figures.refresh_ratios": "Figures computed from recorded facts every ten minutes; nobody acts.",
    "supervision.actions.closures.report_closure": f"{PART} That act is submit_visit, which records the outcome.",
    "supervision.actions.telling.holders_of": PURE,
    "supervision.actions.telling.tell": f"{PART} Whoever answers, sends back or rejects records it.",
    "supervision.actions.issues.open_issues": f"{PART} That act is submit_visit; each issue begins its own log.",
    "supervision.actions.reminding.due_steps": PURE,
    "supervision.actions.setwise.insert_from": f"{PART} That act is open_quarter.",
    "tenancy.actions.accounts.create_login": "A name without any place yet; that it serves a post is recorded with the post.",
    "tenancy.actions.accounts.lay_password": f"{PART} Those are replace_password and reset_password.",
    "tenancy.actions.accounts.look_after": f"{PART} Those are appoint, give_login and open_account.",
    "tenancy.actions.accounts.refuse_last": PURE,
    "tenancy.actions.logins.first_password": PURE,
    "tenancy.actions.second_factor.start_factor": "A key that is good for nothing yet; binding it is recorded.",
    "tenancy.actions.second_factor.secret_of": PURE,
    "tenancy.actions.second_factor.binding_of": PURE,
    "tenancy.actions.second_factor.check_code": "Counts tries on the login before any place is known; signing in is recorded.",
    "tenancy.actions.sealing.check_chain": PURE,
    "reports.actions.places.entities_in": PURE,
    "tenancy.actions.annexes.keep_file": f"{PART} Those acts are attach_annex, file_sub_plan and file_awaited.",
    "tenancy.actions.divisions.shipped_divisions": PURE,
    "tenancy.actions.divisions.shipped_line": PURE,
    "tenancy.actions.divisions.root_path": PURE,
    "tenancy.actions.imports.confirm_batch": "Only asks for the commit, which records who confirmed and what was written.",
    "tenancy.actions.imports.give_back": "Puts a batch that could not be written back to where it was, with the reason on it.",
    "tenancy.actions.imports.undo_until": PURE,
    "tenancy.actions.mending.titles_at": PURE,
    "tenancy.actions.mending.marked_workbook": PURE,
    "tenancy.actions.sheets.sheets_with_header": PURE,
    "tenancy.actions.sheets.questions_about": PURE,
    "tenancy.actions.sheets.unit_sentence": PURE,
    "tenancy.actions.sheets.notes_on": PURE,
    "tenancy.actions.sheets.mapped_rows": PURE,
    "tenancy.actions.staging.no_words": PURE,
    "tenancy.actions.staging.stage_workbook": "Reads an upload that was recorded into its staging rows; nothing live changes.",
    "tenancy.actions.staging.lay_down": "Lays rows into the staging table; the upload or the correction before it is recorded.",
    "tenancy.actions.staging.seal_cell": PURE,
    "tenancy.actions.staging.open_cells": PURE,
    "tenancy.actions.staging.recheck": "Checks staging rows again; the correction before it is recorded.",
    "tenancy.actions.staging.meant_by_titles": PURE,
    "tenancy.actions.sealing.digest_of": PURE,
    "tenancy.actions.sealing.seal_events": "The chain over the events themselves; an event about it would never end.",
    "tenancy.actions.sealing.first_broken_link": PURE,
    "tenancy.actions.tree.free_path": PURE,
}
