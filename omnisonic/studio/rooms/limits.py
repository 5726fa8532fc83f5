"""Every limit and interval of the realtime gateway, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

FRAME_MAX_BYTES = 64 * 1024
CURSOR_MAX_BYTES = 4 * 1024
FRAMES_PER_SECOND = 50
RESUME_COST = 10  # a replay is worth that many ordinary frames
CONNECTIONS_PER_MEMBER = 20  # in one room, at one gateway
QUEUE_MAX_FRAMES = 256
QUEUE_MAX_BYTES = 1024 * 1024
OUTGOING_MAX_FRAMES = 10_000  # towards Redis, per process


class CloseCode(IntEnum):
    """Why the gateway closes a socket. `LEFT` is the client's: it goes for good, without a grace."""

    TOO_BIG = 1009
    SILENT = 1011
    RESTARTING = 1012
    LEFT = 4001
    SLOW_CONSUMER = 4008
    BAD_FRAME = 4400
    TICKET = 4401
    NOT_A_MEMBER = 4403
    TOO_FAST = 4429


@dataclass(frozen=True)
class Pace:
    """How often the gateway does what. Seconds; tests shorten them."""

    tick_s: float = (
        0.025  # ephemeral frames of a room leave at most so often, each motion at every second one
    )
    ping_s: float = 20.0
    expiry_s: float = 30.0  # a connection that is silent for so long is no longer in the roster
    dead_s: float = 45.0  # ... and for so long is cut: two pings missed
    beat_s: float = 10.0
    sweep_s: float = 5.0
    grace_s: float = 5.0  # a reload does not flicker
    recheck_s: float = 30.0
    close_s: float = 10.0  # for the other side to read what is left and say goodbye
    reconnect_s: float = 0.5
    open_s: float = 5.0
