"""COPY in PostgreSQL's binary format, for rows by the hundred thousand: no text is written, none is parsed.

A row is the number of its columns (16 bits) and its cells; a cell is a length (32 bits) and so many bytes.
Source: PostgreSQL, "COPY", Binary Format; numbers are big-endian.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import Final
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session

from omnisonic.core.ledger.copying import RowStream, Sink, run_copy

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL_CELL: Final = b"\xff\xff\xff\xff"
ID_LENGTH: Final = (16).to_bytes(4)  # what stands before the bytes of an id, and of a hash
HASH_LENGTH: Final = (32).to_bytes(4)

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LENGTH: Final = Struct(">i")
_INSTANT: Final = Struct(">iq")
_BASE: Final = 10_000
_NEGATIVE: Final = 0x4000


def cell(value: UUID | str | bytes | datetime | None) -> bytes:
    """One cell of a `uuid`, `text` (also `varchar`), `bytea` or `timestamptz` column."""
    if value is None:
        return NULL_CELL
    if isinstance(value, datetime):
        return _INSTANT.pack(8, (value - _EPOCH) // timedelta(microseconds=1))
    content = value.bytes if isinstance(value, UUID) else value.encode() if isinstance(value, str) else value
    return _LENGTH.pack(len(content)) + content


def number_cell(value: int) -> bytes:
    """One cell of a `numeric` column with a whole number of any size: digits to the base 10,000."""
    rest, digits = abs(value), []
    while rest:
        rest, digit = divmod(rest, _BASE)
        digits.append(digit)
    digits.reverse()
    count = len(digits)
    return _number(count).pack(8 + 2 * count, count, count - 1, _NEGATIVE if value < 0 else 0, 0, *digits)


@lru_cache(maxsize=32)
def _number(digits: int) -> Struct:
    return Struct(f">ihhHh{digits}h")


def copy_binary(session: Session, table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Send packed rows into a table by one COPY, in the session's transaction.

    Raises SQLAlchemy's `DBAPIError` for what the database refuses, as any other statement does.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    run_copy(session.connection(), statement, RowStream(_framed(rows)))


def write_binary(session: Session, query: str, sink: Sink) -> None:
    """Write the rows of a query without parameters between header and trailer. Raises `DBAPIError`."""
    run_copy(session.connection(), f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)


def read_cells(connection: Connection, query: str) -> Iterator[list[bytes | None]]:
    """Rows of a query without parameters as the bytes of their cells, numbers big-endian. `DBAPIError`."""
    sink = io.BytesIO()
    run_copy(connection, f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
    content, at = sink.getvalue(), len(HEADER)
    while (columns := int.from_bytes(content[at : (at := at + 2)], "big", signed=True)) >= 0:
        cells: list[bytes | None] = []
        for _ in range(columns):
            (length,) = _LENGTH.unpack_from(content, at)
            at += 4
            cells.append(None if length < 0 else content[at : (at := at + length)])
        yield cells


def _framed(rows: Iterable[bytes]) -> Iterator[bytes]:
    yield HEADER
    yield from rows
    yield TRAILER
