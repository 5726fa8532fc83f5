"""Due times are the same for every scheduler, whenever it looks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.schedule import DailyAt, Every, Timing

moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
timings = st.one_of(
    st.integers(1, 7 * 86_400).map(Every),
    st.times().map(lambda at: DailyAt(at.replace(microsecond=0))),
)


@given(timings, moments)
def test_now_lies_between_the_latest_and_the_next_due_time(timing: Timing, now: datetime) -> None:
    latest, following = timing.latest_due(now), timing.next_due(now)
    assert latest <= now < following
    assert timing.next_due(latest) == following
    assert timing.latest_due(following) == following


@pytest.mark.parametrize(
    ("timing", "now", "latest"),
    [
        (Every(20), datetime(2026, 1, 1, 0, 0, 39, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 20, tzinfo=UTC)),
        (DailyAt(time(3)), datetime(2026, 1, 1, 2, 59, tzinfo=UTC), datetime(2025, 12, 31, 3, tzinfo=UTC)),
        (DailyAt(time(3)), datetime(2026, 1, 1, 3, 0, tzinfo=UTC), datetime(2026, 1, 1, 3, tzinfo=UTC)),
    ],
)
def test_known_due_times(timing: Timing, now: datetime, latest: datetime) -> None:
    assert timing.latest_due(now) == latest
    assert timing.next_due(now) - latest in {timedelta(seconds=20), timedelta(days=1)}
