"""Who belongs to which room, read from the sessions' tables."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.platform.auth.models import User
from omnisonic.studio.sessions.models import MemberRole, SessionMember, StudioSession

Roles = dict[UUID, dict[UUID, MemberRole]]


def list_roles(session: Session, *, session_ids: Collection[UUID]) -> Roles:
    """Role by account for each of the sessions that exists; disabled accounts have none."""
    roles: Roles = {}
    statement = (
        select(StudioSession.id, SessionMember.user_id, SessionMember.role)
        .join(SessionMember, col(SessionMember.session_id) == col(StudioSession.id))
        .join(User, col(User.id) == col(SessionMember.user_id))
        .where(
            col(StudioSession.id).in_(session_ids),
            col(StudioSession.deleted_at).is_(None),
            col(User.disabled_at).is_(None),
        )
    )
    for session_id, user_id, role in session.exec(statement):
        roles.setdefault(session_id, {})[user_id] = MemberRole(role)
    return roles
