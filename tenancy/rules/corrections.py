"""An office's corrections of the working-day calendar: what one line says, and every fault of all lines at once.

"2027-02-06 休 春节" or "2027-02-06至2027-02-12 休 国办发明电〔2026〕9号": a day or a span, off or at work, and why.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from tenancy.rules.calendar import FIRST_YEAR, LAST_YEAR, ONE_DAY
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused

OFF = ("休", "休息", "放假", "休息日", "放假日", "不上班")
AT_WORK = ("班", "上班", "工作", "工作日", "补班", "调休上班")
WORDS = dict.fromkeys(OFF, False) | dict.fromkeys(AT_WORK, True)
MOST_LINES, MOST_DAYS, LONGEST_LINE, LONGEST_REASON = 400, 400, 200, 60
DAY = r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?"
LINE = re.compile(rf"{DAY}(?:\s*(?:至|到|~|～|—+|–)\s*{DAY})?[\s,，:：]+(\S+?)(?:[\s,，:：]+(.*))?")
SHAPE = "应写成“2027-02-06 休 春节”：日期、休或班、事由或文号，中间用空格分开"


@dataclass(frozen=True, slots=True, order=True)
class Correction:
    """What an office says of one day."""

    day: dt.date
    is_workday: bool
    reason: str

    @property
    def word(self) -> str:
        return "上班" if self.is_workday else "休息"

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.word} {self.reason}"


@dataclass(frozen=True, slots=True)
class Change:
    """Corrections to be added and days whose own correction is to be taken back."""

    added: tuple[Correction, ...] = ()
    removed: tuple[dt.date, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def years(self) -> list[int]:
        """The years it touches."""
        return sorted({each.day.year for each in self.added} | {day.year for day in self.removed})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line; number counts from one, 0 stands for all of them."""

    number: int
    sentence: str

    def __str__(self) -> str:
        return f"第 {self.number} 行：{self.sentence}" if self.number else self.sentence


@dataclass
class Reading:
    """What was read and everything that is wrong with it."""

    corrections: list[Correction] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def year_in_reach(year: int) -> int:
    """The year itself. Raises Refused for one that no calendar is known for."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            f"没有 {year} 年的工作日历：可以查看和更正的是 {FIRST_YEAR} 至 {LAST_YEAR} 年，请改选年份。",
            code="calendar-year",
        )
    return year


def read_corrections(text: str, *, standing: Collection[dt.date] = ()) -> Reading:
    """One correction for each day that the lines name; empty lines are passed over.

    standing: days that bear a correction of the office already.
    """
    lines = [(number, tidy(line)) for number, line in enumerate(text.splitlines(), start=1)]
    written = [(number, line) for number, line in lines if line]
    if len(written) > MOST_LINES:
        return Reading(faults=[Fault(0, f"一次最多 {MOST_LINES} 行，现在有 {len(written)} 行，请分年或分几次贴入。")])
    reading, seen = Reading(), set(standing)
    for number, line in written:
        try:
            found = list(_read(line))
        except ValueError as fault:
            reading.faults.append(Fault(number, str(fault)))
            continue
        reading.faults += [Fault(number, sentence) for sentence in _twice(found, seen, standing)]
        reading.corrections += found
        seen |= {each.day for each in found}
    if len(reading.corrections) > MOST_DAYS:
        reading.faults.append(
            Fault(0, f"一次最多更正 {MOST_DAYS} 天，现在有 {len(reading.corrections)} 天，请分几次。")
        )
    return reading


def correction_of(day: dt.date, *, is_workday: bool, reason: str) -> Correction:
    """One correction from typed fields. Raises ValueError with the sentence."""
    return next(_corrections(day, day, is_workday, tidy(reason)))


def _read(line: str) -> Iterator[Correction]:
    found = LINE.fullmatch(line) if len(line) <= LONGEST_LINE else None
    if not found:
        raise ValueError(f"“{_short(line)}”看不懂，{SHAPE}。")
    first = _day(found[1], found[2], found[3])
    last = _day(found[4], found[5], found[6]) if found[4] else first
    if found[7] not in WORDS:
        raise ValueError(f"“{_short(found[7])}”不是休也不是班，{SHAPE}。")
    if last < first or (last - first).days > 31:
        raise ValueError("起止日期不对：后一天不能早于前一天，一段最多 32 天。")
    return _corrections(first, last, WORDS[found[7]], found[8] or "")


def _corrections(first: dt.date, last: dt.date, is_workday: bool, reason: str) -> Iterator[Correction]:
    for year in {first.year, last.year}:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"{year} 年不在可以更正的 {FIRST_YEAR} 至 {LAST_YEAR} 年之内。")
    if not reason:
        raise ValueError("没有写事由，请写明原因或文号，如“春节”“国办发明电〔2026〕9号”。")
    if len(reason) > LONGEST_REASON:
        raise ValueError(f"事由有 {len(reason)} 个字，最多 {LONGEST_REASON} 个字。")
    if "\x00" in reason:
        raise ValueError("事由里有无法识别的字符，请重新输入。")
    return (Correction(first + ONE_DAY * number, is_workday, reason) for number in range((last - first).days + 1))


def _day(year: str, month: str, day: str) -> dt.date:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError as error:
        raise ValueError(f"没有 {year} 年 {month} 月 {day} 日这一天，请核对。") from error


def _twice(found: Iterable[Correction], seen: Collection[dt.date], standing: Collection[dt.date]) -> Iterator[str]:
    for each in found:
        if each.day in standing:
            yield f"{each.day:%Y-%m-%d} 已有更正，要改请先撤回那一条。"
        elif each.day in seen:
            yield f"{each.day:%Y-%m-%d} 前面已经写过，请只留一行。"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"
