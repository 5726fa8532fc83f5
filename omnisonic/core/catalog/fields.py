"""Checks of what people write into catalog fields. Pure; every refusal names its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from omnisonic.core.catalog.errors import InvalidIdentifier, ShareTotal
from omnisonic.core.catalog.models import WHOLE_PPM, ContributionRole
from omnisonic.core.catalog.shares import ppm_of_percent
from omnisonic.core.identifiers import Problem, Scheme, explain, normalize
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.names import required_name

MAX_LABELS = 20
MAX_LABEL_CHARS = 60
MAX_DURATION_MS = 24 * 3600 * 1000
FIRST_INSTANT = datetime(1000, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(3000, 1, 1, tzinfo=UTC)

_ROLE_ALIASES = {
    "writer": ContributionRole.COMPOSER_LYRICIST,
    "songwriter": ContributionRole.COMPOSER_LYRICIST,
    "author": ContributionRole.LYRICIST,
    "c": ContributionRole.COMPOSER,
    "a": ContributionRole.LYRICIST,
    "ca": ContributionRole.COMPOSER_LYRICIST,
    "ar": ContributionRole.ARRANGER,
    "ad": ContributionRole.ADAPTER,
    "tr": ContributionRole.TRANSLATOR,
    "e": ContributionRole.PUBLISHER,
    "se": ContributionRole.SUB_PUBLISHER,
    "am": ContributionRole.ADMINISTRATOR,
    "artist": ContributionRole.PERFORMER,
}


def refuse(field: str, code: str, message: str) -> InvalidFields:
    """The refusal of one field."""
    return InvalidFields(message, errors=[FieldError(field, code, message)])


def clean_line(value: str, *, field: str, max_chars: int) -> str:
    """A required single line with single spaces, as `platform.names` takes names."""
    return required_name(" ".join(value.split()), field=field, max_chars=max_chars)


def clean_text(value: str | None, *, field: str, max_chars: int) -> str | None:
    """Optional text of several lines; None when it is blank."""
    if value is None:
        return None
    text = unicodedata.normalize("NFC", _storable(value, field)).strip()
    return _within(text, field, max_chars) if text else None


def clean_labels(values: Sequence[str], *, field: str) -> list[str]:
    """Short words in the order given, each once whatever its case."""
    if len(values) > MAX_LABELS:
        raise refuse(field, "too-many", f"At most {MAX_LABELS} are taken.")
    kept: dict[str, str] = {}
    for value in values:
        label = clean_line(value, field=field, max_chars=MAX_LABEL_CHARS)
        kept.setdefault(label.casefold(), label)
    return list(kept.values())


def clean_identifier(scheme: Scheme, value: str | None, *, field: str | None = None) -> str | None:
    """The compact identifier; None for nothing, for blanks and for a number that says "unknown"."""
    if value is None:
        return None
    found = normalize(scheme, value)
    if found.problem is Problem.EMPTY:
        return None
    if found.problem is not None:
        message = explain(scheme, found.problem)
        error = FieldError(field or scheme.value, found.problem.value, message)
        raise InvalidIdentifier(message, errors=[error])
    return found.value


def clean_duration(duration_ms: int | None) -> int | None:
    """Milliseconds above zero and up to a day."""
    if duration_ms is not None and not 0 < duration_ms <= MAX_DURATION_MS:
        raise refuse("durationSeconds", "range", "A recording is longer than 0 seconds and at most a day.")
    return duration_ms


def clean_role(value: str) -> ContributionRole:
    """The role by its name, by common other words, or by its CWR code."""
    key = "-".join(value.casefold().replace("_", " ").replace("/", " ").replace("-", " ").split())
    if key in _ROLE_ALIASES:
        return _ROLE_ALIASES[key]
    try:
        return ContributionRole(key)
    except ValueError:
        allowed = ", ".join(ContributionRole)
        raise refuse("role", "unknown-role", f"Use one of: {allowed}.") from None


def clean_share(share_ppm: int | None, percent: Decimal | float | str | None) -> int:
    """The share in ppm, from either way of writing it. Raises `ShareTotal`."""
    from_percent = None if percent is None else ppm_of_percent(percent)
    if percent is not None and from_percent is None:
        raise _bad_share("pctShare", "range", "A percentage is a number from 0 to 100.")
    if share_ppm is None and from_percent is None:
        raise _bad_share("sharePpm", "required", "Give sharePpm (1,000,000 is everything) or pctShare.")
    if share_ppm is not None and not 0 <= share_ppm <= WHOLE_PPM:
        raise _bad_share("sharePpm", "range", "A share is 0 to 1,000,000 ppm.")
    if share_ppm is not None and from_percent is not None and share_ppm != from_percent:
        raise _bad_share("pctShare", "contradiction", "sharePpm and pctShare are not the same share.")
    chosen = share_ppm if share_ppm is not None else from_percent
    assert chosen is not None  # noqa: S101  (one of the two is given)
    return chosen


def clean_instant(value: datetime, *, field: str) -> datetime:
    """A time with its zone, between the years 1000 and 3000."""
    if value.tzinfo is None:
        raise refuse(field, "no-zone", "Give the time with its zone, for example 2026-01-01T00:00:00Z.")
    if not FIRST_INSTANT <= value < LAST_INSTANT:
        raise refuse(field, "range", "Give a time between the years 1000 and 3000.")
    return value


def _bad_share(field: str, code: str, message: str) -> ShareTotal:
    return ShareTotal(message, errors=[FieldError(field, code, message)])


def _storable(value: str, field: str) -> str:
    # U+0000 has no place in PostgreSQL's text, a lone half of a surrogate pair none in UTF-8.
    if any(unicodedata.category(mark) in ("Cc", "Cs") and mark not in "\t\r\n" for mark in value):
        raise refuse(field, "control-character", "This holds a control character. Take it out.")
    return value


def _within(text: str, field: str, max_chars: int) -> str:
    if len(text) > max_chars:
        raise refuse(field, "too-long", f"At most {max_chars} characters are taken.")
    return text
