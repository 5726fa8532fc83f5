"""Shapes of statements and their lines."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.royalties.models import UsageType
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel


class LineOrder(StrEnum):
    """In which order lines come."""

    POSITION = "position"  # as the log has them: by recording, source, use, territory, month
    AMOUNT = "amount"  # the largest first, whatever its sign


class StatementView(ApiModel):
    """What a contributor earned in a cycle in one currency.

    `balance` = `carried` + `total`; of it `payable` is whole minor units, `residue` what stays below one.
    """

    id: UUID
    contributor_id: UUID
    contributor_name: str
    cycle_id: UUID
    cycle_number: int
    cycle_name: str
    starts_on: date
    ends_on: date
    currency: str
    total: MoneyView
    carried: MoneyView
    balance: MoneyView
    payable: MoneyView
    residue: MoneyView
    previous_total: MoneyView | None = Field(description="Of the statement before, in the same currency.")
    line_count: int
    checkpoint_number: int | None
    closed_at: datetime | None
    created_at: datetime


class LineView(ApiModel):
    """One line. Its leaf proves it: see `proof`, and `entriesRoot` for the entries it adds up."""

    id: UUID
    position: int
    work_id: UUID | None
    work_title: str | None
    recording_id: UUID | None
    recording_title: str | None
    isrc: str | None
    source: str
    usage_type: UsageType | None
    right: RightsType | None
    territory: str | None
    period: str
    quantity: str
    entry_count: str
    amount: MoneyView
    rate: str | None = Field(description="Amount per use in units of the currency; null without uses.")
    share_ppm: int | None = Field(
        description="Share in the last use that was booked; see the line's entries."
    )
    policy_digest: str | None
    previous_amount: MoneyView | None = Field(
        description="Same work, recording, source, use and territory in the statement before, if it has them."
    )
    entries_root: str
    leaf_hash: str
    proof: str = Field(description="Where the line's place in the log is proved, `/log/proof/{leafHash}`.")


class LineEntryView(ApiModel):
    """One entry of a line: the use it is of, and how the payee's part came about."""

    id: UUID
    journal_id: UUID
    event_id: UUID | None
    kind: str
    occurred_at: datetime | None
    quantity: str
    event_amount: MoneyView | None
    amount: MoneyView
    share_ppm: int | None
    right: str | None
    policy_digest: str | None
    leaf_hash: str
    leaf_index: int | None = Field(description="Its place in the log, from 0.")
    proof: str
    created_at: datetime


class StatementList(ApiModel):
    """Statements, newest first."""

    statements: list[StatementView]
    next_cursor: str | None = None


class StatementAnswer(ApiModel):
    """One statement with a page of its lines."""

    statement: StatementView
    lines: list[LineView]
    next_cursor: str | None = None


class LineEntryList(ApiModel):
    """Entries of a line, oldest first."""

    entries: list[LineEntryView]
    next_cursor: str | None = None


def proof_path(leaf_hash: bytes) -> str:
    """Where the place of a leaf in the log is proved."""
    return f"/log/proof/{leaf_hash.hex()}"
