"""Shapes of sessions, members and invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from omnisonic.platform.names import HumanName
from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.sessions.models import MemberRole

NAME_MAX = 120
MASTER_GAIN_MIN_DB, MASTER_GAIN_MAX_DB = -60.0, 12.0


class SessionView(ApiModel):
    """A session as the caller may see it."""

    id: UUID
    name: str
    user_id: UUID
    owner_name: str
    role: MemberRole
    track_count: int
    member_count: int
    master_gain_db: float
    version: int
    created_at: datetime
    updated_at: datetime


class SessionAnswer(ApiModel):
    """One session."""

    session: SessionView


class SessionPage(ApiModel):
    """Sessions, newest first."""

    sessions: list[SessionView]
    next_cursor: str | None = None


class SessionCreate(ApiModel):
    """A new session; without a name it gets one."""

    name: Annotated[str, HumanName(NAME_MAX)] | None = None


class SessionPatch(ApiModel):
    """Changes to a session; `version` is the one the caller has seen."""

    version: int = Field(ge=1)
    name: Annotated[str, HumanName(NAME_MAX)] | None = None
    master_gain_db: float | None = Field(None, ge=MASTER_GAIN_MIN_DB, le=MASTER_GAIN_MAX_DB)


class MemberView(ApiModel):
    """Someone who belongs to a session."""

    user_id: UUID
    display_name: str
    avatar_url: str | None
    role: MemberRole
    joined_at: datetime


class MemberList(ApiModel):
    """Everyone in a session, owner first."""

    members: list[MemberView]


class InviteCreate(ApiModel):
    """Who the link is for and how long it works (at most 30 days, 7 by default)."""

    role: MemberRole = MemberRole.EDITOR
    expires_at: datetime | None = None


class InviteView(ApiModel):
    """An invitation; `url` holds the secret and is shown only in the answer that made it."""

    id: UUID
    role: MemberRole
    expires_at: datetime
    url: str | None = None


class InviteAnswer(ApiModel):
    """One invitation."""

    invite: InviteView


class InviteList(ApiModel):
    """Invitations that still work."""

    invites: list[InviteView]
