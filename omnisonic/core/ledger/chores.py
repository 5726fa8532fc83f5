"""What the relay does for the log besides sending: leaves get their places, full tiles are published."""

from __future__ import annotations

from collections.abc import Callable

from omnisonic.core.ledger.log_errors import LogBehind, LogDamaged
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.publication import Publisher
from omnisonic.core.ledger.sequencer import BATCH_LEAVES, sequence_pending
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.logging import get_logger

Chore = Callable[[], bool]

log = get_logger(__name__)


def relay_chores() -> list[Chore]:
    """The chores in their order; each tells whether more of it waits."""
    publisher: list[Publisher] = []

    def sequence() -> bool:
        try:
            with unit_of_work() as uow:
                return sequence_pending(uow).count >= BATCH_LEAVES
        except LogBehind as error:
            log.error("sequencing_refused", reason=error.detail)  # noqa: TRY400 (a refusal, not a fault)
            return False

    def publish() -> bool:
        if not publisher:
            publisher.append(Publisher(LogStore()))
        try:
            return publisher[0].publish_full(parts=1)
        except (LogBehind, LogDamaged) as error:
            log.error("publication_refused", reason=error.detail)  # noqa: TRY400 (a refusal, not a fault)
            return False

    return [sequence, publish]
