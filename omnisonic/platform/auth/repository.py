"""Every query on accounts, sessions of browsers and tokens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, text, update
from sqlmodel import Session, col, select

from omnisonic.platform.actor import Role
from omnisonic.platform.auth.models import Account, ApiToken, AuthSession, User, VerificationToken
from omnisonic.platform.models import AuditEntry
from omnisonic.platform.named_locks import take_lock

FIRST_ADMIN_LOCK = 0x0AD1


def find_user(session: Session, user_id: UUID) -> User | None:
    """The account of an id."""
    return session.get(User, user_id)


def find_user_by_email(session: Session, email: str) -> User | None:
    """The account of a case-folded address."""
    return session.exec(select(User).where(User.email == email)).one_or_none()


def names_of_users(session: Session, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """Display names by id."""
    rows = session.exec(select(User.id, User.display_name).where(col(User.id).in_(user_ids)))
    return dict(rows.all())


def has_admin(session: Session) -> bool:
    """Whether anyone can use the operators' pages."""
    query = select(User.id).where(User.role == Role.ADMIN, col(User.disabled_at).is_(None)).limit(1)
    return session.exec(query).first() is not None


def count_admins(session: Session) -> int:
    """How many accounts are admin and not disabled."""
    query = select(func.count()).where(User.role == Role.ADMIN, col(User.disabled_at).is_(None))
    return session.exec(query).one()


def lock_first_admin(session: Session) -> None:
    """Let only one transaction at a time decide who is the first admin, or whether the last one stays."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FIRST_ADMIN_LOCK})


def lock_name(session: Session, name: str) -> None:
    """Let only one transaction at a time make or link the account of an address or a provider's subject."""
    take_lock(session, name)


def find_account(session: Session, provider: str, subject: str) -> Account | None:
    """One way of signing in."""
    query = select(Account).where(Account.provider == provider, Account.subject == subject)
    return session.exec(query).one_or_none()


def list_providers_of(session: Session, user_id: UUID) -> list[str]:
    """Names of the providers an account can sign in with."""
    query = select(Account.provider).where(Account.user_id == user_id).order_by(Account.provider)
    return list(session.exec(query))


def find_live_session(
    session: Session, secret_sha256: str, *, now: datetime
) -> tuple[AuthSession, User] | None:
    """A browser's session that is neither revoked nor expired, with its account if that is not disabled."""
    query = (
        select(AuthSession, User)
        .join(User, col(User.id) == col(AuthSession.user_id))
        .where(
            AuthSession.secret_sha256 == secret_sha256,
            col(AuthSession.revoked_at).is_(None),
            AuthSession.expires_at > now,
            col(User.disabled_at).is_(None),
        )
    )
    return session.exec(query).one_or_none()


def revoke_session(session: Session, session_id: UUID, *, now: datetime) -> None:
    """End one browser's session."""
    session.execute(
        update(AuthSession)
        .where(col(AuthSession.id) == session_id, col(AuthSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def list_ended_sessions(session: Session, session_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Which of these browser sessions are revoked, expired or unknown."""
    query = select(AuthSession.id).where(
        col(AuthSession.id).in_(session_ids),
        col(AuthSession.revoked_at).is_(None),
        col(AuthSession.expires_at) > now,
    )
    alive: list[UUID] = list(session.exec(query))
    return set(session_ids).difference(alive)


def find_live_token(session: Session, secret_sha256: str, *, now: datetime) -> tuple[ApiToken, User] | None:
    """An API token that is neither revoked nor expired, with its account if that is not disabled."""
    query = (
        select(ApiToken, User)
        .join(User, col(User.id) == col(ApiToken.user_id))
        .where(
            ApiToken.secret_sha256 == secret_sha256,
            col(ApiToken.revoked_at).is_(None),
            or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now),
            col(User.disabled_at).is_(None),
        )
    )
    return session.exec(query).one_or_none()


def list_tokens(session: Session, user_id: UUID, *, limit: int) -> list[ApiToken]:
    """An account's tokens that are not revoked, newest first."""
    query = (
        select(ApiToken)
        .where(ApiToken.user_id == user_id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.id).desc())
        .limit(limit)
    )
    return list(session.exec(query))


def count_tokens(session: Session, user_id: UUID) -> int:
    """How many tokens an account has that are not revoked; locks the account's row for the count to hold."""
    session.exec(select(User.id).where(User.id == user_id).with_for_update()).one()
    query = select(func.count()).where(ApiToken.user_id == user_id, col(ApiToken.revoked_at).is_(None))
    return session.exec(query).one()


def find_own_token(session: Session, user_id: UUID, token_id: UUID) -> ApiToken | None:
    """One of an account's own tokens that is not revoked."""
    query = select(ApiToken).where(
        ApiToken.id == token_id, ApiToken.user_id == user_id, col(ApiToken.revoked_at).is_(None)
    )
    return session.exec(query).one_or_none()


def find_verification(
    session: Session, secret_sha256: str, *, purpose: str, now: datetime
) -> VerificationToken | None:
    """An unused secret that has not expired, locked so that it is used once."""
    query = (
        select(VerificationToken)
        .where(
            VerificationToken.secret_sha256 == secret_sha256,
            VerificationToken.purpose == purpose,
            col(VerificationToken.used_at).is_(None),
            VerificationToken.expires_at > now,
        )
        .with_for_update()
    )
    return session.exec(query).one_or_none()


def void_verifications(session: Session, *, purpose: str, user_id: UUID | None, now: datetime) -> None:
    """Mark the unused secrets of a purpose (and an account, if it is about one) as used."""
    owner = col(VerificationToken.user_id)
    session.execute(
        update(VerificationToken)
        .where(
            col(VerificationToken.purpose) == purpose,
            owner == user_id if user_id is not None else owner.is_(None),
            col(VerificationToken.used_at).is_(None),
        )
        .values(used_at=now)
    )


def record_audit(
    session: Session, action: str, *, actor_id: UUID | None, subject: str, **details: Any
) -> None:
    """Note for operators who changed which right; never pass a secret."""
    session.add(AuditEntry(action=action, actor_id=actor_id, subject=subject, details=details))
