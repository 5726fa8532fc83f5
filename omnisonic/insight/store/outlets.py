"""How outlets do: what they bring, how much of it is linked, how late they are, what people open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from omnisonic.insight.news import NewsItem
from omnisonic.insight.store.filters import MentionFilter, condition_of
from omnisonic.insight.store.running import fetch
from omnisonic.platform.clickhouse import clickhouse, insert_rows

# Stories start at most 7 days before the range: an outlet that takes one up later comes back to it.
# Their ids are parts of a SHA-256, of which 64 bits tell any two apart.
PERFORMANCE = """
WITH
    started AS (
        SELECT toUInt64(story_id) AS story, min(first_seen_at) AS story_seen_at FROM news_items
        PREWHERE first_seen_at >= {since:DateTime64(3, 'UTC')} - INTERVAL 7 DAY
             AND first_seen_at < {until:DateTime64(3, 'UTC')}
        GROUP BY story
    ),
    linked AS (
        SELECT source, uniqExact(toUInt64(item_id)) AS items, count() AS links FROM mentions
        WHERE day >= {since_day:Date} AND day <= {until_day:Date} AND source IN {sources:Array(String)}
          AND seen_at >= {since:DateTime64(3, 'UTC')} AND seen_at < {until:DateTime64(3, 'UTC')}
        GROUP BY source
    ),
    opened AS (
        SELECT source, count() AS opens FROM article_opens
        WHERE opened_at >= {since:DateTime64(3, 'UTC')} AND opened_at < {until:DateTime64(3, 'UTC')}
        GROUP BY source
    )
SELECT
    seen.source, count(), uniqExact(seen.story), any(linked.items), any(linked.links),
    quantileExactIf(0.5)(
        dateDiff('second', started.story_seen_at, seen.first_seen_at), NOT seen.is_backfill
    ),
    countIf(NOT seen.is_backfill),
    any(opened.opens)
FROM (
    SELECT source, toUInt64(story_id) AS story, is_backfill, first_seen_at FROM news_items FINAL
    PREWHERE first_seen_at >= {since:DateTime64(3, 'UTC')}
         AND first_seen_at < {until:DateTime64(3, 'UTC')}
         AND source IN {sources:Array(String)}
) AS seen
LEFT JOIN started ON started.story = seen.story
LEFT JOIN linked ON linked.source = seen.source
LEFT JOIN opened ON opened.source = seen.source
GROUP BY seen.source
SETTINGS do_not_merge_across_partitions_select_final = 1
"""


@dataclass(frozen=True, kw_only=True)
class SourcePerformance:
    """What an outlet brought in a range. `median_delay_s`: behind the first outlet with the same story."""

    items: int
    stories: int
    linked_share: float
    links_per_item: float
    median_delay_s: int | None  # None where all came with the first fetch of a feed
    opens: int


def source_performance(chosen: MentionFilter, sources: Sequence[str]) -> dict[str, SourcePerformance]:
    """Performance of these outlets in the range of `chosen`, over everything they brought."""
    if not sources:
        return {}
    values = condition_of(chosen).parameters | {"sources": list(sources)}
    return {
        row[0]: SourcePerformance(
            items=row[1],
            stories=row[2],
            linked_share=row[3] / row[1],
            links_per_item=row[4] / row[1],
            median_delay_s=int(row[5]) if row[6] else None,
            opens=row[7],
        )
        for row in fetch(PERFORMANCE, values)
    }


def record_open(item: NewsItem, *, at: datetime) -> None:
    """Someone opened the article's drawer; who did is not kept."""
    with clickhouse() as client:
        row = (at, str(item.item_id.int), item.source)
        insert_rows(client, "article_opens", columns=("opened_at", "item_id", "source"), rows=[row])
