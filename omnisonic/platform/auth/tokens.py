"""API tokens: made once, shown once, limited by scopes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.authentication import allowed_scopes
from omnisonic.platform.auth.models import ApiToken
from omnisonic.platform.auth.secrets import TOKEN_PREFIX_CHARS, digest_secret, new_token_secret
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, FieldError, Forbidden, InvalidFields, NotFound
from omnisonic.platform.ids import utc_now

MAX_TOKENS = 50
MAX_TOKEN_NAME_CHARS = 80


def list_tokens(session: Session, actor: Actor) -> list[ApiToken]:
    """The caller's tokens, newest first; never their secrets."""
    return repository.list_tokens(session, actor.user_id, limit=MAX_TOKENS)


def create_token(
    uow: UnitOfWork, actor: Actor, *, name: str, scopes: set[Scope], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token of the caller and its secret, which is not kept.

    Raises `Forbidden` for a scope beyond the caller's role or when asked with a token, `InvalidFields` for
    no scope or a past expiry, `Conflict` at 50 tokens.
    """
    _check_request(actor, scopes, expires_at)
    if repository.count_tokens(uow.session, actor.user_id) >= MAX_TOKENS:
        raise Conflict(f"An account has at most {MAX_TOKENS} tokens. Revoke one that is no longer used.")
    secret = new_token_secret()
    token = ApiToken(
        user_id=actor.user_id,
        name=name,
        prefix=secret[:TOKEN_PREFIX_CHARS],
        secret_sha256=digest_secret(secret),
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    uow.session.add(token)
    repository.record_audit(
        uow.session,
        "token-created",
        actor_id=actor.user_id,
        subject=f"token:{token.id}",
        name=name,
        scopes=sorted(scopes),
    )
    return token, secret


def revoke_token(uow: UnitOfWork, actor: Actor, *, token_id: UUID) -> None:
    """End one of the caller's tokens. Raises `NotFound`."""
    _require_browser(actor)
    token = repository.find_own_token(uow.session, actor.user_id, token_id)
    if token is None:
        raise NotFound("You have no such token. It may be revoked already.")
    token.revoked_at = utc_now()
    repository.record_audit(
        uow.session, "token-revoked", actor_id=actor.user_id, subject=f"token:{token.id}", name=token.name
    )


def _require_browser(actor: Actor) -> None:
    if actor.scopes is not None:
        raise Forbidden("A token cannot make or revoke tokens. Sign in with a browser for that.")


def _check_request(actor: Actor, scopes: set[Scope], expires_at: datetime | None) -> None:
    _require_browser(actor)
    if not scopes:
        message = f"Choose at least one of: {', '.join(Scope)}."
        raise InvalidFields(errors=[FieldError("scopes", "empty", message)])
    beyond = scopes - allowed_scopes(actor.role)
    if beyond:
        raise Forbidden(f"The role {Role(actor.role)} does not allow the scope {', '.join(sorted(beyond))}.")
    if expires_at is not None and expires_at <= utc_now():
        raise InvalidFields(errors=[FieldError("expiresAt", "past", "Choose a time that is yet to come.")])
