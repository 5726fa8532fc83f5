"""Journals in PostgreSQL: balanced, immutable, each with its leaf."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from omnisonic.core.ledger.accounts import Account, payee
from omnisonic.core.ledger.errors import AlreadyReversed
from omnisonic.core.ledger.merkle import leaf_hash
from omnisonic.core.ledger.models import (
    AccountKind,
    Journal,
    JournalKind,
    LeafKind,
    LedgerEntry,
    PendingLeaf,
)
from omnisonic.core.ledger.posting import JournalDraft, Posted, Posting, post, record_fact, reversals_of
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import AlreadyThere
from tests.conftest import Servers

CYCLE = UUID(int=1)
GROWING = (
    "ledger_accounts",
    "journals",
    "ledger_entries",
    "log_records",
    "log_leaves",
    "cycle_checkpoints",
    "royalty_events",
    "statements",
    "statement_lines",
)


def draft(amount_nano: int = 10, *, key: str | None = None, owner: str = "a \\ tab\t") -> JournalDraft:
    return JournalDraft(
        kind=JournalKind.USAGE,
        cycle_id=CYCLE,
        postings=(
            Posting(Account(AccountKind.SOURCE, owner, "EUR"), amount_nano),
            Posting(payee(UUID(int=5), "EUR"), -amount_nano + 1),
            Posting(payee(UUID(int=6), "EUR"), -1, work_id=UUID(int=9)),
        ),
        idempotency_key=key,
        facts={"why": "a test"},
    )


def write(*drafts: JournalDraft) -> list[Posted]:
    with unit_of_work() as uow:
        return post(uow, drafts)


def test_a_journal_stands_with_its_entries_and_leaves(db: None) -> None:
    first, second = write(draft(), draft(77))

    with read_session() as session:
        journals = {row.id: row for row in session.exec(select(Journal))}
        entries = session.exec(select(LedgerEntry).where(LedgerEntry.journal_id == second.journal_id)).all()
        pending = session.exec(select(PendingLeaf)).all()
        parties = {json.loads(row.leaf)["account"]["owner"] for row in entries}
    assert set(journals) == {first.journal_id, second.journal_id}
    assert [one.amount_nano for one in sorted(entries, key=lambda one: one.position)] == [77, -76, -1]
    assert {one.row_id for one in pending} == {
        *journals,
        *first.entry_ids,
        *second.entry_ids,
    }
    assert all(row.leaf_hash == leaf_hash(row.leaf) for row in journals.values())
    assert all(row.leaf_hash == leaf_hash(row.leaf) for row in entries)
    assert str(UUID(int=5)) not in str(parties)
    assert "a \\ tab\t" in parties


@pytest.mark.parametrize("amounts", [(5, -4), (5,), (0, 0), (2**63, -(2**63))])
def test_what_does_not_balance_is_not_written(db: None, amounts: tuple[int, ...]) -> None:
    postings = tuple(
        Posting(Account(AccountKind.SUSPENSE, str(index), "EUR"), one) for index, one in enumerate(amounts)
    )

    with pytest.raises(ValueError, match=r"differ|booked"):
        write(JournalDraft(kind=JournalKind.USAGE, cycle_id=CYCLE, postings=postings))


def test_postgres_itself_refuses_an_uneven_journal(db: None, servers: Servers) -> None:
    (posted,) = write(draft())

    for role in ("origin", "replica"):
        with pytest.raises(DBAPIError, match="does not balance"):
            _as_superuser(
                servers,
                f"SET session_replication_role = {role}; INSERT INTO ledger_entries "  # noqa: S608
                "SELECT gen_random_uuid(), created_at, journal_id, 9, account_id, contributor_id, work_id, "
                "event_id, cycle_id, currency, amount_nano, leaf, leaf_hash "
                f"FROM ledger_entries WHERE id = '{posted.entry_ids[0]}'",
            )


@pytest.mark.parametrize("table", GROWING)
def test_no_row_is_changed_removed_or_emptied(db: None, servers: Servers, table: str) -> None:
    write(draft())
    with unit_of_work() as uow:
        record_fact(uow, LeafKind.SPLIT, uuid4(), {"sheet": "1"})

    column = "leaf_index" if table == "log_leaves" else "id"
    with_rows = table in {"ledger_accounts", "journals", "ledger_entries", "log_records"}
    for statement in (
        f"UPDATE {table} SET {column} = {column}",  # noqa: S608
        f"DELETE FROM {table}",  # noqa: S608
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), unit_of_work() as uow:
            uow.session.execute(text(statement))
        if with_rows or "TRUNCATE" in statement:
            with pytest.raises(DBAPIError, match="append-only"):
                _as_superuser(servers, f"SET session_replication_role = replica; {statement}")


def test_a_key_books_once_and_a_journal_is_reversed_once(db: None) -> None:
    (posted,) = write(draft(key="usage:1"))
    with pytest.raises(AlreadyThere):
        write(draft(key="usage:1"))

    with unit_of_work() as uow:
        post(uow, reversals_of(uow.session, [posted.journal_id], cycle_id=CYCLE, facts={}))
    with unit_of_work() as uow, pytest.raises(AlreadyReversed):
        reversals_of(uow.session, [posted.journal_id], cycle_id=CYCLE, facts={})

    with read_session() as session:
        balances = session.execute(
            text("SELECT account_id, sum(amount_nano) FROM ledger_entries GROUP BY account_id")
        ).all()
    assert [row[1] for row in balances] == [0, 0, 0]


def _as_superuser(servers: Servers, statements: str) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(servers.admin_url.replace("postgresql://", "postgresql+psycopg2://", 1))
    try:
        with engine.begin() as connection:
            connection.execute(text(statements))
    finally:
        engine.dispose()
