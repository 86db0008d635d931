"""PINs: six digits, and not the ones that are tried first."""

import re
from itertools import pairwise

PIN = re.compile(r"[0-9]{6}")
FEWEST_DIFFERENT = 3


def weakness(pin: str, last4: str = "") -> str:
    """Why these six digits may not be a PIN, as a sentence; empty when they may. last4: of the person's telephone."""
    if not PIN.fullmatch(pin):
        return "PIN要正好6位数字，请重新输入。"
    if len(set(pin)) < FEWEST_DIFFERENT:
        return "这个PIN太容易猜到（不同的数字太少），请换一个至少有3个不同数字的。"
    if _is_run(pin):
        return "这个PIN太容易猜到（数字依次排列，如123456），请换一个。"
    if pin[:3] == pin[3:]:
        return "这个PIN太容易猜到（前三位与后三位重复，如123123），请换一个。"
    if len(last4) == 4 and last4 in pin:
        return "这个PIN里有您手机号的后四位，容易猜到，请换一个。"
    return ""


def _is_run(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps in ({1}, {9})
