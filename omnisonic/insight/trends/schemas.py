"""Shapes of the trends."""

from __future__ import annotations

from datetime import datetime

from omnisonic.insight.analytics.schemas import ArticleView, EntityView, Freshness, Range
from omnisonic.insight.store.buckets import BucketSize
from omnisonic.insight.store.filters import CountBy
from omnisonic.platform.schemas import ApiModel


class Trend(EntityView):
    """An entity in the news. `baseline`: what is usual in a window of this length; `change` 0.5: half more.

    Both are null while there is no earlier window to compare with. `articles` are the newest behind it.
    """

    stories: int
    mentions: int
    sources: int
    baseline: float | None
    change: float | None
    sparkline: list[int]
    articles: list[ArticleView]


class Trends(ApiModel):
    """`sparkline` has a figure for each of `starts`."""

    range: Range
    count: CountBy
    bucket: BucketSize
    starts: list[datetime]
    trends: list[Trend]
    freshness: Freshness
