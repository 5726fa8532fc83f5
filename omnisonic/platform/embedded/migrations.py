"""Brings the databases of the settings to their newest revisions."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config

from alembic import command
from omnisonic.platform.settings import get_settings

ROOT = Path(__file__).resolve().parents[3]


def migrate() -> None:
    """Apply every migration that is missing, as the owner of the tables; ClickHouse's where it is set."""
    command.upgrade(Config(ROOT / "alembic.ini"), "head")
    if get_settings().clickhouse_host is not None:
        from omnisonic.platform.clickhouse_migrations import migrate_clickhouse

        migrate_clickhouse()
