"""When a feed is looked at again. Pure: randomness and the time are given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

CHECK_MIN_S = 5 * 60
CHECK_MAX_S = 24 * 3600
CHECK_DEFAULT_S = 3600  # until it is known how often the feed has something new
CHECKS_PER_ITEM = 4  # news waits for a quarter of the usual pause at most; a check without news costs little
WEEK_S = 7 * 24 * 3600
BACKOFF_STEP_S = 15 * 60  # linear: an exponential one gives up on sources that come back
JITTER = 0.1
RELEASE_JITTER_S = 60  # those who waited for the same domain do not come back in the same second
DAY_S = 86_400
SILENT_PAUSES = 10
MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
SECONDS = re.compile(r"\d{1,9}")


def success_wait_s(*, items_per_week: float | None, asked_s: float | None, jitter: float) -> float:
    """Seconds until the next check after a good one: as often as there is news, but no sooner than asked.

    `asked_s` is what the feed or its server wants at least, `jitter` is between -1 and 1. The answer is from
    5 minutes to 24 hours, whatever anybody says.
    """
    base_s = (
        CHECK_DEFAULT_S if items_per_week is None else WEEK_S / CHECKS_PER_ITEM / max(items_per_week, 0.001)
    )
    return _clamped(max(base_s, asked_s or 0) * (1 + JITTER * jitter))


def failure_wait_s(*, failures: int, retry_after_s: float | None, jitter: float) -> float:
    """Seconds until the next check after `failures` bad ones in a row."""
    wait_s = max(BACKOFF_STEP_S * max(failures, 1) * (1 + JITTER * jitter), retry_after_s or 0)
    return _clamped(wait_s)


def blocked_for_s(retry_after_s: float, *, jitter: float) -> float:
    """How long a whole domain is left alone that named a time; never for more than a day."""
    return _clamped(retry_after_s, least_s=1) + RELEASE_JITTER_S * abs(jitter)


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """`Retry-After`, which is seconds or a date (RFC 9110 §10.2.3), in seconds from now; None when absent."""
    raw = headers.get("retry-after", "").strip()
    if SECONDS.fullmatch(raw):
        return float(raw)
    moment = _http_date(raw)
    return max((moment - now).total_seconds(), 0.0) if moment else None


def freshness_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """How long the server says its answer holds, by `Cache-Control: max-age` or `Expires`; None without."""
    found = MAX_AGE.search(headers.get("cache-control", ""))
    if found:
        return max(float(found[1]) - _age_s(headers), 0.0)
    moment = _http_date(headers.get("expires", "").strip())
    return max((moment - now).total_seconds(), 0.0) if moment else None


def items_per_week(entries: Sequence[Mapping[str, Any]], *, now: datetime) -> float | None:
    """How much a feed brings in a week, from the dates of the entries it shows; None without dates.

    A feed that shows its last ten entries of two days brings 35, one whose ten are of two years 0.1.
    """
    dates = [datetime.fromisoformat(entry["publishedAt"]) for entry in entries if entry["publishedAt"]]
    dates = [date for date in dates if date <= now]
    if not dates:
        return None
    span_s = max((now - min(dates)).total_seconds(), DAY_S)
    return round(len(dates) * WEEK_S / span_s, 3)


def present_rate(
    rate_per_week: float | None, last_item_at: datetime | None, *, now: datetime
) -> float | None:
    """The rate of a feed that may have fallen asleep: silent for ten times its usual pause, it is slower."""
    if rate_per_week is None or last_item_at is None:
        return rate_per_week
    silent_s = max((now - last_item_at).total_seconds(), DAY_S)
    return min(rate_per_week, SILENT_PAUSES * WEEK_S / silent_s)


def latest_date(entries: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the newest entry was published."""
    return max(
        (datetime.fromisoformat(entry["publishedAt"]) for entry in entries if entry["publishedAt"]),
        default=None,
    )


def later(now: datetime, wait_s: float) -> datetime:
    """The moment `wait_s` seconds after `now`."""
    return now + timedelta(seconds=wait_s)


def _clamped(wait_s: float, *, least_s: float = CHECK_MIN_S) -> float:
    return min(max(wait_s, least_s), CHECK_MAX_S)


def _age_s(headers: Mapping[str, str]) -> float:
    raw = headers.get("age", "").strip()
    return float(raw) if SECONDS.fullmatch(raw) else 0.0


def _http_date(raw: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw) if raw else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
