"""How far each step has followed the archive's log, kept in Postgres; and how fresh that makes the news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from omnisonic.insight.feeds.models import FeedDelivery
from omnisonic.insight.ingest_jobs.models import IngestCursor
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import utc_now

ERROR_MAX_CHARS = 500
CATALOG = "catalog"  # the cursor of the catalog's changes, counted in transactions


class Step(StrEnum):
    """The steps behind a fetch, in their order. `archive` is the end of the log itself."""

    ARCHIVE = "archive"
    NEWS_ITEMS = "news_items"
    TAGS = "tags"


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How far what people see is behind what was fetched."""

    waiting_deliveries: int
    oldest_waiting_at: datetime | None
    unstored: int  # changes in the archive that the charts do not have
    untagged: int
    set_aside: int  # articles that a step could not take, and left behind
    failing_since: datetime | None
    reason: str | None

    @property
    def is_behind(self) -> bool:
        """Whether something waits because a step fails."""
        return self.failing_since is not None


def read_freshness(session: Session) -> Freshness:
    """What waits where, and why."""
    waiting, oldest = session.exec(
        select(func.count(), func.min(FeedDelivery.fetched_at)).select_from(FeedDelivery)
    ).one()
    rows = list(session.exec(select(IngestCursor)))
    cursors = {cursor.name: cursor for cursor in rows if cursor.name in set(Step)}
    positions = {step: cursors[step].position if step in cursors else 0 for step in Step}
    failing = [cursor for cursor in cursors.values() if cursor.failing_since is not None]
    first = min(failing, key=lambda cursor: cursor.failing_since or cursor.moved_at, default=None)
    return Freshness(
        waiting_deliveries=waiting,
        oldest_waiting_at=oldest,
        unstored=max(0, positions[Step.ARCHIVE] - positions[Step.NEWS_ITEMS]),
        untagged=max(0, positions[Step.ARCHIVE] - positions[Step.TAGS]),
        set_aside=sum(row.name not in cursors and row.name != CATALOG for row in rows),
        failing_since=first.failing_since if first else None,
        reason=first.error if first else None,
    )


def next_delivery() -> FeedDelivery | None:
    """The oldest delivery that is not archived, from the primary: a replica may still show what is gone."""
    with unit_of_work() as uow:
        return uow.session.exec(select(FeedDelivery).order_by(col(FeedDelivery.id)).limit(1)).first()


def has_delivery() -> bool:
    """Whether one waits."""
    with unit_of_work() as uow:
        return uow.session.exec(select(FeedDelivery.id).limit(1)).first() is not None


def settle_delivery(delivery_id: UUID, *, seq: int) -> None:
    """The archive has it: its row may go, and the log ends at `seq` now."""
    with unit_of_work() as uow:
        delivery = uow.session.get(FeedDelivery, delivery_id)
        if delivery is not None:
            uow.session.delete(delivery)
        _set(uow.session, Step.ARCHIVE, seq)


def positions() -> dict[Step, int]:
    """Where each step is; 0 where it has not begun."""
    with unit_of_work() as uow:
        found = {cursor.name: cursor.position for cursor in uow.session.exec(select(IngestCursor))}
    return {step: found.get(step, 0) for step in Step}


def catalog_position(session: Session) -> int:
    """The last transaction of the catalog whose names were looked for among those that wait."""
    cursor = session.get(IngestCursor, CATALOG)
    return cursor.position if cursor else 0


def move(step: str, position: int) -> None:
    """The step, or `CATALOG`, has done everything up to `position`, so it does not fail any more."""
    with unit_of_work() as uow:
        _set(uow.session, step, position)


def begin_anew(seq: int) -> None:
    """The archive's file is another one than before: every step follows its log from the start."""
    with unit_of_work() as uow:
        uow.session.execute(delete(IngestCursor).where(col(IngestCursor.name).not_in(list(Step))))
        for step in Step:
            _set(uow.session, step, seq if step is Step.ARCHIVE else 0)


def note_failure(step: Step, reason: str) -> None:
    """Say why a step does not go on; its position stays."""
    with unit_of_work() as uow:
        cursor = _find(uow.session, step)
        cursor.error = reason[:ERROR_MAX_CHARS]
        cursor.failing_since = cursor.failing_since or utc_now()


def note_recovery(step: Step) -> None:
    """The step works again, though it had nothing to do."""
    with unit_of_work() as uow:
        cursor = uow.session.get(IngestCursor, step)
        if cursor is not None:
            cursor.error = cursor.failing_since = None


def _set(session: Session, step: str, position: int) -> None:
    cursor = _find(session, step)
    cursor.position, cursor.moved_at = position, utc_now()
    cursor.error = cursor.failing_since = None


def _find(session: Session, step: str) -> IngestCursor:
    cursor = session.get(IngestCursor, step, with_for_update=True)
    if cursor is None:
        cursor = IngestCursor(name=step)
        session.add(cursor)
    return cursor
