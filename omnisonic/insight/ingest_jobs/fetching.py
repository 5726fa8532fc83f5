"""Fetches the feeds of a job, one after the other, and tells for each what came."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from omnisonic.insight.feeds import repository as feeds
from omnisonic.insight.feeds.checking import Result
from omnisonic.insight.feeds.lifecycle import check_feed
from omnisonic.insight.feeds.models import Feed
from omnisonic.insight.feeds.service import find_or_add_feed
from omnisonic.insight.ingest_jobs.lifecycle import Claim, record_position
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import utc_now

LATER = "later"  # paused, or its domain wants rest: it is checked when that is over
OTHER_WORKER_MAX_S = 45.0  # longer than a check may take
LOOK_EVERY_S = 0.25
TROUBLE = frozenset({Result.FAILED, Result.GONE, Result.THROTTLED})


def fetch_feeds(claim: Claim, check: Callable[[], None]) -> dict[str, Any]:
    """Fetch what the job names; the result by feed, in order. Goes on after the feeds that are done.

    `check` is asked before each feed and raises when the job should stop.
    """
    params = claim.job.params
    wanted: list[str] = params["urls"] or [params["feedId"]]
    told: list[dict[str, Any]] = list(claim.job.position.get("feeds", []))
    for number, name in enumerate(wanted[len(told) :], start=len(told) + 1):
        check()
        told.append(_fetch(claim, check, name, is_url=bool(params["urls"])))
        record_position(
            job_id=claim.job.id,
            attempt=claim.job.attempt,
            position={"feeds": told},
            progress=100 * number // len(wanted),
        )
    return {"feeds": told}


def _fetch(claim: Claim, check: Callable[[], None], name: str, *, is_url: bool) -> dict[str, Any]:
    since = utc_now()
    answer: dict[str, Any] = {"url": name if is_url else None, "feedId": None if is_url else name}
    try:
        feed_id = _follow(claim, name) if is_url else UUID(name)
    except OmnisonicError as error:
        return {**answer, "outcome": str(Result.FAILED), "entries": 0, "error": error.detail}
    before = _find(feed_id)
    result = check_feed(feed_id)
    feed = _find(feed_id)
    if result is None:  # another worker has it
        feed = _wait_for_other(feed, check)
        result = _result_of(feed, since, body_sha256=before.body_sha256 if before else None)
    return {**answer, **_told(feed, result)}


def _follow(claim: Claim, url: str) -> UUID:
    with unit_of_work() as uow:
        return find_or_add_feed(uow, claim.actor, url=url).id


def _find(feed_id: UUID) -> Feed | None:
    with unit_of_work() as uow:  # the primary: a replica may not have the feed yet
        return feeds.find_feed(uow.session, feed_id)


def _wait_for_other(feed: Feed | None, check: Callable[[], None]) -> Feed | None:
    """The feed when the worker that has it is done, or as it is after a while."""
    deadline_s = time.monotonic() + OTHER_WORKER_MAX_S
    while feed is not None and feed.claimed_until is not None and time.monotonic() < deadline_s:
        check()
        time.sleep(LOOK_EVERY_S)
        feed = _find(feed.id)
    return feed


def _result_of(feed: Feed | None, since: datetime, *, body_sha256: str | None) -> Result | None:
    """What another worker's check came to, by the document known before; None when there was no check."""
    if feed is None or feed.last_checked_at is None or feed.last_checked_at < since:
        return None
    if feed.last_success_at is not None and feed.last_success_at >= since:
        return Result.UNCHANGED if feed.body_sha256 == body_sha256 else Result.NEW
    return Result.FAILED


def _told(feed: Feed | None, result: Result | None) -> dict[str, Any]:
    if feed is None:
        return {"outcome": str(Result.FAILED), "entries": 0, "error": "The feed was removed."}
    return {
        "url": feed.url,
        "feedId": str(feed.id),
        "title": feed.title,
        "outcome": LATER if result is None else str(result),
        "entries": feed.last_entries if result is Result.NEW else 0,
        "error": feed.last_error if result in TROUBLE else None,
    }
