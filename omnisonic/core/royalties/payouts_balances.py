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

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger.models import LedgerEntry
from omnisonic.core.royalties.access import party_ids
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.named_locks import take_lock

_LEFT = "('payout', 'exchange', 'dispute')"
# Settled: what cycles closed by then account for, less all that has left or is held back since.
_SETTLED = f"""
    -sum(e.amount_nano) FILTER (
        WHERE e.cycle_id IN (
            SELECT id FROM cycles WHERE closed_at <= (SELECT closed_at FROM cycles WHERE id = :cycle_id)
        ) OR e.journal_id IN (SELECT id FROM journals WHERE kind IN {_LEFT})
    )
"""  # noqa: S608
# Added up by account before anything is joined: there are millions of entries and few payees.
_BALANCES = """
    WITH summed AS (
        SELECT e.contributor_id, e.currency, -sum(e.amount_nano) AS nano, {settled} AS settled
        FROM ledger_entries e
        WHERE e.contributor_id IS NOT NULL
          AND (CAST(:parties AS uuid[]) IS NULL OR e.contributor_id = ANY(CAST(:parties AS uuid[])))
          AND (CAST(:currency AS text) IS NULL OR e.currency = :currency)
        GROUP BY 1, 2
    ), owned AS (
        SELECT coalesce(c.merged_into, summed.contributor_id) AS party, summed.currency, nano, settled
        FROM summed LEFT JOIN contributors c ON c.id = summed.contributor_id
    )
    SELECT party, currency, sum(nano) AS nano, sum(settled) AS settled FROM owned
    WHERE CAST(:after_party AS uuid) IS NULL
       OR (party, currency) > (CAST(:after_party AS uuid), :after_code)
    GROUP BY 1, 2 HAVING sum(nano) <> 0
    ORDER BY 1, 2 LIMIT :limit
"""
_NOW = text(_BALANCES.format(settled="NULL::numeric"))
_SINCE_CLOSING = text(_BALANCES.format(settled=_SETTLED))


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
        "parties": None if parties is None else [str(one) for one in parties],
        "currency": currency,
        "after_party": after.contributor_id if after else None,
        "after_code": after.currency if after else "",
        "limit": limit,
    }
    if cycle_id is None:
        return [Balance(row.party, row.currency, int(row.nano)) for row in session.execute(_NOW, asked)]
    rows = session.execute(_SINCE_CLOSING, asked | {"cycle_id": cycle_id})
    return [Balance(row.party, row.currency, int(row.nano), int(row.settled or 0)) for row in rows]


def hold_payee(session: Session, contributor_id: UUID) -> None:
    """Let nobody else pay out or hold back what this payee has until the transaction ends.

    Also under another id that it had before a merge: all of them share one balance. No merge can give it a
    further id meanwhile, for that takes a stronger lock of the row.
    """
    found = session.get(Contributor, contributor_id, with_for_update={"read": True}, populate_existing=True)
    survivor = (found.merged_into or found.id) if found else contributor_id
    take_lock(session, f"royalties:payee:{survivor}")


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
