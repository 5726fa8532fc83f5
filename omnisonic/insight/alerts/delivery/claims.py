"""A message belongs to one attempt at a time: claimed before it is sent, settled after, found if neither.

The claim is committed before a byte leaves, so a process that dies leaves a row that says so.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from omnisonic.insight.alerts import history, slots
from omnisonic.insight.alerts.channels import disable
from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent
from omnisonic.insight.alerts.delivery.retries import KEPT_TRYING, next_attempt_at
from omnisonic.insight.alerts.message import Message, compose
from omnisonic.insight.alerts.models import (
    AlertAttempt,
    AlertChannel,
    AlertDelivery,
    AlertRule,
    ChannelType,
    DeliveryKind,
    DeliveryStatus,
)
from omnisonic.insight.alerts.notices import tell_owner
from omnisonic.insight.alerts.preferences import quiet_until
from omnisonic.insight.alerts.targets import Target, target_of
from omnisonic.platform.auth.models import User
from omnisonic.platform.auth.repository import find_user
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import new_id
from omnisonic.platform.sealing import Unsealable

CLAIM_LASTS = timedelta(seconds=180)  # longer than the job may take
FAILING_MAX = timedelta(hours=72)
TURN_WAIT = timedelta(seconds=20)  # until the other attempt at a failing channel is over
WAITING = (DeliveryStatus.PENDING, DeliveryStatus.HELD, DeliveryStatus.RETRYING)
QUIET_KINDS = {DeliveryKind.ALERT, DeliveryKind.DIGEST}


class Overtaken(Exception):
    """Somebody else has taken the message meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What sending needs, read in the transaction of the claim."""

    delivery_id: UUID
    claim_id: UUID
    attempt_id: UUID
    kind: DeliveryKind
    channel_id: UUID | None
    user_id: UUID
    type: ChannelType
    target: Target
    message: Message


def claim(uow: UnitOfWork, delivery_id: UUID, *, now: datetime) -> Claimed | None:
    """Take a message that is due for one attempt; None when it is not due, taken, or can never be sent."""
    row = uow.session.exec(
        select(AlertDelivery).where(AlertDelivery.id == delivery_id).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None or row.status not in WAITING or row.next_attempt_at is None or row.next_attempt_at > now:
        return None
    if row.expires_at <= now:
        _end(uow, row, DeliveryStatus.EXPIRED, "Nobody could be reached in time.")
        return None
    if row.kind in QUIET_KINDS and (quiet := quiet_until(uow.session, row.user_id, now=now)):
        row.status, row.next_attempt_at = DeliveryStatus.HELD, quiet
        row.expires_at = max(row.expires_at, quiet + KEPT_TRYING)
        return None
    channel = uow.session.get(AlertChannel, row.channel_id) if row.channel_id else None
    owner = find_user(uow.session, row.user_id)
    if (reason := _hindrance(row, channel, owner)) is not None:
        _end(uow, row, DeliveryStatus.FAILED, reason)
        return None
    if channel is not None and channel.failing_since and _is_being_tried(uow.session, channel, now=now):
        row.status, row.next_attempt_at = DeliveryStatus.RETRYING, now + TURN_WAIT
        return None
    return _start(uow, row, channel, owner, now=now)


def note_leaving(uow: UnitOfWork, claimed: Claimed) -> None:
    """Write down that from now on nobody can tell whether a message arrived. Raises `Overtaken`."""
    row = uow.session.get(AlertDelivery, claimed.delivery_id, with_for_update=True)
    attempt = uow.session.get(AlertAttempt, claimed.attempt_id)
    if row is None or attempt is None or row.claim_id != claimed.claim_id:
        raise Overtaken
    attempt.outcome = Outcome.LEAVING


def settle(uow: UnitOfWork, claimed: Claimed, sent: Sent, *, latency_ms: int, now: datetime) -> None:
    """Record what an attempt came to and what follows; nothing when another attempt has taken over."""
    attempt = uow.session.get(AlertAttempt, claimed.attempt_id)
    if attempt is not None:
        attempt.outcome, attempt.status_code = sent.outcome, sent.status_code
        attempt.latency_ms, attempt.response = latency_ms, sent.response[:1024]
    row = uow.session.get(AlertDelivery, claimed.delivery_id, with_for_update=True, populate_existing=True)
    if row is None or row.claim_id != claimed.claim_id:
        return
    row.claim_id = row.claimed_at = row.error = None
    channel = uow.session.get(AlertChannel, row.channel_id, with_for_update=True) if row.channel_id else None
    if sent.outcome is Outcome.DELIVERED:
        arrived(uow, row, channel, DeliveryStatus.DELIVERED, now=now)
    elif sent.outcome is Outcome.UNKNOWN:
        row.error = sent.response[:500]
        arrived(uow, row, None, DeliveryStatus.UNKNOWN, now=now)
    else:
        _failed(uow, row, channel, sent, now=now)


def _hindrance(row: AlertDelivery, channel: AlertChannel | None, owner: User | None) -> str | None:
    if owner is None or owner.disabled_at is not None:
        return "The account is closed."
    if row.channel_id is None:
        return None if owner.email_verified_at else "The account's address is not confirmed."
    if channel is None or not channel.enabled:
        return "The channel was turned off."
    return None if channel.confirmed_at else "The channel's address is not confirmed."


def _is_being_tried(session: Session, channel: AlertChannel, *, now: datetime) -> bool:
    # A receiver that stalls may hold one worker, not all of them.
    sending = select(AlertDelivery.id).where(
        AlertDelivery.channel_id == channel.id,
        AlertDelivery.status == DeliveryStatus.SENDING,
        col(AlertDelivery.next_attempt_at) > now,
    )
    return session.exec(sending.limit(1)).first() is not None


def _start(
    uow: UnitOfWork,
    row: AlertDelivery,
    channel: AlertChannel | None,
    owner: User | None,
    *,
    now: datetime,
) -> Claimed | None:
    try:
        target = target_of(channel) if channel else Target(address=owner.email if owner else None)
    except Unsealable as error:
        _end(uow, row, DeliveryStatus.FAILED, error.detail)
        return None
    message = _written(uow.session, row, now=now)
    if message is None:
        _end(uow, row, DeliveryStatus.FAILED, "There is nothing left to tell.")
        return None
    row.status, row.claim_id, row.claimed_at = DeliveryStatus.SENDING, new_id(), now
    row.next_attempt_at = now + CLAIM_LASTS
    row.attempts += 1
    tries = uow.session.exec(
        select(func.count()).select_from(AlertAttempt).where(AlertAttempt.delivery_id == row.id)
    ).one()
    attempt = AlertAttempt(delivery_id=row.id, number=tries + 1, created_at=now)
    uow.session.add(attempt)
    uow.session.flush()
    return Claimed(
        delivery_id=row.id,
        claim_id=row.claim_id,
        attempt_id=attempt.id,
        kind=row.kind,
        channel_id=row.channel_id,
        user_id=row.user_id,
        type=channel.type if channel else ChannelType.EMAIL,
        target=target,
        message=message,
    )


def _written(session: Session, row: AlertDelivery, *, now: datetime) -> Message | None:
    """The message as it was written the first time, or now."""
    if row.message is not None:
        return Message.model_validate(row.message)
    events = list(history.announced_events(session, row.id))
    if not events:
        return None
    rule = session.get(AlertRule, row.rule_id) if row.rule_id else None
    silenced = 0
    if rule is not None and rule.snoozed_until is not None:
        before = history.last_told(session, rule_id=rule.id, before=events[-1].created_at)
        silenced = history.count_silenced(session, rule_id=rule.id, since=before or rule.created_at)
    message = compose(rule, events, at=now, silenced=silenced)
    row.message = message.model_dump(mode="json")
    return message


def arrived(
    uow: UnitOfWork,
    row: AlertDelivery,
    channel: AlertChannel | None,
    status: DeliveryStatus,
    *,
    now: datetime,
) -> None:
    """A message arrived, or may have: it is not tried again, and counts for the hour."""
    row.status, row.next_attempt_at = status, None
    row.delivered_at = now if status is DeliveryStatus.DELIVERED else None
    slots.mark_arrived(uow.session, delivery_id=row.id, now=now)
    if channel is not None:
        channel.failing_since = None


def _failed(
    uow: UnitOfWork, row: AlertDelivery, channel: AlertChannel | None, sent: Sent, *, now: datetime
) -> None:
    row.error = _reason(sent)
    if channel is not None:
        channel.failing_since = channel.failing_since or now
    due = next_attempt_at(
        now,
        attempts=row.attempts,
        expires_at=row.expires_at,
        retry_after_s=sent.retry_after_s,
        luck=random.random(),
    )
    if sent.outcome is Outcome.TRY_AGAIN and due is not None:
        row.status, row.next_attempt_at = DeliveryStatus.RETRYING, due
        return
    is_expired = sent.outcome is Outcome.TRY_AGAIN
    _end(uow, row, DeliveryStatus.EXPIRED if is_expired else DeliveryStatus.FAILED, row.error)
    if channel is None or not channel.enabled:
        return
    if sent.outcome is Outcome.GONE:
        _give_up(uow, channel, "The receiver said that it wants nothing more (410 Gone or the like).")
    elif channel.failing_since and now - channel.failing_since >= FAILING_MAX:
        _give_up(uow, channel, f"Nothing has arrived since {channel.failing_since:%Y-%m-%d %H:%M} UTC.")


def _reason(sent: Sent) -> str:
    """Why it did not arrive; what the receiver said is told as its answer, for it may be a word or two."""
    if sent.status_code is None:
        return sent.response[:500]
    answered = f"The receiver answered {sent.status_code}"
    return f"{answered}: {sent.response}"[:500] if sent.response else f"{answered}."


def _give_up(uow: UnitOfWork, channel: AlertChannel, reason: str) -> None:
    disable(channel, reason)
    channel.version += 1
    tell_owner(
        uow,
        user_id=channel.user_id,
        without=channel.id,
        subject=f"The alert channel {channel.name} was turned off",
        text=f"{reason} Check the receiver and turn the channel on again under Alerts.",
    )


def _end(uow: UnitOfWork, row: AlertDelivery, status: DeliveryStatus, error: str) -> None:
    row.status, row.next_attempt_at, row.error = status, None, error[:500]
    row.claim_id = row.claimed_at = None
    slots.give_back(uow.session, delivery_id=row.id)
