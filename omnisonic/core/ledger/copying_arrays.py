"""Rows of one width out of COPY's binary format, by the hundred thousand: as arrays, never one by one."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from omnisonic.core.ledger.copying_binary import HEADER, TRAILER, write_binary

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from _typeshed import ReadableBuffer

PIECE_BYTES = 4 << 20

Columns = Sequence[tuple[str, str]]
"""Names and numpy's codes (numbers big-endian), in the order of the query: `("amount", ">i8")`."""


class UnevenRows(ValueError):
    """A cell is NULL or has another width than its column."""


def copy_arrays(
    session: Session, query: str, columns: Columns, take: Callable[[npt.NDArray[Any]], None]
) -> None:
    """Hand the rows of a query without parameters over in pieces of some MB, as they come.

    Raises `DBAPIError` for what the database refuses and `UnevenRows`.
    """
    with _Pieces(columns, take) as pieces:  # closed, nothing that is left in the buffer comes after an error
        sink = io.BufferedWriter(pieces, PIECE_BYTES)  # the driver writes row by row
        write_binary(session, query, sink)
        sink.flush()
        pieces.finish()


class _Pieces(io.RawIOBase):
    """Takes some MB at a time, which may end within a row."""

    def __init__(self, columns: Columns, take: Callable[[npt.NDArray[Any]], None]) -> None:
        import numpy as np  # here: what only answers requests need not have it

        cells = [part for name, code in columns for part in ((f"length_of_{name}", ">i4"), (name, code))]
        self._form = np.dtype([("columns", ">i2"), *cells])
        self._widths = {f"length_of_{name}": np.dtype(code).itemsize for name, code in columns}
        self._take = take
        self._piece = bytearray()
        self._skipped = len(HEADER)

    def writable(self) -> bool:
        return True

    def write(self, content: ReadableBuffer, /) -> int:
        taken = memoryview(content).nbytes
        self._piece += content
        self._hand_over()
        return taken

    def finish(self) -> None:
        """What is left after the last row is the trailer."""
        self._hand_over()
        if self._piece != TRAILER:
            raise UnevenRows("rows of different widths")

    def _hand_over(self) -> None:
        """The whole rows; what comes after them, if only the trailer, stays."""
        import numpy as np

        count = (len(self._piece) - self._skipped) // self._form.itemsize
        end = self._skipped + count * self._form.itemsize
        rows = np.frombuffer(bytes(self._piece[self._skipped : end]), self._form)
        del self._piece[:end]
        self._skipped = 0
        for length, width in self._widths.items():
            if (rows[length] != width).any():
                raise UnevenRows(f"{length} is not {width} in every row")
        if count:
            self._take(rows)


def sortable(ids: npt.NDArray[Any]) -> npt.NDArray[np.bytes_]:
    """Ids of 16 bytes as text of bytes, which numpy can sort and search."""
    import numpy as np

    return np.ascontiguousarray(ids).view("S16")
