"""REST of the analytics: `/api/analytics/…` as JSON and CSV, and the PDF report."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from omnisonic.insight.analytics import service
from omnisonic.insight.analytics.network import entity_network
from omnisonic.insight.analytics.report import write_report
from omnisonic.insight.analytics.schemas import GenreShares, MentionSeries, Network, SourceTable
from omnisonic.insight.analytics.tables import (
    Table,
    genres_table,
    mentions_table,
    network_table,
    sources_table,
)
from omnisonic.insight.parameters import AnalyticsParameters
from omnisonic.platform.auth.http import InsightReader
from omnisonic.platform.csv_rows import stream_csv
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.rate_limit import check_rate

CSV = "text/csv; charset=utf-8"
REPORTS_PER_HOUR = 120

router = APIRouter(prefix="/api/analytics", tags=["insight"])

AnswerT = TypeVar("AnswerT", bound=Response)
Asked = Annotated[AnalyticsParameters, Query()]


@router.get("/mentions.json", include_in_schema=False)
@router.get("/mentions", operation_id="get_mentions")
def get_mentions(_actor: InsightReader, asked: Asked) -> MentionSeries:
    """Everything and the entities with the most (`limit` of at most 10), per hour, day or week."""
    with read_session() as session:
        return service.mention_series(session, chosen=asked.filter(), count=asked.count, limit=asked.limit)


@router.get("/mentions.csv", operation_id="export_mentions", response_class=StreamingResponse)
def export_mentions(_actor: InsightReader, asked: Asked) -> StreamingResponse:
    """The same as CSV: one row per line and bucket."""
    return _file(mentions_table(get_mentions(_actor, asked)), asked, "mentions")


@router.get("/genres.json", include_in_schema=False)
@router.get("/genres", operation_id="get_genres")
def get_genres(_actor: InsightReader, asked: Asked) -> GenreShares:
    """Every genre with its share."""
    with read_session() as session:
        return service.genre_shares(session, chosen=asked.filter(), count=asked.count)


@router.get("/genres.csv", operation_id="export_genres", response_class=StreamingResponse)
def export_genres(_actor: InsightReader, asked: Asked) -> StreamingResponse:
    """The same as CSV."""
    return _file(genres_table(get_genres(_actor, asked)), asked, "genres")


@router.get("/sources.json", include_in_schema=False)
@router.get("/sources", operation_id="get_sources")
def get_sources(_actor: InsightReader, asked: Asked) -> SourceTable:
    """The outlets with the most, and how each of them does."""
    with read_session() as session:
        return service.top_sources(session, chosen=asked.filter(), count=asked.count, limit=asked.limit)


@router.get("/sources.csv", operation_id="export_sources", response_class=StreamingResponse)
def export_sources(_actor: InsightReader, asked: Asked) -> StreamingResponse:
    """The same as CSV."""
    return _file(sources_table(get_sources(_actor, asked)), asked, "sources")


@router.get("/network.json", include_in_schema=False)
@router.get("/network", operation_id="get_network")
def get_network(_actor: InsightReader, asked: Asked) -> Network:
    """The entities around `entityId`, up to `depth` steps away."""
    chosen = asked.filter()
    if not chosen.entities:
        message = "Name the entity in the middle with `entityType` and `entityId`."
        raise InvalidFields(errors=[FieldError("entityId", "required", message)])
    with read_session() as session:
        return entity_network(session, chosen=chosen, center=chosen.entities[0], depth=asked.depth)


@router.get("/network.csv", operation_id="export_network", response_class=StreamingResponse)
def export_network(_actor: InsightReader, asked: Asked) -> StreamingResponse:
    """Its edges as CSV."""
    return _file(network_table(get_network(_actor, asked)), asked, "network")


@router.post(
    "/report.pdf",
    operation_id="create_report",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def create_report(actor: InsightReader, asked: AnalyticsParameters) -> Response:
    """The page as a PDF: charts, tables, filters, sample size and time. Takes the filter as JSON."""
    check_rate("report", str(actor.user_id), limit=REPORTS_PER_HOUR, window_s=3600)
    with read_session() as session:
        content = write_report(session, asked=asked)
    return _attachment(Response(content, media_type="application/pdf"), f"{_name(asked, 'analytics')}.pdf")


def _file(table: Table, asked: AnalyticsParameters, name: str) -> StreamingResponse:
    answer = StreamingResponse(stream_csv(table.header, table.rows), media_type=CSV)
    return _attachment(answer, f"{_name(asked, name)}.csv")


def _name(asked: AnalyticsParameters, name: str) -> str:
    chosen = asked.filter()
    return f"{name}-{chosen.since:%Y%m%d}-{chosen.until:%Y%m%d}"


def _attachment(answer: AnswerT, file_name: str) -> AnswerT:
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
