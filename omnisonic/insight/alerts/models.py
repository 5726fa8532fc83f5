"""Tables of alerts: channels, rules and their states, what fired, and what became of each message."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, SQLModel

from omnisonic.insight.alerts.evaluation.kinds import AlertState as AlertState
from omnisonic.insight.alerts.evaluation.kinds import RuleKind as RuleKind
from omnisonic.insight.news import EntityType
from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field

ONE_PER_SLOT = "ex_alert_slots_one_at_a_time"


class ChannelType(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SLACK = "slack"


class EventState(StrEnum):
    """What an event announces."""

    FIRING = "firing"
    RESOLVED = "resolved"


class DeliveryKind(StrEnum):
    """What a message is about."""

    ALERT = "alert"
    TEST = "test"
    NOTICE = "notice"  # about a channel or a rule of the account
    DIGEST = "digest"
    SYSTEM = "system"  # to the operators


class DeliveryStatus(StrEnum):
    """Where a message stands. `unknown`: it left, but nobody said that it arrived."""

    PENDING = "pending"
    HELD = "held"
    SENDING = "sending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class Suppression(StrEnum):
    """Why an event did not go out on a channel."""

    SNOOZED = "snoozed"
    COOLDOWN = "cooldown"
    CAP = "cap"
    FILTERED = "filtered"
    UNCONFIRMED = "unconfirmed"
    DISABLED = "disabled"
    NOT_ANNOUNCED = "not_announced"  # resolved, but the channel never heard that it fired
    MUTED = "muted"
    INHIBITED = "inhibited"  # the alert about its artist tells of the same stories


class AlertChannel(Row, table=True):
    """A place where messages go. `config` is sealed; addresses and secrets leave it only to be used."""

    __tablename__ = "alert_channels"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=80)
    type: ChannelType = enum_field(ChannelType)
    config: bytes = Field(sa_type=LargeBinary)
    enabled: bool = Field(default=True)
    filters: dict[str, Any] = json_field(nullable=False)
    rate_limit_per_hour: int | None = Field(default=None)
    is_system: bool = Field(default=False)
    confirmed_at: datetime | None = timestamp_field(default_now=False)
    confirm_sha256: str | None = Field(default=None, max_length=64)
    confirm_until: datetime | None = timestamp_field(default_now=False)
    failing_since: datetime | None = timestamp_field(default_now=False)
    disabled_reason: str | None = Field(default=None, max_length=300)
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field()


class AlertRule(Row, table=True):
    """What to watch for. `error` says why it cannot run, `notice` what it left out; times are data time."""

    __tablename__ = "alert_rules"
    __table_args__ = (
        CheckConstraint("min_confidence BETWEEN 0 AND 1", name="confidence"),
        CheckConstraint("threshold >= 1 AND window_minutes >= 1 AND cooldown_minutes >= 0", name="numbers"),
        Index("ix_alert_rules_enabled", "created_at", postgresql_where=text("enabled")),
    )

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=120)
    kind: RuleKind = enum_field(RuleKind)
    scope: dict[str, Any] = json_field(nullable=False)
    min_confidence: float = Field(default=0.9)
    threshold: int = Field(default=5)
    window_minutes: int = Field(default=1440)
    cooldown_minutes: int = Field(default=60)
    template: str | None = Field(default=None, max_length=4000)
    notify_resolved: bool = Field(default=False)
    enabled: bool = Field(default=True)
    snoozed_until: datetime | None = timestamp_field(default_now=False)
    snooze_reason: str | None = Field(default=None, max_length=200)
    evaluated_until: datetime | None = timestamp_field(default_now=False)
    error: str | None = Field(default=None, max_length=500)
    notice: str | None = Field(default=None, max_length=500)
    noticed_at: datetime | None = timestamp_field(default_now=False)
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field()


class AlertMute(Row, table=True):
    """Something an account wants no alerts about, from one rule or from all, for a time or for good."""

    __tablename__ = "alert_mutes"
    __table_args__ = (
        UniqueConstraint("user_id", "entity_id", "rule_id", postgresql_nulls_not_distinct=True),
    )

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    rule_id: UUID | None = Field(default=None, foreign_key="alert_rules.id", index=True, ondelete="CASCADE")
    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
    until: datetime | None = timestamp_field(default_now=False)
    reason: str | None = Field(default=None, max_length=200)


class AlertRuleChannel(SQLModel, table=True):
    """A rule tells a channel."""

    __tablename__ = "alert_rule_channels"

    rule_id: UUID = Field(
        sa_column=Column(ForeignKey("alert_rules.id", ondelete="CASCADE"), primary_key=True)
    )
    channel_id: UUID = Field(
        sa_column=Column(ForeignKey("alert_channels.id", ondelete="CASCADE"), primary_key=True, index=True)
    )


class NotificationSettings(SQLModel, table=True):
    """When an account wants to be left alone, in its own time zone (IANA name)."""

    __tablename__ = "notification_settings"

    user_id: UUID = Field(sa_column=Column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True))
    time_zone: str = Field(default="UTC", max_length=64)
    quiet_from: time | None = Field(default=None)
    quiet_until: time | None = Field(default=None)
    weekly_digest: bool = Field(default=False)
    digest_week: date | None = Field(default=None)  # Monday of the last week that was written about
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field()


class AlertEntityState(Row, table=True):
    """A rule's state for one entity; `evaluated_at` is data time, `ticks` counts evaluations in it."""

    __tablename__ = "alert_states"
    __table_args__ = (UniqueConstraint("rule_id", "entity_id"),)

    rule_id: UUID = Field(foreign_key="alert_rules.id", ondelete="CASCADE")
    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
    state: AlertState = enum_field(AlertState)
    since: datetime = timestamp_field()
    evaluated_at: datetime = timestamp_field()
    ticks: int = Field(default=1)
    value: float = Field(default=0)
    expected: float | None = Field(default=None)
    details: dict[str, Any] = json_field(nullable=False)


class AlertEvent(Row, table=True):
    """A rule fired for an entity, or said that it is over. The same data time never counts twice."""

    __tablename__ = "alert_events"
    __table_args__ = (
        UniqueConstraint("rule_id", "entity_id", "state", "data_time"),
        Index("ix_alert_events_user", "user_id", "created_at", "id"),
        Index("ix_alert_events_entity", "rule_id", "entity_id", "created_at"),
    )

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    rule_id: UUID | None = Field(default=None, foreign_key="alert_rules.id", ondelete="SET NULL")
    rule_name: str = Field(max_length=120)
    kind: RuleKind = enum_field(RuleKind)
    state: EventState = enum_field(EventState, EventState.FIRING)
    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
    entity_name: str = Field(max_length=300)
    data_time: datetime = timestamp_field()
    facts: dict[str, Any] = json_field(nullable=False)
    suppression: Suppression | None = enum_field(Suppression, nullable=True)


class AlertDelivery(Row, table=True):
    """One message on one channel; its id is the message's id wherever it goes.

    Without a channel it goes to the account's own confirmed address. `message` is what was written the
    first time, so that a repetition says the same.
    """

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        UniqueConstraint("rule_id", "channel_id", "group_key"),
        Index("ix_alert_deliveries_user", "user_id", "created_at", "id"),
        Index(
            "ix_alert_deliveries_due",
            "next_attempt_at",
            postgresql_where=text("status IN ('pending', 'held', 'sending', 'retrying')"),
        ),
    )

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    channel_id: UUID | None = Field(
        default=None, foreign_key="alert_channels.id", index=True, ondelete="CASCADE"
    )
    rule_id: UUID | None = Field(default=None, foreign_key="alert_rules.id", ondelete="SET NULL")
    group_key: str | None = Field(default=None, max_length=64)
    kind: DeliveryKind = enum_field(DeliveryKind, DeliveryKind.ALERT)
    status: DeliveryStatus = enum_field(DeliveryStatus, DeliveryStatus.PENDING)
    message: dict[str, Any] | None = json_field()
    attempts: int = Field(default=0)
    next_attempt_at: datetime | None = timestamp_field(default_now=False)
    expires_at: datetime = timestamp_field()
    claim_id: UUID | None = Field(default=None)
    claimed_at: datetime | None = timestamp_field(default_now=False)
    delivered_at: datetime | None = timestamp_field(default_now=False)
    error: str | None = Field(default=None, max_length=500)


class AlertDeliveryItem(SQLModel, table=True):
    """An event on a channel: part of a message, or the reason why it is not."""

    __tablename__ = "alert_delivery_items"

    delivery_id: UUID = Field(
        sa_column=Column(ForeignKey("alert_deliveries.id", ondelete="CASCADE"), primary_key=True)
    )
    event_id: UUID = Field(
        sa_column=Column(ForeignKey("alert_events.id", ondelete="CASCADE"), primary_key=True, index=True)
    )
    suppression: Suppression | None = enum_field(Suppression, nullable=True)


class AlertAttempt(Row, table=True):
    """One try to hand a message over. Where the process died `outcome` stays null, or `leaving`."""

    __tablename__ = "alert_attempts"

    delivery_id: UUID = Field(foreign_key="alert_deliveries.id", index=True, ondelete="CASCADE")
    number: int
    outcome: str | None = Field(default=None, max_length=32)
    status_code: int | None = Field(default=None)
    latency_ms: int | None = Field(default=None)
    response: str | None = Field(default=None, max_length=1024)


class AlertSlot(Row, table=True):
    """One of the messages that a channel may get about an entity within an hour.

    `held` has no end while the message is on its way; once it arrived, it ends an hour later.
    """

    __tablename__ = "alert_slots"
    __table_args__ = (
        ExcludeConstraint(
            ("channel_id", "="),
            ("entity_id", "="),
            ("slot", "="),
            ("held", "&&"),
            using="gist",
            name=ONE_PER_SLOT,
        ),
    )

    channel_id: UUID = Field(foreign_key="alert_channels.id", ondelete="CASCADE")
    entity_id: UUID
    slot: int
    held: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    delivery_id: UUID = Field(foreign_key="alert_deliveries.id", index=True, ondelete="CASCADE")
