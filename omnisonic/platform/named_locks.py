"""Locks in PostgreSQL by name, for what no single row stands for."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

_TAKE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def take_lock(session: Session, name: str) -> None:
    """Let only one transaction at a time go past here with this name; held until it ends."""
    session.execute(_TAKE, {"name": name})
