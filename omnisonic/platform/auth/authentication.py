"""From a cookie or a bearer token to an `Actor`. Every edge (REST, pages, sockets) asks here."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlmodel import Session, col

from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.models import ApiToken, AuthSession, User
from omnisonic.platform.auth.secrets import TOKEN_MARK, digest_secret
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import NotSignedIn
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import get_settings

SESSION_LIFETIME = timedelta(days=30)
TOUCH_INTERVAL = timedelta(minutes=5)  # between two notes of use; requests in between only read
MAX_CREDENTIAL_CHARS = 512
COOKIE_NAME = "omnisonic_session"

LEAST_ROLE: dict[Scope, Role] = {
    Scope.STUDIO: Role.MEMBER,
    Scope.INGEST: Role.MEMBER,
    Scope.GRAPH_READ: Role.MEMBER,
    Scope.GRAPH_WRITE: Role.MEMBER,
    Scope.ROYALTIES_READ: Role.MEMBER,
    Scope.ROYALTIES_WRITE: Role.MEMBER,
    Scope.INSIGHT_READ: Role.MEMBER,
    Scope.INSIGHT_WRITE: Role.MEMBER,
}
_RANK = {role: rank for rank, role in enumerate(Role)}


def is_https() -> bool:
    """Whether people reach us over https, so that cookies must be Secure."""
    return urlsplit(get_settings().public_url).scheme == "https"


def cookie_name() -> str:
    """Name of the session cookie; the `__Host-` prefix binds it to this host (RFC 6265bis §4.1.3.2)."""
    return f"__Host-{COOKIE_NAME}" if is_https() else COOKIE_NAME


def allowed_scopes(role: Role) -> frozenset[Scope]:
    """The scopes that a token of an account with this role may carry."""
    return frozenset(scope for scope, least in LEAST_ROLE.items() if _RANK[role] >= _RANK[least])


def authenticate(*, cookie_header: str | None, authorization: str | None) -> Actor | None:
    """Who is asking; None when no credential was sent. Blocking; looks at the primary, never a replica.

    A bearer token wins over a cookie. Raises `NotSignedIn` for a bearer token that is not (or no longer)
    valid, so that a program is told instead of being served as a stranger; a stale cookie is just nobody.
    """
    now = utc_now()
    with unit_of_work() as uow:
        if authorization is not None:
            found = _find_token(uow.session, authorization, now)
            if found is None:
                raise NotSignedIn("This token is unknown, expired or revoked. Create one under Settings.")
            _touch_token(uow.session, found[0], now)
            return _token_actor(*found)
        signed_in = _find_session(uow.session, cookie_header, now)
        if signed_in is None:
            return None
        _touch_session(uow.session, signed_in[0], now)
        return _browser_actor(*signed_in)


def find_actor_by_cookie_header(session: Session, cookie_header: str | None) -> Actor | None:
    """The account behind a `Cookie` header; reads only."""
    found = _find_session(session, cookie_header, utc_now())
    return _browser_actor(*found) if found else None


def find_actor_by_bearer(session: Session, authorization: str | None) -> Actor | None:
    """The account behind an `Authorization: Bearer omni_…` header; reads only."""
    found = _find_token(session, authorization, utc_now())
    return _token_actor(*found) if found else None


def read_cookie(cookie_header: str | None, name: str) -> str | None:
    """The first cookie of a name in a `Cookie` header, or None."""
    for part in (cookie_header or "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and 0 < len(value) <= MAX_CREDENTIAL_CHARS:
            return value
    return None


def _browser_actor(auth_session: AuthSession, user: User) -> Actor:
    return Actor(
        user_id=user.id,
        display_name=user.display_name,
        email=user.email,
        role=user.role,
        auth_session_id=auth_session.id,
    )


def _token_actor(token: ApiToken, user: User) -> Actor:
    granted = {scope for scope in Scope if scope in token.scopes}
    return Actor(
        user_id=user.id,
        display_name=user.display_name,
        email=user.email,
        role=user.role,
        scopes=frozenset(granted) & allowed_scopes(user.role),
    )


def _find_session(
    session: Session, cookie_header: str | None, now: datetime
) -> tuple[AuthSession, User] | None:
    secret = read_cookie(cookie_header, cookie_name())
    return repository.find_live_session(session, digest_secret(secret), now=now) if secret else None


def _find_token(session: Session, authorization: str | None, now: datetime) -> tuple[ApiToken, User] | None:
    secret = _bearer_secret(authorization)
    return repository.find_live_token(session, digest_secret(secret), now=now) if secret else None


def _touch_session(session: Session, auth_session: AuthSession, now: datetime) -> None:
    if auth_session.last_seen_at >= now - TOUCH_INTERVAL:
        return
    # A statement instead of the object's own update: whatever ended the session meanwhile stays.
    session.execute(
        update(AuthSession)
        .where(col(AuthSession.id) == auth_session.id)
        .values(last_seen_at=now, expires_at=now + SESSION_LIFETIME)
    )


def _touch_token(session: Session, token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or token.last_used_at < now - TOUCH_INTERVAL:
        session.execute(update(ApiToken).where(col(ApiToken.id) == token.id).values(last_used_at=now))


def _bearer_secret(authorization: str | None) -> str | None:
    scheme, _, secret = (authorization or "").strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret.startswith(TOKEN_MARK) or len(secret) > MAX_CREDENTIAL_CHARS:
        return None
    return secret
