"""Checkpoints as GraphQL serves them: everybody may read them, each list is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from omnisonic.core.ledger.models import CycleCheckpoint
from omnisonic.platform.pagination import Page, encode_cursor

_COLUMNS = (
    col(CycleCheckpoint.id),
    col(CycleCheckpoint.cycle_id),
    col(CycleCheckpoint.cycle_number),
    col(CycleCheckpoint.currency),
    col(CycleCheckpoint.total_nano),
    col(CycleCheckpoint.tree_size),
    col(CycleCheckpoint.root),
    col(CycleCheckpoint.note),
    col(CycleCheckpoint.closed_at),
    col(CycleCheckpoint.created_at),
)


class CheckpointRow(NamedTuple):
    """The signed head of the log that closed a cycle; `merkle_root` in hex, `total_nano` of `currency`."""

    id: str
    cycle_id: str
    cycle_number: int
    currency: str
    total_nano: int
    tree_size: int
    merkle_root: str
    signed_note: str
    closed_at: datetime
    created_at: datetime


def list_checkpoints(session: Session, *, page: Page) -> tuple[list[CheckpointRow], str | None]:
    """Checkpoints, newest first, and the cursor of the next page."""
    statement = select(*_COLUMNS).order_by(col(CycleCheckpoint.id).desc()).limit(page.limit + 1)
    if page.after is not None:
        statement = statement.where(col(CycleCheckpoint.id) < page.after.id)
    rows = _rows(session, statement)
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], encode_cursor(last.created_at, UUID(last.id))


def count_checkpoints(session: Session) -> int:
    """How many there are."""
    return int(session.execute(select(func.count()).select_from(CycleCheckpoint)).scalar_one())


def checkpoints_by_ids(session: Session, ids: Sequence[str]) -> dict[str, CheckpointRow]:
    """Checkpoints by id."""
    wanted = col(CycleCheckpoint.id).in_([UUID(one) for one in ids])
    return {row.id: row for row in _rows(session, select(*_COLUMNS).where(wanted))}


def checkpoints_of_cycles(session: Session, cycle_ids: Sequence[str]) -> dict[str, CheckpointRow]:
    """The checkpoints that closed these cycles, by cycle."""
    wanted = col(CycleCheckpoint.cycle_id).in_([UUID(one) for one in cycle_ids])
    return {row.cycle_id: row for row in _rows(session, select(*_COLUMNS).where(wanted))}


def checkpoints_from(
    session: Session, *, tree_size: int, cycle_id: UUID | None, limit: int
) -> list[CheckpointRow]:
    """The first checkpoints over at least `tree_size` leaves, the smallest tree first."""
    statement = select(*_COLUMNS).where(col(CycleCheckpoint.tree_size) >= tree_size)
    if cycle_id is not None:
        statement = statement.where(col(CycleCheckpoint.cycle_id) == cycle_id)
    return _rows(session, statement.order_by(col(CycleCheckpoint.tree_size)).limit(limit))


def _rows(session: Session, statement: Any) -> list[CheckpointRow]:
    return [
        CheckpointRow(
            str(found.id),
            str(found.cycle_id),
            found.cycle_number,
            found.currency,
            found.total_nano,
            found.tree_size,
            bytes(found.root).hex(),
            found.note,
            found.closed_at,
            found.created_at,
        )
        for found in session.execute(statement)
    ]
