"""The process: HTTP on GRAPH_PORT, sockets on GRAPH_WS_PORT, one ear at Redis; one event loop."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import redis.asyncio
from granian.constants import Interfaces
from granian.server.embed import Server as HttpServer
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError

from graph_service.app import create_app, graph_origins
from graph_service.http import GraphEndpoint
from graph_service.limits import Pace
from graph_service.operations import Operations
from graph_service.reads import Database
from graph_service.schema import schema
from graph_service.sockets.listener import Listener
from graph_service.sockets.server import SocketServer
from graph_service.subscriptions import Subscriptions
from omnisonic.platform import telemetry
from omnisonic.platform.auth.browser_sessions import SIGN_INS_CHANNEL
from omnisonic.platform.db import dispose_engines
from omnisonic.platform.embedded.listen import listen_host
from omnisonic.platform.embedded.ports import is_listening
from omnisonic.platform.logging import configure_logging, get_logger
from omnisonic.platform.process import keep_what_is_loaded
from omnisonic.platform.redis import make_async_redis
from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.vitals import beat

PROCESS = "graph"
SERVICE = "graph-api"
RETRIES = 2
RETRY_S = 0.2
LISTEN_CHECK_S = 0.02

log = get_logger(__name__)


@dataclass(frozen=True)
class Ports:
    """Where the service listens."""

    http: int
    sockets: int


class GraphService:
    """Serves until stopped. Any number of them may run side by side."""

    def __init__(self, settings: Settings, client: redis.asyncio.Redis, *, pace: Pace | None = None) -> None:
        self._settings = settings
        self._pace = pace or Pace()
        self._database = Database()
        self.operations = Operations(schema.graphql_schema, self._database)
        self.listener = Listener(
            client,
            reconnect_s=self._pace.reconnect_s,
            on_message=self._on_message,
            on_subscribed=self._on_subscribed,
        )
        self.subscriptions = Subscriptions(self.operations, self._database, self.listener)
        self.sockets = SocketServer(
            self.operations, self.subscriptions, origins=graph_origins(settings), pace=self._pace
        )
        self._endpoint = GraphEndpoint(self.operations)
        self.app = create_app(self._endpoint, settings, ready=self._checks)
        self._is_stopping = False
        self._stop = asyncio.Event()

    async def run(
        self, *, host: str, http_port: int, socket_port: int, on_ready: Callable[[Ports], None] | None = None
    ) -> None:
        """Serve until `stop`."""
        http = HttpServer(
            self.app,
            address=host,
            port=http_port,
            interface=Interfaces.ASGI,
            log_enabled=False,
            websockets=False,
        )
        ports = Ports(http_port, await self.sockets.start(host=host, port=socket_port))
        chores = [
            asyncio.create_task(self.listener.listen(SIGN_INS_CHANNEL)),
            asyncio.create_task(_every(self._pace.recheck_s, self.sockets.recheck)),
            asyncio.create_task(_every(self._pace.beat_s, _say_alive)),
        ]
        serving = asyncio.create_task(http.serve())
        await _until_listening(serving, http_port)
        log.info("graph_started", port=ports.http, socket_port=ports.sockets)
        if on_ready is not None:
            on_ready(ports)
        try:
            await self._stop.wait()
        finally:
            self._is_stopping = True
            await self.sockets.stop()
            await self._endpoint.drain(within_s=self._pace.close_s)
            http.stop()  # type: ignore[no-untyped-call]
            await serving
            for chore in chores:
                chore.cancel()
            self.subscriptions.cancel()
            await asyncio.to_thread(self._database.close)
        log.info("graph_stopped")

    def stop(self) -> None:
        """Close every socket with 1012, finish what is being answered and return from `run`."""
        self._stop.set()

    def _checks(self) -> dict[str, bool]:
        return {"redis": self.listener.is_connected, "serving": not self._is_stopping}

    def _on_message(self, channel: str, text: str) -> None:
        if channel != SIGN_INS_CHANNEL:
            self.subscriptions.on_message(channel, text)
            return
        try:
            self.sockets.end_sign_in(str(json.loads(text)["data"]["authSessionId"]))
        except (ValueError, KeyError, TypeError):  # one bad event must not end the listening
            log.warning("event_unreadable", channel=channel)

    def _on_subscribed(self, channel: str) -> None:
        self.subscriptions.on_subscribed(channel)


def run() -> None:
    """Entry of the process: serve until SIGTERM or SIGINT."""
    configure_logging(SERVICE)
    telemetry.configure(SERVICE)
    keep_what_is_loaded()
    asyncio.run(_run_until_signal())
    telemetry.flush()
    dispose_engines()


async def _run_until_signal() -> None:
    settings = get_settings()
    client = make_async_redis()
    client.set_retry(Retry(ConstantBackoff(RETRY_S), RETRIES))
    service = GraphService(settings, client)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    try:
        await service.run(
            host=listen_host(settings), http_port=settings.graph_port, socket_port=settings.graph_ws_port
        )
    finally:
        await client.aclose()


async def _until_listening(serving: asyncio.Task[None], port: int) -> None:
    while not await asyncio.to_thread(is_listening, port):
        if serving.done():
            serving.result()
            raise OSError(f"Nothing listens on port {port}.")
        await asyncio.sleep(LISTEN_CHECK_S)


async def _say_alive() -> None:
    await asyncio.to_thread(beat, PROCESS)


async def _every(interval_s: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(interval_s)
        try:
            await work()
        except (RedisError, OSError) as error:
            log.warning("chore_failed", chore=getattr(work, "__name__", ""), reason=str(error))
