"""What stands in suspense, kept added up: readers add what was booked since, so nothing is ever missing.

The log has an order without gaps, so "all leaves before N" is a set that never changes: those are in the
tables. What comes behind it, or has no place yet, is read with them, in one statement. Booking costs nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.named_locks import take_lock

SUMMING_LOCK = "royalties:waiting-sums"
LEAVES_AT_ONCE = 50_000

_SUMMED = "coalesce((SELECT size FROM waiting_progress), 0)"
_NO_END = 2**62  # with two ends the planner looks the few rows between up, instead of reading all
# One entry at a time by its key: there are few behind the sums and millions before them. `events` counts uses
# of which something waits.
_CHANGES = """
    moved AS MATERIALIZED (
        SELECT f.*, coalesce(u.nano, 0) AS was
        FROM (
            SELECT e.event_id, e.account_id, -sum(e.amount_nano) AS nano
            FROM ({rows}) AS new
            CROSS JOIN LATERAL (
                SELECT event_id, account_id, amount_nano FROM ledger_entries
                WHERE id = new.row_id AND contributor_id IS NULL OFFSET 0
            ) AS e
            JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'suspense'
            GROUP BY 1, 2
        ) AS f
        LEFT JOIN waiting_uses u ON u.event_id = f.event_id AND u.account_id = f.account_id
    ), changes AS (
        SELECT m.account_id, ev.recording_id, ev.unmatched_id, sum(m.nano) AS nano,
               coalesce(sum((m.was + m.nano <> 0)::int - (m.was <> 0)::int)
                        FILTER (WHERE m.event_id IS NOT NULL), 0) AS events
        FROM moved m LEFT JOIN royalty_events ev ON ev.id = m.event_id GROUP BY 1, 2, 3
    )
"""
_PLACED = (
    "SELECT row_id FROM log_leaves WHERE kind = 'entry' AND leaf_index >= {start} AND leaf_index < {stop}"
)
_NEWER = f"""
    {_PLACED.format(start=_SUMMED, stop=_NO_END)}
    UNION ALL SELECT row_id FROM pending_leaves WHERE kind = 'entry'
"""  # noqa: S608  (our own names only, here and below)
_STANDING = f"""
    WITH {_CHANGES.format(rows=_NEWER)}, standing AS (
        SELECT account_id, recording_id, unmatched_id, nano, events FROM waiting_sums
        UNION ALL SELECT account_id, recording_id, unmatched_id, nano, events FROM changes
    )
"""  # noqa: S608
_ADD = text(f"""
    WITH {_CHANGES.format(rows=_PLACED.format(start=":start", stop=":stop"))}, ended AS (
        DELETE FROM waiting_uses u USING moved m
        WHERE u.event_id = m.event_id AND u.account_id = m.account_id AND m.was + m.nano = 0
    ), kept AS (
        INSERT INTO waiting_uses (event_id, account_id, nano)
        SELECT event_id, account_id, was + nano FROM moved WHERE event_id IS NOT NULL AND was + nano <> 0
        ON CONFLICT (event_id, account_id) DO UPDATE SET nano = excluded.nano
    )
    INSERT INTO waiting_sums AS s (account_id, recording_id, unmatched_id, nano, events)
    SELECT account_id, recording_id, unmatched_id, nano, events FROM changes
    ON CONFLICT (account_id, recording_id, unmatched_id)
    DO UPDATE SET nano = s.nano + excluded.nano, events = s.events + excluded.events
""")  # noqa: S608
_SIZES = text(f"""
    SELECT {_SUMMED} AS summed, coalesce((SELECT max(leaf_index) + 1 FROM log_leaves), 0) AS size
""")  # noqa: S608
_GO_ON = text("""
    INSERT INTO waiting_progress (id, size) VALUES (1, :size) ON CONFLICT (id) DO UPDATE SET size = :size
""")


def over_standing(statement: str) -> TextClause:
    """A statement over `standing`: account, recording and unmatched use, nano-units that wait, and events.

    Rows are to be added up: what was booked since has rows of its own.
    """
    return text(_STANDING + statement)


def add_up(uow: UnitOfWork, *, at_once: int = LEAVES_AT_ONCE) -> int:
    """Take the next leaves of the log into the sums; how many, 0 where all are in them."""
    take_lock(uow.session, SUMMING_LOCK)
    start, size = _sizes(uow.session)
    stop = min(size, start + at_once)
    if stop > start:
        uow.session.execute(_ADD, {"start": start, "stop": stop})
        uow.session.execute(_GO_ON, {"size": stop})
    return stop - start


def _sizes(session: Session) -> tuple[int, int]:
    row: Any = session.execute(_SIZES).one()
    return int(row.summed), int(row.size)
