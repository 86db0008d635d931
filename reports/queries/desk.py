"""What a post has to do and by when: one line for each kind of work that waits, with its count."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cadres.queries.changes import change_counts as cadre_change_counts
from cadres.queries.penalties import penalty_counts
from commitments.models import TABS, CommitmentLetter
from entities.policies import may_keep_record, may_read_clearances
from entities.queries.changes import clearance_counts
from entities.queries.expiry import ExpiryFilter, expiring, notice_days
from entities.queries.quality import left_to_mend
from reports.queries.changes import change_counts
from reports.queries.layers import Layers
from reports.queries.rates import Coverage, PeriodTable, answered_here, coverage, is_covered, period_table
from reports.queries.staffing import short_of_staff
from supervision.models import Issue, Obligation, Quarter
from supervision.policies import may_check_closures
from supervision.queries.closures import closure_counts
from supervision.queries.quarters import quarter_at
from supervision.rules.issues import Holder
from tenancy.models import ImportBatch, Jurisdiction, Post
from tenancy.policies import may
from tenancy.queries.accounts import petition_counts
from tenancy.queries.plans import calendar_for
from tenancy.rules.paths import END, ancestors_of
from tenancy.rules.periods import quarter_of
from tenancy.rules.roles import Right

WAITING_IMPORTS = ("uploaded", "unmapped", "staged", "failed")


@dataclass(frozen=True)
class Task:
    """One line of work: what, how many, until when, and the page (with its query) where it is done."""

    key: str
    label: str
    count: int
    page: str
    query: dict[str, str] = field(default_factory=dict)
    argument: str = ""
    due_on: date | None = None
    late: bool = False
    hint: str = ""
    # The opened quarter that explains due_on.
    quarter: int | None = None


@dataclass(frozen=True)
class Gap:
    """What is missing in one place right below: never who is last, so in the order of the tree."""

    place: Jurisdiction
    uncovered: int
    missing: int
    overdue: int
    unsettled: int

    @property
    def nothing(self) -> bool:
        return not (self.uncovered or self.missing or self.overdue or self.unsettled)


@dataclass(frozen=True)
class Overview:
    """The figures of a place for the strip and the table of what is missing, and the quarters open around it."""

    coverage: Coverage
    period: PeriodTable
    gaps: list[Gap]
    opened: list[Quarter]
    layers: Layers

    @property
    def uncovered(self) -> int:
        return sum(gap.uncovered for gap in self.gaps)

    def quarter_of(self, place: str) -> Quarter | None:
        """The quarter that binds a place, opened nearest to it; None where no quarter is open."""
        above = [quarter for quarter in self.opened if place.startswith(quarter.place)]
        return max(above, key=lambda quarter: len(quarter.place), default=None)


def overview(place: Jurisdiction, on: date) -> Overview:
    """Seven queries, however many places there are."""
    layers = Layers.in_force(on)
    open_to = answered_here(place.path, layers).graded().filter(~is_covered(on)).order_by()
    bare = Counter(dict(open_to.values_list("place").annotate(Count("pk"))))
    below = list(Jurisdiction.objects.filter(Q(parent=place, closed_on=None) | Q(pk=place.pk)).order_by("path"))
    period = period_table(place, quarter_of(on), on, known=below)
    counted = {line.part: line.tally for line in period.lines}
    gaps = []
    for node in below:
        own = node.pk == place.pk
        tally = counted.get(node.pk)
        gap = Gap(
            node,
            sum(number for path, number in bare.items() if (path == node.path if own else path.startswith(node.path))),
            tally.missing if tally else 0,
            tally.overdue if tally else 0,
            tally.unsettled if tally else 0,
        )
        if not (own and gap.nothing):
            gaps.append(gap)
    return Overview(coverage(place.path, on, layers), period, gaps, _opened(place.path, on), layers)


def _opened(place: str, on: date) -> list[Quarter]:
    """The quarters of the day that were opened here, above, or in the streets below."""
    around = Q(place__gte=place, place__lt=place + END) | Q(place__in=ancestors_of(place))
    return list(Quarter.objects.filter(around, start__lte=on, due_on__gte=on).order_by("place"))


def todo(post: Post, on: date, seen: Overview | None = None) -> list[Task]:
    """Everything that waits for a post; lines without anything are left out. Late ones first, then by due day."""
    lines = [line for part in PARTS for line in part(post, on, seen)]
    return sorted((line for line in lines if line.count), key=lambda line: (not line.late, line.due_on or date.max))


def workdays_left(place: str, on: date, due: date) -> int:
    return calendar_for(place).workdays_between(on, due)


def _imports(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may(post, Right.IMPORT_REGISTER, on=on) or may(post, Right.IMPORT_ROSTER, on=on):
        waiting = ImportBatch.objects.filter(state__in=WAITING_IMPORTS, uploaded_by=post).count()
        yield Task("imports", _("导入待确认"), waiting, "tenancy:list-imports", hint=_("逐行核对后写入，或重新上传"))


def _penalties(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may_keep_record(post, "flag", post.place):
        counts = penalty_counts(on)
        yield Task("penalties", _("处罚待告知"), counts["untold"], "cadres:list-penalties", hint=_("告知包保干部"))
        yield Task(
            "penalties-unread", _("处罚告知未阅"), counts["unread"], "cadres:list-penalties", {"tab": "unread"},
            hint=_("提醒包保干部确认已阅"),
        )  # fmt: skip


def _register(post: Post, on: date, seen: Overview | None) -> Iterator[Task]:
    if not may(post, Right.ASSIGN, on=on):
        return
    seen = seen or overview(post.jurisdiction, on)
    yield Task(
        "uncovered", _("没有包保干部的主体"), seen.uncovered, "reports:list-behind", argument="uncovered",
        late=True, hint=_("指派包保干部，不留悬空"),
    )  # fmt: skip
    yield Task(
        "ungraded",
        _("没有分级的主体"),
        seen.coverage.ungraded,
        "reports:list-behind",
        argument="ungraded",
        hint=_("补齐业态和规模后评定等级"),
    )


def _staffing(post: Post, on: date, seen: Overview | None) -> Iterator[Task]:
    if may(post, Right.EDIT_REGISTER, on=on) and may(post, Right.VIEW_PROGRESS, on=on):
        short = short_of_staff(post, on, seen.layers if seen else Layers.in_force(on))
        yield Task(
            "staffing", _("总监、安全员没有配齐"), short, "reports:show-staffing", {"show": "short"},
            hint=_("督促主体任命后登记到台账"),
        )  # fmt: skip


def _defects(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may(post, Right.VIEW_REGISTER, on=on):
        left, due_on = left_to_mend(post, on)
        hint = _("逐项打开名单补齐，补完数字自己归零")
        late = due_on is not None and due_on < on
        yield Task(
            "defects", _("分派给您的台账资料补录"), left, "entities:show-quality", due_on=due_on, late=late, hint=hint
        )


def _closures(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may_check_closures(post):
        waiting = closure_counts()["waiting"]
        hint = _("核实后改台账，没有关店的退回干部")
        yield Task("closures", _("干部反映已关店"), waiting, "supervision:list-closures", hint=hint)


def _changes(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if not may(post, Right.ASSIGN, on=on):
        return
    counts = change_counts(post.jurisdiction.path, on)
    page, hint = "reports:list-changes", _("定级并确定包保干部后自动办结")
    yield Task("changes-late", _("主体变动超过调整期限"), counts["late"], page, {"tab": "late"}, late=True, hint=hint)
    yield Task("changes", _("主体变动待调整"), counts["open"] - counts["late"], page, hint=hint)


def _cadre_changes(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if not may(post, Right.ASSIGN, on=on):
        return
    counts = cadre_change_counts(post.jurisdiction.path, on)
    page, hint = "cadres:list-changes", _("选定接手人、批准交接方案后自动办结")
    yield Task("cadres-late", _("干部变动超过定人期限"), counts["late"], page, {"tab": "late"}, late=True, hint=hint)
    yield Task("cadres", _("干部变动待定人"), counts["open"] - counts["late"], page, hint=hint)


def _clearances(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may_read_clearances(post):
        waiting = clearance_counts()["waiting"]
        hint = _("看过证明再移出，提出人自己不能复核")
        yield Task("clearances", _("查无下落待复核"), waiting, "entities:list-clearances", hint=hint)


def _expiry(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may(post, Right.EDIT_REGISTER, on=on):
        listed = expiring(ExpiryFilter(), on, notice_days(post.place, on)).count()
        hint = _("许可证、健康证、责任保险，联系主体续办后更新台账")
        yield Task("expiry", _("快到期和已过期的证照、保险"), listed, "entities:list-expiry", hint=hint)


def _quarter(post: Post, on: date, seen: Overview | None) -> Iterator[Task]:
    if not may(post, Right.OPEN_QUARTER, on=on):
        return
    seen = seen or overview(post.jurisdiction, on)
    period = seen.period
    if not seen.opened:
        yield Task(
            "open-quarter", _("%s尚未启动") % period.period.label, 1, "supervision:show-progress",
            hint=_("启动后每家主体生成一次督导任务"),
        )  # fmt: skip
    query = {"period": str(period.period)}
    yield Task(
        "overdue", _("逾期未督导"), period.total.overdue, "reports:list-behind", query, "overdue",
        late=True, hint=_("提醒包保干部补督导"),
    )  # fmt: skip
    yield Task(
        "missing", _("本季度还没有督导"), period.total.missing, "reports:list-behind", query, "missing",
        due_on=period.period.end, hint=_("到期前系统会提醒，快到期的先联系"),
        quarter=seen.opened[0].pk if seen.opened else None,
    )  # fmt: skip


def _station(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if not may(post, Right.HANDLE_ISSUES, on=on):
        return
    held = Issue.objects.held_by(Holder.STATION).aggregate(
        late=Count("pk", filter=Q(due_on__lt=on)), all=Count("pk"), acknowledge=Count("pk", filter=Q(state__in=NEW))
    )
    page = "supervision:list-issues"
    yield Task(
        "issues-late", _("超过期限未处理"), held["late"], page, {"tab": "overdue"}, late=True, hint=_("先办超期的")
    )
    yield Task("issues-new", _("待报到"), held["acknowledge"], page, {"tab": "station"}, hint=_("报到后开始调查处理"))
    yield Task("issues", _("待处理和反馈"), held["all"], page, {"tab": "station"})


NEW = ("handed_over", "notified", "reopened")


def _office_issues(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may(post, Right.OPEN_QUARTER, on=on) or may(post, Right.INSPECT, on=on):
        late = Issue.objects.unsettled().filter(due_on__lt=on).count()
        yield Task("issues-late", _("问题超过期限"), late, "supervision:list-issues", {"tab": "overdue"}, late=True)


def _own_visits(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if not may(post, Right.VISIT, on=on):
        return
    mine = Obligation.objects.unmet().filter(
        entity__assignments__cadre__post=post, entity__assignments__valid__contains=on, starts_on__lte=on
    )
    end = quarter_of(on).end
    counts = mine.aggregate(
        late=Count("pk", filter=Q(due_on__lt=on)), left=Count("pk", filter=Q(due_on__gte=on, due_on__lte=end))
    )
    page = "supervision:my-visits"
    yield Task("my-late", _("逾期未督导"), counts["late"], page, late=True)
    bound = quarter_at(post.place, on) if counts["left"] else None
    yield Task("my-visits", _("本季度待督导"), counts["left"], page, due_on=end, quarter=bound.pk if bound else None)


def _letters(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    reviews, uploads = may(post, Right.REVIEW_LETTERS, on=on), may(post, Right.UPLOAD_LETTERS, on=on)
    if not (reviews or uploads):
        return
    counts = CommitmentLetter.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=TABS["waiting"], reviewer=post.jurisdiction_id)),
        returned=Count("pk", filter=Q(state__in=TABS["returned"])),
        unsigned=Count("pk", filter=Q(state__in=TABS["unsigned"])),
    )
    page = "commitments:list-letters"
    if reviews:
        yield Task("letters-review", _("承诺书待审核"), counts["waiting"], page, {"tab": "waiting"})
    if uploads:
        hints = _("按退回原因改好后重新上传"), _("打印签字后上传扫描件")
        yield Task(
            "letters-returned",
            _("承诺书被退回"),
            counts["returned"],
            page,
            {"tab": "returned"},
            late=True,
            hint=hints[0],
        )
        yield Task("letters-unsigned", _("承诺书待签"), counts["unsigned"], page, {"tab": "unsigned"}, hint=hints[1])


def _petitions(post: Post, on: date, _seen: Overview | None) -> Iterator[Task]:
    if may(post, Right.GRANT_ROLES, on=on):
        waiting = petition_counts()["waiting"]
        yield Task(
            "petitions", _("待确认的申请"), waiting, "tenancy:list-petitions", hint=_("核对任职文件后确认或说明理由")
        )


PARTS = (
    _petitions, _imports, _penalties, _register, _defects, _staffing, _cadre_changes, _changes, _closures, _clearances, _expiry, _letters, _quarter, _station,
    _office_issues, _own_visits,
)  # fmt: skip
