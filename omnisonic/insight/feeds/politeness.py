"""Turns at a registrable domain: at most two requests at once, and five seconds between their starts.

Counted in Redis, so that all workers share them. What a domain demanded itself (`Retry-After`) is a row of
`feed_domains`, because it must outlive Redis.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger
from omnisonic.platform.redis import get_redis

AT_ONCE_MAX = 2
SPACING_MS = 5000
HELD_MAX_MS = 60_000  # a worker that died gives its turn back
WAIT_MAX_S = 10.0  # waiting longer would keep a worker from the feeds of others

# Answers 0 and takes the turn, or the milliseconds until it is worth asking again.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local free_at = tonumber(redis.call('GET', KEYS[2]) or now)
if free_at > now then return free_at - now end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return tonumber(ARGV[3]) end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[4]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('SET', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), 'PX', ARGV[3])
return 0
"""
log = get_logger(__name__)


class NotYourTurn(Exception):
    """The domain is busy for longer than one should wait."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not before {wait_s:.1f} s")
        self.wait_s = wait_s


@contextmanager
def turn_at(domain: str, *, pause: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold a turn at the domain, waiting up to ten seconds for it. Raises `NotYourTurn`.

    Without Redis nobody could tell who else is asking, so nobody asks: raises `ServiceUnavailable`.
    """
    holder = uuid4().hex
    ends_s = time.monotonic() + WAIT_MAX_S
    while (wait_s := _take(domain, holder)) > 0:
        if time.monotonic() + wait_s > ends_s:
            raise NotYourTurn(wait_s)
        pause(wait_s)
    try:
        yield
    finally:
        _give_back(domain, holder)


def _take(domain: str, holder: str) -> float:
    try:
        wait_ms: Any = get_redis().eval(
            TAKE, 2, *_keys(domain), holder, str(AT_ONCE_MAX), str(SPACING_MS), str(HELD_MAX_MS)
        )
    except RedisError as error:
        raise ServiceUnavailable("The turns of feeds cannot be counted: Redis does not answer.") from error
    return int(wait_ms) / 1000


def _give_back(domain: str, holder: str) -> None:
    try:
        get_redis().zrem(_keys(domain)[0], holder)
    except RedisError as error:  # it ends by itself after a minute
        log.warning("feed_turn_not_given_back", domain=domain, error=type(error).__name__)


def _keys(domain: str) -> tuple[str, str]:
    return f"feeds:open:{{{domain}}}", f"feeds:free-at:{{{domain}}}"
