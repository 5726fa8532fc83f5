"""Worker pools with real processes: context, crashes, stopping, a lost Redis."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from rq.job import Job

from omnisonic.platform.jobs import Queue
from omnisonic.platform.queues import SERIALIZER, make_queue, queue_connection
from omnisonic.platform.redis import get_redis
from tests.own_redis import OwnRedis
from tests.programs import WORKER, is_running, running
from tests.waiting import wait_until
from workers.folders import remove_dead_folders, work_folder
from workers.runtime import JobStopped, RowHeartbeat, StopReason

from .conftest import Send, held, noted

IMPATIENT = (
    "from workers.pool import WorkerPool; from omnisonic.platform.jobs import Queue; "
    "WorkerPool(Queue.MAINTENANCE, 1, grace_s=0.5).run()"
)

pytestmark = pytest.mark.usefixtures("db", "redis_client", "own_work_root")


def status(job_id: str) -> str:
    return Job.fetch(job_id, connection=queue_connection(), serializer=SERIALIZER).get_status().value


def test_jobs_run_in_order_and_know_their_request(send: Send) -> None:
    send("note", correlation_id="request-1", name="a")
    send("note", correlation_id="request-2", name="b")
    send("tell_what_is_ready", name="c")
    with running(WORKER) as worker:
        wait_until(lambda: noted() == ["a", "b", "c"])
        assert worker.stop() == 0
    assert get_redis().hgetall("context") == {"a": "request-1", "b": "request-2"}
    assert get_redis().hgetall("ready") == {"mappers": "True", "frozen": "1", "driver": "1"}


def test_a_broken_job_does_not_stop_the_next(send: Send) -> None:
    broken = send("fail", name="a")
    send("note", name="b")
    with running(WORKER):
        wait_until(lambda: noted() == ["a", "b"])
        assert status(broken) == "failed"


def test_the_pool_shows_that_it_lives() -> None:
    with running(WORKER):
        wait_until(lambda: get_redis().keys("health:worker-maintenance:*"))


def test_a_killed_job_takes_its_helpers_along_and_the_next_runs(send: Send) -> None:
    killed = send("hold", name="a")
    send("note", name="b")
    with running(WORKER):
        seen = held("a")
        os.kill(int(seen["pid"]), signal.SIGKILL)
        wait_until(lambda: noted() == ["b"])
        wait_until(lambda: not is_running(int(seen["helper"])))
        assert status(killed) == "failed"
    assert Path(seen["folder"]).exists()
    assert remove_dead_folders(newborn_s=0) >= 1
    assert not Path(seen["folder"]).exists()


@pytest.mark.parametrize("victim", ["pool", "worker"])
def test_nothing_outlives_a_killed_pool_or_worker(send: Send, victim: str) -> None:
    send("hold", name="a")
    with running(WORKER) as pool:
        seen = held("a")
        os.kill(pool.pid if victim == "pool" else int(seen["worker"]), signal.SIGKILL)
        wait_until(lambda: not any(is_running(int(seen[name])) for name in ("pid", "worker", "helper")))
        if victim == "worker":
            send("note", name="b")
            wait_until(lambda: noted() == ["b"])


def test_asked_to_stop_a_job_lets_go(send: Send) -> None:
    send("cooperate", name="a")
    with running(WORKER) as worker:
        held("a")
        assert worker.stop() == 0
    assert noted() == ["a: shutdown"]


def test_a_job_that_does_not_stop_is_killed_after_the_grace(send: Send) -> None:
    send("hold", name="a")
    with running(IMPATIENT) as worker:
        seen = held("a")
        assert worker.stop() == 0
        wait_until(lambda: not is_running(int(seen["pid"])) and not is_running(int(seen["helper"])))
    assert noted() == []


def test_an_idle_worker_survives_the_loss_of_redis(own_redis: OwnRedis, send: Send) -> None:
    with running(WORKER) as worker:
        send("note", name="a")
        wait_until(lambda: noted() == ["a"])
        own_redis.stop()
        own_redis.start()
        send("note", name="b")
        wait_until(lambda: noted() == ["a", "b"])
        assert worker.stop() == 0


def test_a_running_job_survives_the_loss_of_redis(own_redis: OwnRedis, send: Send) -> None:
    with running(WORKER):
        send("hold", name="a")
        seen = held("a")
        own_redis.stop()
        own_redis.start()
        assert is_running(int(seen["pid"]))
        get_redis().set("release", "1")
        send("note", name="b")
        wait_until(lambda: noted() == ["a", "b"])


def test_workers_wait_for_a_redis_that_is_not_there_yet(own_redis: OwnRedis, send: Send) -> None:
    own_redis.stop()
    with running(WORKER) as worker:
        own_redis.start()
        send("note", name="a")
        wait_until(lambda: noted() == ["a"])
        assert worker.is_alive()


def test_queues_hold_no_pickles(send: Send) -> None:
    send("note", name="a")
    (job,) = make_queue(Queue.MAINTENANCE).jobs
    raw = queue_connection().hget(job.key, "data")
    assert job.serializer is SERIALIZER
    assert isinstance(raw, bytes)
    assert b"csample" not in raw


class TestRowHeartbeat:
    def test_the_first_beat_happens_on_entering(self) -> None:
        beats: list[int] = []

        def beat() -> bool:
            beats.append(1)
            return True

        with RowHeartbeat(beat, every_s=60) as heart:
            assert beats == [1]
            assert heart.stop_reason is None
            heart.check()

    def test_it_beats_until_the_end(self) -> None:
        beats: list[int] = []

        def beat() -> bool:
            beats.append(1)
            return True

        with RowHeartbeat(beat, every_s=0.01):
            wait_until(lambda: len(beats) > 3)
        ended = len(beats)
        with RowHeartbeat(lambda: True, every_s=0.01):
            assert len(beats) == ended

    def test_a_row_that_says_no_stops_the_job(self) -> None:
        answers = iter([True, True, False])
        with RowHeartbeat(lambda: next(answers), every_s=0.01) as heart:
            wait_until(lambda: heart.stop_reason is StopReason.DISOWNED)
            with pytest.raises(JobStopped, match="disowned"):
                heart.check()

    def test_a_lost_database_is_survived_for_a_while(self, configure: Callable[..., object]) -> None:
        from omnisonic.platform.db import read_session

        beats: list[int] = []

        def beat() -> bool:
            beats.append(1)
            with read_session():
                return True

        configure(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
        with RowHeartbeat(beat, every_s=0.01) as heart:
            wait_until(lambda: len(beats) > 2)
            assert heart.stop_reason is None


class TestWorkFolder:
    def test_it_is_gone_with_its_job(self) -> None:
        with work_folder() as folder:
            (folder / "mix.wav").write_bytes(b"x")
        assert not folder.exists()

    def test_it_is_gone_when_the_job_breaks(self) -> None:
        seen: list[Path] = []

        def break_down() -> None:
            with work_folder() as folder:
                seen.append(folder)
                raise RuntimeError("broke")

        with pytest.raises(RuntimeError, match="broke"):
            break_down()
        assert not seen[0].exists()

    def test_a_living_jobs_folder_is_spared(self) -> None:
        with work_folder() as folder:
            remove_dead_folders(newborn_s=0)
            assert folder.exists()
