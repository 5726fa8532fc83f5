"""Statements and their lines for a closing cycle, checked against the ledger to the nano-unit.

A line sums entries of one contributor, currency, work, recording, source, usage type, territory and month
of the usage. Money that left for the payee (payouts, exchanges) is no earning and in no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from struct import Struct
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.accounts import party_hashes
from omnisonic.core.ledger.copying import copy_rows
from omnisonic.core.ledger.copying_binary import NULL_CELL, cell, copy_binary, number_cell
from omnisonic.core.ledger.leaves import instant
from omnisonic.core.ledger.line_leaves import StatementWords, line_leaf
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import AccountKind, LeafKind
from omnisonic.core.ledger.sequencer import DirectPlaces
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import LINES_AT_ONCE, NO_WORK, LineEntries
from omnisonic.core.royalties.closing_journals import PayeeMoney, Place
from omnisonic.core.royalties.closing_reading import Part, ahead
from omnisonic.core.royalties.errors import StatementMismatch
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import id_text, new_id, new_id_bytes, utc_now

STATEMENT_COLUMNS = (
    *("id", "created_at", "contributor_id", "cycle_id", "currency", "total_nano", "carried_nano"),
)
LINE_COLUMNS = (
    *("id", "created_at", "statement_id", "position", "work_id", "recording_id", "source", "usage_type"),
    *("territory", "period", "quantity", "entry_count", "amount_nano", "entries_root", "leaf", "leaf_hash"),
)

_HEAD: Final = Struct(">hi16s")
_INT4: Final = Struct(">ii")
_COUNT: Final = Struct(">iq")
_HASH: Final = Struct(">i32s")
_LENGTH: Final = Struct(">i")


@dataclass(frozen=True)
class Built:
    """What a cycle's statements hold, and what its sources owe, in nano-units by currency."""

    statements: int
    lines: int
    entries: int
    totals: dict[str, int]


@dataclass
class _Owner:
    """The statement that lines belong to, and how many it has so far."""

    words: StatementWords
    cells: bytes  # created_at and statement_id
    lines: int = 0


@dataclass(frozen=True)
class _Earned:
    """What the ledger says that somebody earned."""

    nano: int
    entries: int


@dataclass(frozen=True)
class _Ledger:
    earned: dict[PayeeMoney, _Earned]
    totals: dict[str, int]


def build_statements(uow: UnitOfWork, cycle_id: UUID, parts: Iterable[Part]) -> Built:
    """Write the statements and lines of a cycle and give the lines their places in the log.

    Every sum is checked. Raises what `DirectPlaces` raises, and `StatementMismatch` where statements, lines
    and ledger differ: then nothing may be committed.
    """
    now = utc_now()
    ledger = _read_ledger(uow.session, cycle_id)
    owners = _write_statements(uow.session, cycle_id, ledger, now)
    places = DirectPlaces(uow.session, kind=LeafKind.LINE, cycle_id=cycle_id)
    lines = _LineWriter(owners, places)
    for rows, leaves in ahead(lines.batches(parts)):  # made while PostgreSQL stores those before
        copy_binary(uow.session, "statement_lines", LINE_COLUMNS, rows)
        places.copy(leaves)
    if lines.strangers:
        raise StatementMismatch(f"Nothing in the ledger, but lines: {sorted(lines.strangers)[:5]}")
    _require_equal_sums(uow.session, cycle_id, ledger.earned)
    entries = sum(one.entries for one in ledger.earned.values())
    return Built(len(lines.owners), lines.count, entries, ledger.totals)


def _read_ledger(session: Session, cycle_id: UUID) -> _Ledger:
    """Sums of the cycle's accounts. Raises `StatementMismatch` for entries on somebody else's account."""
    earned: dict[PayeeMoney, _Earned] = {}
    totals: Counter[str] = Counter()
    for row in session.execute(sql.LEDGER, {"cycle_id": cycle_id}):
        owner = str(row.contributor_id) if row.contributor_id else None
        is_payee = row.kind == AccountKind.PAYEE
        if row.currency != row.entry_currency or (owner != row.owner if is_payee else owner):
            raise StatementMismatch(
                f"Entries of {row.entry_currency} for contributor {owner} stand on the account "
                f"{row.kind} {row.owner} {row.currency}."
            )
        if is_payee:
            earned[row.contributor_id, row.currency] = _Earned(int(row.nano), row.entries)
        elif row.kind == AccountKind.SOURCE:
            totals[row.currency] -= int(row.nano)
    return _Ledger(earned, dict(sorted(totals.items())))


def _write_statements(
    session: Session, cycle_id: UUID, ledger: _Ledger, now: datetime
) -> dict[PayeeMoney, _Owner]:
    """Statements with their sums; gives their owners."""
    parties = party_hashes(session, {contributor_id for contributor_id, _ in ledger.earned})
    rows = session.execute(sql.CARRIED, {"cycle_id": cycle_id})
    carried = {(row.contributor_id, row.currency): int(row.nano) for row in rows}
    owners: dict[PayeeMoney, _Owner] = {}
    written: list[tuple[Any, ...]] = []
    for key, earned in sorted(ledger.earned.items()):
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
        self.owners = owners
        self._places = places
        self.count = 0
        self.strangers: set[str] = set()  # parties with lines and without a statement
        self._works: dict[bytes, tuple[str | None, bytes]] = {NO_WORK: (None, NULL_CELL)}

    def batches(self, parts: Iterable[Part]) -> Iterator[tuple[list[bytes], list[bytes]]]:
        """Some thousand lines and their leaves at a time."""
        for part in parts:
            lines = part.lines()
            while some := list(islice(lines, LINES_AT_ONCE)):
                rows, leaves = [], []
                for row, leaf in self._write(some, part):
                    rows.append(row)
                    leaves.append(leaf)
                yield rows, leaves

    def _write(self, lines: Iterable[LineEntries], part: Part) -> Iterator[tuple[bytes, bytes]]:
        for line in lines:
            payee = part.payees[line.payee]
            owner = self.owners.get(payee)
            if owner is None:
                self.strangers.add(str(payee[0]))
            else:
                yield self._row(line, owner, part.places[line.place])

    def _row(self, line: LineEntries, owner: _Owner, place: Place) -> tuple[bytes, bytes]:
        line_id, (work_id, work_cell) = new_id_bytes(), self._work(line.work_id)
        position = owner.lines
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
        owner.lines += 1
        self.count += 1
        digest = leaf_hash(leaf)
        row = b"".join(
            (
                *(_HEAD.pack(len(LINE_COLUMNS), 16, line_id), owner.cells),
                *(_INT4.pack(4, position), work_cell, place.cells),
                *(
                    number_cell(line.quantity),
                    _COUNT.pack(8, line.entry_count),
                    number_cell(line.amount_nano),
                ),
                *(_HASH.pack(32, line.root), _LENGTH.pack(len(leaf)), leaf),
                _HASH.pack(32, digest),
            )
        )
        return row, self._places.row(line_id, digest)

    def _work(self, work_id: bytes) -> tuple[str | None, bytes]:
        """A work's id as text and as a cell."""
        found = self._works.get(work_id)
        if found is None:
            found = self._works[work_id] = (id_text(work_id), cell(UUID(bytes=work_id)))
        return found


def _require_equal_sums(session: Session, cycle_id: UUID, earned: Mapping[PayeeMoney, _Earned]) -> None:
    """Raise `StatementMismatch` unless statement = Σ lines = Σ ledger for each payee and currency."""
    written = session.execute(sql.WRITTEN, {"cycle_id": cycle_id}).all()
    if len(written) != len(earned):
        raise StatementMismatch(f"{len(earned)} parties earned, {len(written)} statements were written.")
    for row in written:
        ledger = earned[row.contributor_id, row.currency]
        if (row.total_nano, row.lines_nano, row.entries) != (ledger.nano, ledger.nano, ledger.entries):
            raise StatementMismatch(
                f"For contributor {row.contributor_id} the ledger has {ledger.nano} nano-units of "
                f"{row.currency} in {ledger.entries} entries, the lines {row.lines_nano} in {row.entries} "
                f"and the statement {row.total_nano}.",
                current={"contributorId": str(row.contributor_id), "currency": row.currency},
            )
