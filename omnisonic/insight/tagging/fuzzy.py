"""Misspelled names: unmatched capitalized words are repaired against the words of the catalog, never guessed.

The set to compare with is blocked by first letter, last letter and length, so the cost does not grow with
the catalog as a scan would. Only `token_sort_ratio` judges: ratios of parts find "America" in "American
Futures Exchange".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, DamerauLevenshtein

from omnisonic.insight.tagging import lexicon
from omnisonic.insight.tagging.index import AliasIndex, Form, Match
from omnisonic.insight.tagging.reading import Reading, Style

MIN_WORD_LENGTH = 5
MIN_LINK_LIKENESS = 85.0
MAX_WORDS = 4
JOINTS = (" ", "-")
FAMILIAR_ZIPF = 3.2  # a word this frequent is no misspelling
LONG_WORD = 7
MAX_NEAR, MAX_NEAR_OF_LENGTH = 6, 3
MAX_REMEMBERED = 20_000
MIN_SURPRISE = 6.0  # of a name of ordinary words, to be repaired to


Blocks = dict[tuple[str, str, int], list[str]]


class Repairer:
    """Finds what a misspelled name may have been. The vocabulary is made when first needed."""

    def __init__(self, index: AliasIndex, *, threshold: int) -> None:
        self._index = index
        self._threshold = max(float(threshold), MIN_LINK_LIKENESS)
        self._blocks: Blocks | None = None
        self._known: frozenset[str] = frozenset()
        self._near: dict[str, list[str]] = {}  # the same unknown names return in many articles

    def repair(self, reading: Reading, taken: frozenset[int]) -> Iterator[tuple[Match, float]]:
        """Forms that words of the text are one slip away from, with the likeness from 0 to 1."""
        yield from self._joined(reading, taken)
        ordinary = lexicon.ordinary_words()
        suspects = [
            (at, word)
            for at, word in enumerate(reading.tokens)
            if len(word) >= MIN_WORD_LENGTH and word not in ordinary and at not in taken
        ]
        if not suspects:
            return
        blocks = self._vocabulary()
        for at, word in suspects:
            if not _may_be_name(reading, at, word):
                continue
            for first, last, key in self._readings_of(reading, at, word, taken, blocks):
                form = self._index.find_form(key)
                if form is None:
                    continue
                written = " ".join(reading.tokens[first : last + 1])
                likeness = max(fuzz.token_sort_ratio(written, key), fuzz.ratio(written.replace(" ", ""), key))
                if likeness >= self._threshold and _is_safe(form):
                    yield Match(form, first, last, reading.starts[first], reading.ends[last]), likeness / 100
                    break

    def _joined(self, reading: Reading, taken: frozenset[int]) -> Iterator[tuple[Match, float]]:
        """Names of one word that were written as two: "Cold Play"."""
        body, words, starts = reading.body, reading.tokens, reading.starts
        free = [at for at, start in enumerate(starts) if body[start].isupper() and at not in taken]
        for at, following in pairwise(free):
            if following != at + 1:
                continue
            form = self._index.find_form(words[at] + words[at + 1])
            if form is not None and reading.gap(at + 1) in JOINTS and _is_safe(form):
                likeness = fuzz.token_sort_ratio(f"{words[at]} {words[at + 1]}", form.key) / 100
                yield Match(form, at, at + 1, starts[at], reading.ends[at + 1]), likeness

    def _readings_of(
        self,
        reading: Reading,
        at: int,
        word: str,
        taken: frozenset[int],
        blocks: Blocks,
    ) -> Iterator[tuple[int, int, str]]:
        """Spans around a suspicious word with the key they would have when repaired; longest first."""
        words = reading.tokens
        repaired = [] if word in self._known else self._nearest(word, blocks)
        lowest, highest = _free_around(reading, at, taken)
        for length in range(MAX_WORDS, 0, -1) if repaired else (2,):
            for first in range(max(lowest, at - length + 1), min(at, highest - length + 1) + 1):
                last = first + length - 1
                for better in repaired:
                    yield first, last, " ".join((*words[first:at], better, *words[at + 1 : last + 1]))
                if length == 2:
                    yield first, last, "".join(words[first : last + 1])

    def _nearest(self, word: str, blocks: Blocks) -> list[str]:
        """Words of the catalog that an unknown word may be a slip of."""
        near = self._near.get(word)
        if near is None:
            slips = 2 if len(word) >= LONG_WORD else 1
            lengths = range(len(word) - slips, len(word) + slips + 1)
            found = [blocks.get((word[0], word[-1], length)) for length in lengths]
            near = [one for block in found if block for one in _closest(word, block, slips)][:MAX_NEAR]
            if len(self._near) >= MAX_REMEMBERED:
                self._near.clear()
            self._near[word] = near
        return near

    def _vocabulary(self) -> Blocks:
        if self._blocks is None:
            known = {
                word
                for key in self._index.list_keys()
                for word in key.split()
                if len(word) >= MIN_WORD_LENGTH
            }
            blocks: defaultdict[tuple[str, str, int], list[str]] = defaultdict(list)
            for word in sorted(known):
                blocks[word[0], word[-1], len(word)].append(word)
            self._known, self._blocks = frozenset(known), dict(blocks)
        return self._blocks


def _closest(word: str, block: list[str], slips: int) -> list[str]:
    """Words of a block that are at most so many slips away, the nearest first.

    The distance that lets letters change places freely is three times as dear as the one that does not let
    them be touched again; up to two slips the latter is at most one more, so it sorts out who is measured.
    """
    close = process.extract(
        word, block, scorer=OSA.distance, score_cutoff=slips + 1, limit=None, processor=None
    )
    measured = [
        (distance, number, one)
        for one, _, number in close
        if (distance := DamerauLevenshtein.distance(word, one)) <= slips
    ]
    return [one for _, _, one in sorted(measured)[:MAX_NEAR_OF_LENGTH]]


def _free_around(reading: Reading, at: int, taken: frozenset[int]) -> tuple[int, int]:
    """First and last of the words around one that nobody has taken and that only spaces or hyphens part."""
    lowest = highest = at
    while at - lowest < MAX_WORDS - 1 and lowest > 0 and lowest - 1 not in taken:
        if reading.gap(lowest) not in JOINTS:
            break
        lowest -= 1
    while highest - at < MAX_WORDS - 1 and highest + 1 < reading.count and highest + 1 not in taken:
        if reading.gap(highest + 1) not in JOINTS:
            break
        highest += 1
    return lowest, highest


def _may_be_name(reading: Reading, at: int, word: str) -> bool:
    if not reading.is_capital(at) and reading.style_at(reading.starts[at]) is not Style.LOWER:
        return False
    return lexicon.zipf(word) < FAMILIAR_ZIPF


def _is_safe(form: Form) -> bool:
    """Short or ordinary names are never repaired to."""
    if len(form.key) <= MIN_WORD_LENGTH:
        return False
    return not form.profile.ordinary or (
        len(form.profile.content) > 1 and form.profile.surprise >= MIN_SURPRISE
    )
