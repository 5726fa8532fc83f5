"""What a page of figures shows, part by part: the same filter behind all of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.analytics import service
from omnisonic.insight.analytics.network import entity_network
from omnisonic.insight.analytics.schemas import Freshness, Network, SourceRow
from omnisonic.insight.analytics.sentences import NOTHING, describe_genres, describe_series, describe_sources
from omnisonic.insight.charts.figures import Figure, genre_figure, line_figure, network_figure
from omnisonic.insight.entities import UNKNOWN, name_entities
from omnisonic.insight.news import EntityType
from omnisonic.insight.parameters import AnalyticsParameters
from omnisonic.insight.store import mentions
from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ui.words import ago, count

SERIES_SHOWN = 5  # more lines than these cannot be told apart
SOURCES_SHOWN = 10
CHOICES_MAX = 100
STALE_AFTER_S = 3 * 3600  # feeds are looked at more often than that
TIERS = {1: "Music", 2: "General", 3: "Other"}


@dataclass
class FreshLine:
    """How new the figures are."""

    words: str = ""
    detail: str = ""
    is_stale: bool = False


@dataclass
class SourceLine:
    """One outlet."""

    source: str = ""
    tier: str = ""
    figure: int = 0
    share: str = ""
    width: str = "0%"
    brought: int = 0
    linked: str = ""
    behind: str = ""


@dataclass
class Lead:
    """What a page of figures says first: how much there is, of whom, over time."""

    total: int = 0
    totals_words: str = ""
    figure: Figure = field(default_factory=dict)
    words: str = ""
    top_key: str = ""  # the entity with the most
    entity_name: str = ""
    entity_detail: str = ""
    fresh: FreshLine = field(default_factory=FreshLine)


@dataclass
class Genres:
    """Shares of the genres, and those that may be chosen."""

    figure: Figure = field(default_factory=dict)
    words: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Sources:
    """Outlets with the most, and those that may be chosen."""

    rows: list[SourceLine] = field(default_factory=list)
    words: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Around:
    """Who is around an entity; without a `key` there is nobody to be around."""

    key: str = ""
    title: str = ""
    words: str = ""
    figure: Figure = field(default_factory=dict)


def read_lead(session: Session, asked: AnalyticsParameters) -> Lead:
    """Totals and lines. Raises `AnalyticsUnavailable`, or `NotFound` for an unknown entity."""
    chosen = asked.filter()
    name, detail = _entity_words(session, chosen)
    series = service.mention_series(session, chosen=chosen, count=asked.count, limit=SERIES_SHOWN)
    top = next((f"{one.entity_type}:{one.entity_id}" for one in series.series), "")
    return Lead(
        total=series.totals.stories,
        totals_words=_totals_words(series.totals.stories, series.totals.mentions, series.totals.sources),
        figure=line_figure(series),
        words=describe_series(series),
        top_key=top,
        entity_name=name,
        entity_detail=detail,
        fresh=fresh_line(series.freshness),
    )


def read_genres(session: Session, asked: AnalyticsParameters, _lead: Lead) -> Genres:
    """Genres. Raises `AnalyticsUnavailable`."""
    chosen = asked.filter()
    genres = service.genre_shares(session, chosen=chosen, count=asked.count)
    return Genres(
        figure=genre_figure(genres),
        words=describe_genres(genres),
        choices=list(mentions.count_by_genre(replace(chosen, genre=None)))[:CHOICES_MAX],
    )


def read_sources(session: Session, asked: AnalyticsParameters, _lead: Lead) -> Sources:
    """Outlets. Raises `AnalyticsUnavailable`."""
    chosen = asked.filter()
    sources = service.top_sources(session, chosen=chosen, count=asked.count, limit=SOURCES_SHOWN)
    most = max((one.share for one in sources.sources), default=0.0)
    return Sources(
        rows=[_source_line(one, count=asked.count.value, most=most) for one in sources.sources],
        words=describe_sources(sources),
        choices=_sources(chosen),
    )


def read_around(session: Session, asked: AnalyticsParameters, lead: Lead) -> Around:
    """The network around the entity that was chosen, else around the one with the most."""
    chosen = asked.filter()
    center = chosen.entities[0] if chosen.entities else _entity(lead.top_key)
    if center is None:
        return Around()
    network = entity_network(session, chosen=chosen, center=center, depth=asked.depth)
    name = next(node.name for node in network.nodes if node.id == network.center)
    return Around(
        key=network.center,
        title=f"Around {name}",
        words=describe_network(network),
        figure=network_figure(network),
    )


def _entity_words(session: Session, chosen: MentionFilter) -> tuple[str, str]:
    if not chosen.entities:
        return "", ""
    named = name_entities(session, chosen.entities)[chosen.entities[0]]
    if named.name == UNKNOWN:
        raise NotFound("The catalog has no such artist, work or recording. It may have been merged.")
    return named.name, named.detail


def _entity(key: str) -> EntityRef | None:
    kind, _, entity_id = key.partition(":")
    return EntityRef(EntityType(kind), UUID(entity_id)) if key else None


def describe_network(network: Network) -> str:
    """How many are around it, and whom the news name with it most."""
    others = [node for node in network.nodes if node.id != network.center]
    if not others:
        return "Nobody is credited with it, or named in the same stories, in this range."
    names = {node.id: node.name for node in network.nodes}
    near = [edge for edge in network.edges if edge.kind == "mention" and network.center in (edge.a, edge.b)]
    words = f"{count(len(others), 'neighbor')} by credits and shared stories, depth {network.depth}."
    if near:
        strongest = max(near, key=lambda edge: edge.stories)
        other = strongest.b if strongest.a == network.center else strongest.a
        shared = f"{strongest.stories:,} {'story' if strongest.stories == 1 else 'stories'}"
        words += f" Most often named with {names[other]} ({shared})."
    return words


def _totals_words(stories: int, named: int, sources: int) -> str:
    if not named:
        return NOTHING
    tales = "1 story" if stories == 1 else f"{stories:,} stories"
    mentions_words = "1 mention" if named == 1 else f"{named:,} mentions"
    return f"{tales} and {mentions_words} in {count(sources, 'source')}"


def _source_line(row: SourceRow, *, count: str, most: float) -> SourceLine:
    return SourceLine(
        source=row.source,
        tier=TIERS.get(row.tier, TIERS[3]),
        figure=getattr(row, count),
        share=f"{row.share:.0%}",
        width=f"{row.share / most:.0%}" if most else "0%",
        brought=row.items,
        linked=f"{row.linked_share:.0%}",
        behind=delay_words(row.median_delay_s),
    )


def delay_words(delay_s: int | None) -> str:
    """How far behind the first outlet: `first`, `12 min`, `4.1 h`, `2.0 d`; a dash when not known."""
    if delay_s is None:
        return "–"
    if delay_s < 60:
        return "first"
    if delay_s < 3600:
        return f"{delay_s // 60} min"
    return f"{delay_s / 3600:.1f} h" if delay_s < 86_400 else f"{delay_s / 86_400:.1f} d"


def fresh_line(found: Freshness) -> FreshLine:
    """How new the newest article is; a warning when a step behind it fails or nothing came for hours."""
    if found.newest_at is None or found.age_s is None:
        return FreshLine(words="No articles yet", is_stale=False)
    words = f"Newest article {ago(found.newest_at, now=found.generated_at)}"
    waiting = found.waiting + found.unstored + found.untagged
    detail = f"{count(waiting, 'change')} on the way" if waiting else ""
    if found.failing_since is not None:
        since = ago(found.failing_since, now=found.generated_at)
        detail = f"Behind since {since}: {found.reason or 'a step fails'}"
    is_stale = found.failing_since is not None or found.age_s > STALE_AFTER_S
    return FreshLine(words=words, detail=detail, is_stale=is_stale)


def _sources(chosen: MentionFilter) -> list[str]:
    return [one.source for one in mentions.count_by_source(replace(chosen, source=None), limit=CHOICES_MAX)]
