"""Jobs for the tests of the worker runtime. They tell in Redis what they see."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from uuid import UUID

from sqlmodel import SQLModel

from omnisonic.platform.logging import current_context
from omnisonic.platform.redis import get_redis
from omnisonic.studio.uploads.lifecycle import beat_upload, claim_upload
from workers.runtime import JobStopped, RowHeartbeat, work_folder

MODULE = "tests.integration.workers.sample_jobs"


def note(name: str) -> None:
    """Say that the job ran, and for which request."""
    get_redis().rpush("noted", name)
    get_redis().hset("context", name, current_context().get("correlation_id", ""))


def tell_what_is_ready(name: str) -> None:
    """Say what its pool had done before it came."""
    mappers = sorted({str(mapper.configured) for mapper in SQLModel._sa_registry.mappers})
    ready = {"mappers": ",".join(mappers), "frozen": int(gc.get_freeze_count() > 0)}
    get_redis().hset("ready", mapping={**ready, "driver": int("psycopg2.extras" in sys.modules)})
    get_redis().rpush("noted", name)


def fail(name: str) -> None:
    """Break."""
    get_redis().rpush("noted", name)
    raise RuntimeError(f"{name} broke")


def hold(name: str) -> None:
    """Work with a helper process until `release` appears, whatever anybody asks."""
    with work_folder() as folder:
        helper = subprocess.Popen(["sleep", "600"])
        seen = {"pid": os.getpid(), "worker": os.getppid(), "helper": helper.pid, "folder": str(folder)}
        get_redis().hset(f"held:{name}", mapping=seen)
        while not _is_released():
            time.sleep(0.05)
        helper.kill()
        helper.wait()
    get_redis().rpush("noted", name)


def cooperate(name: str) -> None:
    """Work until asked to stop."""
    with RowHeartbeat(lambda: True, every_s=0.05) as heart:
        get_redis().hset(f"held:{name}", mapping={"pid": os.getpid()})
        try:
            while True:
                heart.check()
                time.sleep(0.05)
        except JobStopped as stopped:
            get_redis().rpush("noted", f"{name}: {stopped.reason}")


def process_slowly(upload_id: str) -> None:
    """Claim an upload and beat it forever."""
    upload = claim_upload(upload_id=UUID(upload_id))
    if upload is None:
        return
    with RowHeartbeat(lambda: beat_upload(upload_id=upload.id, attempt=upload.attempt), every_s=0.1):
        get_redis().hset(f"held:{upload_id}", mapping={"pid": os.getpid(), "worker": os.getppid()})
        time.sleep(600)


def _is_released() -> bool:
    from redis.exceptions import RedisError

    try:
        return bool(get_redis().exists("release"))
    except RedisError:
        return False
