"""Works and recordings that money waits for: nobody's shares, or shares above the whole."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.matching_schemas import WaitingList, WaitingView
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.usage import require_bookkeeper
from omnisonic.core.royalties.waiting_sums import over_standing
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.errors import FieldError, InvalidFields

WAITING_REASONS = (SuspenseReason.UNCLAIMED, SuspenseReason.CONFLICT)
CURSOR_FORM = struct.Struct(">16s16sB")  # largest amount, id, reason

# By the work that a recording has now; without one by the recording.
_WAITING = over_standing("""
    , named AS (
        SELECT w.id AS work_id, CASE WHEN w.id IS NULL THEN r.id END AS recording_id,
               min(coalesce(w.title, r.title)) AS title, s.account_id, sum(s.nano) AS nano,
               sum(s.events) AS events
        FROM standing s
        LEFT JOIN unmatched_usage u ON u.id = s.unmatched_id AND u.status = 'matched'
        JOIN recordings first ON first.id = coalesce(u.recording_id, s.recording_id)
        JOIN recordings r ON r.id = coalesce(first.merged_into, first.id)
        LEFT JOIN works own ON own.id = r.work_id
        LEFT JOIN works w ON w.id = coalesce(own.merged_into, own.id)
        WHERE s.account_id = ANY(ARRAY(
            SELECT id FROM ledger_accounts WHERE kind = 'suspense' AND owner IN ('unclaimed', 'conflict')
        ))
        GROUP BY 1, 2, s.account_id HAVING sum(s.events) <> 0
    ), listed AS (
        SELECT work_id, recording_id, coalesce(work_id, recording_id) AS id, min(title) AS title, owner,
               max(abs(nano)) AS most, sum(events) AS events,
               array_agg(currency ORDER BY abs(nano) DESC, currency) AS currencies,
               array_agg(nano ORDER BY abs(nano) DESC, currency) AS nanos
        FROM named JOIN ledger_accounts a ON a.id = named.account_id GROUP BY 1, 2, owner
    )
    SELECT * FROM listed
    WHERE CAST(:most AS numeric) IS NULL OR (most, id, owner) < (:most, CAST(:id AS uuid), :owner)
    ORDER BY most DESC, id DESC, owner DESC LIMIT :limit
""")


def list_waiting(session: Session, actor: Actor, *, limit: int, cursor: str | None = None) -> WaitingList:
    """What waits for shares, the largest amounts first; an entry for each work (or recording) and reason.

    Raises `Forbidden` unless a curator, `InvalidFields` for a wrong cursor.
    """
    require_bookkeeper(actor, scope=Scope.ROYALTIES_READ)
    rows = session.execute(_WAITING, {"limit": limit + 1} | _place(cursor)).all()
    shown = rows[:limit]
    return WaitingList(
        waiting=[_view(row) for row in shown],
        next_cursor=_cursor_after(shown[-1]) if len(rows) > limit else None,
    )


def _view(row: Row[Any]) -> WaitingView:
    return WaitingView(
        work_id=row.work_id,
        recording_id=row.recording_id,
        title=row.title,
        reason=SuspenseReason(row.owner),
        waiting=[money_view(int(nano), code) for code, nano in zip(row.currencies, row.nanos, strict=True)],
        events=int(row.events),
    )


def _cursor_after(row: Row[Any]) -> str:
    reason = WAITING_REASONS.index(SuspenseReason(row.owner))
    raw = CURSOR_FORM.pack(int(row.most).to_bytes(16, "big"), row.id.bytes, reason)
    return base64.urlsafe_b64encode(raw).decode()


def _place(cursor: str | None) -> dict[str, Any]:
    """What a cursor stands for. Raises `InvalidFields`."""
    if not cursor:
        return {"most": None, "id": None, "owner": ""}
    try:
        most, row_id, reason = CURSOR_FORM.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return {
            "most": int.from_bytes(most, "big"),
            "id": UUID(bytes=row_id),
            "owner": str(WAITING_REASONS[reason]),
        }
    except (binascii.Error, struct.error, ValueError, IndexError):
        message = "Use the `nextCursor` of the page before, or leave it out for the first page."
        raise InvalidFields(errors=[FieldError("cursor", "bad-cursor", message)]) from None
