"""Durable events: in order, without a gap, replayed after an absence, started anew after a loss."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import start, stop
from omnisonic.platform.embedded.valkey import EmbeddedValkey
from omnisonic.platform.events import publish_durable, publish_ephemeral, room_channel
from omnisonic.platform.redis import get_redis
from tests.integration.studio.conftest import Person, invite
from tests.integration.studio.rooms.conftest import (
    RunningGateway,
    announce,
    present,
    relay_outbox,
    ticket_of,
)

Start = Callable[..., RunningGateway]


def test_what_the_api_changes_arrives_in_order(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    client = gateway.join(mara, session_id)
    for version in range(1, 6):
        answer = mara.patch(f"/api/sessions/{session_id}", {"masterGainDb": -version, "version": version})
        assert answer.status_code == 200
    relay_outbox()
    frames = [client.next("session.changed") for _ in range(5)]
    assert [frame["seq"] for frame in frames] == [1, 2, 3, 4, 5]
    assert [frame["data"]["session"]["masterGainDb"] for frame in frames] == [-1, -2, -3, -4, -5]
    assert {frame["epoch"] for frame in frames} == {client.snapshot["epoch"]}
    assert {frame["actor"] for frame in frames} == {str(mara.actor.user_id)}


def test_progress_of_an_export_is_passed_on_without_a_number(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    client = gateway.join(mara, session_id)
    progress = {"exportId": "e", "status": "processing", "progress": 40, "stage": "render"}
    assert publish_ephemeral(room_channel(session_id), "export.progress", progress)
    frame = client.next("export.progress")
    assert frame["data"] == progress
    assert "seq" not in frame


def test_resume_replays_the_gap_exactly_and_in_order(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    before = gateway.join(mara, session_id)
    announce(session_id, 1)
    seen = before.next("comment.created")
    before.close()
    for number in range(2, 400):  # more than one socket's queue holds
        announce(session_id, number)
    after = gateway.join(mara, session_id)
    after.send("resume", epoch=seen["epoch"], seq=seen["seq"])
    replayed = after.until_pong()
    assert [frame["data"]["number"] for frame in replayed] == list(range(2, 400))
    assert [frame["seq"] for frame in replayed] == list(range(2, 400))
    announce(session_id, 400)
    assert after.receive()["seq"] == 400


def test_resume_while_events_pour_in_loses_and_repeats_nothing(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    for number in range(1, 101):
        announce(session_id, number)
    client = gateway.join(mara, session_id)
    client.send("resume", epoch=client.snapshot["epoch"], seq=0)
    for number in range(101, 201):
        announce(session_id, number)
    frames = [*client.until("comment.created", number=200)]
    numbers = [frame["seq"] for frame in frames] + [200]
    # Live frames may precede the replay, which contains them again; from its start on there is no gap.
    assert numbers[numbers.index(1) :] == list(range(1, 201))


def test_nothing_missed_means_nothing_sent(gateway: RunningGateway, mara: Person, session_id: str) -> None:
    announce(session_id, 1)
    client = gateway.join(mara, session_id)
    client.send("resume", epoch=client.snapshot["epoch"], seq=1)
    assert client.until_pong() == []


@pytest.mark.parametrize(("epoch", "seq"), [("another-life", 1), (None, 10_000)])
def test_a_position_that_never_was_gets_a_snapshot(
    gateway: RunningGateway, mara: Person, session_id: str, epoch: str | None, seq: int
) -> None:
    announce(session_id, 1)
    client = gateway.join(mara, session_id)
    client.send("resume", epoch=epoch or client.snapshot["epoch"], seq=seq)
    (frame,) = client.until_pong()
    assert (frame["type"], frame["data"]["seq"]) == ("room.snapshot", 1)


def test_a_position_too_old_gets_a_snapshot(gateway: RunningGateway, mara: Person, session_id: str) -> None:
    announce(session_id, 0)
    client = gateway.join(mara, session_id)
    for number in range(1, 1300):
        announce(session_id, number)
    client.next("comment.created", number=1299)
    client.send("resume", epoch=client.snapshot["epoch"], seq=1)
    (frame,) = client.until_pong()
    assert (frame["type"], frame["data"]["seq"]) == ("room.snapshot", 1300)


def test_a_lost_subscription_is_made_up_for(
    start_gateway: Start, mara: Person, session_id: str, redis_client: redis.Redis
) -> None:
    gateway = start_gateway(reconnect_s=0.5)
    client = gateway.join(mara, session_id)
    announce(session_id, 1)
    client.next("comment.created", number=1)
    redis_client.client_kill_filter(_type="pubsub")
    for number in range(2, 20):
        announce(session_id, number)
    assert [client.next("comment.created")["data"]["number"] for _ in range(18)] == list(range(2, 20))
    assert client.until_pong() == []


def test_a_new_epoch_is_a_snapshot_for_everyone(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str, redis_client: redis.Redis
) -> None:
    invite(mara, teo, session_id)
    relay_outbox()
    clients = [gateway.join(mara, session_id), gateway.join(teo, session_id)]
    announce(session_id, 1)
    for key in redis_client.keys("events:*"):
        redis_client.delete(key)
    announce(session_id, 2)
    for client in clients:
        again = client.next("room.snapshot")
        assert again["epoch"] != client.snapshot["epoch"]
        assert len(again["data"]["members"]) == 2
        assert again["data"]["seq"] == 1
    announce(session_id, 3)
    assert clients[0].next("comment.created", number=3)["seq"] == 2


def test_a_slow_reader_is_closed_and_slows_nobody(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    invite(mara, teo, session_id)
    relay_outbox()
    brisk = gateway.join(mara, session_id)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    stalled = gateway.dial(ticket=ticket_of(teo, session_id), roomId=session_id, sock=line, max_queue=1)
    brisk.next("presence.join")
    filler = "x" * 60_000
    seen = []
    for number in range(200):
        publish_durable(room_channel(session_id), "comment.created", {"number": number, "body": filler})
        seen += brisk.until("comment.created", number=number)
    if not seen:
        seen = [brisk.next("presence.leave")]
    assert [(frame["type"], frame["data"]["displayName"]) for frame in seen] == [("presence.leave", "Teo")]
    assert stalled.close_code() == 4008


@pytest.fixture
def own_valkey(
    tmp_path: Path, configure: Callable[..., Any], mara: Person
) -> Iterator[tuple[EmbeddedValkey, list[subprocess.Popen[bytes]]]]:
    """A server that a test may stop and start without taking it from the others."""
    server = EmbeddedValkey(DataFolder.open(tmp_path / "valkey"))
    running = [start(server.spec(), subprocess.DEVNULL)]
    _await_ready(server)
    configure(REDIS_URL=server.url)
    yield server, running
    stop(running[-1], server.spec())


def test_everyone_gets_a_snapshot_after_a_restart_of_redis(
    mara: Person, session_id: str, own_valkey: Any
) -> None:
    from omnisonic.studio.rooms.limits import Pace

    server, running = own_valkey
    gateway = RunningGateway(pace=Pace(reconnect_s=0.05))
    try:
        client = gateway.join(mara, session_id)
        announce(session_id, 1)
        client.next("comment.created", number=1)
        stop(running[-1], server.spec())
        running.append(start(server.spec(), subprocess.DEVNULL))
        _await_ready(server)
        again = client.next("room.snapshot")
        assert again["epoch"] != client.snapshot["epoch"]
        assert [member["displayName"] for member in again["data"]["members"]] == ["Mara"]
        get_redis().connection_pool.disconnect()
        announce(session_id, 2)
        assert client.next("comment.created")["data"]["number"] == 2
        assert present(mara, session_id) == ["Mara"]
    finally:
        gateway.stop()


def _await_ready(server: EmbeddedValkey) -> None:
    while not server.is_ready():
        continue


def test_a_lost_message_is_fetched_and_a_repeated_one_dropped(
    gateway: RunningGateway, mara: Person, session_id: str, redis_client: redis.Redis
) -> None:
    client = gateway.join(mara, session_id)
    keys = f"events:{{{room_channel(session_id)}}}"
    lost = {"epoch": client.snapshot["epoch"], "seq": 1, "type": "comment.created", "at": "", "actor": None}
    redis_client.hincrby(f"{keys}:life", "seq", 1)
    redis_client.xadd(f"{keys}:stream", {"frame": json.dumps({**lost, "data": {"number": 1}})}, id="1-0")
    assert announce(session_id, 2) == 2
    repeated = json.dumps({**lost, "seq": 2, "data": {"number": 2}})
    redis_client.publish(room_channel(session_id), repeated)
    announce(session_id, 3)
    assert [client.receive()["data"]["number"] for _ in range(3)] == [1, 2, 3]
