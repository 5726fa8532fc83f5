"""The numbers of a cycle: from which source how much went to whom, and what waits. One pass of SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from omnisonic.core.catalog.repository import contributors_by_ids
from omnisonic.core.ledger.models import AccountKind, SuspenseReason
from omnisonic.core.royalties.cycle_schemas import (
    CurrencyTotals,
    CycleDetail,
    MoneyFlow,
    PartyTotal,
    SourceTotal,
    SuspenseTotal,
)
from omnisonic.core.royalties.cycle_service import get_cycle, view_of
from omnisonic.core.royalties.models import RoyaltyEvent, Statement
from omnisonic.core.royalties.shapes import money_view
from omnisonic.platform.actor import Actor

SHOWN_PARTIES = 50
SHOWN_SOURCES = 50
OTHERS = "All others"
KeyT = TypeVar("KeyT", UUID, str)
NO_SOURCE = "-"
_FLOWS = text("""
    WITH summed AS (
        SELECT coalesce(ev.source, :none) AS source, e.account_id, sum(e.amount_nano) AS nano,
               count(*) AS entries
        FROM ledger_entries e LEFT JOIN royalty_events ev ON ev.id = e.event_id
        WHERE e.cycle_id = :cycle_id
        GROUP BY 1, 2
    )
    SELECT a.kind, a.owner, a.currency, summed.source, summed.nano, summed.entries
    FROM summed JOIN ledger_accounts a ON a.id = summed.account_id
    ORDER BY a.currency, abs(summed.nano) DESC, a.owner
""")


@dataclass
class _Sums:
    """One currency. Amounts as people count them: what a source owes and a payee gets is above zero."""

    entries: int = 0
    by_kind: dict[AccountKind, int] = field(default_factory=lambda: defaultdict(int))
    sources: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    parties: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    suspense: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    flows: dict[tuple[str, UUID | str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, kind: AccountKind, owner: str, source: str, nano: int, entries: int) -> None:
        self.entries += entries
        self.by_kind[kind] += nano
        if kind is AccountKind.SOURCE:
            self.sources[owner] += nano
        elif kind is AccountKind.PAYEE:
            self.parties[UUID(owner)] -= nano
            self.flows[source, UUID(owner)] -= nano
        elif kind is AccountKind.SUSPENSE:
            self.suspense[owner] -= nano
            self.flows[source, owner] -= nano


def cycle_detail(session: Session, actor: Actor, *, cycle_id: UUID) -> CycleDetail:
    """A cycle with its totals per source, party, suspense reason and currency.

    Raises `Forbidden` unless a curator, `NotFound`.
    """
    cycle = get_cycle(session, actor, cycle_id=cycle_id)
    counted = {
        "events": _count(session, RoyaltyEvent, cycle_id),
        "statements": _count(session, Statement, cycle_id),
    }
    fields = dict(view_of(session, cycle))
    return CycleDetail(**fields, **counted, totals=totals_of(session, cycle_id))


def totals_of(session: Session, cycle_id: UUID) -> list[CurrencyTotals]:
    """What flowed in a cycle, per currency; the largest parties by name, the others together."""
    sums: dict[str, _Sums] = defaultdict(_Sums)
    for row in session.execute(_FLOWS, {"cycle_id": cycle_id, "none": NO_SOURCE}):
        sums[row.currency].add(AccountKind(row.kind), row.owner, row.source, int(row.nano), row.entries)
    named = {party for one in sums.values() for party in _largest(one.parties, SHOWN_PARTIES)}
    names = {one: row.name for one, row in contributors_by_ids(session, named).items()}
    return [_currency_totals(currency, one, names) for currency, one in sorted(sums.items())]


def _currency_totals(currency: str, sums: _Sums, names: dict[UUID, str]) -> CurrencyTotals:
    shown = _largest(sums.parties, SHOWN_PARTIES)
    parties = [
        PartyTotal(
            contributor_id=one, name=names.get(one, str(one)), amount=money_view(sums.parties[one], currency)
        )
        for one in shown
    ]
    others = sum(nano for one, nano in sums.parties.items() if one not in shown)
    if others:
        parties.append(PartyTotal(contributor_id=None, name=OTHERS, amount=money_view(others, currency)))
    return CurrencyTotals(
        currency=currency,
        total=money_view(sums.by_kind[AccountKind.SOURCE], currency),
        rounding=money_view(-sums.by_kind[AccountKind.ROUNDING], currency),
        paid_out=money_view(-sums.by_kind[AccountKind.PAYOUT], currency),
        entries=sums.entries,
        sources=[
            SourceTotal(source=one, amount=money_view(nano, currency))
            for one, nano in sorted(sums.sources.items(), key=lambda item: (-abs(item[1]), item[0]))
        ],
        parties=parties,
        suspense=[
            SuspenseTotal(reason=SuspenseReason(one), amount=money_view(nano, currency))
            for one, nano in sorted(sums.suspense.items())
            if nano
        ],
        flows=_flows(currency, sums, names, shown),
    )


def _flows(currency: str, sums: _Sums, names: dict[UUID, str], shown: list[UUID]) -> list[MoneyFlow]:
    sources = set(_largest(sums.sources, SHOWN_SOURCES))
    merged: dict[tuple[str, UUID | str | None], int] = defaultdict(int)
    for (source, target), nano in sums.flows.items():
        kept = None if isinstance(target, UUID) and target not in shown else target
        merged[source if source in sources or source == NO_SOURCE else OTHERS, kept] += nano
    return [
        MoneyFlow(
            source=source,
            contributor_id=target if isinstance(target, UUID) else None,
            reason=SuspenseReason(target) if isinstance(target, str) else None,
            name=OTHERS
            if target is None
            else names.get(target, str(target))
            if isinstance(target, UUID)
            else target,
            amount=money_view(nano, currency),
        )
        for (source, target), nano in merged.items()
        if nano
    ]


def _largest(amounts: Mapping[KeyT, int], count: int) -> list[KeyT]:
    return sorted(amounts, key=lambda one: (-abs(amounts[one]), str(one)))[:count]


def _count(session: Session, table: type[RoyaltyEvent] | type[Statement], cycle_id: UUID) -> int:
    return session.exec(select(func.count(col(table.id))).where(table.cycle_id == cycle_id)).one()
