"""The single mentions of chosen entities in their order, and who was in the news lately: what alerts read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.insight.store.mentions import Counts, entity_of
from omnisonic.insight.store.running import ask, fetch

ENTITIES_PER_QUERY = 400  # their ids travel in the address of the request
EVER = datetime(1970, 1, 2, tzinfo=UTC)
RECENT = """
SELECT entity_type, entity_id, ${figures} FROM mentions
WHERE ${where} AND (entity_type, entity_id) IN (
    SELECT entity_type, entity_id FROM mentions WHERE ${where} AND seen_at >= {recent:DateTime64(3, 'UTC')}
)
GROUP BY entity_type, entity_id
"""
LINES = """
SELECT entity_type, entity_id, groupArray(toUnixTimestamp64Milli(seen_at)), groupArray(story),
       groupArray(source), groupArray(confidence), groupArray(item_id)
FROM mentions WHERE ${where}
GROUP BY entity_type, entity_id
"""
FIRST = """
SELECT entity_type, entity_id, min(seen_at) FROM mentions WHERE ${where} GROUP BY entity_type, entity_id
"""
NEWEST = "SELECT max(seen_at), count() FROM mentions WHERE day = (SELECT max(day) FROM mentions)"


@dataclass(frozen=True, slots=True)
class Mention:
    """One article about an entity. `story` is the same for syndicated copies."""

    at: datetime
    story: int
    source: str
    confidence: float
    item: int

    @property
    def item_id(self) -> UUID:
        """The id of the article."""
        return UUID(int=self.item)


def counts_of_recent(chosen: MentionFilter, *, recent: datetime) -> dict[EntityRef, Counts]:
    """What the window holds of each entity that had a mention in it since `recent`."""
    moment = recent.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return {
        entity_of(row): Counts(stories=row[2], mentions=row[3], sources=row[4])
        for row in ask(RECENT, chosen, recent=moment)
    }


def mentions_of(chosen: MentionFilter, entities: Sequence[EntityRef]) -> dict[EntityRef, list[Mention]]:
    """Every mention of these entities that the filter holds, in no order; those without any are missing."""
    found: dict[EntityRef, list[Mention]] = {}
    for some in _batches(entities):
        for row in ask(LINES, chosen.about(*some)):
            found[entity_of(row)] = list(_mentions(*row[2:]))
    return found


def first_mentions_like(chosen: MentionFilter, entities: Sequence[EntityRef]) -> dict[EntityRef, datetime]:
    """When each was first mentioned, ever, in the way that the filter asks for, backfill included."""
    found: dict[EntityRef, datetime] = {}
    for some in _batches(entities):
        for row in ask(FIRST, chosen.between(EVER, chosen.until).about(*some)):
            found[entity_of(row)] = row[2]
    return found


def newest_mention() -> datetime | None:
    """When the newest mention was seen; None before the first one."""
    newest, count = fetch(NEWEST)[0]
    return newest if count else None


def _mentions(
    times: Sequence[int],
    stories: Sequence[int],
    sources: Sequence[str],
    confidences: Sequence[float],
    items: Sequence[int],
) -> Iterator[Mention]:
    for at, story, source, confidence, item in zip(times, stories, sources, confidences, items, strict=True):
        yield Mention(datetime.fromtimestamp(at / 1000, UTC), story, source, confidence, item)


def _batches(entities: Sequence[EntityRef]) -> Iterator[Sequence[EntityRef]]:
    for start in range(0, len(entities), ENTITIES_PER_QUERY):
        yield entities[start : start + ENTITIES_PER_QUERY]
