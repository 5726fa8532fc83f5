"""sums beyond 64 bits"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = '0014'
down_revision: str | None = '0013'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SUMS = (
    ('statements', 'total_nano'),
    ('statements', 'carried_nano'),
    ('statement_lines', 'amount_nano'),
    ('statement_lines', 'quantity'),
    ('cycle_checkpoints', 'total_nano'),
)


def upgrade() -> None:
    for table, column in SUMS:
        op.alter_column(table, column, existing_type=sa.BigInteger(), type_=sa.Numeric(38, 0), existing_nullable=False)


def downgrade() -> None:
    for table, column in SUMS:
        op.alter_column(table, column, existing_type=sa.Numeric(38, 0), type_=sa.BigInteger(), existing_nullable=False)
