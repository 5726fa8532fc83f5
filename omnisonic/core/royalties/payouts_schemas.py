"""Shapes of payouts and balances."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from omnisonic.core.royalties.models import PayoutStatus
from omnisonic.core.royalties.payouts_rules import Kept
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel


class ProposeRequest(ApiModel):
    """What to propose: for a closed cycle or for now, for everybody or one payee."""

    cycle_id: UUID | None = Field(None, description="A closed cycle; without it everything until now.")
    contributor_id: UUID | None = None
    currency: str | None = Field(None, max_length=20, description="Balances in this currency only.")
    exchange_to: str | None = Field(
        None, max_length=20, description="Exchange each balance into this currency and pay that."
    )
    sources: list[str] = Field(
        default_factory=list, max_length=10, description="Sources of rates, the preferred one first."
    )
    rate_day: date | None = Field(
        None, description="Rates of this day, else the newest before; default today."
    )
    cursor: str | None = Field(None, max_length=100, description="`nextCursor` of the call before.")
    allow_inverse: bool = Field(False, description="Take a rate that is stated the other way round.")


class PayRequest(ApiModel):
    """`version` is the payout as the caller saw it; `reference` what the bank will show."""

    version: int | None = None
    reference: str | None = Field(None, max_length=200)


class CancelRequest(ApiModel):
    """`version` is the payout as the caller saw it."""

    version: int | None = None


class ExchangeView(ApiModel):
    """An exchange: one `base` was `rate` units of `quote`, said `source` on `day`."""

    base: str
    quote: str
    rate: str
    source: str
    day: date
    given: MoneyView
    got: MoneyView


class PayoutView(ApiModel):
    """A payout in whole minor units; `residue` stays on the account."""

    id: UUID
    number: int
    contributor_id: UUID
    payee_name: str
    cycle_id: UUID | None
    currency: str
    amount: MoneyView
    amount_text: str
    residue: MoneyView
    status: PayoutStatus
    exchange: ExchangeView | None
    reference: str | None
    journal_id: UUID | None
    paid_at: datetime | None
    created_at: datetime
    version: int


class PayoutAnswer(ApiModel):
    """One payout."""

    payout: PayoutView


class PayoutList(ApiModel):
    """Payouts, newest first."""

    payouts: list[PayoutView]
    next_cursor: str | None = None


class KeptBalance(ApiModel):
    """A balance that is carried forward, and why."""

    contributor_id: UUID
    balance: MoneyView
    reason: Kept


class Proposed(ApiModel):
    """What was proposed and what is carried forward; with a cursor there are more balances to look at."""

    payouts: list[PayoutView]
    kept: list[KeptBalance]
    next_cursor: str | None = None


class PlannedPayout(ApiModel):
    """What would be proposed of a balance; `residue` would stay on the account."""

    contributor_id: UUID
    payee_name: str
    balance: MoneyView
    amount: MoneyView
    residue: MoneyView
    exchange: ExchangeView | None


class PayoutPreview(ApiModel):
    """What proposing would propose and leave; nothing was written. With a cursor there are more balances."""

    payouts: list[PlannedPayout]
    kept: list[KeptBalance]
    next_cursor: str | None = None


class BalanceView(ApiModel):
    """What a payee has, what of it waits in a proposed payout, and the smallest payout."""

    contributor_id: UUID
    payee_name: str
    balance: MoneyView
    proposed: MoneyView
    minimum: MoneyView


class BalanceList(ApiModel):
    """Balances by contributor and currency."""

    balances: list[BalanceView]
    next_cursor: str | None = None
