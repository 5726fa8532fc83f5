"""Reads a closing cycle while its ledger is summed: over two connections of its own, both at once.

Nothing that is read can change any more: the cycle takes no events, and what is booked stays. So reading
needs no transaction in common with writing, and both cores have work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.copying_arrays import UnevenRows, copy_arrays
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import COLUMNS, EntrySorter, LineEntries, group_lines
from omnisonic.core.royalties.closing_journals import Journals, PayeeMoney, Place, read_journals
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


@contextmanager
def reading_parts(cycle_id: UUID) -> Iterator[Iterator[Part]]:
    """The parts of a cycle whose entries all have their place in the log; reading begins at once."""
    with ThreadPoolExecutor(2, thread_name_prefix="closing") as pool:
        journals = pool.submit(_over_own_connection, partial(read_journals, cycle_id=cycle_id))
        with EntrySorter(journals) as sorter:
            reading = pool.submit(
                _over_own_connection, partial(_read_entries, cycle_id=cycle_id, sorter=sorter)
            )
            yield _parts(journals, reading, sorter)


def _parts(journals: Future[Journals], reading: Future[None], sorter: EntrySorter) -> Iterator[Part]:
    known = journals.result()
    reading.result()
    for entries in sorter.parts():
        yield Part(known.places, known.payees, entries)


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
