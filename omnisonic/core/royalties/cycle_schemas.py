"""Shapes of cycles and of the money that flowed in them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel

MAX_CURRENCIES = 50


class CycleDraft(ApiModel):
    """A cycle to open: [starts_on, ends_on), for these currencies (none: every one)."""

    name: str = Field(min_length=1, max_length=120)
    starts_on: date
    ends_on: date
    currencies: list[str] = Field(default_factory=list, max_length=MAX_CURRENCIES)
    currency: str = Field(description="ISO 4217 code of the currency that its checkpoint reports.")


class CloseRequest(ApiModel):
    """`early` closes a cycle whose period is not over."""

    early: bool = False


class CheckpointView(ApiModel):
    """The signed head of the log that closed a cycle."""

    id: UUID
    number: int
    tree_size: str
    merkle_root: str
    signed_note: str
    closed_at: datetime


class CycleView(ApiModel):
    """A cycle. `ends_on` is the first day that is not part of it."""

    id: UUID
    number: int
    name: str
    starts_on: date
    ends_on: date
    currencies: list[str]
    currency: str
    status: CycleStatus
    closing_at: datetime | None
    closed_at: datetime | None
    version: int
    created_at: datetime
    checkpoint: CheckpointView | None = None


class SourceTotal(ApiModel):
    """What a source owes for the usage of a cycle."""

    source: str
    amount: MoneyView


class PartyTotal(ApiModel):
    """What a contributor earned; without an id: all the others together."""

    contributor_id: UUID | None
    name: str
    amount: MoneyView


class SuspenseTotal(ApiModel):
    """What waits, and why."""

    reason: SuspenseReason
    amount: MoneyView


class MoneyFlow(ApiModel):
    """Money from a source to a party or into suspense; several small parties stand together."""

    source: str
    contributor_id: UUID | None = None
    name: str
    reason: SuspenseReason | None = None
    amount: MoneyView


class CurrencyTotals(ApiModel):
    """One currency of a cycle: what came in = parties + suspense + rounding + held back elsewhere."""

    currency: str
    total: MoneyView
    rounding: MoneyView
    paid_out: MoneyView
    entries: int
    sources: list[SourceTotal]
    parties: list[PartyTotal]
    suspense: list[SuspenseTotal]
    flows: list[MoneyFlow]


class CycleDetail(CycleView):
    """A cycle with its numbers."""

    events: int
    statements: int
    totals: list[CurrencyTotals]


class CycleAnswer(ApiModel):
    """One cycle."""

    cycle: CycleView


class CycleDetailAnswer(ApiModel):
    """One cycle with its numbers."""

    cycle: CycleDetail


class CycleList(ApiModel):
    """Cycles, newest first."""

    cycles: list[CycleView]
    next_cursor: str | None = None
