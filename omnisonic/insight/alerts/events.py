"""From "this rule fired for this entity" to messages that are due, in one transaction.

Whatever keeps a message back is recorded with its reason; nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from omnisonic.insight.alerts import history, mutes, repository
from omnisonic.insight.alerts.channels import limit_of
from omnisonic.insight.alerts.delivery.retries import KEPT_TRYING
from omnisonic.insight.alerts.jobs import DELIVER
from omnisonic.insight.alerts.message import Facts
from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertDelivery,
    AlertDeliveryItem,
    AlertEvent,
    AlertRule,
    DeliveryStatus,
    EventState,
    Suppression,
)
from omnisonic.insight.alerts.preferences import quiet_until
from omnisonic.insight.alerts.schemas import ChannelFilters
from omnisonic.insight.alerts.slots import reserve
from omnisonic.insight.news import EntityType
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now

MAX_NAME_CHARS = 300


@dataclass(frozen=True, kw_only=True)
class AlertEntity:
    """What an event is about; the name is kept as it was then."""

    type: EntityType
    id: UUID
    name: str


def fire(
    uow: UnitOfWork,
    *,
    rule: AlertRule,
    entity: AlertEntity,
    facts: Facts,
    state: EventState = EventState.FIRING,
    covered_by: Collection[UUID] = (),
    now: datetime | None = None,
) -> AlertEvent:
    """Record that a rule fired (or is over) for an entity and make what goes out for it due.

    Events of one rule with the same `facts.data_time` share one message for each channel. The same rule,
    entity, state and data time again changes nothing and gives the event of the first time. `covered_by` are
    the artists of a work or recording about whom all of its stories are too: a channel that heard of one of
    them within the window hears no more of it. `now` is the time at which cooldown, cap, snooze, mute and
    quiet hours are judged. Raises `NotFound` for a removed rule.
    """
    now = now or utc_now()
    _lock_rule(uow.session, rule)
    same = history.find_same(
        uow.session, rule_id=rule.id, entity_id=entity.id, state=state, data_time=facts.data_time
    )
    if same is not None:
        return same
    event = AlertEvent(
        user_id=rule.user_id,
        rule_id=rule.id,
        rule_name=rule.name,
        kind=rule.kind,
        state=state,
        entity_type=entity.type,
        entity_id=entity.id,
        entity_name=entity.name[:MAX_NAME_CHARS],
        data_time=facts.data_time,
        facts=facts.model_dump(mode="json"),
        suppression=_held_back(uow.session, rule, entity, state=state, now=now),
        created_at=now,
    )
    uow.session.add(event)
    uow.session.flush()
    if event.suppression is None:
        quiet = quiet_until(uow.session, rule.user_id, now=now)
        for channel in repository.channels_of_rule(uow.session, rule.id):
            _add_to_message(uow, event, channel, facts, covered_by=covered_by, now=now, quiet=quiet)
    uow.session.flush()
    return event


def _lock_rule(session: Session, rule: AlertRule) -> None:
    # Two evaluations of one rule take turns, or both would see that nothing was sent yet.
    found = session.exec(select(AlertRule.id).where(AlertRule.id == rule.id).with_for_update()).first()
    if found is None:
        raise NotFound("The rule was removed.")


def _held_back(
    session: Session, rule: AlertRule, entity: AlertEntity, *, state: EventState, now: datetime
) -> Suppression | None:
    """Why nobody at all is told."""
    if not rule.enabled:
        return Suppression.DISABLED
    if rule.snoozed_until is not None and now < rule.snoozed_until:
        return Suppression.SNOOZED
    if mutes.is_muted(session, rule, entity.id, now=now):
        return Suppression.MUTED
    if state is EventState.RESOLVED:
        return None if rule.notify_resolved else Suppression.NOT_ANNOUNCED
    last = history.last_announced(session, rule_id=rule.id, entity_id=entity.id)
    if last is not None and now < last.created_at + timedelta(minutes=rule.cooldown_minutes):
        return Suppression.COOLDOWN
    return None


def _add_to_message(
    uow: UnitOfWork,
    event: AlertEvent,
    channel: AlertChannel,
    facts: Facts,
    *,
    covered_by: Collection[UUID],
    now: datetime,
    quiet: datetime | None,
) -> None:
    delivery = _open_message(uow.session, event, channel, now=now, quiet=quiet)
    reason = (
        _refused_by(channel, event, facts)
        or _told_by_artist(uow.session, event, channel, facts, covered_by)
        or _over_limit(uow.session, event, channel, delivery, now=now)
    )
    uow.session.add(AlertDeliveryItem(delivery_id=delivery.id, event_id=event.id, suppression=reason))
    if reason is None and delivery.status is DeliveryStatus.SUPPRESSED:
        delivery.status = DeliveryStatus.HELD if quiet else DeliveryStatus.PENDING
        delivery.next_attempt_at = quiet or now
        delivery.expires_at = (quiet or now) + KEPT_TRYING
        if not quiet:
            uow.enqueue(DELIVER, delivery_id=str(delivery.id))
    uow.session.flush()


def _refused_by(channel: AlertChannel, event: AlertEvent, facts: Facts) -> Suppression | None:
    if not channel.enabled:
        return Suppression.DISABLED
    if channel.confirmed_at is None:
        return Suppression.UNCONFIRMED
    filters = ChannelFilters.model_validate(channel.filters)
    if filters.entity_types and event.entity_type not in filters.entity_types:
        return Suppression.FILTERED
    least = filters.min_confidence
    if least is not None and facts.confidence is not None and facts.confidence < least:
        return Suppression.FILTERED
    return None


def _told_by_artist(
    session: Session, event: AlertEvent, channel: AlertChannel, facts: Facts, covered_by: Collection[UUID]
) -> Suppression | None:
    since = event.data_time - timedelta(minutes=facts.window_minutes)
    if event.state is EventState.RESOLVED or not covered_by:
        return None
    told = history.was_told_of_artist(
        session, channel_id=channel.id, artist_ids=covered_by, since=since, until=event.data_time
    )
    return Suppression.INHIBITED if told else None


def _over_limit(
    session: Session, event: AlertEvent, channel: AlertChannel, delivery: AlertDelivery, *, now: datetime
) -> Suppression | None:
    if event.state is EventState.RESOLVED:  # not counted, but only told to who was told of the beginning
        began = history.last_firing(session, event)
        told = history.last_announced(
            session, rule_id=event.rule_id, entity_id=event.entity_id, channel_id=channel.id
        )
        return None if began and told and told.id == began.id else Suppression.NOT_ANNOUNCED
    is_free = reserve(
        session,
        channel_id=channel.id,
        entity_id=event.entity_id,
        delivery_id=delivery.id,
        limit=limit_of(channel),
        now=now,
    )
    return None if is_free else Suppression.CAP


def _open_message(
    session: Session, event: AlertEvent, channel: AlertChannel, *, now: datetime, quiet: datetime | None
) -> AlertDelivery:
    """The message that still takes entities: of the same evaluation, or the one that waits for morning."""
    key = f"{event.state}:{event.data_time.isoformat()}"
    same = select(AlertDelivery).where(
        AlertDelivery.rule_id == event.rule_id, AlertDelivery.channel_id == channel.id
    )
    waiting = (AlertDelivery.status == DeliveryStatus.HELD) if quiet else (AlertDelivery.group_key == key)
    of_state = AlertDelivery.group_key.startswith(f"{event.state}:")  # type: ignore[union-attr]
    found = session.exec(same.where(waiting, of_state).with_for_update().limit(1)).first()
    if found is None and quiet:
        found = session.exec(same.where(AlertDelivery.group_key == key).with_for_update()).first()
    if found is not None and found.message is None and found.attempts == 0:
        return found
    if found is not None:  # it is written already: this entity comes with a message of its own
        key = f"{event.state}:{event.id}"
    delivery = AlertDelivery(
        user_id=event.user_id,
        channel_id=channel.id,
        rule_id=event.rule_id,
        group_key=key,
        status=DeliveryStatus.SUPPRESSED,
        expires_at=now + KEPT_TRYING,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery
