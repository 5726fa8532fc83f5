"""Gives committed leaves their places in the log: contiguous, in batches, one sequencer at a time.

Sequences of the database leave gaps and are handed out before the commit, so that "everything up to
number n" would miss rows that commit late. Here only rows that are committed are counted, under a lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import pack
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.copying_binary import HASH_LENGTH, ID_LENGTH, cell, copy_binary
from omnisonic.core.ledger.head import require_whole_log
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.repository import log_size
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.named_locks import take_lock

SEQUENCE_LOCK = "ledger:sequence"
BATCH_LEAVES = 50_000
EVENT = "ledgerEntriesSequenced"
ALL_CYCLES = "ledger:cycle:*"

PLACED_COLUMNS: Final = ("leaf_index", "kind", "row_id", "cycle_id", "leaf_hash")
_LEAF_HEAD: Final = pack(">hi", len(PLACED_COLUMNS), 8)  # the first column is the number of the leaf
_HAS_PENDING = text("SELECT EXISTS (SELECT 1 FROM pending_leaves)")
_PLACE = text("""
WITH taken AS (
    DELETE FROM pending_leaves
    WHERE id <= (SELECT max(id) FROM (SELECT id FROM pending_leaves ORDER BY id LIMIT :limit) AS first)
    RETURNING id, kind, row_id, cycle_id, leaf_hash
), placed AS (
    INSERT INTO log_leaves (leaf_index, kind, row_id, cycle_id, leaf_hash)
    SELECT :size - 1 + row_number() OVER (ORDER BY id), kind, row_id, cycle_id, leaf_hash FROM taken
    ORDER BY id
    RETURNING leaf_index, cycle_id, kind
)
SELECT cycle_id, count(*), count(*) FILTER (WHERE kind = 'entry'), min(leaf_index), max(leaf_index)
FROM placed GROUP BY cycle_id
""")


@dataclass(frozen=True)
class Sequenced:
    """What one round did: how many leaves got places, and the size of the log after it."""

    count: int
    size: int


def sequence_pending(uow: UnitOfWork, *, limit: int = BATCH_LEAVES) -> Sequenced:
    """Move up to `limit` committed pending leaves into the log and announce their cycles' entries.

    Safe to call from anywhere at any time; it waits for another sequencer to commit. Raises `LogBehind`
    when the log is shorter than what was published or signed.
    """
    session = uow.session
    take_lock(session, SEQUENCE_LOCK)
    size = log_size(session)
    if not session.execute(_HAS_PENDING).scalar_one():
        return Sequenced(0, size)
    require_whole_log(size)
    count = 0
    for cycle_id, leaves, entries, first, last in session.execute(_PLACE, {"size": size, "limit": limit}):
        count += leaves
        if entries and cycle_id is not None:
            _announce(uow, cycle_id, first, last)
    return Sequenced(count, size + count)


class DirectPlaces:
    """Places in the log for leaves by the hundred thousand, committed together with their rows.

    From the first on nobody else sequences until the transaction ends. Raises `LogBehind` as
    `sequence_pending` does.
    """

    def __init__(self, session: Session, *, kind: LeafKind, cycle_id: UUID) -> None:
        take_lock(session, SEQUENCE_LOCK)
        self._session = session
        self._next = log_size(session)
        require_whole_log(self._next)
        self._before_id = cell(kind) + ID_LENGTH
        self._after_id = cell(cycle_id) + HASH_LENGTH

    def rows(self, row_ids: Sequence[bytes], leaf_hashes: Sequence[bytes]) -> list[bytes]:
        """The next leaves of the log, for `copy`: the 16 bytes of each row's id, and its hash."""
        first, self._next = self._next, self._next + len(row_ids)
        return [
            b"".join((_LEAF_HEAD, index.to_bytes(8), self._before_id, row_id, self._after_id, leaf_hash))
            for index, (row_id, leaf_hash) in enumerate(zip(row_ids, leaf_hashes, strict=True), first)
        ]

    def copy(self, rows: Iterable[bytes]) -> None:
        """Write what `rows` gave."""
        copy_binary(self._session, "log_leaves", PLACED_COLUMNS, rows)


def sequence_all(*, limit: int = BATCH_LEAVES) -> int:
    """Sequence until nothing committed waits, each batch in its own transaction; returns the size.

    Raises `LogBehind` as `sequence_pending` does.
    """
    while True:
        with unit_of_work() as uow:
            done = sequence_pending(uow, limit=limit)
        if done.count < limit:
            return done.size


def _announce(uow: UnitOfWork, cycle_id: UUID, first: int, last: int) -> None:
    # Leaves of other cycles may lie between: the range is where to look, the cycle is what to look for.
    payload = {"cycleId": str(cycle_id), "fromIndex": first, "toIndex": last}
    uow.publish(f"ledger:cycle:{cycle_id}", EVENT, payload)
    uow.publish(ALL_CYCLES, EVENT, payload)
