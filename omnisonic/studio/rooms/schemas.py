"""JSON shapes of presence and tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from omnisonic.platform.schemas import ApiModel

PRESENCE_TTL_S = 30
PRESENCE_TTL_MAX_S = 300


class PresenceMember(ApiModel):
    """Someone who is in a room now."""

    member_id: str
    display_name: str
    status: str
    joined_at: datetime
    last_seen_at: datetime


class PresenceList(ApiModel):
    """Who is in the room, first come first."""

    members: list[PresenceMember]


class PresenceEntered(PresenceList):
    """The caller is in; the roster spares them another request."""

    ok: bool = True


class PresenceBeat(ApiModel):
    """Enter a room, or stay in it, without a socket."""

    room_id: UUID
    member_id: UUID
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    status: Annotated[str, StringConstraints(min_length=1, max_length=40)] = "online"
    ttl_seconds: int = Field(PRESENCE_TTL_S, ge=5, le=PRESENCE_TTL_MAX_S)


class PresenceLeave(ApiModel):
    """Leave a room entered without a socket."""

    room_id: UUID
    member_id: UUID


class TicketAnswer(ApiModel):
    """A key to the gateway: works once, for a minute."""

    ticket: str
    url: str
    expires_at: datetime
