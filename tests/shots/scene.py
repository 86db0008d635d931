"""The street of the demo in the middle of a quarter, as its people would find it on a working day.

Everything goes through the real actions and endpoints; only overdue dates are set by hand, since no day passes here.
"""

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import segno
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageDraw

from cadres.actions.cards import ask_for_cards, claim_sheet, write_sheet
from cadres.actions.changes import register_change as register_cadre_change
from cadres.actions.penalties import read_penalty, tell_penalties
from cadres.actions.proposing import propose
from cadres.actions.roster import ROSTER
from cadres.models import Assignment, Cadre, PenaltyNotice, Proposal
from cadres.rules.changes import CadreChangeKind
from commitments.actions import review, upload_scan
from commitments.models import CommitmentLetter
from commitments.queries import token_of
from demo import loading
from entities.actions.bulk import change_many
from entities.actions.clearing import ask_clearance
from entities.actions.deciding import Grounds, upgrade_entity
from entities.actions.differences import keep_difference
from entities.actions.doubles import merge_entities
from entities.actions.groups import Belonging, add_group, place_entity
from entities.actions.ledger import LEDGER
from entities.actions.lifecycle import register_change, register_status
from entities.actions.outside import OUTSIDE, Origin, receive_list, set_basis
from entities.actions.quality import give_mending
from entities.actions.record_imports import PENALTIES
from entities.actions.records import add_record
from entities.actions.register import add_entity, version_of
from entities.actions.regrading import regrade, undo_regrading
from entities.actions.surveys import Found, draft_line, open_survey
from entities.actions.views import keep_view
from entities.models import Entity, EntityChange, GradeDecision, OutsideList
from entities.rules.bulk import BulkKind, Wish
from entities.rules.changes import Occasion
from entities.rules.ledger import LedgerRow
from entities.rules.outside import Source
from entities.rules.quality import Defect
from entities.rules.surveys import Outcome
from entities.rules.vocabulary import Grade, OperatingStatus
from reports.models import Export
from supervision.actions.visits import submit_visit
from supervision.forms import read_visit
from supervision.models import Issue, Obligation, Quarter, Visit
from tenancy.actions.accounts import appoint, create_login, serve_places
from tenancy.actions.annexes import attach_annex
from tenancy.actions.calendar import correct_calendar
from tenancy.actions.drafts import change_draft, start_draft
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.actions.invitations import invite
from tenancy.actions.logins import open_account, stop_account
from tenancy.actions.mending import amend_cells, map_columns, titles_at
from tenancy.actions.petitions import ask_post, refuse_petition
from tenancy.actions.plans import adopt_plan
from tenancy.actions.rights import lend_right
from tenancy.actions.sealing import seal_events
from tenancy.actions.seats import SeatFacts, leave_seat, take_seat
from tenancy.actions.second_factor import confirm_factor, secret_of, start_factor
from tenancy.actions.subplans import SubPlanFacts, expect_sub_plan, file_sub_plan, mark_milestone
from tenancy.actions.trail import read_trail
from tenancy.actions.tree import close_place, found_place
from tenancy.models import Account, ImportBatch, Jurisdiction, Plan, Post, User
from tenancy.plans import PlanFile, PlanHeader, resolve
from tenancy.plans.drafting import Changes
from tenancy.queries.plans import plan_in_force
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.paths import tenant_of
from tenancy.rules.roles import Right, Role
from tenancy.rules.second_factor import code_at
from tenancy.scoping import acting_in
from tenancy.workbooks import read_table
from tests.cast import signed_in

FIXTURES = Path(__file__).parent.parent / "fixtures"
STROKES = [[[10, 40], [40, 20], [70, 60], [110, 30], [150, 55]], [[30, 70], [90, 75], [160, 68]]]


@dataclass
class Scene:
    """The place, its logins and the objects that pages are about."""

    place: Jurisdiction
    now: datetime
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def client(self, login: str) -> Client:
        return signed_in(User.objects.get(username=login))


def lay_out() -> Scene:
    """Loads everything and remembers what the pages need."""
    place = loading.load_places()
    loading.load_people()
    now = timezone.now()
    loading.load_street(place, now=now)
    scene = Scene(place, now)
    _visit(scene)
    with acting_in(tenant_of(place.path)):
        _letters(scene)
        _imports(scene)
        _some_late(scene)
        _corrections(scene)
        _closed_shop(scene)
        _papers(scene)
        _grades(scene)
        _views(scene)
        _changes(scene)
        _records(scene)
        _penalties(scene)
        _administration(scene)
        _ids(scene)
        _cards(scene)
        _plans(scene)
        _seats(scene)
    return scene


def _visit(scene: Scene) -> None:
    """The canteen's cadre was there: one problem settled on the spot, one handed over, one photo."""
    cadre = scene.client("cadre")
    document = cadre.get("/api/my/visits").json()
    target = next(row for row in document["entities"] if row["must_onsite"])
    photo, address = shop_photo(), f"/api/visits/{uuid4()}"
    body = json.dumps(_body(document, target, photo, scene))
    made = cadre.put(address, body, content_type="application/json")
    assert made.status_code in (201, 202), made.content.decode()
    for sha in made.json()["missing"]:
        cadre.put(f"{address}/photos/{sha}", photo, content_type="image/jpeg")
    rest = [row["id"] for row in document["entities"] if row["id"] != target["id"]]
    scene.ids |= {"visited": target["id"], "to_visit": rest[0]}


def _body(document: dict[str, Any], target: dict[str, Any], photo: bytes, scene: Scene) -> dict[str, Any]:
    sections = document["task_lists"][target["task_list"]]["sections"]
    answers = [{"item": item["code"], "answer": "yes"} for section in sections for item in section["items"]]
    answers[0] |= {"answer": "no", "note": "冷藏柜温度记录缺少三天", "disposal": "handed_over"}
    answers[1] |= {"answer": "no", "note": "已当场补挂制度牌", "disposal": "on_spot"}
    return {
        "entity": target["id"],
        "obligation": target["obligation"],
        "mode": "onsite",
        "visited_on": scene.today.isoformat(),
        "started_at": scene.now.isoformat(),
        "task_list": target["task_list"],
        "answers": answers,
        "photos": [sha256(photo).hexdigest()],
        "cadre_signature": STROKES,
        "entity_signature": {"strokes": STROKES, "name": "李㛃", "position": "食品安全员"},
        "outcome": "done",
    }


def shop_photo() -> bytes:
    image = Image.effect_noise((800, 600), 60).convert("RGB")
    ImageDraw.Draw(image).rectangle((200, 150, 600, 450), fill="#8fb3c9", outline="#43515f", width=6)
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def scan_of(letter: CommitmentLetter) -> bytes:
    """A photographed page with the letter's code and lines in place of its text."""
    paper, code = Image.new("RGB", (900, 1270), "#fbfaf5"), io.BytesIO()
    segno.make(token_of(letter), micro=False).save(code, kind="png", scale=5)
    paper.paste(Image.open(io.BytesIO(code.getvalue())).convert("RGB"), (640, 60))
    drawing = ImageDraw.Draw(paper)
    for row in range(24):
        drawing.rectangle((110, 300 + row * 34, 790 - (row % 5) * 60, 310 + row * 34), fill="#59626b")
    drawing.line((150, 1180, 200, 1140, 250, 1190, 320, 1150), fill="#10263a", width=4)
    return _jpeg(paper)


def _letters(scene: Scene) -> None:
    """Two wait for the district, one came back, one passed; the rest are unsigned."""
    clerk, district = loading.post_of("clerk"), loading.post_of("district")
    letters = list(CommitmentLetter.objects.filter(reviewer__isnull=False, signer_tier="street").order_by("pk")[:4])
    for letter in letters:
        upload_scan(
            letter, scan_of(letter), f"{letter.signer_name}-承诺书.jpg", by=clerk, at=scene.now - timedelta(hours=3)
        )
    review(letters[0], "returned", "签名不清楚，请重新扫描", by=district, at=scene.now - timedelta(minutes=5))
    review(letters[1], "passed", by=district, at=scene.now - timedelta(minutes=4))
    unsigned = CommitmentLetter.objects.filter(state__in=["draft", "issued"]).order_by("pk").first()
    scene.ids |= {
        "letter_returned": letters[0].pk,
        "letter_approved": letters[1].pk,
        "letter_uploaded": letters[2].pk,
        "letter_unsigned": unsigned.pk if unsigned else 0,
    }


def _imports(scene: Scene) -> None:
    """A sheet nobody can read, a ledger with faults that waits, one just sent, a roster with faults; two sheets with
    titles of their own, after the office has settled others."""
    clerk = loading.post_of("clerk")

    def receive(kind: str, name: str, data: bytes) -> ImportBatch:
        return receive_workbook(scene.place, kind=kind, filename=name, data=data, by=clerk)

    failed = receive("ledger", "会议通知.xlsx", b"not a workbook at all")
    stage_workbook(failed, LEDGER, on=scene.today)
    staged = receive("ledger", "古美路街道台账-11月更新.csv", later_ledger())
    stage_workbook(staged, LEDGER, on=scene.today)
    roster = receive("roster", "干部名册-11月更新.csv", later_roster())
    stage_workbook(roster, ROSTER, on=scene.today)
    settled = receive("ledger", "食安办自用台账.csv", with_titles(later_ledger(), 经营地址="门店位置", 负责人="管理人"))
    stage_workbook(settled, LEDGER, on=scene.today)
    point_out(settled, {"门店位置": "address", "管理人": "-"}, by=clerk)
    stage_workbook(settled, LEDGER, on=scene.today)
    words = {"old": "食堂甲", "new": "单位食堂", "number": None, "remember": True, "by": clerk, "on": scene.today}
    amend_cells(settled, LEDGER, column="business_type", **words)
    own = receive(
        "ledger",
        "村里报来的台账.csv",
        with_titles(later_ledger(), 经营地址="场所地址", 许可证编号="证号", 经营状态="备注情况"),
    )
    stage_workbook(own, LEDGER, on=scene.today)
    lists = receive("roster", "两委名单.csv", with_titles(later_roster(), 职务="担任何职", 手机="手机号码长号"))
    stage_workbook(lists, ROSTER, on=scene.today)
    waiting = receive("ledger", "刚刚上传.csv", later_ledger() + b"\n")
    fined = receive("penalties", "古美市场所-处罚月报.csv", station_list(scene))
    stage_workbook(fined, PENALTIES, on=scene.today)
    scene.ids |= {
        "import_unmapped": own.pk,
        "import_penalties": fined.pk,
        "penalties_row": fined.rows.filter(refused=True).order_by("number")[0].number,
        "import_settled": settled.pk,
        "roster_unmapped": lists.pk,
        "import_failed": failed.pk,
        "import_staged": staged.pk,
        "import_waiting": waiting.pk,
        "import_roster": roster.pk,
        "import_committed": ImportBatch.objects.get(kind="ledger", state="committed").pk,
        "import_roster_done": ImportBatch.objects.get(kind="roster", state="committed").pk,
    }


def station_list(scene: Scene) -> bytes:
    """A month's penalties: two shops of the register, one that nobody knows, one kind nobody knows."""
    first, second = Entity.objects.filter(grade="D", status="active").order_by("-pk")[:2]
    day, body = scene.today - timedelta(days=6), "某区市场监督管理局"
    titles = "当事人,信用代码,地址,处罚种类,文号,决定日期,处罚机关,违法事实"
    rows = [
        (first.name, first.uscc, first.address, "警告、罚款", 11, day, body, "未按规定进货查验"),
        (second.name, "", second.address, "责令停产停业", 12, day, body, "后厨环境不符合要求"),
        ("平吉小吃", "", "平吉路1号", "罚款", 13, day, body, "超范围经营"),
        (first.name, "", first.address, "封门", 14, day, body, ""),
    ]
    lines = [",".join((*row[:4], f"某市监罚〔2026〕{row[4]}号", f"{row[5]}", *row[6:])) for row in rows]
    return "\r\n".join([titles, *lines]).encode("utf-8-sig")


def with_titles(data: bytes, **titles: str) -> bytes:
    """The same sheet with other words over some of its columns."""
    header, *rest = data.decode("utf-8-sig").split("\r\n")
    names = ",".join(titles.get(title, title) for title in header.split(","))
    return "\r\n".join([names, *rest]).encode("utf-8-sig")


def point_out(batch: ImportBatch, said: dict[str, str], *, by: Post) -> None:
    """Settles what the unknown titles mean, and leaves the known ones as they were read."""
    titles = titles_at(batch, batch.sheet, batch.header_row)
    meanings = {at: said[title] for at, title in titles.items() if title in said}
    meanings |= {at: key for key, at in batch.columns.items()}
    map_columns(batch, LEDGER, sheet=batch.sheet, header_row=batch.header_row, meanings=meanings, by=by)
    batch.refresh_from_db()


def later_ledger() -> bytes:
    """Next month's ledger in short: rows as they were, a moved one, two new ones, and the sample's faulty ones."""
    header, rows = _rows("ledger-gumei.xlsx")
    faulty = {
        problem["row"] for problem in json.loads((FIXTURES / "ledger-gumei.expected.json").read_text())["problems"]
    }
    kept = [cells for number, cells in rows if number in faulty] + [cells for _, cells in rows[:12]]
    name, address = header.index("主体名称"), header.index("经营地址")
    moved, *new = ([*cells] for _, cells in rows[20:23])
    moved[address] = "莲花路1288弄6号"
    for number, cells in enumerate(new, start=1):
        cells[name] = f"绿野鲜蔬便利店（新开{number}号店）"
        cells[header.index("统一社会信用代码")] = cells[header.index("许可证编号")] = ""
    return _csv([header, *kept, moved, *new])


def later_roster() -> bytes:
    """Next month's roster in short: four as they were, one promoted, one of an unknown tier, one without a unit."""
    header, rows = _rows("cadres-gumei.xlsx")
    kept = [[*cells] for _, cells in rows[:7]]
    kept[4][header.index("职务")] = "党工委书记"
    kept[5][header.index("层级")] = "县处级"
    kept[6][header.index("单位")] = ""
    return _csv([header, *kept])


def _rows(name: str) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    sheet = read_table((FIXTURES / name).read_bytes(), name).sheets[0]
    rows = list(sheet.rows)
    at = next(index for index, (_, cells) in enumerate(rows) if cells[0] == "序号")
    return [str(cell) for cell in rows[at][1]], [(number, list(cells)) for number, cells in rows[at + 1 :]]


def _csv(rows: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _some_late(scene: Scene) -> None:
    """Three obligations ran out last week."""
    late = list(Obligation.objects.filter(fulfilled_by__isnull=True).order_by("pk").values_list("pk", flat=True)[:3])
    Obligation.objects.filter(pk__in=late).update(due_on=scene.today - timedelta(days=8))


def _corrections(scene: Scene) -> None:
    """One day of the year that the street keeps otherwise than the State Council."""
    planner = loading.post_of("planner")
    days = [Correction(date(2026, 12, 28), is_workday=False, reason="本地停电检修，闵古办函〔2026〕3号")]
    correct_calendar(scene.place, Change(tuple(days)), by=planner)


def _closed_shop(scene: Scene) -> None:
    """A cadre reported one of his shops closed; the clerk has not looked yet."""
    held = Assignment.objects.exclude(entity__in=[scene.ids["visited"], scene.ids["to_visit"]])
    one = held.filter(cadre__post__user__username="cadre").select_related("cadre__post", "entity").order_by("pk")[0]
    body = {
        "entity": one.entity_id,
        "mode": "onsite",
        "visited_on": scene.today.isoformat(),
        "cadre_signature": STROKES,
    }
    body |= {"outcome": "shop_closed", "conclusion": "卷帘门已锁，邻铺说搬走两周"}
    made = read_visit(json.dumps(body).encode())
    visit = submit_visit(one.entity, key=uuid4(), body=made, by=one.cadre.post, on=scene.today, at=scene.now).visit
    scene.ids |= {"closure": visit.closure.pk, "visit_closed": visit.pk}


def _papers(scene: Scene) -> None:
    """A proposal that waits, and one export of each state."""
    clerk = loading.post_of("clerk")
    busy = Assignment.objects.in_force(scene.today).order_by("pk").last().cadre
    why = Occasion(scene.today, "调任其他街道任职", "示例组〔2026〕12号")
    gone = register_cadre_change(busy, CadreChangeKind.MOVED, why, by=clerk, on=scene.today)
    scene.ids["cadre_change"] = gone.pk
    scene.ids["proposal"] = propose(scene.place, by=clerk, on=scene.today).pk
    for state in ("running", "failed", "done"):
        made = Export.objects.create(
            jurisdiction=scene.place, place=scene.place.path, kind="ledger", state=state, rows=12_864,
            filename=f"包保主体台账-古美路街道-{scene.today:%Y%m%d}.xlsx", asked_by=clerk, asked_on=scene.today,
            stored="exports/none.xlsx" if state == "done" else "",
            error="" if state != "failed" else "磁盘空间不足，请联系系统管理员后重新导出。",
        )  # fmt: skip
        scene.ids[f"export_{state}"] = made.pk


def _administration(scene: Scene) -> None:
    """Accounts of every state, what waits for the second person, a station of several communities, a closed place."""
    system, security, place = loading.post_of("sysadmin"), loading.post_of("secadmin"), scene.place
    on, at = scene.today, scene.now
    new, _password = open_account(place, username="qinwen-gumei", person_name="秦雯", by=system)
    gone, _password = open_account(place, username="hexin-gumei", person_name="何昕", by=system)
    stop_account(gone, by=system, on=on)
    ask_post(
        new, place, role=Role.STREET_OFFICE, since=on, title="食药安办经办", reason="古美任〔2026〕12号", by=system
    )
    ask_post(
        new, place, role=Role.INSPECTOR, since=on, until=on + timedelta(days=90), reason="区督查组借调三个月", by=system
    )
    refused = ask_post(gone_by(gone), place, role=Role.LEADER, since=on, reason="分工调整", by=system)
    refuse_petition(refused, answer="没有附任职文件", by=security, at=at)
    leader, station = loading.post_of("leader"), loading.post_of("station")
    until = on + timedelta(days=14)
    lend_right(leader, Right.APPROVE_LIST, place, since=on, until=until, reason="主任外出学习期间代批", by=security)
    serve_places(station, list(Jurisdiction.objects.filter(parent=place).order_by("path")[:3]), by=system)
    old = found_place(place, name="东苑（已并入东兰）", level="community", segment="090", by=system)
    close_place(old, by=system, on=on)
    district = loading.post_of("district")
    secret = secret_of(start_factor(district.user))
    confirm_factor(district.user, code_at(secret, at.timestamp()), by=district, at=at)
    start_factor(leader.user)
    read_trail(by=loading.post_of("auditor"), on=on)
    tenant = Jurisdiction.objects.get(path=tenant_of(place.path))
    seal_events(tenant)
    scene.ids |= {
        "account_new": new.pk,
        "account_stopped": gone.pk,
        "account_bound": Account.objects.get(user=district.user).pk,
        "account_own": Account.objects.get(user=system.user).pk,
        "post_leader": leader.pk,
        "post_station": station.pk,
        "community": Jurisdiction.objects.filter(parent=place, closed_on=None).values_list("pk", flat=True)[0],
        "district": tenant.pk,
    }


def gone_by(account: Account) -> Account:
    """The account as it was before it was stopped, so that something can be asked for it."""
    account.user.is_active = True
    return account


def _grades(scene: Scene) -> None:
    """An entity raised until the summer, and stricter rules for the next year: one regrading undone, one to look at."""
    clerk, until = loading.post_of("clerk"), scene.today + timedelta(days=200)
    raised = Entity.objects.filter(grade="D", status="active").order_by("-pk")[0]
    grounds = Grounds("寄宿制学校周边，节假日人流大", "食药安委会议", "闵古食药安委纪〔2026〕7号", until)
    upgrade_entity(raised, Grade.C, grounds, by=clerk, on=scene.today, seen=version_of(raised))
    plan, since = stricter(scene), date(scene.today.year + 1, 1, 1)
    made = regrade(
        scene.place,
        resolve([*plan_in_force(scene.place.path, scene.today).layers, plan.layer()]),
        by=clerk,
        on=scene.today,
    )
    undo_regrading(made, by=clerk, on=scene.today)
    adopt_plan(scene.place, plan, since=since, by=clerk)
    scene.ids |= {
        "raised": raised.pk,
        "decision": GradeDecision.objects.get(entity=raised).pk,
        "regrading": made.pk,
        "next_year": since.isoformat(),
    }


def _views(scene: Scene) -> None:
    """Two filters the clerk keeps, one of them for the whole office."""
    clerk = loading.post_of("clerk")
    keep_view("小微餐饮", "business_type=catering&size=micro", by=clerk)
    keep_view("缺许可证", "defect=no-licence", shared=True, by=clerk)
    for defect, days in ((Defect.NO_LICENCE, 20), (Defect.ODD_PHONE, 5)):
        give_mending(scene.place, defect, clerk, scene.today + timedelta(days=days), by=clerk, on=scene.today)
    doc, small = plan_in_force(scene.place.path, scene.today).value, Entity.objects.filter(grade="C", status="active")
    wish = Wish(BulkKind.ADD_TAG, "夏季抽检", "夏季抽检")
    made = change_many(small, wish, doc, by=clerk, on=scene.today, conditions="C 级；在营")
    scene.ids["bulk"] = made.pk


def _records(scene: Scene) -> None:
    """A canteen with lines of every kind: what holds, what has run out, a number that does not fit."""
    by, on, day = loading.post_of("clerk"), scene.today, timedelta(days=1)
    kept, other = Entity.objects.filter(status="active", grade="B").order_by("pk")[:2]
    licence = {
        "kind": "JY", "issued_by": "某区市场监管局", "valid_from": on - 900 * day, "scope": "热食类、冷食类食品制售",
        "state": "in_force",
    }  # fmt: skip
    officer = {
        "role": "officer", "name": "安小满", "phone": "19900003311", "shift": "full", "since": on - 300 * day,
        "until": None, "health_until": on + 20 * day, "appointment": "任〔2026〕2号",
    }  # fmt: skip
    policy = {"insurer": "某财产保险公司", "policy_number": "PZ-2026-0001"}
    ban = {"kind": "ban", "person": "前厨师长周某", "text": "五年内不得从事食品经营管理", "source": "某区市场监管局"}
    days = {"since": on - 100 * day, "until": on + 1700 * day}
    lines: list[tuple[Entity, str, dict[str, Any]]] = [
        (kept, "licence", licence | {"number": "JY23101129126457", "valid_until": on + 40 * day}),
        (kept, "licence", licence | {"number": "JY13101129126458", "valid_until": on - 10 * day, "scope": ""}),
        (kept, "contact", officer),
        (other, "contact", officer | {"shift": "part", "appointment": ""}),
        (kept, "contact", officer | {"name": "前任一", "phone": "", "until": on - 30 * day, "health_until": None}),
        (kept, "insurance", policy | {"valid_from": on - 400 * day, "valid_until": on - 35 * day}),
        (
            other,
            "insurance",
            policy | {"policy_number": "PZ-2026-0002", "valid_from": on - 30 * day, "valid_until": on + 300 * day},
        ),
        (kept, "code", {"system": "某外卖平台", "number": "MT-0099231"}),
        (kept, "flag", ban | days | {"document": "某市监罚〔2026〕3号"}),
        (
            kept,
            "check",
            {"checked_on": on - 9 * day, "result": "mostly", "source": "古美市场所", "problems": "冰柜无标签"},
        ),
    ]
    for entity, kind, values in lines:
        entity.refresh_from_db()
        made = add_record(entity, kind, values, by=by, on=on, seen=version_of(entity))
        scene.ids.setdefault(kind, made.pk)
    scene.ids["kept"] = kept.pk


def _penalties(scene: Scene) -> None:
    """Shops that were stopped: one told and read, one told, one closed since, one nobody answers for."""
    clerk, cadre, on = loading.post_of("clerk"), loading.post_of("cadre"), scene.today
    mine = list(Entity.objects.filter(assignments__in=Assignment.objects.in_force(on).filter(cadre__post=cadre))[:2])
    held = Entity.objects.filter(status="active", assignments__in=Assignment.objects.in_force(on)).exclude(
        pk__in=[e.pk for e in mine]
    )
    shops = [
        *mine,
        *held.order_by("-pk")[:1],
        Entity.objects.filter(status="active", assignments=None).order_by("pk")[0],
    ]
    for number, entity in enumerate(shops):
        if number == 2:
            tell_penalties(scene.place, by=None, on=on)
        day = on - timedelta(days=20 - number)
        facts = {
            "kind": "penalty", "measures": ["责令停产停业", "罚款"], "person": "", "text": "后厨环境不符合要求，经责令改正仍未改正",
            "source": "某区市场监督管理局", "document": f"某市监罚〔2026〕{40 + number}号", "decided_on": day, "since": day, "until": None,
        }  # fmt: skip
        entity.refresh_from_db()
        add_record(entity, "flag", facts, by=clerk, on=on, seen=version_of(entity))
    gone = {
        "checked_on": on - timedelta(days=2),
        "result": "not_found",
        "source": "古美市场所",
        "problems": "三次上门无人",
    }
    shops[2].refresh_from_db()
    add_record(shops[2], "check", gone | {"document": "检〔2026〕88号"}, by=clerk, on=on, seen=version_of(shops[2]))
    read_penalty(PenaltyNotice.objects.filter(cadre__post=cadre).order_by("pk")[0], by=cadre, at=scene.now)
    closed = shops[1]
    closed.refresh_from_db()
    occasion = Occasion(on, "受到停产停业处罚", "某市监罚〔2026〕41号")
    register_status(closed, OperatingStatus.STOPPED, occasion, by=clerk, on=on, seen=version_of(closed))


def _seats(scene: Scene) -> None:
    """A head of the leading group who came after another, a member of the street and one from elsewhere."""
    planner, group = loading.post_of("planner"), "leading-group"
    first = SeatFacts("罗振华", "街道办事处主任")
    held = take_seat(scene.place, group, "head", first, since=date(2026, 1, 5), by=planner, on=scene.today)
    leave_seat(held, date(2026, 6, 30), by=planner, on=scene.today)
    for role, name, title in (("head", "冯启明", "党工委书记"), ("member", "邹莉", "教育局联络人")):
        facts = SeatFacts(name, title)
        take_seat(scene.place, group, role, facts, since=date(2026, 7, 1), by=planner, on=scene.today)
    clerk = SeatFacts(post=loading.post_of("clerk"))
    take_seat(scene.place, group, "member", clerk, since=date(2026, 1, 5), by=planner, on=scene.today)


def stricter(scene: Scene) -> PlanFile:
    """The street's own rules, with small caterers in B and stalls in C."""
    rules = [
        rule.model_dump(mode="json", exclude_none=True)
        for rule in plan_in_force(scene.place.path, scene.today).value.grading_rules
    ]
    catering = {"code": "b-small", "name": "小型餐饮企业（次年起）", "grade": "B", "clause": "二（一）"}
    catering["when"] = {"business_types": ["catering"], "sizes": ["small"]}
    header = PlanHeader(title="古美路街道包保工作补充方案", number="闵古办〔2026〕51号")
    return PlanFile(header=header, values={"grading_rules": [catering, *rules]}, clauses={"grading_rules": "二"})


def _cards(scene: Scene) -> None:
    """A phone that is bound, a card that waits, a printing that is ready and one that waits."""
    clerk, at = loading.post_of("clerk"), {"on": scene.today, "at": scene.now}
    bound = loading.post_of("cadre")
    phone, card = Client(), invite(bound, by=clerk, **at)
    form = {"known": bound.phone.last4 or bound.person_name, "pin": "204816", "again": "204816"}
    answer = phone.post(f"/c/{card.token}/", form)
    assert answer.status_code == 302, answer.content.decode()
    waiting = loading.post_of("cadre2")
    User.objects.filter(pk=waiting.user_id).update(last_login=None)
    area = Cadre.objects.order_by("-place").values_list("place", flat=True)[0]
    made = ask_for_cards(area, again=True, origin="http://localhost", by=clerk, **at)
    claim_sheet(made.pk)
    write_sheet(made.pk, **at)
    queued = ask_for_cards(scene.place.path, again=False, origin="http://localhost", by=clerk, **at)
    scene.ids |= {
        "device_cookie": phone.cookies["device"].value,
        "cadre_bound": bound.cadre.pk,
        "card": invite(waiting, by=clerk, **at).token,
        "sheet": made.pk,
        "sheet_waiting": queued.pk,
    }


def _ids(scene: Scene) -> None:
    line = Proposal.objects.get(pk=scene.ids["proposal"]).lines.order_by("pk").first()
    upgraded = Entity.objects.exclude(grade="").filter(status="active").order_by("-grade", "pk").first()
    scene.ids |= {
        "entity": upgraded.pk if upgraded else 0,
        "cadre": Cadre.objects.order_by("pk").values_list("pk", flat=True)[0],
        "line": line.pk if line else 0,
        "visit": Visit.objects.values_list("pk", flat=True)[0],
        "issue": Issue.objects.filter(route="handed_over").values_list("pk", flat=True)[0],
        "issue_settled": Issue.objects.exclude(route="handed_over").values_list("pk", flat=True)[0],
        "place": scene.place.pk,
        "quarter": Quarter.objects.order_by("pk").values_list("pk", flat=True)[0],
        "year": scene.today.year,
    }


def _changes(scene: Scene) -> None:
    """A shop that grew, one that closed with its limit passed, one that nobody could find."""
    clerk = loading.post_of("clerk")
    grown, shut, lost = Entity.objects.filter(status="active", grade="D").order_by("-pk")[:3]
    row = LedgerRow(
        name=grown.name, business_type=grown.business_type, staff=40, revenue=800, area=grown.jurisdiction_id,
        address=grown.address, uscc=grown.uscc,
    )  # fmt: skip
    since = scene.today - timedelta(days=2)
    words = {"by": clerk, "on": scene.today}
    register_change(grown, row, Occasion(since, "扩建二楼大厅", "换发许可证"), **words, seen=version_of(grown))
    occasion = Occasion(scene.today, "街道通知拆迁", "拆迁公告第3号")
    register_status(shut, OperatingStatus.STOPPED, occasion, **words, seen=version_of(shut))
    # The street's plan gives changes of entities no limit; another one may.
    running = EntityChange.objects.filter(entity__in=[grown, shut]).exclude(kind="opened")
    running.update(clock="operator_change_wd", due_on=scene.today + timedelta(days=40), bearer="街道食药安办")
    running.filter(entity=shut).update(due_on=scene.today - timedelta(days=1))
    asked = ask_clearance(
        lost, shop_photo(), "现场照片.jpg", status=OperatingStatus.DORMANT, by=clerk, on=scene.today, at=scene.now,
        occasion=Occasion(since, "三次上门无人，电话停机，房东称已搬离"),
    )  # fmt: skip
    _doubles(scene, words)
    _survey(scene, words)
    _outside(scene)
    _belong(scene, words)
    scene.ids |= {"changed": grown.pk, "change": running.get(entity=shut).pk, "clearance": asked.pk}


def _doubles(scene: Scene, words: dict[str, Any]) -> None:
    """Two shops entered twice: one pair to be looked at, one merged."""
    rows = Entity.objects.filter(status="active", grade="C", business_type="catering").order_by("pk")[1:3]
    made = []
    for each in rows:
        row = LedgerRow(
            name=f"{each.name}（总店）", business_type=each.business_type, staff=12, revenue=300, uscc=each.uscc,
            area=each.jurisdiction_id, address=f"{each.address}甲", principal="陆建平",
        )  # fmt: skip
        made.append((each, add_entity(row, **words)))
    (open_first, open_second), (keeper, other) = made
    seen = version_of(keeper), version_of(other)
    merge_entities(keeper, other, ("principal",), reason="现场核实为同一家", **words, seen=seen)
    scene.ids |= {"twin_first": open_first.pk, "twin_second": open_second.pk, "kept": keeper.pk, "merged": other.pk}


def _belong(scene: Scene, words: dict[str, Any]) -> None:
    """A market with three stalls, a chain whose headquarters are in the register, and a seller of breakfast."""
    by = words["by"]
    facts = {"kind": "market", "name": "平吉农贸市场", "address": "平吉路88号", "operator": "平吉市场经营管理有限公司"}
    market = add_group(scene.place, "cluster", facts, by=by)
    add_group(scene.place, "cluster", {"kind": "mall", "name": "古美生活广场", "address": "古美路1号"}, by=by)
    shops = list(Entity.objects.filter(status="active").exclude(uscc="").order_by("pk")[5:10])
    chain = add_group(scene.place, "chain", {"name": "浦南粥店", "uscc": shops[3].uscc}, by=by)
    for number, shop in enumerate(shops[:3], start=11):
        belonging = Belonging(market, f"A{number}", chain if number < 13 else None)
        place_entity(shop, belonging, **words, seen=version_of(shop))
    seller = Belonging(sells_at="平吉路地铁站3号口", sells_hours="每天 6:00—9:00")
    place_entity(shops[4], seller, **words, seen=version_of(shops[4]))
    scene.ids |= {"cluster": market.pk, "chain": chain.pk, "stall": shops[0].pk, "seller": shops[4].pk}


def _survey(scene: Scene, words: dict[str, Any]) -> None:
    """A round with shops looked at by the station, one of them drafted above what the rules say."""
    survey = open_survey(
        scene.place, name="2026年第四季度摸底", starts_on=scene.today, ends_on=scene.today + timedelta(days=20),
        surveyors="市场监管所按片区上门，各居民区协助", **words,
    )  # fmt: skip
    found = [
        Found(Outcome.CONFIRMED, ""),
        Found(Outcome.CONFIRMED, "B", "供餐人数接近上限，建议提高一级"),
        Found(Outcome.NOT_FOUND, "", "门面已空置"),
    ]
    station = loading.post_of("station")
    # Where the station's officer goes.
    near = survey.lines.filter(jurisdiction__name__startswith="平吉一村").order_by("pk")[:3]
    for line, each in zip(near, found, strict=True):
        drafted = draft_line(line, each, by=station, on=scene.today)
    scene.ids |= {"survey": survey.pk, "survey_line": drafted.pk}


def _outside(scene: Scene) -> None:
    """The licence list of the approval office: some shops under other facts, some that the register lacks."""
    clerk = loading.post_of("clerk")
    shops = (
        Entity.objects.filter(status="active").exclude(address="").select_related("jurisdiction").order_by("pk")[:60]
    )
    rows = []
    for number, each in enumerate(shops):
        first = each.licences.order_by("pk").first()
        cells = [each.name, each.uscc, first.number if first else "", "", each.address, each.principal, "存续"]
        if number % 12 == 5:
            cells[5] = "沈国强"
        elif number % 12 == 7:
            cells[0] = cells[0].replace("店", "") + "食品店"
        elif number % 20 == 9:
            cells[6] = "注销"
        rows.append(cells)
    for number, name in enumerate(("江南面馆", "阿婆生煎", "古美便利店", "龙茗水果行")):
        near = shops[number].address
        rows.append([name, "", f"JY231011212{number}0431", "餐饮服务", f"{near}乙", "周海燕", "存续"])
    titles = ["单位名称", "统一社会信用代码", "许可证编号", "主体业态", "经营场所", "法定代表人", "登记状态"]
    origin = Origin(Source.LICENCES, "食品经营许可获证名单（11月）", scene.today)
    made = receive_list(
        scene.place, origin, filename="获证名单.csv", data=_csv([titles, *rows]), by=clerk, on=scene.today
    )  # fmt: skip
    stage_workbook(made.batch, OUTSIDE, on=scene.today)
    confirm_batch(made.batch, by=clerk, clean_only=True)
    commit_batch(made.batch, OUTSIDE, on=scene.today, at=scene.now)
    set_basis(OutsideList.objects.get(pk=made.pk), by=clerk, on=scene.today)
    found = made.differences
    kept = found.filter(kind="only_here").order_by("pk")
    keep_difference(kept[1], reason="名单只列经营许可，这家是小作坊登记", by=clerk, on=scene.today)
    scene.ids |= {
        "outside": made.pk,
        "difference": found.filter(kind="field", field="name").order_by("pk")[0].pk,
        "difference_new": found.filter(kind="only_there").order_by("pk")[0].pk,
        "difference_lacking": kept[0].pk,
    }


# What the district adds to the register, beside what its streets' plans say.
OWN = {
    "extra_fields": [
        {"code": "bright", "name": "明厨亮灶", "kind": "yes_no", "required": True, "when": {"domains": ["catering"]}},
        {"code": "point", "name": "示范创建点位", "kind": "choice", "choices": ["明查点位", "暗访点位"]},
        {"code": "drill", "name": "最近一次演练", "kind": "date", "help": "食物中毒应急演练的日期。"},
    ],
    "insured_classes": [
        {
            "code": "meals",
            "name": "集体用餐单位",
            "when": {"business_types": ["school_canteen", "kindergarten_canteen"]},
        },
        {"code": "catering", "name": "餐饮企业", "when": {"business_types": ["catering"]}},
    ],
    "code_systems": [
        {"code": "trace", "kind": "template", "name": "食品追溯平台", "address": "https://example.cn/q/{code}"}
    ],
}


def _plans(scene: Scene) -> None:
    """A plan of the district with one street that filed and one that did not, and the street's draft for next year."""
    planner, district = loading.post_of("planner"), Jurisdiction.objects.get(path=tenant_of(scene.place.path))
    header = {"title": "闵行区食品安全“两个责任”工作实施方案", "number": "闵食药安委〔2026〕2号", "issuer": "闵行区食药安委",
              "issued": "2026-03-02", "publicity": "closed", "basis": ["食安委发〔2022〕7号"]}  # fmt: skip
    upper = PlanFile.model_validate({"header": header, "values": OWN, "clauses": {}})
    adopted = adopt_plan(district, upper, since=date(2026, 3, 2), by=None)
    appoint(
        district, role=Role.PLAN_EDITOR, person_name="顾晓岚", title="方案管理员", since=date(2026, 1, 1),
        user=create_login("upper-planner"), by=None,
    )  # fmt: skip
    found_place(district, name="虹桥镇", level="street", segment="902")
    lines = [("两员应配尽配", date(2026, 6, 30)), ("本年第四季度督导全覆盖", date(2026, 12, 31))]
    facts = SubPlanFacts("古美路街道实施细则", "罗振华（街道办事处主任）", "一、总体要求\n二、工作措施", None, lines)
    filed = file_sub_plan(adopted, scene.place, facts, by=loading.post_of("clerk"), on=scene.today)
    upper_planner = loading.post_of("upper-planner")
    expect_sub_plan(adopted, "区教育局", by=upper_planner)
    mark_milestone(filed.milestones.get(what="两员应配尽配"), scene.today, by=planner, on=scene.today)
    standing = Plan.objects.get(jurisdiction=scene.place, valid__contains=scene.today)
    attach_annex(standing, _annex(), "食品安全属地管理责任意见.pdf", title="附件1 意见", by=planner)
    draft = start_draft(scene.place, name="2027年修订稿", basis=standing, by=planner, at=scene.now)
    changes = Changes(
        put={"cadre_cap": 12, "cap_mode": "hard", "tier_map.C": "street", "quarter_package.day": 20},
        reset=["notify_rule"],
        clauses={"cadre_cap": "三（一）2"},
        header={"number": "闵古办〔2027〕3号", "issued": "2026-12-10"},
    )
    draft = change_draft(draft, changes, seen=draft.version, by=planner, on=scene.today, at=scene.now)
    faulty = start_draft(scene.place, name="抄来的旧稿", basis="suining", by=planner, at=scene.now)
    change_draft(
        faulty,
        Changes(put={"tier_map.D": "zone", "cap_mode": "soft"}),
        seen=1,
        by=planner,
        on=scene.today,
        at=scene.now,
    )
    scene.ids |= {
        "plan": standing.pk, "upper_plan": adopted.pk, "draft": draft.pk, "faulty_draft": faulty.pk, "sub_plan": filed.pk,
    }  # fmt: skip


def _annex() -> bytes:
    out, made = io.BytesIO(), pikepdf.new()
    made.add_blank_page()
    made.save(out)
    return out.getvalue()
