"""Serves `graphql-transport-ws` on a port of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Sequence
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from graph_service.limits import SOCKET_FRAME_MAX_BYTES, SOCKETS_PER_PROCESS, Pace
from graph_service.operations import Operations
from graph_service.sockets.connection import Connection, Credentials
from graph_service.sockets.frames import PROTOCOL, CloseCode
from graph_service.sockets.usage import Usage
from graph_service.subscriptions import Subscriptions
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.authentication import cookie_name, read_cookie
from omnisonic.platform.errors import NotSignedIn, OmnisonicError
from omnisonic.platform.logging import get_logger, log_context
from omnisonic.platform.settings import get_settings
from omnisonic.platform.web.proxy import forwarded_address

PATH = "/graphql"
LIVE_PATHS = {"/healthz", "/health/live"}

log = get_logger(__name__)


class SocketServer:
    """Accepts sockets until stopped; `recheck` looks whether their callers may still be here."""

    def __init__(
        self, operations: Operations, subscriptions: Subscriptions, *, origins: Collection[str], pace: Pace
    ) -> None:
        self._operations = operations
        self._subscriptions = subscriptions
        self._origins = frozenset(origins)
        self._pace = pace
        self._usage = Usage()
        self._server: Server | None = None
        self.connections: set[Connection] = set()

    async def start(self, *, host: str | None, port: int) -> int:
        """Begin to serve; returns the port (of which 0 lets the system choose)."""
        self._server = await serve(
            self._handle,
            host,
            port,
            process_request=self._answer_http,
            select_subprotocol=_choose_subprotocol,
            max_size=SOCKET_FRAME_MAX_BYTES,
            compression=None,  # results are shared by many sockets; compressing is per socket
            ping_interval=self._pace.ping_s,
            ping_timeout=self._pace.dead_s,
            close_timeout=self._pace.close_s,
            server_header=None,
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Tell every client to come back (1012) and wait until they are gone."""
        if self._server is None:
            return
        for connection in list(self.connections):
            connection.end(CloseCode.RESTARTING, "Restarting")
        self._server.close(code=CloseCode.RESTARTING, reason="Restarting")
        await self._server.wait_closed()

    async def recheck(self) -> None:
        """Close sockets whose token or session is no longer valid; follow changed rights."""
        holders: dict[Credentials, list[Connection]] = {}
        for connection in self.connections:
            if connection.actor is not None:
                holders.setdefault(connection.credentials, []).append(connection)
        for credentials, connections in holders.items():
            try:
                actor = await self._operations.database.run(credentials.check)
            except NotSignedIn:
                actor = None
            except OmnisonicError as error:
                log.warning("recheck_failed", slug=error.slug)
                return
            for connection in connections:
                _update(connection, actor)

    def end_sign_in(self, auth_session_id: str) -> None:
        """Close the sockets of a browser that signed out."""
        for connection in list(self.connections):
            if connection.actor and str(connection.actor.auth_session_id) == auth_session_id:
                connection.end(CloseCode.FORBIDDEN, "Signed out")

    def _answer_http(self, socket: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if path in LIVE_PATHS:
            response = socket.respond(HTTPStatus.OK, json.dumps({"ok": True}) + "\n")
            del response.headers["Content-Type"]
            response.headers["Content-Type"] = "application/json"
            return response
        if path != PATH:
            return socket.respond(HTTPStatus.NOT_FOUND, f"Subscriptions are at {PATH}.\n")
        if len(self.connections) >= SOCKETS_PER_PROCESS:
            return socket.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Too many sockets. Try again later.\n")
        origin = request.headers.get("Origin")
        is_foreign = origin is not None and origin not in self._origins
        if is_foreign and read_cookie(_cookies(request), cookie_name()) is not None:
            log.warning("origin_refused", origin=str(origin)[:200])
            return socket.respond(HTTPStatus.FORBIDDEN, "This page may not use the site's cookie.\n")
        return None

    async def _handle(self, socket: ServerConnection) -> None:
        if socket.subprotocol != PROTOCOL:
            await socket.close(CloseCode.BAD_SUBPROTOCOL, "Subprotocol not acceptable")
            return
        request = socket.request
        assert request is not None  # noqa: S101  (the handshake is over)
        credentials = Credentials(request.headers.get("Authorization"), _cookies(request))
        with log_context():
            connection = Connection(
                socket,
                credentials,
                address=_address(socket, request),
                operations=self._operations,
                subscriptions=self._subscriptions,
                usage=self._usage,
                pace=self._pace,
            )
            self.connections.add(connection)
            try:
                code, reason = await connection.run()
            finally:
                self.connections.discard(connection)
            await self._close(socket, code, reason)

    async def _close(self, socket: ServerConnection, code: int, reason: str) -> None:
        # The answer to our close waits behind whatever the client has already sent.
        discarding = asyncio.create_task(_discard(socket))
        try:
            async with asyncio.timeout(self._pace.close_s):
                await socket.close(code, reason)
        except TimeoutError:
            socket.transport.abort()
        finally:
            discarding.cancel()
        if code >= CloseCode.TOO_BIG:
            log.info("socket_closed", code=int(code), reason=reason)


def _address(socket: ServerConnection, request: Request) -> str:
    """Whom we talk to, behind the trusted proxies."""
    chain = ",".join(request.headers.get_all("X-Forwarded-For"))
    return forwarded_address(chain, get_settings().trusted_proxy_hops) or str(socket.remote_address[0])


async def _discard(socket: ServerConnection) -> None:
    try:
        async for _ in socket:
            continue
    except ConnectionClosed:
        return


def _update(connection: Connection, actor: Actor | None) -> None:
    if actor is None or connection.actor is None or actor.user_id != connection.actor.user_id:
        connection.end(CloseCode.FORBIDDEN, "Forbidden")
    elif actor.scopes != connection.actor.scopes or actor.role != connection.actor.role:
        # What runs was allowed under other rights: the client subscribes again under the present ones.
        connection.end(CloseCode.FORBIDDEN, "Rights changed")


def _choose_subprotocol(_socket: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return Subprotocol(PROTOCOL) if PROTOCOL in offered else None


def _cookies(request: Request) -> str | None:
    found = request.headers.get_all("Cookie")
    return "; ".join(found) if found else None
