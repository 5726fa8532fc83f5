"""What waits for one socket: written at once while the client keeps up, else queued within bounds."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from graph_service.limits import SOCKET_QUEUE_MAX_BYTES, SUBSCRIPTION_QUEUE_MAX

ROOM_RESULTS = SUBSCRIPTION_QUEUE_MAX // 2  # waiting results at which whoever can wait does so
ROOM_BYTES = SOCKET_QUEUE_MAX_BYTES // 2
UNSENT_MAX_BYTES = 64 * 1024  # of the transport: beyond this the client reads more slowly than we write


class Outgoing:
    """Frames towards one client, in order."""

    def __init__(self, socket: ServerConnection, *, on_overflow: Callable[[], None]) -> None:
        self._socket = socket
        self._on_overflow = on_overflow
        self._queue: deque[tuple[str, str | None]] = deque()
        self._size_bytes = 0
        self._waiting: dict[str, int] = {}  # frames per operation
        self._pump: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()  # something left the queue

    def send(self, frame: str, *, operation_id: str | None = None) -> bool:
        """Send soon. False: too many frames of this operation wait already, and this one was not taken."""
        if not self._queue and self._socket.transport.get_write_buffer_size() < UNSENT_MAX_BYTES:
            broadcast((self._socket,), frame)
            return True
        if operation_id is not None:
            count = self._waiting.get(operation_id, 0)
            if count >= SUBSCRIPTION_QUEUE_MAX:
                return False
            self._waiting[operation_id] = count + 1
        self._queue.append((frame, operation_id))
        self._size_bytes += len(frame)
        if self._size_bytes > SOCKET_QUEUE_MAX_BYTES:
            self._on_overflow()
        elif self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._drain())
        return True

    def has_room(self, operation_id: str) -> bool:
        """Whether another result of this operation is welcome: the client is not far behind."""
        return self._waiting.get(operation_id, 0) < ROOM_RESULTS and self._size_bytes < ROOM_BYTES

    async def room(self, operation_id: str) -> None:
        """Wait for room, however long the client takes."""
        while not self.has_room(operation_id):
            self._moved.clear()
            await self._moved.wait()

    def forget(self, operation_id: str) -> None:
        """Drop what waits for an operation that its client has completed."""
        if self._waiting.pop(operation_id, 0):
            kept = [entry for entry in self._queue if entry[1] != operation_id]
            self._queue = deque(kept)
            self._size_bytes = sum(len(frame) for frame, _ in kept)
            self._moved.set()

    def close(self) -> None:
        """Drop everything."""
        self._queue.clear()
        if self._pump is not None:
            self._pump.cancel()

    async def _drain(self) -> None:
        try:
            while self._queue:
                frame, operation_id = self._queue.popleft()
                self._size_bytes -= len(frame)
                if operation_id in self._waiting:
                    self._waiting[operation_id] -= 1
                self._moved.set()
                await self._socket.send(frame)
        except ConnectionClosed:
            self._queue.clear()
        finally:
            self._pump = None
