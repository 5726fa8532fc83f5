"""Entries of a closing cycle: sorted by their lines, and each line's root over their leaf hashes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from omnisonic.core.ledger.merkle import merkle_roots
from omnisonic.core.royalties.closing_journals import Journals, pair
from omnisonic.core.royalties.errors import StatementMismatch

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# As `ENTRIES` gives them.
COLUMNS: Final = (
    *(("journal", "V16"), ("account", "V16"), ("work", "V16")),
    *(("leaf_index", ">i8"), ("amount", ">i8"), ("leaf_hash", "V32")),
)
# As they are sorted: place and payee by their numbers.
_KEPT: Final = [
    *(("place", "i4"), ("payee", "i4"), ("work", "V16"), ("leaf_index", "i8")),
    *(("amount", "i8"), ("quantity", "i8"), ("leaf_hash", "V32")),
]
_LOW: Final = (1 << 32) - 1
NO_WORK: Final = bytes(16)
SORTED_JOURNALS = 250_000  # whose entries are sorted at once: about 80 MB of a million
_IN_MEMORY_BYTES = 96 << 20  # of such a part; a larger one waits on disk
LINES_AT_ONCE = 2048
_WAITING_MAX = 16  # pieces of 4 MB whose journals are not known yet


class LineEntries(NamedTuple):
    """The entries of one line added up; `amount_nano` credits above zero."""

    place: int
    payee: int
    work_id: bytes
    amount_nano: int
    quantity: int
    entry_count: int
    root: bytes


class EntrySorter:
    """Takes the entries of a cycle in any order and gives them back in parts; no place is divided."""

    def __init__(self, journals: Future[Journals]) -> None:
        self._coming = journals
        self._waiting: list[npt.NDArray[Any]] = []
        self._open_files = ExitStack()
        self._is_closed = False

    @cached_property
    def _journals(self) -> Journals:
        return self._coming.result()

    @cached_property
    def _files(self) -> list[IO[bytes]]:
        count = len(self._journals.ids) // SORTED_JOURNALS + 1
        files = [SpooledTemporaryFile(_IN_MEMORY_BYTES) for _ in range(count)]  # noqa: SIM115
        return [self._open_files.enter_context(file) for file in files]

    @cached_property
    def _earnings(self) -> PayeeSums:
        return PayeeSums(len(self._journals.payees))

    def close(self) -> None:
        """Take and keep nothing more."""
        self._is_closed = True
        self._open_files.close()

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Take some entries; they wait for the journals at first.

        Raises `StatementMismatch` for an entry on an account that is no payee's, and `BrokenPipeError` once
        nobody waits for the parts any more.
        """
        if self._is_closed:
            raise BrokenPipeError("Nobody reads these entries any more.")
        self._waiting.append(rows)
        if self._coming.done() or len(self._waiting) >= _WAITING_MAX:
            self._take_waiting()

    def _take_waiting(self) -> None:
        while self._waiting:
            self._take(self._waiting.pop(0))

    def _take(self, rows: npt.NDArray[Any]) -> None:
        import numpy as np  # here: what only answers requests need not have it

        journals = self._find_journals(rows)
        of_lines = np.flatnonzero(journals >= 0)  # payouts and exchanges are no earnings
        rows, journals = np.take(rows, of_lines), journals[of_lines]  # five times as quick as `rows[…]`
        kept = np.empty(len(rows), _KEPT)
        kept["place"] = self._journals.place_of[journals]
        kept["payee"] = payees = self._find_payees(rows)
        is_counted = np.isin(pair(journals, payees), self._journals.counted_before)
        kept["quantity"] = np.where(is_counted, 0, self._journals.quantity_of[journals])
        for name in ("work", "leaf_index", "amount", "leaf_hash"):
            kept[name] = rows[name]
        self._earnings.add(payees, kept["amount"])
        self._store(kept)

    def earned(self) -> Iterator[tuple[int, int, int]]:
        """Payees of what was added: their numbers, what it credits them, and in how many entries."""
        self._take_waiting()
        return self._earnings.earned()

    def parts(self) -> Iterator[npt.NDArray[Any]]:
        """What was added, each part in the order of its lines and in a line in the order of the log."""
        import numpy as np

        self._take_waiting()
        for file in self._files:
            file.seek(0)
            rows = np.frombuffer(file.read(), _KEPT)
            file.truncate(0)
            yield np.take(rows, _line_order(rows))

    def _find_journals(self, rows: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        """Entries of a journal come together: one search for each run of them."""
        import numpy as np

        starts = _starts(*_halves(rows["journal"]))
        found = self._journals.find(rows["journal"][starts])
        return np.repeat(found, np.diff(np.r_[starts, len(rows)]))

    def _find_payees(self, rows: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        import numpy as np

        payees = map(self._journals.payee_of.__getitem__, rows["account"].tolist())
        try:
            return np.fromiter(payees, np.int32, len(rows))
        except KeyError:
            raise StatementMismatch(
                "An entry names a contributor on an account that is no payee's."
            ) from None

    def _store(self, kept: npt.NDArray[Any]) -> None:
        import numpy as np

        if len(self._files) == 1:
            self._files[0].write(kept.tobytes())
            return
        part_of = kept["place"].astype("i8") * len(self._files) // len(self._journals.places)
        for number, file in enumerate(self._files):
            file.write(np.take(kept, np.flatnonzero(part_of == number)).tobytes())


class PayeeSums:
    """Exact sums of entries by their payee: in halves, because 64 bits could run over."""

    def __init__(self, payees: int) -> None:
        import numpy as np

        self._high, self._low, self._entries = (np.zeros(payees, np.int64) for _ in range(3))

    def add(self, payees: npt.NDArray[np.int32], debits: npt.NDArray[np.int64]) -> None:
        """Add entries, the numbers of their payees and their amounts."""
        import numpy as np

        np.add.at(self._high, payees, debits >> 32)
        np.add.at(self._low, payees, debits & _LOW)
        np.add.at(self._entries, payees, 1)

    def earned(self) -> Iterator[tuple[int, int, int]]:
        """Payees with entries: their numbers, what is credited to them, and in how many entries."""
        import numpy as np

        for payee in np.flatnonzero(self._entries).tolist():
            debit = (int(self._high[payee]) << 32) + int(self._low[payee])
            yield payee, -debit, int(self._entries[payee])


def group_lines(rows: npt.NDArray[Any]) -> Iterator[LineEntries]:
    """Lines by place, payee and work, each with the root over its entries; from rows in that order."""
    import numpy as np

    starts = _starts(*_line_keys(rows))
    for first in range(0, len(starts), LINES_AT_ONCE):
        some = starts[first : first + LINES_AT_ONCE]
        end = starts[first + LINES_AT_ONCE] if first + LINES_AT_ONCE < len(starts) else len(rows)
        counts = np.diff(np.r_[some, end])
        entries, begins = rows[some[0] : end], some - some[0]
        debits, quantities = (_sums(entries[name], begins) for name in ("amount", "quantity"))
        roots = _roots(entries["leaf_hash"], begins, counts)
        names = (rows[name][some].tolist() for name in ("place", "payee", "work"))
        yield from map(LineEntries, *names, (-debit for debit in debits), quantities, counts.tolist(), roots)


def _line_order(rows: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where the rows stand in the order of their lines, and in a line in the order of the log.

    They are read about as they were written, and a place is one recording, mostly of one work: so one key
    will do, and it is looked whether it did.
    """
    import numpy as np

    by_place = pair(rows["place"], rows["payee"])
    in_the_log = np.ascontiguousarray(rows["leaf_index"])
    if (in_the_log[1:] > in_the_log[:-1]).all():
        order = np.argsort(by_place, kind="stable")
        ordered, works = by_place[order], rows["work"][order]
        if not ((ordered[1:] == ordered[:-1]) & (works[1:] != works[:-1])).any():
            return order
    return np.lexsort((in_the_log, *_line_keys(rows)))


def _line_keys(rows: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    """What tells lines apart, as `lexsort` takes it: the last counts first."""
    high, low = _halves(rows["work"])
    return low, high, pair(rows["place"], rows["payee"])


def _halves(ids: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Ids of 16 bytes as two numbers that sort as they do."""
    import numpy as np

    both = np.ascontiguousarray(ids).view(">u8").reshape(-1, 2)
    return both[:, 0].astype(np.uint64), both[:, 1].astype(np.uint64)  # each in one piece: quicker to sort


def _starts(*keys: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where rows begin whose keys are not those of the row before."""
    import numpy as np

    if not len(keys[0]):
        return np.empty(0, np.intp)
    differs = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(np.r_[True, differs])


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
