"""Refusals of sign-in. Their slugs travel to `/signin?error=…`; the page shows `explain_sign_in_error`."""

from __future__ import annotations

from omnisonic.platform.errors import OmnisonicError


class SignInError(OmnisonicError):
    """Root of what can go wrong between the sign-in page and a session."""

    slug, title, status = "sign-in-failed", "Sign-in did not work", 400
    advice = "Start again from the sign-in page."


class SignInDenied(SignInError):
    """The person, or the provider, said no."""

    slug, title, status = "sign-in-denied", "Access was not granted", 403
    advice = "You declined at the provider. Sign in again and allow access to your address."


class SignInExpired(SignInError):
    """The answer belongs to no sign-in of this browser: too old, used before, or started elsewhere."""

    slug, title = "sign-in-expired", "This sign-in has expired"
    advice = "It took longer than ten minutes, was used before, or began in another browser. Start again."


class ProviderFailed(SignInError):
    """The provider's answer could not be fetched or verified."""

    slug, title, status = "provider-failed", "The provider's answer could not be verified", 502
    advice = "The provider is not reachable or answered wrongly. Try again, or use another way to sign in."


class SignInUnavailable(SignInError):
    """Redis, which remembers attempts and counts them, is away."""

    slug, title, status = "sign-in-unavailable", "Sign-in is not possible right now", 503
    advice = "A part of this installation is not reachable. Try again in a moment."


class ProviderUnknown(SignInError):
    """No such provider is set up here."""

    slug, title, status = "provider-unknown", "This way to sign in is not set up here", 404
    advice = "Use one of the ways shown on the sign-in page."


class AddressUnverified(SignInError):
    """The provider does not vouch for an address."""

    slug, title, status = "address-unverified", "Your address is not confirmed at the provider", 403
    advice = "Confirm your mail address there, then sign in again."


class AccountNotLinked(SignInError):
    """Another account has the address, and not both sides have confirmed it."""

    slug, title, status = "account-not-linked", "An account with this address exists already", 409
    advice = (
        "Sign in the way you did before. Ways to sign in are joined only when the address is confirmed "
        "on both sides: confirm it under Settings first."
    )


class AccountDisabled(SignInError):
    """An operator has closed the account."""

    slug, title, status = "account-disabled", "This account is disabled", 403
    advice = "Ask an admin of this installation."


class WrongCredentials(SignInError):
    """The password does not belong to the address."""

    slug, title, status = "wrong-credentials", "The address and the password do not match", 401
    advice = "Check both and try again."


class CodeNotValid(OmnisonicError):
    """A code or a link sent by mail is unknown, used, or too old."""

    slug, title, status = "code-not-valid", "This code or link is not valid any more", 410
    advice = "Each can be used once, for a day. Ask for a new one."


class MailUnavailable(OmnisonicError):
    """No mail server is set up."""

    slug, title, status = "mail-unavailable", "This installation sends no mail", 503
    advice = "The operator has to set SMTP_HOST first."


def explain_sign_in_error(slug: str) -> tuple[str, str] | None:
    """Title and advice for the `error` of the sign-in page; None for a slug that is not of sign-in."""
    kinds: list[type[SignInError]] = [SignInError, *SignInError.__subclasses__()]
    return next(((kind.title, kind.advice) for kind in kinds if kind.slug == slug), None)
