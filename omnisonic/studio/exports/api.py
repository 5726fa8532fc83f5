"""REST of exports: `/api/export`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from omnisonic.platform.auth.http import StudioActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.rate_limit import check_rate
from omnisonic.platform.storage.serve import serve_object
from omnisonic.studio.exports import service
from omnisonic.studio.exports.schemas import ExportAnswer, ExportList, ExportRequest

EXPORTS_PER_HOUR = 240

router = APIRouter(prefix="/api/export", tags=["exports"])


@router.post("", status_code=202, operation_id="request_export", response_model=ExportAnswer)
@repeatable
def request_export(
    actor: StudioActor, request: ExportRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Freeze the mix and have it rendered."""
    check_rate("export", str(actor.user_id), limit=EXPORTS_PER_HOUR, window_s=3600)
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.request_export(uow, actor, request=request)
            return 202, ExportAnswer.of(view).model_dump(mode="json")

        wanted = request.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.get("", operation_id="find_exports")
def find_exports(
    actor: StudioActor,
    page: PageQuery,
    export_id: Annotated[UUID | None, Query(alias="id")] = None,
    session_id: Annotated[UUID | None, Query(alias="sessionId")] = None,
) -> ExportAnswer | ExportList:
    """One export by `?id=`, or those of a session by `?sessionId=`, newest first."""
    with read_session() as session:
        if export_id is not None:
            export = service.get_export(session, actor, export_id=export_id)
            return ExportAnswer.of(service.view_of(session, export))
        if session_id is not None:
            return service.list_exports(session, actor, session_id=session_id, page=page)
    message = "Send `id` for one export or `sessionId` for those of a session."
    raise InvalidFields(errors=[FieldError("id", "required", message)])


@router.get("/{export_id}", operation_id="get_export")
def get_export(actor: StudioActor, export_id: UUID) -> ExportAnswer:
    """One export."""
    with read_session() as session:
        export = service.get_export(session, actor, export_id=export_id)
        return ExportAnswer.of(service.view_of(session, export))


@router.head("/{export_id}/download", include_in_schema=False)
@router.get("/{export_id}/download", operation_id="download_export", response_class=Response)
def download_export(actor: StudioActor, export_id: UUID, request: Request) -> Response:
    """The file (Range, ETag), named after the session."""
    with read_session() as session:
        export, file_name = service.file_of(session, actor, export_id=export_id)
    return serve_object(
        request,
        export.storage_key or "",
        content_type=service.MEDIA_TYPES[export.format],
        file_name=file_name,
    )


@router.get("/{export_id}/certificate", operation_id="get_export_certificate")
def get_export_certificate(actor: StudioActor, export_id: UUID) -> dict[str, Any]:
    """The render certificate: manifest, input hashes, PCM hash, FFmpeg version, loudness."""
    with read_session() as session:
        return service.certificate_of(session, actor, export_id=export_id)


@router.post("/{export_id}/cancel", operation_id="cancel_export")
@repeatable
def cancel_export(actor: StudioActor, export_id: UUID) -> ExportAnswer:
    """Stop an export that waits or renders."""
    with unit_of_work() as uow:
        return ExportAnswer.of(service.cancel_export(uow, actor, export_id=export_id))
