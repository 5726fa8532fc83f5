"""Entries and checkpoints as they come: replay, then live, each once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from graph_service.operations import Request
from omnisonic.core.ledger.repository import log_size
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.cycles import add_cycle
from omnisonic.platform.actor import Role, Scope
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.redis import get_redis
from tests.integration.core.conftest import link
from tests.integration.core.ledger.books import book
from tests.integration.core.royalties.books import make_song, report, usage
from tests.integration.graph_service.conftest import (
    PATIENCE_S,
    Client,
    Person,
    RunningGraph,
    make_token,
    relay_events,
)
from tests.own_redis import OwnRedis
from tests.waiting import wait_until

ENTRIES = """subscription($cycle: ID, $since: BigInt) {
  ledgerEntryCreated(cycleId: $cycle, sinceSeq: $since) { seq cycleId contributorId amount { amount } } }"""
CHECKPOINTS = """subscription($cycle: ID, $since: BigInt) {
  cycleCheckpointClosed(cycleId: $cycle, sinceIndex: $since) { cycleNumber treeSize } }"""
MAKERS = 3
ROUNDS = 8


def make_cycle(number: int) -> UUID:
    with unit_of_work() as uow:
        return add_cycle(
            uow,
            name=f"Month {number}",
            starts_on=date(2026, number, 1),
            ends_on=date(2026, number + 1, 1),
            currency="EUR",
        ).id


def listening(graph: RunningGraph, channel: str) -> bool:
    counts: Any = get_redis().pubsub_numsub(channel)
    return bool(counts[0][1]) and graph.service.listener.is_connected


def follow(graph: RunningGraph, client: Client, channel: str, query: str, **given: Any) -> None:
    """Subscribe from now on, and return once that is so."""
    client.subscribe("a", query, **given)
    assert client.until_pong() == []
    wait_until(lambda: listening(graph, channel))


def taken(client: Client, count: int) -> list[dict[str, Any]]:
    """The next `count` rows of the only subscription of a socket."""
    rows = []
    for _ in range(count):
        frame = client.receive()
        assert frame["type"] == "next", frame
        assert "errors" not in frame["payload"], frame
        rows.extend(frame["payload"]["data"].values())
    return rows


def seqs(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row["seq"]) for row in rows]


def refusal(client: Client, operation_id: str) -> str:
    frame = client.receive()
    assert (frame["type"], frame["id"]) == ("error", operation_id), frame
    return str(frame["payload"][0]["extensions"]["code"])


def entry_seqs(cycle_id: UUID | None = None) -> list[int]:
    where = "WHERE kind = 'entry'" + (" AND cycle_id = :cycle" if cycle_id else "")
    statement = text(f"SELECT leaf_index FROM log_leaves {where} ORDER BY 1")  # noqa: S608
    with read_session() as session:
        return list(session.execute(statement, {"cycle": cycle_id} if cycle_id else {}).scalars())


def test_replay_and_live_meet_without_a_gap_or_a_double(
    graph: RunningGraph, make_person: Callable[..., Person]
) -> None:
    cleo = make_person("Cleo", role=Role.CURATOR)
    one, two = make_cycle(1), make_cycle(2)
    book(one, 120)  # more than one read
    sequence_all()
    relay_events()

    relay = threading.Lock()  # there is one relay at a time

    def make() -> None:
        for _ in range(ROUNDS):
            book(one, 3)
            book(two, 2)
            sequence_all(limit=7)
            with relay:
                relay_events()

    live = graph.join(cleo)
    follow(graph, live, "ledger:cycle:*", ENTRIES)
    makers = [threading.Thread(target=make) for _ in range(MAKERS)]
    for maker in makers:
        maker.start()
    asked: list[tuple[Client, dict[str, Any]]] = [(live, {"since": None})]
    for given in ({"since": "0"}, {"since": "150"}, {"since": "0", "cycle": str(two)}, {"since": "0"}):
        client = graph.join(cleo)
        client.subscribe("replay", ENTRIES, **given)
        asked.append((client, given))
    for maker in makers:
        maker.join()
    sequence_all()
    relay_events()
    everything = entry_seqs()
    assert len(everything) == 2 * (120 + MAKERS * ROUNDS * 5)
    for client, given in asked:
        since = 359 if given["since"] is None else int(given["since"])
        wanted = [seq for seq in (entry_seqs(two) if "cycle" in given else everything) if seq > since]
        assert seqs(taken(client, len(wanted))) == wanted
        assert client.until_pong() == []


def test_payees_see_their_own_and_bad_places_are_refused(
    graph: RunningGraph, mara: Person, make_person: Callable[..., Person]
) -> None:
    cleo = make_person("Cleo", role=Role.CURATOR)
    song = make_song(cleo.actor)
    link(song.ann, mara.actor)
    cycle = report(cleo.actor, usage("one"), usage("two"))[0].event.cycle_id
    sequence_all()
    payee, curator, other = graph.join(mara), graph.join(cleo), graph.join(make_person("Teo"))
    for client in (payee, curator, other):
        client.subscribe("a", ENTRIES, since="0", cycle=str(cycle))
    assert {row["contributorId"] for row in taken(payee, 2)} == {str(song.ann.id)}
    assert {row["contributorId"] for row in taken(curator, 6)} == {None, str(song.ann.id), str(song.bob.id)}
    wait_until(lambda: listening(graph, f"ledger:cycle:{cycle}"))
    report(cleo.actor, usage("three"))
    sequence_all()
    relay_events()
    assert [row["contributorId"] for row in taken(payee, 1)] == [str(song.ann.id)]
    assert len(taken(curator, 3)) == 3
    link(song.bob, make_person("Bo").actor)  # nothing of it concerns Teo
    assert other.until_pong() == []

    with read_session() as session:
        size = log_size(session)
    with unit_of_work() as uow:
        graph_only = make_token(uow, mara.actor, (Scope.GRAPH_READ,))
    stranger, narrow = graph.dial(), graph.join(Person(mara.actor, graph_only, ""))
    stranger.send("connection_init")
    assert stranger.receive() == {"type": "connection_ack"}
    for client, query, given, code in (
        (payee, ENTRIES, {"since": str(size)}, "past-the-end"),
        (payee, ENTRIES, {"since": "-1"}, "invalid-fields"),
        (payee, ENTRIES, {"since": "soon"}, "graphql-invalid"),
        (payee, ENTRIES, {"cycle": str(uuid4())}, "not-found"),
        (payee, ENTRIES, {"cycle": "March"}, "invalid-fields"),
        (stranger, ENTRIES, {}, "unauthenticated"),
        (narrow, ENTRIES, {}, "forbidden"),
        (stranger, CHECKPOINTS, {"since": str(size + 1)}, "past-the-end"),
    ):
        client.subscribe("bad", query, **given)
        assert refusal(client, "bad") == code
    client = graph.join(mara)
    client.subscribe("last", ENTRIES, since=str(size - 1))
    assert client.until_pong() == []


def test_checkpoints_reach_everybody_and_entries_survive_a_restart_of_redis(
    cosigner: str, own_redis: OwnRedis, start_graph: Callable[..., RunningGraph], make_person: Any
) -> None:
    cleo = make_person("Cleo", role=Role.CURATOR)
    graph = start_graph(reconnect_s=0.05)
    make_song(cleo.actor)
    cycles = [
        report(cleo.actor, usage(f"in {month}", occurred_at=datetime(2026, month, 5, tzinfo=UTC)))[
            0
        ].event.cycle_id
        for month in (1, 2, 3)
    ]
    sequence_all()
    close_cycle(cleo.actor, cycle_id=cycles[0])
    relay_events()
    stranger = graph.dial()
    stranger.send("connection_init")
    assert stranger.receive() == {"type": "connection_ack"}
    stranger.subscribe("a", CHECKPOINTS, since="0")
    (first,) = taken(stranger, 1)
    late, one_cycle, entries = graph.dial(), graph.dial(), graph.join(cleo)
    for client in (late, one_cycle):
        client.send("connection_init")
        assert client.receive() == {"type": "connection_ack"}
    follow(graph, late, "checkpoint:*", CHECKPOINTS, since=first["treeSize"])
    follow(graph, one_cycle, f"checkpoint:{cycles[2]}", CHECKPOINTS, cycle=str(cycles[2]))
    follow(graph, entries, "ledger:cycle:*", ENTRIES)

    own_redis.stop()
    wait_until(lambda: not graph.service.listener.is_connected)
    report(cleo.actor, usage("while nobody listened", occurred_at=datetime(2026, 3, 9, tzinfo=UTC)))
    sequence_all()
    close_cycle(cleo.actor, cycle_id=cycles[1])
    with unit_of_work() as uow:
        uow.session.execute(text("DELETE FROM outbox"))  # the events themselves are lost for good
    own_redis.start()
    for client in (stranger, late):
        (second,) = taken(client, 1)
        assert second["cycleNumber"] == 2
        assert int(second["treeSize"]) > int(first["treeSize"])
    assert seqs(taken(entries, 3)) == entry_seqs()[-3:]
    wait_until(lambda: listening(graph, "ledger:cycle:*"))
    close_cycle(cleo.actor, cycle_id=cycles[2])
    relay_events()
    for client in (stranger, late, one_cycle):
        assert taken(client, 1)[0]["cycleNumber"] == 3
        assert client.until_pong() == []


class Slow:
    """A reader that takes results only while its door is open."""

    def __init__(self) -> None:
        self.door = asyncio.Event()
        self.door.set()
        self.took: list[int] = []

    @property
    def has_room(self) -> bool:
        return self.door.is_set()

    async def room(self) -> None:
        await self.door.wait()

    def deliver(self, payload_json: str) -> None:
        self.took.append(int(json.loads(payload_json)["data"]["ledgerEntryCreated"]["seq"]))


def test_a_slow_reader_holds_nobody_up_and_misses_nothing(
    graph: RunningGraph, make_person: Callable[..., Person]
) -> None:
    cleo = make_person("Cleo", role=Role.CURATOR)
    cycle = make_cycle(1)
    quick, slow = graph.join(cleo), Slow()
    follow(graph, quick, "ledger:cycle:*", ENTRIES)
    prepared = graph.service.operations.prepare(Request(ENTRIES), cleo.actor)
    adding = graph.service.subscriptions.add(prepared, cleo.actor, slow)
    stop = asyncio.run_coroutine_threadsafe(adding, graph.loop).result(PATIENCE_S)

    def more(count: int) -> list[int]:
        book(cycle, count)
        sequence_all()
        relay_events()
        return seqs(taken(quick, 2 * count))

    wanted = more(1)
    wait_until(lambda: slow.took == wanted)
    graph.loop.call_soon_threadsafe(slow.door.clear)
    wanted += more(60) + more(1)
    assert slow.took == wanted[:2]
    graph.loop.call_soon_threadsafe(slow.door.set)
    wait_until(lambda: slow.took == wanted)
    wanted += more(1)
    wait_until(lambda: slow.took == wanted)
    graph.loop.call_soon_threadsafe(stop)
    more(1)
    assert quick.until_pong() == []
    assert slow.took == wanted
