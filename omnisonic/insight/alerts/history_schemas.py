"""Answers about what fired and what became of the messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from omnisonic.insight.alerts.models import (
    ChannelType,
    DeliveryKind,
    DeliveryStatus,
    EventState,
    RuleKind,
    Suppression,
)
from omnisonic.insight.news import EntityType
from omnisonic.platform.schemas import ApiModel


class AttemptView(ApiModel):
    """One try; without an outcome, or with `leaving`, the process died meanwhile."""

    number: int
    outcome: str | None
    status_code: int | None
    latency_ms: int | None
    response: str | None
    created_at: datetime


class DeliveryView(ApiModel):
    """A message on a channel. `suppression` is about the event it is listed with."""

    id: UUID
    channel_id: UUID | None
    channel_name: str | None
    channel_type: ChannelType | None
    kind: DeliveryKind
    status: DeliveryStatus
    suppression: Suppression | None = None
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    error: str | None
    created_at: datetime


class EventView(ApiModel):
    """A rule fired for an entity, with its messages."""

    id: UUID
    rule_id: UUID | None
    rule_name: str
    kind: RuleKind
    state: EventState
    entity_type: EntityType
    entity_id: UUID
    entity_name: str
    data_time: datetime
    facts: dict[str, Any]
    suppression: Suppression | None
    created_at: datetime
    deliveries: list[DeliveryView] = Field(default_factory=list)


class EventList(ApiModel):
    """A page of events, newest first."""

    events: list[EventView]
    next_cursor: str | None = None


class DeliveryAnswer(ApiModel):
    """A message with each try."""

    delivery: DeliveryView
    tries: list[AttemptView] = Field(default_factory=list)


class DeliveryList(ApiModel):
    """A page of messages, newest first: alerts, tests, notices and digests."""

    deliveries: list[DeliveryView]
    next_cursor: str | None = None
