"""REST of split sheets: `/api/sessions/{id}/split-sheet`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from omnisonic.platform.auth.http import StudioActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.rate_limit import check_rate
from omnisonic.studio.split_sheets import service
from omnisonic.studio.split_sheets.pdf import write_pdf
from omnisonic.studio.split_sheets.schemas import (
    SheetAnswerInput,
    SheetChange,
    SheetProposal,
    SheetVersions,
    SheetView,
    SheetWithdrawal,
    SplitSheetPage,
)

PDFS_PER_HOUR = 120

router = APIRouter(prefix="/api/sessions/{session_id}/split-sheet", tags=["split sheets"])


@router.get("", operation_id="get_split_sheet")
def get_split_sheet(actor: StudioActor, session_id: UUID) -> SplitSheetPage:
    """The session's present sheet with its answers, and the earlier ones."""
    with read_session() as session:
        return service.get_sheets(session, actor, session_id=session_id)


@router.post("", status_code=201, operation_id="propose_split_sheet", response_model=SheetView)
@repeatable
def propose_split_sheet(
    actor: StudioActor,
    session_id: UUID,
    request: SheetProposal | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Propose shares; without a body all members get the same part."""
    proposal = request or SheetProposal()
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.propose_sheet(uow, actor, session_id=session_id, proposal=proposal)
            return 201, view.model_dump(mode="json")

        wanted = {"session": str(session_id), **proposal.model_dump(mode="json")}
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.put("", operation_id="change_split_sheet")
@repeatable
def change_split_sheet(actor: StudioActor, session_id: UUID, request: SheetChange) -> SheetView:
    """Make the next version of the proposed sheet; everyone accepts it again."""
    with unit_of_work() as uow:
        return service.change_sheet(uow, actor, session_id=session_id, change=request)


@router.post("/answers", operation_id="answer_split_sheet")
@repeatable
def answer_split_sheet(actor: StudioActor, session_id: UUID, request: SheetAnswerInput) -> SheetView:
    """Accept exactly the version and hash that were seen, or ask for a change."""
    with unit_of_work() as uow:
        return service.answer_sheet(uow, actor, session_id=session_id, given=request)


@router.post("/withdraw", operation_id="withdraw_split_sheet")
@repeatable
def withdraw_split_sheet(actor: StudioActor, session_id: UUID, request: SheetWithdrawal) -> SheetView:
    """Take the proposed sheet back."""
    with unit_of_work() as uow:
        return service.withdraw_sheet(uow, actor, session_id=session_id, version=request.version)


@router.get("/{sheet_id}", operation_id="get_one_split_sheet")
def get_one_split_sheet(actor: StudioActor, session_id: UUID, sheet_id: UUID) -> SheetView:
    """One sheet of the session, also an earlier one."""
    with read_session() as session:
        return service.get_sheet(session, actor, session_id=session_id, sheet_id=sheet_id)


@router.get("/{sheet_id}/versions", operation_id="list_split_sheet_versions")
def list_split_sheet_versions(actor: StudioActor, session_id: UUID, sheet_id: UUID) -> SheetVersions:
    """What the sheet has said, version by version, newest first."""
    with read_session() as session:
        return service.list_versions(session, actor, session_id=session_id, sheet_id=sheet_id)


@router.get("/{sheet_id}/pdf", operation_id="get_split_sheet_pdf", response_class=Response)
def get_split_sheet_pdf(actor: StudioActor, session_id: UUID, sheet_id: UUID) -> Response:
    """The sheet as a PDF, with acceptances and hash."""
    check_rate("split-sheet-pdf", str(actor.user_id), limit=PDFS_PER_HOUR, window_s=3600)
    with read_session() as session:
        sheet = service.get_sheet(session, actor, session_id=session_id, sheet_id=sheet_id)
    name = f'attachment; filename="split-sheet-{sheet.sha256[:8]}.pdf"'
    return Response(write_pdf(sheet), media_type="application/pdf", headers={"Content-Disposition": name})
