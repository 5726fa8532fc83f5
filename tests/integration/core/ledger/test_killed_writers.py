"""Sixteen writers and a sequencer, all killed in the middle of their work: the books stay exact."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import text

from omnisonic.core.ledger.audit_rows import audit_rows
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.platform.db import read_session
from tests.integration.core.ledger.writers import CURRENCIES

WRITERS = 16
ROOT = Path(__file__).parents[4]


def test_no_kill_unbalances_the_books_or_loses_what_was_acknowledged(db: None, storage: Any) -> None:
    acknowledged = kill_all(WRITERS + 1, random.Random(5))
    size = sequence_all()
    with read_session() as session:
        sums = session.execute(text("SELECT currency, sum(amount_nano) FROM ledger_entries GROUP BY 1")).all()
        counts = session.execute(
            text(
                "SELECT (SELECT count(*) FROM journals), (SELECT count(*) FROM ledger_entries), "
                "count(*), min(leaf_index), max(leaf_index), (SELECT count(*) FROM pending_leaves) "
                "FROM log_leaves"
            )
        ).one()
        keys = set(session.execute(text("SELECT idempotency_key FROM journals")).scalars())
        findings = Findings()
        audit_rows(session.connection(), findings)
    journals, entries, leaves, first, last, pending = counts
    assert {currency: int(total) for currency, total in sums} == dict.fromkeys(CURRENCIES, 0)
    assert entries == 3 * journals
    assert (leaves, first, last, pending) == (journals + entries, 0, size - 1, 0)
    assert len(acknowledged) >= WRITERS
    assert {f"{key}:{currency}" for key in acknowledged for currency in CURRENCIES} <= keys
    assert list(findings) == []


def kill_all(count: int, chance: random.Random) -> set[str]:
    """Start this many, kill each after so many acknowledged turns; gives what the writers acknowledged."""
    lives = [chance.randint(1, 5) for _ in range(count)]
    command = [sys.executable, "-m", "tests.integration.core.ledger.writers", str(count)]
    turns: Counter[int] = Counter()
    acknowledged: set[str] = set()
    dead: set[int] = set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=dict(os.environ)) as started:
        assert started.stdout is not None
        for line in started.stdout:  # ends when the last of them is dead
            number, pid, key = line.decode().split()
            writer = int(number)
            if key == "-":
                continue
            turns[writer] += 1
            if writer != count - 1:
                acknowledged.add(key)
            if turns[writer] == lives[writer]:
                os.kill(int(pid), signal.SIGKILL)
                dead.add(writer)
    assert dead == set(range(count))
    return acknowledged
