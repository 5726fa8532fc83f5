"""Brings a database that was restored from an older dump up to the published log.

The missing leaves come from the entry bundles in object storage, each checked against the published tiles and
the whole against the signed head; journals, entries and records become rows again wherever their parties are
known. One transaction: either the log is as long as what was published, or nothing has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.audit_tables import stream
from omnisonic.core.ledger.copying import copy_rows
from omnisonic.core.ledger.head import find_head
from omnisonic.core.ledger.log_errors import LogDamaged, LogForked
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.replay_books import RestoredBooks, restore_books
from omnisonic.core.ledger.replay_cycles import restore_checkpoints
from omnisonic.core.ledger.replay_rows import RowBuilder
from omnisonic.core.ledger.repository import log_size
from omnisonic.core.ledger.sequencer import SEQUENCE_LOCK
from omnisonic.core.ledger.tiles import TILE_WIDTH, Tile, TileError, decode_bundle, split_hashes
from omnisonic.core.ledger.tree import Frontier, TileTree
from omnisonic.platform.db import bulk_connection, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.logging import get_logger
from omnisonic.platform.named_locks import take_lock

LEAF_COLUMNS = ("leaf_index", "kind", "row_id", "cycle_id", "leaf_hash", "leaf")

_STRAY = text("""
    SELECT j.idempotency_key FROM journals AS j JOIN pending_leaves AS p ON p.row_id = j.id
    JOIN cycle_checkpoints AS c ON c.cycle_id = j.cycle_id
    ORDER BY j.idempotency_key
""")

log = get_logger(__name__)


@dataclass(frozen=True)
class Replayed:
    """What a replay put back. `unresolved`: journals that stay leaves only, with the reason for each.

    `stray`: keys of journals booked since the restore in a cycle that is closed now: in no statement.
    """

    from_size: int
    to_size: int
    journals: int = 0
    entries: int = 0
    records: int = 0
    checkpoints: int = 0
    cycles: int = 0
    books: RestoredBooks = field(default_factory=RestoredBooks)
    unresolved: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()


def replay() -> Replayed:
    """Put back what is missing; a database that lacks nothing stays as it is.

    Raises `LogForked` where the database's leaves are not the beginning of the published log or the signed
    head is not its root, `LogDamaged` for bundles or tiles that are not whole.
    """
    store = LogStore()
    with bulk_connection() as connection, unit_of_work(connection) as uow:
        session = uow.session
        session.execute(text("SET LOCAL synchronous_commit = on"))
        take_lock(session, SEQUENCE_LOCK)
        size, published = log_size(session), store.published_size()
        tree = TileTree(published, store.read_tile)
        _require_beginning(session, store, size=min(size, published))
        _require_signed(store, tree)
        builder = RowBuilder(session)
        for first, leaves in _missing(store, size, published):
            _put_back(session, builder, first, leaves)
        if size < published:
            _require_root(session, tree)
        builder.finish()
        restored = restore_checkpoints(uow, store, size=max(size, published))
        books = restore_books(session, start=size)
        stray = tuple(session.execute(_STRAY).scalars())
    done = Replayed(
        size,
        max(size, published),
        builder.journals,
        builder.entries,
        builder.records,
        restored.checkpoints,
        restored.cycles,
        books,
        tuple(builder.unresolved),
        stray,
    )
    log.info("ledger_replayed", from_size=done.from_size, to_size=done.to_size, journals=done.journals)
    return done


def _missing(store: LogStore, size: int, published: int) -> Iterator[tuple[int, list[bytes]]]:
    """Leaves from `size` on, a bundle at a time, each compared with its tile."""
    for first in range(size - size % TILE_WIDTH, published, TILE_WIDTH):
        tile = Tile(0, first // TILE_WIDTH, min(TILE_WIDTH, published - first))
        try:
            hashes = split_hashes(tile, store.read_tile(tile))
            content = store.find(tile.entries_path) or store.find(Tile(0, tile.index).entries_path)
            leaves = decode_bundle(content or b"")[: tile.width]
        except (NotFound, TileError) as error:
            raise LogDamaged(f"{tile.path} cannot be read: {error}.") from error
        if [leaf_hash(leaf) for leaf in leaves] != hashes:
            raise LogDamaged(f"{tile.entries_path} does not hold the leaves of its tile.")
        start = max(size - first, 0)
        if leaves[start:]:
            yield first + start, leaves[start:]


def _put_back(session: Session, builder: RowBuilder, first: int, raw: list[bytes]) -> None:
    leaves: list[tuple[bytes, dict[str, Any]]] = [(one, json.loads(one)) for one in raw]
    rows = [
        (index, leaf["kind"], leaf["id"], _cycle_of(leaf), leaf_hash(one), one)
        for index, (one, leaf) in enumerate(leaves, start=first)
    ]
    session.execute(
        text("DELETE FROM pending_leaves WHERE row_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [leaf["id"] for _, leaf in leaves]},
    )
    copy_rows(session, "log_leaves", LEAF_COLUMNS, rows)
    builder.add(leaves)


def _cycle_of(leaf: dict[str, Any]) -> str | None:
    return leaf["subject"] if leaf["kind"] == "cycle" else leaf.get("cycle")


def _require_beginning(session: Session, store: LogStore, *, size: int) -> None:
    """The leaves that are there are those that were published: else this is another log."""
    rows = stream(
        session.connection(),
        f"SELECT leaf_hash FROM log_leaves WHERE leaf_index < {size} ORDER BY leaf_index",  # noqa: S608
    )
    hashes = (bytes(row[0]) for row in rows)
    for first in range(0, size, TILE_WIDTH):
        tile = Tile(0, first // TILE_WIDTH, min(TILE_WIDTH, size - first))
        try:
            told = split_hashes(tile, store.read_tile(tile))
        except NotFound:  # a partial tile that only a later one holds: its leaves come with the bundles
            told = _fuller(store, tile)
        for offset, digest in enumerate(told):
            if next(hashes, None) != digest:
                raise LogForked(f"Leaf {first + offset:,} of this database was never published.")


def _fuller(store: LogStore, tile: Tile) -> list[bytes]:
    for width in range(tile.width + 1, TILE_WIDTH):
        content = store.find(Tile(0, tile.index, width).path)
        if content is not None:
            return split_hashes(tile, content)
    raise LogDamaged(f"{tile.path} is in no version in object storage.")


def _require_signed(store: LogStore, tree: TileTree) -> None:
    head = find_head(store)
    if head is None or not head.size:
        return
    if head.size > tree.size:
        raise LogDamaged(f"A tree of {head.size:,} leaves was signed, {tree.size:,} are published.")
    try:
        root = TileTree(head.size, store.read_tile).root()
    except (NotFound, TileError) as error:
        raise LogDamaged(f"The tiles of the signed tree cannot be read: {error}.") from error
    if root != head.root:
        raise LogForked("The published tiles do not give the root that was signed.")


def _require_root(session: Session, tree: TileTree) -> None:
    frontier, part = Frontier(), []
    for row in stream(session.connection(), "SELECT leaf_hash FROM log_leaves ORDER BY leaf_index"):
        part.append(bytes(row[0]))
        if len(part) == TILE_WIDTH * TILE_WIDTH:
            frontier.extend(part)
            part = []
    frontier.extend(part)
    if (frontier.size, frontier.root()) != (tree.size, tree.root()):
        raise LogForked("The leaves that were put back do not give the published root.")
