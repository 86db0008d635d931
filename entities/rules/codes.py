"""Codes an entity carries: uniform credit code, licence number, telephone number.

A wrong length or letter is an error; a check digit that does not fit is a warning, because papers in use do carry
such numbers. Nothing here derives a place from the digits inside a code.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from operator import mul
from typing import Literal

USCC_LENGTH = 18
USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_VALUES = {symbol: value for value, symbol in enumerate(USCC_SYMBOLS)}
USCC = re.compile(f"[{USCC_SYMBOLS}]*")
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(USCC_LENGTH - 1))
ORGANISATION_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
NORMAL = re.compile(r"[0-9A-Z]*")
NATIONAL_LICENCE = re.compile(r"(SC|JY)(\d+)")
LICENCE_DIGITS = 14
# By the product so far and the digit that comes.
NEXT_PRODUCT = [{str(digit): ((product + digit) % 10 or 10) * 2 % 11 for digit in range(10)} for product in range(11)]
MOBILE = re.compile(r"1\d{10}")
LANDLINE = re.compile(r"0\d{9,11}|[2-9]\d{6,7}|[48]00\d{7}")
# What Excel leaves of eighteen digits once it has taken them for a number.
FLOATING = re.compile(r"\d(?:\.\d+)?E\+?\d+|\d+\.0")
DASHES = str.maketrans("", "", "-‐‑‒–—―()（）")


@dataclass(frozen=True, slots=True)
class CodeFault:
    """What is wrong with a code, and how to mend it."""

    code: str
    level: Literal["error", "warning"]
    message: str


class LicenceKind(StrEnum):
    """By the letters a number begins with; provincial certificates have no common form."""

    PRODUCTION = "SC"
    OPERATION = "JY"
    FILING = "YB"
    OLD_PRODUCTION = "QS"
    OTHER = ""


LICENCE_KINDS = {kind.value: kind for kind in LicenceKind}


def normal_code(text: str) -> str:
    """One width, capitals, no spaces."""
    if NORMAL.fullmatch(text):
        return text
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def check_uscc(text: str) -> tuple[CodeFault, ...]:
    """Faults of a uniform social credit code (GB 32100)."""
    code = normal_code(text)
    if FLOATING.fullmatch(code):
        message = f"“{code}”已被表格软件改成数字，后几位丢失；请把这一列设为文本格式，照原证重填"
        return (CodeFault("code-lost-precision", "error", message),)
    if len(code) != USCC_LENGTH:
        message = f"统一社会信用代码应为 {USCC_LENGTH} 位，这里 {len(code)} 位；请照营业执照核对"
        return (CodeFault("code-length", "error", message),)
    if not USCC.fullmatch(code):
        wrong = sorted(set(code) - USCC_VALUES.keys())
        message = f"统一社会信用代码里不会有“{'、'.join(wrong)}”；请照营业执照核对（常见把 0 写成 O、1 写成 I）"
        return (CodeFault("code-characters", "error", message),)
    if uscc_check_symbol(code) != code[-1]:
        message = f"统一社会信用代码的校验码对不上（末位应为 {uscc_check_symbol(code)}）；请核对，确认无误可保留"
        return (CodeFault("code-check-digit", "warning", message),)
    return ()


def uscc_check_symbol(code: str) -> str:
    """The eighteenth symbol that belongs to the first seventeen."""
    total = sum(map(mul, USCC_WEIGHTS, map(USCC_VALUES.__getitem__, code[:17])))
    return USCC_SYMBOLS[-total % 31]


def check_organisation_part(text: str) -> tuple[CodeFault, ...]:
    """The inner check of places 9 to 17 (GB 11714); individual traders need not satisfy it."""
    part = normal_code(text)[8:17]
    if len(part) != len(ORGANISATION_WEIGHTS) + 1 or organisation_check_symbol(part) == part[-1]:
        return ()
    message = "统一社会信用代码第 9 至 17 位（主体标识码）的校验码对不上；个体工商户可不符，其他请核对"
    return (CodeFault("organisation-check-digit", "warning", message),)


def organisation_check_symbol(part: str) -> str:
    """The ninth symbol that belongs to the first eight."""
    values = [ORGANISATION_SYMBOLS.index(symbol) for symbol in part[:8]]
    rest = -sum(weight * value for weight, value in zip(ORGANISATION_WEIGHTS, values, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def licence_kind(text: str) -> LicenceKind:
    """Which kind of licence the number is of."""
    return LICENCE_KINDS.get(normal_code(text)[:2], LicenceKind.OTHER)


def check_licence(text: str) -> tuple[CodeFault, ...]:
    """Faults of a national licence number; others have no form to be checked by."""
    code = normal_code(text)
    if LICENCE_KINDS.get(code[:2]) not in (LicenceKind.PRODUCTION, LicenceKind.OPERATION):
        return ()
    found = NATIONAL_LICENCE.fullmatch(code)
    if found is None:
        message = f"许可证编号应为 {code[:2]} 加 {LICENCE_DIGITS} 位数字；请照许可证核对"
        return (CodeFault("licence-characters", "error", message),)
    digits = found[2]
    if len(digits) != LICENCE_DIGITS:
        message = f"许可证编号 {code[:2]} 后应有 {LICENCE_DIGITS} 位数字，这里 {len(digits)} 位；请照许可证核对"
        return (CodeFault("licence-length", "error", message),)
    if licence_check_digit(digits) != int(digits[-1]):
        message = f"许可证编号的校验码对不上（末位应为 {licence_check_digit(digits)}）；请核对，确认无误可保留"
        return (CodeFault("licence-check-digit", "warning", message),)
    return ()


def licence_check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10 over the first thirteen digits."""
    product = 10
    for digit in digits[: LICENCE_DIGITS - 1]:
        product = NEXT_PRODUCT[product][digit]
    return (11 - product) % 10


def food_category(text: str) -> str:
    """The three digits of the main product in a production licence number, empty for other numbers."""
    code = normal_code(text)
    return code[2:5] if licence_kind(code) is LicenceKind.PRODUCTION and code[2:5].isdigit() else ""


def normal_phone(text: str) -> str:
    """Digits alone, without the country's prefix."""
    number = normal_code(text).translate(DASHES)
    for prefix in ("+86", "0086"):
        number = number.removeprefix(prefix)
    return number


def check_phone(text: str) -> tuple[CodeFault, ...]:
    """Faults of a telephone number, mobile or landline."""
    number = normal_phone(text)
    if not number.isdecimal():
        return (CodeFault("phone-characters", "error", f"“{text.strip()}”不是电话号码；请只填一个号码"),)
    if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number):
        return ()
    message = f"电话号码 {len(number)} 位，手机号应为 11 位，固定电话请带区号；请核对"
    return (CodeFault("phone-length", "warning", message),)
