"""What a curator sees first: reported money per cycle, and money that waits, by reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from omnisonic.core.ledger.models import CycleCheckpoint, SuspenseReason
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.models import (
    MatchStatus,
    RoyaltyEvent,
    UnmatchedUsage,
    UsageStatement,
    UsageStatementStatus,
)
from omnisonic.core.royalties.shapes import MoneyView, money_view
from omnisonic.core.royalties.waiting_sums import over_standing
from omnisonic.platform.actor import Actor

_WAITING = over_standing("""
    SELECT a.owner, a.currency, sum(s.nano) AS nano
    FROM standing s JOIN ledger_accounts a ON a.id = s.account_id
    GROUP BY 1, 2 HAVING sum(s.nano) <> 0 ORDER BY 2, 1
""")


@dataclass(frozen=True)
class Waiting:
    """Money in suspense for one reason, over all cycles."""

    reason: SuspenseReason
    amount: MoneyView


def waiting_money(session: Session, actor: Actor) -> list[Waiting]:
    """What waits now, per reason and currency. Raises `Forbidden` unless a curator."""
    require_curator(actor)
    return [
        Waiting(SuspenseReason(row.owner), money_view(int(row.nano), row.currency))
        for row in session.execute(_WAITING)
    ]


def reported_money(
    session: Session, actor: Actor, *, cycle_ids: Sequence[UUID]
) -> dict[UUID, list[MoneyView]]:
    """Per cycle what sources reported for it: of closed ones as their checkpoints say, else added up now.

    Raises `Forbidden` unless a curator.
    """
    require_curator(actor)
    wanted = col(CycleCheckpoint.cycle_id).in_(cycle_ids)
    found = {
        row.cycle_id: [money_view(int(nano), code) for code, nano in sorted(row.totals.items())]
        for row in session.exec(select(CycleCheckpoint).where(wanted))
    }
    still_open = [one for one in cycle_ids if one not in found]
    sums: dict[UUID, list[MoneyView]] = defaultdict(list, found)
    statement = (
        select(RoyaltyEvent.cycle_id, RoyaltyEvent.currency, func.sum(RoyaltyEvent.amount_nano))
        .where(col(RoyaltyEvent.cycle_id).in_(still_open))
        .group_by(col(RoyaltyEvent.cycle_id), col(RoyaltyEvent.currency))
        .order_by(col(RoyaltyEvent.currency))
    )
    for cycle_id, currency, nano in session.exec(statement):
        sums[cycle_id].append(money_view(int(nano), currency))
    return dict(sums)


def open_matches(session: Session, actor: Actor) -> int:
    """How many reported recordings wait for a decision. Raises `Forbidden` unless a curator."""
    require_curator(actor)
    return session.exec(
        select(func.count()).select_from(UnmatchedUsage).where(UnmatchedUsage.status == MatchStatus.OPEN)
    ).one()


def statements_under_way(session: Session, actor: Actor) -> int:
    """How many usage statements are not booked yet. Raises `Forbidden` unless a curator."""
    require_curator(actor)
    active = (UsageStatementStatus.PENDING, UsageStatementStatus.PROCESSING)
    return session.exec(
        select(func.count()).select_from(UsageStatement).where(col(UsageStatement.status).in_(active))
    ).one()
