"""Territories in words, for pages and messages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from omnisonic.core.licenses.territories import Term, Territory, parse_territory
from omnisonic.core.licenses.territory_groups import GROUPS
from omnisonic.core.licenses.territory_names import APART, CODES, NUMBERS, name_of
from omnisonic.core.licenses.territory_sets import WORLD, Ranges, to_numbers

SHOWN_NAMES = 4
_GROUP_NAMES = {"EU": "the EU", "EEA": "the EEA", "GSA": "Germany, Switzerland, Austria", "CIS": "the CIS"}
_UPPER = {"APEC", "ASEAN", "NAFTA"}
# Groups whose members surprise: a remark says whom they leave out or take in.
GROUP_REMARKS = {
    "MIDDLE EAST": "Middle East as CISAC numbers it (2125): India, Pakistan and Nepal are in, Israel, Egypt,"
    " Lebanon, Syria and Türkiye are not.",
    "EUROPE": "Europe is without Türkiye and Cyprus, which are in Asia; Russia and the UK are in.",
    "NORTH AMERICA": "North America is Canada, Mexico and the United States.",
}


def readable(territory: Territory, *, shown: int = SHOWN_NAMES) -> str:
    """`World except Switzerland and Japan`: the expression as a sentence part; long lists are counted."""
    if territory.text is None:
        return "Worldwide"
    parts: list[str] = []
    for takes_away, run in groupby(territory.terms, key=lambda term: term.takes_away):
        names = listed([_name(term) for term in run], shown=shown)
        parts.append(names if not parts else f"except {names}" if takes_away else f"plus {names}")
    sentence = " ".join(parts)
    return sentence[0].upper() + sentence[1:]


def readable_text(text: str | None, *, shown: int = SHOWN_NAMES) -> str:
    """`readable` of a stored canonical text."""
    return readable(parse_territory(text), shown=shown)


@lru_cache(maxsize=2048)
def describe(ranges: Ranges, *, shown: int = SHOWN_NAMES) -> str:
    """Any set in the fewest words: worldwide, a group, some names, or the world without some."""
    if ranges == WORLD:
        return "Worldwide"
    numbers = to_numbers(ranges)
    here = frozenset(NUMBERS.values()) & numbers
    missing = frozenset(NUMBERS.values()) - numbers
    group = _groups().get(here)
    if group is not None:
        return _cased(group)
    if len(missing) < len(here):
        return f"World except {listed(_names(missing), shown=shown)}" if missing else "Worldwide"
    return listed(_names(here), shown=shown) if here else "countries that do not exist yet"


def remarks(territory: Territory) -> list[str]:
    """What the reader may not expect: dependent territories left out, members of unusual groups."""
    numbers = to_numbers(territory.ranges)
    found = [GROUP_REMARKS[term.name] for term in territory.terms if term.name in GROUP_REMARKS]
    for term in territory.terms:
        apart = [NUMBERS[code] for code in APART.get(term.name, ()) if NUMBERS[code] not in numbers]
        if apart and not term.takes_away:
            names = listed([name_of(number) for number in apart], shown=3)
            codes = ", ".join(CODES[number] for number in apart[:3])
            found.append(
                f"{name_of(NUMBERS[term.name])} alone: {names} count as territories of their own. "
                f"Add {codes} if they are meant."
            )
    return found


def count_countries(territory: Territory) -> int:
    """How many countries of today the territory holds."""
    return len(to_numbers(territory.ranges) & CODES.keys())


def listed(names: Sequence[str], *, shown: int = SHOWN_NAMES) -> str:
    """`A, B and C`, or `A, B, C and 9 more`."""
    if len(names) == 1:
        return names[0]
    if len(names) > shown:
        return f"{', '.join(names[: shown - 1])} and {len(names) - shown + 1} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _names(numbers: frozenset[int]) -> list[str]:
    return sorted(name_of(number) for number in numbers)


def _name(term: Term) -> str:
    return _cased(term.name) if term.is_group else name_of(NUMBERS[term.name])


def _cased(group: str) -> str:
    if group in _GROUP_NAMES:
        return _GROUP_NAMES[group]
    return group if group in _UPPER else group.title()


@lru_cache(maxsize=1)
def _groups() -> dict[frozenset[int], str]:
    return {frozenset(NUMBERS[code] for code in group.members): group.name for group in GROUPS}
