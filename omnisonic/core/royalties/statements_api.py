"""REST of statements: a payee's own, all for curators; as JSON, CSV and PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from omnisonic.core.royalties import statements
from omnisonic.core.royalties.models import Statement
from omnisonic.core.royalties.statements_entries import list_line_entries
from omnisonic.core.royalties.statements_files import CSV_COLUMNS, PDF_LINES, csv_rows, write_pdf
from omnisonic.core.royalties.statements_lines import get_line, list_lines
from omnisonic.core.royalties.statements_schemas import (
    LineEntryList,
    LineOrder,
    LineView,
    StatementAnswer,
    StatementList,
    StatementView,
)
from omnisonic.platform.auth.http import RoyaltiesReader
from omnisonic.platform.csv_rows import stream_csv
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import NotFound
from omnisonic.platform.pagination import MAX_LIMIT, Page, PageQuery, decode_cursor

PRIVATE = {"Cache-Control": "private, no-store"}

router = APIRouter(prefix="/api/statements", tags=["statements"])


@router.get("", operation_id="list_statements")
def list_statements(
    actor: RoyaltiesReader,
    page: PageQuery,
    contributor_id: Annotated[UUID | None, Query(alias="contributorId")] = None,
    cycle_id: Annotated[UUID | None, Query(alias="cycleId")] = None,
    currency: Annotated[str | None, Query(min_length=3, max_length=3)] = None,
) -> StatementList:
    """Statements of closed cycles, newest first: your own, or everybody's for curators."""
    with read_session() as session:
        return statements.list_statements(
            session,
            actor,
            page=page,
            contributor_id=contributor_id,
            cycle_id=cycle_id,
            currency=currency,
        )


@router.get("/{statement_id}.csv", operation_id="download_statement_csv", response_class=StreamingResponse)
def download_csv(actor: RoyaltiesReader, statement_id: UUID) -> StreamingResponse:
    """Every line with its leaf as CSV; amounts with all nine decimals."""
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        name = _file_name(statements.view_of(session, statement), "csv")
    return StreamingResponse(
        stream_csv(CSV_COLUMNS, csv_rows(_pages_of(statement))),
        media_type="text/csv; charset=utf-8",
        headers={**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get(
    "/{statement_id}.pdf",
    operation_id="download_statement_pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def download_pdf(actor: RoyaltiesReader, statement_id: UUID) -> Response:
    """The sums and the 500 largest lines as pages to print."""
    lines: list[LineView] = []
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        view = statements.view_of(session, statement)
    for part in _pages_of(statement, order=LineOrder.AMOUNT):
        lines += part
        if len(lines) >= PDF_LINES:
            break
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{_file_name(view, "pdf")}"'}
    return Response(write_pdf(view, lines[:PDF_LINES]), media_type="application/pdf", headers=headers)


@router.get("/{statement_id}", operation_id="get_statement")
def get_statement(
    actor: RoyaltiesReader, statement_id: UUID, page: PageQuery, order: LineOrder = LineOrder.POSITION
) -> StatementAnswer:
    """A statement with a page of its lines, each beside the statement before."""
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        lines, cursor = list_lines(session, statement, page=page, order=order)
        view = statements.view_of(session, statement)
    return StatementAnswer(statement=view, lines=lines, next_cursor=cursor)


@router.get("/{statement_id}/lines/{line_id}/entries", operation_id="list_line_entries")
def list_entries_of_line(
    actor: RoyaltiesReader, statement_id: UUID, line_id: UUID, page: PageQuery
) -> LineEntryList:
    """The entries that a line adds up, oldest first: each use with its share, right and policy."""
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        line = get_line(session, statement, line_id)
        if line is None:
            raise NotFound(f"The statement has no line {line_id}.")
        return list_line_entries(session, statement, line, page=page)


def _pages_of(statement: Statement, *, order: LineOrder = LineOrder.POSITION) -> Iterator[Sequence[LineView]]:
    cursor = None
    while True:
        with read_session() as session:  # for a page only: a slow reader keeps no connection
            page = Page(limit=MAX_LIMIT, after=decode_cursor(cursor))
            lines, cursor = list_lines(session, statement, page=page, order=order)
        yield lines
        if cursor is None:
            return


def _file_name(view: StatementView, ending: str) -> str:
    return f"statement-{view.cycle_number}-{view.currency}-{str(view.id)[-8:]}.{ending}"
