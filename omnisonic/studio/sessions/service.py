"""What people do with sessions. A session that is not yours is answered as if it were not there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Forbidden, NotFound, VersionConflict
from omnisonic.platform.events import room_channel
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from omnisonic.studio.sessions import repository
from omnisonic.studio.sessions.errors import SessionRemoved
from omnisonic.studio.sessions.models import MemberRole, SessionMember, StudioSession
from omnisonic.studio.sessions.schemas import SessionCreate, SessionPage, SessionPatch, SessionView

DEFAULT_NAME = "Untitled session"
_RANK = {MemberRole.VIEWER: 0, MemberRole.EDITOR: 1, MemberRole.OWNER: 2}


def get_session(
    session: Session,
    actor: Actor,
    *,
    session_id: UUID,
    at_least: MemberRole = MemberRole.VIEWER,
    for_update: bool = False,
) -> tuple[StudioSession, MemberRole]:
    """The session and the caller's role.

    Raises `NotFound` for strangers, `SessionRemoved` for who was in it, `Forbidden` for weaker roles.
    """
    found = repository.find_session(
        session, user_id=actor.user_id, session_id=session_id, for_update=for_update
    )
    if found is None:
        raise _absence(session, actor, session_id)
    studio_session, role = found
    if _RANK[role] < _RANK[at_least]:
        raise Forbidden(f"This needs the role {at_least} in the session; you are {role}. Ask its owner.")
    return studio_session, role


def view_session(session: Session, actor: Actor, *, session_id: UUID) -> SessionView:
    """One session as the caller may see it; raises `NotFound`, `SessionRemoved` for who was in it."""
    view = repository.find_view(session, user_id=actor.user_id, session_id=session_id)
    if view is None:
        raise _absence(session, actor, session_id)
    return view


def list_sessions(session: Session, actor: Actor, *, page: Page) -> SessionPage:
    """The caller's sessions, newest first."""
    rows, cursor = repository.list_sessions(session, user_id=actor.user_id, page=page)
    return SessionPage(sessions=rows, next_cursor=cursor)


def search_sessions(session: Session, actor: Actor, *, query: str, limit: int) -> list[SessionView]:
    """The caller's sessions whose name holds the query, newest first."""
    return repository.search_views(session, user_id=actor.user_id, query=query, limit=limit)


def create_session(uow: UnitOfWork, actor: Actor, *, request: SessionCreate) -> SessionView:
    """Make a session that belongs to the caller."""
    studio_session = StudioSession(user_id=actor.user_id, name=request.name or DEFAULT_NAME)
    uow.session.add(studio_session)
    uow.session.flush()
    uow.session.add(SessionMember(session_id=studio_session.id, user_id=actor.user_id, role=MemberRole.OWNER))
    uow.session.flush()
    return view_session(uow.session, actor, session_id=studio_session.id)


def update_session(uow: UnitOfWork, actor: Actor, *, session_id: UUID, request: SessionPatch) -> SessionView:
    """Rename or set the master level; raises `VersionConflict` with the row as it is now."""
    studio_session, _ = get_session(
        uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR, for_update=True
    )
    if studio_session.version != request.version:
        current = view_session(uow.session, actor, session_id=session_id)
        raise VersionConflict(current=current.model_dump(mode="json"))
    changes = request.model_dump(by_alias=False, exclude={"version"}, exclude_none=True)
    for name, value in changes.items():
        setattr(studio_session, name, value)
    touch(uow, studio_session)
    _announce(uow, actor, studio_session)
    return view_session(uow.session, actor, session_id=session_id)


def delete_session(uow: UnitOfWork, actor: Actor, *, session_id: UUID) -> None:
    """Put the session away; `restore_session` brings it back."""
    studio_session, _ = get_session(
        uow.session, actor, session_id=session_id, at_least=MemberRole.OWNER, for_update=True
    )
    studio_session.deleted_at = utc_now()
    uow.publish(
        room_channel(session_id), "session.removed", {"id": str(session_id)}, actor=str(actor.user_id)
    )


def restore_session(uow: UnitOfWork, actor: Actor, *, session_id: UUID) -> SessionView:
    """Undo `delete_session`; raises `NotFound` when there is nothing of the caller's to bring back."""
    found = repository.find_session(
        uow.session, user_id=actor.user_id, session_id=session_id, for_update=True, deleted=True
    )
    if found is None or found[1] is not MemberRole.OWNER:
        raise NotFound("There is no removed session of yours with this id.")
    found[0].deleted_at = None
    uow.session.flush()
    return view_session(uow.session, actor, session_id=session_id)


def duplicate_session(uow: UnitOfWork, actor: Actor, *, session_id: UUID) -> SessionView:
    """A copy with the same takes and mix, owned by the caller."""
    original, _ = get_session(uow.session, actor, session_id=session_id)
    name = f"{original.name[:112]} (copy)"
    copy = create_session(uow, actor, request=SessionCreate(name=name))
    repository.copy_mix(uow.session, from_id=original.id, to_id=copy.id)
    uow.session.expire_all()
    return view_session(uow.session, actor, session_id=copy.id)


def touch(uow: UnitOfWork, studio_session: StudioSession) -> None:
    """Count a change of the session's own row."""
    studio_session.version += 1
    studio_session.updated_at = utc_now()
    uow.session.flush()


def _absence(session: Session, actor: Actor, session_id: UUID) -> NotFound:
    """Why the session is not there: who is told by a request hears the same as who is told in the room."""
    removed = repository.find_session(session, user_id=actor.user_id, session_id=session_id, deleted=True)
    if removed is None:
        return NotFound("There is no such session, or it has not been shared with you.")
    return SessionRemoved("Its owner removed it.")


def _announce(uow: UnitOfWork, actor: Actor, studio_session: StudioSession) -> None:
    data: dict[str, Any] = {
        "session": {
            "id": str(studio_session.id),
            "name": studio_session.name,
            "masterGainDb": studio_session.master_gain_db,
            "version": studio_session.version,
        }
    }
    uow.publish(room_channel(studio_session.id), "session.changed", data, actor=str(actor.user_id))
