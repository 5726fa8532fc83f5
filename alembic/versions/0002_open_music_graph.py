"""open music graph"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
# unaccent() itself is only STABLE, because a dictionary may be replaced; ours is the shipped one.
FOLD = """
CREATE FUNCTION catalog_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(unaccent('unaccent'::regdictionary, value))
"""

def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute(FOLD)
    op.execute("CREATE SEQUENCE license_exclusivity")
    op.drop_column('multipart_uploads', 'details')
    op.add_column('multipart_uploads', sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('verification_tokens', sa.Column('subject_id', sa.Uuid(), nullable=True))
    op.create_index(op.f('ix_verification_tokens_subject_id'), 'verification_tokens', ['subject_id'], unique=False)
    op.create_table('catalog_search',
    sa.Column('entity_type', sa.Enum('work', 'recording', 'contributor', 'license', name='entity_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('title_fold', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('document', postgresql.TSVECTOR(), sa.Computed("setweight(to_tsvector('simple', title_fold), 'A') || setweight(to_tsvector('simple', words), 'B')", persisted=True), nullable=True),
    sa.PrimaryKeyConstraint('entity_id', name=op.f('pk_catalog_search'))
    )
    op.create_index('ix_catalog_search_document', 'catalog_search', ['document'], unique=False, postgresql_using='gin')
    op.create_index('ix_catalog_search_title', 'catalog_search', ['title_fold'], unique=False, postgresql_using='gin', postgresql_ops={'title_fold': 'gin_trgm_ops'})
    op.create_table('provenance',
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('txid', sa.BigInteger(), server_default=sa.text('(pg_current_xact_id()::text::bigint)'), nullable=False),
    sa.Column('entity_type', sa.Enum('work', 'recording', 'contributor', 'license', name='entity_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_provenance'))
    )
    op.create_index('ix_provenance_entity', 'provenance', ['entity_id', 'seq'], unique=False)
    op.create_index('ix_provenance_feed', 'provenance', ['txid', 'seq'], unique=False)
    op.create_table('bulk_import_jobs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('file_key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('file_size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('mapping_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('status', sa.Enum('pending', 'processing', 'completed', 'failed', 'canceled', name='import_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('total_records', sa.Integer(), nullable=True),
    sa.Column('processed_records', sa.Integer(), nullable=False),
    sa.Column('accepted_records', sa.Integer(), nullable=False),
    sa.Column('rejected_records', sa.Integer(), nullable=False),
    sa.Column('warnings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('changes_from', sa.BigInteger(), nullable=True),
    sa.Column('error_slug', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('error_message', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('cancel_requested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_bulk_import_jobs_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_import_jobs'))
    )
    op.create_index(op.f('ix_bulk_import_jobs_status'), 'bulk_import_jobs', ['status'], unique=False)
    op.create_index(op.f('ix_bulk_import_jobs_user_id'), 'bulk_import_jobs', ['user_id'], unique=False)
    op.create_index('uq_bulk_import_jobs_file', 'bulk_import_jobs', ['user_id', 'sha256', 'mapping_sha256'], unique=True, postgresql_where=sa.text("status NOT IN ('failed', 'canceled')"))
    op.create_table('contributors',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('name_key', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('ipi', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=True),
    sa.Column('isni', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_contributors_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_into'], ['contributors.id'], name=op.f('fk_contributors_merged_into_contributors')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_contributors_user_id_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contributors')),
    sa.UniqueConstraint('ipi', name=op.f('uq_contributors_ipi')),
    sa.UniqueConstraint('isni', name=op.f('uq_contributors_isni'))
    )
    op.create_index(op.f('ix_contributors_created_by'), 'contributors', ['created_by'], unique=False)
    op.create_index('ix_contributors_creator_name', 'contributors', ['created_by', 'name_key'], unique=False)
    op.create_index('ix_contributors_merged_into', 'contributors', ['merged_into'], unique=False, postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.create_index(op.f('ix_contributors_name_key'), 'contributors', ['name_key'], unique=False)
    op.create_index('ix_contributors_user_id', 'contributors', ['user_id'], unique=False, postgresql_where=sa.text('user_id IS NOT NULL'))
    op.create_table('works',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(length=5000), nullable=True),
    sa.Column('iswc', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=True),
    sa.Column('genres', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_works_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_into'], ['works.id'], name=op.f('fk_works_merged_into_works')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_works')),
    sa.UniqueConstraint('iswc', name=op.f('uq_works_iswc'))
    )
    op.create_index(op.f('ix_works_created_by'), 'works', ['created_by'], unique=False)
    op.create_index('ix_works_merged_into', 'works', ['merged_into'], unique=False, postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.create_table('contributions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('composer', 'lyricist', 'composer-lyricist', 'arranger', 'adapter', 'translator', 'publisher', 'sub-publisher', 'administrator', 'performer', 'producer', 'mixer', 'label', name='contribution_role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rights_type', sa.Enum('MECHANICAL', 'PERFORMANCE', 'SYNCHRONIZATION', 'MASTER', name='rights_type', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('share_ppm', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('share_ppm BETWEEN 0 AND 1000000', name=op.f('ck_contributions_share_ppm')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to > valid_from', name=op.f('ck_contributions_validity')),
    sa.ForeignKeyConstraint(['contributor_id'], ['contributors.id'], name=op.f('fk_contributions_contributor_id_contributors')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_contributions_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_contributions_work_id_works')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contributions'))
    )
    op.create_index(op.f('ix_contributions_contributor_id'), 'contributions', ['contributor_id'], unique=False)
    op.create_index(op.f('ix_contributions_work_id'), 'contributions', ['work_id'], unique=False)
    op.create_table('import_chunks',
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('chunk_no', sa.Integer(), nullable=False),
    sa.Column('accepted_records', sa.Integer(), nullable=False),
    sa.Column('rejected_records', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['bulk_import_jobs.id'], name=op.f('fk_import_chunks_job_id_bulk_import_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_id', 'chunk_no', name=op.f('pk_import_chunks'))
    )
    op.create_table('import_errors',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('column', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('message', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('raw', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
    sa.Column('is_warning', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['bulk_import_jobs.id'], name=op.f('fk_import_errors_job_id_bulk_import_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_errors'))
    )
    op.create_index('ix_import_errors_job_row', 'import_errors', ['job_id', 'row'], unique=False)
    op.create_table('recordings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('isrc', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
    sa.Column('work_id', sa.Uuid(), nullable=True),
    sa.Column('primary_artist', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('released_on', sa.Date(), nullable=True),
    sa.Column('genres', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('import_job_id', sa.Uuid(), nullable=True),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_recordings_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['merged_into'], ['recordings.id'], name=op.f('fk_recordings_merged_into_recordings')),
    sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_recordings_work_id_works')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recordings')),
    sa.UniqueConstraint('isrc', name=op.f('uq_recordings_isrc')),
    sa.UniqueConstraint('number', name=op.f('uq_recordings_number'))
    )
    op.create_index(op.f('ix_recordings_created_by'), 'recordings', ['created_by'], unique=False)
    op.create_index('ix_recordings_merged_into', 'recordings', ['merged_into'], unique=False, postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.create_index('ix_recordings_work_id', 'recordings', ['work_id'], unique=False, postgresql_where=sa.text('work_id IS NOT NULL'))
    op.create_table('identifiers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('scheme', sa.Enum('isrc', 'iswc', 'ipi', 'isni', name='identifier_scheme', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('status', sa.Enum('preferred', 'archived', name='identifier_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=True),
    sa.Column('recording_id', sa.Uuid(), nullable=True),
    sa.Column('contributor_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('num_nonnulls(work_id, recording_id, contributor_id) = 1', name=op.f('ck_identifiers_one_entity')),
    sa.ForeignKeyConstraint(['contributor_id'], ['contributors.id'], name=op.f('fk_identifiers_contributor_id_contributors'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recording_id'], ['recordings.id'], name=op.f('fk_identifiers_recording_id_recordings'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_identifiers_work_id_works'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identifiers'))
    )
    op.create_index(op.f('ix_identifiers_contributor_id'), 'identifiers', ['contributor_id'], unique=False)
    op.create_index(op.f('ix_identifiers_recording_id'), 'identifiers', ['recording_id'], unique=False)
    op.create_index(op.f('ix_identifiers_work_id'), 'identifiers', ['work_id'], unique=False)
    op.create_index('uq_identifiers_entity', 'identifiers', ['scheme', 'value', 'work_id', 'recording_id', 'contributor_id'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('licenses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('work_id', sa.Uuid(), nullable=False),
    sa.Column('recording_id', sa.Uuid(), nullable=True),
    sa.Column('licensee', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('territory', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
    sa.Column('territories', postgresql.INT4MULTIRANGE(), nullable=False),
    sa.Column('rights_type', sa.Enum('MECHANICAL', 'PERFORMANCE', 'SYNCHRONIZATION', 'MASTER', name='rights_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('exclusive', sa.Boolean(), nullable=False),
    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_on', sa.DateTime(timezone=True), nullable=True),
    sa.Column('validity', postgresql.TSTZRANGE(), sa.Computed('tstzrange(effective_from, expires_on)', persisted=True), nullable=True),
    sa.Column('exclusivity', postgresql.INT8RANGE(), nullable=False),
    sa.Column('recording_scope', postgresql.INT8RANGE(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'active', 'expired', 'revoked', name='license_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    postgresql.ExcludeConstraint((sa.column('work_id'), '='), (sa.column('rights_type'), '='), (sa.column('recording_scope'), '&&'), (sa.column('territories'), '&&'), (sa.column('validity'), '&&'), (sa.column('exclusivity'), '&&'), where=sa.text("status = 'active'"), using='gist', name='ex_licenses_no_overlap'),
    sa.CheckConstraint('NOT isempty(territories)', name=op.f('ck_licenses_territories')),
    sa.CheckConstraint('expires_on IS NULL OR expires_on > effective_from', name=op.f('ck_licenses_window')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_licenses_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recording_id'], ['recordings.id'], name=op.f('fk_licenses_recording_id_recordings')),
    sa.ForeignKeyConstraint(['work_id'], ['works.id'], name=op.f('fk_licenses_work_id_works')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licenses'))
    )
    op.create_index(op.f('ix_licenses_created_by'), 'licenses', ['created_by'], unique=False)
    op.create_index('ix_licenses_expiry', 'licenses', ['expires_on'], unique=False, postgresql_where=sa.text("status = 'active'"))
    op.create_index(op.f('ix_licenses_recording_id'), 'licenses', ['recording_id'], unique=False)
    op.create_index(op.f('ix_licenses_updated_at'), 'licenses', ['updated_at'], unique=False)
    op.create_index(op.f('ix_licenses_work_id'), 'licenses', ['work_id'], unique=False)
    op.create_table('recording_credits',
    sa.Column('recording_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('contributor_id', sa.Uuid(), nullable=False),
    sa.Column('credited_as', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['contributor_id'], ['contributors.id'], name=op.f('fk_recording_credits_contributor_id_contributors')),
    sa.ForeignKeyConstraint(['recording_id'], ['recordings.id'], name=op.f('fk_recording_credits_recording_id_recordings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('recording_id', 'position', name=op.f('pk_recording_credits'))
    )
    op.create_index(op.f('ix_recording_credits_contributor_id'), 'recording_credits', ['contributor_id'], unique=False)


def downgrade() -> None:
    op.drop_column('multipart_uploads', 'claimed_until')
    op.add_column(
        'multipart_uploads',
        sa.Column('details', postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )
    op.drop_index(op.f('ix_recording_credits_contributor_id'), table_name='recording_credits')
    op.drop_table('recording_credits')
    op.drop_index(op.f('ix_licenses_work_id'), table_name='licenses')
    op.drop_index(op.f('ix_licenses_updated_at'), table_name='licenses')
    op.drop_index(op.f('ix_licenses_recording_id'), table_name='licenses')
    op.drop_index('ix_licenses_expiry', table_name='licenses', postgresql_where=sa.text("status = 'active'"))
    op.drop_index(op.f('ix_licenses_created_by'), table_name='licenses')
    op.drop_table('licenses')
    op.drop_index('uq_identifiers_entity', table_name='identifiers', postgresql_nulls_not_distinct=True)
    op.drop_index(op.f('ix_identifiers_work_id'), table_name='identifiers')
    op.drop_index(op.f('ix_identifiers_recording_id'), table_name='identifiers')
    op.drop_index(op.f('ix_identifiers_contributor_id'), table_name='identifiers')
    op.drop_table('identifiers')
    op.drop_index('ix_recordings_work_id', table_name='recordings', postgresql_where=sa.text('work_id IS NOT NULL'))
    op.drop_index('ix_recordings_merged_into', table_name='recordings', postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.drop_index(op.f('ix_recordings_created_by'), table_name='recordings')
    op.drop_table('recordings')
    op.drop_index('ix_import_errors_job_row', table_name='import_errors')
    op.drop_table('import_errors')
    op.drop_table('import_chunks')
    op.drop_index(op.f('ix_contributions_work_id'), table_name='contributions')
    op.drop_index(op.f('ix_contributions_contributor_id'), table_name='contributions')
    op.drop_table('contributions')
    op.drop_index('ix_works_merged_into', table_name='works', postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.drop_index(op.f('ix_works_created_by'), table_name='works')
    op.drop_table('works')
    op.drop_index('ix_contributors_user_id', table_name='contributors', postgresql_where=sa.text('user_id IS NOT NULL'))
    op.drop_index(op.f('ix_contributors_name_key'), table_name='contributors')
    op.drop_index('ix_contributors_merged_into', table_name='contributors', postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.drop_index('ix_contributors_creator_name', table_name='contributors')
    op.drop_index(op.f('ix_contributors_created_by'), table_name='contributors')
    op.drop_table('contributors')
    op.drop_index('uq_bulk_import_jobs_file', table_name='bulk_import_jobs', postgresql_where=sa.text("status NOT IN ('failed', 'canceled')"))
    op.drop_index(op.f('ix_bulk_import_jobs_user_id'), table_name='bulk_import_jobs')
    op.drop_index(op.f('ix_bulk_import_jobs_status'), table_name='bulk_import_jobs')
    op.drop_table('bulk_import_jobs')
    op.drop_index('ix_provenance_feed', table_name='provenance')
    op.drop_index('ix_provenance_entity', table_name='provenance')
    op.drop_table('provenance')
    op.drop_index('ix_catalog_search_title', table_name='catalog_search', postgresql_using='gin', postgresql_ops={'title_fold': 'gin_trgm_ops'})
    op.drop_index('ix_catalog_search_document', table_name='catalog_search', postgresql_using='gin')
    op.drop_table('catalog_search')
    op.drop_index(op.f('ix_verification_tokens_subject_id'), table_name='verification_tokens')
    op.drop_column('verification_tokens', 'subject_id')
    op.execute("DROP SEQUENCE license_exclusivity")
    op.execute("DROP FUNCTION catalog_fold(text)")

