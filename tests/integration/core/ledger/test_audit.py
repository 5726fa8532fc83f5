"""The self-audit finds every changed place of the ledger, and says which one it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlmodel import select

from omnisonic.core.ledger.accounts import Account, payee
from omnisonic.core.ledger.audit import latest_audit, run_audit, summary
from omnisonic.core.ledger.audit_log import audit_log
from omnisonic.core.ledger.audit_rows import audit_rows
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.key_history import list_keys
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.models import AccountKind, JournalKind
from omnisonic.core.ledger.posting import JournalDraft, Posting, post
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.ledger.standing import check_ledger
from omnisonic.core.royalties import claims, disputes, exchange_rates, payouts
from omnisonic.core.royalties.claims_schemas import ClaimRequest
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.cycles import cycle_for
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft
from omnisonic.core.royalties.models import Payout, PayoutStatus, Statement, StatementLine
from omnisonic.core.royalties.payouts_schemas import ProposeRequest
from omnisonic.insight.alerts.models import AlertChannel, ChannelType
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.readiness import NotReady
from tests.conftest import Servers
from tests.integration.core.conftest import link, make_work
from tests.integration.core.royalties.books import NANO, UNKNOWN_ISRC, Song, make_song, report, usage
from workers.maintenance import audit_ledger

ROWS = {  # table -> which row is changed
    "journals": "kind = 'usage' AND event_id IS NOT NULL",
    "ledger_entries": "contributor_id IS NOT NULL",
    "ledger_accounts": "kind = 'payee'",
    "party_salts": "true",
    "royalty_events": "isrc IS NOT NULL AND details IS NOT NULL",
    "statement_lines": "true",
    "statements": "true",
    "log_records": "kind = 'cycle'",
    "log_leaves": "kind = 'entry' AND leaf_index < (SELECT max(tree_size) FROM cycle_checkpoints)",
    "cycle_checkpoints": "true",
    "cycles": "status = 'closed'",
    "payouts": "reference = 'March'",
    "fx_rates": "true",
    "line_disputes": "status = 'rejected'",
    "share_claims": "status = 'accepted'",
}
NOT_AUDITED = {  # no leaf says it; listed in docs/operations/ledger.md
    "ledger_accounts": {"id", "created_at"},
    "cycles": {"created_at", "name", "created_by", "closing_at", "version"},
    "payouts": {"created_at", "created_by", "version"},
    "fx_rates": {"created_by"},
}
NAMED_AS_BEFORE = {  # what others say of them
    *("statements", "cycles", "payouts", "fx_rates", "line_disputes", "share_claims"),
}
WORDS = {  # columns of which the database accepts certain words only
    ("journals", "kind"): "'release'",
    ("ledger_accounts", "kind"): "'rounding'",
    ("royalty_events", "usage_type"): "'sync'",
    ("statement_lines", "usage_type"): "'sync'",
    ("log_records", "kind"): "'split'",
    ("cycles", "status"): "'open'",
    ("payouts", "status"): "'proposed'",
    ("line_disputes", "status"): "'open'",
    ("share_claims", "status"): "'withdrawn'",
    ("fx_rates", "rate"): "rate + 0.000000000001",
    ("statements", "total_nano"): "total_nano + 1",
    ("statements", "carried_nano"): "carried_nano + 1",
    ("statement_lines", "amount_nano"): "amount_nano + 1",
    ("statement_lines", "quantity"): "quantity + 1",
    ("cycle_checkpoints", "total_nano"): "total_nano + 1",
    ("log_leaves", "kind"): "'line'",
    ("log_leaves", "leaf_index"): "leaf_index + (1::bigint << 40)",
}
CHANGES = {  # type -> the smallest change, also of nothing
    "uuid": "gen_random_uuid()",
    "bytea": "coalesce(set_byte({0}, 0, get_byte({0}, 0) # 1), '\\x00')",
    "smallint": "coalesce({0}, 0) # 1",
    "integer": "coalesce({0}, 0) # 1",
    "bigint": "coalesce({0}, 0) # 1",
    "numeric": "{0} + 0.00000000000001",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "date": "{0} + 1",
    "jsonb": "coalesce({0}, '{{}}') || '{{\"x\": \"1\"}}'",
    "ARRAY": "array_append({0}, 'USD')",
    "text": "coalesce(overlay({0} placing chr(ascii({0}) # 1) from 1 for 1), 'A')",
}


@dataclass
class Books:
    """A closed cycle with entries after it, and a superuser's connection to spoil them."""

    connection: Connection
    stored: list[dict[str, Any]]

    def findings(self) -> Findings:
        """What the audit finds as the tables stand in the open transaction."""
        store, findings = LogStore(), Findings()
        published = store.published_size()
        audit_rows(self.connection, findings)
        audit_log(
            self.connection,
            store,
            list_keys(store),
            published=published,
            stored=self.stored,
            findings=findings,
        )
        return findings

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Columns with their types."""
        asked = text(
            "SELECT column_name, replace(data_type, 'character varying', 'text') "
            "FROM information_schema.columns WHERE table_name = :table AND table_schema = 'public'"
        )
        return [tuple(row) for row in self.connection.execute(asked, {"table": table})]

    def spoil(self, table: str, column: str, kind: str) -> str:
        """Change one value of one row past every protection; gives how a finding would name the row."""
        self.run(f"SET LOCAL session_replication_role = replica; ALTER TABLE {table} DISABLE TRIGGER USER")
        change = WORDS.get((table, column), CHANGES[kind]).format(column)
        key = {"log_leaves": "leaf_index", "party_salts": "contributor_id"}.get(table, "id")
        row = f"ctid = (SELECT ctid FROM {table} WHERE {ROWS[table]} LIMIT 1)"  # noqa: S608
        named = "old" if table in NAMED_AS_BEFORE else "new"
        changed = self.connection.execute(
            text(f"UPDATE {table} SET {column} = {change} WHERE {row} RETURNING {named}.{key}")  # noqa: S608
        )
        return str(changed.scalar_one())

    def run(self, statement: str) -> None:
        """Execute in the open transaction."""
        self.connection.exec_driver_sql(statement)


def pay_and_dispute(curator: Actor, mara: Actor, song: Song) -> None:
    """Bob's euros are paid as dollars; Ann disputes her line three times, and claims a whole work."""
    rate = RateDraft(base="EUR", quote="USD", day="2026-03-31", rate="1.0842", source="ECB")
    unused = RateDraft(base="EUR", quote="CHF", day="2026-03-30", rate="100", source="ECB")
    work = make_work(curator, "Undivided")
    with unit_of_work() as uow:
        exchange_rates.add_rates(uow, curator, drafts=[rate, unused])
        request = ProposeRequest(contributor_id=song.bob.id, exchange_to="USD")
        (payout,) = payouts.propose_payouts(uow, curator, request=request).payouts
        payouts.pay_payout(uow, curator, payout_id=payout.id, reference="March")
        statement = uow.session.exec(select(Statement).where(Statement.contributor_id == song.ann.id)).one()
        line_id = uow.session.exec(
            select(StatementLine.id).where(StatementLine.statement_id == statement.id)
        ).first()
        assert line_id is not None
        first = disputes.open_dispute(uow, mara, line_id=line_id, reason="All of it is mine.").dispute
        disputes.withdraw_dispute(uow, mara, dispute_id=first.id)
        second = disputes.open_dispute(uow, mara, line_id=line_id, reason="Most of it is.").dispute
        disputes.reject_dispute(uow, curator, dispute_id=second.id, answer="No.")
        disputes.open_dispute(uow, mara, line_id=line_id, reason="It is.")
        wanted = ClaimRequest(
            work_id=work.id,
            contributor_id=song.ann.id,
            share_ppm=1_000_000,
            role="composer",
            valid_from=date(2026, 3, 1),
            reason="I wrote it.",
        )
        claim = claims.claim_share(uow, mara, request=wanted).claim
        claims.accept_claim(uow, curator, claim_id=claim.id, answer="You did.")


def pay_as_before(song: Song) -> None:
    """A cent of Ann's, with the leaf of a time when references were not salted."""
    with unit_of_work() as uow:
        paid = Payout(
            number=1_000,
            contributor_id=song.ann.id,
            currency="EUR",
            amount_minor=1,
            residue_nano=0,
            status=PayoutStatus.PAID,
            reference="February",
        )
        facts = {"payout": str(paid.id), "reference": sha256(b"February").hexdigest()}
        postings = [
            Posting(payee(song.ann.id, "EUR"), NANO // 100),
            Posting(Account(AccountKind.PAYOUT, "-", "EUR"), -NANO // 100),
        ]
        cycle_id = cycle_for(uow, utc_now().date(), "EUR").cycle.id
        draft = JournalDraft(
            JournalKind.PAYOUT, cycle_id, postings, idempotency_key=f"payout:{paid.id}", facts=facts
        )
        paid.journal_id = post(uow, [draft])[0].journal_id
        uow.session.add(paid)


@pytest.fixture
def books(curator: Actor, mara: Actor, cosigner: str, servers: Servers) -> Iterator[Books]:
    song = make_song(curator)
    link(song.ann, mara)
    booked = report(
        curator,
        usage("a", details={"label": "x", "rate": 1e22, "plays": 12}),
        usage("b", amount="50.0000000004", territory="FR"),
        usage("c", isrc=UNKNOWN_ISRC),
        usage("tiny", amount="0.0000000002"),
    )
    close_cycle(curator, cycle_id=booked[0].event.cycle_id)
    pay_and_dispute(curator, mara, song)
    report(curator, usage("d"))
    pay_as_before(song)
    sequence_all()
    report(curator, usage("e"))  # waits for its place
    engine = create_engine(servers.admin_url.replace("postgresql://", "postgresql+psycopg2://", 1))
    with engine.connect() as connection:
        yield Books(connection, LogStore().list_checkpoints())
        connection.rollback()
    engine.dispose()


def test_a_changed_value_is_found_and_located_in_every_audited_column(books: Books) -> None:
    assert list(books.findings()) == []
    missed, tried = [], 0
    for table in ROWS:
        for column, kind in books.columns(table):
            if column in NOT_AUDITED.get(table, ()):
                continue
            books.connection.rollback()
            row = books.spoil(table, column, kind)
            found = books.findings()
            tried += 1
            if not found.has(table, row, column):
                missed.append((table, column, row, list(found)))
    assert missed == []
    assert tried > 145


REMOVED = {  # what is done -> where it shows
    "DELETE FROM ledger_entries WHERE contributor_id IS NOT NULL": "journals entries",
    "DELETE FROM journals WHERE kind = 'usage'": "log_leaves row_id",
    "DELETE FROM log_leaves WHERE leaf_index = 3": "log_leaves leaf_index",
    "DELETE FROM log_leaves WHERE leaf_index > 3": "log_leaves leaf_index",
    "DELETE FROM cycle_checkpoints": "cycle_checkpoints id",
    "UPDATE log_leaves SET leaf_index = -leaf_index WHERE leaf_index IN (2, 3); "
    "UPDATE log_leaves SET leaf_index = 5 + leaf_index WHERE leaf_index < 0": "log_leaves leaf_index",
    "UPDATE cycle_checkpoints "
    "SET note = split_part(note, '— omnisonic.local/ledger/cosigner', 1)": "cycle_checkpoints note",
    "UPDATE ledger_entries SET amount_nano = amount_nano * 2": "ledger_entries amount_nano",
    "DELETE FROM payouts": "payouts id",
    "UPDATE payouts SET reference = '' WHERE reference = 'February'": "payouts reference",
    "DELETE FROM line_disputes": "line_disputes id",
    "DELETE FROM fx_rates WHERE quote = 'CHF'": "fx_rates id",
    "DELETE FROM share_claims": "share_claims id",
    "INSERT INTO fx_rates SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), "
    "'source', 'forged'))).* FROM fx_rates AS r": "fx_rates id",
    "DELETE FROM statements": "statements id",
    "INSERT INTO payouts SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), "
    "'number', 7, 'journal_id', null))).* FROM payouts AS p WHERE number = 1": "payouts status",
}


def test_what_is_removed_or_moved_is_found(books: Books) -> None:
    for spoiling, place in REMOVED.items():
        books.connection.rollback()
        for table in ROWS:
            books.run(
                f"SET LOCAL session_replication_role = replica; ALTER TABLE {table} DISABLE TRIGGER USER"
            )
        books.run(spoiling)
        assert place in {f"{one.table} {one.column}" for one in books.findings()}, spoiling
    books.connection.rollback()
    books.run("ALTER TABLE party_salts DISABLE TRIGGER USER; DELETE FROM party_salts")
    assert list(books.findings()) == []  # erased people are no finding


def test_a_row_rewritten_with_its_leaf_and_hashes_contradicts_what_was_published(books: Books) -> None:
    for table in ("log_records", "log_leaves"):
        books.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    forged = "convert_to(replace(convert_from(leaf, 'UTF8'), 'EUR', 'USD'), 'UTF8')"
    books.run(
        f"UPDATE log_records SET leaf = {forged}, leaf_hash = sha256('\\x00'::bytea || {forged}); "  # noqa: S608
        "UPDATE log_leaves AS l SET leaf_hash = r.leaf_hash FROM log_records AS r WHERE r.id = l.row_id"
    )
    found = list(books.findings())
    assert {(one.table, one.column) for one in found} >= {
        ("log_leaves", "leaf_index"),
        ("log_leaves", "leaf_hash"),
    }


def test_damaged_objects_are_found_and_the_operators_are_told(books: Books, curator: Actor) -> None:
    store = LogStore()
    assert "not audited yet" in check_ledger()
    assert run_audit().is_sound
    assert check_ledger().startswith("sound on ")
    with unit_of_work() as uow:
        uow.session.execute(text("UPDATE audits SET finished_at = finished_at - interval '51 hours'"))
    with pytest.raises(NotReady, match="not audited since"):
        check_ledger()
    size = books.stored[0]["treeSize"]
    with unit_of_work() as uow:
        channel = AlertChannel(
            user_id=curator.user_id,
            name="Operators",
            type=ChannelType.EMAIL,
            config=b"",
            filters={},
            is_system=True,
            confirmed_at=utc_now(),
        )
        uow.session.add(channel)
    for path, column in ((f"tile/0/000.p/{size}", "content"), (f"tile/entries/000.p/{size}", "content")):
        good = store.find(path)
        assert good is not None
        store.put(path, good[:40] + bytes([good[40] ^ 1]) + good[41:])
        audit_ledger()
        with read_session() as session:
            audit = latest_audit(session)
        assert audit is not None
        assert audit.is_sound is False
        assert [(one["table"], one["row"], one["column"]) for one in audit.findings or []] == [
            ("storage", path, column)
        ]
        assert path in summary(audit)
        with pytest.raises(NotReady, match=r"NOT sound on .* one place differs"):
            check_ledger()
        store.put(path, good)
    with read_session() as session:
        kept = session.execute(text("SELECT action FROM audit_log")).scalars().all()
        sent = session.execute(text("SELECT message->>'subject' FROM alert_deliveries")).scalars().all()
    assert kept.count("ledger.audit") == 2
    assert sent.count("The royalty ledger is not sound") == 2
