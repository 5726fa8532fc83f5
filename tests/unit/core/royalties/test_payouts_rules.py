"""Payouts in whole minor units: nothing is lost, nothing below the minimum leaves, debts are carried."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.money import from_nano, nano_per_minor
from omnisonic.core.royalties.payouts_rules import Kept, Payable, debits_of, judge_balance, payable_nano

currencies = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
PARTIES = [UUID(int=number) for number in (3, 1, 2)]


@given(st.integers(-(10**15), 10**15), currencies, st.decimals(0, 1000, places=2))
def test_amount_and_residue_are_the_balance(balance_nano: int, currency: str, minimum: Decimal) -> None:
    judged = judge_balance(balance_nano, currency, minimum=minimum)
    unit = nano_per_minor(currency)
    if isinstance(judged, Payable):
        assert judged.amount_minor * unit + judged.residue_nano == balance_nano
        assert 0 <= judged.residue_nano < unit
        assert judged.amount_minor > 0
        assert from_nano(judged.amount_minor * unit) >= minimum
    elif judged is Kept.NEGATIVE:
        assert balance_nano < 0
    else:
        assert from_nano(balance_nano // unit * unit) < minimum or balance_nano < unit


def test_the_minimum_counts_whole_units_of_what_is_paid() -> None:
    assert judge_balance(20_009_999_999, "EUR", minimum=Decimal(20)) == Payable(2000, 9_999_999)
    assert judge_balance(19_999_999_999, "EUR", minimum=Decimal(20)) is Kept.BELOW_MINIMUM
    assert judge_balance(999_999_999, "JPY", minimum=Decimal(0)) is Kept.BELOW_MINIMUM
    assert judge_balance(-1, "EUR", minimum=Decimal(0)) is Kept.NEGATIVE
    assert (payable_nano(5, None), payable_nano(5, 3), payable_nano(-2, 3)) == (5, 3, -2)


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=3), st.integers(1, 200))
def test_debits_add_up_and_no_merged_account_goes_below_zero(held: list[int], amount_nano: int) -> None:
    standing, owner = dict(zip(PARTIES, held, strict=True)), PARTIES[0]
    parts = debits_of(standing, owner, amount_nano)
    assert sum(part for _, part in parts) == amount_nano
    assert len({party for party, _ in parts}) == len(parts)
    assert all(part > 0 for _, part in parts)
    assert all(part <= standing[party] for party, part in parts if party != owner)
