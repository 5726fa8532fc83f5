"""statements"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('statements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('total_nano', sa.BigInteger(), nullable=False),
    sa.Column('carried_nano', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycles.id'], name=op.f('fk_statements_cycle_id_cycles')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statements')),
    sa.UniqueConstraint('contributor_id', 'cycle_id', 'currency', name='uq_statements_contributor_id')
    )
    op.create_index(op.f('ix_statements_contributor_id'), 'statements', ['contributor_id'], unique=False)
    op.create_index(op.f('ix_statements_cycle_id'), 'statements', ['cycle_id'], unique=False)
    op.create_table('statement_lines',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('statement_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=True),
    sa.Column('recording_id', sa.Uuid(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('usage_type', sa.Enum('stream', 'download', 'physical', 'sale', 'broadcast', 'performance', 'mechanical', 'sync', 'other', name='usage_type', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('territory', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=True),
    sa.Column('period', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('entry_count', sa.BigInteger(), nullable=False),
    sa.Column('amount_nano', sa.BigInteger(), nullable=False),
    sa.Column('entries_root', sa.LargeBinary(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('leaf_hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['statement_id'], ['statements.id'], name=op.f('fk_statement_lines_statement_id_statements')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_lines'))
    )
    op.create_index(op.f('ix_statement_lines_statement_id'), 'statement_lines', ['statement_id'], unique=False)
    op.create_table('payouts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('cycle_id', sa.Uuid(), nullable=True),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('residue_nano', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Enum('proposed', 'paid', 'canceled', name='payout_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('journal_id', sa.Uuid(), nullable=True),
    sa.Column('exchange', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_payouts_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['cycle_id'], ['cycles.id'], name=op.f('fk_payouts_cycle_id_cycles')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payouts')),
    sa.UniqueConstraint('number', name=op.f('uq_payouts_number'))
    )
    op.create_index(op.f('ix_payouts_contributor_id'), 'payouts', ['contributor_id'], unique=False)
    op.create_index(op.f('ix_payouts_status'), 'payouts', ['status'], unique=False)
    op.create_table('fx_rates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('base', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('quote', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rate', sa.Numeric(precision=24, scale=12), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('rate > 0', name=op.f('ck_fx_rates_rate')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_fx_rates_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fx_rates')),
    sa.UniqueConstraint('base', 'quote', 'day', 'source', name='uq_fx_rates_base')
    )
    op.create_table('line_disputes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('status', sa.Enum('open', 'accepted', 'rejected', 'withdrawn', name='case_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_line_disputes_decided_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['line_id'], ['statement_lines.id'], name=op.f('fk_line_disputes_line_id_statement_lines')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_line_disputes_user_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_disputes'))
    )
    op.create_index(op.f('ix_line_disputes_contributor_id'), 'line_disputes', ['contributor_id'], unique=False)
    op.create_index(op.f('ix_line_disputes_line_id'), 'line_disputes', ['line_id'], unique=False)
    op.create_index(op.f('ix_line_disputes_status'), 'line_disputes', ['status'], unique=False)
    op.create_index(op.f('ix_line_disputes_user_id'), 'line_disputes', ['user_id'], unique=False)
    op.create_table('share_claims',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('share_ppm', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('status', sa.Enum('open', 'accepted', 'rejected', 'withdrawn', name='case_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_share_claims_decided_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_share_claims_user_id_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_share_claims_work_id_works')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_claims'))
    )
    op.create_index(op.f('ix_share_claims_contributor_id'), 'share_claims', ['contributor_id'], unique=False)
    op.create_index(op.f('ix_share_claims_status'), 'share_claims', ['status'], unique=False)
    op.create_index(op.f('ix_share_claims_user_id'), 'share_claims', ['user_id'], unique=False)
    op.create_index(op.f('ix_share_claims_work_id'), 'share_claims', ['work_id'], unique=False)
    for table in ("statements", "statement_lines"):
        op.execute(f"SELECT make_append_only('{table}')")


def downgrade() -> None:
    op.drop_table('share_claims')
    op.drop_table('line_disputes')
    op.drop_table('fx_rates')
    op.drop_table('payouts')
    op.drop_table('statement_lines')
    op.drop_table('statements')
