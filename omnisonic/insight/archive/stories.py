"""Copies of one story across outlets, found by their titles. Pure and exact.

Titles are compared as sets of words (Jaccard ≥ 0.6, within 72 hours of the story's first article). Two sets
that are so alike share a word among the first few of each, in any fixed order of words (prefix filtering:
Chaudhuri et al., ICDE 2006; Bayardo et al., WWW 2007): only titles that share such a word are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

WINDOW_HOURS = 72
WINDOW = timedelta(hours=WINDOW_HOURS)
LIKENESS = (3, 5)  # as numerator and denominator: nothing here is rounded
WORDS_MIN = 3  # "Album review" is no story
# A separator has space around it: "hip-hop" and "10:30" stay whole.
PARTS = re.compile(r"\s+[-\u2010-\u2015|\u00b7:]+\s+|:\s+|\s*\|\s*")
WORD = re.compile(r"\w+")
APOSTROPHE = re.compile("['\u2018\u2019\u02bc]")
# Scripts without spaces between words: pairs of characters take the place of words.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True)
class Told:
    """An article as a member of its story, which began at `story_at`."""

    story_at: datetime
    story_id: UUID
    words: frozenset[str]


def title_words(title: str) -> frozenset[str]:
    """The words of a title's longest part, case folded and without marks; empty when they are too few."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    longest = max(PARTS.split(folded), key=lambda part: len(part.strip()))
    words: set[str] = set()
    for word in WORD.findall(APOSTROPHE.sub("", longest)):
        words.update(_pieces(word))
    return frozenset(words) if len(words) >= WORDS_MIN else frozenset()


def block_words(words: frozenset[str]) -> list[str]:
    """The words under which a title is filed: long ones first, because they are rare."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    least = -(-LIKENESS[0] * len(words) // LIKENESS[1])  # words that an alike title shares with it
    return ordered[: len(words) - least + 1] if words else []


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two titles tell the same story; a title without words tells none."""
    common = len(one & other)
    return common > 0 and common * LIKENESS[1] >= LIKENESS[0] * (len(one) + len(other) - common)


class StoryIndex:
    """Stories known so far; which one an article belongs to does not depend on how they were added."""

    def __init__(self, told: Iterable[Told] = ()) -> None:
        self._blocks: dict[str, set[Told]] = {}
        for one in told:
            self.add(one)

    def add(self, told: Told) -> None:
        """File an article under its words."""
        for word in block_words(told.words):
            self._blocks.setdefault(word, set()).add(told)

    def find(self, words: frozenset[str], at: datetime) -> Told | None:
        """The story of an article published `at`: the most alike, then the earliest; None when it is new."""
        near = {
            told
            for word in block_words(words)
            for told in self._blocks.get(word, ())
            if abs(told.story_at - at) <= WINDOW and are_alike(told.words, words)
        }
        return min(
            near, key=lambda told: (-_likeness(told.words, words), told.story_at, told.story_id), default=None
        )


def _likeness(one: frozenset[str], other: frozenset[str]) -> Fraction:
    return Fraction(len(one & other), len(one | other))


def _pieces(word: str) -> Iterable[str]:
    rest = UNSPACED.sub(" ", word).split()
    for run in UNSPACED.findall(word):
        rest += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
    return rest
