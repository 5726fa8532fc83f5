"""Articles by id, whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from omnisonic.insight.news import NewsItem
from omnisonic.insight.store.running import fetch
from omnisonic.insight.store.writes import ITEM_COLUMNS, NUMBERS

MAX_ITEMS = 5000
BY_ID = f"SELECT {', '.join(ITEM_COLUMNS)} FROM news_items FINAL WHERE item_id IN {{ids:Array(UInt128)}}"  # noqa: S608


def news_by_ids(item_ids: Sequence[UUID]) -> dict[UUID, NewsItem]:
    """The newest version of each of these articles, at most 5,000; unknown ones are left out."""
    if len(item_ids) > MAX_ITEMS:
        raise ValueError(f"{len(item_ids)} articles in one question; {MAX_ITEMS} is the most")
    if not item_ids:
        return {}
    rows = fetch(BY_ID, {"ids": [one.int for one in item_ids]})
    items = (_item(row) for row in rows)
    return {item.item_id: item for item in items}


def _item(row: tuple[Any, ...]) -> NewsItem:
    values = dict(zip(ITEM_COLUMNS, row, strict=True))
    return NewsItem(**{name: UUID(int=value) if name in NUMBERS else value for name, value in values.items()})
