"""Tables of the ledger and its log. All but `pending_leaves`, `party_salts` and `audits` only ever grow.

`leaf` holds the canonical bytes that the log proves (`leaves.py`), `leaf_hash` = SHA-256(0x00 || leaf).
Every other column of an audited row can be derived from those bytes. Rows point at the catalog by id
without a foreign key: an entry outlives the work it was about.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, LargeBinary, SmallInteger, text
from sqlalchemy.schema import UniqueConstraint
from sqlmodel import Field, SQLModel

from omnisonic.core.ledger.sums import WholeSum
from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field

HASH_BYTES = 32
SALT_BYTES = 16
MAX_OWNER_CHARS = 120
MAX_KEY_CHARS = 200


class AccountKind(StrEnum):
    """What an account stands for; with `owner` and `currency` it is one account."""

    SOURCE = "source"  # who owes the usage: a service or society by name
    PAYEE = "payee"  # a contributor, by id
    SUSPENSE = "suspense"  # money waiting, by reason
    ROUNDING = "rounding"  # what lies below a nano-unit, in whole nano-units
    EXCHANGE = "exchange"  # liquidity between two currencies
    PAYOUT = "payout"  # what has left towards payees


class SuspenseReason(StrEnum):
    """Why money waits; the owner of a suspense account."""

    UNMATCHED = "unmatched"  # no recording is known for the usage
    UNCLAIMED = "unclaimed"  # no work, no shares, or a part nobody has
    CONFLICT = "conflict"  # shares above the whole
    DISPUTED = "disputed"  # held back while a line is in dispute


class JournalKind(StrEnum):
    """Why a journal was written."""

    USAGE = "usage"
    RELEASE = "release"
    REVERSAL = "reversal"
    ROUNDING = "rounding"
    EXCHANGE = "exchange"
    PAYOUT = "payout"
    DISPUTE = "dispute"  # money of a statement line held back, or given free again


class LeafKind(StrEnum):
    """What a leaf of the log is about."""

    JOURNAL = "journal"
    ENTRY = "entry"
    LINE = "line"  # of a statement
    CYCLE = "cycle"  # a closed cycle with its totals
    RELEASE = "release"  # a registered recording with its shares and certificate
    SPLIT = "split"  # an accepted split sheet
    DISPUTE = "dispute"  # opened or answered
    CLAIM = "claim"  # opened or answered
    RATE = "rate"  # a stated exchange rate


def _bytes_column(*, nullable: bool = False, unique: bool = False) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=nullable, unique=unique))


class LedgerAccount(Row, table=True):
    """One account. `owner` is the source's name, the contributor's id, the suspense reason or `-`."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (UniqueConstraint("kind", "owner", "currency", name="uq_ledger_accounts_kind"),)

    kind: AccountKind = enum_field(AccountKind)
    owner: str = Field(max_length=MAX_OWNER_CHARS)
    currency: str = Field(max_length=3)


class Journal(Row, table=True):
    """One balanced set of entries. A reversal names what it takes back; nothing is reversed twice."""

    __tablename__ = "journals"

    kind: JournalKind = enum_field(JournalKind)
    cycle_id: UUID = Field(index=True)
    event_id: UUID | None = Field(default=None, index=True)
    reverses_id: UUID | None = Field(default=None, foreign_key="journals.id", unique=True)
    policy_digest: str | None = Field(default=None, max_length=64)
    idempotency_key: str | None = Field(default=None, max_length=MAX_KEY_CHARS, unique=True)
    leaf: bytes = _bytes_column()
    leaf_hash: bytes = _bytes_column()


class LedgerEntry(Row, table=True):
    """One side of a journal: `amount_nano` in 10^-9 of the currency, debit above zero, credit below."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_nano <> 0", name="amount"),
        # Balances are added up from entries each time: out of these two alone, without reading a row.
        Index(
            "ix_ledger_entries_payee",
            "contributor_id",
            "cycle_id",
            postgresql_include=["currency", "amount_nano", "journal_id"],
            postgresql_where=text("contributor_id IS NOT NULL"),
        ),
        Index(
            "ix_ledger_entries_account",
            "account_id",
            postgresql_include=["amount_nano"],
            postgresql_where=text("contributor_id IS NULL"),
        ),
        Index("ix_ledger_entries_cycle", "cycle_id", "currency"),
    )

    journal_id: UUID = Field(foreign_key="journals.id", index=True)
    position: int = Field(sa_type=SmallInteger)
    account_id: UUID = Field(foreign_key="ledger_accounts.id")
    contributor_id: UUID | None = Field(default=None)
    work_id: UUID | None = Field(default=None)
    event_id: UUID | None = Field(default=None)
    cycle_id: UUID = Field()
    currency: str = Field(max_length=3)
    amount_nano: int = Field(sa_type=BigInteger)
    leaf: bytes = _bytes_column()
    leaf_hash: bytes = _bytes_column()


class LogRecord(Row, table=True):
    """A fact of the log that has no table of the ledger: a closed cycle, a release, a dispute, a rate …"""

    __tablename__ = "log_records"

    kind: LeafKind = enum_field(LeafKind)
    subject_id: UUID = Field(index=True)  # the cycle, release, sheet, dispute, claim or rate
    leaf: bytes = _bytes_column()
    leaf_hash: bytes = _bytes_column()


class PendingLeaf(SQLModel, table=True):
    """A leaf whose transaction has written it and that waits for its index. `row_id` is the row it hashes."""

    __tablename__ = "pending_leaves"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: LeafKind = enum_field(LeafKind)
    row_id: UUID = Field()
    cycle_id: UUID | None = Field(default=None)
    leaf_hash: bytes = _bytes_column()


class LogLeaf(SQLModel, table=True):
    """A leaf at its place. `leaf` is set where a replay put it back: its row may be lost for good."""

    __tablename__ = "log_leaves"
    __table_args__ = (Index("ix_log_leaves_leaf_hash", "leaf_hash", postgresql_using="hash"),)

    leaf_index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: LeafKind = enum_field(LeafKind)
    row_id: UUID = Field(unique=True)
    cycle_id: UUID | None = Field(default=None)
    leaf_hash: bytes = _bytes_column()
    leaf: bytes | None = _bytes_column(nullable=True)


class PartySalt(SQLModel, table=True):
    """Salt of a contributor's hash in leaves. Erased with the person: proofs hold, the link is gone."""

    __tablename__ = "party_salts"

    contributor_id: UUID = Field(primary_key=True)
    salt: bytes = _bytes_column()


class CycleCheckpoint(Row, table=True):
    """The signed head of the log that closed a cycle. It covers everything logged before, of any cycle."""

    __tablename__ = "cycle_checkpoints"

    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))  # 1, 2, 3 … without gaps
    cycle_id: UUID = Field(unique=True)
    cycle_number: int
    currency: str = Field(max_length=3)  # the one the cycle is reported in
    total_nano: int = Field(sa_type=WholeSum)
    totals: dict[str, str] = json_field(nullable=False)  # currency -> nano-units as text
    tree_size: int = Field(sa_type=BigInteger)
    root: bytes = _bytes_column()
    note: str = Field()  # the checkpoint with both signatures, as published
    closed_at: datetime = timestamp_field()


class Audit(Row, table=True):
    """One run of the self-audit and what it found."""

    __tablename__ = "audits"

    finished_at: datetime | None = timestamp_field(default_now=False)
    tree_size: int = Field(default=0, sa_type=BigInteger)
    root: bytes | None = _bytes_column(nullable=True)
    is_sound: bool | None = Field(default=None)
    findings: list[dict[str, Any]] | None = json_field()
