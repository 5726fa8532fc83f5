"""What to count: the one filter behind charts, tables, files and alerts, and its SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from omnisonic.insight.news import EntityType


class CountBy(StrEnum):
    """Stories: syndicated copies count once. Mentions: every article that names an entity, once each."""

    STORIES = "stories"
    MENTIONS = "mentions"


@dataclass(frozen=True, order=True)
class EntityRef:
    """An artist, work or recording."""

    entity_type: EntityType
    entity_id: UUID


@dataclass(frozen=True, kw_only=True)
class MentionFilter:
    """Mentions seen from `since` until before `until`; what is None or empty does not restrict."""

    since: datetime
    until: datetime
    entity_type: EntityType | None = None
    entities: tuple[EntityRef, ...] = ()
    genre: str | None = None
    source: str | None = None
    min_confidence: float = 0.0
    with_backfill: bool = True  # what came with the first fetch of a feed

    def between(self, since: datetime, until: datetime) -> MentionFilter:
        """The same in another time."""
        return replace(self, since=since, until=until)

    def about(self, *entities: EntityRef) -> MentionFilter:
        """The same for these entities only."""
        return replace(self, entities=entities)


@dataclass(frozen=True)
class Condition:
    """SQL with the values of its parameters, which travel beside it."""

    sql: str
    parameters: dict[str, Any]


def condition_of(chosen: MentionFilter) -> Condition:
    """The WHERE of a query on `mentions`. Every value is bound, none is part of the text."""
    parts = ["seen_at >= {since:DateTime64(3, 'UTC')}", "seen_at < {until:DateTime64(3, 'UTC')}"]
    # The days prune partitions; `seen_at` alone would not.
    parts += ["day >= {since_day:Date}", "day <= {until_day:Date}"]
    values: dict[str, Any] = {
        "since": _moment(chosen.since),
        "until": _moment(chosen.until),
        "since_day": chosen.since.astimezone(UTC).date(),
        "until_day": chosen.until.astimezone(UTC).date(),
    }
    if chosen.entity_type is not None:
        parts.append("entity_type = {entity_type:String}")
        values["entity_type"] = chosen.entity_type.value
    if chosen.entities:
        parts.append(entities_condition("entities", chosen.entities, values))
    if chosen.genre is not None:
        parts.append("genre = {genre:String}")
        values["genre"] = chosen.genre
    if chosen.source is not None:
        parts.append("source = {source:String}")
        values["source"] = chosen.source
    if chosen.min_confidence > 0:
        parts.append("confidence >= {min_confidence:Float32}")
        values["min_confidence"] = chosen.min_confidence
    if not chosen.with_backfill:
        parts.append("NOT is_backfill")
    return Condition(" AND ".join(parts), values)


def entities_condition(name: str, entities: Sequence[EntityRef], values: dict[str, Any]) -> str:
    """SQL that holds for rows of these entities; their ids become the parameters `name_…`."""
    parts = []
    for kind in EntityType:
        ids = [str(one.entity_id) for one in entities if one.entity_type is kind]
        if ids:
            values[f"{name}_{kind.value}"] = ids
            parts.append(
                f"(entity_type = '{kind.value}' AND entity_id IN {{{name}_{kind.value}:Array(UUID)}})"
            )
    return f"({' OR '.join(parts)})" if parts else "0"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
