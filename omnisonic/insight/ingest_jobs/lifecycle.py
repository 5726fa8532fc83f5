"""Life of a job on the worker's side: claimed, worked on slice by slice, ended, or tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from omnisonic.insight.ingest_jobs import repository
from omnisonic.insight.ingest_jobs.errors import Disowned, IngestInterrupted
from omnisonic.insight.ingest_jobs.models import IngestJob, IngestStatus
from omnisonic.insight.ingest_jobs.service import SPECS
from omnisonic.platform.abandoned import lock_abandoned
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

ATTEMPTS_MAX = 4
QUEUE_PATIENCE = 4  # times 30 s: also how long a job rests whose server is away

log = get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A job taken by a worker: the row as it was, and whose rights count."""

    job: IngestJob
    actor: Actor


@repeatable
def claim_job(*, job_id: UUID) -> Claim | None:
    """Take the row; None when it is gone, final or another worker has it."""
    with unit_of_work() as uow:
        job = repository.find_for_work(uow.session, job_id=job_id)
        if job is None or job.status is not IngestStatus.PENDING:
            return None
        job.status = IngestStatus.PROCESSING
        job.attempt += 1
        job.heartbeat_at = utc_now()
        job.started_at = job.started_at or job.heartbeat_at
        owner = uow.session.get_one(User, job.user_id)
        return Claim(job, Actor(owner.id, owner.display_name, owner.email, role=owner.role))


@repeatable
def beat_job(*, job_id: UUID, attempt: int) -> bool:
    """Record a sign of life; False when the job should stop (canceled, or taken over)."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is None:
            return False
        job.heartbeat_at = utc_now()
        return job.cancel_requested_at is None


@repeatable
def record_position(*, job_id: UUID, attempt: int, position: dict[str, Any], progress: int) -> None:
    """Note how far it is: the next attempt goes on there. Raises `Disowned`."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is None:
            raise Disowned
        job.position = position
        job.progress = max(0, min(progress, 99))


@repeatable
def complete_job(*, job_id: UUID, attempt: int, result: dict[str, Any]) -> None:
    """It is done."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None:
            _settle(job, IngestStatus.COMPLETED)
            job.progress, job.result = 100, result


@repeatable
def continue_later(*, job_id: UUID, attempt: int) -> None:
    """A slice is done: the rest waits behind what came meanwhile."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None:
            job.attempt = 0
            _queue_again(uow, job)


@repeatable
def cancel_claimed(*, job_id: UUID, attempt: int) -> None:
    """Mark a job that stopped on request as canceled; what it did stays, and its result says how much."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None and job.cancel_requested_at is not None:
            _settle(job, IngestStatus.CANCELED)
            job.result = job.position


@repeatable
def fail_job(*, job_id: UUID, attempt: int, slug: str, message: str) -> None:
    """Mark the row failed for a reason that another try would not change."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None:
            _fail(job, slug=slug, message=message)


@repeatable
def release_job(*, job_id: UUID, attempt: int, reason: str, is_fault: bool, rests: bool) -> None:
    """Give a row back. With `rests` a server is away: it costs no try, and the sweeper queues it later."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is None:
            return
        job.attempt -= 1 if rests or not is_fault else 0
        if rests:
            job.status, job.heartbeat_at, job.error_message = IngestStatus.PENDING, utc_now(), reason[:1000]
        else:
            _retry_or_fail(uow, job, reason=reason)


def requeue_stale_jobs(uow: UnitOfWork, *, now: datetime, stale_after_s: int, limit: int = 100) -> int:
    """Queue active rows without a sign of life again; the number of them."""
    rows = lock_abandoned(
        uow.session,
        IngestJob,
        working=IngestStatus.PROCESSING,
        waiting=IngestStatus.PENDING,
        now=now,
        stale_after_s=stale_after_s,
        queue_patience=QUEUE_PATIENCE,
        limit=limit,
    )
    for job in rows:
        log.warning("ingest_job_stale", job_id=str(job.id), attempt=job.attempt)
        if job.cancel_requested_at is not None:
            _settle(job, IngestStatus.CANCELED)
            job.result = job.position
        elif job.status is IngestStatus.PENDING:
            job.heartbeat_at = now
            uow.enqueue(SPECS[job.kind], job_id=str(job.id))
        else:
            _retry_or_fail(uow, job, reason="It was interrupted; going on.")
    return len(rows)


def _owned(uow: UnitOfWork, *, job_id: UUID, attempt: int) -> IngestJob | None:
    job = repository.find_for_work(uow.session, job_id=job_id)
    is_mine = job and job.status is IngestStatus.PROCESSING and job.attempt == attempt
    return job if is_mine else None


def _retry_or_fail(uow: UnitOfWork, job: IngestJob, *, reason: str) -> None:
    if job.attempt >= ATTEMPTS_MAX:
        _fail(job, slug=IngestInterrupted.slug, message=f"{reason} {IngestInterrupted.advice}")
        return
    job.error_message = reason[:1000] if job.attempt else None
    _queue_again(uow, job)


def _queue_again(uow: UnitOfWork, job: IngestJob) -> None:
    job.status, job.heartbeat_at = IngestStatus.PENDING, utc_now()
    uow.session.flush()
    uow.enqueue(SPECS[job.kind], job_id=str(job.id))


def _fail(job: IngestJob, *, slug: str, message: str) -> None:
    _settle(job, IngestStatus.FAILED)
    job.error_slug, job.error_message = slug[:64], message[:1000]


def _settle(job: IngestJob, status: IngestStatus) -> None:
    job.status = status
    job.error_slug = job.error_message = None
    job.heartbeat_at = None
    job.completed_at = utc_now()
