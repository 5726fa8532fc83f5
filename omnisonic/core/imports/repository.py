"""Every query on imports; each starts from the account that owns them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Provenance
from omnisonic.core.imports.models import BulkImportJob, ImportChunk, ImportIssue, ImportStatus
from omnisonic.platform.auth.models import User
from omnisonic.platform.pagination import Page, fetch_page

ENDED_BADLY = (ImportStatus.FAILED, ImportStatus.CANCELED)
ENDED = (ImportStatus.COMPLETED, *ENDED_BADLY)
EXPORT_PAGE_ROWS = 5000


def find_job(
    session: Session, *, user_id: UUID, job_id: UUID, for_update: bool = False
) -> BulkImportJob | None:
    """An import of this account."""
    statement = select(BulkImportJob).where(BulkImportJob.id == job_id, BulkImportJob.user_id == user_id)
    if for_update:
        statement = statement.with_for_update()
    return session.exec(statement).first()


def list_jobs(session: Session, *, user_id: UUID, page: Page) -> tuple[list[BulkImportJob], str | None]:
    """Imports of this account, newest first."""
    return fetch_page(
        session, select(BulkImportJob).where(BulkImportJob.user_id == user_id), BulkImportJob, page=page
    )


def find_same(session: Session, *, user_id: UUID, sha256: str, mapping_sha256: str) -> BulkImportJob | None:
    """The import of the same file under the same mapping, unless it failed or was canceled."""
    return session.exec(
        select(BulkImportJob).where(
            BulkImportJob.user_id == user_id,
            BulkImportJob.sha256 == sha256,
            BulkImportJob.mapping_sha256 == mapping_sha256,
            col(BulkImportJob.status).not_in(ENDED_BADLY),
        )
    ).first()


def lock_files(session: Session, *, user_id: UUID) -> None:
    """Let another upload of the same account wait until the commit: the same file makes one job."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"import-file:{user_id}"}
    )


def list_issues(session: Session, *, job_id: UUID, is_warning: bool, limit: int) -> list[ImportIssue]:
    """The first remarks of one kind, in the order of the file. The caller has checked the job."""
    return list(
        session.exec(
            select(ImportIssue)
            .where(ImportIssue.job_id == job_id, ImportIssue.is_warning == is_warning)
            .order_by(col(ImportIssue.row), col(ImportIssue.id))
            .limit(limit)
        )
    )


def issue_page(session: Session, *, job_id: UUID, after: tuple[int, int]) -> Sequence[Any]:
    """The next remarks in the order of the file: (id, row, column, code, message, raw, is_warning).

    `after` is the row and the id of the last one seen. The caller has checked the job.
    """
    return session.execute(
        text(
            'SELECT id, "row", "column", code, message, raw, is_warning FROM import_errors '
            'WHERE job_id = :job_id AND ("row", id) > (:row, :last_id) '
            'ORDER BY "row", id LIMIT :limit'
        ),
        {"job_id": job_id, "row": after[0], "last_id": after[1], "limit": EXPORT_PAGE_ROWS},
    ).all()


def find_for_work(session: Session, *, job_id: UUID) -> BulkImportJob | None:
    """The row for a worker, locked; workers act for the system, not for a caller."""
    return session.exec(select(BulkImportJob).where(BulkImportJob.id == job_id).with_for_update()).first()


def find_owner(session: Session, *, job: BulkImportJob) -> User:
    """The account whose rights count for every row."""
    return session.get_one(User, job.user_id)


def finished_chunks(session: Session, *, job_id: UUID) -> set[int]:
    """Chunks of an import that are in the graph."""
    return set(session.exec(select(ImportChunk.chunk_no).where(ImportChunk.job_id == job_id)))


def last_change(session: Session) -> int:
    """A number that every later row of provenance is above."""
    return session.exec(select(func.max(Provenance.seq))).one() or 0


def list_with_old_files(session: Session, *, ended_before: datetime, limit: int) -> list[BulkImportJob]:
    """Ended imports whose file is still there, locked."""
    return list(
        session.exec(
            select(BulkImportJob)
            .where(
                col(BulkImportJob.status).in_(ENDED),
                col(BulkImportJob.completed_at) < ended_before,
                BulkImportJob.file_key != "",
            )
            .order_by(col(BulkImportJob.completed_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def delete_old_issues(session: Session, *, ended_before: datetime, limit: int) -> int:
    """Delete up to `limit` remarks of imports that ended before; the number of them."""
    statement = text(
        "DELETE FROM import_errors WHERE id IN (SELECT one.id FROM import_errors one WHERE one.job_id IN"
        " (SELECT id FROM bulk_import_jobs WHERE completed_at < :before AND status = ANY(:ended))"
        " LIMIT :limit)"
    )
    values = {"before": ended_before, "ended": [str(one) for one in ENDED], "limit": limit}
    return session.connection().execute(statement, values).rowcount


def known_jobs(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these are imports."""
    return set(session.exec(select(BulkImportJob.id).where(col(BulkImportJob.id).in_(ids))))
