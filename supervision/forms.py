"""Reads what a phone or a page sends into typed values; every fault is named at its field, nothing is saved here."""

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from supervision.rules.visits import EntitySignature, GivenAnswer, GivenPhoto, Stroke, Unfit, VisitBody
from tenancy.rules.refusals import Refused

HASH = re.compile(r"[0-9a-f]{64}")
# PostgreSQL's bigint; larger numbers are nobody's id.
MOST = 2**63 - 1
MOST_POINTS = 6000
MOST_ANSWERS = 300
# The zone a time is read in when the phone did not send one.
BEIJING = dt.timezone(dt.timedelta(hours=8))
T = TypeVar("T")


class IssueForm(forms.Form):
    """The words that go with an act on an issue, and the answer its reader had before him."""

    text = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(required=False, min_value=1, max_value=MOST, widget=forms.HiddenInput)


class AcceptClosureForm(forms.Form):
    """What the register is to say of a shop that is closed."""

    status = forms.ChoiceField(
        label=_("台账改为"),
        widget=forms.RadioSelect,
        help_text=_("自督导当天起改；还没到期的督导任务终止。"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请选择台账要改成的经营状态。")),
    )

    def __init__(self, data: Any = None, *, names: Mapping[str, str]) -> None:
        super().__init__(data)
        cast("forms.ChoiceField", self.fields["status"]).choices = list(names.items())


class RejectClosureForm(forms.Form):
    """Why a shop that was reported closed is not."""

    reason = forms.CharField(
        label=_("核实情况"),
        max_length=200,
        error_messages={"required": _("请写明核实的情况，包保干部会看到。")},
        help_text=_("如“电话核实，店面装修，下周恢复营业”；包保干部会看到。"),
    )


class Unreadable(Refused):
    """The bytes are not a visit at all."""


def read_visit(raw: bytes) -> VisitBody:
    """The visit in a request's bytes. Raises Unreadable when they are no JSON object, Unfit with each bad field."""
    values = read_object(raw)
    faults: dict[str, str] = {}
    reader = _Reader(values, faults)
    body = VisitBody(
        entity=reader.number("entity") or 0,
        obligation=reader.number("obligation", needed=False),
        cadre=reader.number("cadre", needed=False),
        mode=reader.text("mode", 32),
        visited_on=reader.day("visited_on"),
        started_at=reader.moment("started_at"),
        task_list=reader.text("task_list", 64),
        answers=reader.answers(),
        photos=reader.photos(),
        cadre_signature=reader.strokes("cadre_signature", values.get("cadre_signature")),
        entity_signature=reader.entity_signature(),
        outcome=reader.text("outcome", 12) or "done",
        conclusion=reader.text("conclusion", 300),
        digest=digest_of(values),
    )
    if body.outcome not in ("done", "shop_closed"):
        faults["outcome"] = "督导结果请选择已督导或已关店"
    if faults:
        raise Unfit(faults)
    return body


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in a request's bytes."""
    try:
        values = json.loads(raw.decode(), parse_constant=_no_constant)
        # A lone surrogate is read without complaint and can be written nowhere.
        json.dumps(values, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            "收到的内容不完整或格式不对，请刷新页面后重试；已填内容仍在本机。", code="unreadable"
        ) from error
    if not isinstance(values, dict):
        raise Unreadable("收到的内容不是一份督导记录，请刷新页面后重试。", code="unreadable")
    return values


def read_issue_act(raw: bytes) -> tuple[str, int | None]:
    """The words of an act on an issue, and the event its sender had before him."""
    faults: dict[str, str] = {}
    reader = _Reader(read_object(raw), faults)
    text, seen = reader.text("text", 500), reader.number("seen", needed=False)
    if faults:
        raise Unfit(faults)
    return text, seen


def read_decision(raw: bytes) -> tuple[str, str]:
    """The status a closed shop is set to, and the words with which a report is rejected."""
    faults: dict[str, str] = {}
    reader = _Reader(read_object(raw), faults)
    status, reason = reader.text("status", 12), reader.text("reason", 200)
    if faults:
        raise Unfit(faults)
    return status, reason


def digest_of(values: Mapping[str, Any]) -> str:
    """The fingerprint by which a repeated body is known, whatever the order of its keys."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _plain(value: object, longest: int) -> str | None:
    """Trimmed text within its limit, None when it is none."""
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value or len(value.strip()) > longest:
        return None
    return value.strip()


class _Reader:
    """Takes one field after the other and writes down what is wrong with it."""

    def __init__(self, values: Mapping[str, Any], faults: dict[str, str]) -> None:
        self.values = values
        self.faults = faults

    def fault(self, field: str, sentence: str, instead: T) -> T:
        self.faults[field] = sentence
        return instead

    def number(self, field: str, *, needed: bool = True) -> int | None:
        value = self.values.get(field)
        if value is None and not needed:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST:
            return value
        return self.fault(field, "缺少主体或任务的编号，请从待督导列表重新打开", None)

    def text(self, field: str, longest: int) -> str:
        found = _plain(self.values.get(field), longest)
        return self.fault(field, f"内容过长（最多 {longest} 字）或含有无法识别的字符", "") if found is None else found

    def day(self, field: str) -> dt.date:
        try:
            return dt.date.fromisoformat(str(self.values.get(field) or "")[:10])
        except ValueError:
            return self.fault(field, "请填写正确的督导日期，如 2026-11-22", dt.date.min)

    def moment(self, field: str) -> dt.datetime | None:
        text = self.values.get(field)
        if not text:
            return None
        try:
            found = parse_datetime(text) if isinstance(text, str) else None
        except ValueError:
            found = None
        if found is None or not 2000 < found.year < 2200:
            return self.fault(field, "开始时间无法识别，如 2026-11-22T09:42:00+08:00", None)
        return found if found.tzinfo else found.replace(tzinfo=BEIJING)

    def rows(self, field: str, most: int) -> list[Any]:
        value = self.values.get(field) or []
        if isinstance(value, list) and len(value) <= most:
            return value
        return self.fault(field, f"内容不是列表，或多于 {most} 条", [])

    def answers(self) -> tuple[GivenAnswer, ...]:
        rows = [self._answer(row) for row in self.rows("answers", MOST_ANSWERS)]
        return tuple(row for row in rows if row is not None)

    def _answer(self, row: object) -> GivenAnswer | None:
        if not isinstance(row, dict):
            return self.fault("answers", "清单结果的格式不对，请刷新页面后重试", None)
        parts = [
            _plain(row.get(name), limit)
            for name, limit in (("item", 48), ("answer", 8), ("note", 500), ("disposal", 16))
        ]
        if None in parts:
            return self.fault(f"answers.{row.get('item')}", "问题描述最多 500 字，且不能含有无法识别的字符", None)
        item, answer, note, disposal = cast("list[str]", parts)
        return GivenAnswer(item, answer, note, disposal)

    def photos(self) -> tuple[GivenPhoto, ...]:
        found: dict[str, GivenPhoto] = {}
        for row in self.rows("photos", 200):
            hashed, item = (row.get("sha256"), row.get("item")) if isinstance(row, dict) else (row, "")
            item = _plain(item, 48)
            if not isinstance(hashed, str) or not HASH.fullmatch(hashed) or item is None:
                return self.fault("photos", "照片的校验值不对，请删除后重新拍摄", ())
            found.setdefault(hashed, GivenPhoto(hashed, item))
        return tuple(found.values())

    def strokes(self, field: str, value: object) -> tuple[Stroke, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(stroke, list) for stroke in value):
            return self.fault(field, "签字内容无法识别，请清除后重新签字", ())
        points = [point for stroke in value for point in stroke]
        if len(points) > MOST_POINTS or not all(_is_point(point) for point in points):
            return self.fault(field, "签字内容无法识别，请清除后重新签字", ())
        return tuple(stroke for stroke in value if stroke)

    def entity_signature(self) -> EntitySignature | None:
        value = self.values.get("entity_signature")
        if value is None:
            return None
        if not isinstance(value, dict):
            return self.fault("entity_signature", "主体签字无法识别，请重新签字", None)
        words = [_plain(value.get(name), limit) for name, limit in (("name", 40), ("position", 40), ("reason", 200))]
        if None in words:
            return self.fault("entity_signature", "签字人姓名、职务最多 40 字，拒签原因最多 200 字", None)
        name, position, reason = cast("list[str]", words)
        strokes = self.strokes("entity_signature", value.get("strokes"))
        return EntitySignature(strokes, name, position, bool(value.get("refused")), reason)


def _is_point(point: object) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and len(point) <= 4
        and all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in point)
    )
