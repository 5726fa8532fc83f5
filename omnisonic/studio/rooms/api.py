"""REST of rooms: presence without a socket, and tickets for the gateway."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from omnisonic.platform.auth.http import StudioActor
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.schemas import Ok
from omnisonic.platform.settings import get_settings
from omnisonic.studio.rooms import service
from omnisonic.studio.rooms.schemas import (
    PresenceBeat,
    PresenceEntered,
    PresenceLeave,
    PresenceList,
    TicketAnswer,
)

router = APIRouter(tags=["rooms"])

RoomId = Annotated[UUID, Query(alias="roomId", description="Id of the session.")]


@router.get("/api/presence", operation_id="list_presence")
def list_presence(actor: StudioActor, room_id: RoomId) -> PresenceList:
    """Who is in the room now."""
    with read_session() as session:
        return service.list_presence(session, actor, room_id=room_id)


@router.post("/api/presence", operation_id="enter_presence")
def enter_presence(actor: StudioActor, request: PresenceBeat) -> PresenceEntered:
    """Be present without a socket for `ttlSeconds`; repeat to stay."""
    with read_session() as session:
        service.enter(session, actor, request=request)
        present = service.list_presence(session, actor, room_id=request.room_id)
    return PresenceEntered(members=present.members)


@router.delete("/api/presence", operation_id="leave_presence")
def leave_presence(
    actor: StudioActor,
    request: PresenceLeave | None = None,
    room_id: Annotated[UUID | None, Query(alias="roomId")] = None,
    member_id: Annotated[UUID | None, Query(alias="memberId")] = None,
) -> Ok:
    """Leave at once. Takes the ids as a body or, for clients whose DELETE has none, in the query."""
    if request is None:
        if room_id is None or member_id is None:
            raise InvalidFields(errors=[FieldError("roomId", "missing", "Send `roomId` and `memberId`.")])
        request = PresenceLeave(room_id=room_id, member_id=member_id)
    with read_session() as session:
        service.leave(session, actor, request=request)
    return Ok()


@router.post("/api/sessions/{session_id}/ticket", status_code=201, operation_id="create_ticket")
def create_ticket(actor: StudioActor, session_id: UUID, request: Request) -> TicketAnswer:
    """A key to the session's room: works once, for a minute."""
    with read_session() as session:
        return service.make_ticket(session, actor, session_id=session_id, page_url=_page_url(request))


def _page_url(request: Request) -> str:
    # Behind a proxy that ends TLS the request itself looks like plain http.
    is_https = request.url.scheme == "https" or get_settings().public_url.startswith("https://")
    return f"{'https' if is_https else 'http'}://{request.url.netloc}"
