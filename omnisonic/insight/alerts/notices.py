"""Messages that no rule asked for: to an account about its channels, to the operators, tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.alerts.delivery.retries import KEPT_TRYING
from omnisonic.insight.alerts.jobs import DELIVER
from omnisonic.insight.alerts.message import Message, plain_message
from omnisonic.insight.alerts.models import AlertChannel, AlertDelivery, ChannelType, DeliveryKind
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now

TEST_KEPT = timedelta(minutes=30)


def send_message(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    channel_id: UUID | None,
    kind: DeliveryKind,
    message: Message,
    expires_at: datetime,
) -> AlertDelivery:
    """Make a written message due; without a channel it goes to the account's own confirmed address."""
    row = AlertDelivery(
        user_id=user_id,
        channel_id=channel_id,
        kind=kind,
        message=message.model_dump(mode="json"),
        next_attempt_at=message.at,
        expires_at=expires_at,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.enqueue(DELIVER, delivery_id=str(row.id))
    return row


def send_test(uow: UnitOfWork, channel: AlertChannel) -> AlertDelivery:
    """A message that says it is a test."""
    text = f"This is a test of the channel {channel.name}. Alerts will look like this."
    message = plain_message("test", f"Test of {channel.name}", text, at=utc_now())
    return send_message(
        uow,
        user_id=channel.user_id,
        channel_id=channel.id,
        kind=DeliveryKind.TEST,
        message=message,
        expires_at=message.at + TEST_KEPT,
    )


def tell_owner(uow: UnitOfWork, *, user_id: UUID, without: UUID | None, subject: str, text: str) -> None:
    """Tell an account something by a channel other than `without`: mail first, else its own address."""
    message = plain_message("notice", subject, text, at=utc_now())
    send_message(
        uow,
        user_id=user_id,
        channel_id=_other_channel(uow.session, user_id, without),
        kind=DeliveryKind.NOTICE,
        message=message,
        expires_at=message.at + KEPT_TRYING,
    )


def notify_system(uow: UnitOfWork, *, subject: str, text: str) -> int:
    """Tell the operators something by every system channel that works; returns how many."""
    message = plain_message("system", subject, text, at=utc_now())
    channels = uow.session.exec(
        select(AlertChannel).where(
            col(AlertChannel.is_system),
            col(AlertChannel.enabled),
            col(AlertChannel.confirmed_at).is_not(None),
        )
    ).all()
    for channel in channels:
        send_message(
            uow,
            user_id=channel.user_id,
            channel_id=channel.id,
            kind=DeliveryKind.SYSTEM,
            message=message,
            expires_at=message.at + KEPT_TRYING,
        )
    return len(channels)


def _other_channel(session: Session, user_id: UUID, without: UUID | None) -> UUID | None:
    statement = (
        select(AlertChannel.id)
        .where(
            AlertChannel.user_id == user_id,
            col(AlertChannel.id).is_distinct_from(without),
            col(AlertChannel.enabled),
            col(AlertChannel.confirmed_at).is_not(None),
            col(AlertChannel.failing_since).is_(None),
        )
        .order_by(col(AlertChannel.type) != ChannelType.EMAIL, col(AlertChannel.created_at))
    )
    return session.exec(statement.limit(1)).first()
