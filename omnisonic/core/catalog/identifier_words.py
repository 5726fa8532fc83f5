"""Why a number cannot be right, with the place where it goes wrong. Pure."""

from __future__ import annotations

from omnisonic.core.identifiers import Problem, Scheme, explain, normalize, weighted_check_digit

CLUTTER = str.maketrans("", "", " \t.-–—:")
LENGTHS = {Scheme.ISRC: 12, Scheme.ISWC: 11, Scheme.ISNI: 16}
COUNTRY_CHARS, REGISTRANT_CHARS = 2, 5


def why_not(scheme: Scheme, text: str) -> str:
    """A sentence about what is wrong with an identifier; empty when it is well-formed or blank."""
    problem = normalize(scheme, text).problem
    if problem is None or problem is Problem.EMPTY:
        return ""
    plain = text.upper().translate(CLUTTER).removeprefix(scheme.upper())
    if problem is Problem.LENGTH and scheme in LENGTHS:
        return _length(scheme, plain) or explain(scheme, problem)
    if problem is Problem.CHECK_DIGIT and scheme is Scheme.ISWC:
        wanted = weighted_check_digit(plain[1:10], 1)
        return (
            f"It ends in {plain[10]}, but the nine digits before call for {wanted}."
            " One of the ten is wrong: compare them with the source."
        )
    if problem in (Problem.FORMAT, Problem.LOOK_ALIKE):
        return _misplaced(scheme, plain) or explain(scheme, problem)
    return explain(scheme, problem)


def _length(scheme: Scheme, plain: str) -> str:
    missing = LENGTHS[scheme] - len(plain)
    if not plain or missing == 0:
        return ""
    count = abs(missing)
    words = "is missing" if missing > 0 else "is too much"
    plural = words if count == 1 else words.replace("is ", "are ")
    what = "character" if count == 1 else "characters"
    return f"{count} {what} {plural}: an {scheme.upper()} has {LENGTHS[scheme]}, this has {len(plain)}."


def _misplaced(scheme: Scheme, plain: str) -> str:
    for place, mark in enumerate(plain, start=1):
        wanted = _wanted(scheme, place)
        if wanted and not _fits(mark, wanted):
            return f"Character {place} is “{mark}”, where an {scheme.upper()} has a {wanted}."
    return ""


def _wanted(scheme: Scheme, place: int) -> str:
    if scheme is Scheme.ISWC:
        return "T" if place == 1 else "digit"
    if scheme is Scheme.ISRC:
        if place <= COUNTRY_CHARS:
            return "letter"
        return "" if place <= REGISTRANT_CHARS else "digit"
    return ""


def _fits(mark: str, wanted: str) -> bool:
    if wanted == "digit":
        return mark.isascii() and mark.isdigit()
    return mark.isascii() and mark.isalpha() if wanted == "letter" else mark == wanted
