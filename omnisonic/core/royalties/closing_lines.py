"""Statements and their lines for a closing cycle, checked against the ledger to the nano-unit.

A line sums entries of one contributor, currency, work, recording, source, usage type, territory and month
of the usage. Money that left for the payee (payouts, exchanges) is no earning and in no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.accounts import party_hashes
from omnisonic.core.ledger.copying import NULL, PENDING_COLUMNS, copy_lines, copy_rows
from omnisonic.core.ledger.leaves import LineFacts, instant, line_leaf
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import AccountKind, LeafKind
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import NO_WORK, LineEntries
from omnisonic.core.royalties.closing_reading import Part, Place
from omnisonic.core.royalties.errors import StatementMismatch
from omnisonic.platform.ids import new_id, utc_now

STATEMENT_COLUMNS = (
    *("id", "created_at", "contributor_id", "cycle_id", "currency", "total_nano", "carried_nano"),
)
LINE_COLUMNS = (
    *("id", "created_at", "statement_id", "position", "work_id", "recording_id", "source", "usage_type"),
    *("territory", "period", "quantity", "entry_count", "amount_nano", "entries_root", "leaf", "leaf_hash"),
)

PayeeMoney = tuple[UUID, str]  # contributor, currency


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

    statement_id: str
    party: str
    currency: str
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


def build_statements(session: Session, cycle_id: UUID, parts: Iterable[Part]) -> Built:
    """Write the statements and lines of a cycle with their pending leaves; every sum is checked.

    Raises `StatementMismatch` where statements, lines and ledger differ: then nothing may be committed.
    """
    now = utc_now()
    ledger = _read_ledger(session, cycle_id)
    lines = _LineWriter(str(cycle_id), _write_statements(session, cycle_id, ledger, now), instant(now))
    for part in parts:
        copy_lines(session, "statement_lines", LINE_COLUMNS, lines.rows(part))  # made while PostgreSQL reads
        copy_lines(session, "pending_leaves", PENDING_COLUMNS, lines.take_leaves())
    if lines.strangers:
        raise StatementMismatch(f"Nothing in the ledger, but lines: {sorted(lines.strangers)[:5]}")
    _require_equal_sums(session, cycle_id, ledger.earned)
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
) -> dict[tuple[bytes, bytes], _Owner]:
    """Statements with their sums; gives their owners by the bytes of contributor and currency."""
    parties = party_hashes(session, {contributor_id for contributor_id, _ in ledger.earned})
    rows = session.execute(sql.CARRIED, {"cycle_id": cycle_id})
    carried = {(row.contributor_id, row.currency): int(row.nano) for row in rows}
    owners: dict[tuple[bytes, bytes], _Owner] = {}
    written: list[tuple[Any, ...]] = []
    for key, earned in sorted(ledger.earned.items()):
        contributor_id, currency = key
        statement_id = new_id()
        owner = _Owner(str(statement_id), parties[contributor_id], currency)
        owners[contributor_id.bytes, currency.encode()] = owner
        carried_nano = carried.get(key, 0)
        written.append((statement_id, now, contributor_id, cycle_id, currency, earned.nano, carried_nano))
    copy_rows(session, "statements", STATEMENT_COLUMNS, written)
    return owners


@dataclass
class _LineWriter:
    """Makes rows of `statement_lines` and their pending leaves as COPY text: there may be millions."""

    cycle_id: str
    owners: Mapping[tuple[bytes, bytes], _Owner]
    at: str
    count: int = 0
    strangers: set[str] = field(default_factory=set)  # parties with lines and without a statement
    _leaves: list[str] = field(default_factory=list)
    _works: dict[bytes, str | None] = field(default_factory=lambda: {NO_WORK: None})

    def rows(self, part: Part) -> Iterator[str]:
        """The lines of a part."""
        for line in part.lines():
            owner = self.owners.get((line.contributor_id, line.currency))
            if owner is None:
                self.strangers.add(str(UUID(bytes=line.contributor_id)))
            else:
                yield self._row(line, owner, part.places[line.place])

    def take_leaves(self) -> list[str]:
        """Pending leaves of the rows made since the last time."""
        taken, self._leaves = self._leaves, []
        return taken

    def _row(self, line: LineEntries, owner: _Owner, place: Place) -> str:
        line_id, work_id = str(new_id()), self._work_text(line.work_id)
        facts = LineFacts(
            *(line_id, owner.statement_id, owner.lines, self.cycle_id, owner.party, owner.currency),
            *(line.amount_nano, line.entry_count, line.root, work_id, place.recording_id, place.source),
            *(place.usage_type, place.territory, place.period, line.quantity, self.at),
        )
        leaf = line_leaf(facts)
        digest = leaf_hash(leaf).hex()
        self._leaves.append(f"{LeafKind.LINE}\t{line_id}\t{self.cycle_id}\t\\\\x{digest}\n")
        row = (
            f"{line_id}\t{self.at}\t{owner.statement_id}\t{owner.lines}\t{work_id or NULL}\t{place.cells}\t"
            f"{line.quantity}\t{line.entry_count}\t{line.amount_nano}\t\\\\x{line.root.hex()}\t"
            f"\\\\x{leaf.hex()}\t\\\\x{digest}\n"
        )
        owner.lines += 1
        self.count += 1
        return row

    def _work_text(self, work_id: bytes) -> str | None:
        if work_id not in self._works:
            self._works[work_id] = str(UUID(bytes=work_id))
        return self._works[work_id]


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
