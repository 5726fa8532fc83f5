"""Shapes of follows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from omnisonic.insight.news import EntityType
from omnisonic.platform.schemas import ApiModel


class FollowDraft(ApiModel):
    """What to follow."""

    entity_type: EntityType
    entity_id: UUID


class FollowView(ApiModel):
    """A follow with the name of its entity."""

    id: UUID
    entity_type: EntityType
    entity_id: UUID
    name: str
    created_at: datetime


class FollowAnswer(ApiModel):
    """One follow."""

    follow: FollowView


class FollowList(ApiModel):
    """Follows of the caller, newest first."""

    follows: list[FollowView]
    next_cursor: str | None
