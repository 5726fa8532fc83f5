"""The bounded queue and the meter of a connection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from omnisonic.studio.rooms.queueing import OutFrame, RateMeter, SendQueue

frames = st.builds(
    OutFrame, payload=st.binary(max_size=60), droppable=st.booleans(), seq=st.integers(min_value=0)
)


@given(st.lists(frames, max_size=60), st.integers(1, 12), st.integers(50, 300))
def test_the_limits_hold_and_what_must_not_be_lost_stays_in_order(
    given_frames: list[OutFrame], max_frames: int, max_bytes: int
) -> None:
    queue = SendQueue(max_frames=max_frames, max_bytes=max_bytes)
    accepted = []
    for frame in given_frames:
        if queue.put(frame) and not frame.droppable:
            accepted.append(frame)
        assert len(queue) <= max_frames
        assert queue.size_bytes <= max(max_bytes, 60)
    left = [queue.pop() for _ in range(len(queue))]
    assert [frame for frame in left if not frame.droppable] == accepted
    assert queue.size_bytes == 0


@pytest.mark.parametrize("size_bytes", [0, 125, 126, 65_535, 65_536])
def test_the_frame_on_the_wire_is_a_whole_text_message(size_bytes: int) -> None:
    payload = b"x" * size_bytes
    expected = Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert OutFrame(payload).wire == expected


@given(st.lists(frames, max_size=60))
def test_a_queue_with_room_keeps_everything_in_order(given_frames: list[OutFrame]) -> None:
    queue = SendQueue()
    assert all(queue.put(frame) for frame in given_frames)
    assert [queue.pop() for _ in given_frames] == given_frames


def test_the_oldest_droppable_frame_makes_way() -> None:
    queue = SendQueue(max_frames=3)
    for payload, droppable in ((b"a", False), (b"b", True), (b"c", True)):
        queue.put(OutFrame(payload, droppable))
    assert queue.put(OutFrame(b"d"))
    assert [queue.pop().payload for _ in range(3)] == [b"a", b"c", b"d"]
    assert queue.dropped == 1


def test_a_queue_full_of_durable_frames_refuses_the_next_and_drops_the_ephemeral() -> None:
    queue = SendQueue(max_frames=2)
    assert queue.put(OutFrame(b"a"))
    assert queue.put(OutFrame(b"b"))
    assert queue.put(OutFrame(b"c", droppable=True))
    assert not queue.put(OutFrame(b"d"))
    assert [queue.pop().payload for _ in range(2)] == [b"a", b"b"]


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=300))
def test_no_stretch_of_time_lets_more_through_than_burst_and_rate(pauses: list[float]) -> None:
    meter = RateMeter(rate=50, burst=50, now_s=0)
    now_s, taken = 0.0, 0
    for pause in pauses:
        now_s += pause
        taken += meter.take(now_s)
    assert taken <= 50 + 50 * now_s + 1e-6


def test_the_budget_comes_back() -> None:
    meter = RateMeter(rate=50, burst=50, now_s=0)
    assert all(meter.take(0) for _ in range(50))
    assert not meter.take(0)
    assert meter.take(0.02)
    assert not meter.take(0.02)
    assert meter.take(10, cost=50)
