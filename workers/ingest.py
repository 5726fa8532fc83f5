"""Jobs on feeds: find the due ones, check one."""

from __future__ import annotations

from uuid import UUID

from omnisonic.insight.feeds import lifecycle
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

log = get_logger(__name__)


def poll_feeds() -> None:
    """Queue a check of every feed that is due; a feed whose worker died is due again."""
    with unit_of_work() as uow:
        queued = lifecycle.queue_due(uow, now=utc_now())
    if queued:
        log.info("feeds_queued", feeds=queued)


def fetch_feed(feed_id: str) -> None:
    """Check one feed and store what it delivered. Safe to run twice: the feed is claimed."""
    lifecycle.check_feed(UUID(feed_id))
