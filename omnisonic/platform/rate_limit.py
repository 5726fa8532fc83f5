"""Limits on how often a caller may do something, counted in Redis so that replicas share them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from redis.exceptions import RedisError

from omnisonic.platform.errors import ServiceUnavailable, TooManyRequests
from omnisonic.platform.logging import get_logger
from omnisonic.platform.redis import get_redis

IPV6_NETWORK_BITS = 64  # one household or machine, however many addresses it uses

# The generic cell rate algorithm: one key holds the theoretical arrival time (TAT) in microseconds.
# A full budget allows `limit` calls at once; it refills evenly over the window.
GCRA = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000, tonumber(ARGV[3])
local interval = window / limit
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local next_tat = tat + interval * cost
local wait = next_tat - window - now
if wait > 0 then
  return {0, math.floor((window - (tat - now)) / interval), math.ceil(wait), math.ceil(tat - now)}
end
redis.call('SET', KEYS[1], string.format('%.0f', next_tat), 'PX', math.ceil((next_tat - now) / 1000) + 1000)
return {1, math.floor((window - (next_tat - now)) / interval), 0, math.ceil(next_tat - now)}
"""
log = get_logger(__name__)


@dataclass(frozen=True)
class RateState:
    """What is left of a budget. Times in seconds, rounded up."""

    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """`RateLimit-*` as in draft-ietf-httpapi-ratelimit-headers-06."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class RateLimited(TooManyRequests):
    """Over a limit; carries what the answer's headers need."""

    def __init__(self, state: RateState, *, retry_after_s: int) -> None:
        super().__init__(
            f"The limit is {state.limit} requests. Wait {retry_after_s} seconds, then try again.",
            retry_after_s=retry_after_s,
        )
        self.state = state


def check_rate(
    bucket: str, key: str, limit: int, window_s: int, *, cost: int = 1, fail_open: bool = True
) -> RateState:
    """Take `cost` from the budget of `limit` per `window_s` seconds that `key` has in `bucket`.

    Raises `RateLimited` when it is spent. When Redis is away, reads go on (`fail_open`) and what must
    not be guessed at, such as sign-in, raises `ServiceUnavailable`.
    Source: generic cell rate algorithm, ITU-T I.371 §A.1 (virtual scheduling).
    """
    try:
        answer: Any = get_redis().eval(GCRA, 1, f"rate:{bucket}:{key}", limit, window_s, cost)
    except (RedisError, ServiceUnavailable) as error:
        if fail_open:
            log.warning("rate_limit_unavailable", bucket=bucket, error=type(error).__name__)
            return RateState(limit, limit, window_s)
        raise ServiceUnavailable(
            "The counter of attempts is not reachable. Try again in a moment."
        ) from error
    allowed, remaining, wait_us, reset_us = (int(part) for part in answer)
    state = RateState(limit, max(0, remaining), math.ceil(reset_us / 1_000_000))
    if not allowed:
        raise RateLimited(state, retry_after_s=max(1, math.ceil(wait_us / 1_000_000)))
    return state


def address_key(address: str) -> str:
    """The budget's key of a network address: IPv4 as is, IPv6 by its /64 network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = int(parsed) >> (128 - IPV6_NETWORK_BITS)
    return f"{IPv6Address(network << (128 - IPV6_NETWORK_BITS))}/{IPV6_NETWORK_BITS}"
