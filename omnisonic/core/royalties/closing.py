"""Closing a cycle: from its last entries to statements, one leaf per line, and a signed checkpoint.

Every step is committed before the next and found again after a crash, so that closing once more goes on
where it stopped. What is booked meanwhile belongs to the next open cycle.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import desc, text
from sqlmodel import Session, col, select

from omnisonic.core.ledger.checkpointing import ClosedCycle, sign_and_store
from omnisonic.core.ledger.models import CycleCheckpoint, LeafKind, LogRecord
from omnisonic.core.ledger.posting import record_fact
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.closing_lines import Built, build_statements
from omnisonic.core.royalties.closing_reading import reading_cycle
from omnisonic.core.royalties.closing_rounding import SourceMoney, book_rounding, rests_fact
from omnisonic.core.royalties.closing_sql import PATIENT
from omnisonic.core.royalties.cycle_service import announce
from omnisonic.core.royalties.errors import CycleClosed, CycleClosing, CycleNotEnded, LogNotComplete
from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, bulk_connection, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.leadership import Leadership
from omnisonic.platform.logging import get_logger

CLOSER_LOCK = 0x0B11  # the ledger's own lock is around the signing alone

# What stays closed must still be there after a power cut.
_DURABLE = text("SET LOCAL synchronous_commit = on")
_WAITING = text("SELECT EXISTS (SELECT 1 FROM pending_leaves WHERE cycle_id = :cycle_id)")

log = get_logger(__name__)


def close_cycle(actor: Actor, *, cycle_id: UUID, early: bool = False) -> CycleCheckpoint:
    """Close a cycle, or go on closing it, and give its checkpoint. It runs in transactions of its own.

    `early` closes before the period is over. Raises `Forbidden` unless a curator, `NotFound`,
    `CycleClosing` while any cycle is being closed, `CycleClosed`, `CycleNotEnded`, `LogNotComplete`,
    `StatementMismatch` (then nothing is signed), and what `sign_and_store` raises: the cycle stays
    `closing` and can be closed again.
    """
    require_curator(actor)
    with _only_closer():
        _begin(cycle_id, early=early)
        sequence_all()
        closed = _find_written(cycle_id) or _write(cycle_id)
        checkpoint = sign_and_store(cycle=closed, finish=_finish)
    log.info("cycle_closed", number=closed.number, checkpoint=checkpoint.number)
    return checkpoint


def _begin(cycle_id: UUID, *, early: bool) -> None:
    """Take no more events. Bookings hold their cycle, so none is under way once this is committed."""
    with unit_of_work() as uow:
        cycle = _locked(uow.session, cycle_id)
        if cycle.status is CycleStatus.CLOSED:
            raise CycleClosed(
                f"Cycle {cycle.number} “{cycle.name}” was closed on {cycle.closed_at:%Y-%m-%d at %H:%M UTC}.",
                current={"id": str(cycle.id), "status": str(cycle.status)},
            )
        if cycle.status is CycleStatus.CLOSING:
            return
        if not early and utc_now().date() < cycle.ends_on:
            last_day = cycle.ends_on - timedelta(days=1)
            raise CycleNotEnded(
                f"Cycle {cycle.number} “{cycle.name}” lasts until {last_day}. {CycleNotEnded.advice}"
            )
        cycle.status, cycle.closing_at = CycleStatus.CLOSING, utc_now()
        cycle.version += 1
        announce(uow, cycle)


def _find_written(cycle_id: UUID) -> ClosedCycle | None:
    """What an earlier run has committed: statements, lines and the cycle's leaf are one transaction."""
    with unit_of_work() as uow:
        cycle = _locked(uow.session, cycle_id)
        leaf = uow.session.exec(
            select(LogRecord.leaf)
            .where(LogRecord.subject_id == cycle_id, LogRecord.kind == LeafKind.CYCLE)
            .order_by(desc(col(LogRecord.created_at)))
            .limit(1)
        ).first()
        if leaf is None:
            return None
        told = json.loads(leaf)["facts"]["totals"]
        return _closed_cycle(cycle, {currency: int(nano) for currency, nano in told.items()})


def _write(cycle_id: UUID) -> ClosedCycle:
    """Statements, lines, rests and the cycle's leaf, in one transaction."""
    with (
        bulk_connection() as connection,
        unit_of_work(connection) as uow,
        reading_cycle(cycle_id) as reading,
    ):
        uow.session.execute(_DURABLE)
        uow.session.execute(PATIENT)
        cycle = _locked(uow.session, cycle_id)
        if uow.session.execute(_WAITING, {"cycle_id": cycle_id}).scalar_one():
            raise LogNotComplete(f"Cycle {cycle.number} has entries without a place in the log.")
        built = build_statements(uow, cycle_id, reading)
        rounding = book_rounding(uow, cycle_id, reading.cut_off())
        totals = _total(reading.ledger().totals, rounding.booked)
        facts = _facts(cycle, built, totals, rounding.carried)
        record_fact(uow, LeafKind.CYCLE, cycle_id, facts, cycle_id=cycle_id)
        return _closed_cycle(cycle, totals)


def _total(*sums: Mapping[str, int]) -> dict[str, int]:
    """Sums by currency, added up."""
    currencies = sorted({currency for one in sums for currency in one})
    return {currency: sum(one.get(currency, 0) for one in sums) for currency in currencies}


def _facts(
    cycle: Cycle, built: Built, totals: Mapping[str, int], rests: Mapping[SourceMoney, Decimal]
) -> dict[str, Any]:
    """What the log says about a closed cycle; counters as text, as in every leaf."""
    return {
        "number": str(cycle.number),
        "from": cycle.starts_on.isoformat(),
        "until": cycle.ends_on.isoformat(),
        "currencies": sorted(cycle.currencies),
        "totals": {currency: str(nano) for currency, nano in totals.items()},
        "statements": str(built.statements),
        "lines": str(built.lines),
        "entries": str(built.entries),
        "rests": rests_fact(rests),
    }


def _closed_cycle(cycle: Cycle, totals: dict[str, int]) -> ClosedCycle:
    return ClosedCycle(
        cycle_id=cycle.id,
        number=cycle.number,
        currency=cycle.currency,
        total_nano=totals.get(cycle.currency, 0),
        totals=totals,
    )


def _finish(uow: UnitOfWork, checkpoint: CycleCheckpoint) -> None:
    """The cycle becomes closed in the transaction that writes its checkpoint."""
    cycle = _locked(uow.session, checkpoint.cycle_id)
    cycle.status, cycle.closed_at = CycleStatus.CLOSED, checkpoint.closed_at
    cycle.version += 1
    announce(uow, cycle)


def _locked(session: Session, cycle_id: UUID) -> Cycle:
    cycle = session.get(Cycle, cycle_id, with_for_update=True, populate_existing=True)
    if cycle is None:
        raise NotFound(f"There is no cycle with the id {cycle_id}.")
    return cycle


@contextmanager
def _only_closer() -> Iterator[None]:
    """A lock of the session: it ends with its holder, so a closer that was killed blocks nobody."""
    with Leadership(CLOSER_LOCK) as leadership:
        if not leadership.try_acquire():
            raise CycleClosing
        yield
