"""`ledger`: usage to journals, to the log, to a signed checkpoint, to a proof; roots against a plain loop."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from statistics import median
from uuid import UUID

from sqlalchemy import text

from bench.peers.hashlib_loop import root_of
from bench.report import Figure
from bench.servers import own_servers, running
from bench.usage_events import made_events, make_recordings, read_events
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import leaf_hash, merkle_root, verify_inclusion
from omnisonic.core.ledger.publication import Publisher
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.ledger.tiles import TileBuilder
from omnisonic.core.ledger.tree import TileTree
from omnisonic.core.money import parse_amount
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.usage import BATCH_MAX, record_usage
from omnisonic.core.royalties.usage_rules import UsageDraft
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.embedded.ports import free_port
from omnisonic.platform.settings import get_settings

EVENTS, QUICK_EVENTS = 100_000, 10_000
ROOT_LEAVES, QUICK_ROOT_LEAVES = 1_000_000, 200_000
PROOF_LEAVES, QUICK_PROOF_LEAVES = 10_000_000, 1_000_000
ROUNDS = 3
PROOFS = 300
TILES_AT_ONCE = 65_536
NANO = 9


@dataclass(frozen=True)
class _Closed:
    entries: int
    record_s: float
    sequence_s: float
    close_s: float


def run(quick: bool, events_file: Path | None = None) -> list[Figure]:
    """Book, sequence, close and prove; `events_file` replaces the made events. Times in seconds."""
    events = read_events(events_file) if events_file else list(made_events(QUICK_EVENTS if quick else EVENTS))
    with own_servers(), _cosigner():
        closed = _close(events)
        proof_ms = _proofs(QUICK_PROOF_LEAVES if quick else PROOF_LEAVES)
    ours_s, theirs_s = _roots(QUICK_ROOT_LEAVES if quick else ROOT_LEAVES)
    events_per_s = len(events) / closed.record_s
    return [
        Figure("ledger", "events_per_s", "-", events_per_s, None, "/s", True),
        Figure("ledger", "append_entries_per_s", "-", closed.entries / closed.sequence_s, None, "/s", True),
        Figure("ledger", "close_entries_per_s", "-", closed.entries / closed.close_s, None, "/s", True),
        Figure("ledger", "root_s", "hashlib_loop", ours_s, theirs_s, "s", False),
        Figure("ledger", "proof_ms", "-", median(proof_ms), None, "ms", False),
        Figure("ledger", "proof_max_ms", "-", max(proof_ms), None, "ms", False),
    ]


def _close(events: Sequence[UsageDraft]) -> _Closed:
    make_recordings(events)
    actor = _curator()
    started_s = time.perf_counter()
    for first in range(0, len(events), BATCH_MAX):
        with unit_of_work() as uow:
            record_usage(uow, actor, events=events[first : first + BATCH_MAX])
    recorded_s = time.perf_counter()
    # The relay does both while usage comes in; a closing finds little left to do.
    size = sequence_all()
    Publisher(LogStore()).publish_full()
    sequenced_s = time.perf_counter()
    for cycle_id in _open_cycles():
        close_cycle(actor, cycle_id=cycle_id, early=True)
    closed_s = time.perf_counter()
    entries = _require_sums(events)
    assert size > entries
    return _Closed(entries, recorded_s - started_s, sequenced_s - recorded_s, closed_s - sequenced_s)


def _require_sums(events: Sequence[UsageDraft]) -> int:
    """Every currency sums to zero, and its sources owe what was reported. Returns the number of entries.

    What is left over is below one nano-unit for each source: closing books the whole ones of all that was
    cut off.
    """
    reported: dict[str, Decimal] = defaultdict(Decimal)
    for event in {(one.source, one.idempotency_key): one for one in events}.values():
        reported[event.currency] += parse_amount(event.amount).scaleb(NANO)
    sources = len({one.source for one in events})
    with read_session() as session:
        rows = session.execute(
            text(
                "SELECT e.currency, sum(e.amount_nano), sum(e.amount_nano) FILTER (WHERE a.kind = 'source'), "
                "count(*) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id GROUP BY 1"
            )
        ).all()
        lines = session.execute(
            text("SELECT currency, sum(total_nano) FROM statements GROUP BY currency")
        ).all()
    for currency, total, owed, _ in rows:
        assert total == 0, f"{currency} does not balance: {total}"
        assert 0 <= reported[currency] - owed < sources, (currency, owed, reported[currency])
    stated = {currency: int(total) for currency, total in lines}
    print(
        "\n".join(
            f"{c}: reported {reported[c]} nano, payees {stated.get(c, 0)} nano" for c in sorted(reported)
        )
    )
    return sum(count for *_, count in rows)


def _roots(leaves: int) -> tuple[float, float]:
    contents = [b"leaf %d" % number for number in range(leaves)]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        started_s = time.perf_counter()
        root = merkle_root([leaf_hash(one) for one in contents])
        middle_s = time.perf_counter()
        expected = root_of(contents)
        ours.append(middle_s - started_s)
        theirs.append(time.perf_counter() - middle_s)
        assert root == expected
    return median(ours), median(theirs)


def _proofs(leaves: int) -> list[float]:
    """Milliseconds of single proofs out of stored tiles, each with tiles read anew."""
    store = LogStore()
    builder = TileBuilder()
    with store.writing() as writer:
        for first in range(0, leaves, TILES_AT_ONCE):
            part = [sha256(b"%d" % at).digest() for at in range(first, min(first + TILES_AT_ONCE, leaves))]
            writer.put_all((f"bench/{tile.path}", content) for tile, content in builder.extend(part))
        writer.put_all((f"bench/{tile.path}", content) for tile, content in builder.partials())
    root, chance, times_ms = builder.root(), random.Random(leaves), []
    for _ in range(PROOFS):
        index = chance.randrange(leaves)
        started_s = time.perf_counter()
        path = TileTree(leaves, lambda tile: store.find(f"bench/{tile.path}") or b"").inclusion_path(index)
        times_ms.append((time.perf_counter() - started_s) * 1000)
        assert verify_inclusion(sha256(b"%d" % index).digest(), index, leaves, path, root)
    return times_ms


def _open_cycles() -> list[UUID]:
    with read_session() as session:
        rows = session.execute(text("SELECT id FROM cycles WHERE status = 'open' ORDER BY number"))
        return list(rows.scalars())


def _curator() -> Actor:
    with unit_of_work() as uow:
        user = User(email="bench@example.org", display_name="Bench")
        uow.session.add(user)
        uow.session.flush()
        return Actor(user.id, "Bench", user.email, role=Role.CURATOR)


@contextmanager
def _cosigner() -> Iterator[None]:
    """The cosigner as the process that it is."""
    port = free_port()
    os.environ["COSIGNER_PORT"] = str(port)
    get_settings.cache_clear()
    with running("-m", "omnisonic", "cosigner", port=port):
        yield
