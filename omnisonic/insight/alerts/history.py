"""Queries on events and messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from omnisonic.insight.alerts.models import (
    AlertAttempt,
    AlertChannel,
    AlertDelivery,
    AlertDeliveryItem,
    AlertEvent,
    DeliveryStatus,
    EventState,
    Suppression,
)
from omnisonic.insight.news import EntityType
from omnisonic.platform.actor import Actor
from omnisonic.platform.pagination import Page, fetch_page

NEVER_ARRIVED = (DeliveryStatus.SUPPRESSED, DeliveryStatus.FAILED, DeliveryStatus.EXPIRED)


def find_same(
    session: Session, *, rule_id: UUID, entity_id: UUID, state: EventState, data_time: datetime
) -> AlertEvent | None:
    """The event of the same evaluation, when it was made before."""
    return session.exec(
        select(AlertEvent).where(
            AlertEvent.rule_id == rule_id,
            AlertEvent.entity_id == entity_id,
            AlertEvent.state == state,
            AlertEvent.data_time == data_time,
        )
    ).one_or_none()


def last_announced(
    session: Session, *, rule_id: UUID | None, entity_id: UUID, channel_id: UUID | None = None
) -> AlertEvent | None:
    """The last firing about an entity that went out (or is on its way), anywhere or on one channel."""
    statement = (
        select(AlertEvent)
        .join(AlertDeliveryItem, col(AlertDeliveryItem.event_id) == col(AlertEvent.id))
        .join(AlertDelivery, col(AlertDelivery.id) == col(AlertDeliveryItem.delivery_id))
        .where(
            AlertEvent.rule_id == rule_id,
            AlertEvent.entity_id == entity_id,
            AlertEvent.state == EventState.FIRING,
            col(AlertDeliveryItem.suppression).is_(None),
            col(AlertDelivery.status).not_in(NEVER_ARRIVED),
        )
        .order_by(col(AlertEvent.created_at).desc())
        .limit(1)
    )
    if channel_id is not None:
        statement = statement.where(AlertDelivery.channel_id == channel_id)
    return session.exec(statement).first()


def was_told_of_artist(
    session: Session, *, channel_id: UUID, artist_ids: Collection[UUID], since: datetime, until: datetime
) -> bool:
    """Whether a channel heard, or is about to hear, of one of these artists, by data time."""
    statement = (
        select(AlertEvent.id)
        .join(AlertDeliveryItem, col(AlertDeliveryItem.event_id) == col(AlertEvent.id))
        .join(AlertDelivery, col(AlertDelivery.id) == col(AlertDeliveryItem.delivery_id))
        .where(
            AlertDelivery.channel_id == channel_id,
            col(AlertDelivery.status).not_in(NEVER_ARRIVED),
            col(AlertDeliveryItem.suppression).is_(None),
            AlertEvent.entity_type == EntityType.ARTIST,
            col(AlertEvent.entity_id).in_(artist_ids),
            AlertEvent.state == EventState.FIRING,
            col(AlertEvent.data_time).between(since, until),
        )
    )
    return session.exec(statement.limit(1)).first() is not None


def last_firing(session: Session, event: AlertEvent) -> AlertEvent | None:
    """The last firing of the event's rule for its entity, announced or not."""
    statement = select(AlertEvent).where(
        AlertEvent.rule_id == event.rule_id,
        AlertEvent.entity_id == event.entity_id,
        AlertEvent.state == EventState.FIRING,
    )
    return session.exec(statement.order_by(col(AlertEvent.created_at).desc()).limit(1)).first()


def last_told(session: Session, *, rule_id: UUID, before: datetime) -> datetime | None:
    """When a rule last told anybody anything, before a time."""
    statement = select(func.max(AlertEvent.created_at)).where(
        AlertEvent.rule_id == rule_id,
        col(AlertEvent.suppression).is_(None),
        col(AlertEvent.created_at) < before,
    )
    return session.exec(statement).one()


def count_silenced(session: Session, *, rule_id: UUID, since: datetime) -> int:
    """How many events of a rule were silenced by a snooze since a time."""
    statement = select(func.count()).where(
        AlertEvent.rule_id == rule_id,
        AlertEvent.suppression == Suppression.SNOOZED,
        col(AlertEvent.created_at) > since,
    )
    return session.exec(statement).one()


def announced_events(session: Session, delivery_id: UUID) -> Sequence[AlertEvent]:
    """The events that a message is about, newest first."""
    return session.exec(
        select(AlertEvent)
        .join(AlertDeliveryItem, col(AlertDeliveryItem.event_id) == col(AlertEvent.id))
        .where(AlertDeliveryItem.delivery_id == delivery_id, col(AlertDeliveryItem.suppression).is_(None))
        .order_by(col(AlertEvent.created_at).desc(), col(AlertEvent.id).desc())
    ).all()


def list_events(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    rule_id: UUID | None = None,
    entity_id: UUID | None = None,
) -> tuple[list[AlertEvent], str | None]:
    """The caller's events, newest first."""
    statement = select(AlertEvent).where(AlertEvent.user_id == actor.user_id)
    if rule_id is not None:
        statement = statement.where(AlertEvent.rule_id == rule_id)
    if entity_id is not None:
        statement = statement.where(AlertEvent.entity_id == entity_id)
    return fetch_page(session, statement, AlertEvent, page=page)


def find_event(session: Session, actor: Actor, *, event_id: UUID) -> AlertEvent | None:
    """An event of the caller's."""
    statement = select(AlertEvent).where(AlertEvent.id == event_id, AlertEvent.user_id == actor.user_id)
    return session.exec(statement).one_or_none()


def deliveries_of(
    session: Session, event_ids: Collection[UUID]
) -> dict[UUID, list[tuple[AlertDelivery, Suppression | None]]]:
    """The messages of each event, oldest first, and why it is not part of one."""
    statement = (
        select(AlertDeliveryItem, AlertDelivery)
        .join(AlertDelivery, col(AlertDelivery.id) == col(AlertDeliveryItem.delivery_id))
        .where(col(AlertDeliveryItem.event_id).in_(event_ids))
        .order_by(col(AlertDelivery.created_at), col(AlertDelivery.id))
    )
    found: dict[UUID, list[tuple[AlertDelivery, Suppression | None]]] = {one: [] for one in event_ids}
    for item, delivery in session.exec(statement):
        found[item.event_id].append((delivery, item.suppression))
    return found


def find_delivery(
    session: Session, actor: Actor, *, delivery_id: UUID, for_update: bool = False
) -> AlertDelivery | None:
    """A message of the caller's."""
    statement = select(AlertDelivery).where(
        AlertDelivery.id == delivery_id, AlertDelivery.user_id == actor.user_id
    )
    if for_update:
        statement = statement.with_for_update()
    return session.exec(statement).one_or_none()


def list_deliveries(
    session: Session, actor: Actor, *, page: Page, channel_id: UUID | None = None
) -> tuple[list[AlertDelivery], str | None]:
    """The caller's messages, newest first."""
    conditions: list[ColumnElement[bool]] = [col(AlertDelivery.user_id) == actor.user_id]
    if channel_id is not None:
        conditions.append(col(AlertDelivery.channel_id) == channel_id)
    return fetch_page(session, select(AlertDelivery).where(*conditions), AlertDelivery, page=page)


def attempts_of(session: Session, delivery_id: UUID) -> Sequence[AlertAttempt]:
    """Every try at a message, oldest first."""
    statement = select(AlertAttempt).where(AlertAttempt.delivery_id == delivery_id)
    return session.exec(statement.order_by(col(AlertAttempt.number))).all()


def last_outcome(session: Session, delivery_id: UUID) -> str | None:
    """What is known of the last try at a message."""
    statement = select(AlertAttempt.outcome).where(AlertAttempt.delivery_id == delivery_id)
    return session.exec(statement.order_by(col(AlertAttempt.number).desc()).limit(1)).first()


def channels_by_id(session: Session, channel_ids: Collection[UUID]) -> dict[UUID, AlertChannel]:
    """Channels by id."""
    rows = session.exec(select(AlertChannel).where(col(AlertChannel.id).in_(channel_ids)))
    return {row.id: row for row in rows}
