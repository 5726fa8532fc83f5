"""Real gateways on free ports, in threads of the test process, and clients that dial them."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import col, select
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from omnisonic.platform.db import unit_of_work
from omnisonic.platform.events import publish_durable, room_channel
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.redis import make_async_redis
from omnisonic.platform.relay import send
from omnisonic.studio.rooms.gateway import Gateway
from omnisonic.studio.rooms.limits import Pace
from tests.integration.studio.conftest import Person, create_session

ORIGIN = "http://localhost:3000"
PATIENCE_S = 20.0


class RunningGateway:
    """A gateway with an event loop of its own."""

    def __init__(self, *, pace: Pace, allow_guests: bool = False) -> None:
        self._started: queue.Queue[tuple[asyncio.AbstractEventLoop, Gateway, int]] = queue.Queue()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(pace, allow_guests)), daemon=True
        )
        self._thread.start()
        self.loop, self.gateway, self.port = self._started.get(timeout=PATIENCE_S)

    async def _run(self, pace: Pace, allow_guests: bool) -> None:
        client = make_async_redis()
        gateway = Gateway(client, origins=[ORIGIN], allow_guests=allow_guests, pace=pace)
        loop = asyncio.get_running_loop()
        try:
            await gateway.run(
                port=0, host="127.0.0.1", on_ready=lambda port: self._started.put((loop, gateway, port))
            )
        finally:
            await client.aclose()

    def stop(self) -> None:
        """What SIGTERM does."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.gateway.stop)
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive()

    def dial(
        self,
        *,
        origin: str | None = ORIGIN,
        sock: socket.socket | None = None,
        max_queue: int | None = None,
        **query: str,
    ) -> Client:
        """Open a socket with this query."""
        address = f"ws://127.0.0.1:{self.port}/?{urlencode(query)}"
        if sock is not None:
            sock.connect(("127.0.0.1", self.port))
        options: dict[str, Any] = {"origin": origin, "sock": sock, "legacy": True}
        return Client(
            connect(
                address,
                compression=None,
                ping_interval=None,
                proxy=None,
                max_size=None,
                max_queue=max_queue,
                **options,
            )
        )

    def join(self, person: Person, session_id: str, **options: Any) -> Client:
        """Get a ticket and dial with it; returns after the snapshot, which is `client.snapshot`."""
        client = self.dial(ticket=ticket_of(person, session_id), roomId=session_id, **options)
        client.snapshot = client.next("room.snapshot")
        return client


class Client:
    """One browser's side."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.snapshot: dict[str, Any] = {}

    def send(self, kind: str, **data: Any) -> None:
        self.connection.send(json.dumps({"type": kind, "data": data}))

    def receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout=PATIENCE_S))
        return frame

    def next(self, kind: str, **data: Any) -> dict[str, Any]:
        """The next frame of this type whose data contains these values; others are passed over."""
        while True:
            frame = self.receive()
            if frame["type"] == kind and data.items() <= frame["data"].items():
                return frame

    def until(self, kind: str, **data: Any) -> list[dict[str, Any]]:
        """Every frame before the one that `next` would return."""
        seen = []
        while True:
            frame = self.receive()
            if frame["type"] == kind and data.items() <= frame["data"].items():
                return seen
            seen.append(frame)

    def until_pong(self) -> list[dict[str, Any]]:
        """Every frame that the gateway had for us when it read our ping."""
        self.send("ping", t="barrier")
        return self.until("pong", t="barrier")

    def close_code(self) -> int | None:
        """Read to the end and say why it ended."""
        try:
            while True:
                self.connection.recv(timeout=PATIENCE_S)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None

    def close(self, code: int = 1001) -> None:
        self.connection.close(code)

    def member_ids(self) -> list[str]:
        """Who was in the room at the snapshot."""
        return [member["memberId"] for member in self.snapshot["data"]["members"]]


@pytest.fixture
def start_gateway(db: None, redis_client: Any) -> Iterator[Callable[..., RunningGateway]]:
    """Start gateways; each stops at the end of the test."""
    started: list[RunningGateway] = []

    def start(*, allow_guests: bool = False, **pace: float) -> RunningGateway:
        gateway = RunningGateway(pace=Pace(**pace), allow_guests=allow_guests)
        started.append(gateway)
        return gateway

    yield start
    for gateway in started:
        gateway.stop()


@pytest.fixture
def gateway(start_gateway: Callable[..., RunningGateway]) -> RunningGateway:
    """A gateway at its real pace, but for a short grace."""
    return start_gateway(grace_s=0.2)


@pytest.fixture
def session_id(mara: Person) -> str:
    """A session of Mara's."""
    return str(create_session(mara)["id"])


def ticket_of(person: Person, session_id: str) -> str:
    """A fresh ticket."""
    answer = person.post(f"/api/sessions/{session_id}/ticket")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


def present(person: Person, session_id: str) -> list[str]:
    """Display names in the room, as REST tells."""
    answer = person.get("/api/presence", params={"roomId": session_id})
    assert answer.status_code == 200, answer.text
    return [member["displayName"] for member in answer.json()["members"]]


def announce(session_id: str, number: int) -> int:
    """A durable event, as the relay would publish it."""
    return publish_durable(room_channel(session_id), "comment.created", {"number": number})


def relay_outbox() -> None:
    """Send the events that the transactions so far announced, as the relay does."""
    with unit_of_work() as uow:
        for row in uow.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))):
            if row.kind == "event":
                send(row)
                uow.session.delete(row)
