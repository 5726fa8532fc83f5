"""Entries of a closing cycle, read in binary and grouped into lines with the root over their leaf hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from omnisonic.core.ledger.copying_binary import HEADER, TRAILER
from omnisonic.core.ledger.merkle import HASH_BYTES, merkle_roots
from omnisonic.core.royalties.errors import StatementMismatch

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_COLUMNS: Final = (
    *(("place", ">i4"), ("payee", ">i4"), ("work", "V16"), ("leaf_index", ">i8")),
    *(("amount", ">i8"), ("quantity", ">i8"), ("leaf_hash", "V32")),
)
_LOW: Final = (1 << 32) - 1
NO_WORK: Final = bytes(16)


class LineEntries(NamedTuple):
    """The entries of one line added up; `amount_nano` credits above zero."""

    place: int
    payee: int
    work_id: bytes
    amount_nano: int
    quantity: int
    entry_count: int
    root: bytes


def split_entries(pieces: Iterable[bytes]) -> Iterator[npt.NDArray[Any]]:
    """Entries as `ENTRIES` gives them in COPY's binary format, by the piece; no place is divided.

    Raises `StatementMismatch` where an entry has a leaf hash of another length.
    """
    import numpy as np  # here: what only answers requests need not have it

    cells = [part for name, code in _COLUMNS for part in ((f"length_of_{name}", ">i4"), (name, code))]
    form = np.dtype([("columns", ">i2"), *cells])
    rest = np.empty(0, form)
    skipped = len(HEADER)
    for piece in pieces:
        count, over = divmod(len(piece) - skipped, form.itemsize)
        rows = np.frombuffer(piece, form, count, skipped)
        if over not in (0, len(TRAILER)) or (rows["length_of_leaf_hash"] != HASH_BYTES).any():
            raise StatementMismatch("An entry of this cycle has a leaf hash of another length.")
        skipped, rows = 0, np.concatenate([rest, rows])
        whole = int(np.searchsorted(rows["place"], rows["place"][-1])) if len(rows) else 0
        rest = rows[whole:]
        if whole:
            yield rows[:whole]
    if len(rest):
        yield rest


def group_lines(rows: npt.NDArray[Any]) -> Iterator[LineEntries]:
    """Lines by place, payee and work, each with the root over its entries in the order of the log."""
    import numpy as np

    if not len(rows):
        return iter(())
    key = rows["place"].astype(np.int64) << 32 | rows["payee"].astype(np.int64)
    work = np.ascontiguousarray(rows["work"]).view(">u8").reshape(-1, 2).astype(np.uint64)
    order = np.lexsort((rows["leaf_index"].astype(np.int64), work[:, 1], work[:, 0], key))
    key, work = key[order], work[order]
    differs = (key[1:] != key[:-1]) | (work[1:, 0] != work[:-1, 0]) | (work[1:, 1] != work[:-1, 1])
    starts = np.flatnonzero(np.r_[True, differs])
    counts = np.diff(np.r_[starts, len(rows)])
    debits, quantities = (_sums(rows[name][order], starts) for name in ("amount", "quantity"))
    roots = _roots(rows["leaf_hash"][order], starts, counts)
    firsts = rows[order[starts]]
    names = (firsts[name].tolist() for name in ("place", "payee", "work"))
    credited = (-debit for debit in debits)
    return map(LineEntries, *names, credited, quantities, counts.tolist(), roots)


def _sums(values: npt.NDArray[np.int64], starts: npt.NDArray[np.intp]) -> list[int]:
    """Exact sums from each start to the next: in halves, because 64 bits could run over."""
    import numpy as np

    high, low = (np.add.reduceat(half, starts).tolist() for half in (values >> 32, values & _LOW))
    return [(above << 32) + below for above, below in zip(high, low, strict=True)]


def _roots(
    hashes: npt.NDArray[Any], starts: npt.NDArray[np.intp], counts: npt.NDArray[np.intp]
) -> list[bytes]:
    """The root of each line: lines with the same number of entries are computed side by side."""
    import numpy as np

    roots = np.empty(len(starts), object)
    for count in np.unique(counts).tolist():
        same = np.flatnonzero(counts == count)
        leaves = hashes[starts[same] + np.arange(count)[:, None]]
        roots[same] = merkle_roots(leaves.tolist())
    return roots.tolist()
