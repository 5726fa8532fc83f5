"""Mentions as JSON Lines, so that rules can be tried on news that are in no database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.timelines import Mention
from omnisonic.insight.tagging.json_lines import Line, UnreadableLine, read_lines

MAX_LINES = 5_000_000


@dataclass
class GivenMentions:
    """Mentions per entity, and the ids under which the file knows these."""

    mentions: dict[EntityRef, list[Mention]] = field(default_factory=dict)
    ids: dict[EntityRef, str] = field(default_factory=dict)

    @property
    def oldest(self) -> datetime | None:
        """The first mention of all."""
        return min((one.at for found in self.mentions.values() for one in found), default=None)


def read_mentions(lines: Iterable[str], name: str) -> GivenMentions:
    """Mentions `{at, entityId, entityType?, source, story?, confidence?}` in any order.

    Without a story each line is one of its own. Raises `UnreadableLine`.
    """
    given = GivenMentions()
    for number, value in read_lines(lines, name):
        where = f"{name}, line {number}"
        if number > MAX_LINES:
            raise UnreadableLine(f"{name} has more than {MAX_LINES} lines.")
        entity_id = _text(value, "entityId", where)
        ref = EntityRef(_type(value, where), _uuid(entity_id))
        given.ids[ref] = entity_id
        given.mentions.setdefault(ref, []).append(_mention(value, where, number))
    return given


def _mention(value: Line, where: str, number: int) -> Mention:
    story = value.get("story")
    key = f"line {number}" if story is None else f"story {story}"
    confidence = value.get("confidence", 1.0)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise UnreadableLine(f'{where}: "confidence" must be a number from 0 to 1.')
    number_of_story = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    source = _text(value, "source", where)
    return Mention(moment(_text(value, "at", where), where), number_of_story, source, confidence, number)


def moment(text: str, where: str) -> datetime:
    """A date or a time as ISO 8601 writes it; without a zone it is UTC. Raises `UnreadableLine`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableLine(f"{where}: {text!r} is no time such as 2026-11-21T08:00:00Z.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _type(value: Line, where: str) -> EntityType:
    kind = value.get("entityType", EntityType.ARTIST)
    if kind not in list(EntityType):
        raise UnreadableLine(f'{where}: "entityType" must be artist, work or recording, not {kind!r}.')
    return EntityType(kind)


def _text(value: Line, key: str, where: str) -> str:
    given = value.get(key)
    if not isinstance(given, str) or not given:
        raise UnreadableLine(f'{where}: "{key}" must be a text that is not empty.')
    return given


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid5(NAMESPACE_URL, text)
