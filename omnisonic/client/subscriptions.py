"""One subscription over `graphql-transport-ws`, kept alive across lost connections.

Protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import atexit
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import Any, Literal
from weakref import WeakSet

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from omnisonic.client.errors import ConnectionLost, GraphQLFailed

SUBPROTOCOL = Subprotocol("graphql-transport-ws")
# Trying again would not help: too big, bad frame, credentials, sub-protocol, id in use, second init.
REFUSALS = {1009, 4400, 4401, 4403, 4406, 4409, 4429}
REFUSED_STATUS = {400, 401, 403, 404}
STEADY_S = 30.0  # a connection that held this long starts the count of failures again
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 20.0
PATIENCE_S = 300.0
MAX_MESSAGE_BYTES = 8 * 1024 * 1024


class Subscribed(Enum):
    """The mark between events: from here on they come from a new connection."""

    MARK = 0


Step = dict[str, Any] | Literal[Subscribed.MARK]


class Line:
    """The connection of one subscription. Closing it, from any thread, ends the events."""

    def __init__(self) -> None:
        self._closed = threading.Event()
        self._socket: ClientConnection | None = None
        _open.add(self)

    @property
    def is_closed(self) -> bool:
        """Whether somebody has ended it."""
        return self._closed.is_set()

    def use(self, socket: ClientConnection) -> None:
        """Go on over this connection."""
        self._socket = socket

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """End the events."""
        self._closed.set()
        if self._socket is not None:
            self._socket.close()


_open: WeakSet[Line] = WeakSet()


@atexit.register
def _close_all() -> None:
    # While the interpreter ends its threads stand still, and a connection could not be closed any more.
    for line in list(_open):
        line.close()


def follow(
    line: Line, url: str, token: str, request: dict[str, Any], *, timeout_s: float, patience_s: float
) -> Iterator[Step]:
    """`Subscribed.MARK` after each time the subscription began, and the `data` of each event.

    `request` is `{query, variables}`. The first connection is tried once. A lost one is made again until
    the server has been away for `patience_s`; what happened meanwhile is not repeated, unless the
    subscription itself takes a position. Raises `GraphQLFailed` for a refusal, `ConnectionLost` when the
    server is away.
    """
    outage = _Outage(url, patience_s)
    while not line.is_closed:
        started_at = time.monotonic()
        try:
            with connect(
                url, subprotocols=[SUBPROTOCOL], open_timeout=timeout_s, max_size=MAX_MESSAGE_BYTES
            ) as socket:
                line.use(socket)
                _subscribe(socket, token, request, timeout_s)
                outage.is_first = False
                yield Subscribed.MARK
                yield from _events(socket)
                return
        except (OSError, WebSocketException) as error:  # a time-out is an OSError
            if line.is_closed:
                return
            _refuse(url, error)
            line.pause(outage.next_pause_s(error, held_s=time.monotonic() - started_at))


class _Outage:
    """How long the server has been away, and when to try again."""

    def __init__(self, url: str, patience_s: float) -> None:
        self.is_first = True
        self._url = url
        self._patience_s = patience_s
        self._failures = 0
        self._since = 0.0

    def next_pause_s(self, error: Exception, *, held_s: float) -> float:
        """How long to wait before the next attempt. Raises `ConnectionLost` when there shall be none."""
        if self.is_first:
            raise ConnectionLost(f"{self._url} is not reachable: {error}") from error
        if held_s > STEADY_S:
            self._failures = 0
        if self._failures == 0:
            self._since = time.monotonic()
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures, 10))
        # Full jitter: a restarted server is not met by all of its clients at once.
        pause = random.uniform(0, longest)
        if time.monotonic() + pause - self._since > self._patience_s:
            raise ConnectionLost(
                f"{self._url} did not come back within {self._patience_s:g} s: {error}"
            ) from error
        self._failures += 1
        return pause


def _subscribe(socket: ClientConnection, token: str, request: dict[str, Any], timeout_s: float) -> None:
    socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    while (message := json.loads(socket.recv(timeout=timeout_s)))["type"] != "connection_ack":
        _answer_ping(socket, message)
    socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": request}))


def _events(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    for text in socket:
        message = json.loads(text)
        match message["type"]:
            case "next":
                payload = message["payload"]
                if payload.get("errors"):
                    raise GraphQLFailed(payload["errors"], payload.get("data"))
                yield payload["data"]
            case "error":
                raise GraphQLFailed(message["payload"])
            case "complete":
                return
            case _:
                _answer_ping(socket, message)
    # The server closed without a word of completion: as good as a lost connection.
    raise ConnectionResetError("the server closed the connection")


def _answer_ping(socket: ClientConnection, message: dict[str, Any]) -> None:
    if message["type"] == "ping":
        socket.send(json.dumps({"type": "pong"}))


def _refuse(url: str, error: Exception) -> None:
    """Raise `GraphQLFailed` where the server said no; return where it may answer another time."""
    if isinstance(error, InvalidStatus) and error.response.status_code in REFUSED_STATUS:
        status = error.response.status_code
        said = ""
        with suppress(UnicodeDecodeError):
            said = (error.response.body or b"").decode()[:500].strip()
        raise _refusal(f"{url} refused the connection (HTTP {status}). {said}", f"http-{status}") from error
    if isinstance(error, ConnectionClosed) and error.rcvd is not None and error.rcvd.code in REFUSALS:
        code = error.rcvd.code
        if code in {4401, 4403}:
            advice = "The token is not valid, or no longer. Make one on the page Settings."
            raise _refusal(f"{error.rcvd.reason or 'Forbidden'}. {advice}", "unauthenticated") from error
        raise _refusal(
            error.rcvd.reason or "The server refused the subscription.", f"closed-{code}"
        ) from error


def _refusal(message: str, code: str) -> GraphQLFailed:
    return GraphQLFailed([{"message": message, "extensions": {"code": code}}])
