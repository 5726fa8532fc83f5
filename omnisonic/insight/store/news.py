"""Reads of articles and their links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from string import Template
from typing import Any
from uuid import UUID

from omnisonic.insight.news import EntityLink, EntityType, LinkMethod, NewsItem
from omnisonic.insight.store.filters import EntityRef, MentionFilter, condition_of
from omnisonic.insight.store.mentions import entity_of
from omnisonic.insight.store.running import ask, fetch
from omnisonic.insight.store.writes import ITEM_COLUMNS, LINK_COLUMNS
from omnisonic.platform.pagination import Page, encode_cursor

MAX_SEARCH_WORDS = 8
KEYS = """
SELECT item_id, first_seen_at FROM news_items FINAL
PREWHERE first_seen_at >= {since:DateTime64(3, 'UTC')} AND first_seen_at < {until:DateTime64(3, 'UTC')}
WHERE ${conditions}
ORDER BY first_seen_at DESC, item_id DESC LIMIT {limit:UInt32}
SETTINGS do_not_merge_across_partitions_select_final = 1
"""
DAYS_OF_ITEMS = """
SELECT DISTINCT toDate(first_seen_at) FROM news_items WHERE item_id IN {ids:Array(UInt128)}
"""
ITEMS = """
SELECT ${columns} FROM news_items FINAL
PREWHERE toDate(first_seen_at) IN {days:Array(Date)} AND item_id IN {ids:Array(UInt128)}
SETTINGS do_not_merge_across_partitions_select_final = 1
"""
LINKS = """
SELECT ${columns} FROM entity_links FINAL
PREWHERE toDate(first_seen_at) IN {days:Array(Date)} AND item_id IN {ids:Array(UInt128)}
ORDER BY item_id, span_start, entity_type, entity_id
SETTINGS do_not_merge_across_partitions_select_final = 1
"""
BEHIND = """
SELECT entity_type, entity_id, item_id FROM mentions WHERE ${where}
ORDER BY seen_at DESC, item_id DESC LIMIT {each:UInt32} BY entity_type, entity_id
"""
NEWEST = "SELECT max(first_seen_at), count() FROM news_items"


@dataclass(frozen=True, kw_only=True)
class NewsPage:
    """Articles, newest first, and the cursor of the next page or None."""

    items: list[NewsItem]
    next_cursor: str | None


def news_page(chosen: MentionFilter, *, page: Page, search: str = "", linked_only: bool = False) -> NewsPage:
    """Articles that were seen in a range, newest first.

    With an entity, genre or confidence in `chosen` (or `linked_only`) only those whose links satisfy it.
    `search`: each of its words, up to 8, stands in title or text, without regard to case.
    """
    values = condition_of(chosen).parameters | {"limit": page.limit + 1}
    conditions = _conditions(chosen, linked_only=linked_only)
    conditions += _search_conditions(search, values)
    if page.after is not None:
        conditions.append("(first_seen_at, item_id) < ({after:DateTime64(3, 'UTC')}, {after_id:UInt128})")
        values |= {"after": _moment(page.after.created_at), "after_id": page.after.id.int}
    sql = Template(KEYS).substitute(conditions=" AND ".join(conditions) or "1")
    keys = fetch(sql, values)
    shown = keys[: page.limit]
    found = _items([row[0] for row in shown], {row[1].date() for row in shown})
    items = [found[UUID(int=row[0])] for row in shown if UUID(int=row[0]) in found]
    more = len(keys) > page.limit
    return NewsPage(items=items, next_cursor=_cursor(shown[-1]) if more else None)


def news_by_ids(ids: Iterable[UUID]) -> dict[UUID, NewsItem]:
    """Articles by the ids asked for; unknown ones are missing."""
    numbers = [one.int for one in set(ids)]
    return _items(numbers, _days_of(numbers))


def links_of_items(ids: Iterable[UUID]) -> dict[UUID, list[EntityLink]]:
    """Links per article as they are now, in the order of the text; articles without any are missing."""
    numbers = [one.int for one in set(ids)]
    days = _days_of(numbers)
    found: dict[UUID, list[EntityLink]] = {}
    if days:
        sql = Template(LINKS).substitute(columns=", ".join(LINK_COLUMNS))
        for row in fetch(sql, {"ids": numbers, "days": sorted(days)}):
            link = _link(row)
            found.setdefault(link.item_id, []).append(link)
    return found


def newest_of_entities(chosen: MentionFilter, *, each: int) -> dict[EntityRef, list[UUID]]:
    """Ids of the newest articles about each of the entities of `chosen`."""
    found: dict[EntityRef, list[UUID]] = {}
    for row in ask(BEHIND, chosen, each=each):
        found.setdefault(entity_of(row), []).append(UUID(int=row[2]))
    return found


def newest_item_at() -> datetime | None:
    """When the newest article was first seen; None before the first one."""
    newest, count = fetch(NEWEST)[0]
    return newest if count else None


def _conditions(chosen: MentionFilter, *, linked_only: bool) -> list[str]:
    by_links = chosen.entity_type or chosen.entities or chosen.genre is not None or chosen.min_confidence > 0
    if by_links or linked_only:
        return [f"item_id IN (SELECT item_id FROM mentions WHERE {condition_of(chosen).sql})"]  # noqa: S608 - values are bound
    return [] if chosen.source is None else ["source = {source:String}"]


def _search_conditions(search: str, values: dict[str, Any]) -> list[str]:
    conditions = []
    for place, word in enumerate(search.split()[:MAX_SEARCH_WORDS]):
        values[f"word_{place}"] = word
        bound = f"{{word_{place}:String}}"
        either = (f"positionCaseInsensitiveUTF8({column}, {bound}) > 0" for column in ("title", "text"))
        conditions.append(f"({' OR '.join(either)})")
    return conditions


def _days_of(numbers: Sequence[int]) -> set[date]:
    # The day leads the key, and is not known to who only has an id: the index of ids finds it.
    return {row[0] for row in fetch(DAYS_OF_ITEMS, {"ids": list(numbers)})} if numbers else set()


def _items(numbers: Sequence[int], days: Collection[date]) -> dict[UUID, NewsItem]:
    if not days:
        return {}
    sql = Template(ITEMS).substitute(columns=", ".join(ITEM_COLUMNS))
    rows = fetch(sql, {"ids": list(numbers), "days": sorted(days)})
    return {item.item_id: item for item in map(_item, rows)}


def _item(row: Sequence[Any]) -> NewsItem:
    values = dict(zip(ITEM_COLUMNS, row, strict=True))
    return NewsItem(**values | _ids(values))


def _link(row: Sequence[Any]) -> EntityLink:
    values = dict(zip(LINK_COLUMNS, row, strict=True))
    kinds = {
        "entity_type": EntityType(values["entity_type"]),
        "method": LinkMethod(values["method"]),
        "is_deleted": bool(values["is_deleted"]),
    }
    return EntityLink(**values | _ids(values) | kinds)


def _ids(values: dict[str, Any]) -> dict[str, UUID]:
    return {name: UUID(int=values[name]) for name in ("item_id", "story_id")}


def _cursor(row: Sequence[Any]) -> str:
    return encode_cursor(row[1], UUID(int=row[0]))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
