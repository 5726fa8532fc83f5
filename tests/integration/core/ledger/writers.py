"""Writers of journals for the test that kills them: `python -m tests.integration.core.ledger.writers COUNT`.

Each is a process of its own; a line `<writer> <pid> <key>` says that this journal was acknowledged, a line
with `-` that the writer has begun. The last one sequences. They stop only by being killed.
"""

from __future__ import annotations

import itertools
import os
import sys
from uuid import UUID

from omnisonic.core.ledger.accounts import Account, payee
from omnisonic.core.ledger.models import AccountKind, JournalKind
from omnisonic.core.ledger.posting import JournalDraft, Posting, post
from omnisonic.core.ledger.sequencer import sequence_pending
from omnisonic.platform.db import unit_of_work

CYCLE = UUID(int=77)
CURRENCIES = ("EUR", "USD", "JPY")


def main(count: int) -> None:
    """Start `count` writers and wait for their end."""
    children = []
    for number in range(count):
        pid = os.fork()
        if pid == 0:
            work(number, is_sequencer=number == count - 1)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)


def work(number: int, *, is_sequencer: bool) -> None:
    """Write (or sequence) until killed, or until nobody listens any more."""
    said("-", number)
    for turn in itertools.count():
        key = f"{number}:{turn}"
        with unit_of_work() as uow:
            if is_sequencer:
                sequence_pending(uow, limit=50)
            else:
                post(uow, [draft(key, currency) for currency in CURRENCIES])
        said(key, number)


def said(key: str, number: int) -> None:
    """One whole line, in one write."""
    os.write(1, f"{number} {os.getpid()} {key}\n".encode())


def draft(key: str, currency: str) -> JournalDraft:
    """A journal of three entries."""
    source = Account(AccountKind.SOURCE, "Streamly", currency)
    parts = (Posting(payee(UUID(int=5), currency), -70), Posting(payee(UUID(int=6), currency), -30))
    return JournalDraft(
        JournalKind.USAGE, CYCLE, (Posting(source, 100), *parts), idempotency_key=f"{key}:{currency}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
