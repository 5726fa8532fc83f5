"""COPY in PostgreSQL's binary format, for rows by the hundred thousand: no text is written, none is parsed.

A row is the number of its columns (16 bits) and its cells; a cell is a length (32 bits) and so many bytes.
Source: PostgreSQL, "COPY", Binary Format; numbers are big-endian.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final, Protocol
from uuid import UUID

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL_CELL: Final = b"\xff\xff\xff\xff"

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LENGTH: Final = Struct(">i")
_INSTANT: Final = Struct(">iq")


class Sink(Protocol):
    """Takes what the database gives."""

    def write(self, row: bytes, /) -> int:
        """Take some bytes, of which no row is divided."""
        ...


def cell(value: UUID | str | bytes | datetime | None) -> bytes:
    """One cell of a `uuid`, `text` (also `varchar`), `bytea` or `timestamptz` column."""
    if value is None:
        return NULL_CELL
    if isinstance(value, datetime):
        return _INSTANT.pack(8, (value - _EPOCH) // timedelta(microseconds=1))
    content = value.bytes if isinstance(value, UUID) else value.encode() if isinstance(value, str) else value
    return _LENGTH.pack(len(content)) + content


def copy_binary(session: Session, table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Send packed rows into a table by one COPY, in the session's transaction.

    Raises SQLAlchemy's `DBAPIError` for what the database refuses, as any other statement does.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    _copy(session.connection(), statement, _Stream(rows))


def write_binary(session: Session, query: str, sink: Sink) -> None:
    """Write the rows of a query without parameters between header and trailer. Raises `DBAPIError`."""
    _copy(session.connection(), f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)


def read_cells(connection: Connection, query: str) -> Iterator[list[bytes | None]]:
    """Rows of a query without parameters as the bytes of their cells, numbers big-endian. `DBAPIError`."""
    sink = io.BytesIO()
    _copy(connection, f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
    content, at = sink.getvalue(), len(HEADER)
    while (columns := int.from_bytes(content[at : (at := at + 2)], "big", signed=True)) >= 0:
        cells: list[bytes | None] = []
        for _ in range(columns):
            (length,) = _LENGTH.unpack_from(content, at)
            at += 4
            cells.append(None if length < 0 else content[at : (at := at + length)])
        yield cells


def _copy(connection: Connection, statement: str, stream: _Stream | Sink) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.copy_expert(statement, stream)
    except psycopg2.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()


class _Stream(io.RawIOBase):
    """Rows between header and trailer, made while the driver reads."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._pieces = _framed(rows)

    def read(self, size: int = -1, /) -> bytes:
        """About `size` bytes of whole rows; nothing at the end."""
        limit = size if size > 0 else 1 << 62
        pieces, length = [], 0
        for piece in self._pieces:
            pieces.append(piece)
            length += len(piece)
            if length >= limit:
                break
        return b"".join(pieces)


def _framed(rows: Iterable[bytes]) -> Iterator[bytes]:
    yield HEADER
    yield from rows
    yield TRAILER
