"""Rows that a worker took and left: how every slice with jobs on rows finds them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import and_, or_
from sqlmodel import Session, SQLModel, col, select

RowT = TypeVar("RowT", bound=SQLModel)


def lock_abandoned(
    session: Session,
    table: type[RowT],
    *,
    working: str,
    waiting: str,
    waits_since: str = "heartbeat_at",
    now: datetime,
    stale_after_s: int,
    queue_patience: int,
    limit: int,
) -> list[RowT]:
    """Rows whose worker is dead or whose job was lost with its queue, locked, oldest first.

    A row in the status `working` is dead when its `heartbeat_at` is `stale_after_s` old; one in `waiting` is
    lost when `waits_since` is `queue_patience` times as old. Rows that others have locked are left out.
    """
    columns: Any = table
    patience = timedelta(seconds=stale_after_s)
    dead = and_(col(columns.status) == working, col(columns.heartbeat_at) < now - patience)
    lost = and_(
        col(columns.status) == waiting, col(getattr(columns, waits_since)) < now - queue_patience * patience
    )
    oldest_first = select(table).where(or_(dead, lost)).order_by(col(columns.created_at))
    return list(session.exec(oldest_first.limit(limit).with_for_update(skip_locked=True)))
