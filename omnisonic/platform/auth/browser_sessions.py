"""Opening and ending the session of a browser."""

from __future__ import annotations

from uuid import UUID

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.authentication import SESSION_LIFETIME, cookie_name, read_cookie
from omnisonic.platform.auth.models import AuthSession, User
from omnisonic.platform.auth.secrets import digest_secret, new_secret
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now

MAX_USER_AGENT_CHARS = 255
SIGN_INS_CHANNEL = "sign-ins"  # tells processes that hold sockets whose browser was signed out


def open_session(
    uow: UnitOfWork,
    user: User,
    *,
    provider: str,
    user_agent: str | None = None,
    cookie_header: str | None = None,
) -> str:
    """Sign a browser in; returns the secret for its cookie. The session that it had before ends.

    Always a new secret, so that one planted before sign-in is worth nothing.
    """
    _end_previous(uow, cookie_header)
    secret = new_secret()
    now = utc_now()
    uow.session.add(
        AuthSession(
            user_id=user.id,
            secret_sha256=digest_secret(secret),
            expires_at=now + SESSION_LIFETIME,
            last_seen_at=now,
            user_agent=(user_agent or "")[:MAX_USER_AGENT_CHARS] or None,
        )
    )
    repository.record_audit(
        uow.session, "signed-in", actor_id=user.id, subject=f"user:{user.id}", provider=provider
    )
    return secret


def revoke(uow: UnitOfWork, session_id: UUID) -> None:
    """End a browser's session and tell whoever holds a socket of it."""
    repository.revoke_session(uow.session, session_id, now=utc_now())
    uow.publish(SIGN_INS_CHANNEL, "sign-in.ended", {"authSessionId": str(session_id)})


def end_session(uow: UnitOfWork, actor: Actor) -> None:
    """Sign the browser out that `actor` uses; nothing happens for a token."""
    if actor.auth_session_id is None:
        return
    revoke(uow, actor.auth_session_id)
    repository.record_audit(
        uow.session, "signed-out", actor_id=actor.user_id, subject=f"user:{actor.user_id}"
    )


def _end_previous(uow: UnitOfWork, cookie_header: str | None) -> None:
    secret = read_cookie(cookie_header, cookie_name())
    if secret is None:
        return
    found = repository.find_live_session(uow.session, digest_secret(secret), now=utc_now())
    if found is not None:
        revoke(uow, found[0].id)
