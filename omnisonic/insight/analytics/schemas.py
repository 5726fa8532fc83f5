"""Shapes of the analytics."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from omnisonic.insight.entities import NamedEntity
from omnisonic.insight.news import EntityLink, EntityType, LinkMethod, NewsItem
from omnisonic.insight.store.buckets import BucketSize
from omnisonic.insight.store.filters import CountBy
from omnisonic.insight.store.mentions import Counts
from omnisonic.platform.schemas import ApiModel


class Range(ApiModel):
    """The time that was asked for; `until` is exclusive."""

    since: datetime
    until: datetime


class Freshness(ApiModel):
    """How new the figures are. `ageS`: seconds since the newest article was first seen.

    `waiting` deliveries, `unstored` changes and `untagged` articles are on their way; `failingSince` and
    `reason` are null while every step goes on.
    """

    newest_at: datetime | None
    age_s: int | None
    waiting: int
    unstored: int
    untagged: int
    failing_since: datetime | None
    reason: str | None
    generated_at: datetime


class EntityView(ApiModel):
    """An entity of the catalog."""

    entity_type: EntityType
    entity_id: UUID
    name: str
    detail: str

    @classmethod
    def of(cls, named: NamedEntity) -> EntityView:
        """The view of a named entity."""
        ref = named.ref
        return cls(entity_type=ref.entity_type, entity_id=ref.entity_id, name=named.name, detail=named.detail)


class TotalsView(ApiModel):
    """Distinct stories, mentions and outlets."""

    stories: int
    mentions: int
    sources: int

    @classmethod
    def of(cls, counts: Counts) -> TotalsView:
        """The view of counts."""
        return cls(stories=counts.stories, mentions=counts.mentions, sources=counts.sources)


class Series(EntityView):
    """One figure per bucket of an entity; `total` is their sum."""

    total: int
    values: list[int]


class MentionSeries(ApiModel):
    """`all` holds everything, `series` the entities with the most; the last bucket may still grow."""

    range: Range
    bucket: BucketSize
    count: CountBy
    starts: list[datetime]
    is_last_complete: bool
    totals: TotalsView
    all: list[int]
    series: list[Series]
    freshness: Freshness


class GenreShare(ApiModel):
    """`share` is of the sum over genres: a story in two genres counts in both. Empty: genre not known."""

    genre: str
    stories: int
    mentions: int
    share: float


class GenreShares(ApiModel):
    """Genres, most first."""

    range: Range
    count: CountBy
    totals: TotalsView
    genres: list[GenreShare]
    freshness: Freshness


class SourceRow(ApiModel):
    """`stories` and `mentions` by the filter, `share` of all of them; the rest over all that it brought."""

    source: str
    tier: int
    stories: int
    mentions: int
    entities: int
    share: float
    items: int
    distinct_stories: int
    linked_share: float
    links_per_item: float
    median_delay_s: int | None
    opens: int


class SourceTable(ApiModel):
    """Outlets, most first."""

    range: Range
    count: CountBy
    totals: TotalsView
    sources: list[SourceRow]
    freshness: Freshness


class NodeView(EntityView):
    """A place in the network; `x`, `y` are -1…1, `hops` from the center."""

    id: str
    stories: int
    mentions: int
    hops: int
    x: float
    y: float


class EdgeView(ApiModel):
    """`credit` (by the catalog) or `mention` (named in the same stories); `npmi` only of the latter."""

    a: str
    b: str
    kind: str
    label: str
    stories: int
    npmi: float | None


class Network(ApiModel):
    """Artists, works and recordings around one of them; `isCut` when there were more than are shown."""

    range: Range
    center: str
    depth: int
    nodes: list[NodeView]
    edges: list[EdgeView]
    is_cut: bool
    freshness: Freshness


class LinkView(EntityView):
    """A link from an article; offsets count in title, line break, text."""

    span_start: int
    span_end: int
    matched_text: str
    confidence: float
    method: LinkMethod

    @classmethod
    def of_link(cls, link: EntityLink, named: NamedEntity) -> LinkView:
        """The view of a link."""
        return cls(
            **EntityView.of(named).model_dump(by_alias=False),
            span_start=link.span_start,
            span_end=link.span_end,
            matched_text=link.matched_text,
            confidence=round(link.confidence, 4),
            method=link.method,
        )


class ArticleView(ApiModel):
    """An article. `links` are those of now."""

    id: UUID
    source: str
    source_tier: int
    language: str
    title: str
    url: str
    text: str
    story_id: UUID
    published_at: datetime
    first_seen_at: datetime
    links: list[LinkView]

    @classmethod
    def of(cls, item: NewsItem, links: list[LinkView]) -> ArticleView:
        """The view of an article with its links."""
        return cls(
            id=item.item_id,
            source=item.source,
            source_tier=item.source_tier,
            language=item.language,
            title=item.title,
            url=item.url,
            text=item.text,
            story_id=item.story_id,
            published_at=item.published_at,
            first_seen_at=item.first_seen_at,
            links=links,
        )


class ArticlePage(ApiModel):
    """Articles, newest first."""

    news: list[ArticleView]
    next_cursor: str | None


class ArticleAnswer(ApiModel):
    """One article."""

    article: ArticleView
