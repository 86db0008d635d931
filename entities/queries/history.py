"""What happened to one entity, and where each of its facts comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.models import RECORDS, SUPPLY_WAYS, Brought, BulkChangedEntity, Dated, Entity, GradeRecord, StatusRecord
from entities.queries.checking import status_names, type_names
from entities.queries.extras import extras_text
from entities.queries.listing import STATUS_KINDS
from entities.queries.records import Group, Line, record_text
from entities.queries.sizes import size_text
from entities.queries.spots import spot_text
from entities.rules.belonging import BELONGING
from entities.rules.ledger import TITLES
from tenancy.models import AuditEvent, ImportBatch, ImportRow, Post
from tenancy.plans import PlanDocument
from tenancy.rules.trail import act_name

EVENTS = {
    "entities.entity.added": ("info", "plus", gettext_lazy("登记主体")),
    "entities.entity.changed": ("info", "pen", gettext_lazy("修改资料")),
    "entities.status.changed": ("warn", "flag", gettext_lazy("变更经营状态")),
    "entities.status.undone": ("mute", "undo", gettext_lazy("撤销状态变更")),
    "entities.supply.changed": ("info", "swap", gettext_lazy("登记供餐方式")),
    "entities.belonging.changed": ("info", "link", gettext_lazy("登记归属")),
    "entities.spot.changed": ("info", "pin", gettext_lazy("登记坐标")),
    "entities.extras.changed": ("info", "pen", gettext_lazy("登记本地台账项")),
    "entities.size.recorded": ("info", "pen", gettext_lazy("登记规模数据")),
    "entities.grade.upgraded": ("info", "up", gettext_lazy("个案提级")),
    "entities.grade.corrected": ("warn", "pen", gettext_lazy("人工改级")),
    "entities.grade.withdrawn": ("mute", "undo", gettext_lazy("撤回提级或改级")),
    "entities.entity.merged": ("info", "link", gettext_lazy("合并重复主体")),
    "entities.entity.merged_away": ("mute", "link", gettext_lazy("并入另一家")),
    "entities.entity.unmerged": ("mute", "undo", gettext_lazy("撤销合并")),
    "entities.entity.kept_apart": ("mute", "check-list", gettext_lazy("确认不是同一家")),
    "entities.clearance.asked": ("warn", "search", gettext_lazy("提出查无下落")),
    "entities.clearance.confirmed": ("warn", "flag", gettext_lazy("查无下落已复核")),
    "entities.clearance.rejected": ("mute", "undo", gettext_lazy("查无下落未通过")),
    "entities.hint.dismissed": ("mute", "dash", gettext_lazy("不采用状态线索")),
    "entities.change.undone": ("mute", "undo", gettext_lazy("撤销变动")),
    "entities.phone.revealed": ("mute", "eye", gettext_lazy("查看联系电话")),
}
RECORD_VERBS = {
    "added": ("info", "plus"),
    "changed": ("info", "pen"),
    "struck": ("warn", "trash"),
    "restored": ("mute", "undo"),
}
EVENTS |= {
    f"entities.{kind}.{verb}": (*look, gettext_lazy(act_name(f"entities.{kind}.{verb}")))
    for kind in RECORDS
    for verb, look in RECORD_VERBS.items()
}
WRITES = (
    "entities.entity.added",
    "entities.entity.changed",
    "entities.status.changed",
    "entities.supply.changed",
    "entities.belonging.changed",
)
MOST_EVENTS = 200
# Acts with a line of their own making.
FIGURES = {
    "entities.size.recorded": size_text, "entities.spot.changed": spot_text, "entities.extras.changed": extras_text,
}  # fmt: skip
# Acts on two rows, which say the name of the other.
NAMES_ANOTHER = (
    "entities.entity.merged", "entities.entity.merged_away", "entities.entity.unmerged", "entities.entity.kept_apart",
)  # fmt: skip
# What somebody wrote down has its own line from the trail.
WITH_EVENT = ("office", "visit", "inspection", "penalty", "licence")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline, with the names the timeline component reads."""

    when: datetime
    kind: str
    icon: str
    title: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Past:
    """An entity's timeline, the newest first, the source of each of its facts by column key, its grades and statuses.

    Grades and statuses have days of their own and stand in lists of their own. acts: the timeline without statuses.
    """

    happenings: list[Happening]
    sources: dict[str, str]
    grades: list[GradeRecord]
    states: list[StatusRecord]
    acts: list[Happening]


def past_of(entity: Entity, doc: PlanDocument) -> Past:
    """Five reads, and one where acts name another row: grade records, status records, import rows, the trail, acts on many."""
    grades = list(entity.grade_records.select_related("recorded_by", "batch", "regrading").order_by("-pk"))
    statuses = list(entity.status_records.select_related("recorded_by", "batch").order_by("-pk"))
    rows = _import_rows(entity, [*grades, *statuses])
    mine = AuditEvent.objects.filter(subject=Entity._meta.label_lower, subject_id=entity.pk)
    events = list(mine.order_by("-pk")[:MOST_EVENTS])
    states = [_status_line(record, doc) for record in statuses if record.source not in WITH_EVENT]
    lines = [_import_line(row) for row in rows]
    others = _names_in_sight(events)
    lines += [_event_line(event, doc, others) for event in events if event.action in EVENTS]
    lines += [_bulk_line(line) for line in _bulk_lines(entity)]
    happenings = sorted([*states, *lines], key=lambda line: line.when, reverse=True)
    return Past(happenings, _sources(rows, events), grades, statuses, lines)


def _import_rows(entity: Entity, records: Sequence[Dated]) -> list[ImportRow]:
    """The ledger rows that wrote this entity, the newest first; only batches it points at are searched."""
    batches = {record.batch_id for record in records} | {entity.batch_id}
    rows = ImportRow.objects.filter(batch__in=batches - {None}, batch__state="committed", subject_id=entity.pk)
    return list(rows.select_related("batch__confirmed_by").defer("cells", "problems").order_by("-batch"))


def _bulk_lines(entity: Entity) -> list[BulkChangedEntity]:
    found = BulkChangedEntity.objects.filter(entity=entity).select_related("bulk__made_by", "bulk__undone_by")
    return list(found.defer("before").order_by("-pk")[:MOST_EVENTS])


def _bulk_line(line: BulkChangedEntity) -> Happening:
    bulk = line.bulk
    title = _("批量办理：%s") % bulk.get_kind_display()
    text = f"{line.old or _('空')} → {line.new or _('空')}"
    if bulk.undone_on:
        text = _("%(text)s；已于 %(day)s 撤销") % {"text": text, "day": bulk.undone_on.isoformat()}
    return Happening(bulk.made_at, "mute" if bulk.undone_on else "info", "check-list", title, text, _by(bulk.made_by))


def brought_lines(groups: Sequence[Group]) -> list[Happening]:
    """What workbooks of the station and of the shops laid beside the entity; what was typed has its own event."""
    lines = [(line, line.record) for group in groups for line in group.lines]
    return [_brought_line(line, record.batch) for line, record in lines if isinstance(record, Brought) and record.batch]


def _brought_line(line: Line, batch: ImportBatch) -> Happening:
    title = _("导入：%s") % line.record._meta.verbose_name
    told = (str(line.record), line.title, line.state, _("“%s”") % batch.filename)
    kind = line.state_kind or "info"
    when = batch.committed_at or batch.uploaded_at
    text = "；".join(dict.fromkeys(part for part in told if part))
    return Happening(when, kind, "sheet", title, text, _by(batch.confirmed_by))


def _by(post: Post | None) -> str:
    return str(post) if post else ""


def _status_line(record: StatusRecord, doc: PlanDocument) -> Happening:
    names = {"day": record.valid.lower.isoformat(), "status": status_names(doc)[record.status]}
    title, source = _("%(day)s起 %(status)s") % names, str(StatusRecord.SOURCES[record.source])
    kind = STATUS_KINDS.get(record.status, "mute")
    return Happening(record.recorded_at, kind, "store", title, source, _by(record.recorded_by))


def _import_line(row: ImportRow) -> Happening:
    batch = row.batch
    title = _("台账导入：变更") if row.before else _("台账导入：新增")
    text = _("“%(file)s”第 %(row)d 行") % {"file": batch.filename, "row": row.number}
    assert batch.committed_at is not None, "only committed batches are read"
    return Happening(batch.committed_at, "ok", "sheet", title, text, _by(batch.confirmed_by))


def _names_in_sight(events: Sequence[AuditEvent]) -> set[str]:
    """Of the other rows that acts on two rows name: those the acting post reads itself; one may lie in another place."""
    named = {(event.after or {}).get("name", "") for event in events if event.action in NAMES_ANOTHER}
    return set(Entity.every.filter(name__in=named).values_list("name", flat=True)) if named else set()


def _event_line(event: AuditEvent, doc: PlanDocument, others: set[str]) -> Happening:
    kind, icon, title = EVENTS[event.action]
    after = event.after or {}
    if event.action in ("entities.entity.changed", "entities.belonging.changed"):
        text = _differences(event.before or {}, after, doc)
    elif event.action in ("entities.status.changed", "entities.status.undone"):
        names = status_names(doc)
        text = f"{names[(event.before or {})['status']]} → {names[after['status']]}"
        text = "；".join(part for part in (text, after.get("reason", "")) if part)
    elif event.action == "entities.supply.changed":
        told = (str(SUPPLY_WAYS.get(after["supply_way"], _("空"))), after["source"])
        text = "；".join(part for part in told if part)
    elif event.action in FIGURES:
        text = FIGURES[event.action](event)
    elif "record" in after and event.action.split(".")[1] in RECORDS:
        text = record_text(event)
    else:
        is_told = event.action in NAMES_ANOTHER and after.get("name") in others
        keys = ("name", "reason", "answer") if is_told else ("reason", "answer")
        text = "；".join(str(after[key]) for key in keys if after.get(key))
    return Happening(event.at, kind, icon, str(title), text, event.by_name)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], doc: PlanDocument) -> str:
    words = {"business_type": type_names(doc), "status": status_names(doc)}

    def said(key: str, value: Any) -> str:
        return words.get(key, {}).get(value, "") or str(value or _("空"))

    titles = {**TITLES, **BELONGING, "grade": _("等级")}
    parts = [
        f"{titles.get(key, key)}：{said(key, before.get(key))} → {said(key, after[key])}"
        for key in after
        if key != "version"
    ]
    return "；".join(parts)


def _standing(events: Sequence[AuditEvent]) -> Iterator[AuditEvent]:
    """The events, the newest first, without changes of status that were taken back."""
    undone = 0
    for event in events:
        undone += event.action == "entities.status.undone"
        if undone and event.action == "entities.status.changed":
            undone -= 1
        else:
            yield event


def _sources(rows: Sequence[ImportRow], events: Sequence[AuditEvent]) -> dict[str, str]:
    """For each fact the last thing that wrote it: a form, or a ledger row."""
    written: list[tuple[datetime, str, frozenset[str]]] = []
    for row in rows:
        text = _("%(file)s 第 %(row)d 行") % {"file": row.batch.filename, "row": row.number}
        written.append((row.batch.committed_at or row.batch.uploaded_at, text, frozenset(row.before or TITLES)))
    for event in _standing(events):
        if event.action in WRITES:
            text = _("%(who)s 登记") % {"who": event.by_name}
            written.append((event.at, text, frozenset(event.after or ())))
    sources: dict[str, str] = {}
    for _at, text, keys in sorted(written, key=lambda each: each[0]):
        sources.update(dict.fromkeys(keys, text))
    return sources
