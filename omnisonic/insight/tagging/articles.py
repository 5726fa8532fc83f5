"""Articles that tags are about."""

from __future__ import annotations

from uuid import UUID

from omnisonic.insight.news import NewsItem
from omnisonic.insight.store.news import news_by_ids
from omnisonic.insight.tagging.errors import NewsItemUnknown


def require_item(item_id: UUID) -> NewsItem:
    """An article of the archive. Raises `NewsItemUnknown`, `AnalyticsUnavailable`."""
    item = news_by_ids([item_id]).get(item_id)
    if item is None:
        raise NewsItemUnknown
    return item
