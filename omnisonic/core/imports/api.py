"""REST of imports: `/ingest/isrc` for a few rows, `/ingest/isrc/bulk` for files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Header, Request, UploadFile
from fastapi.responses import JSONResponse, Response, StreamingResponse

from omnisonic.core.imports import repository, service
from omnisonic.core.imports.errors import ImportNotText
from omnisonic.core.imports.ingest import ingest_rows
from omnisonic.core.imports.retention import ISSUES_KEPT, is_forgotten
from omnisonic.core.imports.schemas import (
    BulkImportJobView,
    ImportList,
    ImportStarted,
    IngestAnswer,
    PreviewView,
)
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.http import SignedInActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.rate_limit import check_rate

INGESTS_PER_HOUR = 600
PREVIEWS_PER_HOUR = 120
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BODY_KINDS = {"text/csv": "body.csv", "application/json": "body.json", "application/x-ndjson": "body.jsonl"}

router = APIRouter(prefix="/ingest/isrc", tags=["imports"])


def _ingest_actor(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.INGEST)
    return actor


IngestActor = Annotated[Actor, Depends(_ingest_actor)]


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(
    "",
    operation_id="ingest_isrc",
    response_model=IngestAnswer,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {"schema": {}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
def ingest_isrc(
    actor: IngestActor,
    body: Annotated[bytes, Depends(_body)],
    content_type: Annotated[str, Header()] = "text/csv",
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take up to 1,000 rows of `isrc, title, artist, duration?, released_at?, genre?, iswc?, work?`."""
    name = BODY_KINDS.get(content_type.partition(";")[0].strip().lower())
    if name is None:
        raise ImportNotText(f"Send one of {', '.join(BODY_KINDS)}.")
    check_rate("ingest", str(actor.user_id), INGESTS_PER_HOUR, 3600)
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            return 200, ingest_rows(uow, actor, body=body, file_name=name).model_dump(mode="json")

        wanted = [name, body.decode("latin-1")]
        status, answer = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(answer, status_code=status)


@router.post("/bulk/preview", operation_id="preview_import")
def preview_import(
    actor: IngestActor,
    file: Annotated[UploadFile, File()],
    mapping: Annotated[str | None, Form()] = None,
) -> PreviewView:
    """What the columns of a file are taken for, and how its first rows would fare. Stores nothing."""
    check_rate("import-preview", str(actor.user_id), PREVIEWS_PER_HOUR, 3600)
    with service.arrive(file.file, file_name=file.filename) as arrived:
        return service.preview(arrived, chosen=service.read_mapping(mapping))


@router.post("/bulk", status_code=202, operation_id="start_import", response_model=ImportStarted)
def start_import(
    actor: IngestActor,
    file: Annotated[UploadFile, File()],
    mapping: Annotated[str | None, Form()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Queue a CSV, JSON or JSON Lines file. The same file with the same mapping is the same import."""
    chosen = service.read_mapping(mapping)
    with service.arrive(file.file, file_name=file.filename) as arrived, unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            started = service.start_import(uow, actor, arrived=arrived, chosen=chosen)
            return 202, started.model_dump(mode="json")

        wanted = [arrived.sha256, arrived.file_name, chosen]
        status, answer = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(answer, status_code=status)


@router.get("/bulk", operation_id="list_imports")
def list_imports(actor: IngestActor, page: PageQuery) -> ImportList:
    """The caller's imports, newest first."""
    with read_session() as session:
        return service.list_jobs(session, actor, page=page)


@router.get("/bulk/{job_id}", operation_id="get_import")
def get_import(actor: IngestActor, job_id: UUID) -> BulkImportJobView:
    """One import with its first 100 refusals and warnings."""
    with read_session() as session:
        return service.get_job(session, actor, job_id=job_id)


@router.get("/bulk/{job_id}/errors.csv", operation_id="download_import_errors", response_class=Response)
def download_import_errors(actor: IngestActor, job_id: UUID) -> Response:
    """Every refusal and warning as CSV; cells that a spreadsheet would calculate begin with an apostrophe."""
    with read_session() as session:
        job = service.get_job(session, actor, job_id=job_id)
    if is_forgotten(job.completed_at, now=utc_now()):
        raise NotFound(f"Refused rows are listed for {ISSUES_KEPT.days} days. Import the file again.")
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", job.file_name.rpartition(".")[0] or job.file_name).strip("-.")
    return StreamingResponse(
        _error_lines(job_id),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{stem or "import"}-errors.csv"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/bulk/{job_id}/cancel", operation_id="cancel_import")
def cancel_import(actor: IngestActor, job_id: UUID) -> BulkImportJobView:
    """Stop an import; what is merged stays."""
    with unit_of_work() as uow:
        return service.cancel_job(uow, actor, job_id=job_id)


@router.post("/bulk/{job_id}/resume", status_code=202, operation_id="resume_import")
def resume_import(actor: IngestActor, job_id: UUID) -> BulkImportJobView:
    """Go on with a canceled or failed import."""
    with unit_of_work() as uow:
        return service.resume_job(uow, actor, job_id=job_id)


def _error_lines(job_id: UUID) -> Iterator[str]:
    yield "\ufeff" + _csv_line(("row", "column", "kind", "code", "message", "raw"))
    after = (0, 0)
    while True:
        with read_session() as session:  # for a page only: a slow reader keeps no connection
            page = repository.issue_page(session, job_id=job_id, after=after)
        if not page:
            return
        yield "".join(
            _csv_line((row, column or "", "warning" if is_warning else "error", code, message, raw or ""))
            for _, row, column, code, message, raw, is_warning in page
        )
        after = (page[-1][1], page[-1][0])


def _csv_line(cells: tuple[Any, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_harmless(str(cell)) for cell in cells])
    return line.getvalue()


def _harmless(cell: str) -> str:
    # OWASP, CSV Injection: such a first character makes a formula of a cell.
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
