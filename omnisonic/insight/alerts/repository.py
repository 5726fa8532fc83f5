"""Every query on rules, channels and notification settings; all of people's are scoped by their account."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_
from sqlmodel import Session, col, select

from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertEntityState,
    AlertRule,
    AlertRuleChannel,
    NotificationSettings,
)
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page, fetch_page

Owned = TypeVar("Owned", AlertChannel, AlertRule)


def lock_account(session: Session, user_id: UUID) -> None:
    """Let only one transaction at a time count and add what belongs to an account."""
    take_lock(session, f"alerts:{user_id}")


def count_owned(session: Session, table: type[Owned], *, user_id: UUID) -> int:
    """How many rows of the table the account has."""
    return session.exec(select(func.count()).select_from(table).where(table.user_id == user_id)).one()


def find_channel(
    session: Session, actor: Actor, *, channel_id: UUID, for_update: bool = False
) -> AlertChannel | None:
    """A channel of the caller's; for an admin also one of the operators'."""
    statement = select(AlertChannel).where(AlertChannel.id == channel_id, _may_see(actor))
    if for_update:
        statement = statement.with_for_update()
    return session.exec(statement).one_or_none()


def list_channels(session: Session, actor: Actor, *, page: Page) -> tuple[list[AlertChannel], str | None]:
    """The caller's channels, newest first."""
    return fetch_page(session, select(AlertChannel).where(_may_see(actor)), AlertChannel, page=page)


def own_channel_ids(session: Session, actor: Actor, channel_ids: Collection[UUID]) -> set[UUID]:
    """Which of the channels are the caller's."""
    statement = select(AlertChannel.id).where(col(AlertChannel.id).in_(channel_ids), _may_see(actor))
    return set(session.exec(statement))


def find_rule(session: Session, actor: Actor, *, rule_id: UUID, for_update: bool = False) -> AlertRule | None:
    """A rule of the caller's."""
    statement = select(AlertRule).where(AlertRule.id == rule_id, AlertRule.user_id == actor.user_id)
    if for_update:
        statement = statement.with_for_update()
    return session.exec(statement).one_or_none()


def list_rules(session: Session, actor: Actor, *, page: Page) -> tuple[list[AlertRule], str | None]:
    """The caller's rules, newest first."""
    statement = select(AlertRule).where(AlertRule.user_id == actor.user_id)
    return fetch_page(session, statement, AlertRule, page=page)


def channel_ids_of(session: Session, rule_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Channels of each rule, oldest first."""
    statement = (
        select(AlertRuleChannel.rule_id, AlertRuleChannel.channel_id)
        .join(AlertChannel, col(AlertChannel.id) == col(AlertRuleChannel.channel_id))
        .where(col(AlertRuleChannel.rule_id).in_(rule_ids))
        .order_by(col(AlertChannel.created_at), col(AlertChannel.id))
    )
    found: dict[UUID, list[UUID]] = {rule_id: [] for rule_id in rule_ids}
    for rule_id, channel_id in session.exec(statement):
        found[rule_id].append(channel_id)
    return found


def channels_of_rule(session: Session, rule_id: UUID) -> Sequence[AlertChannel]:
    """The channels a rule tells, always in the same order."""
    statement = (
        select(AlertChannel)
        .join(AlertRuleChannel, col(AlertRuleChannel.channel_id) == col(AlertChannel.id))
        .where(AlertRuleChannel.rule_id == rule_id)
        .order_by(col(AlertChannel.id))
    )
    return session.exec(statement).all()


def set_rule_channels(session: Session, rule_id: UUID, channel_ids: Sequence[UUID]) -> None:
    """Make these the rule's channels."""
    session.execute(delete(AlertRuleChannel).where(col(AlertRuleChannel.rule_id) == rule_id))
    session.add_all([AlertRuleChannel(rule_id=rule_id, channel_id=one) for one in dict.fromkeys(channel_ids)])
    session.flush()


def forget_states(session: Session, rule_id: UUID) -> None:
    """A rule that asks for something else starts anew with every entity."""
    session.execute(delete(AlertEntityState).where(col(AlertEntityState.rule_id) == rule_id))


def find_settings(
    session: Session, user_id: UUID, *, for_update: bool = False
) -> NotificationSettings | None:
    """The account's notification settings, if it has changed any."""
    return session.get(NotificationSettings, user_id, with_for_update=for_update or None)


def _may_see(actor: Actor) -> ColumnElement[bool]:
    mine = col(AlertChannel.user_id) == actor.user_id
    return or_(mine, col(AlertChannel.is_system)) if actor.role is Role.ADMIN else mine
