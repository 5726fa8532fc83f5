"""Which artists, works and recordings an account follows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from omnisonic.insight.news import EntityType
from omnisonic.platform.orm import Row, enum_field


class Follow(Row, table=True):
    """An account follows an entity of the catalog; the id stays what it was when entities are merged."""

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("user_id", "entity_type", "entity_id", name="uq_follows_user_entity"),
        Index("ix_follows_entity", "entity_type", "entity_id"),
    )

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
