"""Reading of `Range`, `If-Range` and `If-None-Match` (RFC 9110 §13 and §14). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_ONE_RANGE = re.compile(r"(?P<first>\d*)-(?P<last>\d*)", re.ASCII)
_DIGITS_MAX = 18


@dataclass(frozen=True)
class ByteRange:
    """Bytes `start` up to but not including `end` of a whole of known size."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start


class Unsatisfiable(Exception):
    """No byte of the whole was asked for: answer 416."""


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """The one range asked for, or None for the whole.

    Unknown units, nonsense and several ranges are ignored, as RFC 9110 §14.2 allows. Raises
    `Unsatisfiable` when a readable range lies behind the end.
    """
    unit, _, wanted = (header or "").partition("=")
    match = _ONE_RANGE.fullmatch(wanted.strip())
    if unit.strip().lower() != "bytes" or match is None:
        return None
    first, last = match["first"], match["last"]
    if max(len(first), len(last)) > _DIGITS_MAX or not (first or last):
        return None
    if not first:
        return _suffix(int(last), size)
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return ByteRange(start, end)


def is_current(if_none_match: str | None, etag: str) -> bool:
    """Whether the client's copy is still good; weak comparison (RFC 9110 §13.1.2)."""
    if if_none_match is None:
        return False
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in known or f'"{etag}"' in known


def range_applies(if_range: str | None, etag: str, modified_at: datetime) -> bool:
    """Whether the range is of the version that the client already has; strong comparison (§13.1.5)."""
    if if_range is None:
        return True
    if if_range.startswith(('"', "W/")):
        return if_range == f'"{etag}"'
    try:
        return parsedate_to_datetime(if_range) == modified_at.replace(microsecond=0)
    except (ValueError, TypeError):
        return False


def http_date(moment: datetime) -> str:
    """An IMF-fixdate (RFC 9110 §5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _suffix(length: int, size: int) -> ByteRange:
    if length == 0 or size == 0:
        raise Unsatisfiable
    return ByteRange(max(0, size - length), size)
