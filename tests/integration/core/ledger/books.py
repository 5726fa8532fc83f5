"""Journals to put into a log, and its closing."""

from __future__ import annotations

from uuid import UUID

from omnisonic.core.ledger.accounts import Account
from omnisonic.core.ledger.checkpointing import ClosedCycle, sign_and_store
from omnisonic.core.ledger.models import AccountKind, CycleCheckpoint, JournalKind, LeafKind
from omnisonic.core.ledger.posting import JournalDraft, Posting, post, record_fact
from omnisonic.platform.db import unit_of_work


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
    """Log the cycle's end and sign it."""
    with unit_of_work() as uow:
        record_fact(uow, LeafKind.CYCLE, cycle_id, {"number": number}, cycle_id=cycle_id)
    return sign_and_store(cycle=ClosedCycle(cycle_id, number, "EUR", 7, {"EUR": 7}))
