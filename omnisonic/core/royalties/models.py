"""Tables of usage, cycles, statements and payouts. Events, statements and their lines only ever grow."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, Numeric, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.schema import UniqueConstraint
from sqlmodel import Field

from omnisonic.core.ledger.sums import WholeSum
from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field

MAX_SOURCE_CHARS = 120
MAX_USAGE_KEY_CHARS = 200


class UsageType(StrEnum):
    """How a recording was used; it decides which right's shares count."""

    STREAM = "stream"
    DOWNLOAD = "download"
    PHYSICAL = "physical"
    SALE = "sale"
    BROADCAST = "broadcast"
    PERFORMANCE = "performance"
    MECHANICAL = "mechanical"
    SYNC = "sync"
    OTHER = "other"


class CycleStatus(StrEnum):
    """Life of a cycle. `closing` can be gone on with after a crash."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class UsageStatementStatus(StrEnum):
    """Life of a usage statement; the words of every job, and `reversed`."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    REVERSED = "reversed"


class MatchStatus(StrEnum):
    """Where a reported, unknown recording stands."""

    OPEN = "open"
    MATCHED = "matched"
    DISMISSED = "dismissed"


class CaseStatus(StrEnum):
    """Life of a dispute or a claim."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PayoutStatus(StrEnum):
    """A payout is a record and a file; somebody else's bank moves the money."""

    PROPOSED = "proposed"
    PAID = "paid"
    CANCELED = "canceled"


class Cycle(Row, table=True):
    """A period of accounting, [starts_on, ends_on). No currencies: every currency."""

    __tablename__ = "cycles"
    __table_args__ = (CheckConstraint("ends_on > starts_on", name="period"),)

    number: int = Field(unique=True)
    name: str = Field(max_length=120)
    starts_on: date
    ends_on: date
    currencies: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(sa.Text), nullable=False, server_default=text("'{}'"))
    )
    currency: str = Field(max_length=3)  # the one its checkpoint reports
    status: CycleStatus = enum_field(CycleStatus, CycleStatus.OPEN, index=True)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    closing_at: datetime | None = timestamp_field(default_now=False)
    closed_at: datetime | None = timestamp_field(default_now=False)
    version: int = Field(default=1)


def _only_where_set(column: str) -> Index:
    return Index(f"ix_royalty_events_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))


class RoyaltyEvent(Row, table=True):
    """One reported usage as it came: never changed, booked by its `usage` journal."""

    __tablename__ = "royalty_events"
    __table_args__ = (
        UniqueConstraint("source", "idempotency_key", name="uq_royalty_events_source"),
        Index(
            "ix_royalty_events_statement_id",
            "statement_id",
            postgresql_where=text("statement_id IS NOT NULL"),
        ),
        Index(
            "ix_royalty_events_unmatched_id",
            "unmatched_id",
            postgresql_where=text("unmatched_id IS NOT NULL"),
        ),
    )

    source: str = Field(max_length=MAX_SOURCE_CHARS)
    idempotency_key: str = Field(max_length=MAX_USAGE_KEY_CHARS)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    cycle_id: UUID = Field(foreign_key="cycles.id", index=True)
    recording_id: UUID | None = Field(default=None, index=True)  # as known when it was booked
    work_id: UUID | None = Field(default=None)
    isrc: str | None = Field(default=None, max_length=12)
    usage_type: UsageType = enum_field(UsageType)
    quantity: int = Field(sa_type=BigInteger)
    amount: Decimal = Field(sa_type=Numeric(38, 14))
    amount_nano: int = Field(sa_type=BigInteger)  # what was booked: truncated toward zero
    currency: str = Field(max_length=3)
    territory: str | None = Field(default=None, max_length=2)
    occurred_at: datetime = timestamp_field()
    statement_id: UUID | None = Field(default=None)
    row_number: int | None = Field(default=None)
    unmatched_id: UUID | None = Field(default=None)
    details: dict[str, Any] | None = json_field()  # the caller's `metadata`


class UsageStatement(Row, table=True):
    """A file of usage. The same bytes from the same source are the same statement."""

    __tablename__ = "usage_statements"
    __table_args__ = (
        Index(
            "uq_usage_statements_source",
            "source",
            "sha256",
            unique=True,
            postgresql_where=text("status NOT IN ('failed', 'reversed')"),
        ),
    )

    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    source: str = Field(max_length=MAX_SOURCE_CHARS)
    file_name: str = Field(max_length=255)
    file_size: int = Field(sa_type=BigInteger)
    sha256: str = Field(max_length=64)
    storage_key: str | None = Field(default=None, max_length=255)
    status: UsageStatementStatus = enum_field(UsageStatementStatus, UsageStatementStatus.PENDING, index=True)
    rows_total: int | None = Field(default=None)
    rows_done: int = Field(default=0)  # rows read, good or bad: where a killed job goes on
    rows_accepted: int = Field(default=0)
    rows_rejected: int = Field(default=0)
    rows_unmatched: int = Field(default=0)
    rows_moved: int = Field(default=0)  # booked in another cycle than that of their day
    totals: dict[str, str] | None = json_field()  # currency -> nano-units as text
    error_slug: str | None = Field(default=None, max_length=64)
    error_message: str | None = Field(default=None, max_length=500)
    attempt: int = Field(default=0)
    heartbeat_at: datetime | None = timestamp_field(default_now=False)
    reversed_at: datetime | None = timestamp_field(default_now=False)
    started_at: datetime | None = timestamp_field(default_now=False)
    completed_at: datetime | None = timestamp_field(default_now=False)


class UsageError(Row, table=True):
    """A row of a usage statement that was not booked, and why."""

    __tablename__ = "usage_errors"

    statement_id: UUID = Field(foreign_key="usage_statements.id", index=True, ondelete="CASCADE")
    row_number: int
    column: str = Field(max_length=64)
    code: str = Field(max_length=64)
    message: str = Field(max_length=500)
    raw: str = Field(max_length=2000)


class UnmatchedUsage(Row, table=True):
    """A recording as a source reports it that the catalog does not know; confirmed once, remembered."""

    __tablename__ = "unmatched_usage"
    __table_args__ = (UniqueConstraint("source", "match_key", name="uq_unmatched_usage_source"),)

    source: str = Field(max_length=MAX_SOURCE_CHARS)
    match_key: str = Field(max_length=700)  # isrc:… or the folded title and artist
    isrc: str | None = Field(default=None, max_length=12)
    title: str | None = Field(default=None, max_length=500)
    artist: str | None = Field(default=None, max_length=500)
    status: MatchStatus = enum_field(MatchStatus, MatchStatus.OPEN, index=True)
    recording_id: UUID | None = Field(default=None, foreign_key="recordings.id")
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    decided_at: datetime | None = timestamp_field(default_now=False)
    version: int = Field(default=1)


class Statement(Row, table=True):
    """What a contributor earned in a cycle in one currency, and what was brought forward."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("contributor_id", "cycle_id", "currency", name="uq_statements_contributor_id"),
    )

    contributor_id: UUID = Field(index=True)
    cycle_id: UUID = Field(foreign_key="cycles.id", index=True)
    currency: str = Field(max_length=3)
    total_nano: int = Field(sa_type=WholeSum)  # the sum of its lines
    carried_nano: int = Field(sa_type=WholeSum)  # the payee's balance before this cycle


class StatementLine(Row, table=True):
    """A sum over entries of one work, recording, territory, use and month; its leaf proves it."""

    __tablename__ = "statement_lines"

    statement_id: UUID = Field(index=True)  # there by a trigger: a foreign key looks at row by row
    position: int
    work_id: UUID | None = Field(default=None)
    recording_id: UUID | None = Field(default=None)
    source: str = Field(max_length=MAX_SOURCE_CHARS)
    usage_type: UsageType | None = enum_field(UsageType, nullable=True)
    territory: str | None = Field(default=None, max_length=2)
    period: str = Field(max_length=7)  # the month of the usage, 2026-03
    quantity: int = Field(sa_type=WholeSum)
    entry_count: int = Field(sa_type=BigInteger)
    amount_nano: int = Field(sa_type=WholeSum)
    entries_root: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)
    leaf_hash: bytes = Field(sa_type=LargeBinary)


class Payout(Row, table=True):
    """An amount that leaves for a payee, in whole minor units; the rest of the balance stays."""

    __tablename__ = "payouts"

    number: int = Field(unique=True)
    contributor_id: UUID = Field(index=True)
    cycle_id: UUID | None = Field(default=None, foreign_key="cycles.id")
    currency: str = Field(max_length=3)
    amount_minor: int = Field(sa_type=BigInteger)
    residue_nano: int = Field(sa_type=BigInteger)  # carried forward
    status: PayoutStatus = enum_field(PayoutStatus, PayoutStatus.PROPOSED, index=True)
    journal_id: UUID | None = Field(default=None)  # written when it is paid
    exchange: dict[str, Any] | None = json_field()  # rate, source, day and amounts where it was exchanged
    reference: str | None = Field(default=None, max_length=200)
    paid_at: datetime | None = timestamp_field(default_now=False)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    version: int = Field(default=1)


class FxRate(Row, table=True):
    """How many units of `quote` one unit of `base` was worth on a day, by a named source."""

    __tablename__ = "fx_rates"
    __table_args__ = (
        UniqueConstraint("base", "quote", "day", "source", name="uq_fx_rates_base"),
        CheckConstraint("rate > 0", name="rate"),
    )

    base: str = Field(max_length=3)
    quote: str = Field(max_length=3)
    day: date = Field()
    rate: Decimal = Field(sa_type=Numeric(24, 12))
    source: str = Field(max_length=120)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class LineDispute(Row, table=True):
    """A payee says that a line is wrong; a curator answers."""

    __tablename__ = "line_disputes"

    line_id: UUID = Field(foreign_key="statement_lines.id", index=True)
    contributor_id: UUID = Field(index=True)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    reason: str = Field(max_length=2000)
    status: CaseStatus = enum_field(CaseStatus, CaseStatus.OPEN, index=True)
    answer: str | None = Field(default=None, max_length=2000)
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    decided_at: datetime | None = timestamp_field(default_now=False)
    version: int = Field(default=1)


class ShareClaim(Row, table=True):
    """Somebody says that a part of a work that waits in suspense is theirs; a curator decides."""

    __tablename__ = "share_claims"

    work_id: UUID = Field(foreign_key="works.id", index=True)
    contributor_id: UUID = Field(index=True)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    share_ppm: int
    role: str = Field(max_length=32)
    valid_from: date | None = Field(default=None)
    reason: str = Field(max_length=2000)
    status: CaseStatus = enum_field(CaseStatus, CaseStatus.OPEN, index=True)
    answer: str | None = Field(default=None, max_length=2000)
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    decided_at: datetime | None = timestamp_field(default_now=False)
    version: int = Field(default=1)
