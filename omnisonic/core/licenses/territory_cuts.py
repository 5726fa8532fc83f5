"""What is left of a territory once others have theirs, written as people would write it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omnisonic.core.licenses.errors import UnknownTerritory
from omnisonic.core.licenses.territories import MAX_CHARS, Territory, parse_territory
from omnisonic.core.licenses.territory_groups import GROUPS
from omnisonic.core.licenses.territory_names import CODES, NUMBERS
from omnisonic.core.licenses.territory_sets import WORLD, Ranges, difference, to_numbers

MAX_LISTED = 80  # longer lists of codes are read by nobody and parsed slowly


def leave_out(territory: Territory, taken: Ranges, theirs: Sequence[str | None]) -> str | None:
    """The shortest expression of the territory without `taken`; None when nothing would be left.

    `theirs` are the expressions that `taken` comes from: `WORLD` without what `EUROPE - CH` covers is
    `WORLD - EUROPE + CH`. None too when no expression names exactly the rest.
    """
    rest = difference(territory.ranges, taken)
    if not _codes(rest):
        return None
    exact = [text for text in map(_canonical, _candidates(territory, rest, taken, theirs)) if text]
    return min((text for text in exact if parse_territory(text).ranges == rest), key=len, default=None)


def _candidates(
    territory: Territory, rest: Ranges, taken: Ranges, theirs: Sequence[str | None]
) -> Iterator[str]:
    ours = territory.text or "WORLD"
    kept, cut = _codes(rest), _codes(taken)
    yield from (group.name for group in GROUPS if set(group.members) == set(kept))
    yield from (f"{ours} - {group.name}" for group in GROUPS if set(group.members) == set(cut))
    yield " ".join((ours, *map(_taken_away, theirs)))
    if len(cut) <= MAX_LISTED:
        yield f"{ours} - {', '.join(cut)}"
    if len(kept) <= MAX_LISTED:
        yield ", ".join(kept)


def _taken_away(text: str | None) -> str:
    """`EUROPE - CH` as what is taken away: `- EUROPE + CH`."""
    terms = parse_territory(text).terms
    return " ".join(f"{'+' if term.takes_away else '-'} {term.name}" for term in terms) or "- WORLD"


def _canonical(text: str) -> str | None:
    if len(text) > MAX_CHARS:
        return None
    try:
        return parse_territory(text).text
    except UnknownTerritory:  # a candidate that leaves no country
        return None


def _codes(ranges: Ranges) -> list[str]:
    if ranges == WORLD:
        return sorted(NUMBERS)
    return sorted(CODES[number] for number in to_numbers(ranges) & CODES.keys())
