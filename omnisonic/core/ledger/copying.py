"""COPY into the tables of the ledger: one statement for any number of rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

JOURNAL_COLUMNS: Final = (
    "id",
    "created_at",
    "kind",
    "cycle_id",
    "event_id",
    "reverses_id",
    "policy_digest",
    "idempotency_key",
    "leaf",
    "leaf_hash",
)
ENTRY_COLUMNS: Final = (
    "id",
    "created_at",
    "journal_id",
    "position",
    "account_id",
    "contributor_id",
    "work_id",
    "event_id",
    "cycle_id",
    "currency",
    "amount_nano",
    "leaf",
    "leaf_hash",
)
PENDING_COLUMNS: Final = ("kind", "row_id", "cycle_id", "leaf_hash")
READ_BYTES: Final = 1 << 18  # asked of a stream at once
_NULL: Final = "\\N"

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Send rows into a table by one COPY, in the session's transaction.

    Raises SQLAlchemy's `DBAPIError` for what the database refuses, as any other statement does.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    run_copy(session.connection(), statement, RowStream(_text_of(rows)))


def run_copy(connection: Connection, statement: str, stream: RowStream | Sink) -> None:
    """Run one COPY from a stream or into a sink. Raises `DBAPIError`."""
    cursor = connection.connection.cursor()
    try:
        cursor.copy_expert(statement, stream, READ_BYTES)
    except psycopg2.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


class Sink(Protocol):
    """Takes what the database gives."""

    def write(self, row: bytes, /) -> int:
        """Take a row, or several."""
        ...


class RowStream(io.RawIOBase):
    """Rows, made while the driver reads."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._rows = iter(rows)

    def read(self, size: int = -1, /) -> bytes:
        """About `size` bytes of whole rows; nothing at the end."""
        limit = size if size > 0 else 1 << 62
        rows, length = [], 0
        for row in self._rows:
            rows.append(row)
            length += len(row)
            if length >= limit:
                break
        return b"".join(rows)


def _text_of(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    for row in rows:
        yield ("\t".join([_text(value) for value in row]) + "\n").encode()


def _text(value: Any) -> str:
    """One value in COPY's text format."""
    if value is None:
        return _NULL
    if type(value) is bytes:
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | UUID):
        return str(value)
    raise TypeError(f"COPY does not know {type(value).__name__}")
