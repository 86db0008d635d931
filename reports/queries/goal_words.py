"""What pages, answers and workbooks call the goals' states and whatever is missing."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.queries.goals import GoalFigure, goals_of
from reports.queries.sheets import SheetRows, conditions_of, unit_of
from tenancy.models import Jurisdiction, Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.rounds import RoundState

STATES = {
    RoundState.DONE: gettext_lazy("已达到"),
    RoundState.RUNNING: gettext_lazy("还没有到期"),
    RoundState.SHORT: gettext_lazy("未达到（力争）"),
    RoundState.MISSED: gettext_lazy("未达到"),
}
LACKS = {
    "grade": gettext_lazy("没有分级"),
    "licence": gettext_lazy("没有许可证编号"),
    "uscc": gettext_lazy("没有统一社会信用代码"),
    "address": gettext_lazy("没有经营地址"),
    "principal": gettext_lazy("没有负责人"),
    "phone": gettext_lazy("没有联系电话"),
    "staff": gettext_lazy("没有从业人员数"),
    "revenue": gettext_lazy("没有年营业收入"),
    "director": gettext_lazy("没有食品安全总监"),
    "officer": gettext_lazy("没有食品安全员"),
    "record": gettext_lazy("没有包保干部档案（层级、类别）"),
    "title": gettext_lazy("没有职务"),
    "letter": gettext_lazy("承诺书还没有签订并审核通过"),
    "visit": gettext_lazy("还没有督导"),
    "staff-posts": gettext_lazy("总监、安全员没有配齐"),
    "responsibility": gettext_lazy("没有审定的责任清单"),
    "task": gettext_lazy("方案里没有任务清单"),
    "inspection": gettext_lazy("方案里没有督查清单"),
    "scheme": gettext_lazy("方案里没有写明由谁督查、每年几次"),
}


def lacks_said(codes: tuple[str, ...]) -> str:
    return "、".join(str(LACKS[code]) for code in codes)


def goals_sheet(post: Post, place: Jurisdiction, on: date) -> SheetRows:
    """年度目标 with figure and judgement, one line each."""
    figures = goals_of(place, on)
    return SheetRows(
        title=_("年度目标完成情况"),
        unit=unit_of(post, plan_in_force(post.place, on).value),
        day=on,
        conditions=conditions_of([(_("区域"), place.name if place.pk != post.jurisdiction_id else "")]),
        count=len(figures),
        rows=(_row(figure) for figure in figures),
        totals={"name": _("%d项") % len(figures)},
    )


def _row(figure: GoalFigure) -> tuple[object, ...]:
    measure = figure.measure
    state = str(STATES[figure.state])
    return figure.terms.name, figure.clause, figure.terms.by, measure.total, measure.done, figure.short, state
