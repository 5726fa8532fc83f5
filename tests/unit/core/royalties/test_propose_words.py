"""What proposing payouts says before anything is proposed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from omnisonic.core.royalties.payouts_rules import Kept
from omnisonic.core.royalties.payouts_schemas import ExchangeView, KeptBalance, PlannedPayout
from omnisonic.core.royalties.propose_words import kept_words, planned_line, sum_words
from omnisonic.core.royalties.rates_words import file_words, parse_pair
from omnisonic.core.royalties.shapes import money_view

NANO = 10**9
PARTY = UUID(int=1)


def test_a_payout_says_by_which_rate_and_whose() -> None:
    exchange = ExchangeView(
        base="EUR",
        quote="USD",
        rate="1.0842",
        source="ECB",
        day=date(2026, 3, 31),
        given=money_view(10 * NANO, "EUR"),
        got=money_view(10_842_000_000, "USD"),
    )
    planned = PlannedPayout(
        contributor_id=PARTY,
        payee_name="Mara",
        balance=money_view(10 * NANO, "EUR"),
        amount=money_view(10_840_000_000, "USD"),
        residue=money_view(2_000_000, "USD"),
        exchange=exchange,
    )
    line = planned_line(planned)
    assert (line.balance, line.amount) == ("10.00\u00a0EUR", "10.84\u00a0USD")
    assert (line.rate, line.source, line.stays) == ("1.0842 EUR/USD", "ECB, 31 Mar 2026", "0.002\u00a0USD")
    own = planned.model_copy(update={"exchange": None, "amount": money_view(10 * NANO, "EUR")})
    assert sum_words([planned, own]) == "2 payouts: 10.00\u00a0EUR and 10.84\u00a0USD"
    assert sum_words([]) == "No balance can be paid out."


def test_what_stays_has_its_reason() -> None:
    def kept(currency: str, reason: Kept) -> KeptBalance:
        return KeptBalance(contributor_id=PARTY, balance=money_view(NANO, currency), reason=reason)

    assert kept_words([]) == ""
    assert kept_words([kept("EUR", Kept.PROPOSED)]) == (
        "1 balance stays and is carried forward: 1 proposed already."
    )
    found = [kept("EUR", Kept.BELOW_MINIMUM), kept("JPY", Kept.NO_RATE), kept("USD", Kept.NO_RATE)]
    assert kept_words(found, target="EUR") == (
        "3 balances stay and are carried forward: 1 below the smallest payout, 2 without a rate. "
        "There is no rate from JPY, USD to EUR on or before that day."
    )
    assert all(kept_words([kept("EUR", reason)]).count(":") == 1 for reason in Kept)


def test_only_two_codes_are_a_pair() -> None:
    assert parse_pair("eur-usd") == ("EUR", "USD")
    assert [parse_pair(one) for one in ("", "EUR", "EUR-", "EUR-USDX", "E1R-USD", "éur-usd")] == [None] * 6


def test_what_became_of_a_file_of_rates() -> None:
    assert file_words(2, 0) == ("2 rates saved", "")
    assert file_words(1, 1) == ("1 rate saved", "1 rate was there already.")
    assert file_words(0, 3) == ("Nothing new in the file", "3 rates were there already.")
