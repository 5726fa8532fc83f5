"""REST of saved views: `/api/views`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.saved_views import service
from omnisonic.insight.saved_views.models import ViewPage
from omnisonic.insight.saved_views.schemas import SavedViewAnswer, SavedViewDraft, SavedViewList
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.schemas import Ok

router = APIRouter(prefix="/api/views", tags=["insight"])


@router.get("", operation_id="list_views")
def list_views(actor: InsightReader, page: ViewPage | None = None) -> SavedViewList:
    """The caller's views, by name."""
    with read_session() as session:
        return service.list_views(session, actor, page=page)


@router.post("", status_code=201, operation_id="save_view", response_model=SavedViewAnswer)
@repeatable
def save_view(
    actor: InsightWriter, draft: SavedViewDraft, idempotency_key: IdempotencyKey = None
) -> Response:
    """Keep the filters of a page under a name; the same name again replaces them."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.save_view(uow, actor, draft=draft)
            return 201, SavedViewAnswer(view=view).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, draft.model_dump(mode="json"), produce)
    return JSONResponse(body, status_code=status)


@router.delete("/{view_id}", operation_id="remove_view")
@repeatable
def remove_view(actor: InsightWriter, view_id: UUID) -> Ok:
    """Remove a view."""
    with unit_of_work() as uow:
        service.remove_view(uow, actor, view_id=view_id)
    return Ok()
