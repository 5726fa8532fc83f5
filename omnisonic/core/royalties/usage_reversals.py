"""Taking back what was booked for events: every journal that still stands, once, into an open cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.posting import post, reversals_of
from omnisonic.core.royalties.cycles import CycleFinder, hold_open_cycles
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.core.royalties.suspense import chunks_of
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now

_STANDING = text("""
    SELECT j.id, j.cycle_id, ev.currency FROM journals j JOIN royalty_events ev ON ev.id = j.event_id
    WHERE j.event_id = ANY(CAST(:ids AS uuid[])) AND j.kind = ANY(CAST(:kinds AS text[]))
      AND NOT EXISTS (SELECT 1 FROM journals r WHERE r.reverses_id = j.id)
    ORDER BY j.id
""")
_CYCLES = text("""
    SELECT c.number, c.name, c.status FROM royalty_events ev JOIN journals j ON j.event_id = ev.id
    JOIN cycles c ON c.id = j.cycle_id
    WHERE ev.statement_id = :statement_id AND j.kind IN ('usage', 'release')
      AND NOT EXISTS (SELECT 1 FROM journals r WHERE r.reverses_id = j.id)
    GROUP BY c.id ORDER BY c.number
""")


@dataclass(frozen=True)
class BookedIn:
    """A cycle in which bookings of a statement stand, and whether what is taken back goes there too."""

    name: str
    is_closed: bool


def cycles_of_statement(session: Session, statement_id: UUID) -> list[BookedIn]:
    """The cycles in which what still stands of a usage statement was booked, by number."""
    rows = session.execute(_CYCLES, {"statement_id": statement_id})
    return [BookedIn(row.name, row.status == CycleStatus.CLOSED) for row in rows]


def reverse_events(
    uow: UnitOfWork,
    event_ids: Sequence[UUID],
    *,
    reason: Mapping[str, str],
    kinds: Sequence[str] = ("usage", "release"),
) -> int:
    """Reverse the journals of these kinds that still stand; how many. Hold `CORRECTIONS_LOCK`.

    A reversal goes to the journal's own cycle while that is open, else to the open cycle of today.
    """
    finder, count = CycleFinder(uow), 0
    open_ids = {cycle.id for cycle in hold_open_cycles(uow)}
    today = utc_now().date()
    for part in chunks_of(event_ids):
        by_cycle: dict[UUID, list[UUID]] = defaultdict(list)
        ids = [str(one) for one in part]
        for row in uow.session.execute(_STANDING, {"ids": ids, "kinds": list(kinds)}).all():
            is_open = row.cycle_id in open_ids
            target = row.cycle_id if is_open else finder.cycle_for(today, row.currency).cycle.id
            by_cycle[target].append(row.id)
            count += 1
        for cycle_id, journal_ids in by_cycle.items():
            post(uow, reversals_of(uow.session, journal_ids, cycle_id=cycle_id, facts=dict(reason)))
    return count
