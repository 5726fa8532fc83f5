"""What COPY writes in one thread, read in pieces in another; a few pieces wait at most."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Queue
from threading import Event

PIECE_BYTES = 4 << 20
WAITING_MAX = 3


class PieceStream:
    """A sink for `write_binary` whose pieces another thread goes through. A row is never divided."""

    def __init__(self) -> None:
        self._piece = bytearray()
        self._waiting: Queue[bytes | None] = Queue(WAITING_MAX)
        self._is_stopped = Event()

    def write(self, row: bytes, /) -> int:
        """Take what the driver gives, one row or so. Raises `BrokenPipeError` once nobody reads any more."""
        self._piece += row
        if len(self._piece) >= PIECE_BYTES:
            self._pass_on()
        return len(row)

    def finish(self) -> None:
        """Nothing more comes, whole or not."""
        if not self._is_stopped.is_set():
            self._pass_on()
            self._waiting.put(None)

    def stop(self) -> None:
        """Nobody reads any more: the writer, which may be waiting, is let go."""
        self._is_stopped.set()
        while True:
            try:
                self._waiting.get_nowait()
            except Empty:
                return

    def __iter__(self) -> Iterator[bytes]:
        """The pieces until `finish`."""
        while (piece := self._waiting.get()) is not None:
            yield piece

    def _pass_on(self) -> None:
        if self._is_stopped.is_set():
            raise BrokenPipeError("Nobody reads these rows any more.")
        if self._piece:  # where nothing came at all, there is no header either
            self._waiting.put(bytes(self._piece))
            self._piece.clear()
