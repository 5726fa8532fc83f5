"""Territory expressions: `EUROPE - CH`, `US, CA`, `world except Japan` as exact sets of countries.

Pure. A set is a sorted tuple of half-open ranges of ISO 3166-1 / CISAC TIS numbers, as PostgreSQL's
int4multirange has them. The world is `[1,2000)`, so that a country numbered tomorrow is inside today.

Grammar: terms separated by `,` `;` `/` `|` `and` or a line; `-`, `!`, `except`, `without`, `excluding` take
away until the next `+`, `plus`, `including` or closing bracket; read from left to right. An expression that
begins by taking away starts from the world. A state is its ISO entry alone: `US` (840) is without Puerto
Rico (630), as TIS has it; `remarks` says so. `UK` is read as `GB`.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from omnisonic.core.licenses.errors import UnknownTerritory
from omnisonic.core.licenses.territory_groups import GROUPS
from omnisonic.core.licenses.territory_names import (
    CODES,
    NUMBERS,
    REFUSED,
    country_names,
    name_of,
    words_of,
)
from omnisonic.core.licenses.territory_sets import WORLD, Ranges, bits_of, bits_of_numbers, ranges_of
from omnisonic.platform.errors import FieldError

MAX_CHARS = 1000
MAX_NEAR = 3
MIN_NEAR_CHARS = 4

WORLD_NAMES = (
    "world",
    "worldwide",
    "the world",
    "whole world",
    "global",
    "universe",
    "2wl",
    "2136",
    "ww",
    "xw",
)

_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[.'’`](?=[^\W_]))*\.?|[-+!(),;/|&\n\\]")
_SEPARATORS = {",", ";", "/", "|", "\n", "&", "and", "or", "the", "(", ")"}
_TAKE_AWAY = {
    "-",
    "!",
    "\\",
    "except",
    "excluding",
    "exclude",
    "excludes",
    "excl",
    "without",
    "minus",
    "ex",
    "not",
    "but",
}
_ADD = {"+", "plus", "including", "include", "includes", "incl"}
_AMPERSAND = {"&"}
_INSIDE_NAMES = {"-", ",", "(", ")", "&", "/"}


@dataclass(frozen=True)
class Term:
    """One part of an expression: its canonical name, its numbers as bits, and whether it is taken away."""

    name: str
    bits: int
    is_group: bool
    takes_away: bool = False


@dataclass(frozen=True)
class Territory:
    """A parsed expression. `text` is its canonical form, None for the world."""

    text: str | None
    ranges: Ranges
    terms: tuple[Term, ...]


@functools.lru_cache(maxsize=2048)
def parse_territory(expression: str | None) -> Territory:
    """The territory that a text names; empty or None is the world.

    Raises `UnknownTerritory` naming the part that is not known with near spellings, or a set without
    any country.
    """
    if expression is None or not expression.strip():
        return Territory(None, WORLD, ())
    if len(expression) > MAX_CHARS:
        raise _refusal("territory-too-long", f"Use at most {MAX_CHARS} characters; groups make it shorter.")
    terms = _effective(_read_terms(expression))
    bits = _evaluate(terms)
    if not bits:
        raise _refusal("empty-territory", f"“{expression.strip()}” leaves no country. Take out less.")
    text = _canonical(terms)
    return Territory(None if text == "WORLD" else text, ranges_of(bits), terms)


def _read_terms(expression: str) -> list[Term]:
    tokens = _TOKEN.findall(expression.replace("−", "-").replace("–", "-").replace("—", "-"))
    leftover = _TOKEN.sub("", expression)
    if re.search(r"[^\s._–—−'’`]", leftover) or not tokens:
        raise _unknown(expression.strip())
    terms: list[Term] = []
    takes_away, place = False, 0
    while place < len(tokens):
        found = _longest_name(tokens, place)
        if found is not None:
            term, place = found
            terms.append(replace(term, takes_away=takes_away))
            continue
        word = tokens[place].casefold().rstrip(".")
        if word in _TAKE_AWAY:
            takes_away = True
        elif word in _ADD or word == ")":
            takes_away = False
        elif word not in _SEPARATORS:
            raise _unknown(_unknown_part(tokens, place))
        place += 1
    if not terms:
        raise _unknown(expression.strip())
    if terms[0].takes_away:
        terms.insert(0, Term("WORLD", bits_of(WORLD), is_group=True))
    return terms


def _longest_name(tokens: Sequence[str], place: int) -> tuple[Term, int] | None:
    known, longest = _known_names()
    words: list[str] = []
    best: tuple[Term, int] | None = None
    for end in range(place, len(tokens)):
        token = tokens[end]
        is_word = token[0].isalnum()
        if token in _AMPERSAND:
            words.append("and")
        elif is_word:
            words.extend(words_of(token))
        elif end == place or token not in _INSIDE_NAMES:
            break
        if len(words) > longest:
            break
        term = known.get(tuple(words))
        if term is not None and (is_word or "(" in tokens[place:end]):
            best = (term, end + 1)
    return best


def _unknown_part(tokens: Sequence[str], place: int) -> str:
    words: list[str] = []
    for token in tokens[place:]:
        if not token[0].isalnum() or (words and token.casefold() in _TAKE_AWAY | _ADD):
            break
        words.append(token)
    return " ".join(words)


@functools.lru_cache(maxsize=1)
def _known_names() -> tuple[dict[tuple[str, ...], Term], int]:
    known = {
        words: Term(CODES[number], 1 << number, is_group=False) for words, number in country_names().items()
    }
    for group in GROUPS:
        term = Term(group.name, bits_of_numbers(NUMBERS[code] for code in group.members), is_group=True)
        codes = (group.tis_code, str(group.tis_number or ""))
        for name in filter(None, (group.name, *codes, *group.other_names)):
            known.setdefault(words_of(name), term)
    world = Term("WORLD", bits_of(WORLD), is_group=True)
    known.update({words_of(name): world for name in WORLD_NAMES})
    return known, max(map(len, known))


def _evaluate(terms: Iterable[Term]) -> int:
    bits = 0
    for term in terms:
        bits = bits & ~term.bits if term.takes_away else bits | term.bits
    return bits


def _effective(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The same set in canonical order (groups before countries), without what changes nothing."""
    wanted = _evaluate(terms)
    current = list(terms)
    while True:
        ordered: list[Term] = []
        for _, run in groupby(current, key=lambda term: term.takes_away):
            ordered.extend(sorted(set(run), key=_rank))
        kept = list(ordered)
        for term in reversed(ordered):  # what comes later is the first to be needless
            rest = [other for other in kept if other is not term]
            if _evaluate(rest) == wanted:
                kept = rest
        if kept == current:
            return tuple(kept)
        current = kept


def _rank(term: Term) -> tuple[bool, int, str]:
    return (not term.is_group, -term.bits.bit_count(), term.name)


def _canonical(terms: Iterable[Term]) -> str:
    parts: list[str] = []
    for takes_away, run in groupby(terms, key=lambda term: term.takes_away):
        names = ", ".join(term.name for term in run)
        sign = ("- " if takes_away else "+ ") if parts else ""
        parts.append(sign + names)
    return " ".join(parts)


def _unknown(part: str) -> UnknownTerritory:
    words = words_of(part)
    advice = REFUSED.get(" ".join(words))
    if advice is None:
        near = _near(" ".join(words))
        advice = f"Did you mean {' or '.join(near)}?" if near else "Write a country, an ISO code or a group."
    shown = part if len(part) <= 60 else f"{part[:60]}…"
    return _refusal("unknown-territory", f"“{shown}” is no territory. {advice}")


def _near(name: str) -> list[str]:
    known, _ = _known_names()
    texts = {" ".join(words): term for words, term in known.items() if len(" ".join(words)) >= MIN_NEAR_CHARS}
    matches = difflib.get_close_matches(name, texts, n=8, cutoff=0.72)
    shown = [
        texts[match].name
        if texts[match].is_group
        else f"{name_of(NUMBERS[texts[match].name])} ({texts[match].name})"
        for match in matches
    ]
    return list(dict.fromkeys(shown))[:MAX_NEAR]


def _refusal(code: str, message: str) -> UnknownTerritory:
    return UnknownTerritory(message, errors=[FieldError("territory", code, message)])
