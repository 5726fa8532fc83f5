"""Writes to the analytics store: in batches, each of which may be sent again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from omnisonic.insight.news import EntityLink, NewsItem
from omnisonic.insight.store.weeks import PATIENCE_S, rebuild_weeks
from omnisonic.platform.clickhouse import clickhouse, insert_rows

ROWS_PER_BATCH = 10_000
ITEM_COLUMNS = (
    "item_id",
    "feed_id",
    "source",
    "source_tier",
    "language",
    "title",
    "url",
    "text",
    "story_id",
    "published_at",
    "first_seen_at",
    "is_backfill",
    "version",
)
LINK_COLUMNS = (
    "entity_type",
    "entity_id",
    "item_id",
    "span_start",
    "span_end",
    "matched_text",
    "confidence",
    "method",
    "source",
    "source_tier",
    "genre",
    "story_id",
    "published_at",
    "first_seen_at",
    "version",
    "is_deleted",
)
NUMBERS = frozenset({"item_id", "story_id"})  # UUIDs outside, UInt128 inside

RowT = TypeVar("RowT", NewsItem, EntityLink)


def write_items(items: Sequence[NewsItem]) -> int:
    """Insert or replace articles by id; returns how many were sent.

    The same items again change nothing; an edited one needs a higher `version` and the `first_seen_at` that
    it had. Raises `AnalyticsUnavailable` or `Busy`; what was sent before stays, so that a caller simply
    sends all of it again.
    """
    return _write("news_items", ITEM_COLUMNS, items)


def write_links(links: Sequence[EntityLink], *, patience_s: int = PATIENCE_S) -> int:
    """Insert, replace or (with `is_deleted`) take back links; returns how many were sent.

    A link is the same one as another with its entity, item and `span_start`; the highest `version` counts,
    and every figure follows at once. Items go first: which of them are backfill is read from there.
    Raises as `write_items` does, or `Busy` when others write links for longer than `patience_s`, and may be
    repeated as well.
    """
    sent = _write("entity_links", LINK_COLUMNS, links)
    rebuild_weeks((link.first_seen_at for link in links), patience_s=patience_s)
    return sent


def _write(table: str, columns: Sequence[str], rows: Sequence[RowT]) -> int:
    with clickhouse() as client:
        for batch in _batches(rows):
            insert_rows(client, table, columns=columns, rows=[_row(one, columns) for one in batch])
    return len(rows)


def _batches(rows: Sequence[RowT]) -> Iterator[Sequence[RowT]]:
    for start in range(0, len(rows), ROWS_PER_BATCH):
        yield rows[start : start + ROWS_PER_BATCH]


def _row(one: NewsItem | EntityLink, columns: Sequence[str]) -> list[Any]:
    return [_cell(name, getattr(one, name)) for name in columns]


def _cell(name: str, value: Any) -> Any:
    if name in NUMBERS:
        return str(value.int)  # as text: a JSON number of this size is no longer exact everywhere
    return int(value) if name == "is_deleted" else value
