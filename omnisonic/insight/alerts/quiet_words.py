"""Quiet hours in words, and times of a form. Pure."""

from __future__ import annotations

import re
from datetime import time
from zoneinfo import available_timezones

from omnisonic.platform.errors import FieldError, InvalidFields

CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?")
REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


def quiet_words(start: time | None, end: time | None, *, zone: str) -> str:
    """When nothing is sent, such as `22:00 to 07:00 on the next day, Europe/Zurich`."""
    if start is None or end is None or start == end:
        return "No quiet hours: alerts are sent at any time."
    over_night = " on the next day" if end < start else ""
    return f"Alerts wait from {clock_of(start)} to {clock_of(end)}{over_night}, {zone}."


def digest_words(address: str, *, is_confirmed: bool) -> str:
    """What the weekly digest is, where it goes, and what keeps it from going there."""
    words = f"What your rules found in the week, on Mondays at 8 o'clock, by mail to {address}."
    if is_confirmed:
        return words
    return f"{words} That address is not confirmed, so nothing is sent: confirm it in Settings."


def clock_of(moment: time | None) -> str:
    """A time as a form holds it; empty when there is none."""
    return f"{moment:%H:%M}" if moment else ""


def parse_clock(words: str) -> time | None:
    """A time of a form, to the minute; None when it is empty. Raises `InvalidFields`."""
    if not words.strip():
        return None
    found = CLOCK.fullmatch(words.strip())
    if found is None:
        message = "Write a time such as 22:00."
        raise InvalidFields(message, errors=[FieldError("quietFrom", "time", message)])
    return time(int(found[1]), int(found[2]))


def zones() -> list[str]:
    """Time zones to choose from, by region and city (IANA)."""
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.startswith(REGIONS))]
