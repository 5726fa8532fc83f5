"""Sending jobs, and reading what they saw."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from omnisonic.platform.ids import utc_now
from omnisonic.platform.jobs import Queue
from omnisonic.platform.queues import enqueue_once, job_id_of
from omnisonic.platform.redis import get_redis
from tests.own_redis import own_redis
from tests.waiting import wait_until

from . import sample_jobs

__all__ = ["held", "noted", "own_redis", "own_work_root", "send"]

Send = Callable[..., str]


@pytest.fixture
def own_work_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs keep their folders where no other job of this machine does, here and in new processes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def send() -> Send:
    """`send(job, correlation_id=…, **ids)` puts a sample job into the maintenance queue."""
    # A worker killed at the end of the test before waits there until Redis has seen that it is gone.
    wait_until(lambda: not any("b" in client["flags"] for client in get_redis().client_list()))

    def enqueue(job: str, correlation_id: str = "test", **ids: str) -> str:
        function = f"{sample_jobs.MODULE}.{job}"
        job_id = job_id_of(function, ids, message_id=1, created_at=utc_now())
        context = {"correlation_id": correlation_id}
        payload = {"queue": Queue.MAINTENANCE, "args": ids, "timeout_s": 60, "context": context}
        assert enqueue_once(job_id, function, payload)
        return job_id

    return enqueue


def held(name: str) -> dict[str, str]:
    """What a holding job said about itself; waits for it."""
    found: dict[str, str] = wait_until(lambda: get_redis().hgetall(f"held:{name}"))  # type: ignore[assignment, return-value]
    return found


def noted() -> list[str]:
    """Names that jobs noted, in order."""
    return list(get_redis().lrange("noted", 0, -1))  # type: ignore[arg-type]
