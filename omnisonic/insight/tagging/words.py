"""Names as keys, and the words around a mention."""

from __future__ import annotations

from omnisonic.insight.tagging.normalize import normalize, split_words

CONTEXT_CHARS = 80
ELLIPSIS = "…"


def phrase_key(phrase: str) -> str:
    """What two spellings of a name have in common; a name of symbols alone ("!!!") is its own key."""
    return normalize(phrase) or phrase.strip().casefold()


def find_phrase(body: str, phrase: str) -> tuple[int, int] | None:
    """Where the words of `phrase` first stand in `body`, however they are written."""
    words, wanted = split_words(body), normalize(phrase)
    place = words.joined.find(f" {wanted} ") if wanted else -1
    if place < 0:
        return None
    first = words.word_at(place)
    return words.starts[first], words.ends[first + len(wanted.split()) - 1]


def snippet(body: str, start: int, end: int) -> str:
    """The mention with some words before and after it, cut at spaces, on one line."""
    first = max(0, start - CONTEXT_CHARS)
    last = min(len(body), end + CONTEXT_CHARS)
    before, after = body[first:start], body[end:last]
    if first > 0 and " " in before:
        before = ELLIPSIS + before.split(" ", 1)[1]
    if last < len(body) and " " in after:
        after = after.rsplit(" ", 1)[0] + ELLIPSIS
    return f"{before}{body[start:end]}{after}".replace("\n", " · ")
