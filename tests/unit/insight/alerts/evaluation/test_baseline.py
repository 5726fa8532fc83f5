"""Which windows are usual, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.alerts.evaluation.baseline import (
    GUARD,
    HISTORY,
    LEAST_WINDOWS,
    Span,
    dispersion_of,
    earlier_windows,
    usual_count,
)
from omnisonic.insight.alerts.evaluation.ticks import MOST_TICKS, TICK, ticks_between
from omnisonic.insight.alerts.evaluation.timelines import Seen, Timeline, Window

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
lengths = st.integers(1, 7 * 1440).map(lambda minutes: timedelta(minutes=minutes))


def test_the_same_hours_of_the_last_eight_weeks() -> None:
    found = earlier_windows(NOW, HOUR, oldest=NOW - 52 * WEEK)
    assert found is not None
    assert list(found.same_hours) == [(NOW - WEEK * n - HOUR, NOW - WEEK * n) for n in range(1, 9)]
    assert len(found.daily) == 28


def test_young_news_are_compared_by_day() -> None:
    found = earlier_windows(NOW, DAY, oldest=NOW - 10 * DAY)
    assert found is not None
    assert [(NOW - end) / DAY for _, end in found.same_hours] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert earlier_windows(NOW, DAY, oldest=NOW - 4 * DAY) is None


def test_flagged_weeks_are_left_out_while_four_others_stay() -> None:
    def flags(*weeks: int) -> list[Span]:
        return [(NOW - WEEK * n - 2 * HOUR, NOW - WEEK * n) for n in weeks]

    long_ago = NOW - 52 * WEEK

    def left(flagged: list[Span]) -> int:
        found = earlier_windows(NOW, HOUR, oldest=long_ago, flagged=flagged)
        return len(found.same_hours) if found else 0

    assert left(flags(1, 3)) == 6
    assert left(flags(1, 2, 3, 4, 5)) == 8


@given(lengths, st.integers(0, 100))
def test_windows_keep_their_distance(length: timedelta, days: int) -> None:
    oldest = NOW - DAY * days
    found = earlier_windows(NOW, length, oldest=oldest)
    for begin, end in (*found.same_hours, *found.daily) if found else ():
        assert len(found.same_hours if found else ()) >= LEAST_WINDOWS
        assert end - begin == length
        assert oldest <= begin
        assert NOW - begin <= HISTORY
        assert end <= NOW - length - GUARD


def test_one_old_burst_hardly_moves_what_is_usual() -> None:
    assert usual_count([2, 3, 2, 3, 2, 3, 2, 40]) == 2.5
    assert dispersion_of([2, 3, 2, 3, 2, 3, 2, 40], prior=2) == pytest.approx((2 * 14 + 7) / 21)
    assert dispersion_of([2, 3, 2, 40, 2, 3, 2, 40], prior=2) > 4, "two of them say that it varies"
    assert (usual_count([0] * 8), dispersion_of([0] * 8, prior=2)) == (0.2, pytest.approx(5 / 3))
    assert dispersion_of([], prior=2) == 2, "what is believed of who is unknown"
    assert usual_count([5] * 8) == 5
    assert 1 < dispersion_of([5] * 8, [5] * 28, prior=2) < dispersion_of([5] * 8, prior=2), (
        "many calm days are believed"
    )
    assert dispersion_of([], prior=3) == 3
    assert usual_count([0, 0, 4, 4, 4, 4, 8, 8]) == pytest.approx(4)
    assert dispersion_of([5] * 8, [0, 10] * 10, prior=2) > 2, "days tell of more than eight calm hours"


def test_copies_are_one_story_and_no_independent_source() -> None:
    def seen(minutes: int, story: int, source: str) -> Seen:
        return Seen(at=NOW + timedelta(minutes=minutes), story=story, source=source)

    line = Timeline.of([seen(9, 1, "late"), seen(0, 1, "first"), seen(5, 1, "copy"), seen(6, 2, "first")])
    assert line.window(NOW, NOW + HOUR) == Window(stories=2, sources=1)
    assert line.window(NOW + TICK, NOW + HOUR) == Window(stories=2, sources=2)
    assert line.window(NOW, NOW) == Window(stories=0, sources=0), "the end does not belong to it"
    assert line.first_at == NOW


def test_each_minute_is_a_tick() -> None:
    assert ticks_between(NOW, NOW + TICK * 1.5, window=DAY) == [NOW + TICK]
    assert ticks_between(NOW, NOW + TICK * 0.5, window=DAY) == []
    assert ticks_between(NOW + DAY, NOW, window=DAY) == []
    assert len(ticks_between(NOW, NOW + 12 * TICK, window=DAY)) == 12


@given(lengths, st.integers(1, 100_000))
def test_catching_up_is_bounded(window: timedelta, minutes: int) -> None:
    end = NOW + TICK * minutes
    found = ticks_between(NOW, end, window=window)
    assert 1 <= len(found) <= MOST_TICKS
    assert found == sorted(set(found))
    assert found[-1] == end
    assert found[0] > NOW
    assert end - found[0] <= max(window, HOUR)
    assert minutes == 1 or found[-2] == end - TICK, "so that a spike is confirmed in the same run"
