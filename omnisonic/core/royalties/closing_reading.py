"""Reads a closing cycle ahead of its writer: over a connection of its own, a part at a time.

Nothing that is read can change any more: the cycle takes no events, and what is booked stays. So reading
needs no transaction in common with writing, and both cores have work.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.copying import copy_text
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import LineEntries, group_lines, read_entries
from omnisonic.platform.db import bulk_connection

if TYPE_CHECKING:
    import numpy.typing as npt

PART_JOURNALS = 150_000  # of which the entries are held in memory, twice: 80 MB each with four payees


@dataclass(frozen=True)
class Place:
    """What the lines of one place have in common; `cells` as COPY has them."""

    recording_id: str | None
    source: str
    usage_type: str | None
    territory: str | None
    period: str
    cells: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row of `PLACES`."""
        recording_id = str(row.recording_id) if row.recording_id else None
        values = (recording_id, row.source, row.usage_type, row.territory, row.period)
        return cls(*values, cells="\t".join(map(copy_text, values)))


@dataclass(frozen=True)
class Part:
    """Entries of some places; no line goes beyond one."""

    places: dict[int, Place]
    entries: npt.NDArray[Any]

    def lines(self) -> Iterator[LineEntries]:
        """The lines, in the order of their places."""
        return group_lines(self.entries)


@contextmanager
def reading_parts(cycle_id: UUID) -> Iterator[Iterator[Part]]:
    """The parts of a cycle whose entries all have their place in the log; the next is always under way."""
    with (
        bulk_connection() as connection,
        Session(connection) as session,
        ThreadPoolExecutor(1, thread_name_prefix="closing") as pool,
    ):
        reader = _Reader(session)
        yield _ahead(pool, reader, pool.submit(reader.start, cycle_id))


def _ahead(pool: ThreadPoolExecutor, reader: _Reader, upcoming: Future[Part | None]) -> Iterator[Part]:
    while (part := upcoming.result()) is not None:
        upcoming = pool.submit(reader.next)
        yield part


class _Reader:
    """What the reading thread does."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ranges: Iterator[Any] = iter(())

    def start(self, cycle_id: UUID) -> Part | None:
        """Sort journals into places and read the first part."""
        self._session.execute(sql.PATIENT)
        for statement in sql.PREPARE:
            self._session.execute(statement, {"cycle_id": cycle_id})
        self._ranges = iter(self._session.execute(sql.PARTS, {"journals": PART_JOURNALS}).all())
        return self.next()

    def next(self) -> Part | None:
        """The next part; None after the last."""
        found = next(self._ranges, None)
        if found is None:
            return None
        rows = self._session.execute(sql.PLACES, {"first": found.first, "last": found.last})
        places = {row.place: Place.of(row) for row in rows}
        return Part(places, read_entries(self._session, found.first, found.last))
