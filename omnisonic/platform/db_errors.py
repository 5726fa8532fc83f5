"""What PostgreSQL refuses, in our own errors, and what to do again when two transactions met.

Codes: PostgreSQL, Appendix A. PostgreSQL Error Codes.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from omnisonic.platform.errors import AlreadyThere, Busy, Conflict, OmnisonicError, ServiceUnavailable
from omnisonic.platform.logging import get_logger

ATTEMPTS = 3
FIRST_WAIT_S = 0.02
BUSY_RETRY_S, LOST_RETRY_S = 2, 5
COLLISIONS = {"40001", "40P01"}  # serialization failure (also a replica's conflict with recovery), deadlock
SLOW = {"57014", "55P03", "25P03"}  # statement time-out, lock not available, idle in transaction too long
EXHAUSTED = {"53000", "53100", "53200", "53300", "53400"}  # disk, memory, connections
GONE = {"57P01", "57P02", "57P03", "57P05", "25006"}  # shut down, crashed, starting; 25006: a replica now
REFERENCES = {"23503", "23P01"}  # foreign key, exclusion

P = ParamSpec("P")
T = TypeVar("T")
log = get_logger(__name__)


class Collided(Busy):
    """Two transactions stood in each other's way and this one was rolled back: worth doing again."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise `ServiceUnavailable`, `Busy`, `AlreadyThere` or `Conflict` for what the driver raises inside.

    What only a fault of ours can cause (a wrong statement, a value that no column takes) stays as it is.
    """
    try:
        yield
    except PoolTimeout as error:
        raise Busy("Every connection to the database is in use.", retry_after_s=BUSY_RETRY_S) from error
    except DBAPIError as error:
        known = _known(error)
        if known is None:
            raise
        log.warning("database_refused", slug=known.slug, code=_code(error), error=str(error.orig).strip())
        raise known from error


def repeatable(function: Callable[P, T]) -> Callable[P, T]:
    """Run `function` again, up to 3 times in all, when its transaction collided with another one.

    For functions that open their own unit of work and do nothing outside of it: a rolled-back attempt
    then leaves no trace. Raises what the last attempt raised.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return function(*args, **kwargs)
            except Collided:
                wait_s = FIRST_WAIT_S * 2**attempt * random.random()
                log.info("transaction_repeated", function=function.__qualname__, attempt=attempt)
                time.sleep(wait_s)
        return function(*args, **kwargs)

    return run


def _known(error: DBAPIError) -> OmnisonicError | None:
    code = _code(error)
    if code in COLLISIONS:
        return Collided(retry_after_s=1)
    if code in SLOW or code in EXHAUSTED:
        return Busy(retry_after_s=BUSY_RETRY_S)
    if code == "23505":
        return AlreadyThere()
    if code in REFERENCES:
        return Conflict(
            "What this refers to was removed or changed at the same moment. Reload and try again."
        )
    if code in GONE or code.startswith("08") or error.connection_invalidated or _never_connected(error):
        return ServiceUnavailable(
            "The database is not reachable. Try again in a moment.", retry_after_s=LOST_RETRY_S
        )
    return None


def _code(error: DBAPIError) -> str:
    return getattr(error.orig, "pgcode", None) or ""


def _never_connected(error: DBAPIError) -> bool:
    # A failed connect has no code; neither has a socket that closed under a statement.
    return not _code(error) and (error.statement is None or "connect" in str(error.orig).lower())
