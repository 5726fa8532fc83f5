"""When a feed is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.feeds import schedule

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Mon, 01 Jun 2026 13:00:00 GMT"}, HOUR),
        ({"retry-after": "Mon, 01 Jun 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_both_forms_of_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert schedule.retry_after_s(headers, now=NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=600", "age": "100"}, 500),
        ({"cache-control": "no-cache"}, None),
        ({"expires": "Mon, 01 Jun 2026 14:00:00 GMT"}, 2 * HOUR),
        ({"expires": "0"}, None),
    ],
)
def test_how_long_an_answer_holds(headers: dict[str, str], seconds: float | None) -> None:
    assert schedule.freshness_s(headers, now=NOW) == seconds


@pytest.mark.parametrize(
    ("per_week", "asked_s", "wait_s"),
    [
        (None, None, HOUR),
        (168, None, 15 * MINUTE),
        (7, None, 6 * HOUR),
        (100_000, None, 5 * MINUTE),
        (0.1, None, DAY),
        (168, 3 * HOUR, 3 * HOUR),
        (168, 365 * DAY, DAY),
    ],
)
def test_as_often_as_there_is_news_and_not_sooner_than_asked(
    per_week: float | None, asked_s: float | None, wait_s: float
) -> None:
    assert schedule.success_wait_s(items_per_week=per_week, asked_s=asked_s, jitter=0) == wait_s


@given(
    st.floats(0, 1e9) | st.none(), st.floats(0, 1e12) | st.none(), st.integers(0, 10_000), st.floats(-1, 1)
)
def test_no_answer_is_outside_of_five_minutes_to_a_day(
    rate: float | None, asked_s: float | None, failures: int, jitter: float
) -> None:
    waits = (
        schedule.success_wait_s(items_per_week=rate, asked_s=asked_s, jitter=jitter),
        schedule.failure_wait_s(failures=failures, retry_after_s=asked_s, jitter=jitter),
    )
    for wait_s in waits:
        assert 5 * MINUTE <= wait_s <= DAY


def test_the_rate_comes_from_the_dates_shown() -> None:
    def entries(count: int, hours: int) -> list[dict[str, str | None]]:
        return [
            {"publishedAt": (NOW - timedelta(hours=hours * number)).isoformat()}
            for number in range(1, count + 1)
        ]

    assert schedule.items_per_week(entries(14, 12), now=NOW) == 14
    assert schedule.items_per_week([{"publishedAt": None}], now=NOW) is None
    assert schedule.items_per_week(entries(3, 1), now=NOW) == 21  # of one day at least


def test_a_feed_that_fell_asleep_is_looked_at_less() -> None:
    week_ago = NOW - timedelta(days=7)
    assert schedule.present_rate(700, week_ago, now=NOW) == 10
    assert schedule.present_rate(3, week_ago, now=NOW) == 3
