"""Text as it is compared: folded words with one space between, and the way back to the original offsets.

Folding: NFKC, case, diacritics of alphabets that have letters without them, `&` read as "and". Punctuation
only parts words, so that "AC/DC", "Guns N' Roses" and "P!nk" need no rules of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

_UNSPACED = "\u1100-\u11ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"([^\W_{_UNSPACED}]+|[{_UNSPACED}]+|&)")  # Latin beside Kanji is a word of its own
_ASCII_WORD = re.compile("([a-z0-9]+|&)")  # the same, four times as fast
_ODD_LETTERS = {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h"}
_STRIPPED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")


class _Folding(dict[int, str]):
    """Code point to its folded form, computed when first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_cluster(chr(code))
        self[code] = folded
        return folded


_FOLDED = _Folding()


class Words(NamedTuple):
    """The words of a text: `joined` is what is searched, the offsets lead back into the original."""

    joined: str  # " word word word "
    words: Sequence[str]
    starts: Sequence[int]  # offsets in the original
    ends: Sequence[int]

    def word_at(self, position: int) -> int:
        """Index of the word whose leading space stands at or before this position of `joined`."""
        return self.joined.count(" ", 0, position + 1) - 1


def normalize(text: str) -> str:
    """The words of a text, folded, with single spaces between. Idempotent."""
    return " ".join(_read(fold(text)))


def fold(text: str) -> str:
    """Case and diacritics removed; everything else stays."""
    if text.isascii():
        return text.lower()
    if _is_composed(text):
        return text.translate(_FOLDED)
    return "".join(_fold_cluster(cluster) for cluster in _clusters(text))


def split_words(text: str) -> Words:
    """Words of a text with their places in the original."""
    folded, origins = _fold_with_origins(text)
    pieces = (_ASCII_WORD if folded.isascii() else WORD).split(folded)  # gap, word, gap, …, word, gap
    words = pieces[1::2]
    edges = list(accumulate(map(len, pieces)))
    starts, ends = edges[:-1:2], edges[1::2]
    if "&" in folded:
        words = [_word(word) for word in words]
    if origins is not None:
        starts = [origins[start][0] for start in starts]
        ends = [origins[end - 1][1] for end in ends]
    return Words(f" {' '.join(words)} ", words, starts, ends)


def fold_with_origins(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """Folded text, and for each of its characters the span in the original; None where they are the same."""
    return _fold_with_origins(text)


def _fold_with_origins(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    if text.isascii():
        return text.lower(), None
    if _is_composed(text):
        folded = text.translate(_FOLDED)
        pieces = [_FOLDED[ord(char)] for char in set(text)]
        if len(folded) == len(text) and all(len(piece) == 1 for piece in pieces):
            return folded, None
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    at = 0
    for cluster in _clusters(text):
        piece = _fold_cluster(cluster)
        parts.append(piece)
        origins.extend([(at, at + len(cluster))] * len(piece))
        at += len(cluster)
    return "".join(parts), origins


def _read(folded: str) -> list[str]:
    return [_word(word) for word in WORD.findall(folded)]


def _word(word: str) -> str:
    return "and" if word == "&" else word


def _is_composed(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _clusters(text: str) -> list[str]:
    """Base characters with what combines with them, Hangul jamo included."""
    clusters: list[str] = []
    for char in text:
        if clusters and (unicodedata.combining(char) or "\u1160" <= char <= "\u11ff"):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _fold_cluster(cluster: str) -> str:
    """One character with its marks; repeated until nothing changes, so that folding twice is folding once."""
    for _ in range(4):
        folded = _fold_once(cluster)
        if folded in ("", cluster):  # a mark that stands alone folds to nothing
            return folded
        cluster = folded
    return cluster


def _fold_once(cluster: str) -> str:
    if "\ud800" <= cluster[0] <= "\udfff":
        return "\ufffd"  # half a character: no automaton can read it
    if "\u3130" <= cluster[0] <= "\u318f" or "\uffa0" <= cluster[0] <= "\uffdc":
        return cluster  # letters of Hangul that stand alone would grow together when folded again
    composed = unicodedata.normalize("NFKC", cluster).casefold()
    folded: list[str] = []
    for char in unicodedata.normalize("NFC", composed):
        base = unicodedata.normalize("NFD", char)
        if len(base) > 1 and unicodedata.name(base[0], "").startswith(_STRIPPED_SCRIPTS):
            char = base[0]
        folded.append(_ODD_LETTERS.get(char, char))
    return "".join(char for char in "".join(folded) if not 0x300 <= ord(char) <= 0x36F)
