"""The relay against PostgreSQL and Valkey: order, no loss, no double, poison, takeover."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from sqlalchemy import func, text
from sqlmodel import col, select

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.jobs import JobSpec, Queue
from omnisonic.platform.leadership import Leadership
from omnisonic.platform.logging import log_context
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.queues import make_queue
from omnisonic.platform.redis import get_redis
from omnisonic.platform.relay import ATTEMPTS_MAX, BATCH, LEADER_LOCK, Unreachable, drain, run
from tests.own_redis import OwnRedis
from tests.programs import RELAY, running
from tests.waiting import wait_until

JOB = JobSpec("workers.maintenance.sweep", queue=Queue.MAINTENANCE, timeout_s=60)
CHANNEL = "room:order"

pytestmark = pytest.mark.usefixtures("db", "redis_client")


@pytest.fixture
def leadership() -> Iterator[Leadership]:
    with Leadership(LEADER_LOCK) as held:
        assert held.try_acquire()
        yield held


def enqueue(count: int, *, first: int = 0) -> None:
    with unit_of_work() as uow:
        for n in range(first, first + count):
            uow.enqueue(JOB, stale_after_s=str(n))


def outbox_size() -> int:
    with read_session() as session:
        return session.exec(select(func.count()).select_from(OutboxMessage)).one()


def queued_args() -> list[int]:
    return [int(job.kwargs["stale_after_s"]) for job in make_queue(Queue.MAINTENANCE).jobs]


def events(channel: str = CHANNEL) -> list[Any]:
    entries = get_redis().xrange(f"events:{{{channel}}}:stream")
    return [json.loads(fields["frame"])["data"] for _, fields in entries]


def test_jobs_are_enqueued_as_they_were_asked_for(leadership: Leadership) -> None:
    with log_context({"correlation_id": "request-1"}), unit_of_work() as uow:
        uow.enqueue(JOB, stale_after_s="7")
    assert drain(leadership) == 1
    (job,) = make_queue(Queue.MAINTENANCE).jobs
    assert (job.func_name, job.kwargs, job.timeout) == (JOB.function, {"stale_after_s": "7"}, 60)
    assert job.meta["context"]["correlation_id"] == "request-1"
    assert job.result_ttl is not None
    assert job.failure_ttl is not None
    assert outbox_size() == 0


def test_jobs_are_stored_as_json(leadership: Leadership) -> None:
    enqueue(1)
    drain(leadership)
    (job,) = make_queue(Queue.MAINTENANCE).jobs
    assert json.loads(job.data) == [JOB.function, None, [], {"stale_after_s": "0"}]


def test_a_rolled_back_transaction_sends_nothing(leadership: Leadership) -> None:
    def change_my_mind() -> None:
        with unit_of_work() as uow:
            uow.enqueue(JOB, stale_after_s="1")
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        change_my_mind()
    assert drain(leadership) == 0
    assert queued_args() == []


def test_a_second_sending_changes_nothing(leadership: Leadership) -> None:
    enqueue(3)
    with read_session() as session:
        rows = [row.model_dump() for row in session.exec(select(OutboxMessage))]
    drain(leadership)
    with unit_of_work() as uow:  # as if the relay had died between sending and deleting
        uow.session.add_all([OutboxMessage(**row) for row in rows])
    assert drain(leadership) == 3
    assert queued_args() == [0, 1, 2]


def test_large_outboxes_go_in_batches(leadership: Leadership) -> None:
    enqueue(BATCH + 5)
    assert [drain(leadership), drain(leadership), drain(leadership)] == [BATCH, 5, 0]
    assert queued_args() == list(range(BATCH + 5))


@pytest.fixture
def outbox_history(servers: Any) -> Iterator[Any]:
    """The ids under which events entered the outbox; the relay deletes the rows themselves."""
    with closing(psycopg2.connect(servers.admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE outbox_history (id bigint, data jsonb);"
                "CREATE FUNCTION note_outbox() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
                "INSERT INTO public.outbox_history VALUES (NEW.id, NEW.payload->'data'); RETURN NEW; END $$;"
                "CREATE TRIGGER note_outbox AFTER INSERT ON outbox FOR EACH ROW "
                "EXECUTE FUNCTION note_outbox()"
            )

            def history() -> list[Any]:
                cursor.execute("SELECT data FROM outbox_history ORDER BY id")
                return [row[0] for row in cursor.fetchall()]

            yield history
            cursor.execute("DROP FUNCTION note_outbox() CASCADE; DROP TABLE outbox_history")


def test_events_of_concurrent_writers_keep_the_order_of_commit(outbox_history: Any) -> None:
    writers, each = 6, 15

    def write(writer: int) -> None:
        for n in range(each):
            with unit_of_work() as uow:
                uow.publish(CHANNEL, "noted", {"writer": writer, "n": n})

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    with running(RELAY):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_until(lambda: len(events()) >= writers * each)
    assert events() == outbox_history()
    assert len(events()) == writers * each
    for writer in range(writers):
        assert [data["n"] for data in events() if data["writer"] == writer] == list(range(each))


def test_a_relay_killed_in_the_middle_loses_and_doubles_nothing() -> None:
    enqueue(1200)
    queue = make_queue(Queue.MAINTENANCE)
    newest = select(OutboxMessage).order_by(col(OutboxMessage.id).desc()).limit(1).with_for_update()
    with unit_of_work() as holding:
        holding.session.exec(newest).one()  # nobody can delete it, so the relay cannot finish before the kill
        with running(RELAY) as relay:
            wait_until(lambda: queue.count > BATCH // 2)
            relay.kill()
    assert outbox_size() > 0
    with running(RELAY):
        wait_until(lambda: outbox_size() == 0)
    assert Counter(queued_args()) == Counter(range(1200))


def test_only_one_relay_is_active_and_the_other_takes_over() -> None:
    def holders() -> list[int]:
        with read_session() as session:
            statement = text(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :lock"
            )
            return [row[0] for row in session.connection().execute(statement, {"lock": LEADER_LOCK})]

    def signs() -> int:
        return len(get_redis().keys("health:relay:*"))

    with running(RELAY) as first:
        wait_until(holders)
        with running(RELAY) as second:
            wait_until(lambda: signs() == 2)
            (holder,) = holders()
            enqueue(10)
            wait_until(lambda: outbox_size() == 0)
            assert queued_args() == list(range(10))
            first.kill()
            enqueue(10, first=10)
            wait_until(lambda: outbox_size() == 0)
            assert second.is_alive()
            assert len(holders()) == 1
            assert holders() != [holder]
            assert second.stop() == 0
    assert queued_args() == list(range(20))


def test_what_cannot_be_sent_is_set_aside_and_blocks_nothing(leadership: Leadership) -> None:
    with unit_of_work() as uow:
        uow.session.add(OutboxMessage(kind="riddle", topic="x", payload={"context": {}}))
        uow.session.add(OutboxMessage(kind="job", topic="x", payload={"context": {}}))
        uow.session.add(OutboxMessage(kind="event", topic="x", payload={"context": 5}))
        uow.session.flush()
        uow.enqueue(JOB, stale_after_s="1")
    assert drain(leadership) == 1
    assert queued_args() == [1]
    for _ in range(ATTEMPTS_MAX + 2):
        assert drain(leadership) == 0
    with read_session() as session:
        rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    assert [row.attempts for row in rows] == [ATTEMPTS_MAX] * 3
    assert [bool(row.last_error) for row in rows] == [True] * 3
    assert "riddle" in (rows[0].last_error or "")


def test_a_lost_redis_is_waited_for(own_redis: OwnRedis) -> None:
    with running(RELAY):
        enqueue(5)
        wait_until(lambda: outbox_size() == 0)
        own_redis.stop()
        enqueue(5, first=5)
        with unit_of_work() as uow:
            uow.publish(CHANNEL, "noted", {"n": 1})
        own_redis.start()
        wait_until(lambda: outbox_size() == 0)
    assert queued_args() == list(range(10))
    assert events() == [{"n": 1}]


def test_without_redis_nothing_counts_as_an_attempt(leadership: Leadership, own_redis: OwnRedis) -> None:
    own_redis.stop()
    enqueue(2)
    for _ in range(ATTEMPTS_MAX + 1):
        with pytest.raises(Unreachable):
            drain(leadership)
    with read_session() as session:
        assert [row.attempts for row in session.exec(select(OutboxMessage))] == [0, 0]


def test_a_full_redis_is_waited_for(own_redis: OwnRedis) -> None:
    with Leadership(LEADER_LOCK) as held:
        enqueue(1)
        get_redis().config_set("maxmemory", "1")
        with pytest.raises(Unreachable):
            drain(held)
        get_redis().config_set("maxmemory", "0")
        assert drain(held) == 1


def test_the_relay_stops_when_asked_and_shows_that_it_lives() -> None:
    with running(RELAY) as relay:
        wait_until(lambda: get_redis().keys("health:relay:*"))
        assert relay.stop() == 0


def test_run_is_importable_without_reflex() -> None:
    code = (
        "import sys, omnisonic.platform.relay, workers.runtime, workers.schedule, workers.maintenance; "
        "sys.exit('reflex' in sys.modules)"
    )
    with running(code) as program:
        assert program.process.wait(60) == 0
    assert callable(run)
