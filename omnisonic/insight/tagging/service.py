"""Tags news items with the catalog as it is now: the step between the archive and the charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.news import NewsItem
from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.catalog_source import Catalog, load_catalog
from omnisonic.insight.tagging.embeddings import Embedder
from omnisonic.insight.tagging.meaning import Descriptions, Meaning
from omnisonic.insight.tagging.models import (
    MAX_PHRASE_CHARS,
    CorrectionScope,
    EntityTag,
    StoplistEntry,
    TagCorrection,
    TagOrigin,
    UnlinkedMention,
    Verdict,
)
from omnisonic.insight.tagging.pipeline import FoundLink, Item, StopRule, Tagged, Tagger
from omnisonic.insight.tagging.publishing import publish_tags
from omnisonic.insight.tagging.recording import WantedTag, record_found
from omnisonic.insight.tagging.words import phrase_key, snippet
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.settings import get_settings

ITEMS_PER_TRANSACTION = 500
MAX_UNLINKED_PER_ITEM = 10


@dataclass(frozen=True)
class Tagging:
    """A tagger for the catalog, the stoplist and the corrections of one moment."""

    tagger: Tagger
    catalog: Catalog

    @classmethod
    def load(cls) -> Tagging:
        """Read the catalog and build the tagger: seconds for a million names, so keep it for many items."""
        with read_session() as session:
            catalog = load_catalog(session)
            rules = stop_rules(session)
        settings = get_settings()
        tagger = Tagger(
            catalog.entries,
            stoplist=rules,
            fuzzy_threshold=settings.tagging_fuzzy_threshold,
            meaning=_meaning(catalog, settings.tagging_embedding_threshold)
            if settings.tagging_use_embeddings
            else None,
        )
        return cls(tagger, catalog)

    def tag(self, items: Sequence[NewsItem]) -> int:
        """Tag items and replace what an earlier tagging found in them; returns how many links stand.

        Written to Postgres first and copied to ClickHouse then: after a failure in between (it raises
        `AnalyticsUnavailable` or `Busy`) the same items again complete it.
        """
        linked = 0
        for start in range(0, len(items), ITEMS_PER_TRANSACTION):
            linked += self._tag_batch(items[start : start + ITEMS_PER_TRANSACTION])
        return linked

    def _tag_batch(self, items: Sequence[NewsItem]) -> int:
        found = [(item, self.tagger.tag(_as_item(item))) for item in items]
        wanted = [self._wanted(item, link) for item, tagged in found for link in tagged.links]
        item_ids = [item.item_id for item in items]
        with unit_of_work() as uow:
            tags = record_found(uow.session, item_ids, wanted)
            mentions = [mention for item, tagged in found for mention in _unlinked(item, tagged)]
            repository.replace_unlinked(uow.session, item_ids, mentions)
        publish_tags(tags, {item.item_id: item for item in items})
        return len(wanted)

    def _wanted(self, item: NewsItem, link: FoundLink) -> WantedTag:
        entity_id = UUID(link.entity_id)
        matched = link.matched_text[:MAX_PHRASE_CHARS]
        return WantedTag(
            news_item_id=item.item_id,
            entity_type=link.entity_type,
            entity_id=entity_id,
            span_start=link.start,
            span_end=link.end,
            matched_text=matched,
            text_key=phrase_key(matched)[:MAX_PHRASE_CHARS],
            source=item.source,
            genre=self.catalog.genres.get(entity_id, ""),
            confidence=link.confidence,
            method=link.method,
            origin=TagOrigin.TAGGER,
            evidence={**link.evidence, "catalogVersion": self.catalog.version},
        )


def tag_items(items: Sequence[NewsItem]) -> int:
    """Tag items with the catalog as it is now; returns how many links were found. See `Tagging.tag`."""
    return Tagging.load().tag(items) if items else 0


def _meaning(catalog: Catalog, threshold: float) -> Meaning:
    genres = {str(entity_id): genre for entity_id, genre in catalog.genres.items()}
    return Meaning(Embedder().similarity, Descriptions(catalog.entries, genres), threshold)


def stop_rules(session: Session) -> list[StopRule]:
    """What no name may be taken for: the stoplist, and the rejections that reach beyond one item."""
    stopped = session.scalars(select(StoplistEntry))
    rules = [StopRule(alias=entry.phrase, source=entry.source) for entry in stopped]
    reaching = select(TagCorrection).where(
        col(TagCorrection.scope) != CorrectionScope.ITEM, col(TagCorrection.verdict) == Verdict.REJECT
    )
    for row in session.scalars(reaching):
        rules.append(StopRule(alias=row.matched_text or "", entity_id=str(row.entity_id), source=row.source))
    return rules


def tags_of_item(session: Session, item_id: UUID) -> list[EntityTag]:
    """Every tag of an item in reading order, whatever its status."""
    return repository.tags_of(session, [item_id])


def _as_item(item: NewsItem) -> Item:
    return Item(
        id=str(item.item_id),
        title=item.title,
        text=item.text,
        source=item.source,
        source_tier=item.source_tier,
    )


def _unlinked(item: NewsItem, tagged: Tagged) -> list[UnlinkedMention]:
    body = f"{item.title}\n{item.text}"
    found: dict[str, UnlinkedMention] = {}
    for mention in tagged.unlinked:
        key = phrase_key(mention.text)[:MAX_PHRASE_CHARS]
        if key in found or len(found) == MAX_UNLINKED_PER_ITEM:
            continue
        found[key] = UnlinkedMention(
            news_item_id=item.item_id,
            phrase=mention.text[:MAX_PHRASE_CHARS],
            phrase_key=key,
            reason=mention.reason[:500],
            confidence=mention.confidence,
            span_start=mention.start,
            span_end=mention.end,
            snippet=snippet(body, mention.start, mention.end)[:500],
            source=item.source,
            story_id=item.story_id,
            first_seen_at=item.first_seen_at,
        )
    return list(found.values())
