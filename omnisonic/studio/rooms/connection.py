"""One socket: its identity, its bounded queue, its reader and its writer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from omnisonic.platform.ids import new_id
from omnisonic.studio.rooms.limits import FRAMES_PER_SECOND, QUEUE_MAX_FRAMES, CloseCode, Pace
from omnisonic.studio.rooms.queueing import OutFrame, RateMeter, SendQueue
from omnisonic.studio.sessions.models import MemberRole


@dataclass(frozen=True)
class Identity:
    """Who is on the other side, as the ticket says; guests have no role and see presence only."""

    member_id: str
    display_name: str
    role: MemberRole | None
    auth_session_id: UUID | None = None

    @property
    def is_guest(self) -> bool:
        """Whether this visitor came without a ticket."""
        return self.role is None

    @property
    def may_steer(self) -> bool:
        """Whether the role allows what others hear or must act on; viewers watch and point."""
        return self.role in {MemberRole.OWNER, MemberRole.EDITOR}


class Connection:
    """A client in a room. Whoever has something for it calls `offer`, which never waits."""

    def __init__(self, socket: ServerConnection, identity: Identity, *, pace: Pace) -> None:
        self.id = new_id().hex
        self.identity = identity
        self._socket = socket
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        now_s = self._loop.time()
        self.heard_s = now_s
        self.meter = RateMeter(rate=FRAMES_PER_SECOND, burst=FRAMES_PER_SECOND, now_s=now_s)
        self.queue = SendQueue()
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._is_sending = False
        self._held: list[OutFrame] | None = None
        self.ending: asyncio.Future[tuple[int, str]] = self._loop.create_future()

    # what the room does with it

    def offer(self, frame: OutFrame) -> None:
        """Queue a frame; a client too slow for what must not be lost is dropped instead."""
        if self.ending.done():
            return
        if self._held is not None:
            self._held.append(frame)
            if len(self._held) > QUEUE_MAX_FRAMES:
                self.end(CloseCode.SLOW_CONSUMER, "too slow")
        elif self._takes_at_once():
            # Most clients keep up: waking a task for each frame would cost several times the frame, and
            # building it anew for each of them as much as sending it.
            if self._socket.state is State.OPEN:
                self._socket.transport.write(frame.wire)
        elif self.queue.put(frame):
            self._wake.set()
        else:
            self.end(CloseCode.SLOW_CONSUMER, "too slow")

    def _takes_at_once(self) -> bool:
        """Whether nothing is on its way to the socket, so that a frame written now keeps its place."""
        is_quiet = not len(self.queue) and not self._is_sending
        return is_quiet and not self._socket.transport.get_write_buffer_size()

    def hold(self) -> None:
        """Keep live frames back while a replay is on its way."""
        self._held = []

    def release(self, *, after_seq: int) -> None:
        """Let the held frames go, without the durable ones that the replay contained."""
        held, self._held = self._held or [], None
        for frame in held:
            if frame.seq is None or frame.seq > after_seq:
                self.offer(frame)

    async def offer_when_drained(self, frame: OutFrame) -> None:
        """Queue a frame of a replay past the hold, waiting for the client where needed."""
        while not self.queue.has_room(frame) and not self.ending.done():
            self._drained.clear()
            await self._drained.wait()
        self.queue.put(frame)
        self._wake.set()

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon; the first reason counts."""
        if not self.ending.done():
            self.ending.set_result((code, reason))

    def is_expired(self) -> bool:
        """Whether nothing was heard for as long as two pings take."""
        return self._loop.time() - self.heard_s > self._pace.dead_s

    def life_ms(self) -> int:
        """How long the roster may count on this connection without another sign of life."""
        return int((self.heard_s + self._pace.expiry_s - self._loop.time()) * 1000)

    # its life

    async def run(self, handle: Callable[[str | bytes], Awaitable[None]]) -> None:
        """Read and write until either side ends it."""
        tasks = [asyncio.create_task(self._read(handle)), asyncio.create_task(self._write())]
        try:
            watched: list[asyncio.Future[Any]] = [*tasks, self.ending]
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._drained.set()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, ConnectionClosed):
                raise result

    async def say_goodbye(self) -> None:
        """Close with the code that was decided, giving a slow reader some time to see it."""
        code, reason = self.ending.result() if self.ending.done() else (CloseCode.RESTARTING, "ended")
        await close_socket(self._socket, code, reason, within_s=self._pace.close_s)

    def left_on_purpose(self) -> bool:
        """Whether the client said that it goes for good."""
        return self._socket.close_code == CloseCode.LEFT

    async def _read(self, handle: Callable[[str | bytes], Awaitable[None]]) -> None:
        async for message in self._socket:
            self._hear()
            if not self.meter.take(self._loop.time()):
                self.end(CloseCode.TOO_FAST, f"more than {FRAMES_PER_SECOND} frames a second")
                return
            await handle(message)

    async def _write(self) -> None:
        ping_at_s = self._loop.time() + self._pace.ping_s
        while True:
            while len(self.queue):
                self._is_sending = True
                await self._socket.send(self.queue.pop().payload, text=True)
                self._is_sending = False
                self._drained.set()
            self._wake.clear()
            if self._loop.time() >= ping_at_s:
                pong = cast("asyncio.Future[float]", await self._socket.ping())
                pong.add_done_callback(self._on_pong)
                ping_at_s = self._loop.time() + self._pace.ping_s
            try:
                async with asyncio.timeout_at(ping_at_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _on_pong(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self._hear()

    def _hear(self) -> None:
        self.heard_s = self._loop.time()


async def close_socket(socket: ServerConnection, code: int, reason: str, *, within_s: float) -> None:
    """Close, and cut the line when the other side does not answer in time."""
    # The answer to our close waits behind whatever the client has already sent.
    discarding = asyncio.create_task(_discard(socket))
    try:
        async with asyncio.timeout(within_s):
            await socket.close(code, reason)
    except TimeoutError:
        socket.transport.abort()
    finally:
        discarding.cancel()


async def _discard(socket: ServerConnection) -> None:
    try:
        async for _ in socket:
            continue
    except ConnectionClosed:
        return
