"""One quarter over HTTP with the demo's logins, one line for each step of the main job.

The calendar is walked by handing dates to the scheduled tasks; nothing waits for a day to pass.
"""

import json
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any, cast

from django.utils import timezone
from PIL import Image

from baobao.celery import app
from cadres.models import Cadre
from demo import loading, suining
from demo.browser import Browser, WalkFailed
from supervision.tasks import remind_of
from tenancy.fields import Phone
from tenancy.models import Jurisdiction, Notice
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.rules.paths import tenant_of
from tenancy.rules.periods import package_day, quarter_of
from tenancy.scoping import acting_in
from tenancy.workbooks import read_table

Say = Callable[[str], object]
PIN = "204816"
STROKES = [[[10, 40], [40, 20], [70, 60], [110, 30], [150, 55]], [[30, 70], [90, 75], [160, 68]]]


def walk(say: Say) -> None:
    """The whole main job; raises WalkFailed at the first step that does not hold."""
    place = loading.load_places()
    city = suining.load_tree(loading.SINCE)
    loading.load_people()
    with served() as base:
        steps = Steps(Browser(base).sign_in("clerk", loading.PASSWORD), base, place, say)
        for number, step in enumerate(steps.all()):
            say(f"{number} {step()}")
        loading.load_city(city, now=timezone.now())
        say(steps.ratios())
    say("全部步骤通过")


@contextmanager
def served() -> Iterator[str]:
    """The site with its worker and beat on a free port, stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, sys.argv[0], "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    base = f"http://127.0.0.1:{port}"
    try:
        Browser(base).until("/livez", lambda answer: answer.status == 200)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise WalkFailed(f"{what}: {found!r}, expected {wanted!r}")


def number_in(text: str) -> int:
    return int(text.replace(",", ""))


def picture(text: str) -> bytes:
    """A small JPEG, different for each text."""
    image = Image.effect_noise((640, 480), 40 + len(text)).convert("RGB")
    file = BytesIO()
    image.save(file, "JPEG", quality=70)
    return file.getvalue()


class Steps:
    """The main job in order; each step returns the line it prints."""

    def __init__(self, clerk: Browser, base: str, place: Jurisdiction, say: Say) -> None:
        self.clerk, self.base, self.place, self.say = clerk, base, place, say
        self.today = timezone.localdate()
        self.quarter = quarter_of(self.today)
        self.visited: dict[str, Any] = {}

    def all(self) -> list[Callable[[], str]]:
        return [
            self.roster, self.ledger, self.grades, self.assignments, self.letters, self.open_quarter,
            self.visit, self.issue, self.reminders, self.cards, self.exports,
        ]  # fmt: skip

    def person(self, login: str) -> Browser:
        return Browser(self.base).sign_in(login, loading.PASSWORD)

    def _import(self, upload: str, file: str) -> dict[str, int]:
        data = (loading.HERE / file).read_bytes()
        page = self.clerk.upload(upload, file, data)
        address = page.url.removeprefix(self.base)
        staged = self.clerk.until(address, lambda answer: 'id="waiting"' not in answer.text)
        refused = number_in(staged.find(r"有错误，不写入</span><div class=\"kpi__v[^>]*>([\d,]+)"))
        read = number_in(staged.find(r"读到</span><div class=\"kpi__v\">([\d,]+)"))
        self.clerk.get(f"{address}file/?only=bad")
        self.clerk.post(f"{address}commit/", {"clean_only": "1"} if refused else {})
        done = self.clerk.until(address, lambda answer: "已写入" in answer.text)
        written = number_in(done.find(r"已写入 ([\d,]+) 行"))
        expect(written + refused, read, "rows written and refused")
        return {"read": read, "refused": refused, "written": written}

    def roster(self) -> str:
        counts = self._import("/cadres/import/", "roster.xlsx")
        expect(counts["written"], 134, "cadres")
        return f"干部名册：读到 {counts['read']} 人，写入 {counts['written']} 人（街道 14，居民区 120）"

    def ledger(self) -> str:
        counts = self._import("/entities/import/", "ledger.xlsx")
        expect(counts, {"read": 1286, "refused": 22, "written": 1264}, "ledger rows")
        return f"主体台账：读到 {counts['read']} 行，写入 {counts['written']} 家，{counts['refused']} 行附原因退回"

    def grades(self) -> str:
        counts = {grade: self.clerk.get(f"/api/entities/?grade={grade}").json["count"] for grade in "ABCD"}
        expect(counts, {"A": 32, "B": 94, "C": 304, "D": 834}, "grades")
        return "分级：" + "、".join(f"{grade} {count}" for grade, count in counts.items())

    def assignments(self) -> str:
        self.clerk.get("/list/propose/")
        page = self.clerk.post("/list/propose/", {"on": self.today.isoformat()})
        address = page.url.removeprefix(self.base)
        reasons = re.findall(r'name="(reason-\d+)"', page.text)
        form = dict.fromkeys(reasons, "本居民区主体多，暂由现有干部分担")
        listed = self.clerk.post(f"{address}approve/", form)
        missing = self.clerk.get("/list/?tab=uncovered")
        uncovered = number_in(missing.find(r"未包保<b[^>]*>([\d,]+)</b>") if "未包保<b" in missing.text else "0")
        expect(uncovered, 0, "entities without a cadre")
        version = listed.find(r"第\s*(\d+)\s*版")
        return f"包保：责任清单第 {version} 版已批准，未包保 0 家，{len(reasons)} 名干部超过上限并写明理由"

    def letters(self) -> str:
        issued = self.clerk.ask("POST", "/api/letters/issue/", b"{}", "application/json", expect=(201,)).json
        first = self._letter(issued["letters"], "street")
        pdf = self.clerk.get(f"/letters/{first}/letter.pdf")
        expect(pdf.body[:5], b"%PDF-", "letter")
        district = self.person("district")
        for decision, reason in (("returned", "签名不清楚，请重新扫描"), ("passed", "")):
            self.clerk.upload(f"/letters/{first}/scan/", "scan.jpg", picture(decision))
            body = as_json({"decision": decision, "reason": reason})
            district.ask("POST", f"/api/letters/{first}/review/", body, "application/json")
        expect(district.get(f"/api/letters/{first}/").json["state"], "approved", "reviewed letter")
        count, left = len(issued["letters"]), len(issued["left_out"])
        return f"承诺书：生成 {count} 份（另 {left} 份由上级签订），扫描件退回一次、重传后通过"

    def _letter(self, letters: list[int], tier: str) -> int:
        for pk in letters:
            if self.clerk.get(f"/api/letters/{pk}/").json["tier"] == tier:
                return pk
        raise WalkFailed(f"no letter of tier {tier}")

    def open_quarter(self) -> str:
        for _ in range(2):
            app.send_task("supervision.tasks.open_quarters", kwargs={"on": self.today.isoformat()})
        page = self.clerk.until("/supervision/", lambda answer: owed(answer.text) > 0)
        self.owed = owed(page.text)
        return f"开启{self.quarter.label}：{self.owed} 项督导任务，重复开启不增加"

    def visit(self) -> str:
        with acting_in(tenant_of(self.place.path)):
            name = loading.name_cadres(self.place)["cadre"]
        cadre = self.person("cadre")
        document = cadre.get("/api/my/visits").json
        target = next(row for row in document["entities"] if row["must_onsite"] and row["state"] != "done")
        refused = cadre.put(
            f"/api/visits/{uuid.uuid4()}", self._body(document, target, "phone", b""), expect=(409, 422)
        )
        photo = picture("visit")
        body, address = self._body(document, target, "onsite", photo), f"/api/visits/{uuid.uuid4()}"
        first = cadre.put(address, body, expect=(201, 202)).json
        for sha in first["missing"]:
            cadre.put(f"{address}/photos/{sha}", photo, "image/jpeg", expect=(200, 201))
        again = cadre.put(address, body, expect=(200,)).json
        expect(again["number"], first["number"], "a repeated submission")
        self.visited = {"cadre": cadre, "entity": target, "number": first["number"]}
        done = next(row for row in cadre.get("/api/my/visits").json["entities"] if row["id"] == target["id"])
        expect(done["state"], "done", "the visited entity")
        return f"督导：{name} 到 {target['name']} 现场督导，重复提交仍是一次；电话方式被拒：{refused.json['detail']}"

    def _body(self, document: dict[str, Any], target: dict[str, Any], mode: str, photo: bytes) -> bytes:
        items = [
            item for section in document["task_lists"][target["task_list"]]["sections"] for item in section["items"]
        ]
        answers = [{"item": item["code"], "answer": "yes", "note": "", "disposal": ""} for item in items]
        answers[0] |= {"answer": "no", "note": "冷藏柜温度记录缺少三天", "disposal": "handed_over"}
        answers[1] |= {"answer": "no", "note": "已当场补挂制度牌", "disposal": "on_spot"}
        shop = {"strokes": STROKES, "name": "贺店长", "position": "负责人"} if photo else None
        return as_json(
            {
                "entity": target["id"],
                "obligation": target["obligation"],
                "mode": mode,
                "visited_on": self.today.isoformat(),
                "started_at": timezone.now().isoformat(),
                "task_list": target["task_list"],
                "answers": answers,
                "photos": [sha256(photo).hexdigest()] if photo else [],
                "cadre_signature": STROKES,
                "entity_signature": shop,
                "outcome": "done",
            }
        )

    def issue(self) -> str:
        station = self.person("station")
        found = station.get("/api/issues").json["issues"]
        handed = next(
            each
            for each in found
            if each["entity"]["id"] == self.visited["entity"]["id"] and each["holder"] == "station"
        )
        for verb, text in (("acknowledge", ""), ("answer", "已现场核查，责令改正并复查合格")):
            station.ask("POST", f"/api/issues/{handed['id']}/{verb}", as_json({"text": text}), "application/json")
        seen = next(
            each for each in self.visited["cadre"].get("/api/issues").json["issues"] if each["id"] == handed["id"]
        )
        closing = as_json({"text": "已知悉", "seen": seen["answer"]["id"]})
        closed = self.visited["cadre"].ask("POST", f"/api/issues/{handed['id']}/close", closing, "application/json")
        return f"问题：当场整改 1 个，通报市场所 1 个；答复“{seen['answer']['text']}”，干部看到后{closed.json['state_name']}"

    def reminders(self) -> str:
        with acting_in(self.place.path):
            plan, calendar = plan_in_force(self.place.path, self.today).value, calendar_for(self.place.path)
        package = package_day(self.quarter, plan.quarter_package, calendar) or self.quarter.end
        days = [
            self.quarter.start,
            self.quarter.end - timedelta(days=10),
            package,
            self.quarter.end + timedelta(days=1),
        ]
        told = [self._remind(day) for day in days]
        repeated = self._remind(days[-1])
        expect(repeated, 0, "reminders sent twice")
        app.send_task("reports.tasks.refresh_all_ratios")
        line = "、".join(f"{day:%m-%d} {count} 条" for day, count in zip(days, told, strict=True))
        return f"提醒：{line}，重复执行 0 条；已完成的不再提醒"

    def _remind(self, day: date) -> int:
        """How many notices the scheduled task brings on that day."""
        before = self._notices()
        tenant = Jurisdiction.objects.get(path=tenant_of(self.place.path))
        remind_of.apply(args=[[tenant.pk]], kwargs={"on": day.isoformat()}, throw=True)
        return self._notices() - before

    def _notices(self) -> int:
        with acting_in(tenant_of(self.place.path)):
            return Notice.objects.count()

    def cards(self) -> str:
        """A card over the API, a phone bound with it, the PIN the next time; and a printing for everybody else."""
        cadre = self.clerk.get("/api/cadres/access?tab=new").json["results"][0]
        card = self.clerk.ask("POST", f"/api/cadres/{cadre['id']}/invitation", expect=(201,)).json["url"]
        with acting_in(tenant_of(self.place.path)):
            post = Cadre.objects.select_related("post").get(pk=cadre["id"]).post
            known = cast("Phone", post.phone).last4 or post.person_name
        phone = Browser(self.base)
        phone.get(card)
        phone.post(card, {"known": known, "pin": PIN, "again": PIN})
        phone.post("/logout/")
        phone.post("/pin/", {"pin": PIN})
        expect(phone.get("/api/my/visits").json["cadre"]["name"], cadre["name"], "the phone's owner")
        asked = self.clerk.ask("POST", "/api/cards", b"{}", "application/json", expect=(202,)).json
        self.clerk.until(f"/api/cards/{asked['id']}", lambda answer: answer.json["state"] == "done")
        pdf = self.clerk.get(f"/cadres/cards/{asked['id']}/file/")
        expect(pdf.body[:5], b"%PDF-", "printed cards")
        return f"个人卡：{cadre['name']}扫卡设PIN绑定手机，退出后凭PIN再进；其余 {asked['cards']} 人的卡一次印出"

    def exports(self) -> str:
        ledger = self._rows("/exports/ledger/")
        progress = self._rows("/exports/progress/")
        expect(ledger, 1264, "rows of the exported ledger")
        expect(progress, self.owed, "rows of the exported progress")
        return f"导出：台账 {ledger} 行、进度 {progress} 行，与页面一致"

    def _rows(self, address: str) -> int:
        answer = self.clerk.ask("POST", address, b"", "application/x-www-form-urlencoded")
        sheet = read_table(answer.body, "export.xlsx").sheets[0]
        return sum(isinstance(cells[0], int | float) for _, cells in sheet.rows)

    def ratios(self) -> str:
        """The printed line of the city at its full size."""
        city = self.person("city")
        page = city.get("/reports/ratios/")
        found = ", ".join(dict.fromkeys(re.findall(r"1:\d+(?:\.\d+)?", page.text)))
        if suining.RATIOS not in found:
            raise WalkFailed(f"ratios: {found}")
        return f"遂宁市 {suining.RATIOS}"


def as_json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def owed(page: str) -> int:
    """The number of obligations on the progress page."""
    found = re.search(r"全部<b[^>]*>([\d,]+)</b>", page)
    return number_in(found[1]) if found else 0
