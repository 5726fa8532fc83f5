"""One active process of a kind, many standing by: a session lock in PostgreSQL that dies with its holder."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from omnisonic.platform.db import write_engine


class Leadership:
    """A connection of its own, in autocommit, that may hold the lock `key`.

    Work that must not happen twice goes over `connection`: whoever lost the lock lost the connection.
    Raises SQLAlchemy's `OperationalError` when the database is gone.
    """

    def __init__(self, key: int) -> None:
        self.key = key
        self.is_held = False
        self.connection: Connection

    def __enter__(self) -> Self:
        self.connection = write_engine().connect().execution_options(isolation_level="AUTOCOMMIT")
        self.connection.detach()  # out of the pool: it lives as long as we do
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        was_held, self.is_held = self.is_held, False
        try:
            if was_held:  # at once: the server notices a closed connection only a little later
                self.connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self.key})
            self.connection.close()
        except DBAPIError:  # it was gone already, and the lock with it
            return

    def try_acquire(self) -> bool:
        """Whether we are the active one, now or already."""
        if not self.is_held:
            answer = self.connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": self.key})
            self.is_held = bool(answer.scalar_one())
        return self.is_held

    def check(self) -> None:
        """Raise `OperationalError` when the connection, and with it the lock, is lost."""
        self.connection.execute(text("SELECT 1"))

    @property
    def driver_connection(self) -> Any:
        """The driver's own connection, for LISTEN."""
        return self.connection.connection.dbapi_connection
