"""When an entry was published, and how far that can be believed. Pure."""

from __future__ import annotations

import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from enum import StrEnum
from time import struct_time
from typing import Any

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
FUTURE_MAX = timedelta(hours=24)
MAX_DATE_CHARS = 100
HAS_ZONE = re.compile(
    r"(?:\d\d:?\d\d(?:[.,]\d+)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)|\b(?:UTC?|GMT|Z|[ECMPA][SD]T))(?:\s*\([^)]*\)|\s+\d{4})?$",
    re.IGNORECASE,
)
JUST_A_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
UNIX_TIME = re.compile(r"\d{10}(?:\d{3})?")
SPELLED_OUT = ("%A, %B %d, %Y", "%B %d, %Y", "%d %B %Y", "%A, %d %B %Y", "%b %d, %Y")
NAMED_ZONE = re.compile(r"\d\s+([A-Z]{3,5})(\s+\d{4})?$")
# Names that RFC 822 does not know but feeds use; ambiguous ones (IST) are left out.
ZONE_MINUTES = {
    "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "EET": 120, "EEST": 180,
    "MSK": 180, "SAST": 120, "PKT": 300, "HKT": 480, "SGT": 480, "AWST": 480, "JST": 540, "KST": 540,
    "ACST": 570, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "AKST": -540, "AKDT": -480, "HST": -600,
    "BRT": -180, "ART": -180, "CLT": -240,
}  # fmt: skip


class DateQuality(StrEnum):
    """How a publication time came about. Only `stated` and `no_zone` have one."""

    STATED = "stated"
    NO_ZONE = "no_zone"  # taken as UTC
    CLAMPED = "clamped"  # in the far past or the future: it will be the time of first sight
    MISSING = "missing"


@dataclass(frozen=True)
class EntryDate:
    """A publication time in UTC, or None with the reason."""

    at: datetime | None
    quality: DateQuality
    raw: str = ""


NO_DATE = EntryDate(None, DateQuality.MISSING)


def date_of(raw: str, parsed: struct_time | None, *, now: datetime) -> EntryDate:
    """What a date in a feed says. `parsed` is feedparser's reading of `raw`, in UTC; None when it failed."""
    text = raw.strip()[:MAX_DATE_CHARS]
    zone = NAMED_ZONE.search(text.upper())
    minutes = ZONE_MINUTES.get(zone[1]) if zone else None
    if zone is not None and minutes is not None:
        plain = text[: zone.start(1)] + text[zone.end(1) :]
        local = _read_plain(plain)
        at = local - timedelta(minutes=minutes) if local else None
    else:
        at = _read_iso(text) or _moment(parsed) or _read_plain(text) or _read_spelled_out(text)
    if at is None:
        return EntryDate(None, DateQuality.MISSING, text)
    if not EARLIEST <= at <= now + FUTURE_MAX:
        return EntryDate(None, DateQuality.CLAMPED, text)
    return EntryDate(
        at, DateQuality.STATED if minutes is not None or _has_zone(text) else DateQuality.NO_ZONE, text
    )


def first_date(entry: Any, *, now: datetime) -> EntryDate:
    """The publication time of a parsed entry: `published`, else `updated`, else `created`."""
    best = NO_DATE
    for name in ("published", "updated", "created"):
        raw = dict.get(entry, name)
        if isinstance(raw, str) and raw.strip():
            found = date_of(raw, dict.get(entry, f"{name}_parsed"), now=now)
            if found.at is not None:
                return found
            best = found if best is NO_DATE else best
    return best


def _moment(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=timegm(parsed))
    except (ValueError, OverflowError):
        return None


def _has_zone(text: str) -> bool:
    if JUST_A_DAY.fullmatch(text):
        return False
    return HAS_ZONE.search(text) is not None or UNIX_TIME.fullmatch(text) is not None


def _read_iso(text: str) -> datetime | None:
    try:
        if UNIX_TIME.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _as_utc(found)


def _read_plain(text: str) -> datetime | None:
    """RFC 822 with whatever is missing (RFC 5322 §4.3)."""
    try:
        parts = parsedate_tz(text)
        found = datetime(*parts[:6], tzinfo=UTC) if parts else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    offset_s = (parts[9] or 0) if parts else 0
    return found - timedelta(seconds=offset_s) if found else None


def _as_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _read_spelled_out(text: str) -> datetime | None:
    for form in SPELLED_OUT:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
