"""Trends as the page shows them: the change against the usual in words, a sparkline, the newest articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from omnisonic.insight.analytics.schemas import ArticleView
from omnisonic.insight.charts.figures import entity_key, spark_points
from omnisonic.insight.drawer.lines import ArticleLine, article_line
from omnisonic.insight.store.filters import CountBy
from omnisonic.insight.trends.schemas import Trend

SPARK_WIDTH, SPARK_HEIGHT = 120, 36
ARTICLES_SHOWN = 2
STEADY = 0.2  # less than a fifth more or less is as usual
MANY_TIMES = 10


@dataclass
class TrendLine:
    """One entity. `way`: up, down or steady."""

    rank: int = 0
    key: str = ""
    name: str = ""
    detail: str = ""
    kind: str = ""
    href: str = ""
    figure: str = ""
    sources: str = ""
    change: str = ""
    way: str = "steady"
    spark: str = ""
    spark_words: str = ""
    articles: list[ArticleLine] = field(default_factory=list)


def trend_lines(trends: Sequence[Trend], *, count: CountBy, now: datetime) -> list[TrendLine]:
    """The trends in their order."""
    return [_line(rank, one, count=count, now=now) for rank, one in enumerate(trends, start=1)]


def change_words(figure: int, baseline: float | None) -> tuple[str, str]:
    """The change against the usual, and its way: `4× its usual` up, `half its usual` down."""
    if baseline is None:
        return "Nothing to compare with yet", "steady"
    if baseline == 0:
        return ("New: usually none", "up") if figure else ("As usual", "steady")
    ratio = figure / baseline
    if abs(ratio - 1) < STEADY:
        return "As usual", "steady"
    if ratio >= 1:
        return f"{_times(ratio)}× its usual", "up"
    return ("Half its usual" if 0.45 <= ratio <= 0.55 else f"{ratio:.0%} of its usual"), "down"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= MANY_TIMES else f"{ratio:.1f}".removesuffix(".0")


def _line(rank: int, trend: Trend, *, count: CountBy, now: datetime) -> TrendLine:
    figure = trend.stories if count is CountBy.STORIES else trend.mentions
    change, way = change_words(figure, trend.baseline)
    peak = max(trend.sparkline, default=0)
    return TrendLine(
        rank=rank,
        key=entity_key(trend.entity_type, trend.entity_id),
        name=trend.name,
        detail=trend.detail or trend.entity_type.value,
        kind=trend.entity_type.value,
        href=f"/entities/{trend.entity_type}/{trend.entity_id}",
        figure=_figure_words(figure, count),
        sources="1 source" if trend.sources == 1 else f"{trend.sources:,} sources",
        change=change,
        way=way,
        spark=spark_points(trend.sparkline, width=SPARK_WIDTH, height=SPARK_HEIGHT),
        spark_words=f"{trend.name}: {len(trend.sparkline)} steps, at most {peak}",
        articles=[article_line(one, now=now) for one in _of_different_stories(trend.articles)],
    )


def _of_different_stories(articles: Sequence[ArticleView]) -> list[ArticleView]:
    """The newest of each story: copies of one say nothing new."""
    by_story: dict[UUID, ArticleView] = {}
    for one in articles:
        by_story.setdefault(one.story_id, one)
    return list(by_story.values())[:ARTICLES_SHOWN]


def _figure_words(figure: int, count: CountBy) -> str:
    if count is CountBy.STORIES:
        return "1 story" if figure == 1 else f"{figure:,} stories"
    return "1 mention" if figure == 1 else f"{figure:,} mentions"
