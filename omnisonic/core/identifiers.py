"""Music identifiers: normalized, checked and written for people. Pure: no I/O, no clock.

A correct check digit means "well-formed", never "registered to this thing". Nothing here raises on bad
input: imports check a million values, so every answer is a small tuple.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

MAX_LENGTH = 100  # longer texts are not an identifier with clutter, but something else


class Scheme(StrEnum):
    """The identifiers that are understood here."""

    ISRC = "isrc"
    ISWC = "iswc"
    IPI = "ipi"
    ISNI = "isni"


class Problem(StrEnum):
    """Why a text is not an identifier of its scheme."""

    EMPTY = "empty"
    LENGTH = "length"
    FORMAT = "format"
    LOOK_ALIKE = "look-alike"
    CHECK_DIGIT = "check-digit"


class Oddity(StrEnum):
    """What is odd about an identifier that is taken all the same."""

    UNKNOWN_PREFIX = "unknown-prefix"
    FUTURE_YEAR = "future-year"
    UNKNOWN_PARTY = "unknown-party"


class Normalized(NamedTuple):
    """The compact form, or the problem. Both None: the text says that the number is unknown."""

    value: str | None
    problem: Problem | None = None
    warnings: tuple[Oddity, ...] = ()


# Fixed prefixes only: a prefix that is not here is warned about, never refused, because new ones come.
# ISO 3166-1, former countries, and the agencies' own (IFPI, ISRC "Valid Characters"; CISAC CWR tables).
ISRC_PREFIXES = frozenset(
    prefix
    for line in (
        "AC AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BC BD BE BF BG BH BI BJ BK BL",
        "BM BN BO BP BQ BR BS BT BV BW BX BY BZ CA CB CC CD CF CG CH CI CK CL CM CN CO CP CR CS CU",
        "CV CW CX CY CZ DE DG DJ DK DM DO DZ EC EE EG EH EM ER ES ET EU FI FJ FK FM FO FR FX GA GB",
        "GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GX GY HK HM HN HR HT HU ID IE IL IM IN IO",
        "IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KS KW KY KZ LA LB LC LI LK LR LS LT LU LV",
        "LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI",
        "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA QM QN QR QT QZ RE RO RS",
        "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK",
        "TL TM TN TO TR TT TV TW TZ UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT YU ZA",
        "ZB ZM ZW ZZ",
    )
    for prefix in line.split()
)
ISRC_FIRST_YEAR = 86  # the first codes were given in 1986; lower two-digit years are of this century

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}").fullmatch
_ISWC = re.compile(r"T[0-9]{10}").fullmatch
_IPI = re.compile(r"[0-9]{3,11}").fullmatch
_IPI_BASE = re.compile(r"I[0-9]{10}").fullmatch
_ISNI = re.compile(r"[0-9]{15}[0-9X]").fullmatch
_ISNI_ADDRESS = re.compile(r"HTTPS?//(WWW)?(ISNIORG|ORCIDORG)/(ISNI/)?")
_LOOK_ALIKES = str.maketrans("OI", "01")


def _separator_table(separators: str) -> dict[int, str | None]:
    # Spaces, dashes and zero-width marks that documents put between the groups, and full-width characters.
    clutter = separators + " \t\r\n\u00a0\u2007\u2009\u202f\u3000\u200b\u200c\u200d\u2060\ufeff-‐‑‒–—―−－"
    table: dict[int, str | None] = {ord(mark): None for mark in clutter}
    wide = {0xFEE0 + code: chr(code) for code in range(0x21, 0x7F) if 0xFEE0 + code not in table}
    return wide | table


_PLAIN = _separator_table("")
_DOTTED = _separator_table(".:")


def normalize_isrc(text: str, *, year: int | None = None) -> Normalized:
    """ISO 3901: twelve characters without separators; no check digit exists.

    With `year` (the present one) a year of reference that has not come yet is warned about. O for 0 and
    I for 1 where only digits stand are pointed out and never repaired. Source: IFPI ISRC Bulletin 2015/01.
    """
    if _ISRC(text) is None:
        text, problem = _compact(text, "ISRC", 12, _PLAIN)
        if problem is None and _ISRC(text) is None:
            problem = _isrc_problem(text)
        if problem is not None:
            return Normalized(None, problem)
    if text[:2] in ISRC_PREFIXES and year is None:
        return Normalized(text)
    return Normalized(text, None, _isrc_warnings(text, year))


def normalize_iswc(text: str) -> Normalized:
    """ISO 15707: `T`, nine digits, check digit; dots and dashes are taken out."""
    if _ISWC(text) is None:
        text, problem = _compact(text, "ISWC", 11, _DOTTED)
        if problem is not None:
            return Normalized(None, problem)
        if _ISWC(text) is None:
            repaired = text[:1] + text[1:].translate(_LOOK_ALIKES)
            return Normalized(None, Problem.LOOK_ALIKE if _ISWC(repaired) else Problem.FORMAT)
    if ord(text[10]) - 48 != weighted_check_digit(text[1:10], 1):
        return Normalized(None, Problem.CHECK_DIGIT)
    return Normalized(text)


def normalize_ipi(text: str) -> Normalized:
    """IPI name number: eleven digits, left-padded. All zeros mean "unknown": no value and no problem."""
    if _IPI(text) is None:
        text, problem = _compact(text, "IPI", None, _DOTTED)
        if problem is not None:
            return Normalized(None, problem)
        if _IPI(text) is None:
            digits = text.translate(_LOOK_ALIKES)
            if text.isdigit() and text.isascii():
                return Normalized(None, Problem.LENGTH)
            return Normalized(None, Problem.LOOK_ALIKE if _IPI(digits) else Problem.FORMAT)
    text = text.zfill(11)
    if text == "00000000000":
        return Normalized(None, None, (Oddity.UNKNOWN_PARTY,))
    if int(text[9:]) != ipi_check_digits(text[:9]):
        return Normalized(None, Problem.CHECK_DIGIT)
    return Normalized(text)


def normalize_ipi_base(text: str) -> Normalized:
    """IPI base number: `I`, nine digits, check digit (as ISWC, starting from 2)."""
    text, problem = _compact(text, "IPI", None, _DOTTED)
    if problem is not None:
        return Normalized(None, problem)
    if _IPI_BASE(text) is None:
        return Normalized(None, Problem.LENGTH if len(text) != 11 else Problem.FORMAT)
    if ord(text[10]) - 48 != weighted_check_digit(text[1:10], 2):
        return Normalized(None, Problem.CHECK_DIGIT)
    return Normalized(text)


def normalize_isni(text: str) -> Normalized:
    """ISNI or ORCID: sixteen characters, the last by ISO 7064 MOD 11-2; links to them are understood."""
    if _ISNI(text) is None:
        text, problem = _compact(text, "ISNI", None, _DOTTED)
        if problem is not None:
            return Normalized(None, problem)
        text = _ISNI_ADDRESS.sub("", text, count=1).removeprefix("ORCID")
        if _ISNI(text) is None:
            return Normalized(None, Problem.LENGTH if len(text) != 16 else Problem.FORMAT)
    if text[15] != isni_check_character(text[:15]):
        return Normalized(None, Problem.CHECK_DIGIT)
    return Normalized(text)


def weighted_check_digit(digits: str, start: int) -> int:
    """(10 − S mod 10) mod 10 with S = `start` + Σ i·dᵢ over nine digits (ISO 15707: start 1; not Luhn)."""
    a, b, c, d, e, f, g, h, i = digits.encode()
    total = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i - 2160 + start
    return -total % 10


def ipi_check_digits(digits: str) -> int:
    """Two check digits of nine: t = Σ dᵢ·(10−i) mod 101; 0 stays 0, else (101 − t) mod 100 (CISAC)."""
    a, b, c, d, e, f, g, h, i = digits.encode()
    total = 10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i - 2592
    remainder = total % 101
    return (101 - remainder) % 100 if remainder else 0


def isni_check_character(digits: str) -> str:
    """Check character of fifteen digits by ISO 7064 MOD 11-2, where ten is X."""
    # Horner's scheme over doubled steps; one `%` at the end because Python's integers do not overflow.
    total = 0
    for digit in digits.encode():
        total = (total + digit - 48) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def format_isrc(value: str) -> str:
    """`CC-XXX-YY-NNNNN` of a compact ISRC; the word ISRC is not part of it."""
    return f"{value[:2]}-{value[2:5]}-{value[5:7]}-{value[7:]}"


def format_iswc(value: str) -> str:
    """`T-ddd.ddd.ddd-c` of a compact ISWC."""
    return f"T-{value[1:4]}.{value[4:7]}.{value[7:10]}-{value[10:]}"


def format_isni(value: str) -> str:
    """Groups of four by spaces."""
    return f"{value[:4]} {value[4:8]} {value[8:12]} {value[12:]}"


def format_identifier(scheme: str, value: str) -> str:
    """A compact value as people write it; values of other schemes stay as they are."""
    formatter = _FORMATS.get(scheme)
    return formatter(value) if formatter else value


def normalize(scheme: Scheme, text: str) -> Normalized:
    """The compact form of a text in a scheme, or why it is none."""
    return _NORMALIZERS[scheme](text)


def explain(scheme: Scheme, problem: Problem) -> str:
    """A sentence for whoever typed it."""
    return _EXPLANATIONS[problem].format(name=scheme.upper(), form=_FORMS[scheme])


_NORMALIZERS: dict[Scheme, Callable[[str], Normalized]] = {
    Scheme.ISRC: normalize_isrc,
    Scheme.ISWC: normalize_iswc,
    Scheme.IPI: normalize_ipi,
    Scheme.ISNI: normalize_isni,
}
_FORMATS: dict[str, Callable[[str], str]] = {
    Scheme.ISRC: format_isrc,
    Scheme.ISWC: format_iswc,
    Scheme.ISNI: format_isni,
}
_FORMS = {
    Scheme.ISRC: "12 characters such as GB-AYC-17-00598",
    Scheme.ISWC: "T and 10 digits such as T-034.524.680-1",
    Scheme.IPI: "11 digits such as 00014107338",
    Scheme.ISNI: "16 digits (the last may be X) such as 0000 0001 2146 438X",
}
_EXPLANATIONS = {
    Problem.EMPTY: "There is no {name} here. It has {form}.",
    Problem.LENGTH: "This is too long or too short for an {name}, which has {form}.",
    Problem.FORMAT: "This is not an {name}, which has {form}.",
    Problem.LOOK_ALIKE: "A letter O or I stands where this {name} needs the digit 0 or 1. Check its source.",
    Problem.CHECK_DIGIT: "The check digit does not fit: a digit of this {name} is wrong. Check its source.",
}


def _compact(
    text: str, label: str, length: int | None, table: dict[int, str | None]
) -> tuple[str, Problem | None]:
    # `label` is cut only if what stays has the right length: no valid code can be broken that way.
    if len(text) > MAX_LENGTH:
        return "", Problem.LENGTH
    text = text.translate(table)
    if not text:
        return "", Problem.EMPTY
    if not text.isascii():  # before `upper`, which makes SS of ß
        return "", Problem.FORMAT
    text = text.upper()
    shorter = text.removeprefix(label).lstrip(":")
    if length is None or len(shorter) == length:
        text = shorter
    if not text:
        return "", Problem.EMPTY
    return text, Problem.LENGTH if length is not None and len(text) != length else None


def _isrc_problem(text: str) -> Problem:
    repaired = text[:5] + text[5:].translate(_LOOK_ALIKES)
    return Problem.LOOK_ALIKE if _ISRC(repaired) else Problem.FORMAT


def _isrc_warnings(text: str, year: int | None) -> tuple[Oddity, ...]:
    found: list[Oddity] = []
    if text[:2] not in ISRC_PREFIXES:
        found.append(Oddity.UNKNOWN_PREFIX)
    if year is not None and year % 100 < int(text[5:7]) < ISRC_FIRST_YEAR:
        found.append(Oddity.FUTURE_YEAR)
    return tuple(found)
