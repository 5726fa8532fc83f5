"""Roles of accounts, and how the first admin comes to be."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.auth.errors import CodeNotValid
from omnisonic.platform.auth.models import User, VerificationToken
from omnisonic.platform.auth.secrets import digest_secret
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.errors import Conflict, NotFound, ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

SETUP_PURPOSE = "setup-code"
SETUP_LIFETIME = timedelta(days=1)
SETUP_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # nothing that looks like something else
SETUP_GROUPS = 4
SETUP_GROUP_CHARS = 4  # 4 x 4 characters of 30: 78 bits

log = get_logger(__name__)


def grant_role(uow: UnitOfWork, actor: Actor | None, *, email: str, role: Role) -> User:
    """Give an account a role. `actor` is None for the operator at the command line.

    Raises `NotFound` for an address that never signed in, `Conflict` when no admin would be left.
    """
    if actor is not None:
        actor.require_role(Role.ADMIN)
    user = repository.find_user_by_email(uow.session, normalize_address(email))
    if user is None:
        raise NotFound(f"Nobody has signed in with {email} yet. They sign in once, then you can give a role.")
    change_role(uow, user, role, by=actor.user_id if actor else None, reason="granted")
    return user


def change_role(uow: UnitOfWork, user: User, role: Role, *, by: UUID | None, reason: str) -> None:
    """Set a role and write it to the audit log; the last admin stays."""
    repository.lock_first_admin(uow.session)
    uow.session.flush()
    uow.session.refresh(user)  # as it is now that the lock is held
    if user.role is role:
        return
    if user.role is Role.ADMIN and repository.count_admins(uow.session) <= 1:
        raise Conflict("This is the only admin. Make another account admin first.")
    before = user.role
    user.role, user.updated_at = role, utc_now()
    repository.record_audit(
        uow.session,
        "role-changed",
        actor_id=by,
        subject=f"user:{user.id}",
        before=before,
        after=role,
        reason=reason,
    )


def announce_setup_code() -> str | None:
    """Print a one-time code in the log while there is no admin; returns it. Call once at the start.

    Every start makes its own; all of them lose their worth once there is an admin, or after a day. A
    database that cannot answer yet must not keep the web process from starting: then there is no code.
    """
    code = _new_code()
    try:
        with unit_of_work() as uow:
            if repository.has_admin(uow.session):
                return None
            row = VerificationToken(
                purpose=SETUP_PURPOSE,
                email="",
                secret_sha256=digest_secret(_plain(code)),
                expires_at=utc_now() + SETUP_LIFETIME,
            )
            uow.session.add(row)
    except (ServiceUnavailable, SQLAlchemyError) as error:
        log.warning("setup_code_not_made", error=type(error).__name__)
        return None
    log.warning("no_admin_yet", setup_code=code, advice="Sign in, open /settings and enter this code.")
    return code


def redeem_setup_code(uow: UnitOfWork, actor: Actor, *, code: str) -> User:
    """Make the caller admin; only while there is none. Raises `CodeNotValid`."""
    repository.lock_first_admin(uow.session)
    now = utc_now()
    found = repository.find_verification(
        uow.session, digest_secret(_plain(code)), purpose=SETUP_PURPOSE, now=now
    )
    user = repository.find_user(uow.session, actor.user_id)
    if found is None or user is None or repository.has_admin(uow.session):
        raise CodeNotValid
    repository.void_verifications(uow.session, purpose=SETUP_PURPOSE, user_id=None, now=now)
    change_role(uow, user, Role.ADMIN, by=user.id, reason="setup code")
    return user


def _new_code() -> str:
    groups = (
        "".join(secrets.choice(SETUP_ALPHABET) for _ in range(SETUP_GROUP_CHARS)) for _ in range(SETUP_GROUPS)
    )
    return "-".join(groups)


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()
