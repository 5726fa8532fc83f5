"""Closing a cycle: exact statements, one checkpoint, and going on after every way it can stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from omnisonic.core.ledger.log_errors import CosignerUnreachable
from omnisonic.core.ledger.merkle import leaf_hash, merkle_root
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.closing_rounding import carried_rests
from omnisonic.core.royalties.errors import CycleClosed, CycleClosing, StatementMismatch
from omnisonic.core.royalties.models import Cycle, CycleStatus, Statement, StatementLine
from omnisonic.core.royalties.statements import list_statements
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.embedded.ports import free_port
from omnisonic.platform.errors import Conflict, Forbidden, NotFound, ServiceUnavailable
from omnisonic.platform.pagination import Page
from omnisonic.platform.settings import get_settings
from tests.conftest import Servers
from tests.integration.core.royalties.books import (
    MARCH,
    NANO,
    UNKNOWN_ISRC,
    count,
    make_song,
    report,
    usage,
)
from tests.integration.owner import change_entries
from tests.waiting import wait_until


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

    with pytest.raises(Conflict) as refused, unit_of_work() as uow:
        uow.session.execute(_STRAY_LINE)
    assert "there is no statement" in str(refused.value.__cause__)


_STRAY_LINE = text("""
    INSERT INTO statement_lines
    SELECT (jsonb_populate_record(line, jsonb_build_object('id', gen_random_uuid(),
                                                           'statement_id', gen_random_uuid()))).*
    FROM statement_lines AS line LIMIT 1
""")


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


def test_a_closing_goes_on_wherever_it_stopped(
    curator: Actor, cosigner: str, configure: Callable[..., Any], servers: Servers
) -> None:
    make_song(curator)
    cycle_id = report(curator, usage("a"), usage("b", territory="FR"))[0].event.cycle_id
    with ThreadPoolExecutor() as pool:
        with held_statements(servers) as admin:
            running = pool.submit(close_cycle, curator, cycle_id=cycle_id)
            blocked = waiting_writer(admin)
            with pytest.raises(CycleClosing):
                close_cycle(curator, cycle_id=cycle_id)
            late = report(curator, usage("late"))[0]
            assert (late.event.cycle_id != cycle_id, late.moved_from_day) == (True, MARCH.date())
            with admin.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", (blocked,))
        with pytest.raises(ServiceUnavailable):
            running.result(timeout=60)
    assert cycle_row(cycle_id).status is CycleStatus.CLOSING
    assert (count("statements"), count("statement_lines"), count("log_records")) == (0, 0, 0)

    configure(COSIGNER_URL=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(CosignerUnreachable):
        close_cycle(curator, cycle_id=cycle_id)
    assert (count("statement_lines"), count("cycle_checkpoints")) == (4, 0)
    with read_session() as session:  # nothing is out that is not signed
        assert list_statements(session, curator, page=Page()).statements == []

    storage = get_settings().storage_local_dir
    assert storage is not None
    broken = storage.with_name("no-folder")
    broken.write_text("not a folder")
    configure(COSIGNER_URL=cosigner, STORAGE_LOCAL_DIR=broken)
    with pytest.raises(ServiceUnavailable):
        close_cycle(curator, cycle_id=cycle_id)

    configure(STORAGE_LOCAL_DIR=storage)
    checkpoint = close_cycle(curator, cycle_id=cycle_id)
    assert (count("statement_lines"), count("cycle_checkpoints"), count("log_records")) == (4, 1, 1)
    assert (checkpoint.totals, cycle_row(cycle_id).status) == ({"EUR": str(20 * NANO)}, CycleStatus.CLOSED)
    second = close_cycle(curator, cycle_id=late.event.cycle_id)
    assert (second.number, second.tree_size > checkpoint.tree_size) == (2, True)


def test_an_entry_for_somebody_else_stops_the_closing(
    curator: Actor, cosigner: str, servers: Servers
) -> None:
    song = make_song(curator)
    cycle_id = report(curator, usage("a"))[0].event.cycle_id
    change_entries(
        servers,
        "UPDATE ledger_entries SET contributor_id = %s WHERE contributor_id = %s",
        *(str(song.bob.id), str(song.ann.id)),
    )
    with pytest.raises(StatementMismatch, match=str(song.bob.id)):
        close_cycle(curator, cycle_id=cycle_id)
    assert (count("statements"), count("statement_lines"), count("log_records")) == (0, 0, 0)
    assert cycle_row(cycle_id).status is CycleStatus.CLOSING


@contextmanager
def held_statements(servers: Servers) -> Iterator[Any]:
    """Nobody can write statements inside; gives a connection that may look at others."""
    with (
        closing(psycopg2.connect(servers.admin_url)) as holder,
        closing(psycopg2.connect(servers.admin_url)) as admin,
    ):
        admin.autocommit = True
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLE statements IN ACCESS EXCLUSIVE MODE")
        yield admin


def waiting_writer(admin: Any) -> int:
    """The process of the database that waits to write statements."""

    def find() -> int | None:
        with admin.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE relation = 'statements'::regclass AND NOT granted LIMIT 1"
            )
            found = cursor.fetchone()
        return found and int(found[0])

    return wait_until(find)
