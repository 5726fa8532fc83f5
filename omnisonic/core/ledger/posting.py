"""Writing into the ledger: whole journals at once, balanced, with their leaves, in the caller's transaction.

Every table is written by one COPY: the trigger that checks the balance looks at all rows of a statement
together, and nothing else writes entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from omnisonic.core.ledger import copying, leaves
from omnisonic.core.ledger.accounts import Account, account_ids, party_hashes
from omnisonic.core.ledger.errors import AlreadyReversed
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import (
    Journal,
    JournalKind,
    LeafKind,
    LedgerAccount,
    LedgerEntry,
    LogRecord,
)
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import new_id, utc_now

MAX_NANO = (1 << 63) - 1


@dataclass(frozen=True)
class Posting:
    """One side: a debit above zero, a credit below, in nano-units of the account's currency."""

    account: Account
    amount_nano: int
    work_id: UUID | None = None


@dataclass(frozen=True)
class JournalDraft:
    """A journal to write. `facts` go into its leaf: ids, amounts, party hashes; never names."""

    kind: JournalKind
    cycle_id: UUID
    postings: Sequence[Posting]
    event_id: UUID | None = None
    reverses_id: UUID | None = None
    policy_digest: str | None = None
    idempotency_key: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Posted:
    """A written journal and the ids of its entries, in the order of its postings."""

    journal_id: UUID
    entry_ids: tuple[UUID, ...]


def post(uow: UnitOfWork, drafts: Sequence[JournalDraft]) -> list[Posted]:
    """Write journals with their entries and pending leaves.

    Raises `ValueError` for a draft without postings, with an amount of zero or out of 64 bits, or that does
    not balance in each currency; `AlreadyThere` where an idempotency key or a reversal is already there.
    """
    if not drafts:
        return []
    for draft in drafts:
        _require_balance(draft)
    session = uow.session
    session.flush()
    accounts = account_ids(session, (one.account for draft in drafts for one in draft.postings))
    hashes = party_hashes(session, (party for one in accounts if (party := one.contributor_id) is not None))
    now = utc_now()
    batch = _Batch(accounts, hashes, now)
    posted = [batch.add(draft) for draft in drafts]
    copying.copy_rows(session, "journals", copying.JOURNAL_COLUMNS, batch.journals)
    copying.copy_rows(session, "ledger_entries", copying.ENTRY_COLUMNS, batch.entries)
    copying.copy_rows(session, "pending_leaves", copying.PENDING_COLUMNS, batch.pending)
    return posted


def record_fact(
    uow: UnitOfWork,
    kind: LeafKind,
    subject_id: UUID,
    facts: Mapping[str, Any],
    *,
    cycle_id: UUID | None = None,
) -> LogRecord:
    """Log a fact that is no entry (a closed cycle, a release, a split sheet) in this transaction."""
    return record_facts(uow, kind, [(subject_id, facts)], cycle_id=cycle_id)[0]


def record_facts(
    uow: UnitOfWork,
    kind: LeafKind,
    facts: Iterable[tuple[UUID, Mapping[str, Any]]],
    *,
    cycle_id: UUID | None = None,
) -> list[LogRecord]:
    """Log facts of one kind, each with the id of what it is about, in this transaction."""
    now, records = utc_now(), []
    for subject_id, told in facts:
        record_id = new_id()
        leaf = leaves.record_leaf(record_id=record_id, kind=kind, subject_id=subject_id, facts=told, at=now)
        digest = leaf_hash(leaf)
        records.append(
            LogRecord(
                id=record_id, created_at=now, kind=kind, subject_id=subject_id, leaf=leaf, leaf_hash=digest
            )
        )
    uow.session.add_all(records)
    uow.session.flush()
    add_pending(uow.session, [(kind, one.id, cycle_id, one.leaf_hash) for one in records])
    return records


def add_pending(session: Session, rows: Iterable[tuple[LeafKind, UUID, UUID | None, bytes]]) -> None:
    """Queue leaves of rows that the caller writes itself: (kind, row id, cycle id, leaf hash)."""
    copying.copy_rows(session, "pending_leaves", copying.PENDING_COLUMNS, rows)


def reversals_of(
    session: Session,
    journal_ids: Sequence[UUID],
    *,
    cycle_id: UUID,
    facts: Mapping[str, Any],
) -> list[JournalDraft]:
    """Drafts that take these journals back, every amount with the other sign.

    Raises `AlreadyReversed` when one of them has been taken back before.
    """
    if not journal_ids:
        return []
    wanted = col(Journal.reverses_id).in_(journal_ids)
    done = session.execute(select(col(Journal.reverses_id)).where(wanted)).scalars().first()
    if done is not None:
        raise AlreadyReversed(f"The journal {done} has been reversed before.")
    rows = session.execute(
        select(LedgerEntry, LedgerAccount)
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .where(col(LedgerEntry.journal_id).in_(journal_ids))
        .order_by(col(LedgerEntry.journal_id), col(LedgerEntry.position))
    ).all()
    postings: dict[UUID, list[Posting]] = defaultdict(list)
    events: dict[UUID, UUID | None] = {}
    for entry, account in rows:
        owner = Account(account.kind, account.owner, account.currency)
        postings[entry.journal_id].append(Posting(owner, -entry.amount_nano, entry.work_id))
        events[entry.journal_id] = entry.event_id
    return [
        JournalDraft(
            kind=JournalKind.REVERSAL,
            cycle_id=cycle_id,
            postings=postings[journal_id],
            event_id=events[journal_id],
            reverses_id=journal_id,
            idempotency_key=f"reversal:{journal_id}",
            facts=facts,
        )
        for journal_id in journal_ids
        if journal_id in postings
    ]


@dataclass
class _Batch:
    accounts: Mapping[Account, UUID]
    parties: Mapping[UUID, str]
    now: datetime
    journals: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    pending: list[tuple[LeafKind, UUID, UUID | None, bytes]] = field(default_factory=list)

    def add(self, draft: JournalDraft) -> Posted:
        journal_id = new_id()
        leaf = leaves.journal_leaf(
            journal_id=journal_id,
            kind=draft.kind,
            cycle_id=draft.cycle_id,
            event_id=draft.event_id,
            reverses_id=draft.reverses_id,
            policy_digest=draft.policy_digest,
            idempotency_key=draft.idempotency_key,
            entry_count=len(draft.postings),
            facts=draft.facts,
            at=self.now,
        )
        digest = leaf_hash(leaf)
        self.journals.append(
            (
                journal_id,
                self.now,
                draft.kind,
                draft.cycle_id,
                draft.event_id,
                draft.reverses_id,
                draft.policy_digest,
                draft.idempotency_key,
                leaf,
                digest,
            )
        )
        self.pending.append((LeafKind.JOURNAL, journal_id, draft.cycle_id, digest))
        entry_ids = tuple(
            self._add_entry(draft, journal_id, digest, position, posting)
            for position, posting in enumerate(draft.postings)
        )
        return Posted(journal_id, entry_ids)

    def _add_entry(
        self, draft: JournalDraft, journal_id: UUID, journal_hash: bytes, position: int, posting: Posting
    ) -> UUID:
        entry_id, account = new_id(), posting.account
        contributor_id = account.contributor_id
        leaf = leaves.entry_leaf(
            leaves.EntryFacts(
                id=entry_id,
                journal_id=journal_id,
                journal_hash=journal_hash,
                position=position,
                account=account.kind,
                owner=account.owner if contributor_id is None else self.parties[contributor_id],
                currency=account.currency,
                amount_nano=posting.amount_nano,
                cycle_id=draft.cycle_id,
                event_id=draft.event_id,
                work_id=posting.work_id,
                at=self.now,
            )
        )
        digest = leaf_hash(leaf)
        self.entries.append(
            (
                entry_id,
                self.now,
                journal_id,
                position,
                self.accounts[account],
                contributor_id,
                posting.work_id,
                draft.event_id,
                draft.cycle_id,
                account.currency,
                posting.amount_nano,
                leaf,
                digest,
            )
        )
        self.pending.append((LeafKind.ENTRY, entry_id, draft.cycle_id, digest))
        return entry_id


def _require_balance(draft: JournalDraft) -> None:
    if not draft.postings:
        raise ValueError("A journal needs entries.")
    rest: dict[str, int] = defaultdict(int)
    for posting in draft.postings:
        if not 0 < abs(posting.amount_nano) <= MAX_NANO:
            raise ValueError(f"An entry of {posting.amount_nano} nano-units cannot be booked.")
        rest[posting.account.currency] += posting.amount_nano
    uneven = {currency: amount for currency, amount in rest.items() if amount}
    if uneven:
        raise ValueError(f"Debits and credits differ: {uneven}")
