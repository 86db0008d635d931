"""Rounds, their lines, and the sums by line of business that go up; page, print, workbook and endpoint read these."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from entities.models import Survey, SurveyLine
from entities.queries.checking import type_names
from entities.rules.surveys import LINE_LABELS, OUTCOME_LABELS, LineState, Outcome
from entities.rules.vocabulary import Grade
from tenancy.plans import PlanDocument
from tenancy.plans.choices import Domain, labels_of
from tenancy.rules.paths import END

TABS = (*(state.value for state in LineState), "all")


@dataclass(slots=True)
class LineSum:
    """条线: one line of business with its shops, grades and outcomes; `grades` counts the drafted ones."""

    name: str
    total: int = 0
    grades: dict[str, int] = field(default_factory=lambda: dict.fromkeys([*(str(each) for each in Grade), ""], 0))
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys([*OUTCOME_LABELS, ""], 0))

    @property
    def graded(self) -> list[int]:
        """How many of each grade, A first, those without one last."""
        return list(self.grades.values())

    @property
    def found(self) -> list[int]:
        """How many of each outcome, those not looked at yet last."""
        return list(self.outcomes.values())


def surveys() -> QuerySet[Survey]:
    """Rounds of the acting place and of those above it, the newest first."""
    return Survey.objects.select_related("jurisdiction").order_by("closed_on", "-starts_on", "-pk")


def lines_of(survey: Survey, tab: str = "all", area: str = "") -> QuerySet[SurveyLine]:
    """The lines of a round as far as the acting place reads them."""
    found = SurveyLine.objects.filter(survey=survey).select_related("jurisdiction", "entity")
    if tab != "all":
        found = found.filter(state=tab)
    if area:
        found = found.filter(place__gte=area, place__lt=area + END)
    return found.order_by("place", "name", "pk")


def line_counts(survey: Survey) -> dict[str, int]:
    """How many lines each tab holds."""
    counts = dict.fromkeys(TABS, 0)
    for state, number in survey.lines.order_by().values_list("state").annotate(n=Count("pk")):
        counts[state] = number
        counts["all"] += number
    return counts


def sums_of(survey: Survey, doc: PlanDocument) -> list[LineSum]:
    """The sums by line of business, with the whole at the end; of a closed round as they stood then."""
    if survey.closed_on is not None:
        return [LineSum(**kept) for kept in survey.sums]
    groups = survey.lines.order_by().values_list("business_type", "grade", "outcome").annotate(n=Count("pk"))
    return summed(groups, {kind.code: kind.domain for kind in doc.business_types})


def summed(groups: Iterable[tuple[str, str, str, int]], domains: Mapping[str, str]) -> list[LineSum]:
    """Business type, grade, outcome and number, by line of business."""
    names = labels_of(Domain)
    lines = {code: LineSum(name) for code, name in names.items()}
    whole = LineSum("合计")
    rest: dict[str, LineSum] = defaultdict(lambda: LineSum("其他"))
    for business_type, grade, outcome, number in groups:
        domain = domains.get(business_type, "")
        for line in (lines.get(domain) or rest[""], whole):
            line.total += number
            line.grades[grade] += number
            line.outcomes[outcome] += number
    return [*lines.values(), *rest.values(), whole]


def kept_sums(found: Iterable[LineSum]) -> list[dict[str, Any]]:
    """The sums as a closed round keeps them."""
    return [asdict(each) for each in found]


def printed_lines(found: QuerySet[SurveyLine], doc: PlanDocument) -> list[tuple[Any, ...]]:
    """The lines as the workbook has them."""
    types = type_names(doc)
    return [
        (
            line.name,
            line.jurisdiction.name,
            types.get(line.business_type, line.business_type),
            OUTCOME_LABELS.get(line.outcome, ""),
            line.computed,
            line.grade,
            line.note,
            line.drafted_by_name,
            line.drafted_on,
            line.confirmed_by_name,
            LINE_LABELS[line.state],
            line.result,
        )
        for line in found
    ]


def is_new(line: SurveyLine) -> bool:
    """Whether the line is of a shop found on the way."""
    return line.outcome == Outcome.NEW
