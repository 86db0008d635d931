"""Which business a row is about, and where list and register differ: cases, and that everything is in exactly one class."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.rules.outside import OutsideFacts, day_of
from entities.rules.reconciling import DifferenceKind, Ours, compare

DAY = date(2027, 5, 8)


def ours(
    pk: int, name: str = "粥公粥婆", uscc: str = "", address: str = "", status: str = "active", **licences
) -> Ours:
    return Ours(pk, name, uscc, address, "", status, licences)


def said(rows: list[OutsideFacts], register: list[Ours]) -> list[tuple]:
    found = compare(dict(enumerate(rows, start=1)), register).found
    return [(each.kind.value, each.row, each.entity, each.field, each.there, each.here) for each in found]


CASES = {
    "by credit code, whatever else differs": (
        [OutsideFacts("新店名", "U1", "JY2")],
        [ours(1, "旧店名", "U1", JY1=None)],
        [("field", 1, 1, "name", "新店名", "旧店名"), ("field", 1, 1, "licence", "JY2", "JY1")],
    ),
    "by licence where no code contradicts": (
        [OutsideFacts("甲店", "U1", "JY1")],
        [ours(1, "甲店", "", JY1=None)],
        [("field", 1, 1, "uscc", "U1", "")],
    ),
    "a licence beside another code proves nothing": (
        [OutsideFacts("甲店", "U1", "JY1")],
        [ours(1, "乙店", "U2", JY1=None)],
        [("only_there", 1, None, "", "甲店", ""), ("only_here", None, 1, "", "", "乙店")],
    ),
    "by name and address however they are written": (
        [OutsideFacts("甲店（总店）", "", "", address="东城区平阳路12号")],
        [ours(1, "甲店(总店)", "", "平阳路12号")],
        [],
    ),
    "shops of a chain are told apart by their licences": (
        [OutsideFacts("连锁店", "U1", "JY1"), OutsideFacts("连锁店", "U1", "JY2")],
        [ours(1, "连锁店", "U1", JY1=None)],
        [("only_there", 2, None, "", "连锁店", "")],
    ),
    "a business with two licences has two rows": (
        [OutsideFacts("甲店", "U1", "JY1"), OutsideFacts("甲店", "U1", "JY2")],
        [ours(1, "甲店", "U1", JY1=None, JY2=None)],
        [],
    ),
    "the last day of the licence that is named": (
        [OutsideFacts("甲店", "U1", "JY2", valid_until=DAY)],
        [ours(1, "甲店", "U1", JY1=DAY, JY2=date(2026, 5, 8))],
        [("field", 1, 1, "valid_until", "2027-05-08", "2026-05-08")],
    ),
    "what a list leaves out is no difference": (
        [OutsideFacts("甲店", "U1")],
        [ours(1, "甲店", "U1", "路1号", JY1=DAY)],
        [],
    ),
    "what both call gone is nobody's difference": (
        [OutsideFacts("甲店", "U1", status="cancelled")],
        [ours(1, "乙店", "U2", status="revoked")],
        [],
    ),
    "gone there and open here": (
        [OutsideFacts("甲店", "U1", status="cancelled")],
        [ours(1, "甲店", "U1")],
        [("field", 1, 1, "status", "cancelled", "active")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_row_is_about(case: str) -> None:
    rows, register, found = CASES[case]
    assert said(rows, register) == found


TEXTS = st.sampled_from(["", "甲", "乙", "丙"])
ROWS = st.builds(
    OutsideFacts,
    name=st.sampled_from(["甲店", "乙店", "丙店"]), uscc=TEXTS, licence=TEXTS, address=TEXTS, principal=TEXTS,
    status=st.sampled_from(["", "active", "cancelled"]), valid_until=st.sampled_from([None, DAY]),
)  # fmt: skip
BUSINESSES = st.builds(
    lambda name, uscc, address, status, numbers: (name, uscc, address, status, dict.fromkeys(numbers)),
    st.sampled_from(["甲店", "乙店", "丙店"]), TEXTS, TEXTS, st.sampled_from(["active", "stopped", "cancelled"]),
    st.sets(st.sampled_from(["甲", "乙", "丙"])),
)  # fmt: skip


@given(st.lists(ROWS, max_size=12), st.lists(BUSINESSES, max_size=12))
def test_every_row_and_every_business_is_in_exactly_one_class(rows, facts) -> None:
    register = [Ours(pk, name, uscc, address, "", status, held) for pk, (name, uscc, address, status, held) in
                enumerate(facts, start=100)]  # fmt: skip
    found = compare(dict(enumerate(rows)), register)
    assert sorted([*found.matches, *found.only_there, *found.gone_there]) == list(range(len(rows)))
    known = set(found.matches.values())
    assert sorted([*known, *found.only_here, *found.gone_here]) == [each.pk for each in register]
    kinds = [each.kind for each in found.found]
    assert kinds.count(DifferenceKind.ONLY_THERE) == len(found.only_there)
    assert kinds.count(DifferenceKind.ONLY_HERE) == len(found.only_here)
    assert {each.row for each in found.found if each.kind is DifferenceKind.FIELD} <= set(found.matches)
    prints = [each.fingerprint for each in found.found if each.kind is DifferenceKind.FIELD]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize(
    "text",
    ["2027-05-08", "2027年5月8日", "2027/5/8", "2027.5.8", "20270508", "2022-05-09至2027-05-08", "2027-05-08 00:00:00"],
)
def test_days_are_read_as_lists_write_them(text: str) -> None:
    assert day_of(text) == DAY


def test_what_is_no_day_is_none() -> None:
    assert day_of("五年") is None
