"""Lines of a division list as an office pastes them: what each says, and everything that is wrong with them at once."""

import re
from collections.abc import Container
from dataclasses import dataclass

from tenancy.rules.names import tidy

CODE = re.compile(r"[0-9]{6,12}")
LONGEST_NAME = 60
MOST_LINES = 500
# Significant digits of a national code by level: 2-2-2-3-3.
WIDTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class Division:
    """A place to be: its name, and its code where it has one."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What stands already: names under the parent, codes in the tenant."""

    names: Container[str]
    codes: Container[str]


def read_lines(text: str, known: Known) -> tuple[list[Division], list[str]]:
    """The divisions of a text with "code<TAB>name" or a name alone on each line, and every fault as a sentence."""
    found: list[Division] = []
    faults: list[str] = []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        return [], [f"一次最多{MOST_LINES}行，现在有{len(lines)}行；请分几次粘贴。"]
    names: dict[str, int] = {}
    codes: dict[str, int] = {}
    for number, line in lines:
        division = _division(line)
        problems = faults_of(division, known)
        if division.name in names:
            problems.append(f"与第{names[division.name]}行同名")
        if division.code and division.code in codes:
            problems.append(f"与第{codes[division.code]}行编码相同")
        names.setdefault(division.name, number)
        codes.setdefault(division.code, number)
        faults += [f"第{number}行：{problem}。" for problem in problems]
        found.append(division)
    return found, faults


def _division(line: str) -> Division:
    first, _, rest = line.strip().replace("　", " ").partition("\t" if "\t" in line else " ")
    # A name may hold a space; a code never holds anything but digits.
    if rest and re.fullmatch(r"[0-9０-９]+", first.strip()):
        return Division(tidy(rest), tidy(first))
    return Division(tidy(line))


def faults_of(division: Division, known: Known) -> list[str]:
    """What is wrong with one division, without full stops."""
    faults = []
    if not division.name:
        faults.append("没有名称，请写成“编码 名称”或只写名称")
    elif len(division.name) > LONGEST_NAME:
        faults.append(f"名称有{len(division.name)}个字，最多{LONGEST_NAME}个字")
    elif "/" in division.name:
        faults.append(f"名称“{division.name}”里不能有斜杠")
    elif division.name in known.names:
        faults.append(f"“{division.name}”已存在，同一上级下名称不能重复")
    if division.code and not CODE.fullmatch(division.code):
        faults.append(f"编码“{division.code}”应为6至12位数字")
    elif division.code and division.code in known.codes:
        faults.append(f"编码“{division.code}”已用于别的区划")
    return faults


def segment_for(code: str, parent_code: str) -> str:
    """How the path of a place should end: the digits its code adds to its parent's, else the code, else a first number.

    310112006000 under 310112 gives 006.
    """
    width = next((each for each in WIDTHS if parent_code and not parent_code[each:].strip("0")), 0)
    stem, deeper = parent_code[:width], [each for each in WIDTHS if each > width]
    added = code[width : deeper[0]] if width and deeper and code.startswith(stem) else code
    return added or "001"
