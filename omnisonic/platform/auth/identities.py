"""Which account a sign-in belongs to: the known one, one with the same confirmed address, or a new one."""

from __future__ import annotations

from dataclasses import dataclass

from omnisonic.platform.actor import Role
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.errors import (
    AccountDisabled,
    AccountNotLinked,
    AddressUnverified,
    ProviderUnknown,
    WrongCredentials,
)
from omnisonic.platform.auth.models import Account, User
from omnisonic.platform.auth.roles import change_role
from omnisonic.platform.auth.secrets import hash_password, is_password_right
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now
from omnisonic.platform.names import tidy_name
from omnisonic.platform.settings import get_settings

CREDENTIALS = "credentials"
MAX_NAME_CHARS = 80
MAX_AVATAR_CHARS = 500


@dataclass(frozen=True)
class Profile:
    """What a provider says about a person. `email` is normalized, `email_verified` is the provider's word."""

    provider: str
    subject: str
    email: str | None
    email_verified: bool
    display_name: str
    avatar_url: str | None = None


def are_credentials_enabled() -> bool:
    """Whether an address and a password are enough here; never in production."""
    settings = get_settings()
    return settings.auth_enable_credentials and not settings.is_production


def sign_in_profile(uow: UnitOfWork, profile: Profile) -> User:
    """The account of a provider's profile, made or linked when needed.

    An address that the provider has not verified opens nothing new: whoever typed it could otherwise
    take invitations meant for its owner. Raises `AddressUnverified`, `AccountNotLinked`, `AccountDisabled`.
    """
    repository.lock_name(uow.session, f"{profile.provider}:{profile.subject}")
    account = repository.find_account(uow.session, profile.provider, profile.subject)
    if account is None:
        return _sign_in_first_time(uow, profile)
    account.email, account.email_verified = profile.email, profile.email_verified
    user = _enabled(repository.find_user(uow.session, account.user_id))
    if profile.avatar_url and len(profile.avatar_url) <= MAX_AVATAR_CHARS:
        user.avatar_url = profile.avatar_url
    _make_admin_if_named(uow, user, is_new=False)
    return user


def sign_in_credentials(uow: UnitOfWork, *, email: str, password: str) -> User:
    """The account of an address and a password; the first sign-in with an address makes it.

    For development: raises `ProviderUnknown` unless AUTH_ENABLE_CREDENTIALS is set, and always in
    production. Also `WrongCredentials`, `AccountNotLinked`, `AccountDisabled`.
    """
    if not are_credentials_enabled():
        raise ProviderUnknown
    repository.lock_name(uow.session, email)
    account = repository.find_account(uow.session, CREDENTIALS, email)
    if account is not None:
        if not is_password_right(password, account.password_hash or ""):
            raise WrongCredentials
        user = _enabled(repository.find_user(uow.session, account.user_id))
        _make_admin_if_named(uow, user, is_new=False)
        return user
    if repository.find_user_by_email(uow.session, email) is not None:
        raise AccountNotLinked
    user = _add_user(uow, email=email, display_name=email.partition("@")[0], is_verified=False)
    uow.session.add(
        Account(
            user_id=user.id,
            provider=CREDENTIALS,
            subject=email,
            email=email,
            password_hash=hash_password(password),
        )
    )
    _make_admin_if_named(uow, user, is_new=True)
    return user


def _sign_in_first_time(uow: UnitOfWork, profile: Profile) -> User:
    if profile.email is None or not profile.email_verified:
        raise AddressUnverified
    repository.lock_name(uow.session, profile.email)
    user = repository.find_user_by_email(uow.session, profile.email)
    is_new = user is None
    if user is None:
        user = _add_user(uow, email=profile.email, display_name=profile.display_name, is_verified=True)
        user.avatar_url = profile.avatar_url
    elif user.email_verified_at is None:
        raise AccountNotLinked
    _enabled(user)
    uow.session.add(
        Account(
            user_id=user.id,
            provider=profile.provider,
            subject=profile.subject,
            email=profile.email,
            email_verified=True,
        )
    )
    if not is_new:
        repository.record_audit(
            uow.session,
            "account-linked",
            actor_id=user.id,
            subject=f"user:{user.id}",
            provider=profile.provider,
        )
    _make_admin_if_named(uow, user, is_new=is_new)
    return user


def _add_user(uow: UnitOfWork, *, email: str, display_name: str, is_verified: bool) -> User:
    known_as = (display_name, email.partition("@")[0], "Someone")
    name = next(filter(None, (tidy_name(text, max_chars=MAX_NAME_CHARS) for text in known_as)))
    user = User(email=email, display_name=name, email_verified_at=utc_now() if is_verified else None)
    uow.session.add(user)
    uow.session.flush()
    return user


def _enabled(user: User | None) -> User:
    if user is None or user.disabled_at is not None:
        raise AccountDisabled
    return user


def _make_admin_if_named(uow: UnitOfWork, user: User, *, is_new: bool) -> None:
    """ADMIN_EMAILS counts at the first sign-in, and later only while there is no admin at all."""
    named = {address.casefold() for address in get_settings().admin_emails}
    is_trusted = user.email_verified_at is not None or not get_settings().is_production
    if user.email not in named or user.role is Role.ADMIN or not is_trusted:
        return
    if is_new or not repository.has_admin(uow.session):
        change_role(uow, user, Role.ADMIN, by=None, reason="ADMIN_EMAILS")
