"""sums of what waits"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = '0015'
down_revision: str | None = '0014'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        'waiting_uses',
        sa.Column('event_id', sa.Uuid(), nullable=False),
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('nano', sa.Numeric(38, 0), nullable=False),
        sa.PrimaryKeyConstraint('event_id', 'account_id', name='pk_waiting_uses'),
    )
    op.create_table(
        'waiting_sums',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('recording_id', sa.Uuid(), nullable=True),
        sa.Column('unmatched_id', sa.Uuid(), nullable=True),
        sa.Column('nano', sa.Numeric(38, 0), nullable=False),
        sa.Column('events', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_waiting_sums'),
        sa.UniqueConstraint('account_id', 'recording_id', 'unmatched_id', name='uq_waiting_sums_account_id',
                            postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        'waiting_progress',
        sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_waiting_progress'),
    )


def downgrade() -> None:
    for table in ('waiting_progress', 'waiting_sums', 'waiting_uses'):
        op.drop_table(table)
