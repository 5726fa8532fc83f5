"""Quiet hours and waits between tries."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.alerts.delivery.retries import (
    KEPT_TRYING,
    RETRY_AFTER_MAX,
    WAITS,
    next_attempt_at,
    parse_retry_after,
)
from omnisonic.insight.alerts.digest import week_to_tell
from omnisonic.insight.alerts.quiet_hours import quiet_end

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONES = ("UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("now", "zone", "hours", "over"),
    [
        ("2026-11-20T21:00Z", "Europe/Zurich", (22, 7), "2026-11-21T06:00Z"),
        ("2026-11-20T20:59:59Z", "Europe/Zurich", (22, 7), None),
        ("2026-11-21T05:59Z", "Europe/Zurich", (22, 7), "2026-11-21T06:00Z"),
        ("2026-11-21T06:00Z", "Europe/Zurich", (22, 7), None),
        ("2026-11-20T12:30Z", "UTC", (12, 13), "2026-11-20T13:00Z"),
        ("2026-11-20T12:30Z", "UTC", (12, 12), None),
        ("2026-03-29T00:30Z", "Europe/Zurich", (22, 7), "2026-03-29T05:00Z"),  # the clock skips an hour
        ("2026-10-25T00:30Z", "Europe/Zurich", (22, 7), "2026-10-25T06:00Z"),  # and has one twice
    ],
)
def test_quiet_hours(now: str, zone: str, hours: tuple[int, int], over: str | None) -> None:
    start, end = map(time, hours)
    wanted = datetime.fromisoformat(over) if over else None
    assert quiet_end(datetime.fromisoformat(now), zone=zone, start=start, end=end) == wanted


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(ZONES),
    st.times(),
    st.times(),
)
def test_quiet_hours_end_within_a_day_and_are_over_then(
    naive: datetime, zone: str, start: time, end: time
) -> None:
    now = naive.replace(tzinfo=UTC)
    over = quiet_end(now, zone=zone, start=start, end=end)
    if over is None:
        return
    assert timedelta(0) <= over - now <= timedelta(hours=25)


def test_without_both_ends_it_is_never_quiet() -> None:
    assert quiet_end(NOW, zone="UTC", start=None, end=time(7)) is None


def test_waits_grow_until_a_day_is_over() -> None:
    now, waits = NOW, []
    for attempts in range(1, 50):
        due = next_attempt_at(now, attempts=attempts, expires_at=NOW + KEPT_TRYING)
        if due is None:
            break
        waits.append(due - now)
        now = due
    assert waits == [*WAITS, WAITS[-1]]
    assert timedelta(hours=23) < now - NOW < KEPT_TRYING


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True), st.none() | st.integers(0, 10**9))
def test_a_try_is_never_at_once_nor_too_late(attempts: int, luck: float, asked_s: int | None) -> None:
    expires = NOW + KEPT_TRYING
    due = next_attempt_at(NOW, attempts=attempts, expires_at=expires, retry_after_s=asked_s, luck=luck)
    assert due is not None
    assert NOW + timedelta(seconds=4) < due < expires
    assert asked_s is None or due - NOW >= min(timedelta(seconds=asked_s), RETRY_AFTER_MAX)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("99999999999999999999", 21600),
        ("Fri, 20 Nov 2026 12:10:00 GMT", 600),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Mon, 20 Nov 2126 12:10:00 GMT", 21600),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds


def test_week_of_the_digest() -> None:
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)  # 8:00 in Zurich
    assert week_to_tell(monday - timedelta(seconds=1), zone="Europe/Zurich") is None
    due = week_to_tell(monday, zone="Europe/Zurich")
    assert due is not None
    assert due[0].isoformat() == "2026-11-16"
    assert due[2] - due[1] == timedelta(days=7)
    assert due[1].astimezone(UTC) == datetime(2026, 11, 15, 23, tzinfo=UTC)
