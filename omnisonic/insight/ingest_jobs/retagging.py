"""Tags the articles of the archive again, a slice at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from omnisonic.insight.archive import set_aside
from omnisonic.insight.archive.cursors import Step
from omnisonic.insight.archive.file import open_archive
from omnisonic.insight.archive.reading import Wanted, count_newest, read_newest
from omnisonic.insight.ingest_jobs.lifecycle import Claim, record_position
from omnisonic.insight.news import NewsItem
from omnisonic.insight.tagging.service import Tagging

ITEMS_PER_BATCH = 500
SLICE_S = 60.0  # then what the feeds brought meanwhile comes first


def tag_slice(claim: Claim, check: Callable[[], None], *, slice_s: float = SLICE_S) -> dict[str, Any] | None:
    """Go on where the last slice ended; the result when all is done, None when more is left.

    `check` is asked between batches and raises when the job should stop. Raises `ArchiveInUse`,
    `AnalyticsUnavailable`, `Disowned`. A batch that was done but not noted is done once more. An article
    that cannot be tagged is set aside.
    """
    wanted, started_s = _wanted(claim.job.params), time.monotonic()
    at = {"seq": 0, "items": 0, "links": 0, "setAside": 0, **claim.job.position}
    with open_archive() as archive:
        total = count_newest(archive, wanted)
        tagging = Tagging.load()
        while True:
            check()
            part = read_newest(archive, wanted, after=at["seq"], rows_max=ITEMS_PER_BATCH)
            if not part.items:
                return {name: at[name] for name in ("items", "links", "setAside")}
            links, refused = tag_or_set_aside(tagging, part.items)
            at["links"] += links
            at["items"] += len(part.items)
            at["setAside"] += refused
            at["seq"] = part.end
            record_position(
                job_id=claim.job.id,
                attempt=claim.job.attempt,
                position=at,
                progress=100 * at["items"] // max(total, 1),
            )
            if time.monotonic() - started_s > slice_s:
                return None


def tag_or_set_aside(tagging: Tagging, items: Sequence[NewsItem]) -> tuple[int, int]:
    """How many links stand in the items, and how many of the items were set aside."""
    links: list[int] = []
    refused = set_aside.give(lambda some: links.append(tagging.tag(some)), items)
    set_aside.settle(Step.TAGS, items, refused)
    return sum(links), len(refused)


def _wanted(params: dict[str, Any]) -> Wanted:
    since = params.get("since")
    return Wanted(
        since=datetime.fromisoformat(since) if since else None,
        feed_ids=[UUID(feed_id) for feed_id in params.get("feedIds") or ()],
    )
