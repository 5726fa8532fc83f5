"""Requests and answers about what is muted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from omnisonic.insight.alerts.schemas import Zoned
from omnisonic.insight.news import EntityType
from omnisonic.platform.schemas import ApiModel


class MuteDraft(ApiModel):
    """What to say nothing about: by one rule or by all, until a time or for good."""

    entity_type: EntityType
    entity_id: UUID
    rule_id: UUID | None = Field(default=None, description="Left out: every rule of yours.")
    until: Zoned | None = Field(default=None, description="At most a year ahead; left out: for good.")
    reason: str | None = Field(default=None, max_length=200)


class MuteView(ApiModel):
    """Something muted, with its name and page."""

    id: UUID
    entity_type: EntityType
    entity_id: UUID
    name: str
    path: str
    rule_id: UUID | None
    rule_name: str | None
    until: datetime | None
    reason: str | None
    created_at: datetime


class MuteAnswer(ApiModel):
    """One thing muted."""

    mute: MuteView


class MuteList(ApiModel):
    """A page of what is muted."""

    mutes: list[MuteView]
    next_cursor: str | None = None
