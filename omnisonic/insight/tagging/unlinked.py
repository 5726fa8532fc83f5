"""Names that music stands beside and that the catalog does not have: the queue "not in the catalog yet"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import attrgetter

from omnisonic.insight.tagging import cues
from omnisonic.insight.tagging.index import AliasIndex
from omnisonic.insight.tagging.lexicon import STOP_WORDS, is_ordinary, places
from omnisonic.insight.tagging.mentions import FoundLink, UnlinkedMention
from omnisonic.insight.tagging.normalize import normalize
from omnisonic.insight.tagging.reading import Reading, Style

MAX_UNLINKED = 20
TITLE_REASON = "quoted title"
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŹŻŽ"
_NAME = (
    rf"[{_UPPER}][\w’'&.!-]*"
    rf"(?:\s(?:of|the|and|&|de|la|van|von)\s[{_UPPER}][\w&.!-]*|\s[{_UPPER}0-9][\w&.!-]*){{0,3}}"
)
_NAME_ALONE = re.compile(_NAME)
_OWNER = re.compile(
    rf"({_NAME})['’]s?\s+(?:[\w-]+\s){{0,3}}?(album|single|ep|song|tour|mixtape|lp|debut album|track)\b"
)
_QUOTED = re.compile(
    r"\b(?:song|single|track|ballad|anthem|album|ep|hit)s?,?\s[\"“‘']([^\"”’\n]{2,60})[\"”’']"
)
_TAIL = re.compile(r"(?:['’]s)?[\s.,!&'’-]*$")
_START = attrgetter("start")


def find_unlinked(
    reading: Reading, links: Sequence[FoundLink], index: AliasIndex
) -> tuple[UnlinkedMention, ...]:
    """Strong mentions outside of all links and of what the catalog has, in the order of the text, one per
    span. A name that the catalog has and that was not sure enough for a link is no name that it lacks."""
    if not reading.music()[0]:
        return ()
    proposed = list(_propose(reading))
    if not proposed or reading.style_at(len(reading.item.title) + 1) is Style.UPPER:
        return ()
    found: dict[tuple[int, int], UnlinkedMention] = {}
    for mention in proposed:
        free = all(mention.end <= link.start or mention.start >= link.end for link in links)
        if free and len(found) < MAX_UNLINKED and _is_name(mention.text) and not _is_known(mention, index):
            found.setdefault((mention.start, mention.end), mention)
    return tuple(sorted(found.values(), key=_START)) if found else ()


def _propose(reading: Reading) -> Iterator[UnlinkedMention]:
    body = reading.body
    if not cues.ROLES.isdisjoint(reading.music()[0]):
        for at, word in enumerate(reading.tokens[:-1]):
            if word in cues.ROLES and reading.gap(at + 1) in (" ", ", "):
                match = _NAME_ALONE.match(body, reading.starts[at + 1])
                if match is not None:
                    yield _mention(match, 0, 0.7, f"named as {word}")
    if "'" in body or "’" in body:
        for match in _OWNER.finditer(body):
            yield _mention(match, 1, 0.65, f"owner of a {match.group(2)}")
    if not cues.TITLE_NOUNS.isdisjoint(reading.tokens):
        for match in _QUOTED.finditer(body):
            yield _mention(match, 1, 0.6, TITLE_REASON)


def _mention(match: re.Match[str], group: int, confidence: float, reason: str) -> UnlinkedMention:
    text = match.group(group)
    stripped = _TAIL.sub("", text)
    start = match.start(group)
    return UnlinkedMention(start, start + len(stripped), stripped, confidence, reason)


def _is_known(mention: UnlinkedMention, index: AliasIndex) -> bool:
    form = index.find_form(normalize(mention.text))
    if form is None:
        return False
    return bool(form.owners.titles if mention.reason == TITLE_REASON else form.owners.artists)


def _is_name(text: str) -> bool:
    words = [word for word in normalize(text).split() if word not in STOP_WORDS]
    if not words or all(word in places() for word in words):
        return False
    return len(words) > 1 or not is_ordinary(words[0])
