"""What is kept of alerts, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from omnisonic.insight.alerts import mutes
from omnisonic.insight.alerts.models import AlertDelivery, AlertEvent, DeliveryStatus
from omnisonic.insight.alerts.slots import forget_ended
from omnisonic.platform.db import UnitOfWork

HISTORY_KEPT = timedelta(days=90)
SLOTS_KEPT = timedelta(days=1)
BATCH = 1000
ON_THE_WAY = (
    DeliveryStatus.PENDING,
    DeliveryStatus.HELD,
    DeliveryStatus.SENDING,
    DeliveryStatus.RETRYING,
)


def remove_old_history(uow: UnitOfWork, *, now: datetime) -> int:
    """Remove events and messages older than 90 days, a batch at a time; returns how many rows."""
    forget_ended(uow.session, before=now - SLOTS_KEPT)
    mutes.forget_ended(uow.session, before=now)
    before = now - HISTORY_KEPT
    removed = 0
    for table, condition in (
        (AlertDelivery, col(AlertDelivery.status).not_in(ON_THE_WAY)),
        (AlertEvent, col(AlertEvent.id).is_not(None)),
    ):
        old = select(table.id).where(col(table.created_at) < before, condition).limit(BATCH)
        removed += uow.session.connection().execute(delete(table).where(col(table.id).in_(old))).rowcount
    return removed
