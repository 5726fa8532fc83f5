"""What proposing payouts would do, in the words of its dialog. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from omnisonic.core.royalties.money_words import amount, amount_of, exact_amount
from omnisonic.core.royalties.payouts_rules import Kept
from omnisonic.core.royalties.payouts_schemas import KeptBalance, PlannedPayout
from omnisonic.core.royalties.rates_words import date_words, pair_words
from omnisonic.platform.ui.words import count

KEPT_WORDS = {
    Kept.BELOW_MINIMUM: "below the smallest payout",
    Kept.NO_RATE: "without a rate",
    Kept.PROPOSED: "proposed already",
    Kept.NEGATIVE: "below zero",
    Kept.TOO_LARGE: "too large for one payout",
}


@dataclass
class PlannedLine:
    """One payout as it would be proposed."""

    key: str
    name: str
    balance: str
    rate: str
    source: str
    amount: str
    stays: str


def planned_line(view: PlannedPayout) -> PlannedLine:
    """A payout that is not proposed yet, with the rate it would be exchanged by."""
    told = view.exchange
    return PlannedLine(
        key=f"{view.contributor_id}:{view.balance.currency}",
        name=view.payee_name,
        balance=amount_of(view.balance).short,
        rate=f"{told.rate} {pair_words(told.base, told.quote)}" if told else "",
        source=f"{told.source}, {date_words(told.day)}" if told else "",
        amount=amount_of(view.amount).short,
        stays=_exact(view) if int(view.residue.amount) else "",
    )


def sum_words(views: Sequence[PlannedPayout]) -> str:
    """`3 payouts: 120.50 EUR and 8.00 USD`."""
    sums: Counter[str] = Counter()
    for one in views:
        sums[one.amount.currency] += int(one.amount.amount)
    if not sums:
        return "No balance can be paid out."
    amounts = [amount(nano, currency).short for currency, nano in sorted(sums.items())]
    return f"{count(len(views), 'payout')}: {' and '.join(amounts)}"


def kept_words(kept: Sequence[KeptBalance], *, target: str = "") -> str:
    """How many balances stay and why; which currencies have no rate into `target`."""
    if not kept:
        return ""
    reasons = Counter(one.reason for one in kept)
    told = ", ".join(f"{reasons[reason]} {words}" for reason, words in KEPT_WORDS.items() if reasons[reason])
    verb = "stays and is" if len(kept) == 1 else "stay and are"
    said = f"{count(len(kept), 'balance')} {verb} carried forward: {told}."
    missing = sorted({one.balance.currency for one in kept if one.reason is Kept.NO_RATE})
    if missing:
        said += f" There is no rate from {', '.join(missing)} to {target} on or before that day."
    return said


def _exact(view: PlannedPayout) -> str:
    return exact_amount(int(view.residue.amount), view.residue.currency)
