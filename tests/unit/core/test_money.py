"""Money: exact in and out, and refused where a number could mean something else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core import money
from omnisonic.core.money import BadMoney, MoneyProblem

NANO_AMOUNTS = st.integers(-money.NANO_MAX, money.NANO_MAX)


@pytest.mark.parametrize(
    ("text", "nano"),
    [
        ("0", 0),
        ("10", 10_000_000_000),
        ("0.0034567", 3_456_700),
        ("0.00000000099999", 0),
        ("1.99999999999999", 1_999_999_999),
        ("007.5", 7_500_000_000),
        ("9223372036.854775807", money.NANO_MAX),
    ],
)
def test_a_decimal_text_becomes_nano_units(text: str, nano: int) -> None:
    assert money.to_nano(money.parse_amount(text)) == nano


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", MoneyProblem.EMPTY),
        ("  ", MoneyProblem.EMPTY),
        ("NaN", MoneyProblem.NOT_A_NUMBER),
        ("Infinity", MoneyProblem.NOT_A_NUMBER),
        ("+1", MoneyProblem.NOT_A_NUMBER),
        (".5", MoneyProblem.NOT_A_NUMBER),
        ("5.", MoneyProblem.NOT_A_NUMBER),
        (" 5", MoneyProblem.NOT_A_NUMBER),
        ("5\n", MoneyProblem.NOT_A_NUMBER),
        ("٥", MoneyProblem.NOT_A_NUMBER),
        ("1_000", MoneyProblem.NOT_A_NUMBER),
        ("€5", MoneyProblem.NOT_A_NUMBER),
        ("1E-5", MoneyProblem.SPREADSHEET),
        ("1,5", MoneyProblem.SEPARATORS),
        ("1.234.567", MoneyProblem.SEPARATORS),
        ("1 000", MoneyProblem.SEPARATORS),
        ("-1", MoneyProblem.NEGATIVE),
        ("0.000000000000001", MoneyProblem.TOO_PRECISE),
        ("9" * 25, MoneyProblem.TOO_LARGE),
        ("9" * 24, MoneyProblem.TOO_LARGE),
        ("9223372036.854775808", MoneyProblem.TOO_LARGE),
    ],
)
def test_what_is_no_plain_amount_is_refused_by_its_kind(text: str, problem: MoneyProblem) -> None:
    with pytest.raises(BadMoney) as refused:
        money.parse_amount(text)
    assert refused.value.problem is problem


@given(st.integers(0, money.NANO_MAX // money.NANO - 1), st.integers(0, 10**14 - 1))
def test_negatives_mirror_and_what_is_cut_off_is_below_a_nano(whole: int, decimals: int) -> None:
    text = f"{whole}.{decimals:014}"
    amount = money.parse_amount(text)
    assert money.to_nano(money.parse_amount(f"-{text}", is_signed=True)) == -money.to_nano(amount)
    assert 0 <= amount - money.from_nano(money.to_nano(amount)) < Decimal("1e-9")


@given(NANO_AMOUNTS, st.sampled_from(sorted(money.EXPONENTS)))
def test_text_and_nano_units_are_the_same_number(nano: int, currency: str) -> None:
    text = money.format_nano(nano, currency)
    assert money.to_nano(money.parse_amount(text, is_signed=True)) == nano
    assert money.format_money(nano, currency).replace(",", "") == f"{text} {currency}"


@given(NANO_AMOUNTS, st.sampled_from(sorted(money.EXPONENTS)))
def test_rounding_loses_nothing_and_never_pays_more(nano: int, currency: str) -> None:
    rounded = money.round_to_minor(nano, currency)
    unit = money.nano_per_minor(currency)
    assert rounded.minor_units * unit + rounded.residue_nano == nano
    assert abs(rounded.residue_nano) < unit
    assert abs(rounded.minor_units * unit) <= abs(nano)


@pytest.mark.parametrize(
    ("currency", "exponent"),
    [("EUR", 2), ("JPY", 0), ("ISK", 0), ("BHD", 3), ("CLF", 4), ("IRR", 2), ("LBP", 2)],
)
def test_minor_units_follow_iso_4217_and_not_cldr(currency: str, exponent: int) -> None:
    assert money.nano_per_minor(money.parse_currency(currency)) == 10 ** (9 - exponent)
    assert money.format_minor(-5, currency) == f"{Decimal(-5).scaleb(-exponent):.{exponent}f}"


@pytest.mark.parametrize("code", ["XAU", "XDR", "XTS", "XXX"])
def test_codes_without_a_minor_unit_are_not_payable(code: str) -> None:
    with pytest.raises(BadMoney) as refused:
        money.parse_currency(code)
    assert refused.value.problem is MoneyProblem.NOT_PAYABLE


@pytest.mark.parametrize("code", ["", "eur", "EURO", "ZZZ", "$"])
def test_a_code_that_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(BadMoney) as refused:
        money.parse_currency(code)
    assert refused.value.problem is MoneyProblem.UNKNOWN_CURRENCY


def test_money_on_the_wire_is_an_integer_text_with_its_scale() -> None:
    assert money.money_form(2**62, "EUR") == {"amount": "4611686018427387904", "scale": 9, "currency": "EUR"}
