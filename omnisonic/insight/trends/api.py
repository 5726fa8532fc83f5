"""REST of the trends: `/api/trends`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from omnisonic.insight.news import EntityType
from omnisonic.insight.parameters import MentionParameters
from omnisonic.insight.store.filters import CountBy
from omnisonic.insight.trends import service
from omnisonic.insight.trends.schemas import Trends
from omnisonic.insight.trends.service import TrendOrder, TrendWindow
from omnisonic.platform.auth.http import InsightReader
from omnisonic.platform.db import read_session
from omnisonic.platform.schemas import ApiModel

router = APIRouter(prefix="/api/trends", tags=["insight"])


class TrendParameters(ApiModel):
    """The window that ends now, and what narrows it."""

    window: TrendWindow = TrendWindow.WEEK
    entity_type: EntityType | None = None
    entity_id: UUID | None = None
    genre: str | None = Field(default=None, max_length=100)
    source: str | None = Field(default=None, max_length=255)
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    count: CountBy = CountBy.STORIES
    order: TrendOrder = TrendOrder.COUNT
    limit: int = Field(default=20, ge=1, le=100)


@router.get("", operation_id="get_trends")
def get_trends(_actor: InsightReader, asked: Annotated[TrendParameters, Query()]) -> Trends:
    """Entities with the most, beside what is usual for each, with a sparkline and the newest articles."""
    narrowing = asked.model_dump(by_alias=False, exclude={"window", "count", "order", "limit"})
    chosen = service.window_filter(asked.window, MentionParameters(**narrowing).filter())
    with read_session() as session:
        return service.top_trends(
            session, chosen=chosen, count=asked.count, order=asked.order, limit=asked.limit
        )
