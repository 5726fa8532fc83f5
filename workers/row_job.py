"""The frame around a job that has claimed a row: signs of life, a folder, and an end for the row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.logging import get_logger
from omnisonic.studio.rendering.errors import RenderCanceled
from workers.runtime import JobStopped, RowHeartbeat, StopReason, work_folder

Result = TypeVar("Result")

log = get_logger(__name__)


class RowJob(ABC, Generic[Result]):
    """One attempt at a claimed row. However the work ends, the row does not stay at "processing"."""

    refusals: ClassVar[tuple[type[OmnisonicError], ...]] = ()  # what a second try would not change

    def run(self) -> None:
        """Work, then settle the row. What is neither a refusal nor a stop is raised again for the queue."""
        heart = RowHeartbeat(self.beat)
        try:
            with work_folder() as folder, heart:
                result = self.work(folder, heart)
            self.finish(result)
        except self.refusals as error:
            log.info("job_refused", job=type(self).__name__, slug=error.slug)
            self.refuse(error)
        except JobStopped as error:
            self._stop(error.reason)
        except RenderCanceled:
            self._stop(heart.stop_reason)
        except BaseException as error:  # whatever broke, also a time-out or a lost server
            log.exception("job_broke", job=type(self).__name__, error=type(error).__name__)
            self.release(error, is_fault=True)
            raise

    def _stop(self, reason: StopReason | None) -> None:
        if reason is StopReason.DISOWNED:
            self.let_go()
        else:
            self.release(None, is_fault=reason is not StopReason.SHUTDOWN)

    @abstractmethod
    def beat(self) -> bool:
        """Record a sign of life; False when the row does not want this attempt any more."""

    @abstractmethod
    def work(self, folder: Path, heart: RowHeartbeat) -> Result:
        """The work itself; asks `heart` now and then whether to go on."""

    @abstractmethod
    def finish(self, result: Result) -> None:
        """Settle the row with the result, or undo it when the row was taken away meanwhile."""

    @abstractmethod
    def refuse(self, error: OmnisonicError) -> None:
        """Settle the row for one of `refusals`."""

    @abstractmethod
    def release(self, error: BaseException | None, *, is_fault: bool) -> None:
        """Give the row back; a fault (`error`, or None for an interruption) uses up the attempt."""

    @abstractmethod
    def let_go(self) -> None:
        """The row is no longer this attempt's."""
