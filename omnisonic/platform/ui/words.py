"""Times, sizes and lengths in words, as the pages show them."""

from __future__ import annotations

from datetime import datetime, timedelta

SAMPLE_RATE_HZ = 48_000
_UNITS = ("B", "kB", "MB", "GB", "TB")


def ago(moment: datetime, *, now: datetime) -> str:
    """How long ago, coarse: `just now`, `12 min ago`, `yesterday`, then the date."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} h ago"
    if passed < timedelta(days=2):
        return "yesterday"
    return day(moment) if moment.year != now.year else f"{moment.day} {moment:%b}"


def day(moment: datetime) -> str:
    """A date such as `9 Nov 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def clock(samples: int | None) -> str:
    """A length in samples at 48 kHz as minutes and seconds; a dash when unknown."""
    if samples is None:
        return "–"
    seconds = round(samples / SAMPLE_RATE_HZ)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def size(size_bytes: int | None) -> str:
    """A file size in decimal units; a dash when unknown."""
    if size_bytes is None:
        return "–"
    value, unit = float(size_bytes), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if value >= 10 or unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def level(value_db: float | None, unit: str) -> str:
    """A level with a true minus sign, such as `−14.0 LUFS`; a dash when unknown."""
    return "–" if value_db is None else f"{value_db:.1f} {unit}".replace("-", "−")


def count(number: int, word: str) -> str:
    """`1 track`, `4 tracks`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def short_hash(digest: str | None) -> str:
    """The two ends of a hash, enough to compare by eye."""
    return f"{digest[:4]}…{digest[-4:]}" if digest else ""
