"""Brings the database of the settings to the newest revision."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config

from alembic import command

ROOT = Path(__file__).resolve().parents[3]


def migrate() -> None:
    """Apply every migration that is missing, as the owner of the tables."""
    command.upgrade(Config(ROOT / "alembic.ini"), "head")
