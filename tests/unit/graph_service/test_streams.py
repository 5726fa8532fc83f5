"""Where replay and live meet, in the orders that are rare: nothing is skipped, nothing comes twice."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from sqlmodel import Session

from graph_service.operations import Operations, Request
from graph_service.reads import Database
from graph_service.schema import schema
from graph_service.streams import ROWS_AT_ONCE, Part, Streams, StreamWatch
from omnisonic.platform.actor import Actor, Role

PATIENCE_S = 20.0
CURATOR = Actor(UUID(int=1), "Cleo", "cleo@example.org", Role.CURATOR)
CHANNEL = "ledger:cycle:*"


class Rows:
    """A log of so many rows, each its own place."""

    def __init__(self, count: int) -> None:
        self.count = count

    def read(self, _session: Session, place: int, limit: int) -> Part:
        rows = [(seq, SimpleNamespace(seq=seq)) for seq in range(place, min(self.count, place + limit))]
        return Part(rows, rows[-1][0] + 1 if len(rows) == limit else max(place, self.count))


class Held:
    """A read that has looked and does not answer before it is let go."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.has_looked, self.go = threading.Event(), threading.Event()

    def read(self, session: Session, place: int, limit: int) -> Part:
        part = self.rows.read(session, place, limit)
        self.has_looked.set()
        assert self.go.wait(PATIENCE_S)
        return part


class Reader:
    """Takes everything at once."""

    has_room = True

    def __init__(self) -> None:
        self.took: list[int] = []
        self.changed = asyncio.Event()

    async def room(self) -> None:
        """There always is."""

    def deliver(self, payload_json: str) -> None:
        self.took.append(int(json.loads(payload_json)["data"]["ledgerEntryCreated"]["seq"]))
        self.changed.set()

    async def until(self, count: int) -> list[int]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.took) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.took


class Quiet:
    """Channels that say nothing by themselves."""

    def follow(self, channel: str) -> None: ...

    def unfollow(self, channel: str) -> None: ...


class Running:
    """Streams without a database: rows come from the watches."""

    def __init__(self) -> None:
        self.database = Database()
        operations = Operations(schema.graphql_schema, self.database)
        self.prepared = operations.prepare(Request("subscription { ledgerEntryCreated { seq } }"), CURATOR)
        self.streams = Streams(operations, self.database, Quiet(), open_session=no_session)

    def add(self, read: Any, start: int = 0) -> Reader:
        reader = Reader()
        self.streams.add(StreamWatch(CHANNEL, start, read, "curators"), self.prepared, CURATOR, reader)
        return reader

    def wake(self) -> None:
        self.streams.wake(CHANNEL)


@contextmanager
def no_session() -> Iterator[Session]:
    yield cast(Session, None)


async def looked(held: Held) -> None:
    assert await asyncio.to_thread(held.has_looked.wait, PATIENCE_S)


def run(check: Callable[[Running], Awaitable[None]]) -> None:
    async def checked() -> None:
        running = Running()
        try:
            await check(running)
        finally:
            running.streams.cancel()
            running.database.close()

    asyncio.run(checked())


def test_who_finds_the_others_ahead_reads_on() -> None:
    async def check(running: Running) -> None:
        rows = Rows(3)
        first, held = running.add(rows.read), Held(rows)
        await first.until(3)
        second = running.add(held.read)
        await looked(held)
        rows.count = 5
        running.wake()
        await first.until(5)
        held.go.set()
        assert await second.until(5) == [0, 1, 2, 3, 4]

    run(check)


def test_who_comes_from_ahead_gets_nothing_twice() -> None:
    async def check(running: Running) -> None:
        rows = Rows(3)
        held = Held(rows)
        held.go.set()
        first = running.add(held.read)
        await first.until(3)
        rows.count = 4
        held.go.clear()
        held.has_looked.clear()
        running.wake()
        await looked(held)  # the group has seen the fourth row and is about to send it
        second = running.add(rows.read)
        await second.until(4)
        held.go.set()
        await first.until(4)
        rows.count = 5
        running.wake()
        assert await first.until(5) == await second.until(5) == [0, 1, 2, 3, 4]

    run(check)


def test_what_comes_while_the_first_one_looks_is_not_forgotten() -> None:
    async def check(running: Running) -> None:
        rows = Rows(0)
        held = Held(rows)
        first = running.add(held.read)
        await looked(held)
        rows.count = 1
        running.wake()  # there is no group yet that this could wake
        held.go.set()
        assert await first.until(1) == [0]

    run(check)


def test_more_than_one_read_holds_comes_in_order() -> None:
    async def check(running: Running) -> None:
        count = 2 * ROWS_AT_ONCE
        assert await running.add(Rows(count).read).until(count) == list(range(count))
        assert await running.add(Rows(count).read, start=count - 1).until(1) == [count - 1]

    run(check)
