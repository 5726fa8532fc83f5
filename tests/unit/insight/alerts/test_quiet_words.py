"""Quiet hours in words, and the times of their form."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from omnisonic.insight.alerts.quiet_words import clock_of, digest_words, parse_clock, quiet_words, zones
from omnisonic.platform.errors import InvalidFields


def test_quiet_hours_are_said_with_their_zone_and_the_night_between() -> None:
    night = quiet_words(time(22), time(7, 30), zone="Europe/Zurich")
    assert night == "Alerts wait from 22:00 to 07:30 on the next day, Europe/Zurich."
    assert "next day" not in quiet_words(time(12), time(13), zone="UTC")


def test_a_digest_that_cannot_be_sent_says_so() -> None:
    assert "not confirmed" not in digest_words("a@example.org", is_confirmed=True)
    assert "nothing is sent" in digest_words("a@example.org", is_confirmed=False)


@pytest.mark.parametrize(("start", "end"), [(None, None), (time(7), time(7))])
def test_without_a_length_there_are_none(start: time | None, end: time | None) -> None:
    assert quiet_words(start, end, zone="UTC").startswith("No quiet hours")


@pytest.mark.parametrize(
    ("words", "moment"), [("", None), (" ", None), ("00:00", time(0)), ("22:05:30", time(22, 5))]
)
def test_a_time_is_read_to_the_minute(words: str, moment: time | None) -> None:
    assert parse_clock(words) == moment


@pytest.mark.parametrize("words", ["24:00", "7:00", "22", "22:60", "22:00Z", "٢٢:٠٠"])
def test_what_is_no_time_is_refused(words: str) -> None:
    with pytest.raises(InvalidFields, match=r"such as 22:00"):
        parse_clock(words)


def test_midnight_is_a_time_of_the_form() -> None:
    assert clock_of(time(0)) == "00:00"
    assert clock_of(None) == ""


def test_zones_to_choose_from_are_real() -> None:
    offered = zones()
    assert {"UTC", "Europe/Zurich", "Asia/Kolkata"} <= set(offered)
    assert all(ZoneInfo(zone) for zone in offered)
