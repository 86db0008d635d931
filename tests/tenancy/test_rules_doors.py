"""Waits grow and end; PINs that are tried first are refused, and nearly all others are not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.rules.doors import LONGEST_ANSWER_WAIT, LONGEST_PIN_WAIT, spoken, wait_after
from tenancy.rules.pins import weakness

digits = st.text("0123456789", min_size=6, max_size=6)


def test_the_first_slips_cost_nothing_and_then_every_wait_is_twice_the_last() -> None:
    seconds = [wait_after(failures, LONGEST_PIN_WAIT).total_seconds() for failures in range(10)]
    assert seconds == [0, 0, 0, 30, 60, 120, 240, 480, 960, 1800]


@given(st.integers(0, 10**6))
def test_no_wait_is_longer_than_the_longest_and_none_shorter_than_the_one_before(failures: int) -> None:
    for longest in (LONGEST_PIN_WAIT, LONGEST_ANSWER_WAIT):
        assert wait_after(failures, longest) <= wait_after(failures + 1, longest) <= longest


def test_a_week_is_too_short_to_try_four_digits_out() -> None:
    tried, gone = 0, timedelta(0)
    while gone < timedelta(days=7):
        tried += 1
        gone += wait_after(tried, LONGEST_ANSWER_WAIT)
    assert tried < 60


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(milliseconds=1), "1秒"),
        (timedelta(seconds=29, milliseconds=1), "30秒"),
        (timedelta(seconds=59), "59秒"),
        (timedelta(seconds=60), "1分钟"),
        (timedelta(seconds=61), "2分钟"),
        (timedelta(minutes=30), "30分钟"),
        (timedelta(minutes=61), "2小时"),
    ],
)
def test_a_wait_is_spoken_rounded_up(wait: timedelta, words: str) -> None:
    assert spoken(wait) == words


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("000000", "不同的数字太少"),
        ("111222", "不同的数字太少"),
        ("121212", "不同的数字太少"),
        ("123456", "数字依次排列"),
        ("654321", "数字依次排列"),
        ("890123", "数字依次排列"),
        ("123123", "前三位与后三位重复"),
        ("480480", "前三位与后三位重复"),
        ("12345", "正好6位"),
        ("1234567", "正好6位"),
        ("１２４８１６", "正好6位"),
        ("12a456", "正好6位"),
        ("", "正好6位"),
    ],
)
def test_an_easy_pin_is_refused_with_its_reason(pin: str, why: str) -> None:
    assert why in weakness(pin)


def test_the_digits_of_the_own_telephone_are_no_secret() -> None:
    assert weakness("902468") == ""
    assert "手机号的后四位" in weakness("902468", "0246")
    assert weakness("902468", "") == ""


@given(digits)
def test_what_is_accepted_has_three_different_digits_and_what_is_refused_says_how_to_mend(pin: str) -> None:
    reason = weakness(pin)
    assert len(set(pin)) >= 3 or reason
    assert reason == "" or ("请换一个" in reason)


def test_nearly_every_pin_may_be_chosen() -> None:
    assert sum(1 for number in range(0, 10**6, 7) if weakness(f"{number:06}")) < 0.03 * 10**6 / 7
