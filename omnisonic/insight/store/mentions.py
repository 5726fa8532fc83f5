"""Counts of mentions: totals, series, shares. A story counts once, where it was first seen in the range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import Any

from omnisonic.insight.news import EntityType
from omnisonic.insight.store.buckets import Buckets
from omnisonic.insight.store.filters import CountBy, EntityRef, MentionFilter, entities_condition
from omnisonic.insight.store.running import ask, fetch

SHORTLISTED = 4  # so many times the entities asked for, by mentions, mostly hold those with the most stories
MIN_SHORTLIST, MAX_SHORTLIST = 40, 400  # the ids travel in the address of the request
TOTALS = "SELECT ${figures} FROM mentions WHERE ${where}"
# The type as a number: keys of one width are grouped faster than text is.
BY_ENTITY = """
SELECT any(entity_type), entity_id, ${figures} FROM mentions WHERE ${where}
GROUP BY entity_id, cityHash64(entity_type)
ORDER BY ${count} DESC, mentions DESC, entity_id LIMIT {limit:UInt32}
"""
# Counting rows is a fifth of the work of counting what is different in them.
MOST_MENTIONED = """
SELECT any(entity_type), entity_id, count() AS mentions FROM mentions WHERE ${where}
GROUP BY entity_id, cityHash64(entity_type)
ORDER BY mentions DESC, entity_id LIMIT {limit:UInt32}
"""
BY_GENRE = """
SELECT genre, ${figures} FROM mentions WHERE ${where}
GROUP BY genre ORDER BY stories DESC, mentions DESC, genre LIMIT 1000
"""
BY_SOURCE = """
SELECT source, min(source_tier), uniqExact(story) AS stories, count() AS mentions,
       uniqExact(cityHash64(entity_id))
FROM mentions WHERE ${where}
GROUP BY source ORDER BY ${count} DESC, mentions DESC, source LIMIT {limit:UInt32}
"""
SERIES_BY_ENTITY = """
SELECT entity_type, entity_id, ${bucket} AS bucket, count()
FROM (
    SELECT entity_type, entity_id, min(seen_at) AS first FROM mentions WHERE ${where}
    GROUP BY entity_type, entity_id, ${counted}
)
GROUP BY entity_type, entity_id, bucket
"""
SERIES_OF_STORIES = """
SELECT ${bucket} AS bucket, count()
FROM (SELECT min(seen_at) AS first FROM mentions WHERE ${where} GROUP BY story) GROUP BY bucket
"""
SERIES_OF_MENTIONS = """
SELECT ${bucket} AS bucket, count()
FROM (SELECT seen_at AS first FROM mentions WHERE ${where}) GROUP BY bucket
"""
IN_WINDOWS = """
SELECT any(entity_type), entity_id,
       roundDown(toUnixTimestamp64Milli(seen_at), {starts:Array(Int64)}) AS start,
       ${counted}
FROM mentions WHERE ${where}
GROUP BY entity_id, cityHash64(entity_type), start
"""
OLDEST = "SELECT min(seen_at), count() FROM mentions WHERE day = (SELECT min(day) FROM mentions)"
FIRST = """
SELECT entity_type, entity_id, min(seen_at) FROM mentions
WHERE ${where} GROUP BY entity_type, entity_id
"""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a window of time held. Sources are outlets that had any of it."""

    stories: int
    mentions: int
    sources: int

    def by(self, count: CountBy) -> int:
        """The figure that was asked for."""
        return self.stories if count is CountBy.STORIES else self.mentions


NOTHING = Counts(stories=0, mentions=0, sources=0)


@dataclass(frozen=True, kw_only=True)
class SourceCounts:
    """What one outlet brought. `tier` 1: music outlet, 2: general news, 3: anybody."""

    source: str
    tier: int
    stories: int
    mentions: int
    entities: int


def count_all(chosen: MentionFilter) -> Counts:
    """Everything that the filter holds. A story about two entities is one story and two mentions."""
    return _counts(ask(TOTALS, chosen)[0])


def count_by_entity(
    chosen: MentionFilter, *, limit: int, count: CountBy = CountBy.STORIES
) -> dict[EntityRef, Counts]:
    """The entities with the most, most first (then by id); at most `limit`."""
    rows = _of_shortlist(chosen, limit, count)
    if rows is None:
        rows = ask(BY_ENTITY, chosen, parts={"count": count.value}, limit=limit)
    return {entity_of(row): _counts(row[2:]) for row in rows}


def _of_shortlist(chosen: MentionFilter, limit: int, count: CountBy) -> list[tuple[Any, ...]] | None:
    """The answer out of the most mentioned entities; None where others may belong to it.

    Nobody has more stories than mentions, so whoever is not on the list has at most the mentions of its last.
    """
    size = limit if count is CountBy.MENTIONS else max(MIN_SHORTLIST, SHORTLISTED * limit)
    if chosen.entities or size > MAX_SHORTLIST:
        return None
    shortlist = ask(MOST_MENTIONED, chosen, limit=size)
    found = chosen.about(*(entity_of(row) for row in shortlist))
    rows = ask(BY_ENTITY, found, parts={"count": count.value}, limit=limit) if shortlist else []
    if count is CountBy.MENTIONS or len(shortlist) < size:
        return rows
    return rows if len(rows) == limit and rows[-1][2] > shortlist[-1][2] else None


def count_by_genre(chosen: MentionFilter) -> dict[str, Counts]:
    """Every genre, most stories first; the empty one is unknown. A story in two genres counts in both."""
    return {str(row[0]): _counts(row[1:]) for row in ask(BY_GENRE, chosen)}


def count_by_source(
    chosen: MentionFilter, *, limit: int, count: CountBy = CountBy.STORIES
) -> list[SourceCounts]:
    """The outlets with the most, most first (then by name)."""
    rows = ask(BY_SOURCE, chosen, parts={"count": count.value}, limit=limit)
    return [
        SourceCounts(source=row[0], tier=row[1], stories=row[2], mentions=row[3], entities=row[4])
        for row in rows
    ]


def series_by_entity(
    chosen: MentionFilter, *, buckets: Buckets, count: CountBy = CountBy.STORIES
) -> dict[EntityRef, list[int]]:
    """One figure per bucket and entity; entities without any are missing. Give `chosen` few entities."""
    counted = "story" if count is CountBy.STORIES else "item_id"
    found: dict[EntityRef, dict[datetime, int]] = {}
    for row in ask(SERIES_BY_ENTITY, chosen, parts={"bucket": buckets.start_sql, "counted": counted}):
        found.setdefault(entity_of(row), {})[row[2]] = row[3]
    return {entity: filled(values, buckets) for entity, values in found.items()}


def series_of_all(chosen: MentionFilter, *, buckets: Buckets, count: CountBy = CountBy.STORIES) -> list[int]:
    """One figure per bucket over everything that the filter holds."""
    question = SERIES_OF_STORIES if count is CountBy.STORIES else SERIES_OF_MENTIONS
    rows = ask(question, chosen, parts={"bucket": buckets.start_sql})
    return filled({row[0]: row[1] for row in rows}, buckets)


def count_in_windows(
    chosen: MentionFilter, *, starts: Sequence[datetime], count: CountBy = CountBy.STORIES
) -> dict[EntityRef, list[int]]:
    """A figure per entity and window, each from its start until before the next one's, the last to `until`.

    A story counts once in each window that has it. `starts` ascend and begin with `since`; entities without
    any mention are missing.
    """
    moments = [int(start.timestamp() * 1000) for start in starts]
    places = {moment: place for place, moment in enumerate(moments)}
    counted = "uniqExact(story)" if count is CountBy.STORIES else "count()"
    found: dict[EntityRef, list[int]] = {}
    for row in ask(IN_WINDOWS, chosen, parts={"counted": counted}, starts=moments):
        found.setdefault(entity_of(row), [0] * len(starts))[places[row[2]]] = int(row[3])
    return found


def first_mentions(entities: Sequence[EntityRef], *, with_backfill: bool = True) -> dict[EntityRef, datetime]:
    """When each entity was first in the news, ever; entities that never were are missing."""
    values: dict[str, Any] = {}
    where = entities_condition("entities", entities, values)
    if not with_backfill:
        where += " AND NOT is_backfill"
    rows = fetch(Template(FIRST).substitute(where=where), values)
    return {entity_of(row): row[2] for row in rows}


def oldest_mention() -> datetime | None:
    """When anything was in the news first; None before that."""
    oldest, count = fetch(OLDEST)[0]
    return oldest if count else None


def filled(values: dict[datetime, int], buckets: Buckets) -> list[int]:
    """The figures in the order of the buckets, 0 where there is none."""
    return [int(values.get(start, 0)) for start in buckets.starts]


def entity_of(row: Sequence[Any]) -> EntityRef:
    """The entity in the first two columns of a row."""
    return EntityRef(EntityType(row[0]), row[1])


def _counts(row: Sequence[Any]) -> Counts:
    return Counts(stories=int(row[0]), mentions=int(row[1]), sources=int(row[2]))
