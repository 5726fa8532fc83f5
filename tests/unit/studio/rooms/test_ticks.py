"""Frames in motion leave soon, but the same one not more than twenty times a second."""

from __future__ import annotations

import asyncio
import heapq
import json
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from omnisonic.platform.events import encode_frame
from omnisonic.platform.ids import new_id
from omnisonic.studio.rooms.limits import Pace
from omnisonic.studio.rooms.room import Room


class SteppedLoop:
    """The clock and the timers of an event loop, moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now_s

    def call_later(self, wait_s: float, callback: Callable[[], None]) -> object:
        heapq.heappush(self._timers, (self.now_s + wait_s, len(self._timers), callback))
        return object()

    def advance(self, until_s: float) -> None:
        while self._timers and self._timers[0][0] <= until_s:
            self.now_s, _, callback = heapq.heappop(self._timers)
            callback()
        self.now_s = until_s


def leave_times(moves: list[tuple[float, str]]) -> dict[str, list[tuple[float, int]]]:
    """When each key left, in seconds, and the number of the move that left last."""
    loop, left = SteppedLoop(), defaultdict[str, list[tuple[float, int]]](list)

    def send(_channel: str, text: str) -> None:
        for key, frame in json.loads(text)["data"]["items"]:
            left[key[1]].append((loop.now_s, json.loads(frame)["data"]["n"]))

    async def play() -> None:
        room = Room(new_id(), gateway_id="here", tick_s=Pace().tick_s, send=send)
        room._loop = cast(Any, loop)
        sender = cast(Any, SimpleNamespace(id="sender"))
        for n, (wait_s, key) in enumerate(moves):
            loop.advance(loop.now_s + wait_s)
            room.move((key,), encode_frame("e", "cursor", {"n": n}), sender=sender)
        loop.advance(loop.now_s + 1)

    asyncio.run(play())
    return left


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.08), st.sampled_from("abc")), min_size=1, max_size=60))
def test_no_motion_leaves_more_than_twenty_times_a_second_and_none_is_forgotten(
    moves: list[tuple[float, str]],
) -> None:
    left = leave_times(moves)
    last = {key: n for n, (_, key) in enumerate(moves)}
    assert {key: times[-1][1] for key, times in left.items()} == last
    for times in left.values():
        assert all(later - earlier >= 0.05 - 1e-9 for (earlier, _), (later, _) in pairwise(times))


def test_a_motion_that_was_not_just_sent_waits_one_tick_at_most() -> None:
    left = leave_times([(0, "a"), (0.001, "b"), (0.03, "c")])
    assert left["a"][0][0] == 100.0
    assert left["b"][0][0] == 100.0 + Pace().tick_s
    assert left["c"][0][0] - 100.031 <= Pace().tick_s + 1e-9
