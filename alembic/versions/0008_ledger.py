"""ledger"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPEND_ONLY = (
    "ledger_accounts",
    "journals",
    "ledger_entries",
    "log_records",
    "log_leaves",
    "cycle_checkpoints",
    "royalty_events",
)

# Rows of the ledger are never changed: by triggers that fire for every role and in every replication
# role, and by privileges. Corrections are new rows.
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Write a reversal instead.';
END $$
"""
MAKE_APPEND_ONLY = """
CREATE FUNCTION make_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE grantee text;
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s '
                   'FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER never_emptied', target);
    FOR grantee IN
        SELECT DISTINCT pg_get_userbyid(acl.grantee)
        FROM pg_class, LATERAL aclexplode(relacl) AS acl
        WHERE pg_class.oid = target AND acl.grantee NOT IN (0, relowner)
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', target, grantee);
    END LOOP;
END $$
"""
# One look at all rows of a statement: 4 times as fast as a deferred trigger for each row.
BALANCED = """
CREATE FUNCTION require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE uneven record;
BEGIN
    SELECT journal_id, currency, sum(amount_nano) AS rest INTO uneven
    FROM added GROUP BY journal_id, currency HAVING sum(amount_nano) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % does not balance: % nano-units of % too much',
            uneven.journal_id, uneven.rest, uneven.currency USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
BALANCE_TRIGGER = """
CREATE TRIGGER balanced AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION require_balance();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER balanced
"""


def upgrade() -> None:
    op.create_table('cycles',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('currencies', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('status', sa.Enum('open', 'closing', 'closed', name='cycle_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('closing_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on > starts_on', name=op.f('ck_cycles_period')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_cycles_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cycles')),
    sa.UniqueConstraint('number', name=op.f('uq_cycles_number'))
    )
    op.create_index(op.f('ix_cycles_status'), 'cycles', ['status'], unique=False)
    op.create_table('ledger_accounts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('source', 'payee', 'suspense', 'rounding', 'exchange', 'payout', name='account_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_accounts')),
    sa.UniqueConstraint('kind', 'owner', 'currency', name='uq_ledger_accounts_kind')
    )
    op.create_table('journals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('usage', 'release', 'reversal', 'rounding', 'exchange', 'payout', 'dispute', name='journal_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=True),
    sa.Column('reverses_id', sa.Uuid(), nullable=True),
    sa.Column('policy_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['reverses_id'], ['journals.id'], name=op.f('fk_journals_reverses_id_journals')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journals')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_journals_idempotency_key')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_journals_reverses_id'))
    )
    op.create_index(op.f('ix_journals_cycle_id'), 'journals', ['cycle_id'], unique=False)
    op.create_index(op.f('ix_journals_event_id'), 'journals', ['event_id'], unique=False)
    op.create_table('ledger_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('journal_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.SmallInteger(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=True),
    sa.Column('work_id', sa.Uuid(), nullable=True),
    sa.Column('event_id', sa.Uuid(), nullable=True),
    sa.Column('cycle_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('amount_nano', sa.BigInteger(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('amount_nano <> 0', name=op.f('ck_ledger_entries_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['ledger_accounts.id'], name=op.f('fk_ledger_entries_account_id_ledger_accounts')),
    sa.ForeignKeyConstraint(['journal_id'], ['journals.id'], name=op.f('fk_ledger_entries_journal_id_journals')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entries'))
    )
    op.create_index('ix_ledger_entries_cycle', 'ledger_entries', ['cycle_id', 'currency'], unique=False)
    op.create_index(op.f('ix_ledger_entries_journal_id'), 'ledger_entries', ['journal_id'], unique=False)
    op.create_index('ix_ledger_entries_payee', 'ledger_entries', ['contributor_id', 'cycle_id'], unique=False, postgresql_include=['currency', 'amount_nano', 'journal_id'], postgresql_where=sa.text('contributor_id IS NOT NULL'))
    op.create_index('ix_ledger_entries_account', 'ledger_entries', ['account_id'], unique=False, postgresql_include=['amount_nano'], postgresql_where=sa.text('contributor_id IS NULL'))
    op.create_table('log_records',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('journal', 'entry', 'line', 'cycle', 'release', 'split', name='leaf_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_records'))
    )
    op.create_index(op.f('ix_log_records_subject_id'), 'log_records', ['subject_id'], unique=False)
    op.create_table('pending_leaves',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Enum('journal', 'entry', 'line', 'cycle', 'release', 'split', name='leaf_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('row_id', sa.Uuid(), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=True),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pending_leaves'))
    )
    op.create_table('log_leaves',
    sa.Column('leaf_index', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Enum('journal', 'entry', 'line', 'cycle', 'release', 'split', name='leaf_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('row_id', sa.Uuid(), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=True),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('leaf_index', name=op.f('pk_log_leaves')),
    sa.UniqueConstraint('row_id', name=op.f('uq_log_leaves_row_id'))
    )
    op.create_index('ix_log_leaves_leaf_hash', 'log_leaves', ['leaf_hash'], unique=False, postgresql_using='hash')
    op.create_table('party_salts',
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('contributor_id', name=op.f('pk_party_salts'))
    )
    op.create_table('cycle_checkpoints',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=False),
    sa.Column('cycle_number', sa.Integer(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('total_nano', sa.BigInteger(), nullable=False),
    sa.Column('totals', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('tree_size', sa.BigInteger(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cycle_checkpoints')),
    sa.UniqueConstraint('cycle_id', name=op.f('uq_cycle_checkpoints_cycle_id')),
    sa.UniqueConstraint('number', name=op.f('uq_cycle_checkpoints_number'))
    )
    op.create_table('audits',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tree_size', sa.BigInteger(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=True),
    sa.Column('is_sound', sa.Boolean(), nullable=True),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audits'))
    )
    op.create_table('royalty_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=False),
    sa.Column('recording_id', sa.Uuid(), nullable=True),
    sa.Column('work_id', sa.Uuid(), nullable=True),
    sa.Column('isrc', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
    sa.Column('usage_type', sa.Enum('stream', 'download', 'physical', 'sale', 'broadcast', 'performance', 'mechanical', 'sync', 'other', name='usage_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=38, scale=14), nullable=False),
    sa.Column('amount_nano', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('territory', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('statement_id', sa.Uuid(), nullable=True),
    sa.Column('row_number', sa.Integer(), nullable=True),
    sa.Column('unmatched_id', sa.Uuid(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycles.id'], name=op.f('fk_royalty_events_cycle_id_cycles')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_royalty_events')),
    sa.UniqueConstraint('source', 'idempotency_key', name='uq_royalty_events_source')
    )
    op.create_index(op.f('ix_royalty_events_cycle_id'), 'royalty_events', ['cycle_id'], unique=False)
    op.create_index(op.f('ix_royalty_events_recording_id'), 'royalty_events', ['recording_id'], unique=False)
    op.create_index('ix_royalty_events_statement_id', 'royalty_events', ['statement_id'], unique=False, postgresql_where=sa.text('statement_id IS NOT NULL'))
    op.create_index('ix_royalty_events_unmatched_id', 'royalty_events', ['unmatched_id'], unique=False, postgresql_where=sa.text('unmatched_id IS NOT NULL'))
    for statement in (REFUSE, MAKE_APPEND_ONLY, BALANCED, BALANCE_TRIGGER):
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(f"SELECT make_append_only('{table}')")


def downgrade() -> None:
    op.drop_table('royalty_events')
    op.drop_table('audits')
    op.drop_table('cycle_checkpoints')
    op.drop_table('party_salts')
    op.drop_table('log_leaves')
    op.drop_table('pending_leaves')
    op.drop_table('log_records')
    op.drop_table('ledger_entries')
    op.drop_table('journals')
    op.drop_table('ledger_accounts')
    op.drop_table('cycles')
    for function in ("require_balance()", "make_append_only(regclass)", "refuse_change()"):
        op.execute(f"DROP FUNCTION {function}")
