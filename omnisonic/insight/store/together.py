"""Which entities the same stories name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template
from uuid import UUID

from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef, MentionFilter, condition_of, entities_condition
from omnisonic.insight.store.running import ask

MAX_ENTITIES_PER_STORY = 40  # a list of a hundred names says nothing about any two of them
PAIRS = """
SELECT pair.1.1, pair.1.2, pair.2.1, pair.2.2, count() AS stories
FROM (
    SELECT arrayJoin(arrayFlatten(arrayMap(
        place -> arrayMap(
            other -> (named[place], other), arraySlice(named, place + 1)
        ), arrayEnumerate(named)))) AS pair
    FROM (
        SELECT arraySort(groupUniqArray(${most})((toString(entity_type), entity_id))) AS named
        FROM mentions
        WHERE ${where} AND ${rows}
        GROUP BY story HAVING length(named) > 1
    )
)
WHERE ${ends}
GROUP BY pair ORDER BY stories DESC, pair LIMIT {pairs:UInt32}
"""
STORIES = "SELECT uniqExact(story) FROM mentions WHERE ${where}"
STORIES_OF_EACH = """
SELECT any(entity_type), entity_id, uniqExact(story) FROM mentions WHERE ${where}
GROUP BY entity_id, cityHash64(entity_type)
"""
THEIR_STORIES = "story IN (SELECT story FROM mentions WHERE ${where} AND ${centers})"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two entities and how many stories name both. `npmi` is -1…1: 1 always together, 0 as by chance.

    Source: Bouma 2009, Normalized (Pointwise) Mutual Information in Collocation Extraction.
    """

    first: EntityRef
    second: EntityRef
    stories: int
    npmi: float


def pairs_around(chosen: MentionFilter, *, centers: Sequence[EntityRef], limit: int) -> list[Pair]:
    """Entities named together with one of `centers`, most stories first."""
    if not centers:
        return []
    values: dict[str, object] = {}
    condition = entities_condition("centers", centers, values)
    their_stories = Template(THEIR_STORIES).substitute(where=condition_of(chosen).sql, centers=condition)
    ends = f"{_side(condition, 1)} OR {_side(condition, 2)}"
    return _pairs(chosen, limit=limit, rows=their_stories, ends=ends, values=values)


def pairs_among(chosen: MentionFilter, *, entities: Sequence[EntityRef], limit: int) -> list[Pair]:
    """Pairs within `entities`, most stories first."""
    if not entities:
        return []
    values: dict[str, object] = {}
    condition = entities_condition("centers", entities, values)
    return _pairs(chosen, limit=limit, rows=condition, ends="1", values=values)


def npmi(*, together: int, first: int, second: int, everything: int) -> float:
    """Normalized pointwise mutual information of two events from their counts."""
    if together <= 0:
        return -1.0
    share = together / everything
    if share >= 1:
        return 1.0
    return math.log(share * everything * everything / (first * second)) / -math.log(share)


def _pairs(
    chosen: MentionFilter, *, limit: int, rows: str, ends: str, values: dict[str, object]
) -> list[Pair]:
    parts = {"most": str(MAX_ENTITIES_PER_STORY), "rows": rows, "ends": ends}
    found = [
        (_entity(row[0], row[1]), _entity(row[2], row[3]), int(row[4]))
        for row in ask(PAIRS, chosen, parts=parts, pairs=limit, **values)
    ]
    return _weighted(chosen, found)


def _side(condition: str, place: int) -> str:
    """The condition on an entity, about one end of a pair."""
    return condition.replace("entity_type", f"pair.{place}.1").replace("entity_id", f"pair.{place}.2")


def _weighted(chosen: MentionFilter, found: Sequence[tuple[EntityRef, EntityRef, int]]) -> list[Pair]:
    named = sorted({one for first, second, _ in found for one in (first, second)})
    if not named:
        return []
    counts = {_entity(row[0], row[1]): int(row[2]) for row in ask(STORIES_OF_EACH, chosen.about(*named))}
    everything = int(ask(STORIES, chosen)[0][0])
    return [
        Pair(
            first=first,
            second=second,
            stories=together,
            npmi=npmi(
                together=together,
                first=counts[first],
                second=counts[second],
                everything=everything,
            ),
        )
        for first, second, together in found
        if first in counts and second in counts
    ]


def _entity(kind: str, entity_id: UUID) -> EntityRef:
    return EntityRef(EntityType(kind), entity_id)
