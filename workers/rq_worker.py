"""One RQ worker process: survives the loss of Redis, carries context into jobs, leaves no orphans."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import Any

import rq
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq.job import Job

from omnisonic.platform.logging import get_logger
from omnisonic.platform.process import die_with_parent
from omnisonic.platform.queues import SERIALIZER, make_queue, queue_connection
from omnisonic.platform.telemetry import continue_trace, fail, flush

WORKER_TTL_S = 30  # a worker waits 15 s less than this for a job, then says that it lives
RECONNECT_MAX_S = 5.0
MONITOR_S = 10
REDIS_GONE = (RedisConnectionError, RedisTimeoutError)

log = get_logger(__name__)
_shutdown_requested = False


def is_shutting_down() -> bool:
    """Whether this process was asked to stop: a job should end soon and leave its row to the next."""
    return _shutdown_requested


def work_until_stopped(queue_name: str) -> None:
    """Run jobs of one queue until SIGTERM; a lost Redis is waited for."""
    wait_s = 0.2
    while True:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        started_s = time.monotonic()
        try:
            worker = make_worker(queue_name)
            worker.work(logging_level=None)
            if worker.is_stopping:
                return
        except REDIS_GONE as error:
            log.warning("worker_waits_for_redis", error=str(error), wait_s=wait_s)
        wait_s = 0.2 if time.monotonic() - started_s > RECONNECT_MAX_S else min(wait_s * 2, RECONNECT_MAX_S)
        time.sleep(wait_s)


def make_worker(queue_name: str) -> OmnisonicWorker:
    """A worker on its queue. Raises Redis' `ConnectionError`."""
    return OmnisonicWorker(
        [make_queue(queue_name)],
        connection=queue_connection(),
        serializer=SERIALIZER,
        worker_ttl=WORKER_TTL_S,
        job_monitoring_interval=MONITOR_S,
    )


class OmnisonicWorker(rq.Worker):
    """RQ's forking worker. Its bookkeeping in Redis may fail without taking the running job down."""

    max_connection_wait_time = RECONNECT_MAX_S
    log_result_lifespan = False

    @property
    def is_stopping(self) -> bool:
        """Whether a signal asked it to stop."""
        return self._shutdown_requested_date is not None

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell Redis that the worker lives."""
        with suppress(*REDIS_GONE):
            super().heartbeat(timeout, pipeline)

    def maintain_heartbeats(self, job: Job) -> None:
        """Tell Redis that worker and job live."""
        with suppress(*REDIS_GONE):
            super().maintain_heartbeats(job)

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """Note what the worker does, here and in Redis."""
        with suppress(*REDIS_GONE):
            super().set_state(state, pipeline)

    def set_current_job_working_time(self, current_job_working_time: float, pipeline: Any = None) -> None:
        """Note in Redis for how long the job has run."""
        self.current_job_working_time = current_job_working_time
        with suppress(*REDIS_GONE):
            super().set_current_job_working_time(current_job_working_time, pipeline)

    def set_shutdown_requested_date(self) -> None:
        """Note in Redis that the worker stops."""
        with suppress(*REDIS_GONE):
            super().set_shutdown_requested_date()  # type: ignore[no-untyped-call]

    def handle_warm_shutdown_request(self) -> None:
        """Ask the job to stop; it has until the pool loses patience."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)

    def monitor_work_horse(self, job: Job, queue: rq.Queue) -> None:
        """Wait for the job's process; whatever it had started ends with it."""
        horse_pid = self.horse_pid
        try:
            super().monitor_work_horse(job, queue)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(horse_pid, signal.SIGKILL)

    def main_work_horse(self, job: Job, queue: rq.Queue) -> None:
        """The job's own process begins here."""
        die_with_parent(self.pid or os.getppid(), whole_group=True)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """In the job's process SIGTERM is a request that the job reads from `is_shutting_down`."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _request_shutdown)

    def perform_job(self, job: Job, queue: rq.Queue) -> bool:
        """Run the job as a part of the request that caused it, in every log line and trace."""
        function = job.func_name
        with continue_trace(job.meta.get("context", {}), f"job {function}", job_id=job.id) as span:
            started_s = time.monotonic()
            succeeded = super().perform_job(job, queue)
            if not succeeded:
                fail(span, "job-failed")
            duration_ms = round((time.monotonic() - started_s) * 1000)
            log.info(
                "job_finished", job=function, job_id=job.id, succeeded=succeeded, duration_ms=duration_ms
            )
        flush()  # the process ends without any further ado
        return succeeded


def _request_shutdown(*_: object) -> None:
    global _shutdown_requested
    _shutdown_requested = True
