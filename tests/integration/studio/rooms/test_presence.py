"""Who is in a room: over sockets, over REST, over several gateways."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from omnisonic.platform.events import publish_ephemeral, room_channel
from omnisonic.platform.redis import get_redis
from omnisonic.studio.rooms.presence import BlockingRoster, Entry
from tests.integration.studio.conftest import Person, invite
from tests.integration.studio.rooms.conftest import (
    PATIENCE_S,
    Client,
    RunningGateway,
    announce,
    present,
    relay_outbox,
    ticket_of,
)

Start = Callable[..., RunningGateway]


@pytest.fixture
def shared(mara: Person, teo: Person, session_id: str) -> str:
    """A session with both of them in it."""
    invite(mara, teo, session_id)
    relay_outbox()
    return session_id


def until_marker(client: Client, session_id: str, number: int) -> list[str]:
    """Types of all frames before a durable event that is sent now: what was published before is in."""
    announce(session_id, number)
    return [frame["type"] for frame in client.until("comment.created", number=number)]


def test_two_people_see_each_other_come_and_go(
    gateway: RunningGateway, mara: Person, teo: Person, shared: str
) -> None:
    first = gateway.join(mara, shared)
    second = gateway.join(teo, shared)
    assert second.member_ids() == [str(mara.actor.user_id), str(teo.actor.user_id)]
    joined = first.next("presence.join")
    assert joined["data"] == {"memberId": str(teo.actor.user_id), "displayName": "Teo"}
    assert joined["actor"] == str(teo.actor.user_id)
    assert "seq" not in joined
    assert present(mara, shared) == ["Mara", "Teo"]
    second.close()
    assert first.next("presence.leave")["data"]["memberId"] == str(teo.actor.user_id)
    assert present(mara, shared) == ["Mara"]


def test_nobody_is_told_about_themselves(gateway: RunningGateway, mara: Person, shared: str) -> None:
    client = gateway.join(mara, shared)
    assert until_marker(client, shared, 1) == []


def test_two_connections_of_one_person_count_once(
    gateway: RunningGateway, mara: Person, teo: Person, shared: str
) -> None:
    watcher = gateway.join(mara, shared)
    one, two = gateway.join(teo, shared), gateway.join(teo, shared)
    assert two.member_ids().count(str(teo.actor.user_id)) == 1
    assert until_marker(watcher, shared, 1) == ["presence.join"]
    one.close(4001)
    assert until_marker(watcher, shared, 2) == []
    assert present(mara, shared) == ["Mara", "Teo"]
    two.close(4001)
    watcher.next("presence.leave")
    assert present(mara, shared) == ["Mara"]


def test_a_reload_within_the_grace_is_not_seen(
    start_gateway: Start, mara: Person, teo: Person, shared: str
) -> None:
    gateway = start_gateway(grace_s=30)
    watcher = gateway.join(mara, shared)
    gateway.join(teo, shared).close(1001)
    back = gateway.join(teo, shared)
    assert until_marker(watcher, shared, 1) == ["presence.join"]
    back.close(4001)
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"


def test_leaving_on_purpose_needs_no_grace(
    start_gateway: Start, mara: Person, teo: Person, shared: str
) -> None:
    gateway = start_gateway(grace_s=600)
    watcher = gateway.join(mara, shared)
    gateway.join(teo, shared).close(4001)
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"


def test_who_gives_no_sign_of_life_expires_and_is_cut(
    start_gateway: Start, mara: Person, teo: Person, shared: str
) -> None:
    gateway = start_gateway(ping_s=0.05, expiry_s=0.6, dead_s=1.0, beat_s=0.1, sweep_s=0.05, close_s=0.2)
    watcher = gateway.join(mara, shared)
    silent = _dial_without_pongs(gateway, ticket_of(teo, shared), shared)
    assert watcher.next("presence.join")["data"]["displayName"] == "Teo"
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"
    assert until_marker(watcher, shared, 1) == []  # the watcher answers pings and stays
    while silent.recv(4096):
        continue


def test_two_gateways_share_a_room(start_gateway: Start, mara: Person, teo: Person, shared: str) -> None:
    here, there = start_gateway(grace_s=0.1), start_gateway(grace_s=0.1)
    first, second = here.join(mara, shared), there.join(teo, shared)
    assert len(second.member_ids()) == 2
    first.next("presence.join")
    second.send("relay", payload={"hello": "there"})
    assert first.next("relay")["data"] == {"payload": {"hello": "there"}}
    first.send("mix.preview", trackId="01a1fc24-c943-71dd-9f5a-2a9ac1b7ecc4", gainDb=-3.5)
    assert second.next("mix.preview")["data"]["gainDb"] == -3.5
    announce(shared, 1)
    assert first.next("comment.created")["seq"] == second.next("comment.created")["seq"]
    second.close()
    assert first.next("presence.leave")["data"]["displayName"] == "Teo"


def test_a_stopping_gateway_says_1012_and_leaves_the_roster(
    start_gateway: Start, mara: Person, teo: Person, shared: str
) -> None:
    staying, leaving = start_gateway(grace_s=600), start_gateway(grace_s=600)
    watcher, client = staying.join(mara, shared), leaving.join(teo, shared)
    watcher.next("presence.join")
    leaving.stop()
    assert client.close_code() == 1012
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"
    assert present(mara, shared) == ["Mara"]


def test_the_entries_of_a_gateway_that_was_killed_are_swept(
    start_gateway: Start, mara: Person, teo: Person, shared: str
) -> None:
    gateway = start_gateway(sweep_s=0.05)
    watcher = gateway.join(mara, shared)
    member_id = str(teo.actor.user_id)
    entry = Entry(member_id, "of-a-dead-process", "Teo", 300)
    assert BlockingRoster(get_redis()).beat(shared, [entry]) == [member_id]
    joined = {"memberId": member_id, "displayName": "Teo"}
    publish_ephemeral(room_channel(shared), "presence.join", joined, actor=member_id)
    watcher.next("presence.join")
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"


def test_a_lost_message_leaves_no_ghost(start_gateway: Start, mara: Person, teo: Person, shared: str) -> None:
    gateway = start_gateway(beat_s=0.05)
    watcher = gateway.join(mara, shared)
    roster = BlockingRoster(get_redis())
    roster.beat(shared, [Entry(str(teo.actor.user_id), "elsewhere", "Teo", 60_000)])  # and nobody tells
    assert watcher.next("presence.join")["data"]["displayName"] == "Teo"
    roster.leave(shared, [(str(teo.actor.user_id), "elsewhere")])
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"


def test_presence_over_rest_shares_the_roster(
    gateway: RunningGateway, mara: Person, teo: Person, shared: str
) -> None:
    watcher = gateway.join(mara, shared)
    body = {"roomId": shared, "memberId": str(teo.actor.user_id), "displayName": "Teo T.", "status": "away"}
    entered = teo.post("/api/presence", body).json()
    assert entered["ok"] is True
    assert watcher.next("presence.join")["data"]["displayName"] == "Teo T."
    members = mara.get("/api/presence", params={"roomId": shared}).json()["members"]
    assert [(one["displayName"], one["status"]) for one in members] == [
        ("Mara", "online"),
        ("Teo T.", "away"),
    ]
    assert all(one["joinedAt"].endswith("Z") and one["lastSeenAt"].endswith("Z") for one in members)
    assert teo.client.request("DELETE", "/api/presence", json=body).status_code == 422  # unknown fields
    body = {"roomId": shared, "memberId": str(teo.actor.user_id)}
    assert teo.client.request("DELETE", "/api/presence", json=body).json() == {"ok": True}
    assert watcher.next("presence.leave")["data"]["memberId"] == str(teo.actor.user_id)


def test_presence_over_rest_lasts_as_long_as_asked(mara: Person, session_id: str, redis_client: Any) -> None:
    body = {"roomId": session_id, "memberId": str(mara.actor.user_id), "displayName": "M", "ttlSeconds": 300}
    mara.post("/api/presence", body)
    ((_, expiry_ms),) = redis_client.zrange(f"presence:{{{session_id}}}:entries", 0, -1, withscores=True)
    seconds, _ = redis_client.time()
    assert 295 < expiry_ms / 1000 - seconds <= 301
    redis_client.zadd(f"presence:{{{session_id}}}:entries", {f"{mara.actor.user_id}:rest": 1})
    assert present(mara, session_id) == []


@pytest.mark.parametrize("ttl", [0, 4, 301, -1, "x"])
def test_a_wrong_life_is_refused(mara: Person, session_id: str, ttl: Any) -> None:
    body = {"roomId": session_id, "memberId": str(mara.actor.user_id), "displayName": "M", "ttlSeconds": ttl}
    assert mara.post("/api/presence", body).status_code == 422


def test_leaving_over_rest_ends_the_grace(
    start_gateway: Start, mara: Person, teo: Person, shared: str
) -> None:
    gateway = start_gateway(grace_s=600)
    watcher = gateway.join(mara, shared)
    gateway.join(teo, shared).close(1001)
    _wait_for_grace(shared, str(teo.actor.user_id))
    query = {"roomId": shared, "memberId": str(teo.actor.user_id)}
    assert teo.client.delete(f"/api/presence?{urlencode(query)}").status_code == 200
    assert watcher.next("presence.leave")["data"]["displayName"] == "Teo"


def test_leaving_without_saying_what_is_422(mara: Person) -> None:
    assert mara.client.delete("/api/presence").status_code == 422


def test_only_ones_own_id(mara: Person, teo: Person, shared: str) -> None:
    body = {"roomId": shared, "memberId": str(mara.actor.user_id), "displayName": "Mara"}
    assert teo.post("/api/presence", body).status_code == 403
    query = urlencode({"roomId": shared, "memberId": str(mara.actor.user_id)})
    assert teo.client.delete(f"/api/presence?{query}").status_code == 403
    assert present(mara, shared) == []


def test_a_stranger_finds_no_room(mara: Person, teo: Person, session_id: str) -> None:
    assert mara.get("/api/presence", params={"roomId": session_id}).status_code == 200
    body = {"roomId": session_id, "memberId": str(teo.actor.user_id), "displayName": "Teo"}
    query = urlencode({"roomId": session_id, "memberId": str(teo.actor.user_id)})
    for answer in (
        teo.get("/api/presence", params={"roomId": session_id}),
        teo.post("/api/presence", body),
        teo.client.delete(f"/api/presence?{query}"),
        teo.post(f"/api/sessions/{session_id}/ticket"),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"


def test_without_signing_in_there_is_nothing(mara: Person, session_id: str) -> None:
    mara.client.cookies.clear()
    assert mara.get("/api/presence", params={"roomId": session_id}).status_code == 401
    assert mara.post(f"/api/sessions/{session_id}/ticket").status_code == 401


def _wait_for_grace(session_id: str, member_id: str) -> None:
    key = f"presence:{{{session_id}}}:entries"
    while get_redis().zscore(key, f"{member_id}:leaving") is None:
        continue


def _dial_without_pongs(gateway: RunningGateway, ticket: str, session_id: str) -> socket.socket:
    """A client whose WebSocket side is dead while its TCP side still acknowledges."""
    line = socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE_S)
    key = base64.b64encode(os.urandom(16)).decode()
    query = urlencode({"ticket": ticket, "roomId": session_id})
    line.sendall(
        f"GET /?{query} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert line.recv(4096).startswith(b"HTTP/1.1 101")
    return line
