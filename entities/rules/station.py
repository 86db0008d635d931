"""What the market-supervision station reports of a business: penalties and checks, as rows and as typed lines.

One check serves the import, the form and the API.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from entities.rules.record_rows import RowForm, Words, day, one_word, some_words, words
from entities.rules.vocabulary import CheckResult, FlagKind, OperatingStatus
from tenancy.plans import codes_by_word, plain
from tenancy.plans.document.grading import PenaltyKind
from tenancy.rules.importing import Column

# Of the statuses in which penalties leave a business the one that weighs most.
HEAVIEST = (OperatingStatus.REVOKED, OperatingStatus.CANCELLED, OperatingStatus.STOPPED, OperatingStatus.DORMANT)
PENALTY_COLUMNS = (
    Column("measures", "处罚种类", ("处罚类别", "行政处罚种类", "处罚类型"), required=True),
    Column("document", "决定书文号", ("文号", "处罚决定书文号", "行政处罚决定书文号", "处罚文号"), required=True),
    Column("decided_on", "决定日期", ("处罚日期", "处罚决定日期", "作出处罚日期", "决定书日期"), required=True),
    Column("since", "起", ("执行起", "停业起", "起始日期", "开始日期")),
    Column("until", "止", ("执行止", "停业止", "截止日期", "结束日期")),
    Column("source", "处罚机关", ("作出处罚机关", "决定机关", "处罚单位", "来源"), required=True, fills_down=True),
    Column("text", "内容", ("处罚内容", "违法事实", "案由", "违法行为")),
    Column("person", "责任人", ("被处罚人", "直接责任人")),
)
CHECK_COLUMNS = (
    Column("checked_on", "检查日期", ("检查时间", "监督检查日期"), required=True),
    Column("source", "检查机构", ("检查单位", "检查机关", "检查部门", "来源"), required=True, fills_down=True),
    Column("result", "检查结果", ("结果", "检查结论", "结果判定"), required=True),
    Column("problems", "存在问题", ("问题", "发现问题", "问题描述")),
    Column("document", "文书编号", ("文号", "检查文书编号", "记录表编号")),
)
RESULT_WORDS = {
    CheckResult.FIT: ("符合", "合格", "通过"),
    CheckResult.MOSTLY: ("基本符合", "限期整改"),
    CheckResult.UNFIT: ("不符合", "不合格"),
    CheckResult.CLOSED: ("停业关闭", "停业", "关闭", "已停业", "已关闭", "关门", "已停止经营"),
    CheckResult.MOVED: ("已迁出", "迁出", "搬迁", "已搬迁", "搬离"),
    CheckResult.NOT_FOUND: ("查无此店", "查无", "查无下落", "无法联系", "查无此户", "未找到"),
}
# What a check found instead of a shop that runs, as the status it speaks for.
GONE = {
    CheckResult.CLOSED: OperatingStatus.STOPPED,
    CheckResult.MOVED: OperatingStatus.DORMANT,
    CheckResult.NOT_FOUND: OperatingStatus.DORMANT,
}
# The words a person reads for each result.
RESULT_NAMES = {result: names[0] for result, names in RESULT_WORDS.items()}
Faults = Iterator[tuple[str, str, str]]


def penalty_words(kinds: Iterable[PenaltyKind]) -> Words:
    """Every way of writing a kind of penalty, and the plan's own name for it."""
    kinds = list(kinds)
    names = {kind.code: kind.name for kind in kinds}
    return Words({"measures": {word: names[code] for word, code in codes_by_word(kinds).items()}})


def check_words() -> Words:
    """The words for the result of a check."""
    return Words({"result": {plain(word): result.value for result, named in RESULT_WORDS.items() for word in named}})


def status_after(measures: Iterable[str], kinds: Iterable[PenaltyKind]) -> str:
    """The status in which penalties of these names leave a business; empty where it runs on."""
    given = set(measures)
    left = {kind.status for kind in kinds if kind.name in given and kind.status}
    return next((status.value for status in HEAVIEST if status.value in left), "")


def penalty_faults(values: Mapping[str, Any], on: dt.date) -> Faults:
    """What is wrong with a flag: a penalty needs its kind and its day, and no day lies in its wrong place."""
    if values.get("kind", FlagKind.PENALTY) != FlagKind.PENALTY:
        return
    decided, since, until = (values.get(name) for name in ("decided_on", "since", "until"))
    if not values.get("measures"):
        yield "measures", "measures-missing", "没有选处罚种类；行政处罚要写明种类，请照决定书选择，可以多选"
    if decided is None:
        yield "decided_on", "decided-missing", "没有填写决定日期；请照处罚决定书填写"
    elif decided > on:
        yield "decided_on", "day-ahead", f"决定日期 {decided:%Y-%m-%d} 还没有到；请照决定书核对"
    elif since and since < decided:
        yield "since", "days-crossed", f"起始日 {since:%Y-%m-%d} 早于决定日期；请照决定书核对"
    if until and (since or decided) and until < (since or decided):
        yield "until", "days-crossed", f"截止日 {until:%Y-%m-%d} 早于起始日；请照决定书核对"


def check_faults(values: Mapping[str, Any], on: dt.date) -> Faults:
    """What is wrong with a check: its day is past, and what did not fit is written down."""
    day_of, result = values.get("checked_on"), values.get("result")
    if day_of and day_of > on:
        yield "checked_on", "day-ahead", f"检查日期 {day_of:%Y-%m-%d} 还没有到；请照检查记录核对"
    if result == CheckResult.UNFIT and not str(values.get("problems") or "").strip():
        yield "problems", "problems-missing", "检查结果是“不符合”，却没有写存在问题；请照检查记录补填"


def _fill_penalty(values: dict[str, Any]) -> None:
    """A penalty begins with its decision unless it says otherwise, and is at least what it is called."""
    values["since"] = values["since"] or values["decided_on"]
    values["text"] = values["text"] or "、".join(values["measures"])


PENALTY_ROWS = RowForm(
    PENALTY_COLUMNS,
    {
        "measures": some_words, "document": words(60), "decided_on": day, "since": day, "until": day,
        "source": words(60), "text": words(200), "person": words(30),
    },
    penalty_faults,
    _fill_penalty,
)  # fmt: skip
CHECK_ROWS = RowForm(
    CHECK_COLUMNS,
    {"checked_on": day, "source": words(60), "result": one_word, "problems": words(300), "document": words(60)},
    check_faults,
)
