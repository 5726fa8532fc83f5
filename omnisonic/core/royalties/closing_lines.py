"""Statements and their lines for a closing cycle: grouped by SQL, one ordered stream of leaf hashes.

A line sums entries of one contributor, currency, work, recording, source, usage type, territory and month
of the usage. Money that left for the payee (payouts, exchanges) is no earning and in no line.
"""

from __future__ import annotations

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
from omnisonic.core.ledger.merkle import HASH_BYTES, leaf_hash, merkle_root
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.posting import add_pending
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.errors import StatementMismatch
from omnisonic.platform.ids import new_id, utc_now

ROWS_PER_COPY = 5_000
STATEMENT_COLUMNS = (
    *("id", "created_at", "contributor_id", "cycle_id", "currency", "total_nano", "carried_nano"),
)
LINE_COLUMNS = (
    *("id", "created_at", "statement_id", "position", "work_id", "recording_id", "source", "usage_type"),
    *("territory", "period", "quantity", "entry_count", "amount_nano", "entries_root", "leaf", "leaf_hash"),
)


@dataclass(frozen=True)
class Built:
    """How much a cycle's statements hold."""

    statements: int
    lines: int
    entries: int


@dataclass(frozen=True)
class _Owner:
    """The statement that a line belongs to."""

    statement_id: UUID
    party: str


PayeeMoney = tuple[UUID, str]  # contributor, currency


def build_statements(session: Session, cycle_id: UUID) -> Built:
    """Write the statements and lines of a cycle with their pending leaves; every sum is checked.

    Raises `StatementMismatch` where statements, lines and ledger differ: then nothing may be committed.
    """
    asked = {"cycle_id": cycle_id}
    for statement in sql.PREPARE:
        session.execute(statement, asked)
    now = utc_now()
    owners = _write_statements(session, cycle_id, now)
    lines, entries = 0, 0
    found = _lines(session, cycle_id, owners, now)
    while rows := list(islice(found, ROWS_PER_COPY)):
        copy_rows(session, "statement_lines", LINE_COLUMNS, rows)
        add_pending(session, [(LeafKind.LINE, row[0], cycle_id, row[-1]) for row in rows])
        lines += len(rows)
        entries += sum(row[LINE_COLUMNS.index("entry_count")] for row in rows)
    require_equal_sums(session, cycle_id)
    return Built(len(owners), lines, entries)


def require_equal_sums(session: Session, cycle_id: UUID) -> None:
    """Raise `StatementMismatch` unless statement = Σ lines = Σ ledger for each payee and currency."""
    wrong = session.execute(sql.MISMATCHES, {"cycle_id": cycle_id}).all()
    if wrong:
        first = wrong[0]
        raise StatementMismatch(
            f"For contributor {first.contributor_id} the ledger has {first.ledger_nano} nano-units of "
            f"{first.currency}, the lines {first.lines_nano} and the statement {first.statement_nano}.",
            current={"contributorId": str(first.contributor_id), "currency": first.currency},
        )


def _write_statements(session: Session, cycle_id: UUID, now: datetime) -> dict[PayeeMoney, _Owner]:
    rows = session.execute(sql.TOTALS, {"cycle_id": cycle_id}).all()
    parties = party_hashes(session, {row.contributor_id for row in rows})
    owners: dict[PayeeMoney, _Owner] = {}
    written: list[tuple[Any, ...]] = []
    for row in rows:
        owner = _Owner(new_id(), parties[row.contributor_id])
        owners[row.contributor_id, row.currency] = owner
        written.append(
            (
                *(owner.statement_id, now, row.contributor_id, cycle_id, row.currency),
                *(int(row.total_nano), int(row.carried_nano)),
            )
        )
    copy_rows(session, "statements", STATEMENT_COLUMNS, written)
    return owners


def _lines(
    session: Session, cycle_id: UUID, owners: Mapping[PayeeMoney, _Owner], now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Rows of `statement_lines` in the order of their statements."""
    streamed = session.execute(
        sql.LINES,
        {"cycle_id": cycle_id},
        execution_options={"stream_results": True, "yield_per": ROWS_PER_COPY},
    )
    current, position = None, 0
    for row in streamed:
        owner = owners[row.contributor_id, row.currency]
        position = position + 1 if owner is current else 0
        current = owner
        yield _line_row(row, owner, position, cycle_id, now)


def _line_row(row: Any, owner: _Owner, position: int, cycle_id: UUID, now: datetime) -> tuple[Any, ...]:
    facts = LineFacts(
        id=new_id(),
        statement_id=owner.statement_id,
        position=position,
        cycle_id=cycle_id,
        party=owner.party,
        currency=row.currency,
        amount_nano=int(row.amount_nano),
        entry_count=row.entry_count,
        entries_root=merkle_root(_split(bytes(row.hashes))),
        work_id=row.work_id,
        recording_id=row.recording_id,
        source=row.source,
        usage_type=row.usage_type,
        territory=row.territory,
        period=row.period,
        quantity=int(row.quantity),
        at=now,
    )
    leaf = line_leaf(facts)
    return (
        *(facts.id, now, facts.statement_id, position, facts.work_id, facts.recording_id, facts.source),
        *(facts.usage_type, facts.territory, facts.period, facts.quantity, facts.entry_count),
        *(facts.amount_nano, facts.entries_root, leaf, leaf_hash(leaf)),
    )


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]
