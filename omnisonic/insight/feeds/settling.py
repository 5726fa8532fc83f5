"""What a check makes of a feed's row: its health, its validators and when it is looked at again."""

from __future__ import annotations

from datetime import datetime

from omnisonic.insight.feeds import schedule
from omnisonic.insight.feeds.canonical_url import registrable_domain
from omnisonic.insight.feeds.checking import Outcome, Result
from omnisonic.insight.feeds.entries import ParsedFeed
from omnisonic.insight.feeds.models import Feed, FeedStatus
from omnisonic.platform.errors import OmnisonicError

FAILING_AFTER = 3  # in a row; a feed that never worked is failing at once
FAILING_AFTER_THROTTLED = 10
ERROR_MAX_CHARS = 1000


def settle(feed: Feed, outcome: Outcome, *, now: datetime, jitter: float) -> float | None:
    """Write what was found into the row; returns for how many seconds its domain wants rest, or None."""
    feed.claimed_until = None
    feed.last_checked_at = now
    if outcome.error is None:
        _succeed(feed, outcome, now=now, jitter=jitter)
        return None
    if outcome.result is Result.THROTTLED:
        return _throttle(feed, outcome, outcome.error, now=now, jitter=jitter)
    record_failure(feed, outcome.error, now=now)
    if outcome.result is Result.GONE and feed.status is not FeedStatus.PAUSED:
        feed.status = FeedStatus.GONE
    wait_s = schedule.failure_wait_s(
        failures=feed.failure_count, retry_after_s=outcome.retry_after_s, jitter=jitter
    )
    feed.next_check_at = schedule.later(now, wait_s)
    return None


def record_failure(feed: Feed, error: OmnisonicError, *, now: datetime) -> None:
    """Count a check that brought nothing, with its reason."""
    _note(feed, error, now=now)
    never_worked = feed.last_success_at is None
    if feed.status is FeedStatus.ACTIVE and (never_worked or feed.failure_count >= FAILING_AFTER):
        feed.status = FeedStatus.FAILING


def _throttle(
    feed: Feed, outcome: Outcome, error: OmnisonicError, *, now: datetime, jitter: float
) -> float | None:
    _note(feed, error, now=now)
    if feed.status is FeedStatus.ACTIVE and feed.failure_count >= FAILING_AFTER_THROTTLED:
        feed.status = FeedStatus.FAILING
    wait_s = schedule.failure_wait_s(
        failures=feed.failure_count, retry_after_s=outcome.retry_after_s, jitter=jitter
    )
    feed.next_check_at = schedule.later(now, wait_s)
    if not outcome.rests_domain:
        return None
    rest_s = wait_s if outcome.retry_after_s is None else outcome.retry_after_s
    return schedule.blocked_for_s(rest_s, jitter=jitter)


def _succeed(feed: Feed, outcome: Outcome, *, now: datetime, jitter: float) -> None:
    feed.etag, feed.last_modified = outcome.etag, outcome.last_modified
    feed.body_sha256 = outcome.body_sha256
    if outcome.parsed is not None:
        _describe(feed, outcome.parsed, now=now)
    feed.first_fetched_at = feed.first_fetched_at or now
    feed.last_success_at = now
    feed.failure_count = 0
    if feed.status is FeedStatus.FAILING:
        feed.status = FeedStatus.ACTIVE
    wait_s = schedule.success_wait_s(
        items_per_week=schedule.present_rate(feed.items_per_week, feed.last_item_at, now=now),
        asked_s=outcome.asked_s,
        jitter=jitter,
    )
    feed.next_check_at = schedule.later(now, wait_s)


def _describe(feed: Feed, parsed: ParsedFeed, *, now: datetime) -> None:
    """Take over what the document says of its feed; what people chose stays."""
    if parsed.title and not feed.is_title_fixed:
        feed.title = parsed.title
    if feed.first_fetched_at is None and parsed.site_url:
        feed.source = registrable_domain(parsed.site_url) or feed.source  # feeds of hosters are of their site
    feed.site_url = parsed.site_url or feed.site_url
    feed.language = feed.language or parsed.language
    feed.last_entries = parsed.entry_count
    feed.last_warning = parsed.warning
    rate = schedule.items_per_week(parsed.entries, now=now)
    feed.items_per_week = feed.items_per_week if rate is None else rate
    feed.last_item_at = schedule.latest_date(parsed.entries) or feed.last_item_at


def _note(feed: Feed, error: OmnisonicError, *, now: datetime) -> None:
    feed.failure_count += 1
    feed.last_error_at = now
    feed.last_error_slug = error.slug
    feed.last_error = error.detail[:ERROR_MAX_CHARS].replace("\x00", "\ufffd")
