"""REST of what is muted: `/api/alerts/mutes`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.alerts import mutes
from omnisonic.insight.alerts.mute_schemas import MuteAnswer, MuteDraft, MuteList
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import Ok

router = APIRouter(prefix="/api/alerts/mutes", tags=["alerts"])


@router.get("", operation_id="list_alert_mutes")
def list_mutes(actor: InsightReader, page: PageQuery) -> MuteList:
    """What you have muted, newest first."""
    with read_session() as session:
        return mutes.list_mutes(session, actor, page=page)


@router.post("", status_code=201, operation_id="mute_alerts", response_model=MuteAnswer)
@repeatable
def mute(actor: InsightWriter, draft: MuteDraft, idempotency_key: IdempotencyKey = None) -> Response:
    """Mute an artist, work or recording; again changes until when. It is still recorded in the history."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            row = mutes.mute(uow, actor, draft=draft)
            return 201, MuteAnswer(mute=mutes.view_of(uow.session, row)).model_dump(mode="json")

        wanted = draft.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.delete("/{mute_id}", operation_id="unmute_alerts")
@repeatable
def unmute(actor: InsightWriter, mute_id: UUID) -> Ok:
    """Let alerts about it come again, from now on."""
    with unit_of_work() as uow:
        mutes.unmute(uow, actor, mute_id=mute_id)
    return Ok()
