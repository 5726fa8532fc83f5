"""Statements, balances and shares in words."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core import money
from omnisonic.core.royalties.line_entries_words import line_entry_row
from omnisonic.core.royalties.payouts_schemas import BalanceView
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statement_words import (
    balance_card,
    change_words,
    share_words,
    split_amount,
)
from omnisonic.core.royalties.statements_schemas import LineEntryView

NANO = 10**9


@given(nano=st.integers(-money.NANO_MAX, money.NANO_MAX), currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_two_parts_of_an_amount_are_the_amount(nano: int, currency: str) -> None:
    head, rest = split_amount(money_view(nano, currency))
    text = (head + rest).replace("\u2212", "-").replace(",", "")
    assert money.to_nano(money.parse_amount(text, is_signed=True)) == nano


@pytest.mark.parametrize(
    ("now", "before", "words", "way"),
    [
        (110, 100, "+10 %", "up"),
        (90, 100, "\u221210 %", "down"),
        (100, 100, "as before", "same"),
        (1001, 1000, "about as before", "same"),
        (5000, 100, "before 100.00\u00a0EUR", "up"),
        (50, 0, "before 0.00\u00a0EUR", ""),
        (50, -10, "before \u221210.00\u00a0EUR", ""),
    ],
)
def test_a_comparison_is_never_nonsense(now: int, before: int, words: str, way: str) -> None:
    found = change_words(money_view(now * NANO, "EUR"), money_view(before * NANO, "EUR"))
    assert found == (words, way)
    assert change_words(money_view(now * NANO, "EUR"), None) == ("", "")


def test_shares_have_the_digits_they_need() -> None:
    found = [share_words(one) for one in (None, 1_000_000, 333_333, 125_000, 5)]
    assert found == ["–", "100 %", "33.3333 %", "12.5 %", "0.0005 %"]


@pytest.mark.parametrize(
    ("balance", "proposed", "words", "percent"),
    [
        (10, 0, "Paid out from 50.00\u00a0EUR on; until then it is carried forward", 20),
        (50, 0, "Enough for a payout: it comes with the next one", 100),
        (80, 80, "80.00\u00a0EUR is on its way to you", 100),
        (-3, 0, "Taken back by a source; it is settled with what is earned next", 0),
    ],
)
def test_a_balance_says_what_happens_next(balance: int, proposed: int, words: str, percent: int) -> None:
    view = BalanceView(
        contributor_id=UUID(int=1),
        payee_name="Mara",
        balance=money_view(balance * NANO, "EUR"),
        proposed=money_view(proposed * NANO, "EUR"),
        minimum=money_view(50 * NANO, "EUR"),
    )
    card = balance_card(view)
    assert (card.next_words, card.percent) == (words, percent)
    assert "to you" not in balance_card(view, is_own=False).next_words


def test_an_entry_says_what_was_reported_and_where_it_stands() -> None:
    view = LineEntryView(
        id=UUID(int=1),
        journal_id=UUID(int=2),
        event_id=UUID(int=3),
        kind="usage",
        occurred_at=datetime(2026, 3, 15, tzinfo=UTC),
        quantity="1200",
        event_amount=money_view(10 * NANO, "EUR"),
        amount=money_view(6_666_670_000, "EUR"),
        share_ppm=666_667,
        right="MASTER",
        policy_digest=None,
        leaf_hash="ab",
        leaf_index=41,
        proof="/log/proof/ab",
        created_at=datetime(2026, 4, 2, tzinfo=UTC),
    )
    row = line_entry_row(view, source="Streamly")
    assert (row.place, row.day, row.share) == ("42", "15 Mar 2026", "66.6667 %")
    assert row.detail == "Streamly · 10.00\u00a0EUR reported for 1,200 uses"
    assert row.amount + row.rest == "6.66667"
    assert row.proof_href == "/log/proof/ab.tlog-proof"
    nothing = view.model_copy(update={"occurred_at": None, "event_amount": None, "leaf_index": None})
    row = line_entry_row(nothing, source="release")
    assert (row.place, row.day, row.detail) == ("–", "2 Apr 2026", "")
