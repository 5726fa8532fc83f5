"""Tags the articles of the archive again, a slice at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from omnisonic.insight.archive.file import open_archive
from omnisonic.insight.archive.reading import Wanted, count_newest, read_newest
from omnisonic.insight.ingest_jobs.lifecycle import Claim, record_position
from omnisonic.insight.tagging.service import Tagging

ITEMS_PER_BATCH = 500
SLICE_S = 60.0  # then what the feeds brought meanwhile comes first


def tag_slice(claim: Claim, check: Callable[[], None], *, slice_s: float = SLICE_S) -> dict[str, Any] | None:
    """Go on where the last slice ended; the result when all is done, None when more is left.

    `check` is asked between batches and raises when the job should stop. Raises `ArchiveInUse`,
    `AnalyticsUnavailable`, `Disowned`. A batch that was done but not noted is done once more.
    """
    wanted, started_s = _wanted(claim.job.params), time.monotonic()
    at = {"seq": 0, "items": 0, "links": 0, **claim.job.position}
    with open_archive() as archive:
        total = count_newest(archive, wanted)
        tagging = Tagging.load()
        while True:
            check()
            part = read_newest(archive, wanted, after=at["seq"], rows_max=ITEMS_PER_BATCH)
            if not part.items:
                return {"items": at["items"], "links": at["links"]}
            at["links"] += tagging.tag(part.items)
            at["items"] += len(part.items)
            at["seq"] = part.end
            record_position(
                job_id=claim.job.id,
                attempt=claim.job.attempt,
                position=at,
                progress=100 * at["items"] // max(total, 1),
            )
            if time.monotonic() - started_s > slice_s:
                return None


def _wanted(params: dict[str, Any]) -> Wanted:
    since = params.get("since")
    return Wanted(
        since=datetime.fromisoformat(since) if since else None,
        feed_ids=[UUID(feed_id) for feed_id in params.get("feedIds") or ()],
    )
