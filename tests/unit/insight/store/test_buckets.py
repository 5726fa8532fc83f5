"""Any range becomes at most 400 buckets that touch each other and cover it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.store.buckets import (
    MAX_BUCKETS,
    MAX_RANGE,
    STEPS,
    BucketSize,
    choose_buckets,
    cut,
    start_of,
)

MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
LENGTHS = st.timedeltas(timedelta(seconds=1), MAX_RANGE)


@given(MOMENTS, LENGTHS)
def test_buckets_cover_a_range_without_gaps(since: datetime, length: timedelta) -> None:
    until = since + length
    buckets = choose_buckets(since, until)
    step = STEPS[buckets.size]
    assert 1 <= len(buckets.starts) <= MAX_BUCKETS
    assert buckets.starts[0] <= since < buckets.starts[0] + step
    assert buckets.starts[-1] < until <= buckets.starts[-1] + step
    assert all(
        later - earlier == step for earlier, later in zip(buckets.starts, buckets.starts[1:], strict=False)
    )
    assert all(start_of(start, buckets.size) == start for start in buckets.starts)


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (timedelta(hours=24), BucketSize.HOUR),
        (timedelta(hours=72), BucketSize.HOUR),
        (timedelta(days=4), BucketSize.DAY),
        (timedelta(days=365), BucketSize.DAY),
        (timedelta(days=400), BucketSize.WEEK),
    ],
)
def test_the_size_follows_the_length(length: timedelta, size: BucketSize) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    assert choose_buckets(since, since + length).size is size


def test_weeks_start_on_monday() -> None:
    sunday = datetime(2026, 11, 1, 5, tzinfo=UTC)
    weeks = cut(sunday, sunday + timedelta(days=1), BucketSize.WEEK)
    assert weeks.starts == (datetime(2026, 10, 26, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
