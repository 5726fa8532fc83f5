"""`subscriptions`: 1 000 sockets with 5 subscriptions each, from a change to the last who follows it."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import time
from statistics import quantiles
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect

from bench.graph_catalog import make_reader, make_works
from bench.report import Figure
from bench.servers import own_servers, running_graph, running_relay
from omnisonic.core.catalog.schemas import WorkChanges
from omnisonic.core.catalog.works import update_work
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import in_thread, unit_of_work

SOCKETS = 1_000
SUBSCRIPTIONS = 5
WORKS = 400
DIALING_AT_ONCE = 50
PAUSE_S = 0.1
PATIENCE_S = 30.0
QUERY = (
    "subscription($id: ID!) { workUpdated(workId: $id) "
    "{ title hasConflict splits { pctShare contributor { name } } } }"
)


class Audience:
    """Every socket, and when each result arrived."""

    def __init__(self) -> None:
        self.sockets: list[ClientConnection] = []
        self.followers: dict[UUID, int] = {}
        self.arrivals_s: dict[str, list[float]] = {}
        self._readers: list[asyncio.Task[None]] = []
        self._limit = asyncio.Semaphore(DIALING_AT_ONCE)

    async def join(self, url: str, token: str, works: list[UUID]) -> None:
        """Open a socket and follow these works."""
        async with self._limit:
            socket = await connect(
                url, subprotocols=["graphql-transport-ws"], proxy=None, ping_interval=None, compression=None
            )  # type: ignore[call-overload]
            init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
            await socket.send(json.dumps(init))
            await socket.recv()
            for number, work in enumerate(works):
                payload = {"query": QUERY, "variables": {"id": str(work)}}
                await socket.send(json.dumps({"type": "subscribe", "id": str(number), "payload": payload}))
                self.followers[work] = self.followers.get(work, 0) + 1
            await socket.send('{"type":"ping"}')
            assert json.loads(await socket.recv())["type"] == "pong"
        self.sockets.append(socket)
        self._readers.append(asyncio.create_task(self._read(socket)))

    async def wait_for(self, title: str, count: int) -> None:
        """Return when so many results with this title have come."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.arrivals_s.get(title, ())) < count:
                await asyncio.sleep(0.005)

    async def leave(self) -> None:
        """Close everything."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*(socket.close() for socket in self.sockets))

    async def _read(self, socket: ClientConnection) -> None:
        async for message in socket:
            now_s = time.perf_counter()
            # Not parsed: what this side does with a result would count as the next one's delay.
            title = str(message).partition('"title":"')[2].partition('"')[0]
            self.arrivals_s.setdefault(title, []).append(now_s)


def run(quick: bool) -> list[Figure]:
    """Changes that a few follow and changes that all follow, in turn; the latter also by themselves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))
    with own_servers():
        works = make_works(WORKS)
        actor, token = make_reader()
        editor = Actor(actor.user_id, actor.display_name, actor.email, Role.ADMIN)
        with running_graph() as (_, socket_url), running_relay():
            every, hot = asyncio.run(_measure(socket_url, token, editor, works, changes=20 if quick else 100))
    return [
        Figure("subscriptions", "p95_ms", "-", _p95_ms(every), None, "ms", False),
        Figure("subscriptions", "everyone_p95_ms", "-", _p95_ms(hot), None, "ms", False),
    ]


async def _measure(
    url: str, token: str, editor: Actor, works: list[UUID], *, changes: int
) -> tuple[list[float], list[float]]:
    """Delays of every delivery, and of those of the work that all follow."""
    chance, audience, hot = random.Random(7), Audience(), works[0]
    groups = [[hot, *chance.sample(works[1:], SUBSCRIPTIONS - 1)] for _ in range(SOCKETS)]
    await asyncio.gather(*(audience.join(url, token, group) for group in groups))
    every: list[float] = []
    of_hot: list[float] = []
    for number in range(changes):
        work = hot if number % 2 else chance.choice([one for one in audience.followers if one != hot])
        title = f"Change {number}"
        started_s = time.perf_counter()
        await in_thread(_rename, editor, work, title)
        await audience.wait_for(title, audience.followers[work])
        delays = [arrival_s - started_s for arrival_s in audience.arrivals_s[title]]
        every += delays
        of_hot += delays if work == hot else []
        await asyncio.sleep(PAUSE_S)
    await audience.leave()
    return every, of_hot


def _rename(editor: Actor, work_id: UUID, title: str) -> None:
    with unit_of_work() as uow:
        update_work(uow, editor, work_id=work_id, changes=WorkChanges(title=title))


def _p95_ms(delays_s: list[float]) -> float:
    return quantiles(delays_s, n=20)[-1] * 1000
