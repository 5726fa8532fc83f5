"""What is most in the news now, and how much more than is usual for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from sqlmodel import Session

from omnisonic.insight.analytics.news import view_articles
from omnisonic.insight.analytics.schemas import ArticleView, EntityView
from omnisonic.insight.analytics.service import freshness, range_of
from omnisonic.insight.entities import NamedEntity, name_entities
from omnisonic.insight.store import mentions
from omnisonic.insight.store.buckets import BucketSize, cut
from omnisonic.insight.store.filters import CountBy, EntityRef, MentionFilter
from omnisonic.insight.store.mentions import Counts
from omnisonic.insight.store.news import newest_of_entities, news_by_ids
from omnisonic.insight.trends.schemas import Trend, Trends
from omnisonic.platform.ids import utc_now

BASELINE_WINDOWS = 4
LEAST_BASELINE = 0.5  # stories: an entity that never was in the news did not become infinitely more famous
CANDIDATES = 100
ARTICLES_EACH = 3


class TrendWindow(StrEnum):
    """How far back the page looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


class TrendOrder(StrEnum):
    """By how many, or by how much more than usual."""

    COUNT = "count"
    CHANGE = "change"


LENGTHS = {
    TrendWindow.DAY: timedelta(hours=24),
    TrendWindow.WEEK: timedelta(days=7),
    TrendWindow.MONTH: timedelta(days=30),
}


def window_filter(
    window: TrendWindow, chosen: MentionFilter, *, now: datetime | None = None
) -> MentionFilter:
    """`chosen` in the window that ends now."""
    until = now or utc_now()
    return chosen.between(until - LENGTHS[window], until)


def top_trends(
    session: Session,
    *,
    chosen: MentionFilter,
    count: CountBy = CountBy.STORIES,
    order: TrendOrder = TrendOrder.COUNT,
    limit: int = 20,
) -> Trends:
    """The entities with the most in the range of `chosen`, each beside its own baseline.

    The baseline is the median of the four windows of the same length before; windows before the first
    article of all do not count. Raises `AnalyticsUnavailable` while ClickHouse is away.
    """
    length = chosen.until - chosen.since
    found = mentions.count_by_entity(chosen, limit=max(limit, CANDIDATES), count=count)
    baselines = _baselines(chosen, list(found), length=length, count=count)
    shown = sorted(
        found, key=lambda one: _rank(one, found[one], baselines.get(one), count=count, order=order)
    )
    shown = shown[:limit]
    size = BucketSize.HOUR if length <= LENGTHS[TrendWindow.DAY] else BucketSize.DAY
    buckets = cut(chosen.since, chosen.until, size)
    only = chosen.about(*shown)
    sparklines = mentions.series_by_entity(only, buckets=buckets, count=count) if shown else {}
    names = name_entities(session, shown)
    behind = _articles_behind(session, only) if shown else {}
    return Trends(
        range=range_of(chosen),
        count=count,
        bucket=buckets.size,
        starts=list(buckets.starts),
        trends=[
            _trend(
                names[one],
                found[one],
                baselines.get(one),
                count=count,
                sparkline=sparklines.get(one, [0] * len(buckets.starts)),
                articles=behind.get(one, []),
            )
            for one in shown
        ],
        freshness=freshness(session),
    )


def _articles_behind(session: Session, chosen: MentionFilter) -> dict[EntityRef, list[ArticleView]]:
    newest = newest_of_entities(chosen, each=ARTICLES_EACH)
    items = news_by_ids({one for ids in newest.values() for one in ids})
    views = {one.id: one for one in view_articles(session, list(items.values()))}
    return {ref: [views[one] for one in ids if one in views] for ref, ids in newest.items()}


def change_of(figure: int, baseline: float | None) -> float | None:
    """How much more than usual, as a ratio less one: 0.5 is half as much again; None without a baseline."""
    if baseline is None:
        return None
    usual = max(baseline, LEAST_BASELINE)
    return round((figure - usual) / usual, 4)


def _baselines(
    chosen: MentionFilter, entities: Sequence[EntityRef], *, length: timedelta, count: CountBy
) -> dict[EntityRef, float]:
    """The usual figure of each entity; of none when there is no window before."""
    oldest = mentions.oldest_mention()
    if not entities or oldest is None:
        return {}
    windows = min(BASELINE_WINDOWS, (chosen.since - oldest) // length)
    if windows < 1:
        return {}
    starts = [chosen.since - length * (windows - place) for place in range(windows)]
    before = chosen.between(starts[0], chosen.since).about(*entities)
    found = mentions.count_in_windows(before, starts=starts, count=count)
    return {one: float(median(found.get(one, [0]))) for one in entities}


def _rank(
    entity: EntityRef, counts: Counts, baseline: float | None, *, count: CountBy, order: TrendOrder
) -> tuple[float, float, str]:
    figure = counts.by(count)
    change = change_of(figure, baseline) or 0.0
    keys = (-figure, -change) if order is TrendOrder.COUNT else (-change, -figure)
    return (*keys, str(entity.entity_id))


def _trend(
    named: NamedEntity,
    counts: Counts,
    baseline: float | None,
    *,
    count: CountBy,
    sparkline: list[int],
    articles: list[ArticleView],
) -> Trend:
    return Trend(
        **EntityView.of(named).model_dump(by_alias=False),
        stories=counts.stories,
        mentions=counts.mentions,
        sources=counts.sources,
        baseline=baseline,
        change=change_of(counts.by(count), baseline),
        sparkline=sparkline,
        articles=articles,
    )
