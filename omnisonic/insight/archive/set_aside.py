"""Articles that a step cannot take: left behind with the reason, so that all behind them go on.

What is wrong with one may be anything; a server that is away is nobody's fault and ends the step as before.
Each has a cursor of its own, named by step and article, which goes when a later try succeeds.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rq.timeouts import BaseTimeoutException
from sqlalchemy import delete
from sqlmodel import Session, col, select

from omnisonic.insight.archive.cursors import ERROR_MAX_CHARS, Step
from omnisonic.insight.archive.jobs import ARCHIVE_DELIVERIES
from omnisonic.insight.ingest_jobs.models import IngestCursor
from omnisonic.insight.news import NewsItem
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

ATTEMPTS = 3  # at the article alone
AT_ONCE_MAX = 20  # more of one batch: it is the step that is broken
ASIDE_MAX = 100  # of one step
TITLE_MAX_CHARS = 200

Work = Callable[[Sequence[NewsItem]], object]
log = get_logger(__name__)


@dataclass(frozen=True)
class Aside:
    """An article that waits for somebody to try again, or (`is_waiting`) for the archive worker to do it."""

    step: Step
    item_id: UUID
    title: str
    reason: str
    since: datetime
    is_waiting: bool


def give(work: Work, items: Sequence[NewsItem], *, most: int = AT_ONCE_MAX) -> dict[UUID, Exception]:
    """Have `work` take the items, in any order; those that it cannot take, with what it raised.

    `work` must bear to be given an item again. Raises `ServiceUnavailable` and time-outs of the job as they
    come, and what was raised last when more than `most` items are refused.
    """
    refused: dict[UUID, Exception] = {}
    _give(work, items, refused, most)
    return refused


def settle(step: Step, items: Sequence[NewsItem], refused: Mapping[UUID, Exception]) -> None:
    """Note who was refused, and forget what was noted of the others; raises the reason when too many are."""
    with unit_of_work() as uow:
        noted = {_id_of(row) for row in _rows(uow.session, step)}
        taken = noted & {item.item_id for item in items} - refused.keys()
        _forget(uow.session, step, taken)
        if refused and len((noted - taken) | refused.keys()) > ASIDE_MAX:
            raise next(iter(refused.values()))
        for item in items:
            if item.item_id in refused:
                _note(uow.session, step, item, refused[item.item_id])


def list_asides(session: Session) -> list[Aside]:
    """What is set aside, the oldest first."""
    rows = sorted((row for step in Step for row in _rows(session, step)), key=lambda row: row.moved_at)
    return [_aside(row) for row in rows]


def try_again(uow: UnitOfWork, actor: Actor) -> int:
    """Have the archive worker try every article that is set aside; how many. Raises `Forbidden`."""
    actor.require_role(Role.ANALYST)
    rows = [row for step in Step for row in _rows(uow.session, step)]
    for row in rows:
        row.failing_since = None
    if rows:
        uow.enqueue(ARCHIVE_DELIVERIES)
    return len(rows)


def waiting(step: Step) -> list[UUID]:
    """What somebody wants to be tried again."""
    with unit_of_work() as uow:
        return [_id_of(row) for row in _rows(uow.session, step) if row.failing_since is None]


def forget(step: Step, item_ids: Iterable[UUID]) -> None:
    """These are not set aside any more."""
    with unit_of_work() as uow:
        _forget(uow.session, step, item_ids)


def _give(work: Work, items: Sequence[NewsItem], refused: dict[UUID, Exception], most: int) -> None:
    if not items:
        return
    for _ in range(ATTEMPTS if len(items) == 1 else 1):
        try:
            work(items)
        except (ServiceUnavailable, BaseTimeoutException):
            raise
        except Exception as error:  # noqa: BLE001  (what is wrong with an article may be anything)
            fault = error
        else:
            return
    if len(items) > 1:
        middle = len(items) // 2
        _give(work, items[:middle], refused, most)
        _give(work, items[middle:], refused, most)
        return
    refused[items[0].item_id] = fault
    if len(refused) > most:
        raise fault


def _note(session: Session, step: Step, item: NewsItem, fault: Exception) -> None:
    log.error("article_set_aside", step=str(step), item_id=str(item.item_id), exc_info=fault)
    name, now = _name(step, item.item_id), utc_now()
    row = session.get(IngestCursor, name, with_for_update=True)
    if row is None:
        row = IngestCursor(name=name, moved_at=now)
        session.add(row)
    row.failing_since = now
    title = " ".join(item.title.split())[:TITLE_MAX_CHARS]
    what = next(iter(str(fault).splitlines()), "")
    row.error = f"{title}\n{type(fault).__name__}: {what}".replace("\x00", "\ufffd")[:ERROR_MAX_CHARS]


def _forget(session: Session, step: Step, item_ids: Iterable[UUID]) -> None:
    names = [_name(step, item_id) for item_id in item_ids]
    if names:
        session.execute(delete(IngestCursor).where(col(IngestCursor.name).in_(names)))


def _rows(session: Session, step: Step) -> list[IngestCursor]:
    of_step = col(IngestCursor.name).startswith(f"{step}:", autoescape=True)
    return list(session.exec(select(IngestCursor).where(of_step).order_by(col(IngestCursor.name))))


def _name(step: Step, item_id: UUID) -> str:
    # 22 characters for an id, because a name of a cursor has 40 at most.
    return f"{step}:{urlsafe_b64encode(item_id.bytes).decode().rstrip('=')}"


def _id_of(row: IngestCursor) -> UUID:
    return UUID(bytes=urlsafe_b64decode(row.name.partition(":")[2] + "=="))


def _aside(row: IngestCursor) -> Aside:
    title, _, reason = (row.error or "").partition("\n")
    return Aside(
        step=Step(row.name.partition(":")[0]),
        item_id=_id_of(row),
        title=title,
        reason=reason,
        since=row.moved_at,
        is_waiting=row.failing_since is None,
    )
