"""Data quality: what may be missing or odd in the register, who is the worst off, and which stored values look wrong.

A defect is never an error: ledgers in use carry such values, and each is kept until somebody mends it.
"""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum

from entities.rules.codes import check_licence, check_phone, check_uscc

# Whole names that nobody trades under, and words that a trial run leaves behind.
PLACEHOLDER = re.compile(
    r"测试|试用数据|示例|样例|待补|待定|不详|未知|无名|test|demo|xxx|asdf|^[\W\d_]*$|^(.)\1+$", re.IGNORECASE
)


class Oddity(StrEnum):
    """A stored value that looks wrong; kept beside the values of an entity when they are written."""

    NAME = "name"
    USCC = "uscc"
    LICENCE = "licence"
    PHONE = "phone"


class Defect(StrEnum):
    """What can be missing or odd about one entity; each is a filter of the register."""

    NO_GRADE = "no-grade"
    LICENCE_EXPIRED = "licence-expired"
    NO_USCC = "no-uscc"
    NO_LICENCE = "no-licence"
    NO_SIZE = "no-size"
    NO_ADDRESS = "no-address"
    NO_PRINCIPAL = "no-principal"
    NO_PHONE = "no-phone"
    NO_OFFICER = "no-officer"
    ODD_NAME = "odd-name"
    ODD_USCC = "odd-uscc"
    USCC_TWICE = "uscc-twice"
    ODD_LICENCE = "odd-licence"
    ODD_PHONE = "odd-phone"

    @property
    def label(self) -> str:
        """As pages and sheets name it."""
        return LABELS[self][0]

    @property
    def remedy(self) -> str:
        """How it is mended."""
        return LABELS[self][1]

    @property
    def is_missing(self) -> bool:
        """Whether something is not there at all, rather than there and odd."""
        return self.value.startswith("no-")


LABELS = {
    Defect.NO_GRADE: ("在营未定级", "补齐规模或用餐人数，保存后自动定级。"),
    Defect.LICENCE_EXPIRED: ("许可证已过期", "核对是否已换证，换了就登记新的编号和有效期；没换的转监管所。"),
    Defect.NO_USCC: ("缺信用代码", "照营业执照补 18 位统一社会信用代码。"),
    Defect.NO_LICENCE: ("缺许可证编号", "补许可证或备案、登记编号；确实无证的转监管所核查。"),
    Defect.NO_SIZE: ("规模数据不全", "补从业人员和年营业收入；食堂补用餐人数。"),
    Defect.NO_ADDRESS: ("缺经营地址", "补实际经营地址，督导时要找得到。"),
    Defect.NO_PRINCIPAL: ("缺负责人", "补负责人姓名，承诺书要用。"),
    Defect.NO_PHONE: ("缺联系电话", "补一个打得通的号码。"),
    Defect.NO_OFFICER: ("缺食品安全员", "补食品安全总监或食品安全员。"),
    Defect.ODD_NAME: ("名称像是测试", "核对是否真有这家；不是的，改名或注销。"),
    Defect.ODD_USCC: ("信用代码校验不符", "照营业执照核对，常见把 0 写成 O。"),
    Defect.USCC_TWICE: ("信用代码重复", "核对是一照多址还是重复登记。"),
    Defect.ODD_LICENCE: ("许可证编号校验不符", "照许可证核对编号。"),
    Defect.ODD_PHONE: ("电话位数不对", "核对号码，固定电话带区号。"),
}
# Which ledger fields of a plan's `required_fields` leave which defect when they are empty.
REQUIRED = {
    "uscc": Defect.NO_USCC,
    "licence": Defect.NO_LICENCE,
    "staff": Defect.NO_SIZE,
    "revenue": Defect.NO_SIZE,
    "diners": Defect.NO_SIZE,
    "address": Defect.NO_ADDRESS,
    "principal": Defect.NO_PRINCIPAL,
    "phone": Defect.NO_PHONE,
    "director": Defect.NO_OFFICER,
    "officer": Defect.NO_OFFICER,
}
# Worst first: in operation without a grade, then with a licence that has run out, then with anything else to mend.
WORST_FIRST = (
    (Defect.NO_GRADE,),
    (Defect.LICENCE_EXPIRED,),
    tuple(each for each in Defect if each not in (Defect.NO_GRADE, Defect.LICENCE_EXPIRED, Defect.USCC_TWICE)),
)


def required_by(fields: Iterable[str]) -> frozenset[Defect]:
    """The defects a plan does not allow; without a grade nothing else goes on, so that one is never allowed."""
    return frozenset({Defect.NO_GRADE, *(REQUIRED[field] for field in fields if field in REQUIRED)})


def odd_values(
    *, name: str, uscc: str = "", licence: str = "", phone: str | None = "", stored: Collection[str] = ()
) -> list[str]:
    """Which values of an entity look wrong, in a fixed order.

    phone: None where the stored number stays, of which `stored` says whether it was odd.
    """
    found = {
        Oddity.NAME: bool(PLACEHOLDER.search(name)),
        Oddity.USCC: bool(uscc and check_uscc(uscc)),
        Oddity.LICENCE: bool(licence and check_licence(licence)),
        Oddity.PHONE: Oddity.PHONE in stored if phone is None else bool(phone and check_phone(phone)),
    }
    return [oddity.value for oddity, is_odd in found.items() if is_odd]
