"""Reads a closing cycle over connections of its own: journals and entries at once, and then sums of both.

Nothing that is read can change any more: the cycle takes no events, and what is booked stays. So reading
needs no transaction in common with writing, and both cores have work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.copying_arrays import UnevenRows, copy_arrays
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import COLUMNS, EntrySorter, LineEntries, group_lines
from omnisonic.core.royalties.closing_journals import PayeeMoney, Place, read_journals
from omnisonic.core.royalties.closing_ledger import Earned, Ledger, read_ledger
from omnisonic.core.royalties.closing_rounding import SourceMoney, read_cut_off
from omnisonic.core.royalties.errors import StatementMismatch
from omnisonic.platform.db import bulk_connection

if TYPE_CHECKING:
    import numpy.typing as npt

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """Entries of some places; no line goes beyond one. Places and payees are numbered through all parts."""

    places: Sequence[Place]
    payees: Sequence[PayeeMoney]
    entries: npt.NDArray[Any]

    def lines(self) -> Iterator[LineEntries]:
        """The lines, in the order of their places."""
        return group_lines(self.entries)


class CycleReading:
    """What is read of a cycle; whoever asks waits until that much has been."""

    def __init__(self, cycle_id: UUID, pool: Executor) -> None:
        def begin(ask: Callable[[Session], T]) -> Future[T]:
            return pool.submit(_over_own_connection, ask)

        self._journals = begin(partial(read_journals, cycle_id=cycle_id))
        self._sorter = EntrySorter(self._journals)
        self._entries = begin(partial(_read_entries, cycle_id=cycle_id, sorter=self._sorter))
        # Asked once a thread is free: nobody needs them before the lines are written.
        self._ledger = begin(partial(read_ledger, cycle_id=cycle_id))
        self._cut_off = begin(partial(read_cut_off, cycle_id=cycle_id))

    def earned(self) -> dict[PayeeMoney, Earned]:
        """What its entries credit to its payees. Raises `StatementMismatch` for what is no payee's."""
        payees = self._journals.result().payees
        self._entries.result()
        return {payees[payee]: Earned(nano, entries) for payee, nano, entries in self._sorter.earned()}

    def parts(self) -> Iterator[Part]:
        """Its entries."""
        known = self._journals.result()
        self._entries.result()
        for entries in self._sorter.parts():
            yield Part(known.places, known.payees, entries)

    def ledger(self) -> Ledger:
        """Its sums. Raises as `read_ledger` does."""
        return self._ledger.result()

    def cut_off(self) -> dict[SourceMoney, Decimal]:
        """What lies below a nano-unit."""
        return self._cut_off.result()

    def end(self) -> None:
        """Read nothing more."""
        for one in (self._entries, self._ledger, self._cut_off):
            one.cancel()
        self._sorter.close()


@contextmanager
def reading_cycle(cycle_id: UUID) -> Iterator[CycleReading]:
    """Read a cycle whose entries all have their place in the log; reading begins at once."""
    with ThreadPoolExecutor(2, thread_name_prefix="closing") as pool:
        reading = CycleReading(cycle_id, pool)
        try:
            yield reading
        finally:
            reading.end()


def _read_entries(session: Session, *, cycle_id: UUID, sorter: EntrySorter) -> None:
    try:
        copy_arrays(session, sql.ENTRIES.format(cycle_id=cycle_id), COLUMNS, sorter.add)
    except UnevenRows as error:
        raise StatementMismatch("An entry of this cycle has a leaf hash of another length.") from error


def _over_own_connection(ask: Callable[[Session], T]) -> T:
    with bulk_connection() as connection, Session(connection) as session:
        session.execute(sql.PATIENT)
        return ask(session)


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items; the next is always made in a thread of its own while one is used."""
    with ThreadPoolExecutor(1, thread_name_prefix="closing-ahead") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
