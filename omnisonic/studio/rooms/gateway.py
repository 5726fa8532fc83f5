"""The realtime gateway: a process of its own that serves rooms over WebSocket."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from omnisonic.platform import telemetry
from omnisonic.platform.embedded.listen import listen_host
from omnisonic.platform.logging import configure_logging, get_logger, log_context
from omnisonic.platform.redis import make_async_redis
from omnisonic.platform.settings import get_settings
from omnisonic.platform.vitals import beat
from omnisonic.studio.rooms.admission import Admission, Refused
from omnisonic.studio.rooms.connection import Connection, close_socket
from omnisonic.studio.rooms.conversation import Conversation
from omnisonic.studio.rooms.hub import UNREACHABLE, Hub, observe
from omnisonic.studio.rooms.limits import FRAME_MAX_BYTES, CloseCode, Pace
from omnisonic.studio.rooms.room import Room

PROCESS = "gateway"
LIVE_PATHS = {"/healthz", "/health/live"}
READY_PATH = "/health/ready"
SERVICE = "realtime-gateway"
RETRIES = 2
RETRY_S = 0.2

log = get_logger(__name__)


class Gateway:
    """Serves until stopped. Several of them share the rooms over one Redis."""

    def __init__(
        self,
        client: redis.asyncio.Redis,
        *,
        origins: Collection[str],
        allow_guests: bool,
        pace: Pace | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._client = client
        self._origins = frozenset(origins)
        self._admission = Admission(client, allow_guests)
        self.hub = Hub(client, pace=self._pace)
        self._connections: set[Connection] = set()
        self._stopping = asyncio.Event()

    async def run(
        self, *, port: int, host: str | None = None, on_ready: Callable[[int], None] | None = None
    ) -> None:
        """Serve on `port` (0: any free one, told to `on_ready`) until `stop`."""
        server = await serve(
            self._handle,
            host,
            port,
            process_request=self._answer_http,
            max_size=FRAME_MAX_BYTES,
            compression=None,  # frames are shared by all receivers; compressing is per socket
            ping_interval=None,  # the connection's writer pings, to learn who is alive
            close_timeout=self._pace.close_s,
            server_header=None,
        )
        async with asyncio.TaskGroup() as tasks:
            chores = [
                tasks.create_task(chore)
                for chore in (
                    self.hub.bus.listen(),
                    self.hub.bus.publish(),
                    _every(self._pace.beat_s, self.hub.beat),
                    _every(self._pace.sweep_s, self.hub.sweep),
                    _every(self._pace.recheck_s, self.hub.recheck),
                    _every(self._pace.beat_s, _say_alive),
                )
            ]
            listening_port = server.sockets[0].getsockname()[1]
            log.info("gateway_started", port=listening_port, gateway_id=self.hub.id)
            if on_ready is not None:
                on_ready(listening_port)
            await self._stopping.wait()
            await self._close(server)
            for chore_task in chores:
                chore_task.cancel()
            self.hub.cancel_errands()
        log.info("gateway_stopped", gateway_id=self.hub.id)

    def stop(self) -> None:
        """Close every socket with 1012, leave the rosters and return from `run`."""
        self._stopping.set()

    async def _close(self, server: Server) -> None:
        for connection in list(self._connections):
            connection.end(CloseCode.RESTARTING, "restarting")
        server.close(code=CloseCode.RESTARTING, reason="restarting")
        await server.wait_closed()

    def _answer_http(self, socket: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if path in LIVE_PATHS:
            return _json_answer(socket, HTTPStatus.OK, {"ok": True})
        if path == READY_PATH:
            is_ready = self.hub.bus.is_connected
            status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
            return _json_answer(socket, status, {"ok": is_ready, "checks": {"redis": is_ready}})
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            log.warning("origin_refused", origin=origin[:200])
            return socket.respond(HTTPStatus.FORBIDDEN, "This address may not open rooms here.\n")
        return None

    async def _handle(self, socket: ServerConnection) -> None:
        with log_context():
            try:
                await self._serve_socket(socket)
            except Refused as refusal:
                log.info("dial_refused", code=refusal.code, reason=refusal.reason)
                await self._hang_up(socket, refusal.code, refusal.reason)
            except (*UNREACHABLE, TimeoutError) as error:
                log.warning("room_unavailable", reason=str(error))
                await self._hang_up(socket, CloseCode.RESTARTING, "try again in a moment")

    async def _serve_socket(self, socket: ServerConnection) -> None:
        request = socket.request
        assert request is not None  # noqa: S101  (the handshake is over)
        session_id, identity = await self._admission.admit(
            request.path, has_origin="Origin" in request.headers
        )
        connection = Connection(socket, identity, pace=self._pace)
        with log_context(room_id=str(session_id), member_id=identity.member_id, connection_id=connection.id):
            self._connections.add(connection)
            try:
                async with self.hub.open_room(session_id) as room:
                    await self._attend(socket, room, connection)
            finally:
                self._connections.discard(connection)

    async def _attend(self, socket: ServerConnection, room: Room, connection: Connection) -> None:
        conversation = Conversation(self.hub, self._client, room, connection)
        try:
            with telemetry.span("room.enter", kind=telemetry.SpanKind.SERVER, room_id=room.id):
                await self.hub.enter(room, connection)
            log.info("room_entered")
            await connection.run(conversation.handle)
        finally:
            is_final = self._stopping.is_set() or connection.left_on_purpose()
            grace_s = 0.0 if is_final else self._pace.grace_s
            leave = observe(self.hub.leave(room, connection, grace_s=grace_s))
            await asyncio.gather(leave, connection.say_goodbye())
            log.info("room_left", code=socket.close_code, dropped=connection.queue.dropped)

    async def _hang_up(self, socket: ServerConnection, code: int, reason: str) -> None:
        await close_socket(socket, code, reason, within_s=self._pace.close_s)


def run() -> None:
    """Entry of the process: serve GATEWAY_PORT until SIGTERM or SIGINT."""
    configure_logging(SERVICE)
    telemetry.configure(SERVICE)
    asyncio.run(_run_until_signal())


async def _run_until_signal() -> None:
    settings = get_settings()
    client = make_async_redis()
    client.set_retry(Retry(ConstantBackoff(RETRY_S), RETRIES))  # a person is waiting
    gateway = Gateway(client, origins=settings.allowed_origins, allow_guests=settings.gateway_allow_guests)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, gateway.stop)
    try:
        await gateway.run(port=settings.gateway_port, host=listen_host(settings))
    finally:
        await client.aclose()


async def _say_alive() -> None:
    """The sign of life that the operators' page looks for."""
    await asyncio.to_thread(beat, PROCESS)


async def _every(interval_s: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(interval_s)
        try:
            await work()
        except UNREACHABLE as error:
            log.warning("chore_failed", chore=getattr(work, "__name__", ""), reason=str(error))


def _json_answer(socket: ServerConnection, status: HTTPStatus, body: dict[str, object]) -> Response:
    response = socket.respond(status, json.dumps(body) + "\n")
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json"
    return response
