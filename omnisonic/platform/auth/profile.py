"""The caller's own account: name, and the browsers that are signed in."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.browser_sessions import revoke
from omnisonic.platform.auth.models import AuthSession, User
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.names import required_name

MAX_NAME_CHARS = 80
MAX_SIGN_INS = 50


def get_profile(session: Session, actor: Actor) -> User:
    """The caller's row; raises `NotFound` when the account is gone."""
    user = repository.find_user(session, actor.user_id)
    if user is None:
        raise NotFound("This account no longer exists.")
    return user


def is_admin_missing(session: Session) -> bool:
    """Whether this installation waits for its first admin."""
    return not repository.has_admin(session)


def rename(uow: UnitOfWork, actor: Actor, *, display_name: str) -> User:
    """Change the name that others see; raises `InvalidFields`."""
    name = required_name(" ".join(display_name.split()), field="displayName", max_chars=MAX_NAME_CHARS)
    user = get_profile(uow.session, actor)
    user.display_name, user.updated_at = name, utc_now()
    uow.session.add(user)
    return user


def list_sign_ins(session: Session, actor: Actor) -> list[AuthSession]:
    """The caller's signed-in browsers, last used first."""
    statement = (
        select(AuthSession)
        .where(
            AuthSession.user_id == actor.user_id,
            col(AuthSession.revoked_at).is_(None),
            col(AuthSession.expires_at) > utc_now(),
        )
        .order_by(col(AuthSession.last_seen_at).desc())
        .limit(MAX_SIGN_INS)
    )
    return list(session.exec(statement))


def end_sign_in(uow: UnitOfWork, actor: Actor, *, sign_in_id: UUID) -> None:
    """Sign one of the caller's browsers out; raises `NotFound` for anybody else's."""
    statement = select(AuthSession).where(AuthSession.id == sign_in_id, AuthSession.user_id == actor.user_id)
    row = uow.session.exec(statement).first()
    if row is None:
        raise NotFound("There is no such sign-in of yours.")
    revoke(uow, row.id)
    repository.record_audit(
        uow.session, "sign-in-ended", actor_id=actor.user_id, subject=f"sign-in:{sign_in_id}"
    )
