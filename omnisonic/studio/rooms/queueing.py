"""Bounded buffers and meters of one connection: pure, no sockets and no clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from omnisonic.studio.rooms.limits import QUEUE_MAX_BYTES, QUEUE_MAX_FRAMES

_FINAL_TEXT = 0x81


@dataclass(frozen=True, slots=True)
class OutFrame:
    """A serialized frame, shared by everyone who gets it. `seq` is set on durable ones only."""

    payload: bytes
    droppable: bool = False
    seq: int | None = None
    wire: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the WebSocket frame once for all receivers: servers do not mask (RFC 6455, section 5.2)."""
        object.__setattr__(self, "wire", _text_header(len(self.payload)) + self.payload)


def _text_header(size_bytes: int) -> bytes:
    if size_bytes < 126:
        return bytes((_FINAL_TEXT, size_bytes))
    if size_bytes < 1 << 16:
        return bytes((_FINAL_TEXT, 126)) + size_bytes.to_bytes(2)
    return bytes((_FINAL_TEXT, 127)) + size_bytes.to_bytes(8)


class SendQueue:
    """Frames waiting for one socket. Full: the oldest droppable ones go first, then `put` refuses."""

    def __init__(self, *, max_frames: int = QUEUE_MAX_FRAMES, max_bytes: int = QUEUE_MAX_BYTES) -> None:
        self._frames: deque[OutFrame] = deque()
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._droppable = 0
        self.size_bytes = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._frames)

    def has_room(self, frame: OutFrame) -> bool:
        """Whether the frame fits without dropping another; an empty queue takes any frame."""
        if not self._frames:
            return True
        return len(self) < self._max_frames and self.size_bytes + len(frame.payload) <= self._max_bytes

    def put(self, frame: OutFrame) -> bool:
        """Queue the frame. False: a frame that must not be lost does not fit, the reader is too slow."""
        if not self.has_room(frame):
            self._drop_until_it_fits(frame)
        if self.has_room(frame):
            self._frames.append(frame)
            self.size_bytes += len(frame.payload)
            self._droppable += frame.droppable
            return True
        self.dropped += frame.droppable
        return frame.droppable

    def pop(self) -> OutFrame:
        """The oldest frame; raises `IndexError` when there is none."""
        frame = self._frames.popleft()
        self.size_bytes -= len(frame.payload)
        self._droppable -= frame.droppable
        return frame

    def _drop_until_it_fits(self, frame: OutFrame) -> None:
        while self._droppable and not self.has_room(frame):
            index = next(place for place, queued in enumerate(self._frames) if queued.droppable)
            self.size_bytes -= len(self._frames[index].payload)
            self._droppable -= 1
            self.dropped += 1
            del self._frames[index]


class RateMeter:
    """A token bucket: `rate` per second, at most `burst` at once. Times are given by the caller."""

    def __init__(self, *, rate: float, burst: float, now_s: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at_s = now_s

    def take(self, now_s: float, *, cost: float = 1.0) -> bool:
        """Pay for one frame; False when the budget is spent."""
        self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
