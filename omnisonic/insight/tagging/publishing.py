"""Copies tags to ClickHouse, where the charts read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from omnisonic.insight.news import EntityLink, NewsItem
from omnisonic.insight.store.news import news_by_ids
from omnisonic.insight.store.weeks import PATIENCE_S
from omnisonic.insight.store.writes import write_links
from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.models import EntityTag, TagStatus
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger

TAGS_PER_BATCH = 2000
CLICK_PATIENCE_S = 2

log = get_logger(__name__)


def publish_tags(
    tags: Sequence[EntityTag], items: Mapping[UUID, NewsItem], *, patience_s: int = PATIENCE_S
) -> int:
    """Copy tags of these items as links; one that does not stand takes its link back. Returns the count.

    May be repeated: the highest `version` counts. Raises `AnalyticsUnavailable` or `Busy`.
    """
    known = [tag for tag in tags if tag.news_item_id in items]
    write_links([_link(tag, items[tag.news_item_id]) for tag in known], patience_s=patience_s)
    if known:
        with unit_of_work() as uow:
            repository.mark_published(uow.session, known)
    return len(known)


def publish_changed(*, patience_s: int = PATIENCE_S) -> int:
    """Copy every tag that changed since it was copied; returns the count. Raises as `publish_tags`.

    A tag whose item is not in ClickHouse yet waits there for the next call.
    """
    sent, after = 0, 0
    while True:
        with unit_of_work() as uow:  # the primary: a replica may not know the newest correction yet
            tags = repository.unpublished(uow.session, after=after, limit=TAGS_PER_BATCH)
        if not tags:
            return sent
        items = news_by_ids(sorted({tag.news_item_id for tag in tags}))
        sent += publish_tags(tags, items, patience_s=patience_s)
        after = tags[-1].version


def try_publish() -> None:
    """Copy at once if ClickHouse is there, so that charts follow a person's click; else a job does it."""
    try:
        publish_changed(patience_s=CLICK_PATIENCE_S)
    except ServiceUnavailable as error:
        log.info("tags_wait_for_clickhouse", reason=error.slug)


def _link(tag: EntityTag, item: NewsItem) -> EntityLink:
    return EntityLink(
        entity_type=tag.entity_type,
        entity_id=tag.entity_id,
        item_id=tag.news_item_id,
        span_start=tag.span_start,
        span_end=tag.span_end,
        matched_text=tag.matched_text,
        confidence=tag.confidence,
        method=tag.method,
        source=item.source,
        source_tier=item.source_tier,
        genre=tag.genre,
        story_id=item.story_id,
        published_at=item.published_at,
        first_seen_at=item.first_seen_at,
        version=tag.version,
        is_deleted=tag.status is not TagStatus.LINKED,
    )
