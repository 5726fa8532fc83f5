"""People, catalog entries and articles for the tests of Insight."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from omnisonic.insight.news import NewsItem
from omnisonic.platform.actor import Actor, Role
from tests.integration.core.conftest import client_of, curator, make_actor, mara, teo

__all__ = ["client_of", "curator", "make_actor", "mara", "teo"]

FEED_ID = UUID("01a1fd00-0000-7000-8000-000000000001")
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def analyst(make_actor: Callable[..., Actor]) -> Actor:
    """Someone who may correct the tagger and edit feeds."""
    return make_actor("Ana", Role.ANALYST)


def id_of(name: str) -> UUID:
    """The id that an article or story of this name has in every test."""
    return UUID(bytes=hashlib.sha256(name.encode()).digest()[:16])


def make_item(
    title: str,
    text: str = "",
    *,
    name: str | None = None,
    source: str = "pitch.example",
    hours: float = 0,
    story: str | None = None,
    version: int = 1,
    tier: int = 1,
    is_backfill: bool = False,
) -> NewsItem:
    """An article that was first seen some hours after `DAY`."""
    seen_at = DAY + timedelta(hours=hours)
    key = name or title
    return NewsItem(
        item_id=id_of(f"item {key} {source}"),
        feed_id=FEED_ID,
        source=source,
        source_tier=tier,
        language="en",
        title=title,
        url=f"https://{source}/{id_of(key)}",
        text=text,
        story_id=id_of(f"story {story or key}"),
        published_at=seen_at,
        first_seen_at=seen_at,
        is_backfill=is_backfill,
        version=version,
    )
