"""Reads the archive's log: news items in the order in which they came or changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from duckdb import DuckDBPyConnection

from omnisonic.insight.archive.file import from_stored, to_stored
from omnisonic.insight.news import NewsItem

COLUMNS = (
    "e.seq, e.item_id, i.feed_id, i.source, i.source_tier, e.language, e.title, e.url, e.text, i.story_id, "
    "e.published_at, i.first_seen_at, i.is_backfill, e.version"
)


@dataclass(frozen=True)
class Slice:
    """News items of a part of the log, each once in its newest version of that part, and where it ends."""

    items: tuple[NewsItem, ...]
    end: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A choice of articles: seen since, of these feeds; both none is all of them."""

    since: datetime | None = None
    feed_ids: Sequence[UUID] = ()


def read_slice(connection: DuckDBPyConnection, *, after: int, rows_max: int) -> Slice:
    """What came or changed after a position; empty with `end == after` when nothing did."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM (SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?) e "  # noqa: S608
        "JOIN items i USING (item_id) ORDER BY e.seq",
        [after, rows_max],
    ).fetchall()
    items = {row[1]: _item(row) for row in rows if row[13] > 0}
    return Slice(tuple(items.values()), rows[-1][0] if rows else after)


def read_newest(connection: DuckDBPyConnection, wanted: Wanted, *, after: int, rows_max: int) -> Slice:
    """Articles as they are now, in the order of their last change after a position."""
    condition, values = _condition(wanted)
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM entries e JOIN items i USING (item_id) "  # noqa: S608
        f"WHERE e.seq > ? AND e.version > 0 {condition} AND NOT EXISTS "
        "(SELECT 1 FROM entries n WHERE n.item_id = e.item_id AND n.version > e.version) "
        "ORDER BY e.seq LIMIT ?",
        [after, *values, rows_max],
    ).fetchall()
    return Slice(tuple(_item(row) for row in rows), rows[-1][0] if rows else after)


def read_items(connection: DuckDBPyConnection, item_ids: Sequence[UUID]) -> tuple[NewsItem, ...]:
    """These articles as they are now; those that the archive does not have are missing."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM entries e JOIN items i USING (item_id) "  # noqa: S608
        "WHERE e.item_id IN (SELECT unnest(?::UUID[])) AND e.version > 0 "
        "QUALIFY row_number() OVER (PARTITION BY e.item_id ORDER BY e.version DESC) = 1",
        [list(item_ids)],
    ).fetchall()
    return tuple(_item(row) for row in rows)


def count_newest(connection: DuckDBPyConnection, wanted: Wanted) -> int:
    """How many articles there are of a choice."""
    condition, values = _condition(wanted)
    asked = f"SELECT count(*) FROM items i WHERE true {condition}"  # noqa: S608
    found: list[tuple[int]] = connection.execute(asked, values).fetchall()
    return found[0][0]


def _condition(wanted: Wanted) -> tuple[str, list[object]]:
    condition, values = "", list[object]()
    if wanted.since is not None:
        condition += " AND i.first_seen_at >= ?"
        values.append(to_stored(wanted.since))
    if wanted.feed_ids:
        condition += " AND i.feed_id IN (SELECT unnest(?::UUID[]))"
        values.append(list(wanted.feed_ids))
    return condition, values


def _item(row: tuple[Any, ...]) -> NewsItem:
    first_seen_at = from_stored(row[11])
    return NewsItem(
        item_id=row[1],
        feed_id=row[2],
        source=row[3],
        source_tier=row[4],
        language=row[5],
        title=row[6],
        url=row[7],
        text=row[8],
        story_id=row[9],
        published_at=from_stored(row[10]) if row[10] else first_seen_at,
        first_seen_at=first_seen_at,
        is_backfill=row[12],
        version=row[13],
    )
