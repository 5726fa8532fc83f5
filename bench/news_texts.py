"""Made catalogs and news items of the length that feeds deliver: names among ordinary words."""

from __future__ import annotations

import random
from functools import cache

from wordfreq import top_n_list

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.lexicon import ordinary_words
from omnisonic.insight.tagging.mentions import CatalogEntry, Item

SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ren",
    "tas",
    "vor",
    "bel",
    "dun",
    "ash",
    "ek",
    "zi",
    "pol",
    "gra",
    "nim",
    "sor",
    "quen",
    "tal",
    "wex",
    "ori",
    "jun",
    "hal",
    "cy",
    "fen",
    "ru",
)
TITLE_SHARE = 0.4
PLAIN_SHARE = 0.15  # names that are ordinary words
FRAMES = (
    "{a} announce a new album and a tour of thirty dates",
    "Why {a} waited so long to record again",
    "Review: {a} at the old town hall",
    "Council votes on budget as storm closes roads",
    "{a} and {b} share a stage for one song",
)


@cache
def _common() -> tuple[str, ...]:
    return tuple(word for word in top_n_list("en", 12_000) if len(word) > 2 and word in ordinary_words())


def made_catalog(chance: random.Random, names: int) -> list[CatalogEntry]:
    """Artists and recordings with this many names in all; a share of the names are ordinary words."""
    artists = int(names * (1 - TITLE_SHARE))
    entries = [CatalogEntry(f"a{number}", EntityType.ARTIST, _name(chance)) for number in range(artists)]
    entries += [
        CatalogEntry(
            f"r{number}", EntityType.RECORDING, _name(chance), (), (f"a{chance.randrange(artists)}",)
        )
        for number in range(names - artists)
    ]
    return entries


def made_items(chance: random.Random, count: int) -> list[Item]:
    """Items with a headline and about eighty words; names come from the start of the made catalogs."""
    known = [entry.name for entry in made_catalog(random.Random(20_261_121), 1_000)]
    return [_item(chance, number, known) for number in range(count)]


def _item(chance: random.Random, number: int, known: list[str]) -> Item:
    title = chance.choice(FRAMES).format(a=chance.choice(known), b=chance.choice(known))
    sentences = [_sentence(chance, known) for _ in range(6)]
    return Item(str(number), title, " ".join(sentences))


def _sentence(chance: random.Random, known: list[str]) -> str:
    words = chance.choices(_common(), weights=_weights(), k=chance.randint(9, 18))
    if chance.random() < 0.3:
        words.insert(chance.randrange(1, len(words)), chance.choice(known))
    return f"{words[0].capitalize()} {' '.join(words[1:])}."


@cache
def _weights() -> list[float]:
    return [1 / (rank + 5) for rank in range(len(_common()))]


def _name(chance: random.Random) -> str:
    if chance.random() < PLAIN_SHARE:
        return " ".join(word.capitalize() for word in chance.choices(_common(), k=chance.randint(1, 3)))
    count = chance.choice((1, 2, 2, 3))
    return " ".join(
        "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize() for _ in range(count)
    )
