"""The measuring side of `rooms`: each function runs in a process of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence

from bench.room_sockets import RoomSocket, dial

CURSOR_HZ = 20
_WARM_UP_S = 1.0


def measure_fanout(
    urls: Sequence[str], *, side: int, duration_s: float, is_stalled: bool = False
) -> list[tuple[int, float]]:
    """Move a cursor 20 times a second on every socket; returns (sender's side, ms) of what arrived.

    With `is_stalled` the last socket of `urls` stops reading and only counts as a member.
    """
    return asyncio.run(_fanout(urls, side=side, duration_s=duration_s, is_stalled=is_stalled))


def count_messages(rooms: Sequence[Sequence[str]], *, duration_s: float, frame: str, welcome: str) -> float:
    """Keep one message on its way in every room, each member in turn; returns how many arrive per second.

    Starts once every member has got a frame with `welcome` in it; empty: once every socket is open.
    """
    return asyncio.run(_count(rooms, duration_s=duration_s, frame=frame, welcome=welcome))


async def _fanout(
    urls: Sequence[str], *, side: int, duration_s: float, is_stalled: bool
) -> list[tuple[int, float]]:
    delays: list[tuple[int, float]] = []
    from_s = time.monotonic() + 1e9

    def on_text(payload: bytes) -> None:
        now_s = time.monotonic()
        if now_s < from_s:
            return
        frame = json.loads(payload)
        for one in frame["data"]["frames"] if frame["type"] == "batch" else [frame]:
            if one["type"] == "cursor" and one["data"]["at"] >= from_s:
                delays.append((one["data"]["side"], (now_s - one["data"]["at"]) * 1000))

    sockets = [await dial(url, on_text) for url in urls]
    if is_stalled:
        sockets.pop().pause()
    from_s = time.monotonic() + _WARM_UP_S
    until_s = from_s + duration_s
    movers = [
        _move(socket, side=side, phase=n / len(sockets), until_s=until_s) for n, socket in enumerate(sockets)
    ]
    await asyncio.gather(*movers)
    return delays


async def _move(socket: RoomSocket, *, side: int, phase: float, until_s: float) -> None:
    next_s = time.monotonic() + phase / CURSOR_HZ
    while next_s < until_s:
        await asyncio.sleep(next_s - time.monotonic())
        data = {"at": time.monotonic(), "side": side, "positionSamples": 480_000}
        socket.send(json.dumps({"type": "cursor", "data": data}).encode())
        next_s += 1 / CURSOR_HZ


class _Turns:
    """One room with one message on its way: once everyone has it, the next member sends."""

    def __init__(self, frame: str, welcome: str) -> None:
        self.welcomed = 0
        self._welcome = welcome.encode()
        self.sockets: list[RoomSocket] = []
        self.arrived = 0
        self._frame = frame.encode()
        self._turn = 0
        self._seen = 0

    def listener(self) -> Callable[[bytes], None]:
        return self._on_text

    def start(self) -> None:
        self.sockets[0].send(self._frame)

    def _on_text(self, payload: bytes) -> None:
        if b"bench-payload" not in payload:
            self.welcomed += self._welcome in payload
            return
        self.arrived += 1
        self._seen += 1
        if self._seen == len(self.sockets):
            self._seen = 0
            self._turn = (self._turn + 1) % len(self.sockets)
            self.sockets[self._turn].send(self._frame)


async def _count(rooms: Sequence[Sequence[str]], *, duration_s: float, frame: str, welcome: str) -> float:
    turns = [_Turns(frame, welcome) for _ in rooms]
    for turn, urls in zip(turns, rooms, strict=True):
        turn.sockets = list(await asyncio.gather(*(dial(url, turn.listener()) for url in urls)))
        while welcome and turn.welcomed < len(turn.sockets):
            await asyncio.sleep(0.02)
            refused = [socket.close_code for socket in turn.sockets if socket.close_code is not None]
            if refused:
                raise RuntimeError(f"{len(refused)} sockets were closed, the first with {refused[0]}")
    await asyncio.sleep(_WARM_UP_S)
    for turn in turns:
        turn.start()
    await asyncio.sleep(_WARM_UP_S)
    before, started_s = sum(turn.arrived for turn in turns), time.monotonic()
    await asyncio.sleep(duration_s)
    return (sum(turn.arrived for turn in turns) - before) / (time.monotonic() - started_s)
