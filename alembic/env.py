"""Runs migrations as the role that owns the tables."""

from __future__ import annotations

from sqlalchemy import create_engine, pool, text

from alembic import context
from omnisonic import model_registry
from omnisonic.platform.orm import metadata
from omnisonic.platform.settings import get_settings

target_metadata = metadata if model_registry else None


def _url() -> str:
    settings = get_settings()
    url = settings.database_migration_url or settings.database_url
    if url is None:
        raise SystemExit("Set DATABASE_MIGRATION_URL (or DATABASE_URL) to the database to migrate.")
    return url.get_secret_value().replace("postgresql://", "postgresql+psycopg2://", 1)


def run() -> None:
    """Apply the revisions in one transaction, one migrator at a time."""
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata, compare_type=True)
        with context.begin_transaction():
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(815)"))
            context.run_migrations()


run()
