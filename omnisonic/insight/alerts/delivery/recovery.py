"""Messages that nobody is at: due ones, those that a dead process had claimed, and those asked for again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from omnisonic.insight.alerts import history
from omnisonic.insight.alerts.delivery.claims import WAITING, arrived
from omnisonic.insight.alerts.delivery.outcome import Outcome
from omnisonic.insight.alerts.delivery.retries import KEPT_TRYING
from omnisonic.insight.alerts.jobs import DELIVER
from omnisonic.insight.alerts.models import AlertChannel, AlertDelivery, ChannelType, DeliveryStatus
from omnisonic.platform.db import UnitOfWork

OVERDUE = timedelta(seconds=60)  # a message whose job got lost on its way
DUE_BATCH = 500
MAYBE_SENT = "The sender died while it was sending; the message may have arrived."


def recover(uow: UnitOfWork, *, now: datetime) -> int:
    """Enqueue what is due, and take back what a dead process had claimed; returns how many rows."""
    due = (
        select(AlertDelivery)
        .where(
            col(AlertDelivery.status).in_((*WAITING, DeliveryStatus.SENDING)),
            col(AlertDelivery.next_attempt_at) <= now,
        )
        .order_by(col(AlertDelivery.next_attempt_at))
        .limit(DUE_BATCH)
        .with_for_update(skip_locked=True)
    )
    found = 0
    for row in uow.session.exec(due):
        if (
            row.status is DeliveryStatus.PENDING
            and row.next_attempt_at
            and row.next_attempt_at > now - OVERDUE
        ):
            continue  # its first job is on its way
        found += 1
        if row.status is DeliveryStatus.SENDING and not _take_back(uow, row, now=now):
            continue
        uow.enqueue(DELIVER, delivery_id=str(row.id))
    return found


def repeat(uow: UnitOfWork, row: AlertDelivery, *, now: datetime) -> None:
    """Make a message due again, with the id it had."""
    row.status, row.attempts, row.error = DeliveryStatus.PENDING, 0, None
    row.next_attempt_at, row.expires_at = now, now + KEPT_TRYING
    uow.enqueue(DELIVER, delivery_id=str(row.id))
    uow.session.flush()


def _take_back(uow: UnitOfWork, row: AlertDelivery, *, now: datetime) -> bool:
    """Whether a message whose sender died may be sent again: not where nobody would tell it from a second."""
    channel = uow.session.get(AlertChannel, row.channel_id) if row.channel_id else None
    row.claim_id = row.claimed_at = None
    is_slack = channel is not None and channel.type is ChannelType.SLACK
    if is_slack or history.last_outcome(uow.session, row.id) == Outcome.LEAVING:
        row.error = MAYBE_SENT
        arrived(uow, row, None, DeliveryStatus.UNKNOWN, now=now)
        return False
    row.status, row.next_attempt_at = DeliveryStatus.RETRYING, now
    return True
