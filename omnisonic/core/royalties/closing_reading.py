"""Reads a closing cycle ahead of its writer: over a connection of its own, some parts at a time.

Nothing that is read can change any more: the cycle takes no events, and what is booked stays. So reading
needs no transaction in common with writing, and both cores have work.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.copying_binary import cell, write_binary
from omnisonic.core.ledger.copying_stream import PieceStream
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import LineEntries, group_lines, split_entries
from omnisonic.platform.db import bulk_connection

if TYPE_CHECKING:
    import numpy.typing as npt

RANGE_JOURNALS = 150_000  # asked for at once: their places are held in memory, of their entries some MB
PayeeMoney = tuple[UUID, str]  # contributor, currency


@dataclass(frozen=True)
class Place:
    """What the lines of one place have in common; `cells` as binary COPY has them."""

    recording_id: str | None
    source: str
    usage_type: str | None
    territory: str | None
    period: str
    cells: bytes

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row of `PLACES`."""
        recording_id = str(row.recording_id) if row.recording_id else None
        values = (recording_id, row.source, row.usage_type, row.territory, row.period)
        cells = (row.recording_id, *values[1:])
        return cls(*values, cells=b"".join(map(cell, cells)))


@dataclass(frozen=True)
class Part:
    """Entries of some places; no line goes beyond one. Payees are numbered through all parts."""

    places: dict[int, Place]
    payees: dict[int, PayeeMoney]
    entries: npt.NDArray[Any]

    def lines(self) -> Iterator[LineEntries]:
        """The lines, in the order of their places."""
        return group_lines(self.entries)


@contextmanager
def reading_parts(cycle_id: UUID) -> Iterator[Iterator[Part]]:
    """The parts of a cycle whose entries all have their place in the log; the next are always under way."""
    with (
        bulk_connection() as connection,
        Session(connection) as session,
        ThreadPoolExecutor(1, thread_name_prefix="closing") as pool,
    ):
        reader = _Reader(session)
        starting = pool.submit(reader.start, cycle_id)
        with closing(_parts(pool, reader, starting)) as parts:  # or the reader would wait for ever
            yield parts


def _parts(pool: ThreadPoolExecutor, reader: _Reader, starting: Future[None]) -> Generator[Part]:
    starting.result()
    for first, last in reader.ranges:
        found = reader.read_places(first, last)
        stream = PieceStream()
        copying = pool.submit(reader.copy_entries, first, last, stream)
        places = {row.place: Place.of(row) for row in found}  # while PostgreSQL joins
        try:
            for entries in split_entries(stream):
                yield Part(places, reader.payees, entries)
        finally:
            stream.stop()
        copying.result()


class _Reader:
    """What is asked over the reading connection, by one thread at a time."""

    def __init__(self, session: Session) -> None:
        self.payees: dict[int, PayeeMoney] = {}
        self.ranges: list[tuple[int, int]] = []
        self._session = session

    def start(self, cycle_id: UUID) -> None:
        """Sort journals into places and number the payees."""
        self._session.execute(sql.PATIENT)
        for statement in sql.PREPARE:
            self._session.execute(statement, {"cycle_id": cycle_id})
        found = self._session.execute(sql.PAYEES)
        self.payees = {row.payee: (UUID(row.owner), row.currency) for row in found}
        ranges = self._session.execute(sql.RANGES, {"journals": RANGE_JOURNALS})
        self.ranges = [(row.first, row.last) for row in ranges]

    def read_places(self, first: int, last: int) -> Sequence[Any]:
        """Rows of the places between these two."""
        return self._session.execute(sql.PLACES, {"first": first, "last": last}).all()

    def copy_entries(self, first: int, last: int, stream: PieceStream) -> None:
        """Send the entries of the places between these two down the stream, in the order of the places."""
        try:
            write_binary(self._session, sql.ENTRIES.format(first=int(first), last=int(last)), stream)
        finally:
            stream.finish()
