"""What jobs stand on: worker pools per queue, signs of life on rows, folders that clean up after a crash."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from omnisonic.platform import telemetry
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.jobs import Queue
from omnisonic.platform.logging import configure_logging, get_logger
from workers.folders import work_folder
from workers.pool import WorkerPool
from workers.preload import preload
from workers.rq_worker import is_shutting_down

__all__ = ["JobStopped", "RowHeartbeat", "StopReason", "run", "work_folder"]

BEAT_EVERY_S = 5.0
SILENT_MAX_S = 300.0  # a row that was taken over says so at the next beat; this ends work on a lost database

log = get_logger(__name__)


def run(queue: Queue | str, concurrency: int = 1) -> None:
    """Work on one queue with `concurrency` processes until SIGTERM or SIGINT."""
    chosen = Queue(queue)
    configure_logging(f"worker-{chosen}")
    preload(chosen)
    telemetry.configure(f"worker-{chosen}")
    WorkerPool(chosen, concurrency).run()


class StopReason(StrEnum):
    """Why a job should not go on."""

    DISOWNED = "disowned"  # canceled, finished or taken over: the row says so
    SILENT = "silent"  # no sign of life reached the row for minutes: its end could not be recorded either
    SHUTDOWN = "shutdown"  # this worker is stopping; the row goes to the next one


class JobStopped(Exception):
    """Raised by `RowHeartbeat.check` inside a job that should not go on."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(f"stopped: {reason}")
        self.reason = reason


class RowHeartbeat:
    """Beats a row from a thread while its job works, and learns there whether the job should stop.

    `beat` records a sign of life in a transaction of its own and returns False when the row does not want
    this attempt any more. The first beat happens on entering.
    """

    def __init__(self, beat: Callable[[], bool], *, every_s: float = BEAT_EVERY_S) -> None:
        self._beat = beat
        self._every_s = every_s
        self._ended = threading.Event()
        self._disowned = False
        self._last_beat_s = time.monotonic()
        self._thread = threading.Thread(target=self._keep_beating, name="row-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._beat_once()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def stop_reason(self) -> StopReason | None:
        """Why the job should stop, or None."""
        if self._disowned:
            return StopReason.DISOWNED
        if is_shutting_down():
            return StopReason.SHUTDOWN
        if time.monotonic() - self._last_beat_s > SILENT_MAX_S:
            return StopReason.SILENT
        return None

    def check(self) -> None:
        """Raise `JobStopped` when the job should not go on. Cheap: call it often."""
        if (reason := self.stop_reason) is not None:
            raise JobStopped(reason)

    def _keep_beating(self) -> None:
        while not self._ended.wait(self._every_s) and not self._disowned:
            self._beat_once()

    def _beat_once(self) -> None:
        try:
            self._disowned = not self._beat()
            self._last_beat_s = time.monotonic()
        except (ServiceUnavailable, SQLAlchemyError) as error:
            log.warning("row_heartbeat_missed", error=str(error))
