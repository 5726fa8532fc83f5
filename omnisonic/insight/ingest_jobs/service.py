"""Asking for work on news, watching it, stopping it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.feeds import repository as feeds
from omnisonic.insight.feeds.addresses import Address
from omnisonic.insight.ingest_jobs import repository
from omnisonic.insight.ingest_jobs.errors import IngestNotRunning
from omnisonic.insight.ingest_jobs.jobs import FETCH_FEEDS, TAG_AGAIN
from omnisonic.insight.ingest_jobs.models import IngestJob, IngestKind, IngestStatus
from omnisonic.insight.ingest_jobs.schemas import ImproveRequest, JobStarted, JobView, RssRequest
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.jobs import JobSpec
from omnisonic.platform.rate_limit import check_rate

JOBS_PER_HOUR = 60
SPECS: dict[IngestKind, JobSpec] = {IngestKind.RSS: FETCH_FEEDS, IngestKind.TAGGING: TAG_AGAIN}


def start_rss(uow: UnitOfWork, actor: Actor, *, request: RssRequest) -> JobStarted:
    """Queue a fetch of feeds; unknown addresses are followed from now on.

    Raises `Forbidden`, `InvalidFields` for what is no address, `NotFound` for an unknown feed and
    `TooManyRequests`.
    """
    actor.require_role(Role.ANALYST)
    if request.feed_id is not None and feeds.find_feed(uow.session, request.feed_id) is None:
        raise NotFound("There is no such feed.")
    urls = [
        Address.required(url, field=f"urls.{number}").url for number, url in enumerate(request.urls or ())
    ]
    params = {"urls": list(dict.fromkeys(urls)), "feedId": str(request.feed_id) if request.feed_id else None}
    return _start(uow, actor, IngestKind.RSS, params)


def start_tagging(uow: UnitOfWork, actor: Actor, *, request: ImproveRequest) -> JobStarted:
    """Queue a reading of the archive that tags again. Raises `Forbidden`, `TooManyRequests`."""
    actor.require_role(Role.ANALYST)
    return _start(uow, actor, IngestKind.TAGGING, request.model_dump(mode="json"))


def get_job(session: Session, actor: Actor, *, job_id: UUID) -> JobView:
    """A job of the caller's; raises `NotFound`."""
    return JobView.of(_required(session, actor, job_id))


def cancel_job(uow: UnitOfWork, actor: Actor, *, job_id: UUID) -> JobView:
    """Stop a job: at once while it waits, soon while it runs. What it did stays."""
    job = _required(uow.session, actor, job_id, for_update=True)
    if job.status is IngestStatus.PENDING:
        job.status, job.completed_at, job.heartbeat_at = IngestStatus.CANCELED, utc_now(), None
    elif job.status is IngestStatus.PROCESSING:
        job.cancel_requested_at = job.cancel_requested_at or utc_now()
    elif job.status is not IngestStatus.CANCELED:
        raise IngestNotRunning(f"This job is already {job.status}; there is nothing to stop.")
    uow.session.flush()
    return JobView.of(job)


def _start(uow: UnitOfWork, actor: Actor, kind: IngestKind, params: dict[str, Any]) -> JobStarted:
    check_rate("ingest-job", str(actor.user_id), JOBS_PER_HOUR, 3600)
    job = IngestJob(user_id=actor.user_id, kind=kind, params=params, heartbeat_at=utc_now())
    uow.session.add(job)
    uow.session.flush()
    uow.enqueue(SPECS[kind], job_id=str(job.id))
    return JobStarted(job_id=job.id, status=job.status)


def _required(session: Session, actor: Actor, job_id: UUID, *, for_update: bool = False) -> IngestJob:
    job = repository.find_job(session, user_id=actor.user_id, job_id=job_id, for_update=for_update)
    if job is None:
        raise NotFound("There is no such job, or it belongs to someone else.")
    return job
