"""REST of uploads: in one piece, in parts, and what can be read of them."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from omnisonic.platform.auth.http import StudioActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.rate_limit import check_rate
from omnisonic.platform.schemas import Ok
from omnisonic.platform.storage.serve import serve_object
from omnisonic.studio.audio.peaks import LEVELS
from omnisonic.studio.uploads import multipart, service
from omnisonic.studio.uploads.models import Upload, UploadKind
from omnisonic.studio.uploads.schemas import MultipartAnswer, MultipartCreate, UploadAnswer, UploadList

router = APIRouter(prefix="/api/upload", tags=["uploads"])

UPLOADS_PER_HOUR = 600
DEFAULT_PEAKS_LEVEL = 1024
IMMUTABLE = "private, max-age=86400, immutable"  # what an upload plays never changes


@router.post("", status_code=201, operation_id="upload_file", response_model=UploadAnswer)
def upload_file(
    actor: StudioActor,
    file: Annotated[UploadFile, File()],
    session_id: Annotated[UUID | None, Form(alias="sessionId")] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a file in one piece. It never makes a track by itself."""
    _check_rate(actor.user_id)
    staged = service.stage_file(
        actor, stream=file.file, file_name=file.filename, size_bytes=file.size or 0, session_id=session_id
    )
    saved = False
    try:
        with unit_of_work() as uow:

            def produce() -> tuple[int, dict[str, Any]]:
                nonlocal saved
                upload = service.record_upload(uow, actor, upload=staged)
                saved = True
                return 201, service.answer(upload).model_dump(mode="json")

            wanted = [staged.sha256, staged.file_name, str(session_id)]
            status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    except BaseException:
        service.discard(staged.id)
        raise
    if not saved:  # a repeated request: the first one's file is kept, this one's is not needed
        service.discard(staged.id)
    return JSONResponse(body, status_code=status)


@router.post(
    "/multipart", status_code=201, operation_id="begin_multipart_upload", response_model=MultipartAnswer
)
def begin_multipart_upload(
    actor: StudioActor, request: MultipartCreate, idempotency_key: IdempotencyKey = None
) -> Response:
    """Announce a file that will arrive in parts."""
    _check_rate(actor.user_id)
    row = multipart.begin(actor, request=request)
    try:
        with unit_of_work() as uow:

            def produce() -> tuple[int, dict[str, Any]]:
                multipart.record(uow, actor, row=row)
                return 201, {"id": str(row.id)}  # links last an hour, answers are remembered for a day

            wanted = request.model_dump(mode="json")
            status, remembered = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    except BaseException:
        multipart.forget(row)
        raise
    if remembered["id"] == str(row.id):
        return JSONResponse(multipart.plan(row).model_dump(mode="json"), status_code=status)
    multipart.forget(row)
    answer = multipart.resume(actor, upload_id=UUID(remembered["id"]))
    return JSONResponse(answer.model_dump(mode="json"), status_code=status)


@router.get("/multipart/{upload_id}", operation_id="get_multipart_upload")
def get_multipart_upload(actor: StudioActor, upload_id: UUID) -> MultipartAnswer:
    """Which parts have arrived, with fresh links."""
    return multipart.state(actor, upload_id=upload_id)


@router.post("/multipart/{upload_id}/complete", operation_id="complete_multipart_upload")
def complete_multipart_upload(actor: StudioActor, upload_id: UUID) -> UploadAnswer:
    """Put the parts together; safe to repeat."""
    return service.answer(multipart.complete(actor, upload_id=upload_id))


@router.delete("/multipart/{upload_id}", operation_id="abort_multipart_upload")
def abort_multipart_upload(actor: StudioActor, upload_id: UUID) -> Ok:
    """Forget the file and what has arrived of it."""
    with unit_of_work() as uow:
        multipart.abort(uow, actor, upload_id=upload_id)
    return Ok()


@router.get("", operation_id="find_upload")
def find_upload(actor: StudioActor, upload_id: Annotated[UUID, Query(alias="id")]) -> UploadAnswer:
    """One upload by `?id=`."""
    return get_upload(actor, upload_id)


@router.get("/list", operation_id="list_uploads")
def list_uploads(
    actor: StudioActor, session_id: Annotated[UUID, Query(alias="sessionId")], page: PageQuery
) -> UploadList:
    """Uploads of a session, newest first."""
    with read_session() as session:
        return service.list_uploads(session, actor, session_id=session_id, page=page)


@router.delete("/delete", operation_id="delete_upload_by_query")
def delete_upload_by_query(actor: StudioActor, upload_id: Annotated[UUID, Query(alias="id")]) -> Ok:
    """Remove an upload by `?id=`."""
    return delete_upload(actor, upload_id)


@router.get("/{upload_id}", operation_id="get_upload")
def get_upload(actor: StudioActor, upload_id: UUID) -> UploadAnswer:
    """One upload."""
    with read_session() as session:
        return service.answer(service.get_upload(session, actor, upload_id=upload_id))


@router.delete("/{upload_id}", operation_id="delete_upload")
@router.delete("/{upload_id}/delete", operation_id="delete_upload_alias", include_in_schema=False)
def delete_upload(actor: StudioActor, upload_id: UUID) -> Ok:
    """Remove an upload that no track uses."""
    with unit_of_work() as uow:
        service.delete_upload(uow, actor, upload_id=upload_id)
    return Ok()


@router.head("/{upload_id}/audio", include_in_schema=False)
@router.get("/{upload_id}/audio", operation_id="get_upload_audio", response_class=Response)
def get_upload_audio(actor: StudioActor, upload_id: UUID, request: Request) -> Response:
    """The canonical 48 kHz FLAC, or the re-encoded picture of an image (Range, ETag)."""
    upload = _readable(actor, upload_id)
    name, mime_type = service.canonical_object(upload)
    etag = upload.audio_sha256 if upload.kind is not UploadKind.IMAGE else None
    return serve_object(
        request, service.playable_key(upload, name), content_type=mime_type, etag=etag, cache=IMMUTABLE
    )


@router.head("/{upload_id}/peaks", include_in_schema=False)
@router.get("/{upload_id}/peaks", operation_id="get_upload_peaks", response_class=Response)
def get_upload_peaks(
    actor: StudioActor, upload_id: UUID, request: Request, level: int = DEFAULT_PEAKS_LEVEL
) -> Response:
    """Waveform as audiowaveform `.dat` version 2, `level` samples per column: 256, 1024, 4096 or 16384."""
    if level not in LEVELS:
        message = f"Choose one of {', '.join(map(str, LEVELS))}."
        raise InvalidFields(errors=[FieldError("level", "choice", message)])
    upload = _readable(actor, upload_id)
    etag = hashlib.sha256(f"{upload.audio_sha256}-{level}".encode()).hexdigest()
    key = service.playable_key(upload, f"peaks-{level}.dat")
    return serve_object(request, key, content_type="application/octet-stream", etag=etag, cache=IMMUTABLE)


@router.head("/{upload_id}/original", include_in_schema=False)
@router.get("/{upload_id}/original", operation_id="get_upload_original", response_class=Response)
def get_upload_original(actor: StudioActor, upload_id: UUID, request: Request) -> Response:
    """The bytes as they arrived, as an attachment; never shown inline."""
    upload = _readable(actor, upload_id)
    return serve_object(
        request,
        service.playable_key(upload, "original"),
        content_type="application/octet-stream",
        file_name=upload.file_name,
        etag=upload.sha256,
    )


def _readable(actor: StudioActor, upload_id: UUID) -> Upload:
    with read_session() as session:
        return service.get_upload(session, actor, upload_id=upload_id)


def _check_rate(user_id: UUID) -> None:
    check_rate("upload", str(user_id), limit=UPLOADS_PER_HOUR, window_s=3600)
