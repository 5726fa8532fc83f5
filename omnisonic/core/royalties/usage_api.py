"""REST of usage statements and the matching queue; all of it is the curators'."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO, NamedTuple, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from omnisonic.core.royalties import matching, usage_statements
from omnisonic.core.royalties.matching_schemas import (
    ConfirmRequest,
    Decision,
    ReleaseView,
    ReportedList,
    SuggestionList,
    WaitingList,
)
from omnisonic.core.royalties.matching_suggestions import suggest
from omnisonic.core.royalties.models import MatchStatus
from omnisonic.core.royalties.suspense import release_resolved
from omnisonic.core.royalties.usage import require_bookkeeper
from omnisonic.core.royalties.usage_schemas import (
    UsageReversed,
    UsageStatementList,
    UsageStatementStarted,
    UsageStatementView,
)
from omnisonic.core.royalties.waiting import list_waiting
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.http import RoyaltiesReader, RoyaltiesWriter
from omnisonic.platform.csv_rows import stream_csv
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import FieldError, InvalidFields, Malformed, UnsupportedType
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageQuery
from omnisonic.platform.rate_limit import check_rate

STATEMENTS_PER_HOUR = 120
ERROR_ROWS_AT_ONCE = 1000
CSV_TYPES = {
    "text/csv",
    "text/plain",
    "application/csv",
    "application/vnd.ms-excel",
    "text/tab-separated-values",
}

router = APIRouter(tags=["usage"])


class Sent(NamedTuple):
    """The file of a request, and who it is from."""

    stream: BinaryIO
    file_name: str | None
    source: str | None


def _bookkeeper(actor: RoyaltiesWriter) -> Actor:
    require_bookkeeper(actor)
    return actor


Bookkeeper = Annotated[Actor, Depends(_bookkeeper)]


async def _sent(
    request: Request,
    _actor: Bookkeeper,
    source: Annotated[str | None, Query(max_length=200, description="Who reports this usage.")] = None,
) -> Sent:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _sent_form(request, source)
    if kind not in CSV_TYPES:
        raise UnsupportedType("Send a usage statement as text/csv, or as `file` of a multipart form.")
    spool = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115  (read by the route)
    async for block in request.stream():
        spool.write(block)
    spool.seek(0)
    return Sent(cast("BinaryIO", spool), None, source)


async def _sent_form(request: Request, source: str | None) -> Sent:
    try:
        form = await request.form(max_files=1, max_fields=10)
    except MultiPartException as error:
        raise Malformed(f"The form could not be read: {error.message}") from None
    file, named = form.get("file"), form.get("source")
    if not isinstance(file, UploadFile):
        message = "Send the usage statement as `file`."
        raise InvalidFields(message, errors=[FieldError("file", "required", message)])
    return Sent(file.file, file.filename, named if isinstance(named, str) and named.strip() else source)


@router.post(
    "/api/usage",
    status_code=202,
    operation_id="report_usage",
    response_model=UsageStatementStarted,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {
                            "file": {"type": "string", "format": "binary"},
                            "source": {"type": "string"},
                        },
                    }
                },
            },
        }
    },
)
def report_usage(
    actor: Bookkeeper, sent: Annotated[Sent, Depends(_sent)], idempotency_key: IdempotencyKey = None
) -> Response:
    """Take a usage statement: good rows are booked by a job, bad rows are listed."""
    check_rate("usage-statement", str(actor.user_id), STATEMENTS_PER_HOUR, 3600)
    with (
        usage_statements.arrive(sent.stream, file_name=sent.file_name) as arrived,
        unit_of_work() as uow,
    ):

        def produce() -> tuple[int, dict[str, Any]]:
            started = usage_statements.start_statement(uow, actor, arrived=arrived, source=sent.source)
            return 202, started.model_dump(mode="json")

        wanted = [arrived.sha256, sent.source]
        status, answer = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(answer, status_code=status)


@router.get("/api/usage", operation_id="list_usage_statements")
def list_usage_statements(actor: RoyaltiesReader, page: PageQuery) -> UsageStatementList:
    """Usage statements, newest first."""
    with read_session() as session:
        return usage_statements.list_statements(session, actor, page=page)


@router.get("/api/usage/{statement_id}", operation_id="get_usage_statement")
def get_usage_statement(actor: RoyaltiesReader, statement_id: UUID) -> UsageStatementView:
    """One usage statement with the first 100 of its refused rows."""
    with read_session() as session:
        return usage_statements.get_statement(session, actor, statement_id=statement_id)


@router.get(
    "/api/usage/{statement_id}/errors.csv", operation_id="download_usage_errors", response_class=Response
)
def download_usage_errors(actor: RoyaltiesReader, statement_id: UUID) -> Response:
    """Every refused row as CSV."""
    with read_session() as session:
        statement = usage_statements.get_statement(session, actor, statement_id=statement_id)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", statement.file_name.rpartition(".")[0]).strip("-.") or "usage"
    header = ("row", "column", "code", "message", "raw")
    return StreamingResponse(
        stream_csv(header, _error_rows(statement_id)),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{stem}-errors.csv"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/api/usage/{statement_id}/reverse", operation_id="reverse_usage_statement")
def reverse_usage_statement(actor: RoyaltiesWriter, statement_id: UUID) -> UsageReversed:
    """Take every journal of a statement back, once, into the open cycle."""
    with unit_of_work() as uow:
        return usage_statements.reverse_statement(uow, actor, statement_id=statement_id)


@router.get("/api/matching", operation_id="list_reported_recordings")
def list_reported_recordings(
    actor: RoyaltiesReader, page: PageQuery, status: MatchStatus | None = None
) -> ReportedList:
    """Reported recordings that the catalog does not know, with the money that waits for them."""
    with read_session() as session:
        return matching.list_reported(session, actor, page=page, status=status)


@router.get("/api/matching/waiting", operation_id="list_waiting_money")
def list_waiting_money(
    actor: RoyaltiesReader,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> WaitingList:
    """Works and recordings that money waits for, with the reason, the largest amounts first."""
    with read_session() as session:
        return list_waiting(session, actor, limit=limit, cursor=cursor)


@router.get("/api/matching/{reported_id}/suggestions", operation_id="suggest_recordings")
def suggest_recordings(actor: RoyaltiesReader, reported_id: UUID) -> SuggestionList:
    """Recordings that may be meant, the likeliest first."""
    with read_session() as session:
        return suggest(session, actor, reported_id=reported_id)


@router.post("/api/matching/{reported_id}/confirm", operation_id="confirm_match")
def confirm_match(actor: RoyaltiesWriter, reported_id: UUID, body: ConfirmRequest) -> Decision:
    """This is the recording: release what waits for it, and book it at once from now on."""
    with unit_of_work() as uow:
        return matching.confirm_match(
            uow, actor, reported_id=reported_id, recording_id=body.recording_id, version=body.version
        )


@router.post("/api/matching/{reported_id}/dismiss", operation_id="dismiss_reported_recording")
def dismiss_reported_recording(actor: RoyaltiesWriter, reported_id: UUID) -> Decision:
    """Take it out of the open queue; its money stays in suspense."""
    with unit_of_work() as uow:
        return matching.dismiss(uow, actor, reported_id=reported_id)


@router.post("/api/matching/{reported_id}/reopen", operation_id="reopen_reported_recording")
def reopen_reported_recording(actor: RoyaltiesWriter, reported_id: UUID) -> Decision:
    """Take a decision back; what a wrong match gave out is reversed."""
    with unit_of_work() as uow:
        return matching.reopen(uow, actor, reported_id=reported_id)


@router.post("/api/matching/works/{work_id}/release", operation_id="release_work_suspense")
def release_work_suspense(actor: RoyaltiesWriter, work_id: UUID) -> ReleaseView:
    """Give out what waits for a work as its shares now say for the day of each use."""
    with unit_of_work() as uow:
        return matching.release_view(release_resolved(uow, actor, work_id=work_id))


def _error_rows(statement_id: UUID) -> Iterator[tuple[Any, ...]]:
    after = None
    while True:
        with read_session() as session:  # for a page only: a slow reader keeps no connection
            rows = usage_statements.errors_of(session, statement_id, limit=ERROR_ROWS_AT_ONCE, after=after)
        yield from ((row.row_number, row.column, row.code, row.message, row.raw) for row in rows)
        if len(rows) < ERROR_ROWS_AT_ONCE:
            return
        after = rows[-1].row_number, rows[-1].id
