"""Reading headers out of an ASGI scope."""

from __future__ import annotations

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """The last value of a header (lower-case name), or None."""
    found: str | None = None
    for key, value in scope["headers"]:
        if key == name:
            found = value.decode("latin-1")
    return found


def joined_header(scope: Scope, name: bytes, *, separator: str = ",") -> str | None:
    """All values of a header that may be repeated, as one (RFC 9110 §5.3), or None."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return separator.join(values) if values else None
