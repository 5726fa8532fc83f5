"""The job queues in Redis: one connection kind, one serializer (JSON, so nothing in Redis can run code)."""

from __future__ import annotations

import os
import re
from datetime import datetime
from functools import lru_cache
from typing import Any

import redis
import rq
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import get_settings

SERIALIZER = JSONSerializer
RESULT_TTL_S = 3600  # also how long a second sending of the same message is noticed
FAILURE_TTL_S = 7 * 24 * 3600
JOB_ID_LENGTH_MAX = 200
SOCKET_TIMEOUT_S = 30  # longer than a worker waits for its next job


def queue_connection() -> redis.Redis:
    """The process's client for queues; answers are bytes, because RQ compresses what it stores."""
    url = get_settings().redis_url
    if url is None:
        raise ServiceUnavailable("REDIS_URL is not set. `make run` starts a Redis server and sets it.")
    return _connection_to(url.get_secret_value())


def make_queue(name: str) -> rq.Queue:
    """A queue by name."""
    return rq.Queue(name, connection=queue_connection(), serializer=SERIALIZER)


def job_id_of(function: str, args: dict[str, str], *, message_id: int, created_at: datetime) -> str:
    """The one id that a message's job can have, so that sending it again changes nothing.

    The time is in it because message numbers start over in a restored or fresh database.
    """
    ids = "-".join(args[name] for name in sorted(args))
    stem = re.sub(r"[^A-Za-z0-9_-]", "_", f"{function}-{ids}")[:JOB_ID_LENGTH_MAX]
    return f"{stem}-{message_id}-{int(created_at.timestamp() * 1_000_000):x}"


def enqueue_once(job_id: str, function: str, payload: dict[str, Any]) -> bool:
    """Enqueue what `UnitOfWork.enqueue` wrote; False when this job was enqueued before.

    Raises `KeyError`, `TypeError` or `ValueError` for a malformed payload.
    """
    try:
        make_queue(payload["queue"]).enqueue_call(
            function,
            kwargs=dict(payload["args"]),
            timeout=int(payload["timeout_s"]),
            ttl=payload.get("expires_s"),
            result_ttl=RESULT_TTL_S,
            failure_ttl=FAILURE_TTL_S,
            job_id=job_id,
            meta={"context": dict(payload["context"])},
            unique=True,
        )
    except DuplicateJobError:
        return False
    return True


@lru_cache(maxsize=1)
def _connection_to(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_connect_timeout=3, socket_timeout=SOCKET_TIMEOUT_S, health_check_interval=30
    )


os.register_at_fork(after_in_child=_connection_to.cache_clear)
