"""Audits the log itself: indexes without gaps, tiles and bundles in storage, roots, signed checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from omnisonic.core.ledger.audit_tables import stream
from omnisonic.core.ledger.checkpoint_text import parse_checkpoint_text
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.key_history import KeyUse, verifiers_at
from omnisonic.core.ledger.leaves import instant
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.read_ahead import ReadAhead, reading_ahead
from omnisonic.core.ledger.repository import log_size
from omnisonic.core.ledger.signed_note import open_note
from omnisonic.core.ledger.tiles import (
    TILE_WIDTH,
    Tile,
    TileBuilder,
    TileError,
    decode_bundle,
    split_hashes,
)
from omnisonic.core.ledger.wire_text import WireTextError
from omnisonic.platform.errors import NotFound

_LEAVES = "SELECT leaf_index, leaf_hash, leaf FROM log_leaves ORDER BY leaf_index"
_CHECKPOINTS = text("SELECT * FROM cycle_checkpoints ORDER BY number")
_CLOSED = text("SELECT id::text FROM cycles WHERE status = 'closed'")
_CYCLES = text("""
    SELECT c.id::text, c.number::text, c.starts_on::text, c.ends_on::text, c.currencies, r.leaf
    FROM cycles AS c JOIN log_records AS r ON r.subject_id = c.id AND r.kind = 'cycle'
    WHERE c.status = 'closed'
""")
_ENDS = text("""
    SELECT k.cycle_id, c.id, c.status, c.currency, c.closed_at, k.currency AS said, k.closed_at AS at
    FROM cycle_checkpoints AS k LEFT JOIN cycles AS c ON c.id = k.cycle_id
    WHERE (c.status, c.currency, c.closed_at) IS DISTINCT FROM ('closed', k.currency, k.closed_at)
""")


def audit_log(
    connection: Connection,
    store: LogStore,
    keys: Sequence[KeyUse],
    *,
    published: int,
    stored: Sequence[dict[str, Any]],
    findings: Findings,
) -> tuple[int, bytes]:
    """Look at the whole log; gives its size and root.

    `published` and `stored` (checkpoints in object storage) were read before the snapshot of `connection`.
    """
    rows = connection.execute(_CHECKPOINTS).mappings().all()
    roots: dict[int, bytes] = {}
    builder = TileBuilder()
    wanted = sorted({row["tree_size"] for row in rows})
    with reading_ahead(store, size=min(published, log_size(connection))) as ahead:
        for hashes in _tiles_of_log(connection, findings):
            _audit_tile(ahead, builder, hashes, published, findings)
            for size in wanted:
                if builder.size < size <= builder.size + len(hashes):
                    roots[size] = _root_at(builder, hashes[: size - builder.size])
            for tile, content in builder.extend(hashes):
                if tile.level and (tile.index + 1) * TILE_WIDTH ** (tile.level + 1) <= published:
                    _compare(store, tile, content, findings)
    if builder.size < published:
        problem = f"{published:,} leaves are published, the database has {builder.size:,}"
        findings.add("log_leaves", builder.size, "leaf_index", problem)
    for place, row in enumerate(rows, start=1):
        if row["number"] != place:
            findings.add("cycle_checkpoints", row["id"], "number", f"is {row['number']}, {place} comes next")
        _audit_checkpoint(row, keys, roots.get(row["tree_size"]), findings)
        _compare_facts(row, store.find_checkpoint(row["tree_size"]) or _same_number(row, stored), findings)
    _find_lost(connection, {str(row["cycle_id"]) for row in rows}, stored, findings)
    _audit_cycles(connection, findings)
    return builder.size, builder.root()


def _tiles_of_log(connection: Connection, findings: Findings) -> Iterator[list[bytes]]:
    """Leaf hashes in the log's order, as many as a tile has, each gap noted."""
    hashes: list[bytes] = []
    expected = 0
    for index, digest, leaf in stream(connection, _LEAVES):
        if index != expected:
            findings.add(
                "log_leaves", index, "leaf_index", f"{expected:,} comes next: a leaf was moved or lost"
            )
        if leaf is not None and leaf_hash(bytes(leaf)) != bytes(digest):
            findings.add("log_leaves", index, "leaf", "does not hash to what the log says")
        expected = index + 1
        hashes.append(bytes(digest))
        if len(hashes) == TILE_WIDTH:
            yield hashes
            hashes = []
    if hashes:
        yield hashes


def _root_at(builder: TileBuilder, rest: Sequence[bytes]) -> bytes:
    ahead = TileBuilder.resume(builder.size, _open_tiles(builder))
    ahead.extend(rest)
    return ahead.root()


def _open_tiles(builder: TileBuilder) -> Any:
    held = dict(builder.partials())
    return lambda tile: held[tile]


def _audit_tile(
    ahead: ReadAhead, builder: TileBuilder, hashes: list[bytes], published: int, findings: Findings
) -> None:
    """Stored hashes and leaves of one tile of level 0 beside the rows; blames what stands alone."""
    width = min(len(hashes), max(published - builder.size, 0))
    if not width:
        return
    tile = Tile(0, builder.size // TILE_WIDTH, width)
    stored_hashes, stored_leaves = ahead.read(tile)
    told = _read(stored_hashes, tile, findings)
    leaves = _read_bundle(stored_leaves, tile, findings)
    for offset in range(width):
        index, row = tile.first + offset, hashes[offset]
        in_tile = told[offset] if told else None
        in_bundle = leaf_hash(leaves[offset]) if leaves else None
        if row == in_tile and row == in_bundle:
            continue
        if row == in_bundle and in_tile is not None:
            findings.add("storage", tile.path, "content", f"leaf {index:,} is not that of rows and bundle")
        elif row == in_tile and in_bundle is not None:
            findings.add("storage", tile.entries_path, "content", f"leaf {index:,} is not that of the tile")
        elif in_tile is not None and not findings.has("log_leaves", index, "leaf_hash"):
            findings.add("log_leaves", index, "leaf_index", "another leaf was published at this place")


def _read(stored: Future[bytes], tile: Tile, findings: Findings) -> list[bytes] | None:
    try:
        return split_hashes(tile, stored.result())
    except (NotFound, TileError) as error:
        findings.add("storage", tile.path, "content", f"cannot be read: {error}")
        return None


def _read_bundle(stored: Future[bytes | None], tile: Tile, findings: Findings) -> list[bytes] | None:
    try:
        leaves = decode_bundle(stored.result() or b"")
    except TileError as error:
        findings.add("storage", tile.entries_path, "content", f"cannot be read: {error}")
        return None
    if len(leaves) < tile.width:
        findings.add("storage", tile.entries_path, "content", f"has {len(leaves)} of {tile.width} leaves")
        return None
    return leaves


def _compare(store: LogStore, tile: Tile, content: bytes, findings: Findings) -> None:
    if store.find(tile.path) != content:
        findings.add("storage", tile.path, "content", "is not what the leaves below it give")


def _audit_checkpoint(row: Any, keys: Sequence[KeyUse], root: bytes | None, findings: Findings) -> None:
    logs, cosigners = verifiers_at(keys, row["tree_size"])
    try:
        note, found = open_note(row["note"], [*logs, *cosigners])
        said = parse_checkpoint_text(note.text)
    except WireTextError as error:
        findings.add("cycle_checkpoints", row["id"], "note", f"{error}")
        return
    if not {one.key_id for one in found} & {one.key_id for one in logs}:
        findings.add("cycle_checkpoints", row["id"], "note", "the log has not signed it")
    if not {one.key_id for one in found} & {one.key_id for one in cosigners}:
        findings.add("cycle_checkpoints", row["id"], "note", "the cosigner has not signed it")
    if said.size != row["tree_size"]:
        findings.add("cycle_checkpoints", row["id"], "tree_size", f"the signed note says {said.size}")
    elif said.root != bytes(row["root"]):
        findings.add("cycle_checkpoints", row["id"], "root", f"the signed note says {said.root.hex()}")
    elif root != said.root:
        findings.add(
            "log_leaves", f"0–{row['tree_size'] - 1}", "leaf_hash", "do not give the root that was signed"
        )


def _same_number(row: Any, stored: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return next((one for one in stored if one["number"] == row["number"]), None)


def _compare_facts(row: Any, told: dict[str, Any] | None, findings: Findings) -> None:
    if told is None:
        path = f"checkpoints/{row['tree_size']}"
        findings.add("storage", path, "content", "the signed checkpoint is not in object storage")
        return
    columns = {
        "id": "id",
        "created_at": "createdAt",
        "number": "number",
        "cycle_id": "cycleId",
        "cycle_number": "cycleNumber",
        "currency": "currency",
        "total_nano": "totalNano",
        "totals": "totals",
        "tree_size": "treeSize",
        "root": "root",
        "note": "note",
        "closed_at": "closedAt",
    }
    for column, name in columns.items():
        if _plain(row[column]) != _plain(told[name]):
            findings.add("cycle_checkpoints", row["id"], column, f"the stored checkpoint says {told[name]}")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, dict) else str(value)


def _find_lost(
    connection: Connection, there: set[str], stored: Sequence[dict[str, Any]], findings: Findings
) -> None:
    closed = {row[0] for row in connection.execute(_CLOSED)}
    for one in stored:
        # Signed and not written yet is no loss: closing goes on there.
        if one["cycleId"] not in there and one["cycleId"] in closed:
            findings.add("cycle_checkpoints", one["id"], "id", "the row of a published checkpoint is missing")


def _audit_cycles(connection: Connection, findings: Findings) -> None:
    for cycle_id, number, starts_on, ends_on, currencies, leaf in connection.execute(_CYCLES):
        try:
            facts = json.loads(bytes(leaf))["facts"]
        except (ValueError, KeyError):
            continue  # the record's leaf is wrong, which is noted
        for column, is_now, name in (
            ("number", number, "number"),
            ("starts_on", starts_on, "from"),
            ("ends_on", ends_on, "until"),
            ("currencies", sorted(currencies), "currencies"),
        ):
            if is_now != (said := facts.get(name)):
                findings.add("cycles", cycle_id, column, f"is {is_now}, the leaf says {said}")
    for row in connection.execute(_ENDS):
        if row.id is None:
            findings.add("cycles", row.cycle_id, "id", "the row of a closed cycle is gone")
            continue
        for column, is_now, was in (
            ("status", row.status, "closed"),
            ("currency", row.currency, row.said),
            ("closed_at", row.closed_at, row.at),
        ):
            if is_now != was:
                findings.add("cycles", row.cycle_id, column, f"is {is_now}, its checkpoint says {was}")
