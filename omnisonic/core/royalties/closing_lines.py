"""Statements and their lines for a closing cycle, checked against the ledger to the nano-unit.

A line sums entries of one contributor, currency, work, recording, source, usage type, territory and month
of the usage. Money that left for the payee (payouts, exchanges) is no earning and in no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from struct import Struct, pack
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.accounts import party_hashes
from omnisonic.core.ledger.copying import copy_rows
from omnisonic.core.ledger.copying_binary import HASH_LENGTH, NULL_CELL, cell, copy_binary, number_cell
from omnisonic.core.ledger.leaves import instant
from omnisonic.core.ledger.line_leaves import StatementWords, line_leaf
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.sequencer import DirectPlaces
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import LINES_AT_ONCE, NO_WORK, LineEntries
from omnisonic.core.royalties.closing_journals import PayeeMoney, Place
from omnisonic.core.royalties.closing_ledger import Earned, require_equal_sums
from omnisonic.core.royalties.closing_reading import CycleReading, Part, ahead
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import id_text, new_id, new_ids, utc_now

STATEMENT_COLUMNS = (
    *("id", "created_at", "contributor_id", "cycle_id", "currency", "total_nano", "carried_nano"),
)
LINE_COLUMNS = (
    *("id", "created_at", "statement_id", "position", "work_id", "recording_id", "source", "usage_type"),
    *("territory", "period", "quantity", "entry_count", "amount_nano", "entries_root", "leaf", "leaf_hash"),
)

_HEAD: Final = pack(">hi", len(LINE_COLUMNS), 16)  # the first column is the id
_POSITION: Final = Struct(">ii")
_COUNT: Final = Struct(">iq")
_LENGTH: Final = Struct(">i")


@dataclass(frozen=True)
class Built:
    """How many statements and lines there are, and entries in them."""

    statements: int
    lines: int
    entries: int


@dataclass
class _Owner:
    """The statement that lines belong to, and how many it has so far."""

    words: StatementWords
    cells: bytes  # created_at and statement_id
    lines: int = 0


def build_statements(uow: UnitOfWork, cycle_id: UUID, reading: CycleReading) -> Built:
    """Write the statements and lines of a cycle and give the lines their places in the log.

    Raises what `DirectPlaces` raises, and `StatementMismatch` where statements, lines and ledger differ: then
    nothing may be committed.
    """
    now = utc_now()
    owners = _write_statements(uow.session, cycle_id, reading.earned(), now)
    places = DirectPlaces(uow.session, kind=LeafKind.LINE, cycle_id=cycle_id)
    lines = _LineWriter(owners, places)
    for rows, leaves in ahead(lines.batches(reading.parts())):  # made while PostgreSQL stores those before
        copy_binary(uow.session, "statement_lines", LINE_COLUMNS, rows)
        places.copy(leaves)
    in_the_ledger = reading.ledger().earned
    require_equal_sums(uow.session, cycle_id, in_the_ledger)
    return Built(len(owners), lines.count, sum(one.entries for one in in_the_ledger.values()))


def _write_statements(
    session: Session, cycle_id: UUID, earnings: Mapping[PayeeMoney, Earned], now: datetime
) -> dict[PayeeMoney, _Owner]:
    """Statements with their sums; gives their owners."""
    parties = party_hashes(session, {contributor_id for contributor_id, _ in earnings})
    rows = session.execute(sql.CARRIED, {"cycle_id": cycle_id})
    carried = {(row.contributor_id, row.currency): int(row.nano) for row in rows}
    owners: dict[PayeeMoney, _Owner] = {}
    written: list[tuple[Any, ...]] = []
    for key, earned in sorted(earnings.items()):
        contributor_id, currency = key
        statement_id = new_id()
        words = StatementWords.of(
            statement_id=str(statement_id),
            cycle_id=str(cycle_id),
            party=parties[contributor_id],
            currency=currency,
            at=instant(now),
        )
        owners[key] = _Owner(words, cell(now) + cell(statement_id))
        carried_nano = carried.get(key, 0)
        written.append((statement_id, now, contributor_id, cycle_id, currency, earned.nano, carried_nano))
    copy_rows(session, "statements", STATEMENT_COLUMNS, written)
    return owners


class _LineWriter:
    """Makes rows of `statement_lines` for binary COPY: there may be millions."""

    def __init__(self, owners: Mapping[PayeeMoney, _Owner], places: DirectPlaces) -> None:
        self._owners = owners
        self._places = places
        self.count = 0
        self._works: dict[bytes, tuple[str | None, bytes]] = {NO_WORK: (None, NULL_CELL)}

    def batches(self, parts: Iterable[Part]) -> Iterator[tuple[list[bytes], list[bytes]]]:
        """Some thousand lines and their leaves at a time."""
        for part in parts:
            owners = {
                number: self._owners[payee]
                for number, payee in enumerate(part.payees)
                if payee in self._owners
            }
            lines = part.lines()
            while some := list(islice(lines, LINES_AT_ONCE)):
                ids = new_ids(len(some))
                written = [
                    self._row(line_id, line, owners[line.payee], part.places[line.place])
                    for line_id, line in zip(ids, some, strict=True)
                ]
                self.count += len(some)
                yield [row for row, _ in written], self._places.rows(ids, [digest for _, digest in written])

    def _row(self, line_id: bytes, line: LineEntries, owner: _Owner, place: Place) -> tuple[bytes, bytes]:
        """A row, and the hash of its leaf."""
        work_id, work_cell = self._works.get(line.work_id) or self._work(line.work_id)
        position, owner.lines = owner.lines, owner.lines + 1
        leaf = line_leaf(
            owner.words,
            place.words,
            line_id=id_text(line_id),
            position=position,
            amount_nano=line.amount_nano,
            entry_count=line.entry_count,
            quantity=line.quantity,
            entries_root=line.root,
            work_id=work_id,
        )
        digest = leaf_hash(leaf)
        cells = (
            *(_HEAD, line_id, owner.cells, _POSITION.pack(4, position), work_cell, place.cells),
            *(number_cell(line.quantity), _COUNT.pack(8, line.entry_count), number_cell(line.amount_nano)),
            *(HASH_LENGTH, line.root, _LENGTH.pack(len(leaf)), leaf, HASH_LENGTH, digest),
        )
        return b"".join(cells), digest

    def _work(self, work_id: bytes) -> tuple[str | None, bytes]:
        """A work's id as text and as a cell; it is remembered."""
        found = self._works[work_id] = (id_text(work_id), cell(UUID(bytes=work_id)))
        return found
