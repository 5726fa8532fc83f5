"""REST of articles: `/api/news`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from omnisonic.insight.analytics import news
from omnisonic.insight.analytics.schemas import ArticleAnswer, ArticlePage
from omnisonic.insight.parameters import MentionParameters
from omnisonic.platform.auth.http import InsightReader
from omnisonic.platform.db import read_session
from omnisonic.platform.pagination import DEFAULT_LIMIT, MAX_LIMIT, Page, decode_cursor
from omnisonic.platform.schemas import Ok

MAX_SEARCH_CHARS = 200

router = APIRouter(prefix="/api/news", tags=["insight"])


class NewsParameters(MentionParameters):
    """The filter of the analytics, words to look for, and the page."""

    q: str = Field(default="", max_length=MAX_SEARCH_CHARS)
    linked: bool = False
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=100)


@router.get("", operation_id="list_news")
def list_news(_actor: InsightReader, asked: Annotated[NewsParameters, Query()]) -> ArticlePage:
    """Articles, newest first. With an entity, a genre or a confidence: those whose links satisfy it."""
    page = Page(limit=asked.limit, after=decode_cursor(asked.cursor))
    with read_session() as session:
        return news.list_articles(
            session, chosen=asked.filter(), page=page, search=asked.q, linked_only=asked.linked
        )


@router.get("/{item_id}", operation_id="get_news")
def get_news(_actor: InsightReader, item_id: UUID) -> ArticleAnswer:
    """One article with its links."""
    with read_session() as session:
        return ArticleAnswer(article=news.get_article(session, item_id=item_id))


@router.post("/{item_id}/opens", status_code=201, operation_id="open_news")
def open_news(_actor: InsightReader, item_id: UUID) -> Ok:
    """Count that someone opened the article; who did is not kept."""
    news.open_article(item_id=item_id)
    return Ok()
