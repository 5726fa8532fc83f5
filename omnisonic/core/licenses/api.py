"""REST of licenses: `/api/licenses`, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses import queries, service
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.repository import LicenseFilter
from omnisonic.core.licenses.schemas import (
    ConflictPreview,
    LicenseAnswer,
    LicenseChange,
    LicenseDraft,
    LicenseList,
    LicenseView,
)
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.http import GraphReader, GraphWriter
from omnisonic.platform.csv_rows import stream_csv
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import Page, PageQuery, decode_cursor

ROWS_PER_READ = 200
CSV = "text/csv; charset=utf-8"
COLUMNS = (
    *("id", "workId", "work", "recordingId", "licensee", "territory", "territoryName", "rightsType"),
    *("exclusive", "effectiveFrom", "expiresOn", "status", "createdAt", "updatedAt"),
)

router = APIRouter(tags=["licenses"])


def _filter(
    work_id: Annotated[UUID | None, Query(alias="workId")] = None,
    status: LicenseStatus | None = None,
    rights_type: Annotated[RightsType | None, Query(alias="rightsType")] = None,
    territory: Annotated[
        str | None, Query(max_length=1000, description="Licenses that touch it; world licenses always do.")
    ] = None,
    licensee: Annotated[str | None, Query(max_length=300, description="A part of the name.")] = None,
    expires_before: Annotated[datetime | None, Query(alias="expiresBefore")] = None,
) -> LicenseFilter:
    return LicenseFilter(
        work_id=work_id,
        status=status,
        rights_type=rights_type,
        territories=parse_territory(territory).ranges if territory else None,
        licensee=licensee,
        expires_before=expires_before,
    )


Where = Annotated[LicenseFilter, Depends(_filter)]


@router.get(
    "/api/licenses",
    operation_id="list_licenses",
    response_model=LicenseList,
    responses={200: {"content": {"text/csv": {}}}},
)
def list_licenses(actor: GraphReader, request: Request, where: Where, page: PageQuery) -> Response:
    """Licenses, newest first; with `Accept: text/csv` all of them as a file."""
    if request.headers.get("accept", "").lower().startswith("text/csv"):
        return export_licenses(actor, where)
    with read_session() as session:
        found = queries.list_views(session, actor, page=page, where=where)
    return JSONResponse(found.model_dump(mode="json"))


@router.get("/api/licenses.csv", operation_id="export_licenses", response_class=StreamingResponse)
def export_licenses(actor: GraphReader, where: Where) -> StreamingResponse:
    """Licenses as CSV, newest first; no cell runs as a formula. `expiresOn` is the first day after."""
    text = stream_csv(COLUMNS, _cells(actor, where))
    disposition = {"Content-Disposition": 'attachment; filename="licenses.csv"'}
    return StreamingResponse(text, media_type=CSV, headers=disposition)


@router.get("/api/licenses/active", operation_id="list_active_licenses")
def list_active_licenses(
    actor: GraphReader,
    work_id: Annotated[UUID | None, Query(alias="workId")] = None,
    territory: Annotated[str | None, Query(max_length=1000)] = None,
    rights_type: Annotated[RightsType | None, Query(alias="rightsType")] = None,
    at: datetime | None = None,
) -> LicenseList:
    """What is in force at a time (now): at most 200, world licenses included for any territory."""
    with read_session() as session:
        rows = queries.active_licenses(
            session, actor, work_id=work_id, territory=territory, rights_type=rights_type, at=at
        )
        return LicenseList(licenses=queries.views_of(session, rows))


@router.post("/api/licenses", status_code=201, operation_id="create_license", response_model=LicenseAnswer)
@repeatable
def create_license(
    actor: GraphWriter, draft: LicenseDraft, idempotency_key: IdempotencyKey = None
) -> Response:
    """Grant a license, or write it down as a draft."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            row = service.create_license(uow, actor, draft=draft)
            return 201, LicenseAnswer(license=queries.view_of(uow.session, row)).model_dump(mode="json")

        wanted = draft.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.post("/api/licenses/preview", operation_id="preview_license")
def preview_license(
    actor: GraphReader,
    draft: LicenseDraft,
    license_id: Annotated[UUID | None, Query(alias="licenseId", description="When it is an edit.")] = None,
) -> ConflictPreview:
    """What saving this would meet; nothing is saved."""
    with read_session() as session:
        return service.preview_conflicts(session, actor, draft=draft, license_id=license_id)


@router.get("/api/licenses/{license_id}", operation_id="get_license")
def get_license(actor: GraphReader, license_id: UUID) -> LicenseAnswer:
    """One license."""
    with read_session() as session:
        row = service.get_license(session, actor, license_id=license_id)
        return LicenseAnswer(license=queries.view_of(session, row))


@router.put("/api/licenses/{license_id}", operation_id="update_license")
@repeatable
def update_license(actor: GraphWriter, license_id: UUID, change: LicenseChange) -> LicenseAnswer:
    """Make a license read like this; `version` guards against someone else's change."""
    with unit_of_work() as uow:
        row = service.update_license(uow, actor, license_id=license_id, draft=change, version=change.version)
        return LicenseAnswer(license=queries.view_of(uow.session, row))


@router.post("/api/licenses/{license_id}/revoke", operation_id="revoke_license")
@repeatable
def revoke_license(actor: GraphWriter, license_id: UUID) -> LicenseAnswer:
    """End a license now."""
    with unit_of_work() as uow:
        row = service.revoke_license(uow, actor, license_id=license_id)
        return LicenseAnswer(license=queries.view_of(uow.session, row))


@router.post("/api/licenses/{license_id}/activate", operation_id="activate_license")
@repeatable
def activate_license(actor: GraphWriter, license_id: UUID) -> LicenseAnswer:
    """Put a draft in force, or take a revocation back."""
    with unit_of_work() as uow:
        row = service.activate_license(uow, actor, license_id=license_id)
        return LicenseAnswer(license=queries.view_of(uow.session, row))


def _cells(actor: Actor, where: LicenseFilter) -> Iterator[list[Any]]:
    cursor: str | None = None
    while True:
        page = Page(limit=ROWS_PER_READ, after=decode_cursor(cursor))
        with read_session() as session:  # one short transaction per piece: a slow reader holds none
            found = queries.list_views(session, actor, page=page, where=where)
        yield from (_row(view) for view in found.licenses)
        cursor = found.next_cursor
        if cursor is None:
            return


def _row(view: LicenseView) -> list[Any]:
    values = view.model_dump(mode="json") | {"work": view.work_title}
    return [values[name] for name in COLUMNS]
