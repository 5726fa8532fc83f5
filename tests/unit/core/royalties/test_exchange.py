"""Exchange in whole numbers: cut off toward zero, mirrored, and never more than the rate says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.royalties.exchange import (
    BadRate,
    StatedRate,
    exchange_facts,
    exchange_nano,
    format_rate,
    parse_rate,
)

DAY = date(2026, 3, 31)
rates = st.integers(1, 10**24 - 1).map(lambda units: Decimal(units).scaleb(-12))
amounts = st.integers(-(2**63) + 1, 2**63 - 1)


def stated(rate: str | Decimal) -> StatedRate:
    return StatedRate("EUR", "USD", DAY, Decimal(rate), "ECB")


@given(amounts, rates, st.booleans())
def test_an_exchange_is_the_exact_product_cut_off_toward_zero(
    amount_nano: int, rate: Decimal, is_inverse: bool
) -> None:
    got = exchange_nano(amount_nano, stated(rate), is_inverse=is_inverse)
    factor = 1 / Fraction(rate) if is_inverse else Fraction(rate)
    assert got == int(amount_nano * factor)
    assert exchange_nano(-amount_nano, stated(rate), is_inverse=is_inverse) == -got


def test_what_is_recorded_says_both_amounts_and_the_way() -> None:
    facts = exchange_facts(stated("1.084200"), 10_000_000_001, is_inverse=False)
    assert (facts["rate"], facts["fromNano"], facts["toNano"]) == ("1.0842", "10000000001", "10842000001")
    assert (facts["fromCurrency"], facts["toCurrency"]) == ("EUR", "USD")
    back = exchange_facts(stated("1.0842"), 10_842_000_000, is_inverse=True)
    assert (back["fromCurrency"], back["toCurrency"], back["toNano"]) == ("USD", "EUR", "10000000000")


@pytest.mark.parametrize(
    "text", ["", "0", "0.000", "-1", "1,08", "1e5", "NaN", "1.0000000000001", "1" * 13, "٣", "1."]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadRate):
        parse_rate(text)


def test_a_rate_is_written_without_needless_zeros() -> None:
    assert format_rate(parse_rate(" 100.500 ")) == "100.5"
    assert format_rate(Decimal("1E+2")) == "100"
