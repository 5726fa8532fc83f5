"""The peer of `feeds`: feedparser on the same bytes, nothing fetched, bounded, stored or scheduled."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence

import feedparser


def parse_all(documents: Sequence[bytes]) -> tuple[float, int]:
    """CPU seconds, and the number of entries found. Settings are feedparser's own."""
    started_s = time.process_time()
    entries = 0
    for body in documents:
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers={"content-type": "application/rss+xml; charset=utf-8"}
        )
        entries += len(parsed.entries)
    return time.process_time() - started_s, entries
