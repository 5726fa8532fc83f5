"""How much of a balance can be paid out, and from which accounts it is taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from omnisonic.core import money


class Kept(StrEnum):
    """Why a balance is not paid out and carried forward."""

    NEGATIVE = "negative"
    BELOW_MINIMUM = "below-minimum"
    PROPOSED = "proposed"  # another payout of this balance waits for a decision
    NO_RATE = "no-rate"
    TOO_LARGE = "too-large"  # more than a payout books, here or in the other currency


@dataclass(frozen=True)
class Payable:
    """Whole minor units of a currency, and what stays on the account, in nano-units."""

    amount_minor: int
    residue_nano: int


def judge_balance(balance_nano: int, currency: str, *, minimum: Decimal) -> Payable | Kept:
    """Minor units toward zero once they reach the minimum (in units of the currency), else why not.

    `amount_minor` and `residue_nano` are the balance exactly; the residue is less than a minor unit.
    """
    if balance_nano < 0:
        return Kept.NEGATIVE
    rounded = money.round_to_minor(balance_nano, currency)
    paid_nano = rounded.minor_units * money.nano_per_minor(currency)
    if not rounded.minor_units or money.from_nano(paid_nano) < minimum:
        return Kept.BELOW_MINIMUM
    return Payable(rounded.minor_units, rounded.residue_nano)


def payable_nano(balance_nano: int, settled_nano: int | None) -> int:
    """What a proposal looks at: never more than there is, nor than the closed cycles account for."""
    return balance_nano if settled_nano is None else min(balance_nano, settled_nano)


def debits_of(standing: Mapping[UUID, int], owner: UUID, amount_nano: int) -> list[tuple[UUID, int]]:
    """Accounts an amount is taken from: those merged into the owner first, each as far as it reaches.

    `standing` is what each of the owner's accounts holds. The parts are above zero and the amount exactly.
    """
    parts, rest = [], amount_nano
    for party, held_nano in sorted(standing.items()):
        part = min(rest, held_nano)
        if party != owner and part > 0:
            parts.append((party, part))
            rest -= part
    return [*parts, (owner, rest)] if rest else parts
