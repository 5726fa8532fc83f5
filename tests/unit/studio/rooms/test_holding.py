"""Live frames wait for a replay and do not repeat it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from omnisonic.studio.rooms.connection import Connection, Identity
from omnisonic.studio.rooms.limits import QUEUE_MAX_FRAMES, CloseCode, Pace
from omnisonic.studio.rooms.queueing import OutFrame
from omnisonic.studio.sessions.models import MemberRole


class NeverUsedSocket:
    """These tests end before anything is sent."""


def make_connection() -> Connection:
    identity = Identity("someone", "Someone", MemberRole.EDITOR)
    return Connection(cast(Any, NeverUsedSocket()), identity, pace=Pace())


def test_what_the_replay_contained_is_not_sent_twice() -> None:
    async def run() -> list[bytes]:
        connection = make_connection()
        connection.hold()
        for seq in (4, 5, 6):
            connection.offer(OutFrame(b"live %d" % seq, seq=seq))
        connection.offer(OutFrame(b"motion", droppable=True))
        for seq in (3, 4, 5):
            await connection.offer_when_drained(OutFrame(b"replayed %d" % seq, seq=seq))
        connection.release(after_seq=5)
        connection.offer(OutFrame(b"live 7", seq=7))
        return [connection.queue.pop().payload for _ in range(len(connection.queue))]

    assert asyncio.run(run()) == [
        b"replayed 3",
        b"replayed 4",
        b"replayed 5",
        b"live 6",
        b"motion",
        b"live 7",
    ]


def test_holding_back_is_bounded_too() -> None:
    async def run() -> int:
        connection = make_connection()
        connection.hold()
        for seq in range(QUEUE_MAX_FRAMES + 1):
            connection.offer(OutFrame(b"x", seq=seq))
        return (await connection.ending)[0]

    assert asyncio.run(run()) == CloseCode.SLOW_CONSUMER
