"""Works and recordings that money waits for: nobody's shares, or shares above the whole."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.access import require_curator
from omnisonic.platform.actor import Actor

SHOWN_MAX = 50

# What waits of each use, by the work that its recording has now; without one by the recording.
_WAITING = text("""
    WITH summed AS (
        SELECT e.event_id, a.owner, e.currency, -sum(e.amount_nano) AS nano
        FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id
        WHERE a.kind = 'suspense' AND a.owner IN ('unclaimed', 'conflict') AND e.event_id IS NOT NULL
        GROUP BY 1, 2, 3 HAVING sum(e.amount_nano) <> 0
    )
    SELECT w.id AS work_id, CASE WHEN w.id IS NULL THEN r.id END AS recording_id,
           min(coalesce(w.title, r.title)) AS title, s.owner, s.currency, sum(s.nano) AS nano,
           count(*) AS events
    FROM summed s
    JOIN royalty_events ev ON ev.id = s.event_id
    LEFT JOIN unmatched_usage u ON u.id = ev.unmatched_id AND u.status = 'matched'
    JOIN recordings first ON first.id = coalesce(u.recording_id, ev.recording_id)
    JOIN recordings r ON r.id = coalesce(first.merged_into, first.id)
    LEFT JOIN works own ON own.id = r.work_id
    LEFT JOIN works w ON w.id = coalesce(own.merged_into, own.id)
    GROUP BY 1, 2, s.owner, s.currency
    ORDER BY abs(sum(s.nano)) DESC, title, s.currency
    LIMIT :limit
""")


@dataclass(frozen=True)
class WaitingFor:
    """Money in one currency that waits for the shares of a work, or for a recording to have a work."""

    work_id: UUID | None
    recording_id: UUID | None
    title: str
    reason: SuspenseReason
    currency: str
    nano: int
    events: int


def list_waiting(session: Session, actor: Actor, *, limit: int = SHOWN_MAX) -> list[WaitingFor]:
    """The largest amounts that wait for shares. Raises `Forbidden` unless a curator."""
    require_curator(actor)
    return [
        WaitingFor(
            row.work_id,
            row.recording_id,
            row.title,
            SuspenseReason(row.owner),
            row.currency,
            int(row.nano),
            row.events,
        )
        for row in session.execute(_WAITING, {"limit": limit})
    ]
