"""When a message is tried again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

KEPT_TRYING = timedelta(hours=24)  # an alert of yesterday is news to nobody
# After the first, second, … failure; Standard Webhooks' schedule, cut off at a day.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=8),
)
JITTER = 0.1
RETRY_AFTER_MAX = timedelta(hours=6)  # one wrong header must not park a channel for a year


def next_attempt_at(
    now: datetime, *, attempts: int, expires_at: datetime, retry_after_s: int | None = None, luck: float = 0.5
) -> datetime | None:
    """When to try again after `attempts` failures (1 or more); None when that would be too late.

    `luck` in [0, 1) spreads receivers that failed together; `retry_after_s` is what the receiver asked for.
    """
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    wait *= 1 + JITTER * (2 * luck - 1)
    if retry_after_s is not None:
        wait = max(wait, min(timedelta(seconds=retry_after_s), RETRY_AFTER_MAX))
    due = now + wait
    return due if due < expires_at else None


def parse_retry_after(value: str | None, *, now: datetime) -> int | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3), a number or a date; None for neither."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), int(RETRY_AFTER_MAX.total_seconds()))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, min(int((until - now).total_seconds()), int(RETRY_AFTER_MAX.total_seconds())))
