"""alert mutes"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FORMER = "'snoozed', 'cooldown', 'cap', 'filtered', 'unconfirmed', 'disabled', 'not_announced'"
SUPPRESSED = ('alert_events', 'alert_delivery_items')


def upgrade() -> None:
    op.create_table('alert_mutes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=True),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_mutes_rule_id_alert_rules'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_alert_mutes_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_mutes')),
    sa.UniqueConstraint('user_id', 'entity_id', 'rule_id', name=op.f('uq_alert_mutes_user_id'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_alert_mutes_rule_id'), 'alert_mutes', ['rule_id'], unique=False)
    op.add_column('alert_rules', sa.Column('notice', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True))
    op.add_column('alert_rules', sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=True))
    _allow(f"{FORMER}, 'muted', 'inhibited'")


def downgrade() -> None:
    op.execute("UPDATE alert_events SET suppression = 'snoozed' WHERE suppression = 'muted'")
    op.execute("UPDATE alert_delivery_items SET suppression = 'filtered' WHERE suppression = 'inhibited'")
    _allow(FORMER)
    op.drop_column('alert_rules', 'noticed_at')
    op.drop_column('alert_rules', 'notice')
    op.drop_table('alert_mutes')


def _allow(values: str) -> None:
    for table in SUPPRESSED:
        op.drop_constraint(op.f(f'ck_{table}_suppression'), table, type_='check')
        op.create_check_constraint(op.f(f'ck_{table}_suppression'), table, f'suppression IN ({values})')
