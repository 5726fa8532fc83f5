"""One client: from `connection_init` to its close, as PROTOCOL.md of graphql-ws says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import GraphQLError
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from graph_service.budgets import count_operation
from graph_service.errors import error_json, refusal
from graph_service.limits import OPERATIONS_PER_SOCKET, SOCKET_FRAMES_BURST, SOCKET_FRAMES_PER_SECOND, Pace
from graph_service.operations import Operations, Prepared, Rejected
from graph_service.sockets.frames import (
    ACK,
    BadFrame,
    CloseCode,
    Complete,
    Init,
    Ping,
    Subscribe,
    complete_frame,
    error_frame,
    next_frame,
    pong_frame,
    read_frame,
)
from graph_service.sockets.outgoing import Outgoing
from graph_service.sockets.usage import Usage
from graph_service.subscriptions import Subscriptions
from omnisonic.core.graph_errors import SlowConsumer, TooManyOperations
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.authentication import authenticate
from omnisonic.platform.errors import NotSignedIn, OmnisonicError
from omnisonic.platform.logging import get_logger

STRANGERS = UUID(int=0)

log = get_logger(__name__)


@dataclass(frozen=True)
class Credentials:
    """What the client showed: a token (of the handshake or of `connection_init`) or the web cookie."""

    authorization: str | None
    cookie: str | None

    def check(self) -> Actor | None:
        """Who that is now. Blocking. Raises `NotSignedIn` for a token that is not valid (any more)."""
        if self.authorization is None and self.cookie is None:
            return None
        return authenticate(cookie_header=self.cookie, authorization=self.authorization)


class Running:
    """One operation of this client; it is also the subscriber of its results."""

    __slots__ = ("connection", "id", "stop", "task", "user_id")

    def __init__(self, connection: Connection, operation_id: str) -> None:
        self.connection = connection
        self.id = operation_id
        self.user_id = connection.user_id
        self.task: asyncio.Task[None] | None = None
        self.stop: Callable[[], None] | None = None

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up with this operation's results."""
        return self.connection.outgoing.has_room(self.id)

    async def room(self) -> None:
        """Wait until it does."""
        await self.connection.outgoing.room(self.id)

    def deliver(self, payload_json: str) -> None:
        """Send one result; a client that does not read them loses the subscription."""
        connection = self.connection
        if connection.running.get(self.id) is not self:
            return
        if not connection.outgoing.send(next_frame(self.id, payload_json), operation_id=self.id):
            connection.finish(self)
            connection.outgoing.send(error_frame(self.id, [refusal(SlowConsumer())]))


class Connection:
    """A socket that speaks the protocol."""

    def __init__(
        self,
        socket: ServerConnection,
        credentials: Credentials,
        *,
        address: str,
        operations: Operations,
        subscriptions: Subscriptions,
        usage: Usage,
        pace: Pace,
    ) -> None:
        self._socket = socket
        self._address = address
        self._operations = operations
        self._subscriptions = subscriptions
        self._usage = usage
        self._loop = asyncio.get_running_loop()
        self.credentials = credentials
        self.actor: Actor | None = None
        self.is_acknowledged = False
        self.running: dict[str, Running] = {}
        self.ending: asyncio.Future[tuple[int, str]] = self._loop.create_future()
        self.outgoing = Outgoing(socket, on_overflow=lambda: self.end(CloseCode.OVERLOADED, "Too slow"))
        self._is_init = False
        self._budget = SOCKET_FRAMES_BURST
        self._budget_at_s = self._loop.time()
        self._init_timer = self._loop.call_later(
            pace.init_s, self.end, CloseCode.INIT_TIMEOUT, "Connection initialisation timeout"
        )

    @property
    def user_id(self) -> UUID:
        """Whose limits count; strangers share one account."""
        return self.actor.user_id if self.actor else STRANGERS

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon; the first reason counts."""
        if not self.ending.done():
            self.ending.set_result((code, reason))

    async def run(self) -> tuple[int, str]:
        """Talk until either side ends it; returns the code and reason to close with."""
        reading = self._loop.create_task(self._read())
        try:
            watched: list[asyncio.Future[Any]] = [reading, self.ending]
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._init_timer.cancel()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            for running in list(self.running.values()):
                self.finish(running)
            self.outgoing.close()
            if self.is_acknowledged:
                self._usage.close_socket(self.user_id)
        if not reading.cancelled() and (broken := reading.exception()) is not None:
            raise broken
        return self.ending.result() if self.ending.done() else (1000, "")

    def finish(self, running: Running) -> None:
        """Stop an operation; its id may be used again."""
        if self.running.get(running.id) is not running:
            return
        del self.running[running.id]
        if running.stop is not None:
            running.stop()
        if running.task is not None and running.task is not asyncio.current_task():
            running.task.cancel()
        self._usage.end(running.user_id)

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if not self._take_budget():
                    self.end(CloseCode.OVERLOADED, "Too many messages")
                    return
                await self._handle(message)
        except ConnectionClosed:
            return
        except BadFrame as error:
            self.end(CloseCode.BAD_FRAME, str(error))

    async def _handle(self, message: str | bytes) -> None:
        frame = read_frame(message)
        if isinstance(frame, Init):
            await self._init(frame)
        elif isinstance(frame, Ping):
            self.outgoing.send(pong_frame(frame.payload))
        elif isinstance(frame, Subscribe):
            self._subscribe(frame)
        elif isinstance(frame, Complete) and (running := self.running.get(frame.id)) is not None:
            self.finish(running)
            self.outgoing.forget(frame.id)

    async def _init(self, frame: Init) -> None:
        if self._is_init:
            self.end(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
            return
        self._is_init = True
        self._init_timer.cancel()
        if frame.authorization is not None:
            self.credentials = Credentials(frame.authorization, None)
        try:
            self.actor = await self._operations.database.run(self.credentials.check)
        except NotSignedIn:
            self.end(CloseCode.FORBIDDEN, "Forbidden")
            return
        except OmnisonicError as error:
            log.warning("socket_not_authenticated", slug=error.slug)
            self.end(CloseCode.RESTARTING, "Try again in a moment")
            return
        if not self._usage.open_socket(self.user_id):
            self.end(CloseCode.OVERLOADED, "Too many sockets of this account")
            return
        self.is_acknowledged = True
        self.outgoing.send(ACK)

    def _subscribe(self, frame: Subscribe) -> None:
        if not self.is_acknowledged:
            self.end(CloseCode.UNAUTHORIZED, "Unauthorized")
            return
        if frame.id in self.running:
            self.end(CloseCode.DUPLICATE_ID, f"Subscriber for {frame.id[:80]} already exists")
            return
        try:
            running = self._begin(frame.id)
            prepared = self._operations.prepare(frame.request, self.actor)
        except TooManyOperations as error:
            self.outgoing.send(error_frame(frame.id, [refusal(error)]))
        except Rejected as rejected:
            self.finish(running)
            self.outgoing.send(error_frame(frame.id, rejected.errors))
        else:
            running.task = self._loop.create_task(self._operate(running, prepared))

    def _begin(self, operation_id: str) -> Running:
        if len(self.running) >= OPERATIONS_PER_SOCKET:
            raise TooManyOperations(f"A socket runs at most {OPERATIONS_PER_SOCKET} operations at once.")
        running = Running(self, operation_id)
        self._usage.begin(running.user_id)
        self.running[operation_id] = running
        return running

    async def _operate(self, running: Running, prepared: Prepared) -> None:
        try:
            await self._operations.database.run(lambda: count_operation(self.actor, self._address))
            if prepared.kind.value == "subscription":
                stop = await self._subscriptions.add(prepared, self.actor, running)
                if self.running.get(running.id) is running:
                    running.stop = stop
                else:
                    stop()
                return
            payload = await self._operations.run(prepared, self.actor)
            running.deliver(json.dumps(payload, separators=(",", ":"), allow_nan=False))
            self._close_operation(running, complete_frame(running.id))
        except OmnisonicError as error:
            self._close_operation(running, error_frame(running.id, [refusal(error)]))
        except GraphQLError as error:
            self._close_operation(running, error_frame(running.id, [error_json(error)]))

    def _close_operation(self, running: Running, last_frame: str) -> None:
        if self.running.get(running.id) is running:
            self.finish(running)
            self.outgoing.send(last_frame)

    def _take_budget(self) -> bool:
        now_s = self._loop.time()
        earned = (now_s - self._budget_at_s) * SOCKET_FRAMES_PER_SECOND
        self._budget = min(SOCKET_FRAMES_BURST, self._budget + earned) - 1
        self._budget_at_s = now_s
        return self._budget >= 0
