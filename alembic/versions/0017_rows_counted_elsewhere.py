"""rows counted elsewhere"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('usage_statements', sa.Column('rows_moved', sa.Integer(), nullable=False, server_default='0'))
    op.alter_column('usage_statements', 'rows_moved', server_default=None)


def downgrade() -> None:
    op.drop_column('usage_statements', 'rows_moved')
