"""Articles with their links and names."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.analytics.schemas import ArticlePage, ArticleView, LinkView
from omnisonic.insight.entities import name_entities
from omnisonic.insight.news import NewsItem
from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.insight.store.news import links_of_items, news_by_ids, news_page
from omnisonic.insight.store.outlets import record_open
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page


def list_articles(
    session: Session, *, chosen: MentionFilter, page: Page, search: str = "", linked_only: bool = False
) -> ArticlePage:
    """Articles of a range, newest first, each with its links."""
    found = news_page(chosen, page=page, search=search, linked_only=linked_only)
    return ArticlePage(news=view_articles(session, found.items), next_cursor=found.next_cursor)


def get_article(session: Session, *, item_id: UUID) -> ArticleView:
    """One article with its links. Raises `NotFound`."""
    return view_articles(session, [_require_item(item_id)])[0]


def open_article(*, item_id: UUID) -> None:
    """Count that someone opened its drawer; who did is not kept. Raises `NotFound`."""
    record_open(_require_item(item_id), at=utc_now())


def view_articles(session: Session, items: Sequence[NewsItem]) -> list[ArticleView]:
    """Views of articles in their order: one read of links, one of names per type."""
    links = links_of_items([item.item_id for item in items])
    refs = {EntityRef(link.entity_type, link.entity_id) for found in links.values() for link in found}
    names = name_entities(session, refs)
    return [
        ArticleView.of(
            item,
            [
                LinkView.of_link(link, names[EntityRef(link.entity_type, link.entity_id)])
                for link in links.get(item.item_id, [])
            ],
        )
        for item in items
    ]


def _require_item(item_id: UUID) -> NewsItem:
    item = news_by_ids([item_id]).get(item_id)
    if item is None:
        raise NotFound("There is no such article.")
    return item
