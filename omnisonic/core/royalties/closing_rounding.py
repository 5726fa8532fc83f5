"""What lies below a nano-unit, added up over a cycle: whole nano-units of it are booked when it closes.

A source reports more digits than the ledger holds. Each event is cut off toward zero; what was cut off is
added up exactly per source and currency, and what still is no whole nano-unit is carried to the next cycle
in the leaf of this one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import desc, text
from sqlmodel import Session, col, select

from omnisonic.core import money
from omnisonic.core.ledger.accounts import Account
from omnisonic.core.ledger.models import AccountKind, JournalKind, LeafKind, LogRecord
from omnisonic.core.ledger.posting import JournalDraft, Posting, post
from omnisonic.platform.db import UnitOfWork

ROUNDING_OWNER = "-"
SourceMoney = tuple[str, str]  # source, currency
# An event of less than a nano-unit has no journal, and all of it is a rest.
_CUT_OFF = text("""
    WITH summed AS (
        SELECT ev.source, ev.currency, j.kind, sum(ev.amount) AS reported, sum(ev.amount_nano) AS nano
        FROM journals j
        JOIN royalty_events ev ON ev.id = j.event_id
        LEFT JOIN journals reversed ON reversed.id = j.reverses_id
        WHERE j.cycle_id = :cycle_id
          AND (j.kind = 'usage' OR j.kind = 'reversal' AND reversed.kind = 'usage')
        GROUP BY 1, 2, 3
        UNION ALL
        SELECT source, currency, 'usage', sum(amount), 0 FROM royalty_events
        WHERE cycle_id = :cycle_id AND amount_nano = 0
        GROUP BY 1, 2
    )
    SELECT source, currency,
           sum((reported - nano * 0.000000001) * CASE kind WHEN 'usage' THEN 1 ELSE -1 END) AS rest
    FROM summed GROUP BY 1, 2
""")


def split_rest(rest: Decimal) -> tuple[int, Decimal]:
    """Whole nano-units of a rest, toward zero, and what is carried on; together they are the rest."""
    nano = money.to_nano(rest)
    return nano, rest - money.from_nano(nano)


@dataclass(frozen=True)
class Rounding:
    """Nano-units that sources owe on top, by currency, and what is carried to the next cycle."""

    booked: dict[str, int]
    carried: dict[SourceMoney, Decimal]


def read_cut_off(session: Session, cycle_id: UUID) -> dict[SourceMoney, Decimal]:
    """What was cut off from the events of a cycle."""
    rows = session.execute(_CUT_OFF, {"cycle_id": cycle_id})
    return {(row.source, row.currency): row.rest for row in rows}


def book_rounding(uow: UnitOfWork, cycle_id: UUID, cut_off: Mapping[SourceMoney, Decimal]) -> Rounding:
    """Book the whole nano-units of what was cut off and of what the cycle before carried on."""
    rests = carried_rests(uow.session)
    for key, rest in cut_off.items():
        rests[key] = rests.get(key, Decimal(0)) + rest
    drafts: list[JournalDraft] = []
    booked: Counter[str] = Counter()
    carried: dict[SourceMoney, Decimal] = {}
    for (source, currency), rest in sorted(rests.items()):
        nano, left = split_rest(rest)
        if left:
            carried[source, currency] = left
        if nano:
            booked[currency] += nano
            drafts.append(_rounding_journal(cycle_id, source, currency, nano, left))
    post(uow, drafts)
    return Rounding(dict(booked), carried)


def carried_rests(session: Session) -> dict[SourceMoney, Decimal]:
    """What the cycle that was closed last carried on, out of its leaf."""
    newest = session.exec(
        select(LogRecord.leaf)
        .where(LogRecord.kind == LeafKind.CYCLE)
        .order_by(desc(col(LogRecord.created_at)), desc(col(LogRecord.id)))
        .limit(1)
    ).first()
    if newest is None:
        return {}
    told: Mapping[str, Mapping[str, str]] = json.loads(newest)["facts"]["rests"]
    return {
        (source, currency): Decimal(rest)
        for source, by_currency in told.items()
        for currency, rest in by_currency.items()
    }


def rests_fact(rests: Mapping[SourceMoney, Decimal]) -> dict[str, dict[str, str]]:
    """Rests as the cycle's leaf holds them: source, currency, decimal text."""
    told: dict[str, dict[str, str]] = {}
    for (source, currency), rest in rests.items():
        told.setdefault(source, {})[currency] = f"{rest.normalize():f}"
    return told


def _rounding_journal(cycle_id: UUID, source: str, currency: str, nano: int, left: Decimal) -> JournalDraft:
    return JournalDraft(
        kind=JournalKind.ROUNDING,
        cycle_id=cycle_id,
        postings=(
            Posting(Account(AccountKind.SOURCE, source, currency), nano),
            Posting(Account(AccountKind.ROUNDING, ROUNDING_OWNER, currency), -nano),
        ),
        idempotency_key=f"rounding:{cycle_id}:{currency}:{source}",
        facts={"nano": str(nano), "carried": f"{left.normalize():f}"},
    )
