"""What the ledger holds of a closing cycle, summed apart from the way to the lines, and the comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.models import AccountKind
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.core.royalties.closing_journals import PayeeMoney
from omnisonic.core.royalties.errors import StatementMismatch


@dataclass(frozen=True)
class Earned:
    """What somebody earned: nano-units, credits above zero, in so many entries."""

    nano: int
    entries: int


@dataclass(frozen=True)
class Ledger:
    """What payees earned, and what sources owe in nano-units by currency."""

    earned: dict[PayeeMoney, Earned]
    totals: dict[str, int]


def read_ledger(session: Session, cycle_id: UUID) -> Ledger:
    """Sums of the cycle's accounts. Raises `StatementMismatch` for entries on somebody else's account."""
    earned: dict[PayeeMoney, Earned] = {}
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
            earned[row.contributor_id, row.currency] = Earned(int(row.nano), row.entries)
        elif row.kind == AccountKind.SOURCE:
            totals[row.currency] -= int(row.nano)
    return Ledger(earned, dict(totals))


def require_equal_sums(session: Session, cycle_id: UUID, earned: Mapping[PayeeMoney, Earned]) -> None:
    """Raise `StatementMismatch` unless statement = Σ lines = Σ ledger for each payee and currency."""
    written = session.execute(sql.WRITTEN, {"cycle_id": cycle_id}).all()
    if len(written) != len(earned):
        raise StatementMismatch(f"{len(earned)} parties earned, {len(written)} statements were written.")
    for row in written:
        ledger = earned.get((row.contributor_id, row.currency), Earned(0, 0))
        if (row.total_nano, row.lines_nano, row.entries) != (ledger.nano, ledger.nano, ledger.entries):
            raise StatementMismatch(
                f"For contributor {row.contributor_id} the ledger has {ledger.nano} nano-units of "
                f"{row.currency} in {ledger.entries} entries, the lines {row.lines_nano} in {row.entries} "
                f"and the statement {row.total_nano}.",
                current={"contributorId": str(row.contributor_id), "currency": row.currency},
            )
