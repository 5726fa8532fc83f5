"""What words usually mean: ordinary words, first names, places, how frequent a word is."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def ordinary_words() -> frozenset[str]:
    """English words that are not names."""
    return _read("words.txt")


@cache
def known_names() -> frozenset[str]:
    """Proper names and rare words that many texts use for something else."""
    return _read("known_names.txt")


@cache
def first_names() -> frozenset[str]:
    """Common given names, folded."""
    return _read("first_names.txt")


@cache
def places() -> frozenset[str]:
    """Words of the names of countries, regions and large cities, folded."""
    return _read("places.txt")


@cache
def zipf(word: str) -> float:
    """How frequent a word is in English: 0 unknown, 3 once in a million, 7 the most frequent (wordfreq)."""
    from wordfreq import zipf_frequency  # a second of computing, which few processes need

    return float(zipf_frequency(word, "en"))


def is_ordinary(word: str) -> bool:
    """Whether a word stands in a dictionary, or is too short to be a name by itself."""
    return word in ordinary_words() or word in STOP_WORDS or len(word) == 1


def surprise(words: tuple[str, ...]) -> float:
    """How improbable it is to meet these words together by chance; ordinary short phrases stay below 6."""
    return sum(max(0.0, 7.5 - zipf(word)) for word in words if word not in STOP_WORDS)


def sections(name: str) -> dict[str, frozenset[str]]:
    """Word lists of one file, by the names in square brackets above them."""
    found: dict[str, set[str]] = {}
    for line in _text(name).splitlines():
        if line.startswith("["):
            words = found.setdefault(line.strip("[]"), set())
        elif line:
            words.update(line.split())
    return {title: frozenset(words) for title, words in found.items()}


def _read(name: str) -> frozenset[str]:
    return frozenset(_text(name).split())


def _text(name: str) -> str:
    return resources.files("omnisonic.insight.tagging").joinpath("lexicons", name).read_text(encoding="utf-8")


STOP_WORDS = sections("cues.txt")["STOP_WORDS"]
