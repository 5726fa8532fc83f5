"""Ends the closing of a cycle: everything sequenced, published, signed, cosigned, and then one row for it.

Each step can be repeated. Leaves are committed before anything is signed, and the head is kept before its
signature leaves, so that a crash between two steps never forks the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from omnisonic.core.ledger.leaves import instant
from omnisonic.core.ledger.log_errors import ClosingElsewhere, NotSequenced
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.models import CycleCheckpoint
from omnisonic.core.ledger.publication import Publisher
from omnisonic.core.ledger.repository import (
    find_checkpoint_of_cycle,
    find_cycle_leaf,
    next_checkpoint_number,
)
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.ledger.signing import sign_head
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.leadership import Leadership
from omnisonic.platform.logging import get_logger

CLOSING_LOCK = 0x0B10
EVENT = "cycleCheckpointClosed"
ALL_CHECKPOINTS = "checkpoint:*"

Finish = Callable[[UnitOfWork, CycleCheckpoint], None]

log = get_logger(__name__)


@dataclass(frozen=True)
class ClosedCycle:
    """A cycle whose lines and cycle leaf are posted and committed. Amounts in nano-units."""

    cycle_id: UUID
    number: int
    currency: str
    total_nano: int
    totals: Mapping[str, int]


def sign_and_store(*, cycle: ClosedCycle, finish: Finish | None = None) -> CycleCheckpoint:
    """Sequence and publish what is committed, sign it, and write the cycle's checkpoint.

    `finish` runs in the transaction that writes the row: there the cycle becomes closed. Called again for a
    cycle that has its checkpoint, it answers with that one. Raises `ClosingElsewhere` while another runs,
    `NotSequenced` without the cycle's leaf, and what `sequence_pending`, `Publisher` and `sign_head` raise.
    """
    with _only_one():
        with unit_of_work() as uow:
            found = find_checkpoint_of_cycle(uow.session, cycle.cycle_id)
        if found is not None:
            return found
        size = sequence_all()
        with unit_of_work() as uow:
            leaf_index = find_cycle_leaf(uow.session, cycle.cycle_id)
        if leaf_index is None or leaf_index >= size:
            raise NotSequenced("The closed cycle has no leaf in the log yet.")
        store = LogStore()
        Publisher(store).publish_whole(size)
        text, note = sign_head(store, size)
        checkpoint = _write(store, cycle, size=size, root=text.root, note=str(note), finish=finish)
    log.info("checkpoint_signed", number=checkpoint.number, tree_size=size, root=text.root.hex())
    return checkpoint


def checkpoint_facts(checkpoint: CycleCheckpoint) -> dict[str, Any]:
    """The row as it lies beside the published note, for a replay."""
    return {
        "id": str(checkpoint.id),
        "createdAt": instant(checkpoint.created_at),
        "number": checkpoint.number,
        "cycleId": str(checkpoint.cycle_id),
        "cycleNumber": checkpoint.cycle_number,
        "currency": checkpoint.currency,
        "totalNano": str(checkpoint.total_nano),
        "totals": checkpoint.totals,
        "root": checkpoint.root.hex(),
        "closedAt": instant(checkpoint.closed_at),
    }


def _write(
    store: LogStore, cycle: ClosedCycle, *, size: int, root: bytes, note: str, finish: Finish | None
) -> CycleCheckpoint:
    with unit_of_work() as uow:
        now = utc_now()
        checkpoint = CycleCheckpoint(
            created_at=now,
            number=next_checkpoint_number(uow.session),
            cycle_id=cycle.cycle_id,
            cycle_number=cycle.number,
            currency=cycle.currency,
            total_nano=cycle.total_nano,
            totals={currency: str(amount) for currency, amount in sorted(cycle.totals.items())},
            tree_size=size,
            root=root,
            note=note,
            closed_at=now,
        )
        uow.session.add(checkpoint)
        uow.session.flush()
        # Before the commit: a database that comes back from a dump must find what was signed after it.
        store.put_checkpoint(size=size, note=note, facts=checkpoint_facts(checkpoint))
        _announce(uow, checkpoint)
        if finish is not None:
            finish(uow, checkpoint)
    return checkpoint


def _announce(uow: UnitOfWork, checkpoint: CycleCheckpoint) -> None:
    payload = {
        "checkpointId": str(checkpoint.id),
        "cycleId": str(checkpoint.cycle_id),
        "number": checkpoint.number,
        "treeSize": checkpoint.tree_size,
    }
    uow.publish(f"checkpoint:{checkpoint.cycle_id}", EVENT, payload)
    uow.publish(ALL_CHECKPOINTS, EVENT, payload)


@contextmanager
def _only_one() -> Iterator[None]:
    with Leadership(CLOSING_LOCK) as leadership:
        if not leadership.try_acquire():
            raise ClosingElsewhere
        yield
