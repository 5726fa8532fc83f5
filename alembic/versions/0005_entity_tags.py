"""entity tags"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE entity_tag_versions")
    op.create_table('unlinked_mentions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('news_item_id', sa.Uuid(), nullable=False),
    sa.Column('phrase', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('phrase_key', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('span_start', sa.Integer(), nullable=False),
    sa.Column('span_end', sa.Integer(), nullable=False),
    sa.Column('snippet', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=253), nullable=False),
    sa.Column('story_id', sa.Uuid(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unlinked_mentions')),
    sa.UniqueConstraint('news_item_id', 'phrase_key', name=op.f('uq_unlinked_mentions_news_item_id'))
    )
    op.create_index('ix_unlinked_mentions_phrase', 'unlinked_mentions', ['phrase_key', 'first_seen_at'], unique=False)
    op.create_table('entity_aliases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('alias', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('alias_key', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_entity_aliases_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entity_aliases')),
    sa.UniqueConstraint('entity_id', 'alias_key', name=op.f('uq_entity_aliases_entity_id'))
    )
    op.create_table('entity_tags',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('news_item_id', sa.Uuid(), nullable=False),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('span_start', sa.Integer(), nullable=False),
    sa.Column('span_end', sa.Integer(), nullable=False),
    sa.Column('matched_text', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('text_key', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=253), nullable=False),
    sa.Column('genre', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('method', sa.Enum('heuristic', 'fuzzy', 'embedding', 'hybrid', name='link_method', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('origin', sa.Enum('tagger', 'partner', 'person', name='tag_origin', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Enum('linked', 'rejected', 'gone', name='tag_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('correction_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('published_version', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('confidence BETWEEN 0 AND 1', name=op.f('ck_entity_tags_confidence')),
    sa.CheckConstraint('span_start >= 0 AND span_end >= span_start', name=op.f('ck_entity_tags_span')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_entity_tags_recorded_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entity_tags')),
    sa.UniqueConstraint('news_item_id', 'entity_type', 'entity_id', 'span_start', name=op.f('uq_entity_tags_news_item_id'))
    )
    op.create_index(op.f('ix_entity_tags_correction_id'), 'entity_tags', ['correction_id'], unique=False)
    op.create_index('ix_entity_tags_entity', 'entity_tags', ['entity_id', 'text_key'], unique=False)
    op.create_index('ix_entity_tags_words', 'entity_tags', ['text_key'], unique=False)
    op.create_index('ix_entity_tags_unpublished', 'entity_tags', ['version'], unique=False, postgresql_where=sa.text('version > published_version'))
    op.create_table('stoplist',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('phrase', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('phrase_key', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=253), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_stoplist_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stoplist'))
    )
    op.create_index('uq_stoplist_phrase', 'stoplist', ['phrase_key', sa.literal_column("coalesce(source, '')")], unique=True)
    op.create_table('tag_corrections',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.Enum('confirm', 'reject', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope', sa.Enum('item', 'alias', 'source', name='correction_scope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('news_item_id', sa.Uuid(), nullable=True),
    sa.Column('matched_text', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=True),
    sa.Column('text_key', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=253), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(scope = 'item') = (news_item_id IS NOT NULL)", name=op.f('ck_tag_corrections_item')),
    sa.CheckConstraint("(scope = 'source') = (source IS NOT NULL)", name=op.f('ck_tag_corrections_source')),
    sa.CheckConstraint("scope = 'item' OR text_key IS NOT NULL", name=op.f('ck_tag_corrections_words')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_tag_corrections_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag_corrections'))
    )
    op.create_index('ix_tag_corrections_entity', 'tag_corrections', ['entity_id'], unique=False)
    op.create_index('ix_tag_corrections_item', 'tag_corrections', ['news_item_id'], unique=False, postgresql_where=sa.text('news_item_id IS NOT NULL'))
    op.create_table('unlinked_decisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('phrase_key', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('status', sa.Enum('ignored', 'linked', name='unlinked_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_type', sa.Enum('artist', 'work', 'recording', name='entity_type', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('entity_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_unlinked_decisions_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unlinked_decisions')),
    sa.UniqueConstraint('phrase_key', name=op.f('uq_unlinked_decisions_phrase_key'))
    )


def downgrade() -> None:
    op.drop_table('unlinked_decisions')
    op.drop_table('unlinked_mentions')
    op.drop_table('entity_aliases')
    op.drop_table('stoplist')
    op.drop_table('tag_corrections')
    op.drop_table('entity_tags')
    op.execute("DROP SEQUENCE entity_tag_versions")
