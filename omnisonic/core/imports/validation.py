"""Checks one row against the mapping: a recording ready to be stored, or every reason why it is not.

Both ways in, the small request and the bulk file, use this and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from omnisonic.core.catalog.credits import MAX_CREDITS, split_artist_line
from omnisonic.core.catalog.models import MAX_NAME_CHARS, MAX_TITLE_CHARS
from omnisonic.core.identifiers import (
    ISRC_FIRST_YEAR,
    Normalized,
    Oddity,
    Scheme,
    explain,
    normalize_ipi,
    normalize_isni,
    normalize_isrc,
    normalize_iswc,
)
from omnisonic.core.imports.checked_row import CREDIT_MARK, CheckedRow, Credited
from omnisonic.core.imports.codes import RAW_MAX_CHARS, Code, Issue, Warned
from omnisonic.core.imports.headers import FIELDS, Field
from omnisonic.core.imports.mapping import Mapping
from omnisonic.core.imports.values import (
    Day,
    Refused,
    clean_text,
    has_broken_characters,
    is_exponent,
    parse_day,
    parse_duration,
    parse_genres,
)

ARTIST_MAX_CHARS = 1000
ISRCS_MAX = 20
CACHE_MAX = 50_000
FIRST_ISRC_YEAR = str(ISRC_FIRST_YEAR)

_SEVERAL = re.compile(r"[;|,/\s]+")
_ODDITIES: dict[Oddity, tuple[Warned, str]] = {
    Oddity.UNKNOWN_PREFIX: (Warned.UNKNOWN_PREFIX, "The first two letters are of no known agency."),
    Oddity.FUTURE_YEAR: (Warned.FUTURE_YEAR, "The year in this ISRC has not come yet."),
    Oddity.UNKNOWN_PARTY: (Warned.UNKNOWN_PARTY, "Only zeros: taken as an unknown number."),
}
_BAD_CODE = {
    Scheme.ISRC: Code.BAD_ISRC,
    Scheme.ISWC: Code.BAD_ISWC,
    Scheme.IPI: Code.BAD_IPI,
    Scheme.ISNI: Code.BAD_ISNI,
}

T = TypeVar("T")


class RowValidator:
    """Checks rows of one file. `year` is the present one: codes of the future are pointed out."""

    def __init__(self, mapping: Mapping, *, year: int) -> None:
        self._mapping = mapping
        self._year = year
        self._future = f"{year % 100:02}"
        self._width = len(mapping.columns)
        # A field without a column reads the empty cell that is put at the end of every row.
        self._pick = itemgetter(*(mapping.at.get(one, self._width) for one in FIELDS))
        self._durations: dict[str, int | Refused | None] = {}
        self._days: dict[str, Day | Refused | None] = {}
        self._genres: dict[str, tuple[str, ...] | Refused | None] = {}
        self._artists: dict[str, tuple[Credited, ...]] = {}
        self._issues: list[Issue] = []

    def check(self, row: int, cells: list[str]) -> tuple[CheckedRow | None, Sequence[Issue]]:
        """The recording, or None, and what there is to say. A row has at most one remark per column."""
        width, count = self._width, len(cells)
        if count < width:
            cells.extend([""] * (width - count))
        elif count > width:
            if any(cells[width:]):
                message = f"This row has {count} cells, the header {width}. Is a cell with a comma in quotes?"
                return None, (Issue(row, None, Code.TOO_MANY_CELLS, message, _raw(cells)),)
            del cells[width:]
        cells.append("")
        checked = self._checked(row, self._pick(cells))
        if not self._issues:
            return checked, ()
        cells.pop()
        raw = _raw(cells)
        issues = [issue._replace(row=row, raw=raw) for issue in self._issues]
        self._issues = []
        if any(not issue.is_warning for issue in issues):
            return None, [issue for issue in issues if not issue.is_warning]
        return checked, issues

    def _checked(self, row: int, values: Sequence[str]) -> CheckedRow:
        isrc_text, title, version, artist, duration, released, genre, iswc, work, isni, ipi = values
        isrc, others = self._isrcs(isrc_text)
        title = self._text(Field.TITLE, title, MAX_TITLE_CHARS, is_required=True)
        if version:
            title = self._with_version(title, version)
        names = None
        if CREDIT_MARK in artist:
            names, artist = artist.split(CREDIT_MARK)[::2], artist.replace(CREDIT_MARK, "")
        artist = self._text(Field.ARTIST, artist, ARTIST_MAX_CHARS, is_required=True)
        credited = self._credits(artist) if names is None else self._named(names)
        if isni or ipi:
            credited = self._identified(credited, isni, ipi)
        day = self._cached(self._days, released, parse_day, Field.RELEASED_AT) if released else None
        if day is not None and day.warning is not None:
            self._note(Field.RELEASED_AT, day.warning, f"Taken as {day.value.isoformat()}.")
        return CheckedRow(
            row,
            isrc,
            title,
            artist,
            credited,
            self._cached(self._durations, duration, self._duration, Field.DURATION) if duration else None,
            day.value if day else None,
            self._cached(self._genres, genre, _genres, Field.GENRE) or () if genre else (),
            self._identifier(Field.ISWC, Scheme.ISWC, iswc, normalize_iswc) if iswc else None,
            self._text(Field.WORK, work, MAX_TITLE_CHARS) or None if work else None,
            others,
        )

    def _isrcs(self, text: str) -> tuple[str, tuple[str, ...]]:
        found = normalize_isrc(text)
        if found.value is not None:
            isrc = found.value
            if self._future < isrc[5:7] < FIRST_ISRC_YEAR:
                found = normalize_isrc(text, year=self._year)
            if found.warnings:
                self._warn(Field.ISRC, found)
            return isrc, ()
        stripped = text.strip()
        if not stripped:
            self._refuse(Field.ISRC, Code.REQUIRED, "Every row needs an ISRC.")
            return "", ()
        parts = [part for part in _SEVERAL.split(stripped) if part]
        if 1 < len(parts) <= ISRCS_MAX:
            several = list(dict.fromkeys(normalize_isrc(part, year=self._year).value for part in parts))
            if None not in several:
                first, *others = (value for value in several if value)
                return first, tuple(others)
        if is_exponent(stripped):
            self._refuse(
                Field.ISRC,
                Code.SPREADSHEET_DAMAGE,
                "A spreadsheet made a number of this ISRC. Format the column as text and export again.",
            )
        elif found.problem is not None:
            self._refuse(Field.ISRC, Code.BAD_ISRC, explain(Scheme.ISRC, found.problem))
        return "", ()

    def _text(self, column: Field, text: str, limit: int, *, is_required: bool = False) -> str:
        if (
            not text.isprintable()
            or not text.isascii()
            or "  " in text
            or text[:1] == " "
            or text[-1:] == " "
        ):
            if has_broken_characters(text):
                self._refuse(column, Code.BAD_ENCODING, "This holds half a character and cannot be stored.")
                return ""
            if "\x00" in text:
                self._refuse(column, Code.NULL_CHARACTER, "This holds a null character.")
                return ""
            text = clean_text(text)
        if not text and is_required:
            self._refuse(column, Code.REQUIRED, f"Every row needs {_WITH_ARTICLE[column]}.")
        elif len(text) > limit:
            self._refuse(column, Code.TOO_LONG, f"This has {len(text)} characters, the limit is {limit}.")
        return text

    def _with_version(self, title: str, version: str) -> str:
        version = self._text(Field.VERSION, version, MAX_TITLE_CHARS).strip("()[] ")
        if not version or version.lower() in title.lower():
            return title
        whole = f"{title} ({version})"
        if len(whole) > MAX_TITLE_CHARS:
            self._refuse(
                Field.VERSION, Code.TOO_LONG, f"Title and version exceed {MAX_TITLE_CHARS} characters."
            )
        return whole

    def _credits(self, artist: str) -> tuple[Credited, ...]:
        known = self._artists.get(artist)
        if known is None:
            known = _credits_of(artist)
            _remember(self._artists, artist, known)
        for one in known:
            if len(one.name) > MAX_NAME_CHARS:
                self._refuse(
                    Field.ARTIST,
                    Code.TOO_LONG,
                    f"A performer's name has at most {MAX_NAME_CHARS} characters.",
                )
        return known

    def _named(self, names: Sequence[str]) -> tuple[Credited, ...]:
        texts = (self._text(Field.ARTIST, name, MAX_NAME_CHARS) for name in names[:MAX_CREDITS])
        return tuple(Credited(text) for text in dict.fromkeys(texts) if text)

    def _identified(self, credited: tuple[Credited, ...], isni: str, ipi: str) -> tuple[Credited, ...]:
        isni_value = self._identifier(Field.ARTIST_ISNI, Scheme.ISNI, isni, normalize_isni) if isni else None
        ipi_value = self._identifier(Field.ARTIST_IPI, Scheme.IPI, ipi, normalize_ipi) if ipi else None
        if not credited or not (isni_value or ipi_value):
            return credited
        # The number is the main performer's; guests come without one.
        return (Credited(credited[0].name, isni_value, ipi_value), *credited[1:])

    def _identifier(
        self, column: Field, scheme: Scheme, text: str, normalize: Callable[[str], Normalized]
    ) -> str | None:
        if not text.strip():
            return None
        found = normalize(text)
        if found.problem is not None:
            is_damaged = is_exponent(text)
            self._refuse(
                column,
                Code.SPREADSHEET_DAMAGE if is_damaged else _BAD_CODE[scheme],
                "A spreadsheet rewrote this number. Format the column as text and export again."
                if is_damaged
                else explain(scheme, found.problem),
            )
        elif found.warnings:
            self._warn(column, found)
        return found.value

    def _duration(self, text: str) -> int | Refused | None:
        return parse_duration(text, self._mapping.duration_unit)

    def _cached(
        self,
        cache: dict[str, T | Refused | None],
        text: str,
        parse: Callable[[str], T | Refused | None],
        column: Field,
    ) -> T | None:
        found = cache.get(text, _MISSING)
        if found is _MISSING:
            found = parse(text)
            _remember(cache, text, found)
        if isinstance(found, Refused):
            self._refuse(column, found.code, found.message)
            return None
        return found  # type: ignore[return-value]

    def _warn(self, column: Field, found: Normalized) -> None:
        for oddity in found.warnings:
            code, message = _ODDITIES[oddity]
            self._note(column, code, message)

    def _refuse(self, column: Field, code: Code, message: str) -> None:
        name = self._mapping.column_of(column) or str(column)
        if not any(issue.column == name and not issue.is_warning for issue in self._issues):
            self._issues.append(Issue(0, name, code, message))

    def _note(self, column: Field, code: Warned, message: str) -> None:
        self._issues.append(Issue(0, self._mapping.column_of(column) or str(column), code, message))


_MISSING: object = object()
_WITH_ARTICLE = {Field.TITLE: "a title", Field.ARTIST: "an artist"}


def _genres(text: str) -> tuple[str, ...] | Refused | None:
    found = parse_genres(text)
    return found if isinstance(found, Refused) else tuple(found)


def _credits_of(artist: str) -> tuple[Credited, ...]:
    low = artist.lower()
    if "feat" not in low and "ft" not in low:  # nearly every line: one act
        return (Credited(artist),)
    parts = tuple(Credited(part.credited_as) for part in split_artist_line(artist) if part.credited_as)
    return parts or (Credited(artist),)


def _remember(cache: dict[str, Any], key: str, value: Any) -> None:
    if len(cache) >= CACHE_MAX:
        cache.clear()
    cache[key] = value


def _raw(cells: Sequence[str]) -> str:
    return " | ".join(cells)[:RAW_MAX_CHARS].replace("\x00", "\u2400")
