"""REST of jobs on news."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.archive import set_aside
from omnisonic.insight.archive.cursors import read_freshness
from omnisonic.insight.ingest_jobs import service
from omnisonic.insight.ingest_jobs.schemas import (
    AsideList,
    AsideView,
    ImproveRequest,
    IngestStatusView,
    JobStarted,
    JobView,
    RssRequest,
    TriedAgain,
)
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.http import InsightReader, SignedInActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent

router = APIRouter(tags=["news"])


def _ingest_actor(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.INGEST)
    return actor


IngestActor = Annotated[Actor, Depends(_ingest_actor)]


@router.post("/ingest/rss", status_code=202, operation_id="ingest_rss", response_model=JobStarted)
def ingest_rss(actor: IngestActor, request: RssRequest, idempotency_key: IdempotencyKey = None) -> Response:
    """Fetch feeds now; unknown addresses are followed from now on. The job's result says what came."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            return 202, service.start_rss(uow, actor, request=request).model_dump(mode="json")

        status, answer = run_idempotent(uow, actor, idempotency_key, request.model_dump(mode="json"), produce)
    return JSONResponse(answer, status_code=status)


@router.post(
    "/ingest/tagging/improve", status_code=202, operation_id="improve_tagging", response_model=JobStarted
)
def improve_tagging(
    actor: IngestActor, request: ImproveRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Tag the articles of the archive again, with the catalog, stoplist and corrections of today."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            return 202, service.start_tagging(uow, actor, request=request).model_dump(mode="json")

        status, answer = run_idempotent(uow, actor, idempotency_key, request.model_dump(mode="json"), produce)
    return JSONResponse(answer, status_code=status)


@router.get("/ingest/status", operation_id="ingest_status")
def ingest_status(actor: InsightReader) -> IngestStatusView:  # noqa: ARG001
    """How fresh the news is: what waits in front of the archive, the charts and the tags, and why."""
    with read_session() as session:
        fresh = read_freshness(session)
    return IngestStatusView(**asdict(fresh), is_behind=fresh.is_behind)


@router.get("/ingest/set-aside", operation_id="list_set_aside")
def list_set_aside(actor: InsightReader) -> AsideList:  # noqa: ARG001
    """Articles that could not be stored or tagged, with the reason; all others went on."""
    with read_session() as session:
        return AsideList(articles=[AsideView(**asdict(one)) for one in set_aside.list_asides(session)])


@router.post("/ingest/set-aside/retry", status_code=202, operation_id="retry_set_aside")
def retry_set_aside(actor: IngestActor) -> TriedAgain:
    """Try every one of them again."""
    with unit_of_work() as uow:
        return TriedAgain(articles=set_aside.try_again(uow, actor))


@router.get("/api/jobs/{job_id}", operation_id="get_job")
def get_job(actor: IngestActor, job_id: UUID) -> JobView:
    """A job of the caller's."""
    with read_session() as session:
        return service.get_job(session, actor, job_id=job_id)


@router.post("/api/jobs/{job_id}/cancel", operation_id="cancel_job")
def cancel_job(actor: IngestActor, job_id: UUID) -> JobView:
    """Stop a job; what it did stays."""
    with unit_of_work() as uow:
        return service.cancel_job(uow, actor, job_id=job_id)
