"""A queue's worker processes: keeps them at their number, stops them in time."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.process import BaseProcess

from redis.exceptions import RedisError

from omnisonic.platform.jobs import Queue
from omnisonic.platform.logging import get_logger
from omnisonic.platform.process import StopSignal, die_with_parent
from omnisonic.platform.vitals import beat
from workers.rq_worker import work_until_stopped

GRACE_S = 8.0  # a supervisor usually loses patience after ten
CHECK_S = 1.0
BEAT_EVERY_S = 5.0

log = get_logger(__name__)


class WorkerPool:
    """`concurrency` worker processes for one queue."""

    def __init__(self, queue: Queue, concurrency: int, *, grace_s: float = GRACE_S) -> None:
        self.queue = queue
        self.concurrency = concurrency
        self.grace_s = grace_s
        self.process = f"worker-{queue}"
        self.workers: list[BaseProcess] = []

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then jobs have `grace_s` to end or to let go of their rows."""
        stop = StopSignal.installed()
        log.info("worker_pool_started", queue=str(self.queue), concurrency=self.concurrency)
        beaten_s = 0.0
        while not stop.is_set():
            self._replace_dead()
            if time.monotonic() - beaten_s > BEAT_EVERY_S:
                beaten_s = time.monotonic()
                self._beat()
            stop.wait(CHECK_S)
        self._stop()
        log.info("worker_pool_stopped", queue=str(self.queue))

    def _replace_dead(self) -> None:
        for worker in [worker for worker in self.workers if not worker.is_alive()]:
            log.warning("worker_died", pid=worker.pid, exit_code=worker.exitcode)
            self.workers.remove(worker)
        while len(self.workers) < self.concurrency:
            self.workers.append(self._start_worker())

    def _start_worker(self) -> BaseProcess:
        context = multiprocessing.get_context("fork")
        worker = context.Process(target=_work, args=(str(self.queue), os.getpid()), name=self.process)
        worker.start()
        return worker

    def _stop(self) -> None:
        for worker in self.workers:
            worker.terminate()
        deadline = time.monotonic() + self.grace_s
        for worker in self.workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        for worker in self.workers:
            if worker.is_alive():  # its job goes with it, and the sweeper finds the row
                log.warning("worker_killed", pid=worker.pid)
                worker.kill()
                worker.join()

    def _beat(self) -> None:
        try:
            beat(self.process)
        except RedisError as error:
            log.debug("heartbeat_missed", error=str(error))


def _work(queue_name: str, pool_pid: int) -> None:
    die_with_parent(pool_pid, whole_group=False)
    work_until_stopped(queue_name)
