"""Statements and their lines for a closing cycle, checked against the ledger to the nano-unit.

A line sums entries of one contributor, currency, work, recording, source, usage type, territory and month
of the usage. Money that left for the payee (payouts, exchanges) is no earning and in no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.accounts import party_hashes
from omnisonic.core.ledger.copying import copy_rows
from omnisonic.core.ledger.leaves import LineFacts, line_leaf
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import AccountKind, LeafKind
from omnisonic.core.ledger.posting import add_pending
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_entries import LineEntries, read_lines
from omnisonic.core.royalties.errors import StatementMismatch
from omnisonic.platform.ids import new_id, utc_now

PART_JOURNALS = 150_000  # of which the entries are held in memory: about 100 MB with four payees each
ROWS_PER_COPY = 5_000
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

    statement_id: UUID
    party: str
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


def build_statements(session: Session, cycle_id: UUID) -> Built:
    """Write the statements and lines of a cycle with their pending leaves; every sum is checked.

    Raises `StatementMismatch` where statements, lines and ledger differ: then nothing may be committed.
    """
    asked, now = {"cycle_id": cycle_id}, utc_now()
    for statement in sql.PREPARE:
        session.execute(statement, asked)
    ledger = _read_ledger(session, cycle_id)
    owners = _write_statements(session, cycle_id, ledger, now)
    lines = _line_rows(session, cycle_id, owners, now)
    count = 0
    while rows := list(islice(lines, ROWS_PER_COPY)):
        copy_rows(session, "statement_lines", LINE_COLUMNS, rows)
        add_pending(session, [(LeafKind.LINE, row[0], cycle_id, row[-1]) for row in rows])
        count += len(rows)
    _require_equal_sums(session, cycle_id, ledger.earned)
    entries = sum(one.entries for one in ledger.earned.values())
    return Built(len(owners), count, entries, ledger.totals)


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
    parties = party_hashes(session, {contributor_id for contributor_id, _ in ledger.earned})
    rows = session.execute(sql.CARRIED, {"cycle_id": cycle_id})
    carried = {(row.contributor_id, row.currency): int(row.nano) for row in rows}
    owners: dict[PayeeMoney, _Owner] = {}
    written: list[tuple[Any, ...]] = []
    for key, earned in sorted(ledger.earned.items()):
        contributor_id, currency = key
        owners[key] = _Owner(new_id(), parties[contributor_id])
        written.append(
            (
                *(owners[key].statement_id, now, contributor_id, cycle_id, currency),
                *(earned.nano, carried.get(key, 0)),
            )
        )
    copy_rows(session, "statements", STATEMENT_COLUMNS, written)
    return owners


def _line_rows(
    session: Session, cycle_id: UUID, owners: Mapping[PayeeMoney, _Owner], now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Rows of `statement_lines`, in parts of bounded memory."""
    for part in session.execute(sql.PARTS, {"journals": PART_JOURNALS}).all():
        within = {"first": part.first, "last": part.last}
        places = {row.place: row for row in session.execute(sql.PLACES, within)}
        for line in read_lines(session, part.first, part.last):
            owner = owners.get((line.contributor_id, line.currency))
            if owner is None:
                raise StatementMismatch(
                    f"Contributor {line.contributor_id} has a line in {line.currency} and nothing in the "
                    "ledger of this cycle."
                )
            yield _line_row(line, places[line.place], owner, cycle_id, now)


def _line_row(line: LineEntries, place: Any, owner: _Owner, cycle_id: UUID, now: datetime) -> tuple[Any, ...]:
    facts = LineFacts(
        id=new_id(),
        statement_id=owner.statement_id,
        position=owner.lines,
        cycle_id=cycle_id,
        party=owner.party,
        currency=line.currency,
        amount_nano=line.amount_nano,
        entry_count=line.entry_count,
        entries_root=line.root,
        work_id=line.work_id,
        recording_id=place.recording_id,
        source=place.source,
        usage_type=place.usage_type,
        territory=place.territory,
        period=place.period,
        quantity=line.quantity,
        at=now,
    )
    owner.lines += 1
    leaf = line_leaf(facts)
    return (
        *(facts.id, now, facts.statement_id, facts.position, facts.work_id, facts.recording_id),
        *(facts.source, facts.usage_type, facts.territory, facts.period, facts.quantity),
        *(facts.entry_count, facts.amount_nano, facts.entries_root, leaf, leaf_hash(leaf)),
    )


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
