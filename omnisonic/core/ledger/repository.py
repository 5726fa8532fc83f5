"""Reads of the log: its size, leaves with their bytes, checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, desc, func, text
from sqlmodel import Session, col, select

from omnisonic.core.ledger.copying_binary import read_cells
from omnisonic.core.ledger.models import CycleCheckpoint, LeafKind, LogLeaf, LogRecord, PendingLeaf

# One look into the one table that has it: joins to all of them would read whole tables for a part of the log.
# Statement lines are rows of the royalties, which are built on the ledger: known here by table name only.
LEAF_BYTES = """
    coalesce(l.leaf, CASE l.kind
        WHEN 'entry' THEN (SELECT e.leaf FROM ledger_entries AS e WHERE e.id = l.row_id)
        WHEN 'journal' THEN (SELECT j.leaf FROM journals AS j WHERE j.id = l.row_id)
        WHEN 'line' THEN (SELECT s.leaf FROM statement_lines AS s WHERE s.id = l.row_id)
        ELSE (SELECT r.leaf FROM log_records AS r WHERE r.id = l.row_id)
    END)
"""
_PART = "FROM log_leaves AS l WHERE l.leaf_index >= :start AND l.leaf_index < :end"
_SIZE = text("SELECT coalesce(max(leaf_index) + 1, 0) FROM log_leaves")
_BETWEEN = text(f"SELECT l.leaf_index, l.leaf_hash, {LEAF_BYTES} {_PART} ORDER BY l.leaf_index")
# RFC 6962: SHA-256(0x00 || leaf), over the bytes as they are stored; zeros where they are gone.
_HASHED_ANEW = text(f"""
    SELECT count(*), string_agg(coalesce(anew, decode(repeat('00', 32), 'hex')), '' ORDER BY leaf_index),
           min(leaf_index) FILTER (WHERE anew IS DISTINCT FROM leaf_hash)
    FROM (
        SELECT l.leaf_index, l.leaf_hash, sha256(decode('00', 'hex') || {LEAF_BYTES}) AS anew {_PART}
        OFFSET 0 -- hashed once, for both uses above
    ) AS hashed
""")  # noqa: S608  (our own names only)


@dataclass(slots=True)  # not frozen, which would make each three times as dear
class StoredLeaf:
    """A leaf at its place. `leaf` is None where no row holds its bytes."""

    index: int
    leaf_hash: bytes
    leaf: bytes | None


def log_size(session: Session | Connection) -> int:
    """How many leaves have a place."""
    size: int = session.execute(_SIZE).scalar_one()
    return size


def leaves_between(session: Session | Connection, start: int, end: int) -> list[StoredLeaf]:
    """Leaves [start, end) with their bytes, in order; bounded by the caller."""
    connection = session if isinstance(session, Connection) else session.connection()
    query = _BETWEEN.bindparams(start=start, end=end).compile(compile_kwargs={"literal_binds": True})
    rows = read_cells(connection, str(query))
    return [
        StoredLeaf(int.from_bytes(index or b"", "big"), digest or b"", leaf) for index, digest, leaf in rows
    ]


@dataclass(frozen=True, slots=True)
class HashedPart:
    """Leaves of a part of the log, hashed anew: 32 bytes each, and the first that is not as logged."""

    count: int
    hashes: bytes
    first_mismatch: int | None


def hash_between(session: Session | Connection, start: int, end: int) -> HashedPart:
    """Hash the bytes of leaves [start, end) where they are stored; bounded by the caller."""
    count, hashes, mismatch = session.execute(_HASHED_ANEW, {"start": start, "end": end}).one()
    return HashedPart(count, bytes(hashes or b""), mismatch)


def find_leaf_of_row(session: Session, row_id: UUID) -> LogLeaf | None:
    """The leaf of a journal, entry, statement line or record; None before it is sequenced."""
    return session.exec(select(LogLeaf).where(LogLeaf.row_id == row_id)).first()


def find_leaf_by_hash(session: Session, leaf_hash: bytes) -> LogLeaf | None:
    """The first leaf with this hash."""
    found = select(LogLeaf).where(LogLeaf.leaf_hash == leaf_hash).order_by(col(LogLeaf.leaf_index)).limit(1)
    return session.exec(found).first()


def is_pending(session: Session, *, leaf_hash: bytes | None = None, row_id: UUID | None = None) -> bool:
    """Whether a committed leaf, named by its hash or its row, still waits for its place."""
    named = PendingLeaf.leaf_hash == leaf_hash if leaf_hash is not None else PendingLeaf.row_id == row_id
    return session.exec(select(PendingLeaf.id).where(named).limit(1)).first() is not None


def entry_leaves_between(
    session: Session, *, start: int, end: int, cycle_id: UUID | None = None, limit: int = 1000
) -> Sequence[LogLeaf]:
    """Leaves of entries at [start, end), of one cycle or of all, in order."""
    wanted = select(LogLeaf).where(
        col(LogLeaf.leaf_index) >= start, col(LogLeaf.leaf_index) < end, LogLeaf.kind == LeafKind.ENTRY
    )
    if cycle_id is not None:
        wanted = wanted.where(LogLeaf.cycle_id == cycle_id)
    return session.exec(wanted.order_by(col(LogLeaf.leaf_index)).limit(limit)).all()


def find_cycle_leaf(session: Session, cycle_id: UUID) -> int | None:
    """The index of the leaf that closes a cycle; None before it is sequenced."""
    return session.execute(
        select(LogLeaf.leaf_index)
        .join(LogRecord, col(LogRecord.id) == col(LogLeaf.row_id))
        .where(LogRecord.subject_id == cycle_id, LogRecord.kind == LeafKind.CYCLE)
        .order_by(col(LogLeaf.leaf_index))
        .limit(1)
    ).scalar()


def find_newest_checkpoint(session: Session) -> CycleCheckpoint | None:
    """The checkpoint signed last."""
    return session.exec(select(CycleCheckpoint).order_by(desc(col(CycleCheckpoint.number))).limit(1)).first()


def find_checkpoint(session: Session, number: int) -> CycleCheckpoint | None:
    """A checkpoint by its number."""
    return session.exec(select(CycleCheckpoint).where(CycleCheckpoint.number == number)).first()


def find_checkpoint_of_size(session: Session, tree_size: int) -> CycleCheckpoint | None:
    """The first checkpoint over exactly so many leaves."""
    wanted = select(CycleCheckpoint).where(CycleCheckpoint.tree_size == tree_size)
    return session.exec(wanted.order_by(col(CycleCheckpoint.number)).limit(1)).first()


def find_checkpoint_of_cycle(session: Session, cycle_id: UUID) -> CycleCheckpoint | None:
    """The checkpoint that closed a cycle."""
    return session.exec(select(CycleCheckpoint).where(CycleCheckpoint.cycle_id == cycle_id)).first()


def next_checkpoint_number(session: Session) -> int:
    """One more than the newest; the caller holds the lock."""
    newest = session.execute(select(func.max(CycleCheckpoint.number))).scalar_one()
    return int(newest or 0) + 1
