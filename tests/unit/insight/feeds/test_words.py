"""What the page of feeds says of their health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from omnisonic.insight.feeds.models import Feed, FeedStatus
from omnisonic.insight.feeds.schemas import view_of
from omnisonic.insight.feeds.words import FeedLine, line_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def line(*, rests_until: datetime | None = None, **columns: Any) -> FeedLine:
    values = {"last_checked_at": NOW, "next_check_at": NOW + timedelta(minutes=30), **columns}
    feed = Feed(
        url="https://a.example/feed",
        url_key="a.example/feed",
        fetch_domain="a.example",
        title="A",
        source="a.example",
        **values,
    )
    return line_of(view_of(feed, rests_until=rests_until), now=NOW)


FAILED = {
    "last_error_at": NOW - timedelta(hours=2),
    "last_error_slug": "fetch-failed",
    "last_error": "Too slow.",
}


@pytest.mark.parametrize(
    ("columns", "status", "reason"),
    [
        ({}, "active", ""),
        ({"last_checked_at": None}, "waiting", ""),
        (
            FAILED | {"status": FeedStatus.FAILING, "failure_count": 3},
            "failing",
            "3 failed checks in a row: Too slow.",
        ),
        (FAILED | {"failure_count": 1}, "active", "Too slow."),
        (FAILED, "active", "Last trouble 2 h ago: Too slow."),
        ({"last_warning": "Damaged."}, "active", "Damaged."),
        ({"rests_until": NOW + timedelta(hours=1)}, "resting", ""),
        ({"status": FeedStatus.PAUSED}, "paused", ""),
        ({"status": FeedStatus.GONE}, "gone", ""),
    ],
)
def test_a_feed_says_how_it_is_and_why(columns: dict[str, Any], status: str, reason: str) -> None:
    shown = line(**columns)
    assert (shown.status, shown.reason) == (status, reason)


def test_the_next_check_is_said_in_words() -> None:
    assert line().next_check == "in 30 min"
    assert line(rests_until=NOW + timedelta(hours=3)).next_check == "in 3 h"
    assert line(next_check_at=NOW).next_check == "now"
    assert line(status=FeedStatus.PAUSED).next_check == "not planned"
