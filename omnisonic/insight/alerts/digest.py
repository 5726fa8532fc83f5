"""One mail a week about what an account's rules found, also where nothing was sent for it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from omnisonic.insight.alerts.delivery.retries import KEPT_TRYING
from omnisonic.insight.alerts.message import Entry, Message, entity_url
from omnisonic.insight.alerts.models import (
    AlertEvent,
    DeliveryKind,
    EventState,
    NotificationSettings,
    Suppression,
)
from omnisonic.insight.alerts.notices import send_message
from omnisonic.insight.news import EntityType
from omnisonic.platform.db import UnitOfWork

SENT_AT = time(8)  # on Mondays, on the account's own clock
MAX_ROWS = 20
BATCH = 100

Line = tuple[EntityType, UUID, str, int]


def week_to_tell(now: datetime, *, zone: str) -> tuple[date, datetime, datetime] | None:
    """Monday of the last whole week, its beginning and its end; None before 8 o'clock on a Monday."""
    local = now.astimezone(ZoneInfo(zone))
    this_monday = local.date() - timedelta(days=local.weekday())
    if local.date() == this_monday and local.time() < SENT_AT:
        return None
    monday = this_monday - timedelta(days=7)
    start, end = (datetime.combine(day, time(), tzinfo=ZoneInfo(zone)) for day in (monday, this_monday))
    return monday, start, end


def send_digests(uow: UnitOfWork, *, now: datetime, after: UUID | None = None) -> UUID | None:
    """Write the digests that are due among the next accounts after an id, once for each account and week.

    Returns the last id that was looked at, to go on after, or None at the end.
    """
    statement = (
        select(NotificationSettings)
        .where(
            col(NotificationSettings.weekly_digest),
            col(NotificationSettings.user_id) > (after or UUID(int=0)),
        )
        .order_by(col(NotificationSettings.user_id))
        .limit(BATCH)
        .with_for_update()
    )
    rows = uow.session.exec(statement).all()
    for row in rows:
        _send_digest(uow, row, now=now)
    return rows[-1].user_id if rows else None


def _send_digest(uow: UnitOfWork, row: NotificationSettings, *, now: datetime) -> None:
    due = week_to_tell(now, zone=row.time_zone)
    if due is None or (row.digest_week is not None and row.digest_week >= due[0]):
        return
    monday, start, end = due
    row.digest_week = monday
    lines = _found_between(uow.session, row.user_id, start, end)
    if lines:
        send_message(
            uow,
            user_id=row.user_id,
            channel_id=None,
            kind=DeliveryKind.DIGEST,
            message=_write(monday, lines, at=now),
            expires_at=now + KEPT_TRYING,
        )


def _found_between(session: Session, user_id: UUID, start: datetime, end: datetime) -> list[Line]:
    times = func.count()
    statement = (
        select(AlertEvent.entity_type, AlertEvent.entity_id, func.max(AlertEvent.entity_name), times)
        .where(
            AlertEvent.user_id == user_id,
            AlertEvent.state == EventState.FIRING,
            col(AlertEvent.created_at) >= start,
            col(AlertEvent.created_at) < end,
            col(AlertEvent.suppression).is_distinct_from(Suppression.MUTED),
        )
        .group_by(col(AlertEvent.entity_type), col(AlertEvent.entity_id))
        .order_by(times.desc(), func.max(AlertEvent.entity_name))
    )
    return [
        (EntityType(kind), entity_id, str(name), count)
        for kind, entity_id, name, count in session.exec(statement)
    ]


def _write(monday: date, lines: list[Line], *, at: datetime) -> Message:
    kinds = Counter(kind for kind, *_ in lines)
    counted = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in kinds.items())
    summary = Entry(text=f"Your rules found {counted} in the week from {monday:%d %B %Y}.")
    entries = [
        Entry(
            type=str(kind),
            id=entity_id,
            name=name,
            url=entity_url(kind, entity_id),
            text=f"{name}: {count} alert{'s' if count > 1 else ''}",
        )
        for kind, entity_id, name, count in lines[:MAX_ROWS]
    ]
    return Message(
        type="digest",
        subject=f"Your week in music news, {monday:%d %B %Y}",
        at=at,
        entries=[summary, *entries],
        more=max(0, len(lines) - MAX_ROWS),
    )
