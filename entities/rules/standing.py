"""Which grade stands on which days: what the rules say, what the office decided beside them, until when.

Base, effective and corrected grade are told apart in every line. A timeline is computed whole and held against the
stored rows, so that only what differs is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from entities.rules.grading import EntityFacts, Grading, rulebook
from entities.rules.matching import risk_classes
from entities.rules.upgrading import Raise, raised_by_class
from entities.rules.vocabulary import DecisionKind, Grade
from tenancy.plans.resolution import ResolvedPlan

TEXT = 200
BY_CLASS, BY_CASE = "class", "case"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an office decided about one entity; until is the first day it no longer holds, None for good.

    A correction answers one computed grade (`over`): where the rules say another, it says nothing.
    """

    kind: DecisionKind
    grade: Grade
    over: Grade
    since: date
    until: date | None
    words: str
    cited: str

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """A grade from one day to another (until excluded), with everything that explains it.

    `regrading` is the batch a line belongs to; neither it nor the wording of the reason makes two lines differ.
    """

    since: date
    until: date | None
    base: str
    effective: str
    corrected_from: str = ""
    size: str = ""
    rule: str = ""
    clause: str = ""
    reason: str = ""
    raised_by: str = ""
    raise_clause: str = ""
    raise_reason: str = ""
    regrading: int | None = None

    @property
    def says(self) -> tuple[str, ...]:
        """What makes it another line than the one before."""
        grades = (self.base, self.effective, self.corrected_from, self.size)
        return (*grades, self.rule, self.clause, self.raised_by, self.raise_clause, self.raise_reason)


@dataclass(frozen=True, slots=True)
class Segment:
    """The plan that judges from a day on, until the next segment begins, and the regrading that laid it down."""

    since: date
    plan: ResolvedPlan
    regrading: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity as judges see it: its facts, and the licences that show its high-risk classes."""

    facts: EntityFacts
    licences: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@lru_cache(maxsize=64)
def judge(plan: ResolvedPlan) -> "Judge":
    """A plan's whole judgement of an entity, made ready once."""
    return Judge(plan)


class Judge:
    """The base grade and what raises it, under one plan."""

    def __init__(self, plan: ResolvedPlan) -> None:
        self.plan = plan
        self.rules = rulebook(plan)

    def facts(self, subject: Subject) -> EntityFacts:
        """The facts with the high-risk classes that this plan reads from licences and tags."""
        facts = subject.facts
        if not subject.licences and not facts.tags:
            return facts
        classes = risk_classes(subject.licences, self.plan.value, facts.tags)
        return replace(facts, classes=facts.classes | classes) if classes else facts

    def grading(self, subject: Subject) -> Grading:
        """What the rules alone say."""
        return self.rules.grade(self.facts(subject))

    def standing(self, subject: Subject, on: date) -> Standing | None:
        """The line that holds on a day, open at its end; None while there is no grade."""
        facts = self.facts(subject)
        found = self.rules.grade(facts)
        if found.base is None:
            return None
        line = _computed(found, on)
        corrections = (each for each in subject.decisions if each.kind is DecisionKind.CORRECTION)
        correction = next((each for each in corrections if each.over == found.base and each.holds_on(on)), None)
        if correction is not None:
            line = _corrected(line, correction)
        base = Grade(line.base)
        by_class = raised_by_class(base, found.size, facts, self.plan)
        cases = (each for each in subject.decisions if each.kind is DecisionKind.UPGRADE and each.holds_on(on))
        return _raised(line, by_class, next(cases, None))


def timeline(subject: Subject, segments: Sequence[Segment]) -> list[Standing]:
    """Every line from the first segment's day on; days without a grade are gaps."""
    days = sorted(set(_days(subject.decisions, segments)))
    lines: list[Standing] = []
    for number, day in enumerate(days):
        until = days[number + 1] if number + 1 < len(days) else None
        segment = [each for each in segments if each.since <= day][-1]
        found = judge(segment.plan).standing(subject, day)
        if found is None:
            continue
        line = replace(found, until=until, regrading=segment.regrading)
        if lines and lines[-1].until == day and lines[-1].says == line.says:
            lines[-1] = replace(lines[-1], until=until)
        else:
            lines.append(line)
    return lines


def _days(decisions: Iterable[Decision], segments: Sequence[Segment]) -> Iterable[date]:
    """The days on which something may change, the first segment's day among them."""
    first = segments[0].since
    yield from (segment.since for segment in segments)
    for decision in decisions:
        yield from (day for day in (decision.since, decision.until) if day is not None and day > first)


def _computed(found: Grading, on: date) -> Standing:
    assert found.base is not None, "an open grading is no line"
    size = found.size.value if found.size else ""
    clause, reason = found.clause[:TEXT], found.reason[:TEXT]
    return Standing(on, None, found.base.value, found.base.value, "", size, found.rule_code, clause, reason)


def _corrected(line: Standing, correction: Decision) -> Standing:
    reason = f"人工改级：{correction.words}。规则判定 {line.base} 级：{line.reason}"[:TEXT]
    grade = correction.grade.value
    return replace(line, base=grade, effective=grade, corrected_from=line.base, reason=reason)


def _raised(line: Standing, by_class: Raise | None, case: Decision | None) -> Standing:
    """The higher of both; where a class already gives as much as the case, the class is the reason."""
    reached = by_class.grade if by_class else Grade(line.base)
    if case is not None and case.grade < reached:
        words, cited = case.words[:TEXT], case.cited[:TEXT]
        return replace(line, effective=case.grade.value, raised_by=BY_CASE, raise_clause=cited, raise_reason=words)
    if by_class is None:
        return line
    clause, reason = by_class.clause[:TEXT], by_class.reason[:TEXT]
    return replace(line, effective=by_class.grade.value, raised_by=BY_CLASS, raise_clause=clause, raise_reason=reason)


@dataclass(frozen=True, slots=True)
class Row:
    """A stored line with its id."""

    id: int
    line: Standing


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What makes the stored rows of one entity say a timeline: rows to remove, to end on another day, and new ones."""

    gone: list[int] = field(default_factory=list)
    ends: list[tuple[int, date | None]] = field(default_factory=list)
    made: list[Standing] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the rows say so already."""
        return not (self.gone or self.ends or self.made)

    @property
    def touched(self) -> list[int]:
        """The rows that are removed or end elsewhere."""
        return [*self.gone, *(pk for pk, _until in self.ends)]


def rewrite(rows: Sequence[Row], lines: Sequence[Standing], since: date) -> Rewrite:
    """From a day on the rows shall say these lines. A row that already says so goes on, also one that just ended.

    rows: those that hold on the day before or later, in the order of their days.
    """
    change, wanted = Rewrite(), list(lines)
    later = {row.line.since: row for row in rows if row.line.since >= since}
    before = [row for row in rows if row.line.since < since]
    if before and wanted and wanted[0].since == since and wanted[0].says == before[-1].line.says:
        until = wanted.pop(0).until
        if before[-1].line.until != until:
            change.ends.append((before[-1].id, until))
    elif before and _reaches(before[-1].line, since):
        change.ends.append((before[-1].id, since))
    for line in wanted:
        kept = later.get(line.since)
        if kept is None or kept.line.says != line.says:
            change.made.append(line)
            continue
        del later[line.since]
        if kept.line.until != line.until:
            change.ends.append((kept.id, line.until))
    change.gone.extend(row.id for row in later.values())
    return change


def _reaches(line: Standing, day: date) -> bool:
    return line.until is None or line.until > day
