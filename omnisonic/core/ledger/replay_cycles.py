"""Checkpoints and the cycles they closed, out of object storage and the log, for a replay.

Cycles are rows of the royalties, which are built on the ledger: known here by table name only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.core.ledger.checkpoint_text import parse_checkpoint_text
from omnisonic.core.ledger.key_history import list_keys, verifiers_at
from omnisonic.core.ledger.log_errors import LogDamaged, LogForked
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.models import CycleCheckpoint, LeafKind, LogRecord
from omnisonic.core.ledger.signed_note import open_note
from omnisonic.core.ledger.tiles import TileError
from omnisonic.core.ledger.tree import TileTree
from omnisonic.core.ledger.wire_text import WireTextError
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound

_CLOSE = text("""
    UPDATE cycles SET status = 'closed', closing_at = coalesce(closing_at, :closed_at),
           closed_at = :closed_at, version = version + 1
    WHERE id = :id AND status <> 'closed'
""")
_IS_THERE = text("SELECT 1 FROM cycles WHERE id = :id")
_ADD = text("""
    INSERT INTO cycles (id, created_at, number, name, starts_on, ends_on, currencies, currency, status,
                        closing_at, closed_at, version)
    VALUES (:id, :at, :number, :name, CAST(:starts_on AS date), CAST(:ends_on AS date),
            CAST(:currencies AS text[]), :currency, 'closed', :at, :at, 1)
    ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True)
class RestoredCycles:
    """How many checkpoints came back, and how many cycles became closed by them."""

    checkpoints: int
    cycles: int


def restore_checkpoints(uow: UnitOfWork, store: LogStore, *, size: int) -> RestoredCycles:
    """Write the rows of signed checkpoints that the database lacks; their cycles become closed.

    Raises `LogForked` for a checkpoint that is not signed by both keys or not the root of its tiles.
    """
    session = uow.session
    there = set(session.exec(select(col(CycleCheckpoint.number))))
    newest = {one["number"]: one for one in store.list_checkpoints()}  # a try that was not finished has the
    keys, cycles, added = list_keys(store), 0, 0  # number of the one that was, and a smaller tree
    for number, facts in sorted(newest.items()):
        if number in there or facts["treeSize"] > size:
            continue
        root = _verified_root(store, facts, keys)
        session.add(_row(facts, root))
        session.flush()
        cycles += _close_cycle(session, facts)
        added += 1
    return RestoredCycles(added, cycles)


def _verified_root(store: LogStore, facts: dict[str, Any], keys: Any) -> bytes:
    size = facts["treeSize"]
    logs, cosigners = verifiers_at(keys, size)
    try:
        note, found = open_note(facts["note"], [*logs, *cosigners])
        said = parse_checkpoint_text(note.text)
        root = TileTree(size, store.read_tile).root()
    except (WireTextError, TileError, NotFound) as error:
        raise LogDamaged(f"The checkpoint of {size:,} leaves cannot be read: {error}.") from error
    if len({type(one) for one in found}) != 2 or (said.size, said.root) != (size, root):
        raise LogForked(f"The stored checkpoint of {size:,} leaves is not the one of these tiles.")
    return root


def _row(facts: dict[str, Any], root: bytes) -> CycleCheckpoint:
    return CycleCheckpoint(
        id=UUID(facts["id"]),
        created_at=datetime.fromisoformat(facts["createdAt"]),
        number=facts["number"],
        cycle_id=UUID(facts["cycleId"]),
        cycle_number=facts["cycleNumber"],
        currency=facts["currency"],
        total_nano=int(facts["totalNano"]),
        totals=facts["totals"],
        tree_size=facts["treeSize"],
        root=root,
        note=facts["note"],
        closed_at=datetime.fromisoformat(facts["closedAt"]),
    )


def _close_cycle(session: Session, facts: dict[str, Any]) -> int:
    closed_at, cycle_id = datetime.fromisoformat(facts["closedAt"]), facts["cycleId"]
    if session.execute(_IS_THERE, {"id": cycle_id}).first():
        session.execute(_CLOSE, {"id": cycle_id, "closed_at": closed_at})
        return 1
    leaf = session.exec(
        select(LogRecord.leaf).where(LogRecord.subject_id == UUID(cycle_id), LogRecord.kind == LeafKind.CYCLE)
    ).first()
    told = json.loads(leaf)["facts"] if leaf else {}
    if not {"from", "until", "currencies"} <= told.keys():
        return 0
    number = facts["cycleNumber"]
    session.execute(
        _ADD,
        {
            "id": cycle_id,
            "at": closed_at,
            "number": number,
            "name": f"Cycle {number}",
            "starts_on": told["from"],
            "ends_on": told["until"],
            "currencies": told["currencies"],
            "currency": facts["currency"],
        },
    )
    return 1
