"""The page as a PDF, drawn on the server: charts, tables, filters, sample size and time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from sqlmodel import Session

from omnisonic.insight.analytics import service
from omnisonic.insight.analytics.schemas import GenreShares, MentionSeries, SourceTable
from omnisonic.insight.analytics.sentences import (
    describe_filter,
    describe_genres,
    describe_series,
    describe_sources,
)
from omnisonic.insight.entities import name_entities
from omnisonic.insight.parameters import AnalyticsParameters

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

MAX_TABLE_ROWS = 40
TITLE = "Omnisonic Insight: analytics"


def write_report(session: Session, *, asked: AnalyticsParameters) -> bytes:
    """A4 pages with what /analytics shows for this filter. Raises as the figures do."""
    chosen = asked.filter()
    series = service.mention_series(session, chosen=chosen, count=asked.count)
    genres = service.genre_shares(session, chosen=chosen, count=asked.count)
    sources = service.top_sources(
        session, chosen=chosen, count=asked.count, limit=min(asked.limit, MAX_TABLE_ROWS)
    )
    names = [one.name for one in name_entities(session, chosen.entities).values()]
    return _compose(describe_filter(chosen, names=names), series, genres, sources)


def _compose(
    filters: Sequence[str], series: MentionSeries, genres: GenreShares, sources: SourceTable
) -> bytes:
    # Imported here: reportlab costs a process a third of a second, and few ever write a report.
    from reportlab.lib.units import mm
    from reportlab.platypus import Spacer

    from omnisonic.insight.analytics import drawings
    from omnisonic.platform.pdf import document

    styles = document.text_styles()
    story: list[Any] = [document.paragraph(TITLE, styles["title"])]
    story += [document.paragraph(escape(line), styles["small"]) for line in [*filters, _sample(series)]]
    for heading, sentence, parts in (
        ("Mentions over time", describe_series(series), [drawings.line_chart(series), _entities(series)]),
        ("Genres", describe_genres(genres), [drawings.bar_chart(genres), _genres(genres)]),
        ("Top sources", describe_sources(sources), [_sources(sources)]),
    ):
        story += [Spacer(1, 6 * mm), document.paragraph(heading, styles["heading"])]
        story += [document.paragraph(escape(sentence), styles["text"]), *parts]
    return document.build_document(TITLE, story)


def _sample(series: MentionSeries) -> str:
    totals, fresh = series.totals, series.freshness
    newest = f"{fresh.newest_at:%Y-%m-%d %H:%M} UTC" if fresh.newest_at else "none yet"
    return (
        f"n = {totals.stories} stories, {totals.mentions} mentions, {totals.sources} sources. "
        f"Newest article: {newest}. Made {fresh.generated_at:%Y-%m-%d %H:%M} UTC."
    )


def _entities(series: MentionSeries) -> Flowable:
    from omnisonic.platform.pdf import document

    rows = [[one.name, one.entity_type.value, one.total] for one in series.series]
    return document.table(("Entity", "Type", series.count.value.capitalize()), rows, widths_mm=(110, 30, 30))


def _genres(genres: GenreShares) -> Flowable:
    from omnisonic.platform.pdf import document

    rows = [
        [one.genre or "Unknown", one.stories, one.mentions, f"{one.share:.1%}"]
        for one in genres.genres[:MAX_TABLE_ROWS]
    ]
    return document.table(("Genre", "Stories", "Mentions", "Share"), rows, widths_mm=(80, 30, 30, 30))


def _sources(sources: SourceTable) -> Flowable:
    from omnisonic.platform.pdf import document

    rows = [
        [
            one.source,
            one.tier,
            one.stories,
            one.mentions,
            f"{one.share:.1%}",
            f"{one.linked_share:.0%}",
            "–" if one.median_delay_s is None else f"{one.median_delay_s / 60:.0f} min",
            one.opens,
        ]
        for one in sources.sources
    ]
    header = ("Source", "Tier", "Stories", "Mentions", "Share", "Linked", "Delay", "Opens")
    return document.table(header, rows, widths_mm=(58, 12, 18, 20, 17, 17, 18, 14))
