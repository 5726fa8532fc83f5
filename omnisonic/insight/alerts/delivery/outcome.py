"""What one try to hand a message over came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

RESPONSE_MAX_CHARS = 1000


class Outcome(StrEnum):
    """What happens next depends on this alone."""

    DELIVERED = "delivered"
    TRY_AGAIN = "try_again"
    REFUSED = "refused"  # the same message would be refused again
    GONE = "gone"  # the receiver wants nothing more, ever
    UNKNOWN = "unknown"  # it left, and may have arrived; a second one would be a second message
    LEAVING = "leaving"  # about to leave; it stays so where the process died then


@dataclass(frozen=True)
class Sent:
    """A try. `response` is the first part of what the other side said, or what went wrong."""

    outcome: Outcome
    response: str = ""
    status_code: int | None = None
    retry_after_s: int | None = None


def excerpt(body: bytes | str) -> str:
    """At most 1,000 printable characters of an answer."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    return "".join(one if one.isprintable() or one == "\n" else "�" for one in text[:RESPONSE_MAX_CHARS])
