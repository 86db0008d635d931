"""Order and comparison of Chinese names without a database collation."""

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Characters whose most common single reading would sort a frequent word wrongly.
WORDS = {"银行": "yin hang ", "重庆": "chong qing ", "长": "chang ", "朝阳": "chao yang "}

WIDE = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
NARROWED = {ord(letter): ord(letter) - 0xFEE0 for letter in WIDE} | dict.fromkeys(map(ord, UNSEEN))
TYPED_WIDE = re.compile(f"[{WIDE}{UNSEEN}]")


@lru_cache(maxsize=20_000)
def _reading(letter: str) -> str:
    return str(lazy_pinyin(letter, style=Style.TONE3)[0])


def sort_key(name: str) -> str:
    """Pinyin of each character with its tone, 120 characters at most; sorts bytewise as a Chinese dictionary does."""
    for word, reading in WORDS.items():
        name = name.replace(word, reading)
    return " ".join(_reading(letter) for letter in name)[:120]


def search_key(name: str) -> str:
    """What a name is found by when it is typed in letters: its pinyin without tones, a space, its initials.

    Read by phrases, so that 银行 is yinhang; letters and digits of a name stand for themselves. 240 characters at most.
    """
    parts = [str(part).lower() for part in lazy_pinyin(name, style=Style.NORMAL)]
    read = [part if _is_syllable(part) else "".join(filter(str.isalnum, part)) for part in parts]
    initials = "".join(part[:1] if _is_syllable(part) and part not in name.lower() else part for part in read)
    return f"{''.join(read)[:180]} {initials[:59]}"


def _is_syllable(part: str) -> bool:
    return part.isascii() and part.isalpha()


def tidy(text: str) -> str:
    """NFC, full-width letters and digits made plain, spaces at both ends and zero-width characters removed.

    Chinese punctuation stays as typed, and so do characters outside the basic plane.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        # Most cells need no change, and to see that is much cheaper than to make one.
        if TYPED_WIDE.search(text):
            text = text.translate(NARROWED)
    return text.strip(" \t\r\n\u3000\u00a0")
