"""Ledger entries as readers see them: curators all, payees those of their own accounts.

Each list is one statement, whatever its length and whatever is asked of a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col

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
from omnisonic.platform.pagination import Page, encode_cursor

JOURNAL_WORDS = {
    JournalKind.USAGE: "Usage",
    JournalKind.RELEASE: "Released from suspense",
    JournalKind.REVERSAL: "Taken back",
    JournalKind.ROUNDING: "Rest below a nano-unit",
    JournalKind.EXCHANGE: "Exchanged",
    JournalKind.PAYOUT: "Paid out",
    JournalKind.DISPUTE: "Held back or given free in a dispute",
}
NAMED_ACCOUNTS = {AccountKind.SOURCE, AccountKind.SUSPENSE, AccountKind.EXCHANGE}

_COLUMNS = (
    col(LedgerEntry.id),
    col(LedgerEntry.journal_id),
    col(LedgerEntry.event_id),
    col(LedgerEntry.work_id),
    col(LedgerEntry.contributor_id),
    col(LedgerEntry.account_id),
    col(LedgerEntry.cycle_id),
    col(LedgerEntry.currency),
    col(LedgerEntry.amount_nano),
    col(LedgerEntry.created_at),
)


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
    conditions = _conditions(actor, cycle_id, contributor_id)
    if page.after is not None:
        conditions.append(col(LedgerEntry.id) < page.after.id)
    newest = col(LedgerEntry.id).desc()  # ids grow with time, and unlike the time they have an index
    chosen = select(*_COLUMNS).where(*conditions).order_by(newest).limit(page.limit + 1).subquery()
    rows = _rows(session, _with_words(chosen).order_by(chosen.c.id.desc()))
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], encode_cursor(last.created_at, UUID(last.id))


def count_entries(
    session: Session, actor: Actor, *, cycle_id: UUID | None = None, contributor_id: UUID | None = None
) -> int:
    """How many entries `list_entries` has in all."""
    conditions = _conditions(actor, cycle_id, contributor_id)
    counted = select(func.count()).select_from(LedgerEntry).where(*conditions)
    return int(session.execute(counted).scalar_one())


def entries_of_cycles(
    session: Session, actor: Actor, cycle_ids: Sequence[str], *, limit: int, after: str | None
) -> dict[str, list[EntryRow]]:
    """The newest `limit` entries of each cycle that the caller may see, older than the id `after`."""
    asked = _asked(cycle_ids)
    conditions = [visible_parties(actor, LedgerEntry.contributor_id)]
    if after is not None:
        conditions.append(col(LedgerEntry.id) < UUID(after))
    chosen = (
        select(*_COLUMNS)
        .where(col(LedgerEntry.cycle_id) == asked.c.id, *conditions)
        .order_by(col(LedgerEntry.id).desc())
        .limit(limit)
        .lateral()
    )
    statement = _with_words(chosen, asked.join(chosen, true())).order_by(chosen.c.id.desc())
    found: dict[str, list[EntryRow]] = {}
    for row in _rows(session, statement):
        found.setdefault(row.cycle_id, []).append(row)
    return found


def entry_counts(session: Session, actor: Actor, cycle_ids: Sequence[str]) -> dict[str, int]:
    """How many entries of each cycle the caller may see; cycles without any are left out."""
    counted = (
        select(col(LedgerEntry.cycle_id), func.count())
        .where(
            col(LedgerEntry.cycle_id).in_([UUID(one) for one in cycle_ids]),
            visible_parties(actor, LedgerEntry.contributor_id),
        )
        .group_by(col(LedgerEntry.cycle_id))
    )
    return {str(cycle_id): count for cycle_id, count in session.execute(counted)}


def entries_from(
    session: Session, actor: Actor, *, index: int, end: int, cycle_id: UUID | None, limit: int
) -> list[EntryRow]:
    """The first entries that the caller may see at [index, end) of the log, in the log's order."""
    conditions = [
        col(LogLeaf.leaf_index) >= index,
        col(LogLeaf.leaf_index) < end,
        col(LogLeaf.kind) == LeafKind.ENTRY,
        visible_parties(actor, LedgerEntry.contributor_id),
    ]
    if cycle_id is not None:
        conditions.append(col(LogLeaf.cycle_id) == cycle_id)
    chosen = (
        select(*_COLUMNS)
        .join(LogLeaf, col(LogLeaf.row_id) == col(LedgerEntry.id))
        .where(*conditions)
        .order_by(col(LogLeaf.leaf_index))
        .limit(limit)
        .subquery()
    )
    return _rows(session, _with_words(chosen).order_by(col(LogLeaf.leaf_index)))


def find_entry(session: Session, actor: Actor, *, entry_id: UUID) -> EntryRow | None:
    """One entry, or None where it is not there or not the caller's to see."""
    conditions = _conditions(actor, None, None)
    chosen = select(*_COLUMNS).where(col(LedgerEntry.id) == entry_id, *conditions).subquery()
    rows = _rows(session, _with_words(chosen))
    return rows[0] if rows else None


def account_name(kind: AccountKind, owner: str) -> str:
    """An account in a word: `payee`, `suspense:unclaimed`, `source:Example Music`, `payout`."""
    return f"{kind}:{owner}" if kind in NAMED_ACCOUNTS else str(kind)


def _conditions(
    actor: Actor, cycle_id: UUID | None, contributor_id: UUID | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [visible_parties(actor, LedgerEntry.contributor_id)]
    if cycle_id is not None:
        conditions.append(col(LedgerEntry.cycle_id) == cycle_id)
    if contributor_id is not None:
        conditions.append(col(LedgerEntry.contributor_id) == contributor_id)
    return conditions


def _asked(ids: Sequence[str]) -> Any:
    given = literal([UUID(one) for one in ids], ARRAY(Uuid()))
    return select(func.unnest(given).label("id")).subquery()


def _with_words(chosen: Any, source: Any = None) -> Select[Any]:
    """Chosen entries beside their journal, account, event and place in the log."""
    return (
        select(
            *chosen.c,
            col(LogLeaf.leaf_index),
            col(Journal.kind),
            col(Journal.policy_digest),
            col(LedgerAccount.kind),
            col(LedgerAccount.owner),
            col(RoyaltyEvent.usage_type),
        )
        .select_from(chosen if source is None else source)
        .join(Journal, col(Journal.id) == chosen.c.journal_id)
        .join(LedgerAccount, col(LedgerAccount.id) == chosen.c.account_id)
        .outerjoin(LogLeaf, col(LogLeaf.row_id) == chosen.c.id)
        .outerjoin(RoyaltyEvent, col(RoyaltyEvent.id) == chosen.c.event_id)
    )


def _rows(session: Session, statement: Select[Any]) -> list[EntryRow]:
    return [_row(*found) for found in session.execute(statement)]


def _row(
    entry_id: UUID,
    journal_id: UUID,
    event_id: UUID | None,
    work_id: UUID | None,
    contributor_id: UUID | None,
    _account_id: UUID,
    cycle_id: UUID,
    currency: str,
    amount_nano: int,
    created_at: datetime,
    leaf_index: int | None,
    journal_kind: JournalKind,
    policy_digest: str | None,
    account_kind: AccountKind,
    owner: str,
    usage_type: UsageType | None,
) -> EntryRow:
    words = JOURNAL_WORDS[journal_kind]
    return EntryRow(
        id=str(entry_id),
        seq=leaf_index,
        journal_id=str(journal_id),
        event_id=_text(event_id),
        work_id=_text(work_id),
        contributor_id=_text(contributor_id),
        account=account_name(account_kind, owner),
        cycle_id=str(cycle_id),
        currency=currency,
        amount_nano=amount_nano,
        policy_digest=policy_digest or "",
        description=f"{words}: {usage_type}" if usage_type else words,
        created_at=created_at,
    )


def _text(found: UUID | None) -> str | None:
    return str(found) if found else None
