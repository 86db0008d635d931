"""What is reported, filed, published and asked of businesses: a line must say when, by whom and to whom."""

from collections.abc import Iterator

from tenancy.plans.choices import FilingRule, labels_of
from tenancy.plans.consistency.findings import Fault, reading, unknown
from tenancy.plans.document import FilingLine, PlanDocument

# The one field that dates a line, by its rule.
DATED_BY = {
    "once": "date",
    "yearly": "month_day",
    "monthly": "day",
    "quarterly": "day",
    "half_yearly": "day",
    "on_change": "within_wd",
}
QUARTER_ENDS = (3, 6, 9, 12)
DATES = ("date", "month_day", "day", "within_wd")


@reading("inspection", "sanctions", "tiers")
def _inspection(doc: PlanDocument) -> Iterator[Fault]:
    inspection = doc.inspection
    tiers = [tier.code for tier in doc.tiers]
    sanctions = [sanction.code for sanction in doc.sanctions]
    yield from unknown(("inspection", "tiers"), "层级", inspection.tiers, tiers, "tiers")
    yield from unknown(("inspection", "sanctions"), "处理方式", inspection.sanctions, sanctions, "sanctions")
    if inspection.sample_operators_percent and inspection.target == "next_level":
        yield (
            ("inspection", "sample_operators_percent"),
            "只督查下一级干部的，不抽查主体；要抽查请写 target: penetrating",
        )


@reading("annual_report", "duty_review", "review_grades", "review_sample_ratio", "assessment", "demo_program", "tiers")
def _appraisal(doc: PlanDocument) -> Iterator[Fault]:
    tiers = [tier.code for tier in doc.tiers]
    report = doc.annual_report
    if report.enabled and not report.recipients:
        yield ("annual_report",), "要求每年报告履职情况，却没有写向谁报告（recipients）"
    for index, line in enumerate(report.recipients):
        yield from unknown(
            ("annual_report", "recipients", index), "层级", [line.tier] if line.tier else [], tiers, "tiers"
        )
    if report.up_copy and not report.up_copy_to:
        yield ("annual_report",), "要求统一抄报，却没有写抄报给谁（up_copy_to）"
    for index, sample in enumerate(doc.review_sample_ratio):
        yield from unknown(("review_sample_ratio", index), "层级", [sample.tier], tiers, "tiers")
    if doc.demo_program.enabled and not doc.demo_program.name:
        yield ("demo_program",), "开展示范创建要写名称（name）"


@reading("quarter_package")
def _package(doc: PlanDocument) -> Iterator[Fault]:
    package = doc.quarter_package
    if package.enabled and (package.day is None or not package.months):
        yield ("quarter_package",), "启用季度材料包要写明 day 和 months"
    if stray := [str(month) for month in package.months if month not in QUARTER_ENDS]:
        yield ("quarter_package", "months"), f"{'、'.join(stray)} 月不是季末月，永远不到报送的时候，只能写 3、6、9、12"


@reading("filing_calendar", "sub_plans")
def _filing(doc: PlanDocument) -> Iterator[Fault]:
    for index, line in enumerate(doc.filing_calendar):
        yield from ((("filing_calendar", index), sentence) for sentence in _line_faults(line))
    plans = doc.sub_plans
    if (plans.filed_to or plans.due) and not plans.required_of:
        yield ("sub_plans",), "要求报送下级方案，却没有写由谁制定（required_of）"


def _line_faults(line: FilingLine) -> Iterator[str]:
    rule, dated = labels_of(FilingRule)[line.rule], DATED_BY[line.rule]
    if line.rule != "on_change" and getattr(line, dated) is None:
        yield f"“{line.item}”是“{rule}”报送，要写明 {dated}"
    stray = [name for name in DATES if name != dated and getattr(line, name) is not None]
    if stray:
        yield f"“{line.item}”是“{rule}”报送，只看 {dated}，请去掉 {'、'.join(stray)}"
    if not line.recipient:
        yield f"“{line.item}”没有写报送给谁（recipient）"


@reading("display_card")
def _card(doc: PlanDocument) -> Iterator[Fault]:
    card = doc.display_card
    if card.enabled and not card.fields:
        yield ("display_card",), "印发公示卡要写明内容（fields）"
    if card.publish_phone != ("cadre_phone" in card.fields):
        yield ("display_card",), "公开电话要同时写 publish_phone: true 和内容里的 cadre_phone；不公开的两处都不写"


@reading("staffing_rules")
def _staffing(doc: PlanDocument) -> Iterator[Fault]:
    for index, rule in enumerate(doc.staffing_rules):
        here = ("staffing_rules", index)
        if rule.start and rule.until and rule.until <= rule.start:
            yield (*here, "until"), f"“{rule.name}”的废止日期 {rule.until} 不在施行日期 {rule.start} 之后，请改正"
        if rule.dual_director and not rule.director:
            yield here, f"“{rule.name}”要求双总监，就要写 director: true"
        if rule.when.tiers or rule.when.clean_visits:
            yield (*here, "when"), f"“{rule.name}”要看主体自身的业态、规模、人数，不能看包保层级和督导结果，请改正"


@reading("self_control")
def _self_control(doc: PlanDocument) -> Iterator[Fault]:
    control = doc.self_control
    if control.enabled and not control.cycles:
        yield ("self_control",), "收企业自查记录要写明周期（cycles）"
    cycles = [cycle.code for cycle in control.cycles]
    taken: dict[tuple[str, str, str], str] = {}
    for index, template in enumerate(control.templates):
        here = ("self_control", "templates", index)
        yield from unknown(here, "周期", [template.cycle], cycles, "self_control.cycles")
        slots = list(template.slots())
        if clash := next((taken[slot] for slot in slots if slot in taken), None):
            yield here, f"模板“{template.code}”和“{clash}”用在同样的领域、等级和周期，请分开"
        for slot in slots:
            taken.setdefault(slot, template.code)


CHECKS = (_inspection, _appraisal, _package, _filing, _card, _staffing, _self_control)
