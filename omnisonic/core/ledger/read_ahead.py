"""Reads the published log in order, ahead of whoever checks it: an object store is slow, but serves many."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.tiles import TILE_WIDTH, Tile

READERS = 8
AHEAD_TILES = 32  # about 5 MB of hashes and leaves


class ReadAhead:
    """Tiles of level 0 and their bundles for a log of `size` leaves, each to be asked for in order."""

    def __init__(self, store: LogStore, pool: ThreadPoolExecutor, size: int) -> None:
        self._store = store
        self._pool = pool
        self._to_come = iter(
            Tile(0, first // TILE_WIDTH, min(TILE_WIDTH, size - first))
            for first in range(0, size, TILE_WIDTH)
        )
        self._coming: deque[tuple[Tile, Future[bytes], Future[bytes | None]]] = deque()

    def read(self, tile: Tile) -> tuple[Future[bytes], Future[bytes | None]]:
        """A tile's hashes (or `NotFound`) and its bundle (or None), as they come in."""
        self._fill()
        while self._coming and self._coming[0][0].index <= tile.index:
            found, hashes, bundle = self._coming.popleft()
            if found == tile:
                return hashes, bundle
        return self._ask(tile)

    def _fill(self) -> None:
        while len(self._coming) < AHEAD_TILES and (tile := next(self._to_come, None)) is not None:
            self._coming.append((tile, *self._ask(tile)))

    def _ask(self, tile: Tile) -> tuple[Future[bytes], Future[bytes | None]]:
        store = self._store
        return self._pool.submit(store.read_tile, tile), self._pool.submit(store.find_bundle, tile)


@contextmanager
def reading_ahead(store: LogStore, *, size: int) -> Iterator[ReadAhead]:
    """Read with several threads for the length of a block."""
    with ThreadPoolExecutor(READERS, thread_name_prefix="log-read") as pool:
        try:
            yield ReadAhead(store, pool, size)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
