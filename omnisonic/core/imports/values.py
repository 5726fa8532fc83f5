"""Reads the cells that need interpretation: texts, durations, dates, genres. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from omnisonic.core.imports.codes import Code, Warned
from omnisonic.core.imports.mapping import DurationUnit

DURATION_MAX_MS = 24 * 3600 * 1000
FIRST_YEAR, LAST_YEAR = 1857, 2200  # the first sound on paper; anything later is a slip
GENRES_MAX = 20
GENRE_MAX_CHARS = 60

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3})\d*)?").fullmatch
_PERIOD = re.compile(
    r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,7}(?:[.,]\d{1,9})?)S)?)?", re.IGNORECASE
).fullmatch
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?").fullmatch
_UNIT_WORDS = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*(ms|msec|s|sec|secs|seconds)", re.IGNORECASE).fullmatch
_MINUTES_WORDS = re.compile(
    r"(?:(\d{1,2})\s*h)?\s*(\d{1,3})\s*m(?:in)?\s*(?:(\d{1,2})\s*s(?:ec)?)?", re.I
).fullmatch
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.,+\-Zz ]{2,40})?").fullmatch
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})").fullmatch
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})").fullmatch
_YEAR = re.compile(r"\d{4}").fullmatch
_SLASHED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?: [\d:]{4,8})?").fullmatch
_YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?: [\d:]{4,8})?").fullmatch
_SERIAL = re.compile(r"\d{5}(?:\.0+)?").fullmatch
_WORDED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ \-])?([A-Za-z]{3,9})\.?[ \-,]+"
    r"(?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4}|\d{2})"
).fullmatch
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d{1,3}", re.IGNORECASE).fullmatch
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}


class Refused(NamedTuple):
    """Why a cell cannot be read."""

    code: Code
    message: str


class Day(NamedTuple):
    """A date and, where only a year or a month was given, that it was completed."""

    value: date
    warning: Warned | None = None


def clean_text(text: str) -> str:
    """Trimmed, composed (NFC), without control characters and line ends. Spaces inside stay single."""
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    return " ".join(text.split()) if "  " in text or not text.isprintable() else text


def has_broken_characters(text: str) -> bool:
    """Whether a text holds halves of characters, which JSON can write and nothing can store."""
    return _SURROGATES.search(text) is not None


def parse_duration(text: str, unit: DurationUnit) -> int | Refused | None:
    """Milliseconds of `215`, `215.4`, `3:35`, `1:02:03`, `PT3M35S`, `3 min 35 s`; None for none given."""
    text = text.strip()
    if not text or text in {"-", "0", "0:00", "00:00", "00:00:00"}:
        return None
    milliseconds = _milliseconds(text, unit)
    if milliseconds is None:
        if _EXPONENT(text):
            return Refused(
                Code.SPREADSHEET_DAMAGE, "A spreadsheet rewrote this number. Format the column as text."
            )
        return Refused(Code.BAD_DURATION, "Write a length as 3:35, 215 (seconds) or PT3M35S.")
    if milliseconds > DURATION_MAX_MS:
        return Refused(
            Code.BAD_DURATION,
            "This is longer than a day. If the column counts milliseconds, say so in the mapping.",
        )
    return milliseconds or None


def parse_day(text: str) -> Day | Refused | None:
    """The date of `2001-05-17`, `2001-05`, `2001`, `17/05/2001`, `17 May 2001`; None for none given."""
    text = text.strip()
    if not text or text in {"-", "0000-00-00", "0000"}:
        return None
    if found := _DAY(text) or _COMPACT_DAY(text):
        return _day(*map(int, found.groups()))
    if found := _YEAR_FIRST(text):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if _YEAR(text):
        return _completed(int(text), 1)
    if found := _MONTH(text):
        return _completed(int(found[1]), int(found[2]))
    if found := _SLASHED(text):
        return _slashed(int(found[1]), int(found[3]), int(found[4]))
    if found := _WORDED(text):
        return _worded(*found.groups())
    if _SERIAL(text) or _EXPONENT(text) or text.startswith("#"):
        return Refused(
            Code.SPREADSHEET_DAMAGE,
            "A spreadsheet turned this date into something else. Format the column as text and export again.",
        )
    return Refused(Code.BAD_DATE, "Write a date as 2001-05-17, 2001-05 or 2001.")


def parse_genres(text: str) -> list[str] | Refused:
    """Genres separated by `;` or `|`, each once, as written."""
    found = list(dict.fromkeys(part for piece in re.split(r"[;|]", text) if (part := clean_text(piece))))
    if len(found) > GENRES_MAX or any(len(genre) > GENRE_MAX_CHARS for genre in found):
        return Refused(
            Code.TOO_LONG, f"Give up to {GENRES_MAX} genres of up to {GENRE_MAX_CHARS} characters."
        )
    return found


def is_exponent(text: str) -> bool:
    """Whether a spreadsheet made a number such as 1E+05 of a code."""
    return _EXPONENT(text.strip()) is not None


def _milliseconds(text: str, unit: DurationUnit) -> int | None:
    if _NUMBER(text):
        return _scaled(text, 1 if unit is DurationUnit.MILLISECONDS else 1000)
    if found := _CLOCK(text):
        hours, minutes, seconds = int(found[1] or 0), int(found[2]), int(found[3])
        if seconds > 59 or (found[1] and minutes > 59):
            return None
        return (hours * 3600 + minutes * 60 + seconds) * 1000 + int((found[4] or "0").ljust(3, "0"))
    if (found := _PERIOD(text)) and any(found.groups()):
        days, hours, minutes = (int(found[n] or 0) for n in (1, 2, 3))
        return (days * 86400 + hours * 3600 + minutes * 60) * 1000 + (_scaled(found[4] or "0", 1000) or 0)
    if found := _UNIT_WORDS(text):
        return _scaled(found[1], 1 if found[2].lower().startswith("ms") else 1000)
    if found := _MINUTES_WORDS(text):
        return (int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3] or 0)) * 1000
    return None


def _scaled(number: str, factor: int) -> int | None:
    try:
        return int((Decimal(number.replace(",", ".")) * factor).to_integral_value())
    except InvalidOperation:
        return None


def _day(year: int, month: int, day: int) -> Day | Refused:
    if month == 0 and day == 0:
        return _completed(year, 1)
    if day == 0:
        return _completed(year, month)
    try:
        value = date(year, month, day)
    except ValueError:
        return Refused(Code.BAD_DATE, "There is no such day. Write a date as 2001-05-17.")
    return _plausible(value)


def _plausible(value: date, warning: Warned | None = None) -> Day | Refused:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return Refused(Code.BAD_DATE, f"The year has to lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return Day(value, warning)


def _completed(year: int, month: int) -> Day | Refused:
    try:
        return _plausible(date(year, month, 1), Warned.DATE_COMPLETED)
    except ValueError:
        return Refused(Code.BAD_DATE, "There is no such month. Write a date as 2001-05-17, 2001-05 or 2001.")


def _slashed(first: int, second: int, year: int) -> Day | Refused:
    if first <= 12 and second <= 12 and first != second:
        return Refused(
            Code.AMBIGUOUS_DATE, "Day and month cannot be told apart here. Write the date as 2001-05-17."
        )
    return _day(year, second, first) if second <= 12 else _day(year, first, second)


def _worded(day_before: str | None, name: str, day_after: str | None, year: str) -> Day | Refused:
    month = _MONTHS.get(name[:3].lower())
    if month is None:
        return Refused(Code.BAD_DATE, "Write a date as 2001-05-17, 2001-05 or 2001.")
    if len(year) == 2:  # what spreadsheets make of 2001-05: May-01
        return Refused(
            Code.SPREADSHEET_DAMAGE,
            "A spreadsheet shortened this date. Format the column as text and export again.",
        )
    day = day_before or day_after
    return _day(int(year), month, int(day)) if day else _completed(int(year), month)
