"""How easily a written form is something else: the class of an alias."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omnisonic.insight.tagging import cues, lexicon


class Ambiguity(StrEnum):
    """Why a form may not mean the entity, from the most to the least doubtful."""

    SHORT = "short"  # numbers, symbols and forms of up to three letters
    COMMON = "common"  # an ordinary word, with or without an article
    PLACE = "place"
    FIRST_NAME = "first_name"
    PHRASE = "phrase"  # several ordinary words
    SINGLE = "single"  # one word that no dictionary has
    PERSONAL = "personal"  # given name and family name
    DISTINCT = "distinct"


ARTICLES = frozenset(("der", "die", "das", "el", "la", "los", "las", "le", "les", "os"))
DOUBTFUL = frozenset({Ambiguity.SHORT, Ambiguity.COMMON, Ambiguity.PLACE, Ambiguity.FIRST_NAME})
SOLID = frozenset({Ambiguity.DISTINCT, Ambiguity.PERSONAL, Ambiguity.SINGLE})


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a form without any text."""

    words: tuple[str, ...]
    content: tuple[int, ...]  # which of the words carry the name
    ambiguity: Ambiguity
    surprise: float
    ordinary: bool  # every word stands in a dictionary
    known: bool  # made of words that are also something else
    doubtful: bool  # no name by itself
    own: frozenset[str]  # the words without their order
    topical: bool  # some of them say what a text is about


def profile_of(key: str) -> Profile:
    """Class of a normalized form."""
    words = tuple(key.split()) or (key,)
    content = tuple(at for at, word in enumerate(words) if word not in lexicon.STOP_WORDS) or tuple(
        range(len(words))
    )
    ordinary = all(lexicon.is_ordinary(word) for word in words)
    surprise = lexicon.surprise(words)
    known = all(_is_known(words[at]) for at in content)
    kind = _classify(words, content, ordinary, surprise)
    own = frozenset(words)
    topical = not own.isdisjoint(cues.TOPICAL)
    return Profile(words, content, kind, surprise, ordinary, known, kind in DOUBTFUL, own, topical)


def _is_known(word: str) -> bool:
    if lexicon.is_ordinary(word) or word in lexicon.known_names():
        return True
    return word in lexicon.places() or word in lexicon.first_names()


def _classify(words: tuple[str, ...], content: tuple[int, ...], ordinary: bool, surprise: float) -> Ambiguity:
    core = [word for at in content if (word := words[at]) not in ARTICLES] or [words[at] for at in content]
    if all(len(word) == 1 for word in words):
        return Ambiguity.SINGLE if len(words) > 2 else Ambiguity.SHORT
    if all(word.isdigit() for word in core) or sum(map(len, words)) <= 3:
        return Ambiguity.SHORT if not any(ord(word[0]) > 0x2E7F for word in words) else Ambiguity.SINGLE
    if all(word in lexicon.places() for word in core):
        return Ambiguity.PLACE
    if len(core) == 1 and core[0] in lexicon.first_names():
        return Ambiguity.FIRST_NAME
    if ordinary:
        return Ambiguity.COMMON if len(set(core)) == 1 or surprise < 4.0 else Ambiguity.PHRASE
    if len(words) == 1 or len(core) == 1:
        return Ambiguity.SINGLE
    return Ambiguity.PERSONAL if core[0] in lexicon.first_names() else Ambiguity.DISTINCT
