"""Tiles of level 0 with their entry bundles, put together where the leaves are stored.

A part of the log is some ten thousand leaves: PostgreSQL checks each against its hash and joins them, and
only whole bundles are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from omnisonic.core.ledger.copying_binary import read_cells
from omnisonic.core.ledger.log_errors import LogDamaged
from omnisonic.core.ledger.repository import LEAF_BYTES
from omnisonic.core.ledger.tiles import MAX_LEAF_BYTES, TILE_WIDTH, Tile, TileError, split_hashes

# A bundle is each leaf with its length before it, 16 bits, big-endian (C2SP tlog-tiles, "Log Entries").
_TILES: Final = f"""
    SELECT leaf_index / {TILE_WIDTH}, count(*)::int, string_agg(leaf_hash, '' ORDER BY leaf_index),
           string_agg(substring(int4send(length(leaf)) FROM 3) || leaf, '' ORDER BY leaf_index),
           min(leaf_index) FILTER (WHERE sha256(decode('00', 'hex') || leaf) IS DISTINCT FROM leaf_hash),
           min(leaf_index) FILTER (WHERE length(leaf) > {MAX_LEAF_BYTES})
    FROM (
        SELECT l.leaf_index, l.leaf_hash, {LEAF_BYTES} AS leaf
        FROM log_leaves AS l WHERE l.leaf_index >= {{start}} AND l.leaf_index < {{end}}
        OFFSET 0 -- looked up once, for all the uses above
    ) AS found
    GROUP BY 1 ORDER BY 1
"""  # noqa: S608  (our own names only)


@dataclass(frozen=True, slots=True)
class StoredTile:
    """A tile of level 0: its hashes, and the bundle of their leaves."""

    tile: Tile
    hashes: list[bytes]
    bundle: bytes


def tiles_between(connection: Connection, start: int, end: int) -> list[StoredTile]:
    """The tiles of the leaves [start, end), the last maybe partial; `start` is the beginning of one.

    Bounded by the caller. Raises `LogDamaged` where a leaf is missing or is not what its hash says, and
    TileError for a leaf that no bundle can hold.
    """
    found = [_tile(cells) for cells in read_cells(connection, _TILES.format(start=int(start), end=int(end)))]
    if sum(len(one.hashes) for one in found) != end - start:
        raise LogDamaged(f"Between leaf {start:,} and {end:,} some are missing.")
    return found


def _tile(cells: list[bytes | None]) -> StoredTile:
    index, width, hashes, bundle, damaged, too_long = cells
    if damaged is not None:
        raise LogDamaged(f"The bytes of leaf {_number(damaged):,} are missing or do not match their hash.")
    if too_long is not None:
        raise TileError(f"leaf {_number(too_long)} is above the limit of {MAX_LEAF_BYTES} bytes")
    tile = Tile(0, _number(index), _number(width))
    return StoredTile(tile, split_hashes(tile, hashes or b""), bundle or b"")


def _number(cell: bytes | None) -> int:
    return int.from_bytes(cell or b"", "big")
