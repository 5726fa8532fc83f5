"""The relay: sends what transactions left in the outbox, jobs to their queues and events to their channels.

In order of commit, by one active relay. A job is enqueued once however often the relay dies; an event may
be published again after a crash. What cannot be sent at all is set aside with its error.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

import psycopg2
import redis.exceptions
from sqlalchemy import delete, text, update
from sqlalchemy import select as select_rows
from sqlalchemy.exc import DBAPIError

from omnisonic.platform import telemetry
from omnisonic.platform.db import OUTBOX_CHANNEL
from omnisonic.platform.errors import OmnisonicError, ServiceUnavailable
from omnisonic.platform.events import publish_durable
from omnisonic.platform.leadership import Leadership
from omnisonic.platform.logging import configure_logging, current_context, get_logger
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.process import StopSignal
from omnisonic.platform.queues import enqueue_once, job_id_of
from omnisonic.platform.telemetry import SpanKind, continue_trace
from omnisonic.platform.vitals import beat

PROCESS = "relay"
LEADER_LOCK = 0x0B0C
BATCH = 100
POLL_S = 1.0
ATTEMPTS_MAX = 5
BACKOFF_MAX_S = 5.0
ERROR_LENGTH_MAX = 500

# Answers of a server that is up but cannot take anything just now.
BUSY_KINDS = (redis.exceptions.OutOfMemoryError, redis.exceptions.ReadOnlyError)
BUSY_ANSWERS = ("LOADING", "MISCONF", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN")

Chore = Callable[[], bool]
"""One portion of what has to happen after commits, besides sending; tells whether more of it waits."""

log = get_logger(__name__)


class Unsendable(Exception):
    """This message will not be taken however often it is sent."""


class Unreachable(Exception):
    """Redis takes nothing at the moment."""


def run(chores: Sequence[Chore] = ()) -> None:
    """Relay until SIGTERM or SIGINT, with the chores in a thread of their own while it is the active one.

    A chore may meet an unreachable server (it is tried again); any other error ends the process.
    """
    configure_logging(PROCESS)
    telemetry.configure(PROCESS)
    stop = StopSignal.installed()
    backoff_s = 0.2
    while not stop.is_set():
        started = time.monotonic()
        try:
            with Leadership(LEADER_LOCK) as leadership:
                lead(leadership, stop, chores)
        except (DBAPIError, ServiceUnavailable) as error:
            log.warning("relay_lost_database", error=str(error), wait_s=backoff_s)
            stop.wait(backoff_s)
        backoff_s = 0.2 if time.monotonic() - started > BACKOFF_MAX_S else min(backoff_s * 2, BACKOFF_MAX_S)
    telemetry.flush()
    log.info("relay_stopped")


def lead(leadership: Leadership, stop: StopSignal, chores: Sequence[Chore] = ()) -> None:
    """Stand by until no other relay is active, then send until told to stop."""
    with ChoreThread(chores) as chore_thread:
        _lead(leadership, stop, chore_thread)


def _lead(leadership: Leadership, stop: StopSignal, chore_thread: ChoreThread) -> None:
    leadership.connection.execute(text(f"LISTEN {OUTBOX_CHANNEL}"))
    redis_backoff_s = 0.0
    was_active = False
    while not stop.is_set():
        _beat()
        if not leadership.try_acquire():
            wait_for_message(leadership, POLL_S)
            continue
        if not was_active:
            was_active = True
            log.info("relay_active")
        chore_thread.wake()
        try:
            sent = drain(leadership)
        except Unreachable as error:
            redis_backoff_s = min(max(0.2, redis_backoff_s * 2), BACKOFF_MAX_S)
            log.warning("relay_waits_for_redis", error=str(error), wait_s=redis_backoff_s)
            stop.wait(redis_backoff_s)
            continue
        redis_backoff_s = 0.0
        if sent < BATCH:
            wait_for_message(leadership, POLL_S)


def drain(leadership: Leadership) -> int:
    """Send one batch in order and delete what was sent; returns how many.

    Raises `Unreachable` after deleting what went out before.
    """
    connection = leadership.connection
    columns = OutboxMessage.__table__.c  # type: ignore[attr-defined]
    waiting = connection.execute(
        select_rows(OutboxMessage.__table__)  # type: ignore[attr-defined]
        .where(columns.attempts < ATTEMPTS_MAX)
        .order_by(columns.id)
        .limit(BATCH)
    ).all()
    sent: list[int] = []
    try:
        for row in waiting:
            message = OutboxMessage.model_validate(row._mapping)
            try:
                send(message)
            except Unsendable as error:
                _set_back(leadership, message, str(error))
            else:
                sent.append(row.id)
    finally:
        _forget(leadership, sent)
    return len(sent)


def send(message: OutboxMessage) -> None:
    """Send one message. Raises `Unsendable` or `Unreachable`."""
    try:
        with continue_trace(
            message.payload["context"], f"relay {message.kind}", SpanKind.PRODUCER, topic=message.topic
        ):
            _send(message)
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, ServiceUnavailable) as error:
        raise Unreachable(str(error)) from error
    except redis.exceptions.RedisError as error:
        if isinstance(error, BUSY_KINDS) or any(answer in str(error) for answer in BUSY_ANSWERS):
            raise Unreachable(str(error)) from error
        raise Unsendable(f"{type(error).__name__}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, OmnisonicError) as error:
        raise Unsendable(f"{type(error).__name__}: {error}") from error


def wait_for_message(leadership: Leadership, seconds: float) -> None:
    """Return when a transaction announces messages, at the latest after `seconds`."""
    driver = leadership.driver_connection
    try:
        select.select([driver], [], [], seconds)
        driver.poll()
        driver.notifies.clear()
    except psycopg2.Error as error:
        raise ServiceUnavailable("The connection to the database ended.") from error


def _send(message: OutboxMessage) -> None:
    payload = message.payload
    if message.kind == "job":
        args = payload["args"]
        job_id = job_id_of(message.topic, args, message_id=message.id or 0, created_at=message.created_at)
        is_new = enqueue_once(job_id, message.topic, {**payload, "context": current_context()})
        log.info("job_enqueued", job_id=job_id, queue=payload["queue"], is_new=is_new)
    elif message.kind == "event":
        publish_durable(message.topic, payload["type"], payload["data"], actor=payload["actor"])
    else:
        raise Unsendable(f"unknown kind {message.kind!r}")


def _set_back(leadership: Leadership, message: OutboxMessage, reason: str) -> None:
    attempts = message.attempts + 1
    table = OutboxMessage.__table__  # type: ignore[attr-defined]
    leadership.connection.execute(
        update(table)
        .where(table.c.id == message.id)
        .values(attempts=attempts, last_error=reason[:ERROR_LENGTH_MAX])
    )
    event = "message_set_aside" if attempts >= ATTEMPTS_MAX else "message_refused"
    log.error(event, outbox_id=message.id, kind=message.kind, topic=message.topic, error=reason)


def _forget(leadership: Leadership, sent: list[int]) -> None:
    if sent:
        table = OutboxMessage.__table__  # type: ignore[attr-defined]
        leadership.connection.execute(delete(table).where(table.c.id.in_(sent)))


class ChoreThread:
    """Does the chores whenever it is woken, so that they never hold up what has to be sent."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = chores
        self._woken = threading.Event()
        self._is_ending = False
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="relay-chores", daemon=True)

    def __enter__(self) -> Self:
        if self._chores:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ending = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """There may be something to do. Raises what a chore failed with."""
        if self._failure is not None:
            raise self._failure
        self._woken.set()

    def _run(self) -> None:
        while not self._is_ending:
            self._woken.wait()
            self._woken.clear()
            try:
                while not self._is_ending and any(chore() for chore in self._chores):
                    pass
            except (DBAPIError, ServiceUnavailable) as error:
                log.warning("chores_wait", error=str(error))
            except Exception as error:  # noqa: BLE001 (raised again in the main thread)
                self._failure = error
                return


def _beat() -> None:
    try:
        beat(PROCESS)
    except redis.exceptions.RedisError as error:
        log.debug("heartbeat_missed", error=str(error))
