"""The feed of changes: what happened since a cursor, in an order that never skips a late commit."""

from __future__ import annotations

import base64
import binascii
import struct

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.catalog.fields import refuse
from omnisonic.core.catalog.schemas import ChangePage, ChangeView
from omnisonic.platform.actor import Actor

_CURSOR = struct.Struct(">qq")  # transaction, number of the change
MAX_CURSOR_CHARS = 64

# A transaction that is still open may yet bring rows with low numbers. So only rows of transactions older
# than every open one are shown, ordered by transaction first: nothing can come before a cursor later.
_SINCE = text(
    """
    SELECT txid, seq, entity_type, entity_id, action, actor_id, source, before, after, at FROM provenance
    WHERE (txid, seq) > (:txid, :seq) AND txid < CAST(pg_snapshot_xmin(pg_current_snapshot())::text AS bigint)
    ORDER BY txid, seq LIMIT :limit
    """
)


def list_changes(session: Session, _actor: Actor, *, since: str | None, limit: int) -> ChangePage:
    """Changes after the cursor `since` (None: from the beginning), oldest first.

    The page is empty when there is nothing new; its cursor is then the one given. A change of a long
    transaction, such as an import, shows when every transaction older than it has ended. Raises
    `InvalidFields` for a cursor that is none.
    """
    txid, seq = _decode(since)
    rows = session.execute(_SINCE, {"txid": txid, "seq": seq, "limit": limit}).mappings().all()
    if rows:
        txid, seq = rows[-1]["txid"], rows[-1]["seq"]
    changes = [ChangeView.model_validate({k: v for k, v in row.items() if k != "txid"}) for row in rows]
    return ChangePage(changes=changes, next_cursor=_encode(txid, seq))


def _encode(txid: int, seq: int) -> str:
    return base64.urlsafe_b64encode(_CURSOR.pack(txid, seq)).decode().rstrip("=")


def _decode(since: str | None) -> tuple[int, int]:
    if not since:
        return -1, -1
    try:
        raw = base64.b64decode(since + "=" * (-len(since) % 4), altchars=b"-_", validate=True)
        txid, seq = _CURSOR.unpack(raw)
    except (binascii.Error, struct.error, ValueError):
        message = "Use the `nextCursor` of the page before, or leave it out to start at the beginning."
        raise refuse("since", "bad-cursor", message) from None
    return txid, seq
