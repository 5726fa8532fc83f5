"""Two transactions in a known order: the second waits for the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from tests.waiting import wait_until

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def is_somebody_waiting() -> bool:
    """Whether a transaction waits for another one."""
    with read_session() as session:
        return bool(session.execute(WAITING).scalar_one())


@contextmanager
def meanwhile(
    first: Callable[[UnitOfWork], object], second: Callable[[UnitOfWork], Any]
) -> Iterator[Future[Any]]:
    """`second` begins while the transaction of `first` is open, waits for it, and ends after it."""

    def run() -> Any:
        with unit_of_work() as uow:
            return second(uow)

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as uow:
            first(uow)
            uow.session.flush()
            later = pool.submit(run)
            wait_until(lambda: is_somebody_waiting() or later.done())
            assert not later.done(), later.exception() or "it did not wait"
        yield later
