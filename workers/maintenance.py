"""Jobs of the scheduler: revive what died, remove what nobody needs. Each may run again at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.sql import ColumnElement
from sqlmodel import SQLModel, col

from omnisonic.core.imports.lifecycle import requeue_stale_imports
from omnisonic.core.imports.retention import remove_old_issues, remove_settled_files, remove_unknown_files
from omnisonic.core.ledger.audit import run_audit, summary
from omnisonic.core.licenses.expiry import expire_due_licenses
from omnisonic.core.royalties.usage_lifecycle import requeue_stale_statements
from omnisonic.core.royalties.waiting_sums import add_up
from omnisonic.insight.alerts.notices import notify_system
from omnisonic.insight.ingest_jobs.lifecycle import requeue_stale_jobs
from omnisonic.platform.auth.models import AuthSession, VerificationToken
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.models import IdempotencyRecord, ScheduleRun
from omnisonic.platform.storage import get_storage
from omnisonic.studio.exports.lifecycle import requeue_stale_exports
from omnisonic.studio.removal import delete_unknown_objects, purge_removed_sessions
from omnisonic.studio.uploads.lifecycle import delete_orphaned_uploads, requeue_stale_uploads
from omnisonic.studio.uploads.multipart import abort_abandoned
from workers.folders import remove_dead_folders

STALE_AFTER_S = 30  # rows are beaten every 5 s
IDEMPOTENCY_KEPT = timedelta(days=1)
EXPIRED_KEPT = timedelta(days=1)
RUNS_KEPT = timedelta(days=7)  # longer than the longest period, or a job would run again
MULTIPART_KEPT = timedelta(days=2)  # a day longer than its row: what is left then has no row
BATCHES_MAX = 1000

log = get_logger(__name__)

Batch = Callable[[UnitOfWork], int]


def sweep(*, stale_after_s: int = STALE_AFTER_S) -> None:
    """Give every job that stopped beating its second chance, or its end."""
    now = utc_now()
    uploads = _in_batches(lambda uow: requeue_stale_uploads(uow, now=now, stale_after_s=stale_after_s))
    exports = _in_batches(lambda uow: requeue_stale_exports(uow, now=now, stale_after_s=stale_after_s))
    imports = _in_batches(lambda uow: requeue_stale_imports(uow, now=now, stale_after_s=stale_after_s))
    jobs = _in_batches(lambda uow: requeue_stale_jobs(uow, now=now, stale_after_s=stale_after_s))
    usage = _in_batches(lambda uow: requeue_stale_statements(uow, now=now, stale_after_s=stale_after_s))
    folders = remove_dead_folders()
    if uploads or exports or imports or jobs or usage or folders:
        log.warning(
            "swept",
            uploads=uploads,
            exports=exports,
            imports=imports,
            ingest_jobs=jobs,
            usage=usage,
            folders=folders,
        )


def delete_orphans() -> None:
    """Remove what nobody needs any more: old sessions and uploads (UPLOAD_ORPHAN_DAYS), files of imports."""
    now = utc_now()
    log.info(
        "orphans_deleted",
        sessions=_in_batches(lambda uow: purge_removed_sessions(uow, now=now)),
        uploads=_in_batches(lambda uow: delete_orphaned_uploads(uow, now=now)),
        unknown=delete_unknown_objects(now=now),
        import_files=_in_batches(lambda uow: remove_settled_files(uow, now=now)),
        unknown_import_files=remove_unknown_files(now=now),
    )


def add_up_waiting() -> None:
    """Take what was booked since the last run into the sums of what waits."""
    _in_batches(add_up)


def expire_licenses() -> None:
    """Mark the licenses whose window is over; late or double runs find what is left."""
    now = utc_now()
    expired = _in_batches(lambda uow: expire_due_licenses(uow, now=now))
    log.info("licenses_expired", licenses=expired)


def audit_ledger() -> None:
    """Check the ledger against its log, and tell the operators on every system channel if it is not sound."""
    audit = run_audit()
    if audit.is_sound:
        return
    with unit_of_work() as uow:
        told = notify_system(uow, subject="The royalty ledger is not sound", text=summary(audit))
    log.error("audit_alarm", audit_id=str(audit.id), channels=told)


def clean_up() -> None:
    """Remove expired rows and remarks, uploads in parts that nobody completed, and folders of dead jobs."""
    now = utc_now()
    log.info(
        "cleaned_up",
        rows=delete_expired_rows(now),
        import_issues=_in_batches(lambda uow: remove_old_issues(uow, now=now)),
        abandoned=_in_batches(lambda uow: abort_abandoned(uow, now=now)),
        stale_multiparts=get_storage().abort_stale_multiparts(now - MULTIPART_KEPT),
        folders=remove_dead_folders(),
    )


def delete_expired_rows(now: datetime) -> dict[str, int]:
    """Delete what is past its time; returns how many rows by table."""
    expired: list[tuple[type[SQLModel], ColumnElement[bool]]] = [
        (IdempotencyRecord, col(IdempotencyRecord.created_at) < now - IDEMPOTENCY_KEPT),
        (AuthSession, col(AuthSession.expires_at) < now - EXPIRED_KEPT),
        (VerificationToken, col(VerificationToken.expires_at) < now - EXPIRED_KEPT),
        (ScheduleRun, col(ScheduleRun.due_at) < now - RUNS_KEPT),
    ]
    return {str(table.__tablename__): _delete(table, condition) for table, condition in expired}


def _delete(table: type[SQLModel], condition: ColumnElement[bool]) -> int:
    with unit_of_work() as uow:
        deleted = uow.session.connection().execute(delete(table).where(condition))
    return deleted.rowcount


def _in_batches(batch: Batch) -> int:
    """Run `batch` in transactions of its own until it finds nothing more."""
    total = 0
    for _ in range(BATCHES_MAX):
        with unit_of_work() as uow:
            found = batch(uow)
        total += found
        if not found:
            break
    return total
