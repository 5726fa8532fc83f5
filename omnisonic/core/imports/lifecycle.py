"""Life of an import on the worker's side: claimed, read, merged chunk by chunk, ended, or tried again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from omnisonic.core.imports import repository
from omnisonic.core.imports.errors import Disowned
from omnisonic.core.imports.jobs import IMPORT_FILE, INDEX_IMPORT
from omnisonic.core.imports.merging import Outcome
from omnisonic.core.imports.models import BulkImportJob, ImportChunk, ImportStatus
from omnisonic.core.imports.progress import channel_of, forget_progress
from omnisonic.platform.abandoned import lock_abandoned
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

ATTEMPTS_MAX = 4
QUEUE_PATIENCE = 20  # other imports may be in front: a waiting row is lost only after ten minutes
GAVE_UP = (
    "The import was interrupted several times by a fault on our side. What was merged stays; "
    "resume the import to go on from there."
)

log = get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """An import taken by a worker: the row as it was, whose rights count, and which chunks are done."""

    job: BulkImportJob
    actor: Actor
    finished_chunks: set[int]

    @property
    def is_read(self) -> bool:
        """Whether an earlier attempt read the whole file and stored its remarks."""
        return self.job.total_records is not None


@repeatable
def claim_import(*, job_id: UUID) -> Claim | None:
    """Take the row; None when it is gone, final or another worker has it."""
    with unit_of_work() as uow:
        job = repository.find_for_work(uow.session, job_id=job_id)
        if job is None or job.status is not ImportStatus.PENDING:
            return None
        job.status = ImportStatus.PROCESSING
        job.attempt += 1
        job.heartbeat_at = utc_now()
        job.started_at = job.started_at or job.heartbeat_at
        if job.changes_from is None:
            job.changes_from = repository.last_change(uow.session)
        owner = repository.find_owner(uow.session, job=job)
        actor = Actor(owner.id, owner.display_name, owner.email, role=owner.role)
        return Claim(job, actor, repository.finished_chunks(uow.session, job_id=job_id))


@repeatable
def beat_import(*, job_id: UUID, attempt: int) -> bool:
    """Record a sign of life; False when the import should stop (canceled, or taken over)."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is None:
            return False
        job.heartbeat_at = utc_now()
        return job.cancel_requested_at is None


@repeatable
def record_read(*, job_id: UUID, attempt: int, total: int, rejected: int, warnings: Counter[str]) -> None:
    """The whole file is read: how many rows it has and how many are refused already. Raises `Disowned`."""
    with unit_of_work() as uow:
        job = _required(uow, job_id=job_id, attempt=attempt)
        job.total_records = total
        job.rejected_records = job.processed_records = rejected
        job.warnings = dict(warnings)


def record_chunk(uow: UnitOfWork, *, job_id: UUID, attempt: int, number: int, outcome: Outcome) -> None:
    """Mark a chunk as merged and count its rows, in the transaction that merged it. Raises `Disowned`."""
    job = _required(uow, job_id=job_id, attempt=attempt)
    job.accepted_records += outcome.accepted
    job.rejected_records += outcome.rejected
    job.processed_records += outcome.accepted + outcome.rejected
    uow.session.add(
        ImportChunk(
            job_id=job_id,
            chunk_no=number,
            accepted_records=outcome.accepted,
            rejected_records=outcome.rejected,
        )
    )


@repeatable
def complete_import(*, job_id: UUID, attempt: int) -> None:
    """Everything is merged: settle the row and have what changed made searchable."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None:
            _settle(uow, job, ImportStatus.COMPLETED)


@repeatable
def cancel_claimed(*, job_id: UUID, attempt: int) -> None:
    """Mark an import that stopped on request as canceled; what is merged stays."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None and job.cancel_requested_at is not None:
            _settle(uow, job, ImportStatus.CANCELED)


@repeatable
def fail_import(*, job_id: UUID, attempt: int, slug: str, message: str) -> None:
    """Mark the row failed for a reason that another try would not change."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is not None:
            _fail(uow, job, slug=slug, message=message)


@repeatable
def release_import(*, job_id: UUID, attempt: int, reason: str, is_fault: bool) -> None:
    """Give a row back: after a fault there are a few more tries; a worker that stops in order costs none."""
    with unit_of_work() as uow:
        job = _owned(uow, job_id=job_id, attempt=attempt)
        if job is None:
            return
        job.attempt -= 0 if is_fault else 1
        _retry_or_fail(uow, job, reason=reason)


def requeue_stale_imports(uow: UnitOfWork, *, now: datetime, stale_after_s: int, limit: int = 100) -> int:
    """Queue active rows without a sign of life again; the number of them."""
    rows = lock_abandoned(
        uow.session,
        BulkImportJob,
        working=ImportStatus.PROCESSING,
        waiting=ImportStatus.PENDING,
        now=now,
        stale_after_s=stale_after_s,
        queue_patience=QUEUE_PATIENCE,
        limit=limit,
    )
    for job in rows:
        log.warning("import_stale", job_id=str(job.id), attempt=job.attempt)
        if job.cancel_requested_at is not None:
            _settle(uow, job, ImportStatus.CANCELED)
        elif job.status is ImportStatus.PENDING:
            job.heartbeat_at = now
            uow.enqueue(IMPORT_FILE, job_id=str(job.id))
        else:
            _retry_or_fail(uow, job, reason="The import was interrupted; going on.")
    return len(rows)


def _owned(uow: UnitOfWork, *, job_id: UUID, attempt: int) -> BulkImportJob | None:
    job = repository.find_for_work(uow.session, job_id=job_id)
    is_mine = job and job.status is ImportStatus.PROCESSING and job.attempt == attempt
    return job if is_mine else None


def _required(uow: UnitOfWork, *, job_id: UUID, attempt: int) -> BulkImportJob:
    job = _owned(uow, job_id=job_id, attempt=attempt)
    if job is None:
        raise Disowned
    return job


def _retry_or_fail(uow: UnitOfWork, job: BulkImportJob, *, reason: str) -> None:
    if job.attempt >= ATTEMPTS_MAX:
        _fail(uow, job, slug="import-interrupted", message=GAVE_UP)
        return
    job.status = ImportStatus.PENDING
    job.heartbeat_at = utc_now()
    job.error_message = reason[:1000] if job.attempt else None
    uow.session.flush()
    uow.enqueue(IMPORT_FILE, job_id=str(job.id))


def _fail(uow: UnitOfWork, job: BulkImportJob, *, slug: str, message: str) -> None:
    _settle(uow, job, ImportStatus.FAILED)
    job.error_slug, job.error_message = slug[:64], message[:1000]


def _settle(uow: UnitOfWork, job: BulkImportJob, status: ImportStatus) -> None:
    job.status = status
    job.error_slug = job.error_message = None
    job.heartbeat_at = None
    job.completed_at = utc_now()
    uow.session.flush()
    if job.accepted_records:
        uow.enqueue(INDEX_IMPORT, source=f"import:{job.id}", after=str(job.changes_from or 0))
    uow.publish(
        channel_of(job.id),
        "importFinished",
        {
            "jobId": str(job.id),
            "status": str(status),
            "accepted": job.accepted_records,
            "rejected": job.rejected_records,
        },
    )
    forget_progress(job.id)
