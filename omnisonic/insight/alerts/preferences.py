"""Time zone, quiet hours and digest of an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.alerts import repository
from omnisonic.insight.alerts.models import NotificationSettings
from omnisonic.insight.alerts.quiet_hours import quiet_end
from omnisonic.insight.alerts.schemas import NotificationChange, NotificationView
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import VersionConflict
from omnisonic.platform.ids import utc_now


def get_settings_of(session: Session, actor: Actor) -> NotificationView:
    """How the caller has it; version 0 when nothing was ever changed."""
    row = repository.find_settings(session, actor.user_id)
    return _view(row) if row else NotificationView()


def change_settings(uow: UnitOfWork, actor: Actor, *, change: NotificationChange) -> NotificationView:
    """Set all of it. Raises `VersionConflict`."""
    repository.lock_account(uow.session, actor.user_id)
    row = repository.find_settings(uow.session, actor.user_id, for_update=True)
    if change.version != (row.version if row else 0):
        current = _view(row) if row else NotificationView()
        raise VersionConflict(current=current.model_dump(mode="json"))
    if row is None:
        row = NotificationSettings(user_id=actor.user_id, version=0)
        uow.session.add(row)
    for name, value in change.model_dump(by_alias=False, exclude={"version"}).items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = utc_now()
    uow.session.flush()
    return _view(row)


def quiet_until(session: Session, user_id: UUID, *, now: datetime) -> datetime | None:
    """When the account's quiet hours that hold now are over; None when they do not."""
    row = repository.find_settings(session, user_id)
    if row is None:
        return None
    return quiet_end(now, zone=row.time_zone, start=row.quiet_from, end=row.quiet_until)


def _view(row: NotificationSettings) -> NotificationView:
    return NotificationView(**{name: getattr(row, name) for name in NotificationView.model_fields})
