"""Articles and their links as the drawer shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from omnisonic.insight.analytics.schemas import ArticleView
from omnisonic.insight.drawer.evidence import METHODS, reasons_against, reasons_for
from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.models import TagOrigin, TagStatus
from omnisonic.insight.tagging.schemas import Explanation, TagView
from omnisonic.platform.ui.words import ago, count, day

TEXT_CHARS = 480
NAMES_SHOWN = 4
TIERS = {1: "music outlet", 2: "general news", 3: "other source"}
UNKNOWN_NAME = "No longer in the catalog"
BANDS = {"high": "ok", "medium": "accent", "low": "warn", "none": "warn"}


@dataclass
class ArticleLine:
    """An article in a list."""

    id: str = ""
    title: str = ""
    href: str = ""
    source: str = ""
    when: str = ""
    names: list[str] = field(default_factory=list)
    more: int = 0


@dataclass
class LinkLine:
    """An entity that an article is linked to; the mention is `before`, `match`, `after`."""

    tag_id: str = ""
    name: str = ""
    href: str = ""
    kind: str = ""
    places: str = ""
    before: str = ""
    match: str = ""
    after: str = ""
    band: str = ""
    band_kind: str = ""
    sure: str = ""
    method: str = ""
    reasons: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    is_rejected: bool = False
    is_confirmed: bool = False


@dataclass
class UnlinkedLine:
    """A name that the catalog does not have."""

    phrase: str = ""
    reason: str = ""


@dataclass
class ArticleSheet:
    """One article."""

    id: str = ""
    title: str = ""
    href: str = ""
    source: str = ""
    tier: str = ""
    when: str = ""
    text: str = ""
    language: str = ""
    links: list[LinkLine] = field(default_factory=list)
    unlinked: list[UnlinkedLine] = field(default_factory=list)


def article_line(article: ArticleView, *, now: datetime) -> ArticleLine:
    """An article with the names that it is linked to, each once."""
    names = list(dict.fromkeys(link.name for link in article.links))
    return ArticleLine(
        id=str(article.id),
        title=article.title,
        href=safe_href(article.url),
        source=article.source,
        when=ago(article.first_seen_at, now=now),
        names=names[:NAMES_SHOWN],
        more=max(0, len(names) - NAMES_SHOWN),
    )


def article_sheet(article: ArticleView, explained: Explanation, *, now: datetime) -> ArticleSheet:
    """An article with its evidence; a link that stands comes before one that was rejected."""
    text = article.text if len(article.text) <= TEXT_CHARS else article.text[: TEXT_CHARS - 1].rstrip() + "…"
    return ArticleSheet(
        id=str(article.id),
        title=article.title,
        href=safe_href(article.url),
        source=article.source,
        tier=TIERS.get(article.source_tier, TIERS[3]),
        when=f"{ago(article.published_at, now=now)} ({day(article.published_at)})",
        text=text,
        language=article.language,
        links=_links(explained.links),
        unlinked=[UnlinkedLine(phrase=one.phrase, reason=one.reason) for one in explained.unlinked],
    )


def _links(tags: Iterable[TagView]) -> list[LinkLine]:
    """One line per entity: its surest mention, and how many there are."""
    by_entity: dict[tuple[EntityType, UUID], list[TagView]] = {}
    for tag in tags:
        by_entity.setdefault((tag.entity_type, tag.entity_id), []).append(tag)
    lines = []
    for found in by_entity.values():
        found.sort(key=lambda tag: (tag.status is TagStatus.REJECTED, -tag.confidence, tag.start))
        lines.append((found[0], _link(found[0], places=len(found))))
    lines.sort(key=lambda pair: (pair[1].is_rejected, -pair[0].confidence, pair[1].name))
    return [line for _, line in lines]


def _link(tag: TagView, *, places: int) -> LinkLine:
    match = tag.matched_text.replace("\n", " · ")
    before, _, after = tag.snippet.partition(match)
    return LinkLine(
        tag_id=str(tag.id),
        name=tag.entity_name or UNKNOWN_NAME,
        href=f"/entities/{tag.entity_type}/{tag.entity_id}",
        kind=tag.entity_type.value,
        places=count(places, "mention"),
        before=before,
        match=match,
        after=after,
        band=tag.band if tag.band != "none" else "low",
        band_kind=BANDS[tag.band],
        sure=sure_words(tag.confidence),
        method=METHODS[tag.method] if tag.origin is TagOrigin.TAGGER else "",
        reasons=reasons_for(tag.evidence, origin=tag.origin),
        doubts=reasons_against(tag.evidence),
        is_rejected=tag.status is TagStatus.REJECTED,
        is_confirmed=tag.origin is TagOrigin.PERSON or "opinion" in tag.evidence,
    )


def sure_words(confidence: float) -> str:
    """A probability as a percentage; nothing is ever wholly certain."""
    return "over 99%" if confidence >= 0.995 else f"{confidence:.0%}"


def safe_href(url: str) -> str:
    """The address of an article where it is one that a click may open, else nothing."""
    return url if url.startswith(("https://", "http://")) else ""
