"""Money and periods as the pages of the royalties write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core import money
from omnisonic.core.royalties.money_words import (
    amount,
    exact_amount,
    month_words,
    percent_words,
    period_words,
)

NANO = 10**9


@pytest.mark.parametrize(
    ("nano", "currency", "short", "exact"),
    [
        (1_234_567_890_123, "EUR", "1,234.56 EUR", "1,234.567890123 EUR"),
        (-1_500_000_000, "EUR", "\u22121.50 EUR", "\u22121.50 EUR"),
        (4_000_000, "EUR", "≈ 0.00 EUR", "0.004 EUR"),
        (-4_000_000, "EUR", "≈ \u22120.00 EUR", "\u22120.004 EUR"),
        (12 * NANO, "JPY", "12 JPY", "12 JPY"),
        (12 * NANO + 1, "JPY", "12 JPY", "12.000000001 JPY"),
        (0, "KWD", "0.000 KWD", "0.000 KWD"),
    ],
)
def test_amounts_are_short_for_the_eye_and_exact_beside_it(
    nano: int, currency: str, short: str, exact: str
) -> None:
    words = amount(nano, currency)
    assert words.short.replace("\u00a0", " ") == short
    assert words.exact.replace("\u00a0", " ") == exact


@given(
    nano=st.integers(-money.NANO_MAX, money.NANO_MAX), currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
)
def test_every_digit_of_an_exact_amount_counts(nano: int, currency: str) -> None:
    text = exact_amount(nano, currency).replace("\u2212", "-").replace(",", "").split("\u00a0")[0]
    assert money.to_nano(money.parse_amount(text, is_signed=True)) == nano


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "words"),
    [
        (date(2026, 3, 1), date(2026, 4, 1), "March 2026"),
        (date(2026, 12, 1), date(2027, 1, 1), "December 2026"),
        (date(2026, 3, 1), date(2026, 4, 15), "1 Mar – 14 Apr 2026"),
        (date(2025, 12, 20), date(2026, 1, 2), "20 Dec 2025 – 1 Jan 2026"),
        (date(2026, 3, 5), date(2026, 3, 6), "5 Mar 2026"),
        (date(2026, 1, 1), date(2027, 1, 1), "1 Jan – 31 Dec 2026"),
    ],
)
def test_a_period_names_its_last_day(starts_on: date, ends_on: date, words: str) -> None:
    assert period_words(starts_on, ends_on) == words


def test_shares_never_round_to_nothing_or_to_the_whole() -> None:
    found = [percent_words(part, 10_000) for part in (0, 1, 100, 4_999, 9_999, 10_000)]
    assert found == ["0 %", "< 1 %", "1 %", "50 %", "> 99 %", "100 %"]
    assert percent_words(5, 0) == "0 %"


def test_months_are_words_and_other_periods_stay() -> None:
    assert [month_words(one) for one in ("2026-03", "2026-13", "Q1")] == ["Mar 2026", "2026-13", "Q1"]
