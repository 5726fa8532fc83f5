"""The published log in object storage: tiles, entry bundles, checkpoints and how far all of it reaches."""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from omnisonic.core.ledger.tiles import TILE_WIDTH, Tile
from omnisonic.platform.errors import NotFound
from omnisonic.platform.storage import Storage, get_storage

ROOT = "log"
CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints"
MARK = "published"
BINARY = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
WRITERS = 8
WAITING_MAX = 64  # objects between the tree and the store: bounds the memory
OBJECT_MAX_BYTES = TILE_WIDTH * (0xFFFF + 2)


class LogStore:
    """Objects below `log/`. Tiles and bundles never change; only `checkpoint` and `published` do."""

    def __init__(self, storage: Storage | None = None) -> None:
        self._storage = storage or get_storage()

    def put(self, path: str, content: bytes, content_type: str = BINARY) -> None:
        """Store one object, whole or not at all."""
        self._storage.put_stream(f"{ROOT}/{path}", io.BytesIO(content), content_type, max(len(content), 1))

    def find(self, path: str) -> bytes | None:
        """An object's content, or None."""
        try:
            pieces: list[bytes] = []
            size = 0
            for piece in self._storage.read(f"{ROOT}/{path}"):
                size += len(piece)
                if size > OBJECT_MAX_BYTES:
                    raise ValueError(f"{path} is larger than anything the log holds")
                pieces.append(piece)
            return b"".join(pieces)
        except NotFound:
            return None

    def read_tile(self, tile: Tile) -> bytes:
        """A tile's hashes, out of a fuller version where this one is gone. Raises `NotFound`."""
        content = self.find(tile.path)
        if content is None and not tile.is_full:
            content = self.find(replace(tile, width=TILE_WIDTH).path)
        if content is None:
            raise NotFound(f"The log has no {tile.path}.")
        return content

    def find_bundle(self, tile: Tile) -> bytes | None:
        """The leaves of a tile of level 0, out of the full bundle where the partial one is gone, or None."""
        content = self.find(tile.entries_path)
        if content is None and not tile.is_full:
            content = self.find(replace(tile, width=TILE_WIDTH).entries_path)
        return content

    def published_size(self) -> int:
        """How many leaves the stored tiles and bundles cover; 0 before the first."""
        found = self.find(MARK)
        return int(found) if found else 0

    def set_published_size(self, size: int) -> None:
        """Say that everything up to `size` is stored."""
        self.put(MARK, f"{size}\n".encode(), TEXT)

    def put_checkpoint(self, *, size: int, note: str, facts: dict[str, Any]) -> None:
        """Store a signed checkpoint: by its size with its row (for a replay), then as the newest."""
        self.put(f"{CHECKPOINTS}/{size}", json.dumps({**facts, "note": note}).encode(), JSON)
        self.put(CHECKPOINT, note.encode(), TEXT)

    def newest_checkpoint(self) -> str | None:
        """The note published last."""
        found = self.find(CHECKPOINT)
        return None if found is None else found.decode()

    def list_checkpoints(self) -> list[dict[str, Any]]:
        """Every stored checkpoint with the facts of its row, the smallest tree first."""
        prefix = f"{ROOT}/{CHECKPOINTS}"
        sizes = sorted(int(one.key.rpartition("/")[2]) for one in self._storage.list(prefix))
        return [found for size in sizes if (found := self.find_checkpoint(size)) is not None]

    def find_checkpoint(self, size: int) -> dict[str, Any] | None:
        """The checkpoint stored for this size, with the facts of its row."""
        content = self.find(f"{CHECKPOINTS}/{size}")
        return {**json.loads(content), "treeSize": size} if content else None

    @contextmanager
    def writing(self) -> Iterator[ManyWriter]:
        """Store many objects side by side; at the end all of them are stored, or an error is raised."""
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="log-store") as pool:
            writer = ManyWriter(self, pool)
            yield writer
            writer.finish()


class ManyWriter:
    """Stores objects in threads, with a bounded number waiting."""

    def __init__(self, store: LogStore, pool: ThreadPoolExecutor) -> None:
        self._store = store
        self._pool = pool
        self._running: deque[Future[None]] = deque()

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> None:
        """Store objects by path; raises what an earlier one failed with."""
        for path, content in objects:
            if len(self._running) >= WAITING_MAX:
                self._running.popleft().result()
            self._running.append(self._pool.submit(self._store.put, path, content))

    def finish(self) -> None:
        """Wait for everything."""
        while self._running:
            self._running.popleft().result()
