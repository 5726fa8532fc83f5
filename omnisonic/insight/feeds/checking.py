"""One look at a feed: the polite conditional request, and what its answer means. Knows no table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from omnisonic import __version__
from omnisonic.insight.feeds import schedule
from omnisonic.insight.feeds.entries import ParsedFeed
from omnisonic.insight.feeds.errors import (
    FeedAnswered,
    FeedGone,
    FeedThrottled,
    FeedUnreadable,
    FeedUnsafe,
    NotAFeed,
)
from omnisonic.insight.feeds.mapping import read_feed
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.http_client import FetchFailed, FetchRefused, fetch
from omnisonic.platform.settings import get_settings

FEED_MAX_BYTES = 15 * 1024 * 1024
TOTAL_S = 20.0
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.5, */*;q=0.1"
)
ETAG_MAX_CHARS = 1000
DATE_MAX_CHARS = 200


class Result(StrEnum):
    """What a check came to."""

    NEW = "new"  # a document that is not the last one
    UNCHANGED = "unchanged"
    THROTTLED = "throttled"  # try later, the feed is fine
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the last good answer left: sent along, and compared with."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    was_good: bool = False  # it has been read before


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a check found. `error` says why when nothing was found."""

    result: Result
    parsed: ParsedFeed | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    moved_to: str | None = None
    asked_s: float | None = None  # the server wants no check before
    retry_after_s: float | None = None  # the server named a time to come back
    rests_domain: bool = False  # and means all that is asked of it
    error: OmnisonicError | None = None


def check(known: Known, *, now: datetime) -> Outcome:
    """Ask for a feed unless it is unchanged, and read it. Never raises for what the other side does."""
    try:
        fetched = fetch(known.url, headers=request_headers(known), max_bytes=FEED_MAX_BYTES, total_s=TOTAL_S)
    except (FetchFailed, FetchRefused) as error:
        return Outcome(result=Result.FAILED, error=error)
    moved_to = fetched.moved_to
    headers = {name.lower(): value for name, value in fetched.headers.items()}
    if fetched.status == 304:
        return _unchanged(known, headers, now=now, moved_to=moved_to)
    if not 200 <= fetched.status < 300:
        return _refused(known, fetched.status, headers, now=now)
    digest = hashlib.sha256(fetched.content).hexdigest()
    if digest == known.body_sha256:
        return _unchanged(known, headers, now=now, moved_to=moved_to)
    try:
        parsed = read_feed(
            fetched.content, content_type=headers.get("content-type", ""), url=fetched.url, now=now
        )
    except (NotAFeed, FeedUnsafe, FeedUnreadable) as error:
        return Outcome(result=Result.FAILED, error=error)
    asked_s = max(schedule.freshness_s(headers, now=now) or 0, parsed.refresh_s or 0)
    return Outcome(
        result=Result.NEW,
        parsed=parsed,
        body_sha256=digest,
        moved_to=moved_to,
        asked_s=asked_s,
        etag=_etag(headers),
        last_modified=_last_modified(headers),
    )


def request_headers(known: Known) -> dict[str, str]:
    """Who asks and where to complain, and the conditions (RFC 9110 §13.1)."""
    contact = str(get_settings().public_url).rstrip("/")
    headers = {"User-Agent": f"Omnisonic/{__version__} (feed reader; +{contact}/about)", "Accept": ACCEPT}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _unchanged(known: Known, headers: Mapping[str, str], *, now: datetime, moved_to: str | None) -> Outcome:
    return Outcome(
        result=Result.UNCHANGED,
        etag=_etag(headers) or known.etag,  # a 304 may carry newer ones (RFC 9111 §4.3.4)
        last_modified=_last_modified(headers) or known.last_modified,
        body_sha256=known.body_sha256,
        moved_to=moved_to,
        asked_s=schedule.freshness_s(headers, now=now),
    )


def _refused(known: Known, status: int, headers: Mapping[str, str], *, now: datetime) -> Outcome:
    retry_s = schedule.retry_after_s(headers, now=now)
    if status == 410:
        return Outcome(result=Result.GONE, error=FeedGone(f"The server says 410. {FeedGone.advice}"))
    is_throttle = status == 429 or (status == 503 and retry_s is not None)
    if is_throttle or (status == 403 and known.was_good):  # some say 403 to those who ask too often
        wait = f" for {round(retry_s):,} s" if retry_s is not None else ""
        error = FeedThrottled(f"The server says {status}{wait}. {FeedThrottled.advice}")
        return Outcome(
            result=Result.THROTTLED,
            retry_after_s=retry_s,
            rests_domain=is_throttle or retry_s is not None,
            error=error,
        )
    return Outcome(
        result=Result.FAILED,
        retry_after_s=retry_s,
        error=FeedAnswered(f"The server says {status}. {FeedAnswered.advice}"),
    )


def _etag(headers: Mapping[str, str]) -> str | None:
    return _verbatim(headers, "etag", ETAG_MAX_CHARS)


def _last_modified(headers: Mapping[str, str]) -> str | None:
    return _verbatim(headers, "last-modified", DATE_MAX_CHARS)


def _verbatim(headers: Mapping[str, str], name: str, max_chars: int) -> str | None:
    """A validator as it came; none when the server says that its answer is stale, or it is no text."""
    value = headers.get(name, "")
    is_stale = headers.get("expires", "").strip() == "0"
    is_sendable = value.isascii() and value.isprintable() and 0 < len(value) <= max_chars
    return value if is_sendable and not is_stale else None
