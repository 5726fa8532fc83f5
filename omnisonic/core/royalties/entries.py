"""Ledger entries as readers see them: curators all, payees those of their own accounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from omnisonic.core.ledger.models import (
    AccountKind,
    Journal,
    JournalKind,
    LeafKind,
    LedgerAccount,
    LedgerEntry,
    LogLeaf,
)
from omnisonic.core.royalties.access import visible_parties
from omnisonic.core.royalties.models import RoyaltyEvent, UsageType
from omnisonic.platform.actor import Actor
from omnisonic.platform.pagination import Page, fetch_page

JOURNAL_WORDS = {
    JournalKind.USAGE: "Usage",
    JournalKind.RELEASE: "Released from suspense",
    JournalKind.REVERSAL: "Taken back",
    JournalKind.ROUNDING: "Rest below a nano-unit",
    JournalKind.EXCHANGE: "Exchanged",
    JournalKind.PAYOUT: "Paid out",
}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry. `seq` is its place in the log, None until the sequencer has given it one."""

    id: str
    seq: int | None
    journal_id: str
    event_id: str | None
    work_id: str | None
    contributor_id: str | None
    account: str
    cycle_id: str
    currency: str
    amount_nano: int
    policy_digest: str
    description: str
    created_at: datetime


def list_entries(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    cycle_id: UUID | None = None,
    contributor_id: UUID | None = None,
) -> tuple[list[EntryRow], str | None]:
    """Entries the caller may see, newest first, and the cursor of the next page."""
    statement = select_rows(LedgerEntry).where(*_conditions(actor, cycle_id, contributor_id))
    rows, next_cursor = fetch_page(session, statement, LedgerEntry, page=page)
    return _entry_rows(session, rows), next_cursor


def count_entries(
    session: Session, actor: Actor, *, cycle_id: UUID | None = None, contributor_id: UUID | None = None
) -> int:
    """How many entries `list_entries` has in all."""
    conditions = _conditions(actor, cycle_id, contributor_id)
    counted = select(func.count()).select_from(LedgerEntry).where(*conditions)
    return int(session.execute(counted).scalar_one())


def entries_from(
    session: Session, actor: Actor, *, index: int, cycle_id: UUID | None, limit: int
) -> list[EntryRow]:
    """The next entries that the caller may see at this place of the log or after it, in the log's order."""
    statement = (
        select_rows(LedgerEntry)
        .join(LogLeaf, col(LogLeaf.row_id) == col(LedgerEntry.id))
        .where(
            col(LogLeaf.leaf_index) >= index,
            LogLeaf.kind == LeafKind.ENTRY,
            *_conditions(actor, cycle_id, None),
        )
        .order_by(col(LogLeaf.leaf_index))
        .limit(limit)
    )
    found = _entry_rows(session, session.exec(statement).all())
    return sorted(found, key=lambda row: row.seq or 0)


def find_entry(session: Session, actor: Actor, *, entry_id: UUID) -> EntryRow | None:
    """One entry, or None where it is not there or not the caller's to see."""
    statement = select_rows(LedgerEntry).where(LedgerEntry.id == entry_id, *_conditions(actor, None, None))
    rows = _entry_rows(session, session.exec(statement).all())
    return rows[0] if rows else None


def account_name(account: LedgerAccount) -> str:
    """An account in a word: `payee`, `suspense:unclaimed`, `source:Example Music`, `payout`."""
    has_name = account.kind in {AccountKind.SOURCE, AccountKind.SUSPENSE, AccountKind.EXCHANGE}
    return f"{account.kind}:{account.owner}" if has_name else str(account.kind)


def _conditions(
    actor: Actor, cycle_id: UUID | None, contributor_id: UUID | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [visible_parties(actor, LedgerEntry.contributor_id)]
    if cycle_id is not None:
        conditions.append(col(LedgerEntry.cycle_id) == cycle_id)
    if contributor_id is not None:
        conditions.append(col(LedgerEntry.contributor_id) == contributor_id)
    return conditions


def _entry_rows(session: Session, entries: Sequence[LedgerEntry]) -> list[EntryRow]:
    journals = _journals(session, {one.journal_id for one in entries})
    accounts = _accounts(session, {one.account_id for one in entries})
    usage_types = _usage_types(session, {one.event_id for one in entries if one.event_id})
    indexes = _indexes(session, [one.id for one in entries])
    return [
        EntryRow(
            id=str(one.id),
            seq=indexes.get(one.id),
            journal_id=str(one.journal_id),
            event_id=str(one.event_id) if one.event_id else None,
            work_id=str(one.work_id) if one.work_id else None,
            contributor_id=str(one.contributor_id) if one.contributor_id else None,
            account=account_name(accounts[one.account_id]),
            cycle_id=str(one.cycle_id),
            currency=one.currency,
            amount_nano=one.amount_nano,
            policy_digest=journals[one.journal_id].policy_digest or "",
            description=_describe(
                journals[one.journal_id].kind, usage_types.get(one.event_id) if one.event_id else None
            ),
            created_at=one.created_at,
        )
        for one in entries
    ]


def _journals(session: Session, ids: Collection[UUID]) -> dict[UUID, Journal]:
    return {row.id: row for row in session.exec(select_rows(Journal).where(col(Journal.id).in_(ids)))}


def _accounts(session: Session, ids: Collection[UUID]) -> dict[UUID, LedgerAccount]:
    rows = session.exec(select_rows(LedgerAccount).where(col(LedgerAccount.id).in_(ids)))
    return {row.id: row for row in rows}


def _usage_types(session: Session, ids: Collection[UUID]) -> dict[UUID | None, UsageType]:
    columns = select(col(RoyaltyEvent.id), col(RoyaltyEvent.usage_type))
    found = session.execute(columns.where(col(RoyaltyEvent.id).in_(ids)))
    return {row[0]: row[1] for row in found}


def _indexes(session: Session, ids: Collection[UUID]) -> dict[UUID, int]:
    columns = select(col(LogLeaf.row_id), col(LogLeaf.leaf_index))
    return {row[0]: row[1] for row in session.execute(columns.where(col(LogLeaf.row_id).in_(ids)))}


def _describe(kind: JournalKind, usage_type: UsageType | None) -> str:
    return f"{JOURNAL_WORDS[kind]}: {usage_type}" if usage_type else JOURNAL_WORDS[kind]
