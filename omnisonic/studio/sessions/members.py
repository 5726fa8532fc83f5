"""Who belongs to a session: invitations by link, joining, leaving."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, FieldError, Forbidden, InvalidFields, NotFound
from omnisonic.platform.events import room_channel
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import get_settings
from omnisonic.studio.sessions import repository
from omnisonic.studio.sessions.errors import InviteNotValid, SessionFull
from omnisonic.studio.sessions.models import MemberRole, SessionInvite, SessionMember
from omnisonic.studio.sessions.schemas import InviteCreate, InviteList, InviteView, MemberList, SessionView
from omnisonic.studio.sessions.service import get_session, view_session

INVITE_LIFE = timedelta(days=7)
INVITE_LIFE_MAX = timedelta(days=30)
MEMBERS_MAX = 50


def list_members(session: Session, actor: Actor, *, session_id: UUID) -> MemberList:
    """Everyone in the session; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    return MemberList(members=repository.list_members(session, session_id=session_id))


def create_invite(uow: UnitOfWork, actor: Actor, *, session_id: UUID, request: InviteCreate) -> InviteView:
    """A link that lets whoever holds it join; the secret is in the answer and nowhere else."""
    get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.OWNER)
    if request.role is MemberRole.OWNER:
        raise InvalidFields(errors=[FieldError("role", "enum", "Invite as editor or viewer.")])
    now = utc_now()
    expires_at = request.expires_at or now + INVITE_LIFE
    if expires_at.tzinfo is None or not now < expires_at <= now + INVITE_LIFE_MAX:
        message = f"Choose a time within the next {INVITE_LIFE_MAX.days} days, with its time zone."
        raise InvalidFields(errors=[FieldError("expiresAt", "range", message)])
    secret = secrets.token_urlsafe(24)
    invite = SessionInvite(
        session_id=session_id,
        invited_by=actor.user_id,
        role=request.role,
        secret_sha256=_digest(secret),
        expires_at=expires_at,
    )
    uow.session.add(invite)
    uow.session.flush()
    url = f"{get_settings().public_url}/join/{secret}"
    return InviteView(id=invite.id, role=invite.role, expires_at=invite.expires_at, url=url)


def list_invites(session: Session, actor: Actor, *, session_id: UUID) -> InviteList:
    """Invitations of the session that still work, without their secrets."""
    get_session(session, actor, session_id=session_id, at_least=MemberRole.OWNER)
    rows = repository.list_invites(session, session_id=session_id, now=utc_now())
    return InviteList(
        invites=[InviteView(id=row.id, role=row.role, expires_at=row.expires_at) for row in rows]
    )


def revoke_invite(uow: UnitOfWork, actor: Actor, *, session_id: UUID, invite_id: UUID) -> None:
    """Make a link stop working; raises `NotFound` for an invitation of another session."""
    get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.OWNER)
    invite = uow.session.get(SessionInvite, invite_id)
    if invite is None or invite.session_id != session_id:
        raise NotFound("There is no such invitation.")
    invite.revoked_at = invite.revoked_at or utc_now()


def accept_invite(uow: UnitOfWork, actor: Actor, *, secret: str) -> SessionView:
    """Join by link; someone who is already a member keeps their role. Raises `InviteNotValid`."""
    invite = repository.find_invite(uow.session, secret_sha256=_digest(secret), now=utc_now())
    if invite is None:
        raise InviteNotValid
    session_id = invite.session_id
    if repository.find_member(uow.session, session_id=session_id, user_id=actor.user_id) is None:
        if len(repository.list_members(uow.session, session_id=session_id)) >= MEMBERS_MAX:
            raise SessionFull(f"A session takes {MEMBERS_MAX} members.")
        uow.session.add(SessionMember(session_id=session_id, user_id=actor.user_id, role=invite.role))
        uow.session.flush()
        data = {"memberId": str(actor.user_id), "displayName": actor.display_name, "role": invite.role}
        uow.publish(room_channel(session_id), "member.added", data, actor=str(actor.user_id))
    return view_session(uow.session, actor, session_id=session_id)


def change_role(
    uow: UnitOfWork, actor: Actor, *, session_id: UUID, user_id: UUID, role: MemberRole
) -> MemberList:
    """Make a member editor or viewer; the owner stays the owner."""
    get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.OWNER, for_update=True)
    member = _other_member(uow.session, session_id=session_id, user_id=user_id)
    if role is MemberRole.OWNER:
        raise InvalidFields(errors=[FieldError("role", "enum", "Choose editor or viewer.")])
    member.role = role
    uow.session.flush()
    data = {"memberId": str(user_id), "role": role}
    uow.publish(room_channel(session_id), "member.changed", data, actor=str(actor.user_id))
    return MemberList(members=repository.list_members(uow.session, session_id=session_id))


def remove_member(uow: UnitOfWork, actor: Actor, *, session_id: UUID, user_id: UUID) -> None:
    """Take someone out, or leave for good; the owner cannot leave their own session."""
    _, role = get_session(uow.session, actor, session_id=session_id, for_update=True)
    if user_id != actor.user_id and role is not MemberRole.OWNER:
        raise Forbidden("Only the owner removes other members.")
    uow.session.delete(_other_member(uow.session, session_id=session_id, user_id=user_id))
    uow.publish(
        room_channel(session_id), "member.removed", {"memberId": str(user_id)}, actor=str(actor.user_id)
    )


def _other_member(session: Session, *, session_id: UUID, user_id: UUID) -> SessionMember:
    member = repository.find_member(session, session_id=session_id, user_id=user_id)
    if member is None:
        raise NotFound("This account is not a member of the session.")
    if member.role is MemberRole.OWNER:
        raise Conflict("The owner belongs to the session; remove the session instead.")
    return member


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
