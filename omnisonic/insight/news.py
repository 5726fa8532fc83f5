"""What the parts of Insight hand to each other: a news item and a link from it into the graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class EntityType(StrEnum):
    """What a link leads to. An artist is a contributor of the catalog."""

    ARTIST = "artist"
    WORK = "work"
    RECORDING = "recording"


class LinkMethod(StrEnum):
    """How a link was found."""

    HEURISTIC = "heuristic"
    FUZZY = "fuzzy"
    EMBEDDING = "embedding"
    HYBRID = "hybrid"


@dataclass(frozen=True, kw_only=True)
class NewsItem:
    """One article, after its identity was decided. An edited article keeps its id and gets a higher version.

    `item_id` and `story_id` are the first 128 bits of a SHA-256, written as UUIDs everywhere outside of
    ClickHouse (there: UInt128). `first_seen_at` never changes; `published_at` is for display.
    """

    item_id: UUID
    feed_id: UUID
    source: str  # registrable domain of the outlet
    source_tier: int  # 1: music outlet, 2: general news, 3: anybody
    language: str
    title: str
    url: str
    text: str
    story_id: UUID
    published_at: datetime
    first_seen_at: datetime
    is_backfill: bool  # came with the first fetch of its feed: never alerts
    version: int


@dataclass(frozen=True, kw_only=True)
class EntityLink:
    """One mention of an entity in an item. Offsets count in `title + "\n" + text`."""

    entity_type: EntityType
    entity_id: UUID
    item_id: UUID
    span_start: int
    span_end: int
    matched_text: str
    confidence: float
    method: LinkMethod
    source: str
    source_tier: int
    genre: str
    story_id: UUID
    published_at: datetime
    first_seen_at: datetime
    version: int
    is_deleted: bool = False  # rejected by a person, or gone after a re-tag
