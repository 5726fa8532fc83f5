"""REST of follows: `/api/follows`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.follows import service
from omnisonic.insight.follows.schemas import FollowAnswer, FollowDraft, FollowList
from omnisonic.insight.news import EntityType
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import Ok

router = APIRouter(prefix="/api/follows", tags=["insight"])


@router.get("", operation_id="list_follows")
def list_follows(
    actor: InsightReader,
    page: PageQuery,
    entity_type: Annotated[EntityType | None, Query(alias="entityType")] = None,
) -> FollowList:
    """What the caller follows, newest first."""
    with read_session() as session:
        return service.list_follows(session, actor, page=page, entity_type=entity_type)


@router.post("", status_code=201, operation_id="follow", response_model=FollowAnswer)
@repeatable
def follow(actor: InsightWriter, draft: FollowDraft, idempotency_key: IdempotencyKey = None) -> Response:
    """Follow an artist, work or recording; again changes nothing."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.follow(uow, actor, draft=draft)
            return 201, FollowAnswer(follow=view).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, draft.model_dump(mode="json"), produce)
    return JSONResponse(body, status_code=status)


@router.delete("/{follow_id}", operation_id="unfollow")
@repeatable
def unfollow(actor: InsightWriter, follow_id: UUID) -> Ok:
    """Stop following."""
    with unit_of_work() as uow:
        service.unfollow(uow, actor, follow_id=follow_id)
    return Ok()
