"""REST of the catalog: files, the feed of changes, invitations. Changes are written over GraphQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from omnisonic.core.catalog import changes, exports, linking
from omnisonic.core.catalog.models import EntityKind
from omnisonic.core.catalog.schemas import CatalogFilter, ChangePage, SearchHit
from omnisonic.platform.auth.http import BrowserActor, GraphReader
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.schemas import ApiModel

router = APIRouter(tags=["catalog"])

CHANGES_DEFAULT, CHANGES_MAX = 100, 1000
CSV, JSON_LINES = "text/csv; charset=utf-8", "application/jsonl; charset=utf-8"

Search = Annotated[str | None, Query(max_length=200, description="Title, name or identifier.")]
Genre = Annotated[str | None, Query(max_length=60)]
Mine = Annotated[bool, Query(description="Only what the caller made or is a linked contributor of.")]


class InvitationAccept(ApiModel):
    """The secret at the end of an invitation's link."""

    secret: str


class ContributorAnswer(ApiModel):
    """The contributor that the caller's account is now."""

    contributor: SearchHit


def _work_filter(
    search: Search = None,
    genre: Genre = None,
    mine: Mine = False,
    has_conflict: Annotated[bool | None, Query(alias="hasConflict")] = None,
    has_iswc: Annotated[bool | None, Query(alias="hasIswc")] = None,
) -> CatalogFilter:
    return CatalogFilter(search=search, genre=genre, mine=mine, has_conflict=has_conflict, has_iswc=has_iswc)


def _recording_filter(
    search: Search = None,
    genre: Genre = None,
    mine: Mine = False,
    has_isrc: Annotated[bool | None, Query(alias="hasIsrc")] = None,
    work_id: Annotated[UUID | None, Query(alias="workId")] = None,
) -> CatalogFilter:
    return CatalogFilter(search=search, genre=genre, mine=mine, has_isrc=has_isrc, work_id=work_id)


WorkFilter = Annotated[CatalogFilter, Depends(_work_filter)]
RecordingFilter = Annotated[CatalogFilter, Depends(_recording_filter)]


@router.get("/api/catalog/works.csv", operation_id="export_works_csv", response_class=StreamingResponse)
def export_works_csv(actor: GraphReader, where: WorkFilter) -> StreamingResponse:
    """Works as CSV, newest first; no cell runs as a formula."""
    return _file(exports.stream_works_csv(actor, where), "works.csv", CSV)


@router.get("/api/catalog/works.jsonl", operation_id="export_works_jsonl", response_class=StreamingResponse)
def export_works_jsonl(actor: GraphReader, where: WorkFilter) -> StreamingResponse:
    """Works as JSON Lines, newest first, with identifiers and the shares valid now."""
    return _file(exports.stream_works_lines(actor, where), "works.jsonl", JSON_LINES)


@router.get(
    "/api/catalog/recordings.csv", operation_id="export_recordings_csv", response_class=StreamingResponse
)
def export_recordings_csv(actor: GraphReader, where: RecordingFilter) -> StreamingResponse:
    """Recordings as CSV, newest first, with the columns that imports read."""
    return _file(exports.stream_recordings_csv(actor, where), "recordings.csv", CSV)


@router.get(
    "/api/catalog/recordings.jsonl", operation_id="export_recordings_jsonl", response_class=StreamingResponse
)
def export_recordings_jsonl(actor: GraphReader, where: RecordingFilter) -> StreamingResponse:
    """Recordings as JSON Lines, newest first, with their credits."""
    return _file(exports.stream_recordings_lines(actor, where), "recordings.jsonl", JSON_LINES)


@router.get("/api/catalog/changes", operation_id="list_catalog_changes")
def list_changes(
    actor: GraphReader,
    since: Annotated[
        str | None,
        Query(max_length=changes.MAX_CURSOR_CHARS, description="`nextCursor` of the answer before."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=CHANGES_MAX)] = CHANGES_DEFAULT,
) -> ChangePage:
    """What changed since a cursor, oldest first. Keep `nextCursor` and ask again: nothing is skipped."""
    with read_session() as session:
        return changes.list_changes(session, actor, since=since, limit=limit)


@router.post("/api/catalog/invitations/accept", operation_id="accept_contributor_invitation")
def accept_invitation(actor: BrowserActor, request: InvitationAccept) -> ContributorAnswer:
    """Link the caller's account to the contributor of an invitation that was mailed to its address."""
    with unit_of_work() as uow:
        contributor = linking.accept_invitation(uow, actor, secret=request.secret)
    hit = SearchHit(id=contributor.id, kind=EntityKind.CONTRIBUTOR, title=contributor.name)
    return ContributorAnswer(contributor=hit)


def _file(pieces: Iterator[str], name: str, media_type: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
