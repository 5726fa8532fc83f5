"""Closing a cycle: exact statements, one checkpoint, and going on after every way it can stop."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from omnisonic.core.ledger.merkle import leaf_hash, merkle_root
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.closing_rounding import carried_rests
from omnisonic.core.royalties.errors import CycleClosed
from omnisonic.core.royalties.models import Cycle, CycleStatus, Statement, StatementLine
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, NotFound
from tests.integration.core.royalties.books import UNKNOWN_ISRC, count, make_song, report, usage


def cycle_row(cycle_id: UUID) -> Cycle:
    """The cycle as it is now."""
    with read_session() as session:
        return session.get_one(Cycle, cycle_id)


def lines_of(cycle_id: UUID) -> list[tuple[Statement, StatementLine]]:
    """The lines of a cycle's statements."""
    with read_session() as session:
        found = session.exec(
            select(Statement, StatementLine)
            .join(StatementLine, col(StatementLine.statement_id) == col(Statement.id))
            .where(Statement.cycle_id == cycle_id)
            .order_by(col(Statement.contributor_id), col(StatementLine.position))
        )
        return list(found.all())


def test_a_cycle_closes_with_statements_to_the_nano(curator: Actor, mara: Actor, cosigner: str) -> None:
    song = make_song(curator)
    booked = report(
        curator,
        usage("a", amount="10.0000000009999"),
        usage("b", amount="5", territory="FR"),
        usage("c", amount="1.00000000069"),
        usage("tiny", amount="0.0000000007"),
        usage("d", amount="3", isrc=UNKNOWN_ISRC),
    )
    cycle_id = booked[0].event.cycle_id
    with unit_of_work() as uow:
        reverse_events(uow, [booked[2].event.id], reason={"why": "sent twice"})
    with pytest.raises(Forbidden):
        close_cycle(mara, cycle_id=cycle_id)
    with pytest.raises(NotFound):
        close_cycle(curator, cycle_id=uuid4())
    checkpoint = close_cycle(curator, cycle_id=cycle_id)
    # 0.9999 + 0.7 nano-units were cut off: one whole one is booked, the rest goes on.
    assert checkpoint.totals == {"EUR": str(18 * 10**9 + 1)}
    with read_session() as session:
        assert carried_rests(session) == {("Streamly", "EUR"): Decimal("0.6999") / 10**9}
    found = lines_of(cycle_id)
    assert [
        (line.territory, line.amount_nano, line.quantity)
        for statement, line in found
        if statement.contributor_id == song.ann.id
    ] == [
        ("DE", 6_666_670_000, 1200),
        ("FR", 3_333_335_000, 1200),
    ]
    for statement, line in found:
        assert line.leaf_hash == leaf_hash(line.leaf)
        assert line.entries_root == merkle_root(entry_hashes(statement, line))
    assert cycle_row(cycle_id).status is CycleStatus.CLOSED
    with pytest.raises(CycleClosed):
        close_cycle(curator, cycle_id=cycle_id)
    assert count("cycle_checkpoints") == 1


def entry_hashes(statement: Statement, line: StatementLine) -> list[bytes]:
    """Leaf hashes of a line's entries in the order of the log."""
    asked = text(
        "SELECT l.leaf_hash FROM ledger_entries e JOIN log_leaves l ON l.row_id = e.id "
        "JOIN royalty_events ev ON ev.id = e.event_id WHERE e.contributor_id = :who "
        "AND ev.territory = :territory ORDER BY l.leaf_index"
    )
    with read_session() as session:
        rows = session.execute(asked, {"who": statement.contributor_id, "territory": line.territory})
        return [bytes(row.leaf_hash) for row in rows]
