"""From a change to the subscriber: with npm's client, with many, without Redis, with a slow reader."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from graph_service.limits import SUBSCRIPTION_QUEUE_MAX
from omnisonic.core.catalog.recordings import upsert_recording
from omnisonic.core.catalog.schemas import RecordingDraft, WorkChanges
from omnisonic.core.catalog.works import update_work
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.redis import get_redis
from tests.integration.graph_service.conftest import (
    Client,
    Person,
    RunningGraph,
    make_song,
    relay_events,
)
from tests.node_packages import start_script
from tests.own_redis import OwnRedis
from tests.waiting import wait_until

WORK = "subscription($id: ID!) { workUpdated(workId: $id) { title splits { contributor { name } } } }"
RECORDING = "subscription($id: ID!) { recordingUpdated(recordingId: $id) { title work { title } } }"


def rename(person: Person, work_id: UUID, title: str) -> None:
    with unit_of_work() as uow:
        update_work(uow, person.actor, work_id=work_id, changes=WorkChanges(title=title))


def listening(graph: RunningGraph, channel: str) -> bool:
    counts: Any = get_redis().pubsub_numsub(channel)
    return bool(counts[0][1]) and graph.service.listener.is_connected


def follow(graph: RunningGraph, client: Client, operation_id: str, work_id: UUID, query: str = WORK) -> None:
    """Subscribe and return once changes are heard."""
    client.subscribe(operation_id, query, id=str(work_id))
    assert client.until_pong() == []
    wait_until(lambda: listening(graph, f"work:{work_id}"))


def test_npms_client_gets_every_change_and_no_initial_row(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    relay_events()
    variables = json.dumps({"id": str(song.work_id)})
    script = start_script("subscribe.mjs", graph.socket_url, mara.token, WORK, variables, "2")
    wait_until(lambda: listening(graph, f"work:{song.work_id}"))
    for title in ("Ebb", "Flow"):
        rename(mara, song.work_id, title)
        relay_events()
    said = [json.loads(line) for line in script.communicate(timeout=30)[0].splitlines()]
    titles = [line["value"]["data"]["workUpdated"]["title"] for line in said if line["kind"] == "next"]
    assert len(titles) == 2
    assert set(titles) <= {"Ebb", "Flow"}  # the row as it is when it is read, so perhaps newer than the event
    assert titles[-1] == "Flow"
    assert said[0] == {"kind": "connected", "value": None}
    assert {"kind": "complete", "value": None} in said


def test_npms_client_is_told_why_it_may_not(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    variables = json.dumps({"id": str(song.work_id)})
    script = start_script("subscribe.mjs", graph.socket_url, "", WORK, variables, "1")
    said = [json.loads(line) for line in script.communicate(timeout=30)[0].splitlines()]
    error = next(line["value"] for line in said if line["kind"] == "error")
    assert error[0]["extensions"]["code"] == "unauthenticated"


def test_a_change_reaches_each_subscription_of_each_socket(
    graph: RunningGraph, mara: Person, make_person: Callable[..., Person]
) -> None:
    song = make_song(mara.actor, "Tide")
    clients = [graph.join(mara), graph.join(make_person("Teo"))]
    for client in clients:
        for operation_id in ("a", "b"):
            follow(graph, client, operation_id, song.work_id)
    relay_events()
    rename(mara, song.work_id, "Ebb")
    relay_events()
    for client in clients:
        told: set[str] = set()
        while told != {"a", "b"}:  # each in its own time: one may have the newest row twice before the other
            frame = client.receive()
            assert "errors" not in frame["payload"]
            if frame["payload"]["data"]["workUpdated"]["title"] == "Ebb":
                told.add(frame["id"])


def test_recordings_have_their_own_channel(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide", recordings=1)
    relay_events()
    recording_id = song.recording_ids[0]
    client = graph.join(mara)
    client.subscribe("r", RECORDING, id=str(recording_id))
    wait_until(lambda: listening(graph, f"recording:{recording_id}"))
    draft = RecordingDraft(title="Live", primary_artist="Tide Band", recording_id=recording_id)
    with unit_of_work() as uow:
        upsert_recording(uow, mara.actor, draft=draft)
    relay_events()
    frame = client.receive()
    assert frame["payload"] == {"data": {"recordingUpdated": {"title": "Live", "work": {"title": "Tide"}}}}


def test_complete_stops_delivery_and_the_channel(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    relay_events()
    client = graph.join(mara)
    follow(graph, client, "a", song.work_id)
    client.send("complete", id="a")
    assert client.until_pong() == []
    wait_until(lambda: not listening(graph, f"work:{song.work_id}"))
    rename(mara, song.work_id, "Ebb")
    relay_events()
    assert client.until_pong() == []


def test_a_closed_socket_leaves_nothing_behind(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    client = graph.join(mara)
    follow(graph, client, "a", song.work_id)
    client.close()
    wait_until(lambda: not graph.service.sockets.connections)
    wait_until(lambda: not listening(graph, f"work:{song.work_id}"))


def test_subscriptions_recover_when_redis_comes_back(
    db: None, own_redis: OwnRedis, start_graph: Callable[..., RunningGraph], make_person: Any
) -> None:
    mara = make_person("Mara")
    graph = start_graph(reconnect_s=0.05)
    song, other = make_song(mara.actor, "Tide"), make_song(mara.actor, "Moon")
    client = graph.join(mara)
    follow(graph, client, "a", song.work_id)
    follow(graph, client, "b", other.work_id)
    own_redis.stop()
    wait_until(lambda: not graph.service.listener.is_connected)
    rename(mara, song.work_id, "Changed while nobody listened")
    with unit_of_work() as uow:
        uow.session.execute(text("DELETE FROM outbox"))  # the event itself is lost for good
    own_redis.start()
    frame = client.receive()
    assert frame["id"] == "a"
    assert frame["payload"]["data"]["workUpdated"]["title"] == "Changed while nobody listened"
    wait_until(lambda: listening(graph, f"work:{other.work_id}"))
    rename(mara, other.work_id, "Heard again")
    relay_events()
    frame = client.receive()
    assert (frame["id"], frame["payload"]["data"]["workUpdated"]["title"]) == ("b", "Heard again")


def test_a_reader_that_stops_loses_its_subscription_and_nobody_elses(
    graph: RunningGraph, mara: Person
) -> None:
    song = make_song(mara.actor, "Tide", writers=0)
    relay_events()
    query = "subscription($id: ID!) { workUpdated(workId: $id) { title description } }"
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", graph.ports.sockets))
    stalled = graph.join(mara, sock=narrow, max_queue=1)
    follow(graph, stalled, "slow", song.work_id, query)
    reader = graph.join(mara)
    follow(graph, reader, "quick", song.work_id, query)
    with unit_of_work() as uow:
        long_text = WorkChanges(description="x" * 5000)
        update_work(uow, mara.actor, work_id=song.work_id, changes=long_text)
    channel = f"work:{song.work_id}"
    received = 0
    for _ in range(SUBSCRIPTION_QUEUE_MAX * 10):
        graph.loop.call_soon_threadsafe(
            graph.service.subscriptions.on_message, channel, '{"data":{"version":1}}'
        )
        reader.receive()
        received += 1
    assert received == SUBSCRIPTION_QUEUE_MAX * 10
    frames = []
    while (frame := stalled.receive())["type"] == "next":
        frames.append(frame)
    assert frame["type"] == "error"
    assert frame["payload"][0]["extensions"]["code"] == "graphql-slow-consumer"
    assert len(frames) < received
