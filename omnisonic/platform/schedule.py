"""The scheduler: starts jobs when they are due, once each, however many schedulers run or how late they are.

Every due time is a row of `schedule_runs`; its key makes a second start impossible, and the job goes into
the outbox in the same transaction. Which jobs there are is declared elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Protocol

import redis.exceptions
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from omnisonic.platform import telemetry
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.jobs import JobSpec
from omnisonic.platform.leadership import Leadership
from omnisonic.platform.logging import configure_logging, get_logger, log_context
from omnisonic.platform.models import ScheduleRun
from omnisonic.platform.process import StopSignal
from omnisonic.platform.vitals import beat

PROCESS = "scheduler"
LEADER_LOCK = 0x0B0D
TICK_S = 1.0
BACKOFF_MAX_S = 5.0
CATCH_UP_MAX = 100  # due times of one job started in one tick
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = get_logger(__name__)


class Timing(Protocol):
    """When a job is due."""

    def latest_due(self, now: datetime) -> datetime:
        """The last due time that is not after `now`."""

    def next_due(self, after: datetime) -> datetime:
        """The first due time that is after `after`."""


@dataclass(frozen=True)
class Every:
    """Due at each multiple of `period_s`, counted from 1970, so that all schedulers agree."""

    period_s: int

    def latest_due(self, now: datetime) -> datetime:
        """The last due time that is not after `now`."""
        period = timedelta(seconds=self.period_s)
        return EPOCH + (now - EPOCH) // period * period

    def next_due(self, after: datetime) -> datetime:
        """The first due time that is after `after`."""
        return self.latest_due(after) + timedelta(seconds=self.period_s)


@dataclass(frozen=True)
class DailyAt:
    """Due once a day at a time in UTC."""

    at: time

    def latest_due(self, now: datetime) -> datetime:
        """The last due time that is not after `now`."""
        today = datetime.combine(now.astimezone(UTC).date(), self.at, tzinfo=UTC)
        return today if today <= now else today - timedelta(days=1)

    def next_due(self, after: datetime) -> datetime:
        """The first due time that is after `after`."""
        return self.latest_due(after) + timedelta(days=1)


class CatchUp(StrEnum):
    """What happens with due times that passed while no scheduler ran."""

    LATEST = "latest"  # the job does all there is to do: one run is enough
    EACH = "each"  # every due time counts; the job gets it as `due_at`


@dataclass(frozen=True)
class ScheduledJob:
    """A job and when it is due. `name` is its identity in `schedule_runs`."""

    name: str
    spec: JobSpec
    timing: Timing
    catch_up: CatchUp = CatchUp.LATEST


def run(jobs: Sequence[ScheduledJob]) -> None:
    """Schedule until SIGTERM or SIGINT."""
    configure_logging(PROCESS)
    telemetry.configure(PROCESS)
    stop = StopSignal.installed()
    backoff_s = 0.2
    while not stop.is_set():
        try:
            with Leadership(LEADER_LOCK) as leadership:
                lead(leadership, jobs, is_stopping=stop.wait)
                backoff_s = 0.2
        except (DBAPIError, ServiceUnavailable) as error:
            log.warning("scheduler_lost_database", error=str(error), wait_s=backoff_s)
            stop.wait(backoff_s)
            backoff_s = min(backoff_s * 2, BACKOFF_MAX_S)
    telemetry.flush()
    log.info("scheduler_stopped")


def lead(
    leadership: Leadership, jobs: Sequence[ScheduledJob], *, is_stopping: Callable[[float], bool]
) -> None:
    """Stand by until no other scheduler is active, then start what is due, each second."""
    was_active = False
    agenda = Agenda(jobs)
    while not is_stopping(TICK_S):
        _beat()
        if not leadership.try_acquire():
            continue
        if not was_active:
            was_active = True
            log.info("scheduler_active", jobs=[job.name for job in jobs])
        leadership.check()
        agenda.start_due(now=utc_now())


def start_due(jobs: Sequence[ScheduledJob], *, now: datetime) -> int:
    """Start every job that is due and was not started; returns how many runs that were."""
    return sum(_start_job(job, now) for job in jobs)


class Agenda:
    """When to look at each job again: the active scheduler need not ask the database each second."""

    def __init__(self, jobs: Sequence[ScheduledJob]) -> None:
        self._jobs = jobs
        self._rests_until: dict[str, datetime] = {}

    def start_due(self, *, now: datetime) -> int:
        """As the function, of the jobs that may be due; what has nothing left rests until its next time."""
        started = 0
        for job in self._jobs:
            if now < self._rests_until.get(job.name, now):
                continue
            runs = start_due([job], now=now)
            started += runs
            if not runs:  # else there may be more to catch up
                self._rests_until[job.name] = job.timing.next_due(now)
        return started


def _start_job(job: ScheduledJob, now: datetime) -> int:
    with log_context(schedule=job.name), unit_of_work() as uow:
        started = [due for due in _due_times(uow.session, job, now) if _claim(uow.session, job, due)]
        for due in started:
            uow.enqueue(job.spec, **({"due_at": due.isoformat()} if job.catch_up is CatchUp.EACH else {}))
    for due in started:
        log.debug("schedule_started", job=job.name, due_at=due.isoformat())
    return len(started)


def _due_times(session: Session, job: ScheduledJob, now: datetime) -> list[datetime]:
    latest = job.timing.latest_due(now)
    last_run = session.execute(
        select(func.max(ScheduleRun.due_at)).where(ScheduleRun.job == job.name)  # type: ignore[arg-type]
    ).scalar_one()
    if last_run is None or job.catch_up is CatchUp.LATEST:
        return [latest] if last_run is None or latest > last_run else []
    return list(takewhile(lambda due: due <= latest, _following(job.timing, last_run)))


def _following(timing: Timing, after: datetime) -> list[datetime]:
    found: list[datetime] = []
    for _ in range(CATCH_UP_MAX):
        after = timing.next_due(after)
        found.append(after)
    return found


def _claim(session: Session, job: ScheduledJob, due: datetime) -> bool:
    claim = insert(ScheduleRun).values(job=job.name, due_at=due, started_at=utc_now())
    claimed = session.execute(claim.on_conflict_do_nothing().returning(ScheduleRun.job))  # type: ignore[call-overload]
    return claimed.first() is not None


def _beat() -> None:
    try:
        beat(PROCESS)
    except redis.exceptions.RedisError as error:
        log.debug("heartbeat_missed", error=str(error))
