"""news feeds"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('feeds',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=2048), nullable=False),
    sa.Column('url_key', sqlmodel.sql.sqltypes.AutoString(length=2048), nullable=False),
    sa.Column('fetch_domain', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('site_url', sqlmodel.sql.sqltypes.AutoString(length=2048), nullable=True),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('is_title_fixed', sa.Boolean(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('source_tier', sa.SmallInteger(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=35), nullable=False),
    sa.Column('genre', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Enum('active', 'paused', 'failing', 'gone', name='feed_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claim_no', sa.Integer(), nullable=False),
    sa.Column('etag', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
    sa.Column('last_modified', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('body_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('redirect_url', sqlmodel.sql.sqltypes.AutoString(length=2048), nullable=True),
    sa.Column('redirect_count', sa.Integer(), nullable=False),
    sa.Column('first_fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_success_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_item_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_entries', sa.Integer(), nullable=False),
    sa.Column('items_per_week', sa.Float(), nullable=True),
    sa.Column('failure_count', sa.Integer(), nullable=False),
    sa.Column('last_error_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error_slug', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('last_error', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
    sa.Column('last_warning', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_feeds_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feeds')),
    sa.UniqueConstraint('url_key', name='uq_feeds_url_key')
    )
    op.create_index('ix_feeds_due', 'feeds', ['status', 'next_check_at'], unique=False)
    op.create_index(op.f('ix_feeds_fetch_domain'), 'feeds', ['fetch_domain'], unique=False)
    op.create_index(op.f('ix_feeds_source'), 'feeds', ['source'], unique=False)
    op.create_table('feed_domains',
    sa.Column('domain', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('blocked_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_feed_domains'))
    )
    op.create_table('feed_deliveries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('feed_id', sa.Uuid(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_backfill', sa.Boolean(), nullable=False),
    sa.Column('feed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('items', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_deliveries'))
    )
    op.create_index(op.f('ix_feed_deliveries_feed_id'), 'feed_deliveries', ['feed_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_feeds_due', table_name='feeds')
    op.drop_index(op.f('ix_feeds_fetch_domain'), table_name='feeds')
    op.drop_index(op.f('ix_feeds_source'), table_name='feeds')
    op.drop_table('feeds')
    op.drop_table('feed_domains')
    op.drop_index(op.f('ix_feed_deliveries_feed_id'), table_name='feed_deliveries')
    op.drop_table('feed_deliveries')
