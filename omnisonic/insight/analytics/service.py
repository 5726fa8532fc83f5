"""The figures of /analytics: series, genres and outlets, with the names of the catalog."""

from __future__ import annotations

from sqlmodel import Session

from omnisonic.insight.analytics.schemas import (
    EntityView,
    Freshness,
    GenreShare,
    GenreShares,
    MentionSeries,
    Range,
    Series,
    SourceRow,
    SourceTable,
    TotalsView,
)
from omnisonic.insight.archive.cursors import read_freshness
from omnisonic.insight.entities import NamedEntity, name_entities
from omnisonic.insight.store import mentions
from omnisonic.insight.store.buckets import STEPS, Buckets, choose_buckets
from omnisonic.insight.store.filters import CountBy, MentionFilter
from omnisonic.insight.store.mentions import SourceCounts
from omnisonic.insight.store.news import newest_item_at
from omnisonic.insight.store.outlets import SourcePerformance, source_performance
from omnisonic.platform.ids import utc_now

MAX_SERIES = 10
NO_PERFORMANCE = SourcePerformance(
    items=0, stories=0, linked_share=0.0, links_per_item=0.0, median_delay_s=None, opens=0
)


def mention_series(
    session: Session,
    *,
    chosen: MentionFilter,
    count: CountBy = CountBy.STORIES,
    limit: int = MAX_SERIES,
) -> MentionSeries:
    """Everything and the entities with the most, per bucket without gaps; at most 10 of them.

    Raises `AnalyticsUnavailable` while ClickHouse is away, as everything here does.
    """
    buckets = choose_buckets(chosen.since, chosen.until)
    top = list(mentions.count_by_entity(chosen, limit=min(limit, MAX_SERIES), count=count))
    values = mentions.series_by_entity(chosen.about(*top), buckets=buckets, count=count) if top else {}
    names = name_entities(session, top)
    last_end = buckets.starts[-1] + STEPS[buckets.size]
    return MentionSeries(
        range=range_of(chosen),
        bucket=buckets.size,
        count=count,
        starts=list(buckets.starts),
        is_last_complete=last_end <= min(chosen.until, utc_now()),
        totals=TotalsView.of(mentions.count_all(chosen)),
        all=mentions.series_of_all(chosen, buckets=buckets, count=count),
        series=[_series(names[one], values.get(one), buckets) for one in top],
        freshness=freshness(session),
    )


def genre_shares(session: Session, *, chosen: MentionFilter, count: CountBy = CountBy.STORIES) -> GenreShares:
    """Every genre with its share, most first."""
    found = mentions.count_by_genre(chosen)
    ordered = sorted(found.items(), key=lambda one: (-one[1].by(count), one[0]))
    whole = sum(counts.by(count) for counts in found.values()) or 1
    return GenreShares(
        range=range_of(chosen),
        count=count,
        totals=TotalsView.of(mentions.count_all(chosen)),
        genres=[
            GenreShare(
                genre=genre,
                stories=counts.stories,
                mentions=counts.mentions,
                share=round(counts.by(count) / whole, 6),
            )
            for genre, counts in ordered
        ],
        freshness=freshness(session),
    )


def top_sources(
    session: Session,
    *,
    chosen: MentionFilter,
    count: CountBy = CountBy.STORIES,
    limit: int = 20,
) -> SourceTable:
    """Outlets with the most, and how each of them does over all that it brought."""
    found = mentions.count_by_source(chosen, limit=limit, count=count)
    performance = source_performance(chosen, [one.source for one in found])
    totals = mentions.count_all(chosen)
    whole = totals.by(count) or 1
    return SourceTable(
        range=range_of(chosen),
        count=count,
        totals=TotalsView.of(totals),
        sources=[
            _source(one, performance.get(one.source, NO_PERFORMANCE), count=count, whole=whole)
            for one in found
        ],
        freshness=freshness(session),
    )


def freshness(session: Session) -> Freshness:
    """How new the newest article is, and what is on its way here."""
    now, newest, steps = utc_now(), newest_item_at(), read_freshness(session)
    return Freshness(
        newest_at=newest,
        age_s=max(0, int((now - newest).total_seconds())) if newest else None,
        waiting=steps.waiting_deliveries,
        unstored=steps.unstored,
        untagged=steps.untagged,
        failing_since=steps.failing_since,
        reason=steps.reason,
        generated_at=now,
    )


def range_of(chosen: MentionFilter) -> Range:
    """The range of a filter."""
    return Range(since=chosen.since, until=chosen.until)


def _series(named: NamedEntity, values: list[int] | None, buckets: Buckets) -> Series:
    figures = values or [0] * len(buckets.starts)
    return Series(**_entity(named), total=sum(figures), values=figures)


def _source(one: SourceCounts, performance: SourcePerformance, *, count: CountBy, whole: int) -> SourceRow:
    figure = one.stories if count is CountBy.STORIES else one.mentions
    return SourceRow(
        source=one.source,
        tier=one.tier,
        stories=one.stories,
        mentions=one.mentions,
        entities=one.entities,
        share=round(figure / whole, 6),
        items=performance.items,
        distinct_stories=performance.stories,
        linked_share=round(performance.linked_share, 6),
        links_per_item=round(performance.links_per_item, 4),
        median_delay_s=performance.median_delay_s,
        opens=performance.opens,
    )


def _entity(named: NamedEntity) -> dict[str, object]:
    return EntityView.of(named).model_dump(by_alias=False)
