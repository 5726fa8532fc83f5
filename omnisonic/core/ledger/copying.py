"""COPY into the tables of the ledger: one statement for any number of rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg2
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

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Send rows into a table by one COPY, in the session's transaction.

    Raises SQLAlchemy's `DBAPIError` for what the database refuses, as any other statement does.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(statement, _Lines(rows))
    except psycopg2.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


class _Lines(io.TextIOBase):
    """Rows as COPY's text format, made while the driver reads."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._lines = _text_of(rows)

    def read(self, size: int | None = -1, /) -> str:
        """About `size` characters of whole lines; nothing at the end."""
        limit = size if size is not None and size > 0 else 1 << 62
        lines, length = [], 0
        for line in self._lines:
            lines.append(line)
            length += len(line)
            if length >= limit:
                break
        return "".join(lines)


def _text_of(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join([_cell(value) for value in row]) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is bytes:
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | UUID):
        return str(value)
    raise TypeError(f"COPY does not know {type(value).__name__}")
