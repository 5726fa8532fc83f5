"""REST of cycles: opened, looked at and closed by curators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from omnisonic.core.royalties import cycle_service
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.cycle_schemas import (
    CloseRequest,
    CycleAnswer,
    CycleDetailAnswer,
    CycleDraft,
    CycleList,
)
from omnisonic.core.royalties.cycle_totals import cycle_detail
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.platform.auth.http import RoyaltiesReader, RoyaltiesWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery

# Only the key of the request is held while the cycle closes in transactions of its own.
_WAIT_FOR_CLOSING = text("SET LOCAL idle_in_transaction_session_timeout = '30min'")

router = APIRouter(prefix="/api/cycles", tags=["cycles"])


@router.get("", operation_id="list_cycles")
def list_cycles(actor: RoyaltiesReader, page: PageQuery, status: CycleStatus | None = None) -> CycleList:
    """Cycles with their checkpoints, newest first."""
    with read_session() as session:
        return cycle_service.list_cycles(session, actor, page=page, status=status)


@router.post("", status_code=201, operation_id="open_cycle", response_model=CycleAnswer)
@repeatable
def open_cycle(actor: RoyaltiesWriter, draft: CycleDraft, idempotency_key: IdempotencyKey = None) -> Response:
    """Open a cycle for [startsOn, endsOn) with the next number."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            cycle = cycle_service.create_cycle(uow, actor, draft=draft)
            answer = CycleAnswer(cycle=cycle_service.view_of(uow.session, cycle))
            return 201, answer.model_dump(mode="json")

        status, answer = run_idempotent(uow, actor, idempotency_key, draft.model_dump(mode="json"), produce)
    return JSONResponse(answer, status_code=status)


@router.get("/{cycle_id}", operation_id="get_cycle")
def get_cycle(actor: RoyaltiesReader, cycle_id: UUID) -> CycleDetailAnswer:
    """A cycle with its totals per source, party and suspense reason, and the flows between them."""
    with read_session() as session:
        return CycleDetailAnswer(cycle=cycle_detail(session, actor, cycle_id=cycle_id))


@router.post("/{cycle_id}/close", operation_id="close_cycle", response_model=CycleAnswer)
def close(
    actor: RoyaltiesWriter,
    cycle_id: UUID,
    body: CloseRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Write the statements, sign the checkpoint, close the cycle; answers when that is done.

    Where it stopped (a refusal, a crash), the same call goes on.
    """
    require_curator(actor)
    asked = body or CloseRequest()
    with unit_of_work() as uow:
        uow.session.execute(_WAIT_FOR_CLOSING)

        def produce() -> tuple[int, dict[str, Any]]:
            close_cycle(actor, cycle_id=cycle_id, early=asked.early)
            cycle = cycle_service.get_cycle(uow.session, actor, cycle_id=cycle_id)
            answer = CycleAnswer(cycle=cycle_service.view_of(uow.session, cycle))
            return 200, answer.model_dump(mode="json")

        status, answer = run_idempotent(uow, actor, idempotency_key, asked.model_dump(mode="json"), produce)
    return JSONResponse(answer, status_code=status)
