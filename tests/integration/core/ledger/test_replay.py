"""A database that was restored from an older dump refuses to go on until its log is whole again."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session, col, select

from omnisonic.core.ledger import command
from omnisonic.core.ledger.audit import run_audit
from omnisonic.core.ledger.log_errors import LogBehind, LogDamaged, LogForked
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.models import CycleCheckpoint, LeafKind, LogLeaf
from omnisonic.core.ledger.proofs import consistency_proof, inclusion_proof, proof_file, recompute_root
from omnisonic.core.ledger.publication import Publisher
from omnisonic.core.ledger.replay import replay
from omnisonic.core.ledger.repository import log_size
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.ledger.tlog_proof import parse_proof
from omnisonic.core.royalties import claims, disputes, exchange_rates, payouts
from omnisonic.core.royalties.claims_schemas import ClaimRequest
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.errors import PayoutState
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft
from omnisonic.core.royalties.models import Cycle, Statement, StatementLine
from omnisonic.core.royalties.payouts_schemas import ProposeRequest
from omnisonic.core.royalties.usage_errors import UsageKeyConflict
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from tests.conftest import Servers
from tests.integration.core.conftest import link, make_work
from tests.integration.core.royalties.books import MARCH, balances, count, make_song, report, usage

APRIL = MARCH.replace(month=4)
TABLES = (
    *("ledger_entries", "journals", "ledger_accounts", "log_records", "log_leaves", "pending_leaves"),
    *("party_salts", "cycle_checkpoints", "royalty_events", "payouts", "line_disputes", "statement_lines"),
    *("statements", "cycles", "fx_rates", "share_claims"),
)
GROWING = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A'"


class Dumps:
    """Copies of the tables, and the way back to them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def dump(self) -> None:
        """Keep the tables as they are."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA IF EXISTS older CASCADE; CREATE SCHEMA older")
            for table in TABLES:
                connection.exec_driver_sql(f"CREATE TABLE older.{table} AS TABLE public.{table}")

    def restore(self) -> None:
        """Make the tables as they were, past triggers and foreign keys."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            triggers = connection.exec_driver_sql(GROWING).all()
            for table, trigger in triggers:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            for table in TABLES:
                connection.exec_driver_sql(
                    f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM older.{table}"  # noqa: S608
                )
            for table, trigger in triggers:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


@pytest.fixture
def dumps(servers: Servers) -> Iterator[Dumps]:
    engine = create_engine(servers.admin_url.replace("postgresql://", "postgresql+psycopg2://", 1))
    yield Dumps(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS older CASCADE")
    engine.dispose()


def test_a_restored_database_goes_on_after_a_replay(curator: Actor, cosigner: str, dumps: Dumps) -> None:
    make_song(curator)
    (first,) = report(curator, usage("a"))
    sequence_all()
    report(curator, usage("b"))  # waits for its place when the dump is made
    dumps.dump()
    report(curator, usage("c", amount="1.5"))
    signed = close_cycle(curator, cycle_id=first.event.cycle_id)
    before, entries = balances(), count("ledger_entries")
    with read_session() as session:
        line = session.exec(select(StatementLine)).all()[0]

    dumps.restore()
    (later, _) = report(curator, usage("d", occurred_at=APRIL), usage("stray"))
    for refused in (sequence_all, lambda: close_cycle(curator, cycle_id=later.event.cycle_id)):
        with pytest.raises(LogBehind) as refusal:
            refused()
        assert refusal.value.status == 409
    told = io.StringIO()
    assert command.replay(output=told) == 0
    assert f"{signed.tree_size} leaves were" not in told.getvalue()
    assert "Not rebuilt" not in told.getvalue()
    stray = told.getvalue().split("in no statement:\n")[1].splitlines()
    assert len(stray) == 1

    with read_session() as session:
        assert log_size(session) == signed.tree_size
        assert recompute_root(session, size=signed.tree_size).root == signed.root
        assert session.get_one(CycleCheckpoint, signed.id) == signed
        assert session.get_one(Cycle, first.event.cycle_id).status == "closed"
        assert inclusion_proof(session, leaf_hash=line.leaf_hash).row_id == line.id
    three = {owner: nano - _waiting(owner) for owner, nano in balances().items()}
    assert ({owner: nano for owner, nano in three.items() if nano}, count("ledger_entries") - 6) == (
        before,
        entries,
    )
    assert run_audit().is_sound
    assert replay().from_size == signed.tree_size
    second = close_cycle(curator, cycle_id=later.event.cycle_id)
    with read_session() as session:
        grown = consistency_proof(session, from_size=signed.tree_size, to_size=second.tree_size)
    assert (grown.from_root, second.number) == (signed.root, 2)
    assert run_audit().is_sound


def _waiting(owner: str) -> int:
    statement = text(
        "SELECT coalesce(-sum(e.amount_nano), 0) FROM ledger_entries e "
        "JOIN pending_leaves p ON p.row_id = e.id "
        "JOIN ledger_accounts a ON a.id = e.account_id WHERE a.owner = :owner"
    )
    with read_session() as session:
        return int(session.execute(statement, {"owner": owner}).scalar_one())


KEPT = {  # what every column of these rows must be again
    "statements": "*",
    "statement_lines": "*",
    "payouts": "id, number, contributor_id, cycle_id, currency, amount_minor, residue_nano, status, "
    "journal_id, exchange, paid_at",
    "fx_rates": "id, created_at, base, quote, day, rate, source",
    "line_disputes": "id, created_at, line_id, contributor_id, user_id, status, decided_by, decided_at, "
    "version",
    "share_claims": "id, created_at, work_id, contributor_id, user_id, share_ppm, role, valid_from, status, "
    "decided_by, decided_at, version",
    "royalty_events": "id, created_at, source, fingerprint, cycle_id, recording_id, work_id, isrc, "
    "usage_type, quantity, amount, amount_nano, currency, territory, occurred_at",
}


def kept_rows() -> dict[str, list[tuple[object, ...]]]:
    with read_session() as session:
        return {
            table: sorted(tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table}")))  # noqa: S608
            for table, columns in KEPT.items()
        }


def test_usage_statements_payouts_and_disputes_are_rows_again(
    curator: Actor, mara: Actor, cosigner: str, dumps: Dumps
) -> None:
    song = make_song(curator, ann_ppm=600_000, bob_ppm=400_000)
    free = make_work(curator, "Undivided")
    link(song.ann, mara)
    report(curator, usage("a", amount="100"))  # both have a salt now
    with unit_of_work() as uow:
        request = ProposeRequest(contributor_id=song.bob.id)
        proposed = payouts.propose_payouts(uow, curator, request=request).payouts[0].id
    sequence_all()
    dumps.dump()
    (later,) = report(curator, usage("b", amount="90", details={"label": "x"}))
    signed = close_cycle(curator, cycle_id=later.event.cycle_id)
    with unit_of_work() as uow:
        payouts.pay_payout(uow, curator, payout_id=proposed, reference="March")
        rate = RateDraft(base="EUR", quote="USD", day="2026-03-31", rate="1.0842", source="ECB")
        unused = RateDraft(base="EUR", quote="CHF", day="2026-03-30", rate="0.95", source="ECB")
        exchange_rates.add_rates(uow, curator, drafts=[rate, unused])
        request = ProposeRequest(contributor_id=song.bob.id, exchange_to="USD")
        (exchanged,) = payouts.propose_payouts(uow, curator, request=request).payouts
        payouts.pay_payout(uow, curator, payout_id=exchanged.id)
        line_id = uow.session.exec(
            select(StatementLine.id)
            .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
            .where(Statement.contributor_id == song.ann.id)
        ).one()
        opened = disputes.open_dispute(uow, mara, line_id=line_id, reason="All is mine.").dispute
        disputes.withdraw_dispute(uow, mara, dispute_id=opened.id)
        opened = disputes.open_dispute(uow, mara, line_id=line_id, reason="It is.").dispute
        disputes.reject_dispute(uow, curator, dispute_id=opened.id, answer="No.")
        disputes.open_dispute(uow, mara, line_id=line_id, reason="It is.")
        for share_ppm in (250_000, 500_000):
            wanted = ClaimRequest(
                work_id=free.id,
                contributor_id=song.ann.id,
                share_ppm=share_ppm,
                role="composer",
                valid_from=MARCH.date(),
                reason="I wrote it.",
            )
            claim = claims.claim_share(uow, mara, request=wanted).claim
            if share_ppm == 250_000:
                claims.reject_claim(uow, curator, claim_id=claim.id, answer="No.")
    (today,) = report(curator, usage("today", occurred_at=utc_now()))  # in a cycle that the dump has not
    close_cycle(curator, cycle_id=today.event.cycle_id, early=True)
    (open_one,) = report(curator, usage("later", occurred_at=utc_now()))
    sequence_all()
    Publisher(LogStore()).publish_whole(log_size_now())
    before, standing = kept_rows(), balances()

    dumps.restore()
    done = replay()
    assert done.unresolved == ()
    assert (done.books.events, done.books.statements, done.books.disputes, done.books.cycles) == (3, 4, 3, 1)
    assert (done.books.claims, done.books.rates) == (2, 2)
    after = kept_rows()
    for table in KEPT:
        assert after[table] == before[table], table
    assert balances() == standing
    assert run_audit().findings == []
    (again,) = report(curator, usage("b", amount="90", details={"label": "x"}))
    assert (again.event.id, again.is_repeated) == (later.event.id, True)
    with pytest.raises(UsageKeyConflict):
        report(curator, usage("b", amount="91", details={"label": "x"}))
    with pytest.raises(PayoutState), unit_of_work() as uow:
        payouts.pay_payout(uow, curator, payout_id=proposed)
    third = close_cycle(curator, cycle_id=open_one.event.cycle_id, early=True)
    assert third.number == signed.number + 2
    assert run_audit().is_sound


def log_size_now() -> int:
    with read_session() as session:
        return log_size(session)


def test_what_cannot_be_a_row_again_stays_a_leaf(curator: Actor, cosigner: str, dumps: Dumps) -> None:
    dumps.dump()  # before anybody had a salt
    make_song(curator)
    (first,) = report(curator, usage("a"))
    signed = close_cycle(curator, cycle_id=first.event.cycle_id)
    dumps.restore()
    done = replay()
    assert (done.to_size, done.checkpoints, done.journals) == (signed.tree_size, 1, 0)
    assert ["salt" in one for one in done.unresolved] == [True]
    with read_session() as session:
        entry = session.exec(select(LogLeaf).where(LogLeaf.kind == LeafKind.ENTRY).limit(1)).one()
        assert entry.leaf == proved_bytes(session, entry)
    assert run_audit().is_sound


def proved_bytes(session: Session, leaf: LogLeaf) -> bytes:
    """What the proof file of a leaf carries."""
    proof = inclusion_proof(session, row_id=leaf.row_id)
    return parse_proof(proof_file(session, proof)).extra or b""


def test_another_log_or_damaged_bundles_are_not_replayed(curator: Actor, cosigner: str, dumps: Dumps) -> None:
    make_song(curator)
    (first,) = report(curator, usage("a"))
    sequence_all()
    dumps.dump()
    signed = close_cycle(curator, cycle_id=first.event.cycle_id)
    dumps.restore()
    store, path = LogStore(), f"tile/entries/000.p/{signed.tree_size}"
    good = store.find(path)
    assert good is not None
    store.put(path, good[:-3] + b"9" + good[-2:])
    with pytest.raises(LogDamaged):
        replay()
    store.put(path, good)
    with dumps.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE log_leaves DISABLE TRIGGER append_only")
        forged = "UPDATE log_leaves SET leaf_hash = sha256(leaf_hash) WHERE leaf_index = 1"
        connection.exec_driver_sql(forged)
        connection.exec_driver_sql("ALTER TABLE log_leaves ENABLE ALWAYS TRIGGER append_only")
    with pytest.raises(LogForked):
        replay()
    with read_session() as session:
        assert log_size(session) < signed.tree_size
