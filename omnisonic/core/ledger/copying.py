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
NULL: Final = "\\N"

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Send rows into a table by one COPY, in the session's transaction.

    Raises SQLAlchemy's `DBAPIError` for what the database refuses, as any other statement does.
    """
    copy_lines(session, table, columns, _text_of(rows))


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Send rows that are COPY text already, each with its line end (`copy_text`). Raises as `copy_rows`."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(statement, _Lines(lines))
    except psycopg2.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


class _Lines(io.TextIOBase):
    """Lines of COPY's text format, made while the driver reads."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

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
        yield "\t".join([copy_text(value) for value in row]) + "\n"


def copy_text(value: Any) -> str:
    """One value in COPY's text format."""
    if value is None:
        return NULL
    if type(value) is bytes:
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | UUID):
        return str(value)
    raise TypeError(f"COPY does not know {type(value).__name__}")
