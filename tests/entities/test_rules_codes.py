"""Codes: published numbers pass, planted faults are named, and the ledger's faults are found row by row."""

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.rules.codes import (
    USCC_SYMBOLS,
    LicenceKind,
    check_licence,
    check_organisation_part,
    check_phone,
    check_uscc,
    food_category,
    licence_check_digit,
    licence_kind,
    normal_code,
    normal_phone,
    uscc_check_symbol,
)

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def faults(found) -> list[tuple[str, str]]:
    return [(fault.code, fault.level) for fault in found]


@pytest.mark.parametrize("code", ["91350104315308392G", "91440300L83341734R"])
def test_a_published_credit_code_is_sound(code):
    assert check_uscc(code) == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91350104315308392H", [("code-check-digit", "warning")]),
        ("9135010431530839G", [("code-length", "error")]),
        ("9135010431530839OG", [("code-characters", "error")]),
        ("9.13501043153084E+17", [("code-lost-precision", "error")]),
        ("9.131011200123457e+17", [("code-lost-precision", "error")]),
        ("", [("code-length", "error")]),
    ],
)
def test_a_faulty_credit_code_is_named(code, expected):
    assert faults(check_uscc(code)) == expected


def test_width_case_and_spaces_do_not_matter():
    assert normal_code(" ９１３５０１０４　315308392g ") == "91350104315308392G"
    assert check_uscc(" ９１３５０１０４　315308392g ") == ()


@given(st.text(USCC_SYMBOLS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(USCC_SYMBOLS))
def test_any_single_wrong_symbol_breaks_a_credit_code(body, place, symbol):
    code = body + uscc_check_symbol(body)
    changed = code[:place] + symbol + code[place + 1 :]
    assert (check_uscc(changed) == ()) == (changed == code)


def test_the_inner_organisation_code_is_checked_apart():
    assert check_organisation_part("91350104315308392G") == ()
    assert faults(check_organisation_part("91350104315308391G")) == [("organisation-check-digit", "warning")]


@pytest.mark.parametrize(
    "licence", ["JY13301080111719", "JY13501040006708", "SC11532139200465", "SC11834020305037", "ＪＹ13301080111719"]
)
def test_a_published_licence_number_is_sound(licence):
    assert check_licence(licence) == ()


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("SC12345678901234", [("licence-check-digit", "warning")]),
        ("SC10600000000000", [("licence-check-digit", "warning")]),
        ("JY11113080533669", [("licence-check-digit", "warning")]),
        ("JY1330108011171", [("licence-length", "error")]),
        ("JY1330108011171X", [("licence-characters", "error")]),
        ("沪小作坊2022-015", []),
        ("QS310115020123", []),
        ("YB13101120000001", []),
    ],
)
def test_a_faulty_licence_number_is_named_and_provincial_ones_are_let_be(licence, expected):
    assert faults(check_licence(licence)) == expected


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.sampled_from("0123456789"))
def test_any_single_wrong_digit_breaks_a_licence_number(body, place, digit):
    number = f"JY{body}{licence_check_digit(body)}"
    changed = number[: place + 2] + digit + number[place + 3 :]
    assert (check_licence(changed) == ()) == (changed == number)


def test_a_production_licence_tells_its_main_product():
    assert (food_category("SC10511010100012"), food_category("JY13301080111719"), food_category("")) == ("105", "", "")
    assert (licence_kind("SC105"), licence_kind("yb1"), licence_kind("沪1")) == (
        LicenceKind.PRODUCTION,
        LicenceKind.FILING,
        LicenceKind.OTHER,
    )


@pytest.mark.parametrize(
    ("written", "number", "expected"),
    [
        ("19900000001", "19900000001", []),
        (" +86 199-0000-0001 ", "19900000001", []),
        ("１９９０００００００１", "19900000001", []),
        ("(021) 5555-0000", "02155550000", []),
        ("1990000001", "1990000001", [("phone-length", "warning")]),
        ("199000000012", "199000000012", [("phone-length", "warning")]),
        ("无", "无", [("phone-characters", "error")]),
        ("19900000001/19900000002", "19900000001/19900000002", [("phone-characters", "error")]),
    ],
)
def test_a_telephone_number_is_normalised_and_checked(written, number, expected):
    assert (normal_phone(written), faults(check_phone(written))) == (number, expected)


def test_the_ledgers_faulty_codes_are_found_row_by_row():
    ours = {"code-length", "code-check-digit", "code-lost-precision", "licence-check-digit", "phone-length"}
    planted = json.loads((FIXTURES / "ledger-gumei.expected.json").read_text())["problems"]
    expected = [(p["row"], p["code"], p["level"]) for p in planted if p["code"] in ours]
    sheet = openpyxl.load_workbook(FIXTURES / "ledger-gumei.xlsx")["主体台账"]
    found = []
    for number, row in enumerate(sheet.iter_rows(min_row=5, max_row=1291, values_only=True), start=5):
        checks = ((check_uscc, row[2]), (check_licence, row[3]), (check_phone, row[11]))
        for check, value in checks:
            found += [(number, f.code, f.level) for f in (check(str(value)) if value is not None else ())]
    assert found == expected
