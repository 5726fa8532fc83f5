"""Links between articles and entities, written by the store itself."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from omnisonic.insight.news import EntityLink, EntityType, LinkMethod, NewsItem
from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.insight.store.writes import write_items, write_links
from tests.integration.insight.conftest import DAY, make_item

BAND = EntityRef(EntityType.ARTIST, uuid.UUID(int=1))
SINGER = EntityRef(EntityType.ARTIST, uuid.UUID(int=2))
SONG = EntityRef(EntityType.WORK, uuid.UUID(int=3))


def link(
    item: NewsItem,
    entity: EntityRef,
    *,
    confidence: float = 0.9,
    genre: str = "rock",
    span: int = 0,
    version: int = 1,
    is_deleted: bool = False,
) -> EntityLink:
    """A mention of an entity in an article."""
    return EntityLink(
        entity_type=entity.entity_type,
        entity_id=entity.entity_id,
        item_id=item.item_id,
        span_start=span,
        span_end=span + 4,
        matched_text="name",
        confidence=confidence,
        method=LinkMethod.HEURISTIC,
        source=item.source,
        source_tier=item.source_tier,
        genre=genre,
        story_id=item.story_id,
        published_at=item.published_at,
        first_seen_at=item.first_seen_at,
        version=version,
        is_deleted=is_deleted,
    )


def rejected(one: EntityLink) -> EntityLink:
    """The tombstone of a link."""
    return replace(one, version=one.version + 1, is_deleted=True)


def in_days(days: float, *, since: datetime = DAY) -> MentionFilter:
    """Everything from the first day of the tests on."""
    return MentionFilter(since=since, until=since + timedelta(days=days))


@pytest.fixture
def news(db: None, clickhouse_db: None) -> dict[str, NewsItem]:
    """Four stories: one in three copies over two days and two months' weeks, one of them backfill."""
    items = {
        "a1": make_item("Band plays", name="a1", story="a", hours=1),
        "a2": make_item("Band plays!", name="a2", story="a", source="copy.example", hours=5, tier=2),
        "a3": make_item("Band played", name="a3", story="a", source="late.example", hours=30),
        "b": make_item("Singer sings with Band", "It's Zoë's night.", name="b", story="b", hours=26),
        "c": make_item("Song returns", name="c", story="c", hours=50),
        "d": make_item("Old news", name="d", story="d", hours=24 * 9, is_backfill=True),
    }
    write_items(list(items.values()))
    write_links(
        [
            link(items["a1"], BAND),
            link(items["a1"], BAND, span=20, confidence=0.6),
            link(items["a2"], BAND, confidence=0.7),
            link(items["a3"], BAND),
            link(items["b"], BAND),
            link(items["b"], SINGER, genre="pop"),
            link(items["c"], SONG, genre=""),
            link(items["d"], SINGER, genre="pop", confidence=0.5),
        ]
    )
    return items
