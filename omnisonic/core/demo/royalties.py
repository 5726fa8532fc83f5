"""Two months of usage for the demo catalog, reported by invented services; the older month is closed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Recording
from omnisonic.core.demo.songs import ISRC_PREFIX
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.models import Cycle, CycleStatus, RoyaltyEvent, UsageType
from omnisonic.core.royalties.usage import BATCH_MAX, record_usage
from omnisonic.core.royalties.usage_rules import UsageDraft
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now

SEED = 1887
MONTHS = 2
UNKNOWN_ISRC = f"{ISRC_PREFIX}2699999"


@dataclass(frozen=True)
class Reporter:
    """A service that pays: what for, in which currency, about how much for one use, and where."""

    name: str
    usage_type: UsageType
    currency: str
    rate: Decimal
    uses_max: int
    territories: tuple[str, ...]


REPORTERS = (
    Reporter("Streamly", UsageType.STREAM, "EUR", Decimal("0.00371428571"), 40_000, ("DE", "FR", "GB", "NO")),
    Reporter("Tunefall", UsageType.STREAM, "USD", Decimal("0.00428571"), 25_000, ("US", "CA", "JP")),
    Reporter("Harbor Radio Network", UsageType.BROADCAST, "EUR", Decimal("6.85"), 40, ("DE", "AT")),
)


def has_usage(session: Session) -> bool:
    """Whether the demo's usage was reported before."""
    found = select(RoyaltyEvent.id).where(RoyaltyEvent.source == REPORTERS[0].name)
    return session.exec(found.limit(1)).first() is not None


def make_usage(host: Actor) -> int:
    """Report two months of usage of the demo's recordings; how many events. Later calls make none."""
    with read_session() as session:
        if has_usage(session):
            return 0
        isrcs = _isrcs(session)
    events = [event for day in _month_ends(utc_now().date()) for event in _events(isrcs, day)]
    for first in range(0, len(events), BATCH_MAX):
        with unit_of_work() as uow:
            record_usage(uow, _curator(host), events=events[first : first + BATCH_MAX])
    return len(events)


def close_oldest(host: Actor) -> str | None:
    """Close the older of the demo's two months; its name, or None where that was done before.

    Raises what `close_cycle` raises, as when the cosigner does not run: then it can be closed by hand.
    """
    oldest = _month_ends(utc_now().date())[0]
    with read_session() as session:
        cycle = session.exec(
            select(Cycle).where(
                Cycle.status != CycleStatus.CLOSED,
                col(Cycle.starts_on) <= oldest,
                col(Cycle.ends_on) > oldest,
            )
        ).first()
    if cycle is None:
        return None
    close_cycle(_curator(host), cycle_id=cycle.id)
    return cycle.name


def _isrcs(session: Session) -> list[str]:
    rows = session.exec(
        select(Recording.isrc)
        .where(col(Recording.isrc).startswith(ISRC_PREFIX))
        .order_by(col(Recording.isrc))
    )
    return [isrc for isrc in rows if isrc]


def _month_ends(today: date) -> list[date]:
    """The last days of the months before this one, the oldest first."""
    ends, first = [], today.replace(day=1)
    for _ in range(MONTHS):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends[::-1]


def _events(isrcs: Sequence[str], day: date) -> list[UsageDraft]:
    chance = random.Random(SEED + day.toordinal())
    found = []
    for reporter in REPORTERS:
        for isrc in (*isrcs, UNKNOWN_ISRC):
            for territory in reporter.territories:
                uses = chance.randrange(1, reporter.uses_max)
                found.append(
                    UsageDraft(
                        source=reporter.name,
                        idempotency_key=f"{day:%Y-%m}/{isrc}/{territory}",
                        usage_type=reporter.usage_type,
                        quantity=uses,
                        amount=str(uses * reporter.rate),
                        currency=reporter.currency,
                        occurred_at=datetime.combine(day, time(12), tzinfo=UTC),
                        isrc=isrc,
                        territory=territory,
                    )
                )
    return found


def _curator(host: Actor) -> Actor:
    """The host as who keeps the books of this demo."""
    return replace(host, role=Role.CURATOR)
