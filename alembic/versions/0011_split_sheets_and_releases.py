"""split sheets and releases"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('split_sheets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.Column('status', sa.Enum('proposed', 'locked', 'withdrawn', name='split_sheet_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['proposed_by'], ['users.id'], name=op.f('fk_split_sheets_proposed_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['studio_sessions.id'], name=op.f('fk_split_sheets_session_id_studio_sessions'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_split_sheets'))
    )
    op.create_index(op.f('ix_split_sheets_session_id'), 'split_sheets', ['session_id'], unique=False)
    op.create_index('uq_split_sheets_session_id', 'split_sheets', ['session_id'], unique=True, postgresql_where=sa.text("status = 'proposed'"))
    op.create_table('split_shares',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('contributor_id', sa.Uuid(), nullable=True),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('share_ppm', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contributor_id'], ['contributors.id'], name=op.f('fk_split_shares_contributor_id_contributors')),
    sa.ForeignKeyConstraint(['sheet_id'], ['split_sheets.id'], name=op.f('fk_split_shares_sheet_id_split_sheets'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_split_shares_user_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_split_shares')),
    sa.UniqueConstraint('sheet_id', 'position', name='uq_split_shares_sheet_id')
    )
    op.create_index(op.f('ix_split_shares_sheet_id'), 'split_shares', ['sheet_id'], unique=False)
    op.create_table('split_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('shares', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['proposed_by'], ['users.id'], name=op.f('fk_split_versions_proposed_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['sheet_id'], ['split_sheets.id'], name=op.f('fk_split_versions_sheet_id_split_sheets'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_split_versions')),
    sa.UniqueConstraint('sheet_id', 'version', name='uq_split_versions_sheet_id')
    )
    op.create_table('split_approvals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('sheet_version', sa.Integer(), nullable=False),
    sa.Column('sheet_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('is_accepted', sa.Boolean(), nullable=False),
    sa.Column('word', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.ForeignKeyConstraint(['sheet_id'], ['split_sheets.id'], name=op.f('fk_split_approvals_sheet_id_split_sheets'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_split_approvals_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_split_approvals'))
    )
    op.create_index(op.f('ix_split_approvals_sheet_id'), 'split_approvals', ['sheet_id'], unique=False)
    op.create_table('isrc_years',
    sa.Column('prefix', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last BETWEEN 0 AND 99999', name=op.f('ck_isrc_years_last')),
    sa.PrimaryKeyConstraint('prefix', 'year', name=op.f('pk_isrc_years'))
    )
    op.create_table('isrc_reservations',
    sa.Column('isrc', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('holder_id', sa.Uuid(), nullable=True),
    sa.Column('is_ours', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('isrc', name=op.f('pk_isrc_reservations')),
    sa.UniqueConstraint('holder_id', name=op.f('uq_isrc_reservations_holder_id'))
    )
    op.create_table('releases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('export_id', sa.Uuid(), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('recording_id', sa.Uuid(), nullable=False),
    sa.Column('isrc', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('sheet_id', sa.Uuid(), nullable=False),
    sa.Column('certificate_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('record_id', sa.Uuid(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_releases_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['record_id'], ['log_records.id'], name=op.f('fk_releases_record_id_log_records')),
    sa.ForeignKeyConstraint(['recording_id'], ['recordings.id'], name=op.f('fk_releases_recording_id_recordings')),
    sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_releases_work_id_works')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_releases')),
    sa.UniqueConstraint('export_id', name=op.f('uq_releases_export_id')),
    sa.UniqueConstraint('isrc', name=op.f('uq_releases_isrc'))
    )
    op.create_index(op.f('ix_releases_recording_id'), 'releases', ['recording_id'], unique=False)
    op.create_index(op.f('ix_releases_sheet_id'), 'releases', ['sheet_id'], unique=False)
    op.create_index(op.f('ix_releases_work_id'), 'releases', ['work_id'], unique=False)
    op.add_column('exports', sa.Column('sheet_id', sa.Uuid(), nullable=True))
    op.drop_constraint(op.f('ck_exports_export_kind'), 'exports', type_='check')
    op.create_check_constraint(op.f('ck_exports_export_kind'), 'exports', "kind IN ('draft', 'release')")


def downgrade() -> None:
    op.drop_constraint(op.f('ck_exports_export_kind'), 'exports', type_='check')
    op.execute("UPDATE exports SET kind = 'draft' WHERE kind = 'release'")
    op.create_check_constraint(op.f('ck_exports_export_kind'), 'exports', "kind IN ('draft')")
    op.drop_column('exports', 'sheet_id')
    op.drop_table('releases')
    op.drop_table('isrc_reservations')
    op.drop_table('isrc_years')
    op.drop_table('split_approvals')
    op.drop_table('split_versions')
    op.drop_table('split_shares')
    op.drop_table('split_sheets')
