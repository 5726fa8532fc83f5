"""The error tree. Every refusal has a slug, a title, an HTTP status and a sentence on what to do.

REST renders these as RFC 9457 problem details (`problems.py`), jobs store them on their row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong field: where, a stable code, and a sentence for people."""

    field: str
    code: str
    message: str


class OmnisonicError(Exception):
    """Root of all expected refusals. `detail` is safe to show."""

    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    status: ClassVar[int] = 500
    advice: ClassVar[str] = "Try again; if it stays, tell the operator the reference shown with the error."

    def __init__(
        self,
        detail: str = "",
        *,
        errors: list[FieldError] | None = None,
        current: Any = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.advice
        self.errors = errors or []
        self.current = current
        self.retry_after_s = retry_after_s


class Malformed(OmnisonicError):
    """The request could not be read at all."""

    slug, title, status = "malformed", "The request could not be read", 400
    advice = "Check the body against the API description at /docs."


class NotSignedIn(OmnisonicError):
    """No session cookie and no token, or neither is valid."""

    slug, title, status = "not-signed-in", "Please sign in", 401
    advice = "Sign in, or send an API token as `Authorization: Bearer …`."


class Forbidden(OmnisonicError):
    """The caller may see the thing but not do this with it."""

    slug, title, status = "forbidden", "Your role does not allow this", 403
    advice = "Ask the owner, or an admin, for the role that the message names."


class OriginRefused(OmnisonicError):
    """An unsafe request with a cookie came from another site (or would not say from where)."""

    slug, title, status = "origin-refused", "This request came from another site", 403
    advice = "Open the page on its own address; programs use an API token instead of the cookie."


class NotFound(OmnisonicError):
    """Missing, or not the caller's to see: the answer is the same."""

    slug, title, status = "not-found", "There is nothing here", 404
    advice = "It was removed, or it belongs to someone who has not shared it with you."


class MethodNotAllowed(OmnisonicError):
    """The path exists, the method does not."""

    slug, title, status = "method-not-allowed", "This address does not take that method", 405
    advice = "The `Allow` header lists the methods; the API description is at /docs."


class Conflict(OmnisonicError):
    """The thing is in a state that does not allow this."""

    slug, title, status = "conflict", "This does not fit the present state", 409
    advice = "Reload to see the present state, then try again."


class VersionConflict(Conflict):
    """Someone changed the row since the caller read it; `current` carries the row as it is."""

    slug, title = "version-conflict", "Someone changed this before you"
    advice = "Take the current row from `current`, apply your change to it and send its version."


class IdempotencyConflict(Conflict):
    """The same Idempotency-Key came with another body."""

    slug, title = "idempotency-conflict", "This key was used for another request"
    advice = "Send a new Idempotency-Key for a new request."


class AlreadyThere(Conflict):
    """Someone else made the same thing at the same moment."""

    slug, title = "already-there", "This exists already"
    advice = "Reload to see it; send the request again only if it is not yours."


class TooLarge(OmnisonicError):
    """The body is larger than the limit."""

    slug, title, status = "too-large", "This is too large", 413
    advice = "Send less; audio becomes about half as large as FLAC without losing anything."


class UnsupportedType(OmnisonicError):
    """The content is of a kind that is not taken here."""

    slug, title, status = "unsupported-type", "This kind of file is not taken here", 415
    advice = "Send WAV, FLAC, MP3, AAC/M4A, Ogg or AIFF audio."


class InvalidFields(OmnisonicError):
    """Readable, but one or more fields are out of bounds."""

    slug, title, status = "invalid-fields", "Some fields need another value", 422
    advice = "Each entry of `errors` names a field and what it accepts."


class TooManyRequests(OmnisonicError):
    """The caller is over a limit; `Retry-After` says when to come back."""

    slug, title, status = "too-many-requests", "That was too fast", 429
    advice = "Wait for the seconds given in Retry-After."


class ServiceUnavailable(OmnisonicError):
    """A server that this needs is down."""

    slug, title, status = "service-unavailable", "A part of Omnisonic is not reachable", 503
    advice = "Nothing was lost. Try again in a moment."


class OutcomeUnknown(ServiceUnavailable):
    """The connection was lost while the change was being committed."""

    slug, title = "outcome-unknown", "It is not known whether this was saved"
    advice = (
        "It may have been saved although the answer was lost. Look before you do it again, or repeat the "
        "request with the same Idempotency-Key: that never does it twice."
    )


class Busy(ServiceUnavailable):
    """A server answers, but could not do this in time or had to prefer another request."""

    slug, title = "busy", "Too much happened at once"
    advice = "Nothing was changed. Try again after the seconds given in Retry-After."


def error_catalog() -> dict[str, type[OmnisonicError]]:
    """Every error by slug, for `/problems/<slug>` pages and the documentation test."""
    found: dict[str, type[OmnisonicError]] = {}
    pending: list[type[OmnisonicError]] = [OmnisonicError]
    while pending:
        kind = pending.pop()
        found.setdefault(kind.slug, kind)
        pending.extend(kind.__subclasses__())
    return dict(sorted(found.items()))
