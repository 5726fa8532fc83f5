"""The scheduler against PostgreSQL: once each, caught up, one active."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from sqlmodel import col, select

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.jobs import JobSpec, Queue
from omnisonic.platform.models import OutboxMessage, ScheduleRun
from omnisonic.platform.schedule import (
    CATCH_UP_MAX,
    Agenda,
    CatchUp,
    DailyAt,
    Every,
    ScheduledJob,
    start_due,
)
from tests.programs import SCHEDULER, running
from tests.waiting import wait_until
from workers.schedule import SWEEP_EVERY_S

JOB = JobSpec("workers.maintenance.sweep", queue=Queue.MAINTENANCE, timeout_s=60)
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
MINUTELY = ScheduledJob("minutely", JOB, Every(60))
EACH_MINUTE = ScheduledJob("each-minute", JOB, Every(60), CatchUp.EACH)
NIGHTLY = ScheduledJob("nightly", JOB, DailyAt(time(3, 0)))

pytestmark = pytest.mark.usefixtures("db", "redis_client")


def runs(name: str) -> list[datetime]:
    with read_session() as session:
        statement = select(ScheduleRun.due_at).where(ScheduleRun.job == name)
        return list(session.exec(statement.order_by(col(ScheduleRun.due_at))))


def messages() -> list[OutboxMessage]:
    with read_session() as session:
        return list(session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))))


def test_what_is_due_is_started_once() -> None:
    assert start_due([MINUTELY], now=NOW) == 1
    assert start_due([MINUTELY], now=NOW + timedelta(seconds=20)) == 0
    assert start_due([MINUTELY], now=NOW + timedelta(seconds=60)) == 1
    assert runs("minutely") == [NOW.replace(second=0), NOW.replace(minute=10, second=0)]
    assert [(row.topic, row.payload["args"]) for row in messages()] == [(JOB.function, {})] * 2


def test_the_day_has_one_nightly_run() -> None:
    start_due([NIGHTLY], now=datetime(2026, 3, 14, 2, 59, tzinfo=UTC))
    start_due([NIGHTLY], now=datetime(2026, 3, 14, 3, 0, tzinfo=UTC))
    start_due([NIGHTLY], now=datetime(2026, 3, 14, 23, 59, tzinfo=UTC))
    assert runs("nightly") == [datetime(2026, 3, day, 3, tzinfo=UTC) for day in (13, 14)]


def test_after_a_pause_the_latest_run_is_caught_up() -> None:
    start_due([MINUTELY], now=NOW)
    later = NOW + timedelta(hours=5)
    assert start_due([MINUTELY], now=later) == 1
    assert runs("minutely")[-1] == later.replace(second=0)


def test_after_a_pause_each_run_is_caught_up_where_each_counts() -> None:
    start_due([EACH_MINUTE], now=NOW)
    assert start_due([EACH_MINUTE], now=NOW + timedelta(minutes=5)) == 5
    due = runs("each-minute")
    assert [later - earlier for earlier, later in pairwise(due)] == [timedelta(minutes=1)] * 5
    assert [row.payload["args"]["due_at"] for row in messages()] == [moment.isoformat() for moment in due]


def test_a_long_pause_is_caught_up_in_bounded_steps() -> None:
    start_due([EACH_MINUTE], now=NOW)
    later = NOW + timedelta(minutes=CATCH_UP_MAX + 7)
    assert [start_due([EACH_MINUTE], now=later) for _ in range(3)] == [CATCH_UP_MAX, 7, 0]


def test_an_agenda_starts_the_same_and_asks_only_when_something_may_be_due() -> None:
    agenda = Agenda([MINUTELY, EACH_MINUTE, NIGHTLY])
    start_due([MINUTELY, EACH_MINUTE, NIGHTLY], now=NOW)
    later = NOW + timedelta(minutes=CATCH_UP_MAX + 7)
    assert [agenda.start_due(now=later) for _ in range(3)] == [CATCH_UP_MAX + 1, 7, 0]
    with unit_of_work() as uow:  # whoever looked would find everything due
        for row in uow.session.exec(select(ScheduleRun)):
            uow.session.delete(row)
    assert agenda.start_due(now=later.replace(second=59)) == 0
    assert agenda.start_due(now=later + timedelta(minutes=1)) == 2
    assert runs("nightly") == []


def test_a_clock_set_back_starts_nothing_again() -> None:
    start_due([MINUTELY], now=NOW)
    assert start_due([MINUTELY], now=NOW - timedelta(hours=1)) == 0


def test_many_schedulers_at_once_start_each_run_once() -> None:
    jobs = [ScheduledJob(f"job-{n}", JOB, Every(60)) for n in range(5)]
    started: list[int] = []
    threads = [threading.Thread(target=lambda: started.append(start_due(jobs, now=NOW))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(started) == len(jobs)
    assert len(messages()) == len(jobs)


def test_a_job_and_its_run_are_one_transaction() -> None:
    broken = ScheduledJob("broken", JobSpec("x" * 300, queue=Queue.MAINTENANCE, timeout_s=1), Every(60))
    with pytest.raises(Exception, match="too long"):
        start_due([broken], now=NOW)
    assert runs("broken") == []
    assert messages() == []


def test_two_schedulers_share_the_work_and_survive_each_other() -> None:
    with running(SCHEDULER) as first, running(SCHEDULER) as second:
        wait_until(lambda: len(runs("sweep")) >= 1)
        before = len(runs("sweep"))
        with unit_of_work() as uow:  # as if the last sweeps had never been: due at once, without waiting
            for row in uow.session.exec(select(ScheduleRun).where(ScheduleRun.job == "sweep")):
                uow.session.delete(row)
        first.kill()
        wait_until(lambda: len(runs("sweep")) >= 1)
        assert second.stop() == 0
    assert before >= 1
    starts = Counter(row.topic for row in messages())
    assert starts["workers.maintenance.delete_orphans"] == 1
    assert starts["workers.maintenance.clean_up"] == 1
    assert all(moment.timestamp() % SWEEP_EVERY_S == 0 for moment in runs("sweep"))
