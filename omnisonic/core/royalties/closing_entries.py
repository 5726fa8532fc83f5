"""Entries of a closing cycle, read in binary and grouped into lines with the root over their leaf hashes.

Every row has the same width and begins with the key of its line and its place in the log, so that sorting
the rows as bytes puts the entries of a line together, in the order of the log.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg2
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from omnisonic.core.ledger.merkle import merkle_root
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.errors import StatementMismatch

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# COPY's binary format: signature, flags and extension; rows of 16-bit count and 32-bit lengths; 16-bit -1.
HEADER_BYTES: Final = 19
TRAILER_BYTES: Final = 2
_COLUMNS: Final = (
    *(("place", ">i4"), ("party", "V16"), ("currency", "S3"), ("work", "V16"), ("leaf_index", ">i8")),
    *(("amount", ">i8"), ("quantity", ">i8"), ("leaf_hash", "V32")),
)
_KEY_BYTES: Final = 2 + (4 + 4) + (4 + 16) + (4 + 3) + (4 + 16)  # all that makes a line, at the beginning
_INDEX_BYTES: Final = _KEY_BYTES + (4 + 8)
_LOW: Final = (1 << 32) - 1
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


def read_entries(session: Session, first_place: int, last_place: int) -> npt.NDArray[Any]:
    """Payees' entries of the places between these two, in no order.

    Raises `StatementMismatch` where an entry has a hash or a currency of another length.
    """
    import numpy as np  # here: what only answers requests need not have it

    statement = sql.ENTRIES.format(first=int(first_place), last=int(last_place))
    sink, cursor = io.BytesIO(), session.connection().connection.cursor()
    try:
        cursor.copy_expert(statement, sink)
        count = cursor.rowcount
    except psycopg2.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()
    form = _row_form()
    if len(sink.getbuffer()) != HEADER_BYTES + count * form.itemsize + TRAILER_BYTES:
        raise StatementMismatch("An entry of this cycle has a leaf hash or a currency of another length.")
    return np.frombuffer(sink.getbuffer(), form, count, HEADER_BYTES)


def group_lines(rows: npt.NDArray[Any]) -> Iterator[LineEntries]:
    """Lines by place, contributor, currency and work, each with the root over its entries in leaf order."""
    import numpy as np

    if not len(rows):
        return
    cells = rows.view(np.uint8).reshape(len(rows), rows.dtype.itemsize)[:, :_INDEX_BYTES]
    order = np.argsort(np.ascontiguousarray(cells).view(f"S{_INDEX_BYTES}").ravel(), kind="stable")
    keys = cells[order, :_KEY_BYTES]
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)])
    counts = np.diff(np.r_[starts, len(rows)]).tolist()
    firsts = rows[order[starts]]
    amounts, quantities = (_sums(rows[name][order], starts) for name in ("amount", "quantity"))
    hashes = rows["leaf_hash"][order].tolist()
    parts = (firsts[name].tolist() for name in ("place", "party", "currency", "work"))
    sums = zip(starts.tolist(), counts, amounts, quantities, strict=True)
    for key, (start, count, amount, quantity) in zip(zip(*parts, strict=True), sums, strict=True):
        place, party, currency, work = key
        root = merkle_root(hashes[start : start + count])
        yield LineEntries(place, party, currency, work, -amount, quantity, count, root)


def _row_form() -> np.dtype[Any]:
    import numpy as np

    cells = [part for name, code in _COLUMNS for part in ((f"length_of_{name}", ">i4"), (name, code))]
    return np.dtype([("columns", ">i2"), *cells])


def _sums(values: npt.NDArray[np.int64], starts: npt.NDArray[np.intp]) -> list[int]:
    """Exact sums from each start to the next: in halves, because 64 bits could run over."""
    import numpy as np

    high, low = (np.add.reduceat(half, starts).tolist() for half in (values >> 32, values & _LOW))
    return [(above << 32) + below for above, below in zip(high, low, strict=True)]
