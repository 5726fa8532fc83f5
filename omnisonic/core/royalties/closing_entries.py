"""Entries of a closing cycle, read in binary and grouped into lines with the root over their leaf hashes.

Every row has the same width and begins with the key of its line and its place in the log, so that sorting
the rows as bytes puts the entries of a line together, in the order of the log.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from struct import Struct
from typing import Final, NamedTuple

import psycopg2
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from omnisonic.core.ledger.merkle import merkle_root
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.errors import StatementMismatch

# COPY's binary format: signature, flags and extension; rows of 16-bit count and 32-bit lengths; 16-bit -1.
HEADER_BYTES: Final = 19
TRAILER_BYTES: Final = 2
_COLUMNS: Final = (("i", 4), ("16s", 16), ("3s", 3), ("16s", 16), ("q", 8), ("q", 8), ("q", 8), ("32s", 32))
_ROW: Final = Struct(">2x" + "".join(f"4x{code}" for code, _ in _COLUMNS))
_KEY_BYTES: Final = 2 + sum(4 + width for _, width in _COLUMNS[:4])
NO_WORK: Final = bytes(16)


class LineEntries(NamedTuple):
    """The entries of one line added up. Ids as their 16 bytes; `amount_nano` credits above zero."""

    place: int
    contributor_id: bytes
    currency: bytes
    work_id: bytes
    amount_nano: int
    quantity: int
    entry_count: int
    root: bytes


def read_lines(session: Session, first_place: int, last_place: int) -> Iterator[LineEntries]:
    """Lines of the places between these two, by place, contributor, currency and work.

    Raises `StatementMismatch` where an entry has a hash or a currency of another length.
    """
    rows = _read_rows(session, sql.ENTRIES.format(first=int(first_place), last=int(last_place)))
    rows.sort()
    unpack = _ROW.unpack
    for _, grouped in groupby(rows, key=itemgetter(slice(0, _KEY_BYTES))):
        places, parties, currencies, works, _, amounts, quantities, hashes = zip(
            *map(unpack, grouped), strict=True
        )
        yield LineEntries(
            *(places[0], parties[0], currencies[0], works[0]),
            *(-sum(amounts), sum(quantities), len(hashes), merkle_root(hashes)),
        )


def _read_rows(session: Session, statement: str) -> list[bytes]:
    sink, cursor = io.BytesIO(), session.connection().connection.cursor()
    try:
        cursor.copy_expert(statement, sink)
        count = cursor.rowcount
    except psycopg2.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()
    content = memoryview(sink.getbuffer())[HEADER_BYTES:-TRAILER_BYTES]
    if len(content) != count * _ROW.size:
        raise StatementMismatch("An entry of this cycle has a leaf hash or a currency of another length.")
    return [bytes(content[start : start + _ROW.size]) for start in range(0, len(content), _ROW.size)]
