"""Journals to put into a log, and its closing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from omnisonic.core.ledger.accounts import Account
from omnisonic.core.ledger.checkpointing import ClosedCycle, sign_and_store
from omnisonic.core.ledger.models import AccountKind, CycleCheckpoint, JournalKind, LeafKind
from omnisonic.core.ledger.posting import JournalDraft, Posting, post, record_fact
from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.platform.db import UnitOfWork, unit_of_work


def book(cycle_id: UUID, count: int) -> None:
    """Journals of two entries each."""
    source = Account(AccountKind.SOURCE, "Streamly", "EUR")
    waiting = Account(AccountKind.SUSPENSE, "unmatched", "EUR")
    with unit_of_work() as uow:
        post(
            uow,
            [
                JournalDraft(JournalKind.USAGE, cycle_id, (Posting(source, 7), Posting(waiting, -7)))
                for _ in range(count)
            ],
        )


def close(cycle_id: UUID, number: int = 1) -> CycleCheckpoint:
    """Log the cycle's end and sign it; its row becomes a closed one with the checkpoint."""
    first, end = _month(number)
    period = {"from": first.isoformat(), "until": end.isoformat(), "currencies": []}
    with unit_of_work() as uow:
        facts = {"number": str(number), **period}
        record_fact(uow, LeafKind.CYCLE, cycle_id, facts, cycle_id=cycle_id)
    return sign_and_store(cycle=ClosedCycle(cycle_id, number, "EUR", 7, {"EUR": 7}), finish=_keep_cycle)


def _month(number: int) -> tuple[date, date]:
    return date(2026, number, 1), date(2026, number + 1, 1)


def _keep_cycle(uow: UnitOfWork, checkpoint: CycleCheckpoint) -> None:
    starts_on, ends_on = _month(checkpoint.cycle_number)
    uow.session.add(
        Cycle(
            id=checkpoint.cycle_id,
            number=checkpoint.cycle_number,
            name=f"Cycle {checkpoint.cycle_number}",
            starts_on=starts_on,
            ends_on=ends_on,
            currency="EUR",
            status=CycleStatus.CLOSED,
            closed_at=checkpoint.closed_at,
        )
    )
