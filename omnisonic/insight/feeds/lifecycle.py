"""Life of a feed on the worker's side: queued when due, claimed, checked, settled, found after a crash."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from omnisonic.insight.archive.jobs import ARCHIVE_DELIVERIES
from omnisonic.insight.feeds import repository, schedule
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.feeds.checking import Known, Outcome, Result, check
from omnisonic.insight.feeds.errors import FeedStopped
from omnisonic.insight.feeds.jobs import FETCH_FEED, LEASE_S
from omnisonic.insight.feeds.models import Feed, FeedDelivery
from omnisonic.insight.feeds.politeness import NotYourTurn, turn_at
from omnisonic.insight.feeds.settling import record_failure, settle
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

CLAIM_S = 120  # longer than the job may take
POLL_MAX = 500
REDIRECTS_NEEDED = 3  # captive portals send permanent ones too

log = get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A feed taken by a worker: what it needs to ask, and the number that lets it write."""

    feed_id: UUID
    claim_no: int
    domain: str
    known: Known


def queue_due(uow: UnitOfWork, *, now: datetime) -> int:
    """Queue a check of each due feed; the number of them. A queued one is not due again for ten minutes."""
    feeds = repository.lock_due(uow.session, now=now, limit=POLL_MAX)
    for feed in feeds:
        queue_check(uow, feed, now=now)
    return len(feeds)


def queue_check(uow: UnitOfWork, feed: Feed, *, now: datetime) -> None:
    """Have a feed checked by the next free worker."""
    repository.lease(feed, now=now, lease_s=LEASE_S)
    uow.enqueue(FETCH_FEED, feed_id=str(feed.id))


def check_feed(feed_id: UUID) -> Result | None:
    """Check one feed and write down what came of it; None when it is not to be checked now.

    That is: removed, paused, gone, in another worker's hands, or of a domain that wants rest. Safe to run
    twice.
    """
    claim = claim_feed(feed_id)
    if claim is None:
        return None
    try:
        with turn_at(claim.domain):
            outcome = check(claim.known, now=utc_now())
    except NotYourTurn as error:
        put_back(claim, wait_s=error.wait_s)
        return None
    except ServiceUnavailable:
        put_back(claim, wait_s=schedule.CHECK_MIN_S)
        raise
    except BaseException:  # also the queue's time-out: such a document is not tried again at once
        settle_check(claim, Outcome(result=Result.FAILED, error=FeedStopped()))
        raise
    return settle_check(claim, outcome)


@repeatable
def claim_feed(feed_id: UUID) -> Claim | None:
    """Take a feed for one check; None when it is not to be checked. A claim that ran out was a failure."""
    now = utc_now()
    with unit_of_work() as uow:
        feed = repository.find_feed(uow.session, feed_id, for_update=True)
        if feed is None or feed.status not in repository.CHECKED:
            return None
        if feed.claimed_until is not None and feed.claimed_until > now:
            return None
        block = repository.find_block(uow.session, feed.fetch_domain, now=now)
        if block is not None:
            feed.claimed_until = None
            feed.next_check_at = block.blocked_until
            return None
        if feed.claimed_until is not None:
            record_failure(feed, FeedStopped(), now=now)
        feed.claim_no += 1
        feed.claimed_until = now + timedelta(seconds=CLAIM_S)
        # A worker that dies leaves it due, with the patience that its failures so far deserve.
        wait_s = schedule.failure_wait_s(failures=feed.failure_count, retry_after_s=None, jitter=0)
        feed.next_check_at = schedule.later(now, max(CLAIM_S, wait_s if feed.failure_count else 0))
        return Claim(feed.id, feed.claim_no, feed.fetch_domain, _known(feed))


@repeatable
def put_back(claim: Claim, *, wait_s: float) -> None:
    """Give a feed back unchecked; it is due after `wait_s`."""
    with unit_of_work() as uow:
        feed = _owned(uow, claim)
        if feed is not None:
            feed.claimed_until = None
            feed.next_check_at = schedule.later(utc_now(), wait_s)


@repeatable
def settle_check(claim: Claim, outcome: Outcome) -> Result | None:
    """Write the feed's new state and what was delivered, in one transaction; None when it was taken away."""
    now = utc_now()
    with unit_of_work() as uow:
        feed = _owned(uow, claim)
        if feed is None:
            log.warning("feed_check_disowned", feed_id=str(claim.feed_id))
            return None
        is_backfill = feed.first_fetched_at is None
        rest_s = settle(feed, outcome, now=now, jitter=random.uniform(-1, 1))
        _follow_redirect(uow, feed, outcome)
        if rest_s is not None:
            repository.block_domain(
                uow.session,
                claim.domain,
                until=schedule.later(now, rest_s),
                reason=(outcome.error.detail if outcome.error else "")[:200],
            )
        entries = outcome.parsed.entries if outcome.parsed else []
        if entries:
            _deliver(uow, feed, entries, now=now, is_backfill=is_backfill)
    log.info(
        "feed_checked",
        feed_id=str(claim.feed_id),
        result=str(outcome.result),
        entries=len(entries),
        slug=outcome.error.slug if outcome.error else None,
    )
    return outcome.result


def _deliver(
    uow: UnitOfWork, feed: Feed, entries: list[dict[str, Any]], *, now: datetime, is_backfill: bool
) -> None:
    delivery = FeedDelivery(
        feed_id=feed.id, fetched_at=now, is_backfill=is_backfill, feed=feed_facts(feed), items=entries
    )
    uow.session.add(delivery)
    uow.enqueue(ARCHIVE_DELIVERIES)


def feed_facts(feed: Feed) -> dict[str, Any]:
    """What a news item says of its feed."""
    return {
        "url": feed.url,
        "title": feed.title,
        "siteUrl": feed.site_url,
        "source": feed.source,
        "sourceTier": feed.source_tier,
        "language": feed.language,
        "genre": feed.genre,
    }


def _follow_redirect(uow: UnitOfWork, feed: Feed, outcome: Outcome) -> None:
    """Take over a new address after three checks in a row were sent there for good, unless it is taken."""
    target = outcome.moved_to
    if outcome.error is not None:
        return
    if target is None:
        feed.redirect_url, feed.redirect_count = None, 0
        return
    address = Address.of(target)
    if address is None:
        return
    same = feed.redirect_url == target
    feed.redirect_url, feed.redirect_count = target, (feed.redirect_count + 1 if same else 1)
    if feed.redirect_count < REDIRECTS_NEEDED:
        return
    other = repository.find_by_key(uow.session, address.key)
    if other is not None and other.id != feed.id:
        feed.last_warning = f"It has moved to {target}, which is followed already as {other.title!r}."[:500]
        return
    feed.url, feed.url_key, feed.fetch_domain = address.url, address.key, address.domain
    feed.redirect_url, feed.redirect_count = None, 0


def _known(feed: Feed) -> Known:
    return Known(
        url=feed.url,
        etag=feed.etag,
        last_modified=feed.last_modified,
        body_sha256=feed.body_sha256,
        was_good=feed.last_success_at is not None,
    )


def _owned(uow: UnitOfWork, claim: Claim) -> Feed | None:
    feed = repository.find_feed(uow.session, claim.feed_id, for_update=True)
    return feed if feed is not None and feed.claim_no == claim.claim_no else None
