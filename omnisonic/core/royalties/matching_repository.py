"""Queries of the matching queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from omnisonic.core.royalties.models import MatchStatus, RoyaltyEvent, UnmatchedUsage
from omnisonic.platform.pagination import Page, fetch_page

_WAITING = text("""
    SELECT ev.unmatched_id, a.currency, -sum(e.amount_nano) AS nano
    FROM royalty_events ev JOIN journals j ON j.event_id = ev.id JOIN ledger_entries e ON e.journal_id = j.id
    JOIN ledger_accounts a ON a.id = e.account_id
    WHERE ev.unmatched_id = ANY(CAST(:ids AS uuid[])) AND a.kind = 'suspense' AND a.owner = 'unmatched'
    GROUP BY 1, 2 HAVING sum(e.amount_nano) <> 0 ORDER BY 1, 2
""")


def find_reported(session: Session, reported_id: UUID, *, for_update: bool = False) -> UnmatchedUsage | None:
    """A row of the queue; locked, bookings of its events wait."""
    lock = True if for_update else None
    return session.get(UnmatchedUsage, reported_id, with_for_update=lock, populate_existing=for_update)


def reported_page(
    session: Session, *, page: Page, status: MatchStatus | None
) -> tuple[list[UnmatchedUsage], str | None]:
    """The queue, newest first."""
    statement = select(UnmatchedUsage)
    if status is not None:
        statement = statement.where(UnmatchedUsage.status == status)
    return fetch_page(session, statement, UnmatchedUsage, page=page)


def waiting_of(session: Session, reported_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, int]]]:
    """Currency and nano-units in suspense as unmatched, per row."""
    found: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for row in session.execute(_WAITING, {"ids": [str(one) for one in reported_ids]}):
        found[row.unmatched_id].append((row.currency, int(row.nano)))
    return found


def event_counts(session: Session, reported_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many events name each row."""
    statement = (
        select(RoyaltyEvent.unmatched_id, func.count())
        .where(col(RoyaltyEvent.unmatched_id).in_(reported_ids))
        .group_by(col(RoyaltyEvent.unmatched_id))
    )
    return {one: number for one, number in session.exec(statement) if one is not None}


def events_of(session: Session, reported_id: UUID) -> list[UUID]:
    """Its events, in the order they were booked."""
    statement = select(RoyaltyEvent.id).where(RoyaltyEvent.unmatched_id == reported_id)
    return list(session.exec(statement.order_by(col(RoyaltyEvent.id))))


_WAITING_EVENTS = text("""
    SELECT ev.id FROM royalty_events ev
    WHERE ev.unmatched_id = CAST(:id AS uuid) AND 0 <> (
        SELECT coalesce(sum(e.amount_nano), 0) FROM journals j JOIN ledger_entries e ON e.journal_id = j.id
        JOIN ledger_accounts a ON a.id = e.account_id
        WHERE j.event_id = ev.id AND a.kind = 'suspense' AND a.owner = 'unmatched'
    )
    ORDER BY ev.id LIMIT :limit
""")


def waiting_events(session: Session, reported_id: UUID, *, limit: int) -> list[UUID]:
    """Events of the row whose money still waits as unmatched, at most `limit`."""
    return list(session.scalars(_WAITING_EVENTS, {"id": reported_id, "limit": limit}))
