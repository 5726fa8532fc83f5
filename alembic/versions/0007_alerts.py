"""alerts"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('alert_channels',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('type', sa.Enum('email', 'webhook', 'slack', name='channel_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('config', sa.LargeBinary(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('filters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rate_limit_per_hour', sa.Integer(), nullable=True),
    sa.Column('is_system', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirm_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('confirm_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_alert_channels_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_channels'))
    )
    op.create_index(op.f('ix_alert_channels_user_id'), 'alert_channels', ['user_id'], unique=False)
    op.create_table('alert_rules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('kind', sa.Enum('threshold', 'new_entity', 'spike', name='rule_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('min_confidence', sa.Float(), nullable=False),
    sa.Column('threshold', sa.Integer(), nullable=False),
    sa.Column('window_minutes', sa.Integer(), nullable=False),
    sa.Column('cooldown_minutes', sa.Integer(), nullable=False),
    sa.Column('template', sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=True),
    sa.Column('notify_resolved', sa.Boolean(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('snoozed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snooze_reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('evaluated_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('min_confidence BETWEEN 0 AND 1', name=op.f('ck_alert_rules_confidence')),
    sa.CheckConstraint('threshold >= 1 AND window_minutes >= 1 AND cooldown_minutes >= 0', name=op.f('ck_alert_rules_numbers')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_alert_rules_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_rules'))
    )
    op.create_index('ix_alert_rules_enabled', 'alert_rules', ['created_at'], unique=False, postgresql_where=sa.text('enabled'))
    op.create_index(op.f('ix_alert_rules_user_id'), 'alert_rules', ['user_id'], unique=False)
    op.create_table('notification_settings',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('quiet_from', sa.Time(), nullable=True),
    sa.Column('quiet_until', sa.Time(), nullable=True),
    sa.Column('weekly_digest', sa.Boolean(), nullable=False),
    sa.Column('digest_week', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notification_settings_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_notification_settings'))
    )
    op.create_table('alert_rule_channels',
    sa.Column('rule_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['alert_channels.id'], name=op.f('fk_alert_rule_channels_channel_id_alert_channels'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_rule_channels_rule_id_alert_rules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('rule_id', 'channel_id', name=op.f('pk_alert_rule_channels'))
    )
    op.create_index(op.f('ix_alert_rule_channels_channel_id'), 'alert_rule_channels', ['channel_id'], unique=False)
    op.create_table('alert_states',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=False),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'firing', 'recovering', 'resolved', name='alert_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('evaluated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ticks', sa.Integer(), nullable=False),
    sa.Column('value', sa.Float(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_states_rule_id_alert_rules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_states')),
    sa.UniqueConstraint('rule_id', 'entity_id', name=op.f('uq_alert_states_rule_id'))
    )
    op.create_table('alert_events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.Uuid(), nullable=True),
    sa.Column('rule_name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('kind', sa.Enum('threshold', 'new_entity', 'spike', name='rule_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('firing', 'resolved', name='event_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('entity_name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('data_time', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('suppression', sa.Enum('snoozed', 'cooldown', 'cap', 'filtered', 'unconfirmed', 'disabled', 'not_announced', name='suppression', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_events_rule_id_alert_rules'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_alert_events_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_events')),
    sa.UniqueConstraint('rule_id', 'entity_id', 'state', 'data_time', name=op.f('uq_alert_events_rule_id'))
    )
    op.create_index('ix_alert_events_entity', 'alert_events', ['rule_id', 'entity_id', 'created_at'], unique=False)
    op.create_index('ix_alert_events_user', 'alert_events', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('alert_deliveries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=True),
    sa.Column('rule_id', sa.Uuid(), nullable=True),
    sa.Column('group_key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('kind', sa.Enum('alert', 'test', 'notice', 'digest', 'system', name='delivery_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('pending', 'held', 'sending', 'retrying', 'delivered', 'failed', 'expired', 'unknown', 'suppressed', name='delivery_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('message', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['alert_channels.id'], name=op.f('fk_alert_deliveries_channel_id_alert_channels'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['alert_rules.id'], name=op.f('fk_alert_deliveries_rule_id_alert_rules'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_alert_deliveries_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_deliveries')),
    sa.UniqueConstraint('rule_id', 'channel_id', 'group_key', name=op.f('uq_alert_deliveries_rule_id'))
    )
    op.create_index(op.f('ix_alert_deliveries_channel_id'), 'alert_deliveries', ['channel_id'], unique=False)
    op.create_index('ix_alert_deliveries_due', 'alert_deliveries', ['next_attempt_at'], unique=False, postgresql_where=sa.text("status IN ('pending', 'held', 'sending', 'retrying')"))
    op.create_index('ix_alert_deliveries_user', 'alert_deliveries', ['user_id', 'created_at', 'id'], unique=False)
    op.create_table('alert_delivery_items',
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('suppression', sa.Enum('snoozed', 'cooldown', 'cap', 'filtered', 'unconfirmed', 'disabled', 'not_announced', name='suppression', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['alert_deliveries.id'], name=op.f('fk_alert_delivery_items_delivery_id_alert_deliveries'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['alert_events.id'], name=op.f('fk_alert_delivery_items_event_id_alert_events'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('delivery_id', 'event_id', name=op.f('pk_alert_delivery_items'))
    )
    op.create_index(op.f('ix_alert_delivery_items_event_id'), 'alert_delivery_items', ['event_id'], unique=False)
    op.create_table('alert_attempts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('status_code', sa.Integer(), nullable=True),
    sa.Column('latency_ms', sa.Integer(), nullable=True),
    sa.Column('response', sqlmodel.sql.sqltypes.AutoString(length=1024), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['alert_deliveries.id'], name=op.f('fk_alert_attempts_delivery_id_alert_deliveries'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_attempts'))
    )
    op.create_index(op.f('ix_alert_attempts_delivery_id'), 'alert_attempts', ['delivery_id'], unique=False)
    op.create_table('alert_slots',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('held', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    postgresql.ExcludeConstraint((sa.column('channel_id'), '='), (sa.column('entity_id'), '='), (sa.column('slot'), '='), (sa.column('held'), '&&'), using='gist', name='ex_alert_slots_one_at_a_time'),
    sa.ForeignKeyConstraint(['channel_id'], ['alert_channels.id'], name=op.f('fk_alert_slots_channel_id_alert_channels'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['delivery_id'], ['alert_deliveries.id'], name=op.f('fk_alert_slots_delivery_id_alert_deliveries'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_slots'))
    )
    op.create_index(op.f('ix_alert_slots_delivery_id'), 'alert_slots', ['delivery_id'], unique=False)


def downgrade() -> None:
    op.drop_table('alert_slots')
    op.drop_table('alert_attempts')
    op.drop_table('alert_delivery_items')
    op.drop_table('alert_deliveries')
    op.drop_table('alert_events')
    op.drop_table('alert_states')
    op.drop_table('alert_rule_channels')
    op.drop_table('notification_settings')
    op.drop_table('alert_rules')
    op.drop_table('alert_channels')
