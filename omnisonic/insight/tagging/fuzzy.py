"""Misspelled names: unmatched capitalized words are repaired against the words of the catalog, never guessed.

The set to compare with is blocked by first letter, last letter and length, so the cost does not grow with
the catalog as a scan would. Only `token_sort_ratio` judges: ratios of parts find "America" in "American
Futures Exchange".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from omnisonic.insight.tagging import lexicon
from omnisonic.insight.tagging.index import AliasIndex, Form, Match
from omnisonic.insight.tagging.reading import Reading, Style

MIN_WORD_LENGTH = 5
MIN_LINK_LIKENESS = 85.0
MAX_WORDS = 4
FAMILIAR_ZIPF = 3.2  # a word this frequent is no misspelling
LONG_WORD = 7
MIN_SURPRISE = 6.0  # of a name of ordinary words, to be repaired to


Blocks = dict[tuple[str, str, int], list[str]]


class Repairer:
    """Finds what a misspelled name may have been. The vocabulary is made when first needed."""

    def __init__(self, index: AliasIndex, *, threshold: int) -> None:
        self._index = index
        self._threshold = max(float(threshold), MIN_LINK_LIKENESS)
        self._blocks: Blocks | None = None
        self._known: frozenset[str] = frozenset()

    def repair(self, reading: Reading, taken: frozenset[int]) -> Iterator[tuple[Match, float]]:
        """Forms that words of the text are one slip away from, with the likeness from 0 to 1."""
        yield from self._joined(reading, taken)
        suspects = frozenset(reading.words.words) - lexicon.ordinary_words()
        if not any(len(word) >= MIN_WORD_LENGTH for word in suspects):
            return
        blocks = self._vocabulary()
        for at, word in enumerate(reading.words.words):
            if (
                word not in suspects
                or at in taken
                or len(word) < MIN_WORD_LENGTH
                or not _may_be_name(reading, at)
            ):
                continue
            for first, last, key in self._readings_of(reading, at, word, taken, blocks):
                form = self._index.find_form(key)
                if form is None:
                    continue
                written = " ".join(reading.words.words[first : last + 1])
                likeness = max(fuzz.token_sort_ratio(written, key), fuzz.ratio(written.replace(" ", ""), key))
                if likeness >= self._threshold and _is_safe(form):
                    yield (
                        Match(form, first, last, reading.words.starts[first], reading.words.ends[last]),
                        likeness / 100,
                    )
                    break

    def _joined(self, reading: Reading, taken: frozenset[int]) -> Iterator[tuple[Match, float]]:
        """Names of one word that were written as two: "Cold Play"."""
        words, starts, ends = reading.words.words, reading.words.starts, reading.words.ends
        for at in range(len(words) - 1):
            if at in taken or at + 1 in taken or not (reading.is_capital(at) and reading.is_capital(at + 1)):
                continue
            form = self._index.find_form(words[at] + words[at + 1])
            if form is not None and reading.gap(at + 1) in (" ", "-") and _is_safe(form):
                likeness = fuzz.token_sort_ratio(f"{words[at]} {words[at + 1]}", form.key) / 100
                yield Match(form, at, at + 1, starts[at], ends[at + 1]), likeness

    def _readings_of(
        self,
        reading: Reading,
        at: int,
        word: str,
        taken: frozenset[int],
        blocks: Blocks,
    ) -> Iterator[tuple[int, int, str]]:
        """Spans around a suspicious word with the key they would have when repaired; longest first."""
        words = reading.words.words
        repaired = [word] if word in self._known else self._nearest(word, blocks)
        for length in range(MAX_WORDS, 0, -1):
            for first in range(at - length + 1, at + 1):
                last = first + length - 1
                if first < 0 or last >= len(words) or any(one in taken for one in range(first, last + 1)):
                    continue
                if any(reading.gap(one) not in (" ", "-") for one in range(first + 1, last + 1)):
                    continue
                for better in repaired:
                    if better != word:
                        yield first, last, " ".join((*words[first:at], better, *words[at + 1 : last + 1]))
                if length == 2:
                    yield first, last, "".join(words[first : last + 1])

    def _nearest(self, word: str, blocks: Blocks) -> list[str]:
        slips = 2 if len(word) >= LONG_WORD else 1
        near: list[str] = []
        for length in range(len(word) - slips, len(word) + slips + 1):
            block = blocks.get((word[0], word[-1], length))
            if block:
                found = process.extract(
                    word,
                    block,
                    scorer=DamerauLevenshtein.distance,
                    score_cutoff=slips,
                    limit=3,
                    processor=None,
                )
                near += [one for one, _, _ in found]
        return near[:6]

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


def _may_be_name(reading: Reading, at: int) -> bool:
    style = reading.style_at(reading.words.starts[at])
    if not reading.is_capital(at) and style is not Style.LOWER:
        return False
    return lexicon.zipf(reading.word(at)) < FAMILIAR_ZIPF


def _is_safe(form: Form) -> bool:
    """Short or ordinary names are never repaired to."""
    if len(form.key) <= MIN_WORD_LENGTH:
        return False
    return not form.profile.ordinary or (
        len(form.profile.content) > 1 and form.profile.surprise >= MIN_SURPRISE
    )
