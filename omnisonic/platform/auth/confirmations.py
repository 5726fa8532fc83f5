"""Confirming a mail address with a link that works once, for a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.errors import CodeNotValid, MailUnavailable
from omnisonic.platform.auth.jobs import SEND_CONFIRMATION
from omnisonic.platform.auth.models import User, VerificationToken
from omnisonic.platform.auth.secrets import digest_secret, new_secret
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.mail import Mail
from omnisonic.platform.settings import get_settings

PURPOSE = "confirm-address"
LIFETIME = timedelta(hours=24)

TEXT = """Hello {name},

please confirm that {email} is your address at Omnisonic:

{link}

The link works once, until {until} UTC. If you did not ask for this, ignore this mail: nothing changes.
"""


def request_confirmation(uow: UnitOfWork, actor: Actor) -> None:
    """Send the caller a link; earlier ones stop working.

    Raises `Conflict` when the address is confirmed already, `MailUnavailable` without a mail server.
    """
    user = repository.find_user(uow.session, actor.user_id)
    if user is None:
        raise NotFound
    if user.email_verified_at is not None:
        raise Conflict(f"{user.email} is confirmed already.")
    if not get_settings().smtp_host:
        raise MailUnavailable
    now = utc_now()
    repository.void_verifications(uow.session, purpose=PURPOSE, user_id=user.id, now=now)
    # The secret is made by the job that sends it, because a job's payload is ids only.
    row = VerificationToken(
        user_id=user.id,
        purpose=PURPOSE,
        email=user.email,
        secret_sha256=digest_secret(new_secret()),
        expires_at=now + LIFETIME,
    )
    uow.session.add(row)
    uow.enqueue(SEND_CONFIRMATION, verification_id=str(row.id))


def write_confirmation_mail(uow: UnitOfWork, *, verification_id: UUID) -> Mail | None:
    """The mail of a request, with a fresh secret; None when it is used, expired or gone."""
    row = uow.session.get(VerificationToken, verification_id, with_for_update=True)
    if row is None or row.user_id is None or row.used_at is not None or row.expires_at <= utc_now():
        return None
    user = repository.find_user(uow.session, row.user_id)
    if user is None or user.email_verified_at is not None:
        return None
    secret = new_secret()
    row.secret_sha256 = digest_secret(secret)
    link = f"{get_settings().public_url}/confirm?token={secret}"
    text = TEXT.format(
        name=user.display_name, email=row.email, link=link, until=f"{row.expires_at:%Y-%m-%d %H:%M}"
    )
    return Mail(to=row.email, subject="Confirm your address", text=text)


def confirm_address(uow: UnitOfWork, *, secret: str) -> User:
    """Mark the address of a link as confirmed. The secret alone is enough: mail opens in any browser.

    Raises `CodeNotValid`, also when the account has another address by now.
    """
    now = utc_now()
    row = repository.find_verification(uow.session, digest_secret(secret), purpose=PURPOSE, now=now)
    user = repository.find_user(uow.session, row.user_id) if row and row.user_id else None
    if row is None or user is None or user.email != row.email or user.disabled_at is not None:
        raise CodeNotValid
    row.used_at = now
    user.email_verified_at = user.email_verified_at or now
    user.updated_at = now
    repository.record_audit(uow.session, "address-confirmed", actor_id=user.id, subject=f"user:{user.id}")
    return user
