"""Waiting on conditions, so that no test sleeps for a guessed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

DEADLINE_S = 30.0
PAUSE_S = 0.02


def wait_until(condition: Callable[[], T], *, deadline_s: float = DEADLINE_S, pause_s: float = PAUSE_S) -> T:
    """The first true answer of `condition`; fails when none comes until the deadline."""
    ends_s = time.monotonic() + deadline_s
    while not (answer := condition()):
        assert time.monotonic() < ends_s, f"still not true after {deadline_s} s: {condition}"
        time.sleep(pause_s)
    return answer
