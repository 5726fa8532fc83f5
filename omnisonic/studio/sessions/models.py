"""Tables of sessions and of who belongs to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from omnisonic.platform.orm import Row, enum_field, timestamp_field


class MemberRole(StrEnum):
    """What a member may do in a session, weakest first."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"


class StudioSession(Row, table=True):
    """A room with takes in it. `version` grows with every change of the row."""

    __tablename__ = "studio_sessions"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=120)
    master_gain_db: float = Field(default=0.0)
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field(index=True)
    deleted_at: datetime | None = timestamp_field(default_now=False)


class SessionMember(Row, table=True):
    """One account's place in one session."""

    __tablename__ = "session_members"
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    session_id: UUID = Field(foreign_key="studio_sessions.id", index=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    role: MemberRole = enum_field(MemberRole)


class SessionInvite(Row, table=True):
    """A link that lets whoever holds it join once signed in; only its digest is stored."""

    __tablename__ = "session_invites"

    session_id: UUID = Field(foreign_key="studio_sessions.id", index=True, ondelete="CASCADE")
    invited_by: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    role: MemberRole = enum_field(MemberRole, MemberRole.EDITOR)
    email: str | None = Field(default=None, max_length=254)
    secret_sha256: str = Field(max_length=64, unique=True)
    expires_at: datetime = timestamp_field()
    revoked_at: datetime | None = timestamp_field(default_now=False)
