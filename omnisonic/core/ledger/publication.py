"""Puts the log into object storage: tiles of hashes and bundles of leaves, in parts of bounded memory.

Every object is determined by the log alone, so that storing it again changes nothing. What has been stored
is said by a mark, which moves only after everything below it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from omnisonic.core.ledger.log_errors import LogBehind
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import merkle_root
from omnisonic.core.ledger.repository import log_size
from omnisonic.core.ledger.stored_tiles import StoredTile, tiles_between
from omnisonic.core.ledger.tiles import TILE_WIDTH, Tile, TileBuilder, TileReader, split_hashes
from omnisonic.platform.db import write_engine
from omnisonic.platform.errors import NotFound

PART_LEAVES = 64 * TILE_WIDTH  # about 10 MB of leaves at once


class Publisher:
    """Publishes a growing log. It remembers the open tiles, so that a next round reads nothing back."""

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self._builder = TileBuilder()

    def publish_full(self, *, parts: int | None = None) -> bool:
        """Store tiles and bundles that are full by now, at most `parts` of them; returns whether any were.

        Raises `LogBehind` for a log shorter than what is stored, `LogDamaged` for a leaf that is not what
        its hash says.
        """
        with write_engine().connect() as connection:
            end = log_size(connection)
        end -= end % TILE_WIDTH
        mark = self._mark(end)
        if end <= mark:
            return False
        if parts is not None:
            end = min(end, mark - mark % TILE_WIDTH + parts * PART_LEAVES)
        self._advance(mark, end)
        return True

    def publish_whole(self, size: int) -> None:
        """Store everything up to exactly `size` leaves, with the partial tiles of that size.

        Raises as `publish_full` does.
        """
        mark = self._mark(size)
        end = size - size % TILE_WIDTH
        if end > mark:
            self._advance(mark, end)
        self._resume(end)
        rest = _read(end, size)
        builder = self._builder.copy()
        for one in rest:
            builder.extend(one.hashes)
        with self._store.writing() as writer:
            writer.put_all((tile.path, content) for tile, content in builder.partials())
            writer.put_all((one.tile.entries_path, one.bundle) for one in rest)
        if size > self._store.published_size():
            self._store.set_published_size(size)

    def _mark(self, size: int) -> int:
        mark = self._store.published_size()
        if size + TILE_WIDTH <= mark:
            raise LogBehind(f"{mark:,} leaves are published, the database has about {size:,}.")
        return mark

    def _advance(self, mark: int, end: int) -> None:
        start = mark - mark % TILE_WIDTH
        self._resume(start)
        for end_of_part, tiles in _parts(start, end):
            with self._store.writing() as writer:
                for one in tiles:
                    full = self._builder.extend(one.hashes)
                    writer.put_all((tile.path, content) for tile, content in full)
                    writer.put_all([(one.tile.entries_path, one.bundle)])
            self._store.set_published_size(max(end_of_part, mark))

    def _resume(self, size: int) -> None:
        if self._builder.size != size:
            self._builder = TileBuilder.resume(size, rebuilding_reader(self._store.read_tile))


def _parts(start: int, end: int) -> Iterator[tuple[int, list[StoredTile]]]:
    """Leaves [start, end) by the part, with its end; the next is read while one is published."""
    with ThreadPoolExecutor(1, thread_name_prefix="log-reader") as pool:
        upcoming = pool.submit(_read, start, min(start + PART_LEAVES, end))
        for first in range(start, end, PART_LEAVES):
            tiles, after = upcoming.result(), min(first + PART_LEAVES, end)
            if after < end:
                upcoming = pool.submit(_read, after, min(after + PART_LEAVES, end))
            yield after, tiles


def _read(start: int, end: int) -> list[StoredTile]:
    with write_engine().connect() as connection:
        return tiles_between(connection, start, end)


def rebuilding_reader(read_tile: TileReader) -> TileReader:
    """Reads tiles; a partial one of a higher level that nobody stored is computed from those below it."""

    def read(tile: Tile) -> bytes:
        try:
            return read_tile(tile)
        except NotFound:
            if not tile.level:
                raise
        children = (Tile(tile.level - 1, tile.first + at) for at in range(tile.width))
        return b"".join(merkle_root(split_hashes(child, read(child))) for child in children)

    return read
