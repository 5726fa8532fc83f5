"""Connections to Redis or Valkey: one pool per process and kind."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import redis
import redis.asyncio

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import get_settings
from omnisonic.platform.telemetry import child_span

CONNECT_TIMEOUT_S = 3
SOCKET_TIMEOUT_S = 10


class TracedRedis(redis.Redis):
    """Commands inside of a traced request are spans; only their names are recorded."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command."""
        with child_span(f"redis {args[0]}", db__system__name="redis", db__operation__name=str(args[0])):
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1)
def get_redis() -> redis.Redis:
    """The process's blocking client; answers are str."""
    return TracedRedis.from_url(
        _required_url(),
        decode_responses=True,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=SOCKET_TIMEOUT_S,
        health_check_interval=30,
    )


def make_async_redis() -> redis.asyncio.Redis:
    """A client bound to the running event loop; answers are str. The caller closes it."""
    return redis.asyncio.Redis.from_url(
        _required_url(),
        decode_responses=True,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        health_check_interval=30,
    )


def _required_url() -> str:
    url = get_settings().redis_url
    if url is None:
        raise ServiceUnavailable("REDIS_URL is not set. `make run` starts a Redis server and sets it.")
    return url.get_secret_value()


os.register_at_fork(after_in_child=get_redis.cache_clear)
