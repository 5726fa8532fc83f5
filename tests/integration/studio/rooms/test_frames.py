"""What clients send to each other, and what the gateway refuses."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.studio.conftest import Person, invite
from tests.integration.studio.rooms.conftest import Client, RunningGateway, relay_outbox

TRACK_ID = "01a1fc24-c943-71dd-9f5a-2a9ac1b7ecc4"


@pytest.fixture
def pair(gateway: RunningGateway, mara: Person, teo: Person, session_id: str) -> tuple[Client, Client]:
    """Mara (owner) and Teo (editor) in one room, both up to date."""
    return _pair(gateway, mara, teo, session_id, "editor")


def _pair(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str, role: str
) -> tuple[Client, Client]:
    invite(mara, teo, session_id, role)
    relay_outbox()
    first, second = gateway.join(mara, session_id), gateway.join(teo, session_id)
    first.next("presence.join")
    return first, second


def test_ping_is_answered_with_its_own_t(pair: tuple[Client, Client]) -> None:
    pair[0].send("ping", t=1234.5)
    assert pair[0].next("pong")["data"] == {"t": 1234.5}


def test_a_relay_reaches_the_others_and_the_sender_only_with_echo(pair: tuple[Client, Client]) -> None:
    first, second = pair
    for number in range(5):
        first.send("relay", payload=[number], echo=number == 4)
    assert [second.next("relay")["data"]["payload"] for _ in range(5)] == [[0], [1], [2], [3], [4]]
    assert [frame["data"]["payload"] for frame in first.until_pong()] == [[4]]


def test_the_gateway_sets_the_actor(pair: tuple[Client, Client], mara: Person, teo: Person) -> None:
    first, second = pair
    forged = {"type": "relay", "actor": str(teo.actor.user_id), "seq": 99, "epoch": "x", "at": "1970"}
    first.connection.send(json.dumps({**forged, "data": {"payload": 1, "actor": str(teo.actor.user_id)}}))
    frame = second.next("relay")
    assert frame["actor"] == str(mara.actor.user_id)
    assert "seq" not in frame
    assert frame["at"] > "2000"
    assert frame["data"] == {"payload": 1}
    first.send("transport", playing=True, positionSamples=48_000, leader="someone", serverTimeMs=1)
    moved = second.next("transport")["data"]
    assert moved["leader"] == str(mara.actor.user_id)
    assert moved["serverTimeMs"] > 1_700_000_000_000
    assert (moved["playing"], moved["positionSamples"]) == (True, 48_000)


def test_the_address_does_not_name_the_member(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    forged = {"memberId": str(teo.actor.user_id), "displayName": "Teo"}
    client = gateway.join(mara, session_id, **forged)
    assert client.member_ids() == [str(mara.actor.user_id)]
    assert client.snapshot["data"]["members"][0]["displayName"] == "Mara"


def test_motion_is_coalesced_to_the_last_value(pair: tuple[Client, Client]) -> None:
    first, second = pair
    for step in range(40):
        first.send("mix.preview", trackId=TRACK_ID, gainDb=-step)
    first.send("relay", payload="end")
    seen = _unpacked(second, until_gain=-39)
    assert len(seen) < 40
    assert seen[-1]["data"] == {"trackId": TRACK_ID, "gainDb": -39}
    assert all(frame["type"] == "mix.preview" for frame in seen)


def test_motions_of_one_tick_come_in_one_message(pair: tuple[Client, Client]) -> None:
    first, second = pair
    tracks = [f"01a1fc24-c943-71dd-9f5a-00000000000{n}" for n in range(8)]
    for _ in range(2):
        for track_id in tracks:
            first.send("mix.preview", trackId=track_id, pan=0.5)
    batch = second.next("batch")
    assert set(batch) == {"epoch", "type", "at", "actor", "data"}
    assert {frame["type"] for frame in batch["data"]["frames"]} == {"mix.preview"}
    assert len(batch["data"]["frames"]) > 1


def test_nobody_gets_their_own_motion_back(pair: tuple[Client, Client]) -> None:
    first, second = pair
    first.send("cursor", at=1, selection=["a"])
    assert second.next("cursor")["data"] == {"at": 1, "selection": ["a"]}
    second.send("cursor", at=2)
    assert first.next("cursor")["data"] == {"at": 2}
    assert first.until_pong() == []
    assert second.until_pong() == []


def test_viewers_point_but_do_not_steer(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    first, viewer = _pair(gateway, mara, teo, session_id, "viewer")
    viewer.send("relay", payload=1)
    viewer.send("transport", playing=True, positionSamples=0)
    viewer.send("mix.preview", trackId=TRACK_ID, gainDb=0)
    errors = viewer.until_pong()
    assert [(frame["type"], frame["data"]["slug"]) for frame in errors] == [("error", "forbidden")] * 3
    viewer.send("cursor", at=3)
    assert [frame["type"] for frame in first.until("cursor", at=3)] == []


def test_a_new_role_counts_at_once(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    first, second = _pair(gateway, mara, teo, session_id, "viewer")
    mara.patch(f"/api/sessions/{session_id}/members/{teo.actor.user_id}", {"role": "editor"})
    relay_outbox()
    second.next("member.changed")
    second.send("relay", payload="now")
    assert first.next("relay")["data"]["payload"] == "now"


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": "unknown"}',
        '{"type": "ping", "data": []}',
        '{"type": "resume", "data": {"epoch": 1, "seq": 0}}',
        '{"type": "resume", "data": {"epoch": "e", "seq": -1}}',
        '{"type": "transport", "data": {"playing": "yes", "positionSamples": 1}}',
        '{"type": "mix.preview", "data": {"trackId": "x", "gainDb": 0}}',
        f'{{"type": "mix.preview", "data": {{"trackId": "{TRACK_ID}", "gainDb": 99}}}}',
        '{"type": "relay", "data": {"payload": NaN}}',
        '{"type": "relay", "data": {"payload": 1e999}}',
        '{"type": "relay", "data": {"payload": "\\ud800"}}',
        '{"type": "ping", "data": {"t": "\\ud800"}}',
        '{"type": "relay", "data": {"payload": ' + "[" * 30_000 + "]" * 30_000 + "}}",
        '{"type": "cursor", "data": {"at": "' + "x" * 5000 + '"}}',
        b'{"type": "ping"}',
    ],
    ids=lambda message: str(message)[:40],
)
def test_a_bad_frame_is_4400_and_harms_nobody(pair: tuple[Client, Client], message: Any) -> None:
    first, second = pair
    first.connection.send(message)
    assert first.close_code() == 4400
    assert [frame["type"] for frame in second.until_pong()] in ([], ["presence.leave"])


def test_a_frame_of_64_kib_passes_and_a_larger_one_is_1009(pair: tuple[Client, Client]) -> None:
    first, second = pair
    hollow = len(json.dumps({"type": "relay", "data": {"payload": ""}}))
    first.send("relay", payload="x" * (64 * 1024 - hollow))
    assert len(second.next("relay")["data"]["payload"]) == 64 * 1024 - hollow
    first.send("relay", payload="x" * (64 * 1024 - hollow + 1))
    assert first.close_code() == 1009


def test_more_than_50_frames_a_second_is_4429(pair: tuple[Client, Client]) -> None:
    first, _ = pair
    with suppress(ConnectionClosed):  # the gateway may hang up before the last one is sent
        for number in range(120):
            first.send("cursor", at=number)
    assert first.close_code() == 4429


def _unpacked(client: Client, *, until_gain: float) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["data"]["gainDb"] != until_gain:
        frame = client.receive()
        inner = frame["data"]["frames"] if frame["type"] == "batch" else [frame]
        seen += [one for one in inner if one["type"] == "mix.preview"]
    return seen
