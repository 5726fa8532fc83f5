"""What payees have, added up from the ledger each time: no balance is stored anywhere."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from omnisonic.core.ledger.models import LedgerEntry
from omnisonic.core.royalties.access import party_ids
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.named_locks import take_lock

# Settled: what cycles closed by then account for, less all that has left or is held back since.
_BALANCES = text("""
    SELECT coalesce(c.merged_into, e.contributor_id) AS party, e.currency, -sum(e.amount_nano) AS nano,
           -sum(CASE WHEN j.kind IN ('payout', 'exchange', 'dispute')
                       OR k.closed_at <= (SELECT closed_at FROM cycles WHERE id = CAST(:cycle_id AS uuid))
                     THEN e.amount_nano ELSE 0 END) AS settled
    FROM ledger_entries e JOIN journals j ON j.id = e.journal_id JOIN cycles k ON k.id = e.cycle_id
    LEFT JOIN contributors c ON c.id = e.contributor_id
    WHERE e.contributor_id IS NOT NULL
      AND (CAST(:parties AS uuid[]) IS NULL OR e.contributor_id = ANY(CAST(:parties AS uuid[])))
      AND (CAST(:currency AS text) IS NULL OR e.currency = :currency)
    GROUP BY 1, 2
    HAVING sum(e.amount_nano) <> 0
       AND (CAST(:after_party AS uuid) IS NULL
            OR (coalesce(c.merged_into, e.contributor_id), e.currency)
               > (CAST(:after_party AS uuid), :after_code))
    ORDER BY 1, 2 LIMIT :limit
""")


@dataclass(frozen=True)
class Balance:
    """What a payee (the survivor of merges) has in a currency; `settled_nano` where a cycle was named."""

    contributor_id: UUID
    currency: str
    nano: int
    settled_nano: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a page of balances goes on."""

    contributor_id: UUID
    currency: str


def read_balances(
    session: Session,
    *,
    parties: Collection[UUID] | None = None,
    currency: str | None = None,
    cycle_id: UUID | None = None,
    after: Place | None = None,
    limit: int,
) -> list[Balance]:
    """Balances that are not zero, by contributor and currency; of `parties` only, where they are given."""
    asked: dict[str, Any] = {
        "cycle_id": cycle_id,
        "parties": None if parties is None else [str(one) for one in parties],
        "currency": currency,
        "after_party": after.contributor_id if after else None,
        "after_code": after.currency if after else "",
        "limit": limit,
    }
    return [
        Balance(row.party, row.currency, int(row.nano), int(row.settled) if cycle_id else None)
        for row in session.execute(_BALANCES, asked)
    ]


def hold_payee(session: Session, contributor_id: UUID) -> None:
    """Let nobody else pay out or hold back what this payee has until the transaction ends."""
    take_lock(session, f"royalties:payee:{contributor_id}")


def balance_of(session: Session, *, contributor_id: UUID, currency: str) -> dict[UUID, int]:
    """What stands on each account of a payee, merged ones included, in nano-units."""
    parties = party_ids(session, contributor_id)
    statement = (
        select(LedgerEntry.contributor_id, func.sum(LedgerEntry.amount_nano))
        .where(col(LedgerEntry.contributor_id).in_(parties), LedgerEntry.currency == currency)
        .group_by(col(LedgerEntry.contributor_id))
    )
    summed = {party: -int(nano) for party, nano in session.exec(statement)}
    return {party: summed.get(party, 0) for party in parties}


def cursor_after(balance: Balance) -> str:
    """The opaque cursor of the balances behind this one."""
    return base64.urlsafe_b64encode(balance.contributor_id.bytes + balance.currency.encode()).decode()


def decode_place(cursor: str | None) -> Place | None:
    """The place a cursor stands for. Raises `InvalidFields`."""
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
        return Place(UUID(bytes=raw[:16]), raw[16:].decode("ascii"))
    except (binascii.Error, ValueError):
        message = "Use the `nextCursor` of the page before, or leave it out for the first page."
        raise InvalidFields(errors=[FieldError("cursor", "bad-cursor", message)]) from None
