"""All the ways a name is written: what the catalog says, and what follows from it by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.lexicon import first_names, is_ordinary, places
from omnisonic.insight.tagging.mentions import CatalogEntry
from omnisonic.insight.tagging.normalize import fold, normalize

MAX_ALIASES_PER_ENTRY = 64
MAX_ALIAS_LENGTH = 300

_ARTICLE = re.compile(r"^(?:the|a|los|las|les|la|le|die|der|el|os)\s+(?=\S)", re.IGNORECASE)
_JOINABLE = re.compile(r"(?<=\w)[-/.·’'$!](?=\w)")
_BRACKETS = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]\s*")
_TITLE_TAIL = re.compile(
    r"\s+[-–—]\s+(?:\d{4}\s+)?(?:digital\s+)?(?:remaster|live|acoustic|radio edit|single|mono|stereo|demo|"
    r"remix|bonus|deluxe|edit|version|from|feat|original|extended|instrumental).*$|\s+(?:feat\.?|ft\.?|featuring)\s.*$",
    re.IGNORECASE,
)
_SEEN_AS_LETTERS = str.maketrans({"$": "s", "!": "i", "@": "a", "€": "e", "+": " and "})
_EDGE_END = re.compile(r"(?:[^\w\s'\"’”]+|(?<=\w)['’])$")
_EDGE_START = re.compile(r"^[^\w\s'\"‘“]+")
_INITIALS = re.compile(r"(?:\w\.)+\w")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class AliasKind(IntEnum):
    """How a written form relates to the entity; lower is closer."""

    NAME = 0
    ALIAS = 1
    DERIVED = 2


def is_verbatim(name: str) -> bool:
    """Whether a name must be searched as it stands: only symbols, or a script that does not part words."""
    return not normalize(name) or _UNSPACED.search(name) is not None


def written_forms(entry: CatalogEntry) -> Iterator[tuple[str, AliasKind]]:
    """Every form under which an entry may be met, the given ones first. Not unique."""
    given = [
        name
        for name in (entry.name, *entry.aliases[:MAX_ALIASES_PER_ENTRY])
        if 0 < len(name) <= MAX_ALIAS_LENGTH
    ]
    for number, name in enumerate(given):
        yield name, AliasKind.NAME if number == 0 and name == entry.name else AliasKind.ALIAS
    derive = _derive_artist if entry.type is EntityType.ARTIST else _derive_title
    for name in given:
        for form in derive(name):
            yield form, AliasKind.DERIVED


def _derive_artist(name: str) -> Iterator[str]:
    bare = _ARTICLE.sub("", name)
    if bare != name and not _is_risky(bare):
        yield bare
        yield from _respell(bare)
    yield from _respell(name)
    letters = name.replace(".", "")
    if (
        "." not in name
        and 2 < len(letters) <= 4
        and letters.isascii()
        and letters.isalpha()
        and letters.isupper()
    ):
        yield " ".join(letters)


def _derive_title(name: str) -> Iterator[str]:
    short = _TITLE_TAIL.sub("", _BRACKETS.sub(" ", name)).strip(" -–—")
    if short and short != name:
        yield short
        yield from _respell(short)
    yield from _respell(name)


def _respell(name: str) -> Iterator[str]:
    """Without apostrophes and inner marks; with letters where marks stand for them."""
    if _JOINABLE.search(name):
        marked = any(mark in name for mark in "$!@€")
        yield _JOINABLE.sub("", name) if not marked else name.translate(_SEEN_AS_LETTERS)
    if "+" in name:
        yield name.translate(_SEEN_AS_LETTERS)


def _is_risky(bare: str) -> bool:
    """Whether a name that lost its article would be an ordinary word, a number, a person or a place."""
    words = normalize(bare).split()
    if len(words) != 1:
        return not words or all(is_ordinary(word) for word in words)
    word = words[0]
    return is_ordinary(word) or word.isdigit() or len(word) < 4 or word in first_names() or word in places()


def edge_marks(name: str) -> tuple[str, str]:
    """Marks before and after a name that are no quotes. Initials get the last point, often left away."""
    head, tail = _EDGE_START.match(name), _EDGE_END.search(name)
    point = "." if tail is None and _INITIALS.fullmatch(name) else ""
    return head[0] if head else "", tail[0] if tail else point


def verbatim_key(name: str) -> str:
    """What is searched for a name that is searched as it stands."""
    return fold(name).strip()
