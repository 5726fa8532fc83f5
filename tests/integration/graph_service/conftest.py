"""A real graph service on free ports, in a thread of the test process, and clients that talk to it."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from graph_service.limits import Pace
from graph_service.process import GraphService, Ports
from omnisonic.core.catalog.contributions import set_contributions
from omnisonic.core.catalog.contributors import upsert_contributor
from omnisonic.core.catalog.recordings import upsert_recording
from omnisonic.core.catalog.schemas import ContributionDraft, ContributorDraft, RecordingDraft
from omnisonic.core.catalog.works import create_work
from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.auth.authentication import cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.embedded.ports import free_port
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.redis import make_async_redis
from omnisonic.platform.relay import send
from omnisonic.platform.settings import Settings, get_settings
from tests.integration.core.conftest import cosigner
from tests.own_redis import own_redis

__all__ = ["cosigner", "own_redis"]

PATIENCE_S = 20.0
ORIGIN = "http://localhost:3000"


class RunningGraph:
    """A service with an event loop of its own."""

    def __init__(self, pace: Pace) -> None:
        self._started: queue.Queue[tuple[asyncio.AbstractEventLoop, GraphService, Ports]] = queue.Queue()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(pace)), daemon=True)
        self._thread.start()
        self.loop, self.service, self.ports = self._started.get(timeout=PATIENCE_S)
        self.url = f"http://127.0.0.1:{self.ports.http}/graphql"
        self.socket_url = f"ws://127.0.0.1:{self.ports.sockets}/graphql"

    async def _run(self, pace: Pace) -> None:
        client = make_async_redis()
        service = GraphService(get_settings(), client, pace=pace)
        loop = asyncio.get_running_loop()
        try:
            await service.run(
                host="127.0.0.1",
                http_port=free_port(),
                socket_port=0,
                on_ready=lambda ports: self._started.put((loop, service, ports)),
            )
        finally:
            await client.aclose()

    def stop(self) -> None:
        """What SIGTERM does."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.service.stop)
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive()

    def dial(self, *, subprotocol: str | None = "graphql-transport-ws", **options: Any) -> Client:
        """Open a socket."""
        asked: dict[str, Any] = {"subprotocols": [subprotocol] if subprotocol else None, "legacy": True}
        return Client(connect(self.socket_url, proxy=None, ping_interval=None, **asked, **options))

    def join(self, person: Person, **options: Any) -> Client:
        """Open a socket and sign in with the person's token; returns after the acknowledgement."""
        client = self.dial(**options)
        client.send("connection_init", payload={"authorization": f"Bearer {person.token}"})
        assert client.receive() == {"type": "connection_ack"}
        return client


class Client:
    """A raw client of graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, kind: str, **fields: Any) -> None:
        self.connection.send(json.dumps({"type": kind, **fields}))

    def subscribe(self, operation_id: str, query: str, **variables: Any) -> None:
        self.send("subscribe", id=operation_id, payload={"query": query, "variables": variables})

    def receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.connection.recv(timeout=PATIENCE_S))
        return frame

    def until_pong(self) -> list[dict[str, Any]]:
        """Every frame that came before the answer to our ping."""
        self.send("ping", payload={"barrier": True})
        seen = []
        while (frame := self.receive()) != {"type": "pong", "payload": {"barrier": True}}:
            seen.append(frame)
        return seen

    def close_code(self) -> int | None:
        """Read to the end and say why it ended."""
        try:
            while True:
                self.connection.recv(timeout=PATIENCE_S)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None

    def close(self) -> None:
        self.connection.close()


@dataclass(frozen=True)
class Person:
    """Someone with an account, a token for everything and a browser's cookie."""

    actor: Actor
    token: str
    cookie: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def make_person(db: None, redis_client: Any) -> Callable[..., Person]:
    """Create an account with a token."""

    def make(name: str, *, role: Role = Role.MEMBER, scopes: tuple[Scope, ...] = tuple(Scope)) -> Person:
        with unit_of_work() as uow:
            user = User(email=f"{name.lower()}@example.org", display_name=name, role=role)
            uow.session.add(user)
            uow.session.flush()
            secret = open_session(uow, user, provider="credentials")
            actor = Actor(user.id, name, user.email, role)
            token = make_token(uow, actor, scopes)
        return Person(actor, token, f"{cookie_name()}={secret}")

    return make


def make_token(uow: Any, actor: Actor, scopes: tuple[Scope, ...]) -> str:
    """A token's secret."""
    _, secret = create_token(uow, actor, name="test", scopes=set(scopes))
    return secret


@pytest.fixture
def mara(make_person: Callable[..., Person]) -> Person:
    return make_person("Mara")


@pytest.fixture
def start_graph(
    db: None, redis_client: Any, configure: Callable[..., Settings]
) -> Iterator[Callable[..., Any]]:
    """Start services; each stops at the end of the test."""
    started: list[RunningGraph] = []

    def start(**pace: float) -> RunningGraph:
        graph = RunningGraph(Pace(**pace))
        started.append(graph)
        return graph

    yield start
    for graph in started:
        graph.stop()


@pytest.fixture
def graph(start_graph: Callable[..., RunningGraph]) -> RunningGraph:
    """A service at its real pace."""
    return start_graph()


@pytest.fixture
def ask(graph: RunningGraph) -> Iterator[Callable[..., dict[str, Any]]]:
    """Run an operation as a person; returns the whole answer."""
    with httpx.Client(trust_env=False, timeout=PATIENCE_S) as client:

        def run(person: Person | None, query: str, **variables: Any) -> dict[str, Any]:
            headers = person.bearer if person else {}
            answer = client.post(graph.url, json={"query": query, "variables": variables}, headers=headers)
            found: dict[str, Any] = answer.json()
            return found

        yield run


@dataclass(frozen=True)
class Song:
    """A work with its recordings and writers."""

    work_id: UUID
    recording_ids: list[UUID]
    writer_ids: list[UUID]


def make_song(actor: Actor, title: str, *, recordings: int = 2, writers: int = 2) -> Song:
    """Register a work with recordings, performers and shares through the services."""
    with unit_of_work() as uow:
        work = create_work(uow, actor, title=title, genres=["Folk"])
        people = [
            upsert_contributor(
                uow, actor, draft=ContributorDraft(name=f"{title} Writer {n}", roles=["composer"])
            )
            for n in range(writers)
        ]
        shares = [
            ContributionDraft(contributor_id=one.id, role="composer", share_ppm=1_000_000 // writers)
            for one in people
        ]
        if shares:
            set_contributions(uow, actor, work_id=work.id, contributions=shares)
        made = [
            upsert_recording(
                uow,
                actor,
                draft=RecordingDraft(title=f"{title} {n}", primary_artist=f"{title} Band", work_id=work.id),
            )
            for n in range(recordings)
        ]
        return Song(work.id, [one.id for one in made], [one.id for one in people])


def relay_events() -> int:
    """Send what waits in the outbox, as the relay does; returns how many events went out."""
    with unit_of_work() as uow:
        rows = list(uow.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))))
        for row in rows:
            uow.session.delete(row)
    events = [row for row in rows if row.kind == "event"]
    for row in events:
        send(row)
    return len(events)
