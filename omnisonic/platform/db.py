"""The two ways to the database: `unit_of_work()` writes and alone commits, `read_session()` reads.

Jobs and events are buffered in the unit of work and inserted as outbox rows at the end of the same
transaction, so nothing is announced that did not happen and nothing that happened stays unannounced.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from omnisonic.platform.db_errors import LOST_RETRY_S, translated
from omnisonic.platform.errors import Busy, OutcomeUnknown, ServiceUnavailable
from omnisonic.platform.jobs import JobSpec
from omnisonic.platform.logging import current_context
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.settings import get_settings

OUTBOX_LOCK = 0x0B0B  # one lock for the last step of every writing transaction
OUTBOX_CHANNEL = "outbox"
BULK_STATEMENT_TIMEOUT_S = 600
CONNECT_ARGUMENTS = {
    "connect_timeout": 5,
    "application_name": "omnisonic",
    "options": "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
}
# As an option of the connection it costs no statement; psycopg2's own way costs one with every check-out.
READ_ARGUMENTS = {
    **CONNECT_ARGUMENTS,
    "options": f"{CONNECT_ARGUMENTS['options']} -c default_transaction_read_only=on",
}

P = ParamSpec("P")
T = TypeVar("T")


@lru_cache(maxsize=1)
def write_engine() -> Engine:
    """Engine of the primary, made on first use in each process."""
    return _make_engine(_required_url(), CONNECT_ARGUMENTS)


@lru_cache(maxsize=1)
def read_engine() -> Engine:
    """Engine that cannot write: of the replica when DATABASE_READ_URL is set, else of the primary."""
    read_url = get_settings().database_read_url
    return _make_engine(read_url.get_secret_value() if read_url else _required_url(), READ_ARGUMENTS)


@dataclass
class UnitOfWork:
    """One transaction. Services use `session`, `enqueue` and `publish`; only the context manager commits."""

    session: Session
    outbox: list[OutboxMessage] = field(default_factory=list)

    def enqueue(self, job: JobSpec, **ids: str) -> None:
        """Run `job` on its worker pool after the commit. `ids` are the job's whole payload."""
        payload = {
            "args": ids,
            "queue": job.queue,
            "timeout_s": job.timeout_s,
            "expires_s": job.expires_s,
            "context": current_context(),
        }
        self.outbox.append(OutboxMessage(kind="job", topic=job.function, payload=payload))

    def publish(
        self, channel: str, event_type: str, data: dict[str, Any], *, actor: str | None = None
    ) -> None:
        """Send a durable event to `channel` after the commit, in commit order."""
        payload = {"type": event_type, "data": data, "actor": actor, "context": current_context()}
        self.outbox.append(OutboxMessage(kind="event", topic=channel, payload=payload))


def _commit(session: Session) -> None:
    """COMMIT; raises `OutcomeUnknown` when it was sent and no answer came."""
    try:
        with translated():
            session.commit()
    except Busy:
        raise
    except ServiceUnavailable as error:
        raise OutcomeUnknown(
            "The database went away while this was being saved.", retry_after_s=LOST_RETRY_S
        ) from error


@contextmanager
def unit_of_work(connection: Connection | None = None) -> Iterator[UnitOfWork]:
    """Open a transaction; commit with its outbox rows, or roll back and announce nothing.

    With a `connection` of `bulk_connection` it runs there, where the job's temporary tables are.
    What the database refuses comes out as `ServiceUnavailable`, `Busy`, `AlreadyThere` or `Conflict`;
    `OutcomeUnknown` where it was lost in the middle of the commit.
    """
    with translated(), Session(connection or write_engine(), expire_on_commit=False) as session:
        uow = UnitOfWork(session)
        yield uow
        session.flush()
        if uow.outbox:
            _append_outbox(session, uow.outbox)
        _commit(session)


@contextmanager
def read_session() -> Iterator[Session]:
    """A read-only session, on the replica when there is one."""
    with translated(), Session(read_engine(), expire_on_commit=False) as session:
        yield session


@contextmanager
def bulk_connection(*, statement_timeout_s: int = BULK_STATEMENT_TIMEOUT_S) -> Iterator[Connection]:
    """A connection of one's own for set-based work on many rows: time for it, and temporary tables.

    A commit does not wait for the disk: whoever uses it keeps markers in the same transactions and goes
    on from them. It is closed at the end, and its temporary tables are gone.
    """
    # Never one of the pool: temp_buffers cannot be changed once a connection has had temporary tables.
    engine = create_engine(write_engine().url, poolclass=NullPool, connect_args=CONNECT_ARGUMENTS)
    with translated(), engine.connect() as connection:
        connection.exec_driver_sql(
            f"SET statement_timeout = '{statement_timeout_s}s'; SET synchronous_commit = off; SET jit = off; "
            "SET work_mem = '64MB'; SET maintenance_work_mem = '64MB'; SET temp_buffers = '64MB'"
        )
        connection.commit()
        yield connection


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking code off the event loop."""
    return await anyio.to_thread.run_sync(lambda: function(*args, **kwargs))


def dispose_engines() -> None:
    """Close every pooled connection (at shutdown, and after a fork)."""
    for engine in (write_engine, read_engine):
        if engine.cache_info().currsize:
            engine().dispose(close=True)
        engine.cache_clear()


def _forget_inherited_engines() -> None:
    # The parent's sockets must not be closed by the child: drop them without a goodbye.
    for engine in (write_engine, read_engine):
        if engine.cache_info().currsize:
            engine().dispose(close=False)
        engine.cache_clear()


os.register_at_fork(after_in_child=_forget_inherited_engines)


def _append_outbox(session: Session, messages: list[OutboxMessage]) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": OUTBOX_LOCK})
    for message in messages:  # one by one: the identity column must follow the order of publication
        session.add(message)
        session.flush()
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": OUTBOX_CHANNEL})


def _required_url() -> str:
    url = get_settings().database_url
    if url is None:
        raise ServiceUnavailable("DATABASE_URL is not set. `make run` starts a database and sets it.")
    return url.get_secret_value()


def _make_engine(url: str, connect_arguments: dict[str, Any]) -> Engine:
    settings = get_settings()
    return create_engine(
        url.replace("postgres://", "postgresql+psycopg2://", 1).replace(
            "postgresql://", "postgresql+psycopg2://", 1
        ),
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_max_overflow,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=connect_arguments,
    )
