"""Presence without a socket, and tickets: for members of the session only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from redis.exceptions import RedisError
from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import Forbidden, ServiceUnavailable
from omnisonic.platform.events import publish_ephemeral, room_channel
from omnisonic.platform.redis import get_redis
from omnisonic.studio.rooms.admission import clean_name
from omnisonic.studio.rooms.presence import REST_CONNECTION, BlockingRoster, Entry
from omnisonic.studio.rooms.schemas import PresenceBeat, PresenceLeave, PresenceList, TicketAnswer
from omnisonic.studio.rooms.tickets import issue_ticket
from omnisonic.studio.sessions.service import get_session


def list_presence(session: Session, actor: Actor, *, room_id: UUID) -> PresenceList:
    """Who is in the room now; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=room_id)
    with _redis_needed():
        return PresenceList(members=BlockingRoster(get_redis()).list_present(str(room_id)))


def count_present(session: Session, actor: Actor, *, room_id: UUID) -> int:
    """How many people are in the room now; raises `NotFound` for strangers."""
    return len(list_presence(session, actor, room_id=room_id).members)


def enter(session: Session, actor: Actor, *, request: PresenceBeat) -> None:
    """Be present for `ttl_seconds`; raises `NotFound` for strangers, `Forbidden` for another's id."""
    get_session(session, actor, session_id=request.room_id)
    _require_own(actor, request.member_id)
    member_id = str(request.member_id)
    display_name = clean_name(request.display_name or "") or actor.display_name
    life_ms = request.ttl_seconds * 1000
    entry = Entry(member_id, REST_CONNECTION, display_name, life_ms, request.status)
    with _redis_needed():
        if BlockingRoster(get_redis()).beat(str(request.room_id), [entry]):
            _announce(request.room_id, "presence.join", member_id, display_name)


def leave(session: Session, actor: Actor, *, request: PresenceLeave) -> None:
    """Leave what `enter` entered, and end the grace of a closed socket; same refusals."""
    get_session(session, actor, session_id=request.room_id)
    _require_own(actor, request.member_id)
    with _redis_needed():
        pairs = [(str(request.member_id), REST_CONNECTION)]
        for gone in BlockingRoster(get_redis()).leave(str(request.room_id), pairs):
            _announce(request.room_id, "presence.leave", gone.member_id, gone.display_name)


def make_ticket(session: Session, actor: Actor, *, session_id: UUID, page_url: str) -> TicketAnswer:
    """A ticket for the session's room; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    with _redis_needed():
        return issue_ticket(actor, session_id=session_id, page_url=page_url)


def _announce(room_id: UUID, kind: str, member_id: str, display_name: str) -> None:
    data = {"memberId": member_id, "displayName": display_name}
    publish_ephemeral(room_channel(room_id), kind, data, actor=member_id)


def _require_own(actor: Actor, member_id: UUID) -> None:
    if member_id != actor.user_id:
        raise Forbidden("Send your own account's id as `memberId`.")


@contextmanager
def _redis_needed() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise ServiceUnavailable("The live rooms are not reachable. Try again in a moment.") from error
