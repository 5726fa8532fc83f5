"""Shapes of imports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from omnisonic.core.imports.codes import Issue
from omnisonic.core.imports.models import BulkImportJob, ImportIssue, ImportStatus
from omnisonic.platform.schemas import ApiModel

ISSUES_SHOWN_MAX = 100


class ImportStage(StrEnum):
    """What the worker does, in words of the person who waits."""

    WAITING = "waiting"
    READING = "reading"
    SORTING = "sorting"
    MERGING = "merging"
    DONE = "done"


class RowIssue(ApiModel):
    """A remark on one row; rows count as the file's reader counts, the header being row 1."""

    row: int
    column: str | None
    code: str
    message: str

    @classmethod
    def of(cls, issue: Issue | ImportIssue) -> RowIssue:
        """The part that is shown."""
        return cls(row=issue.row, column=issue.column, code=str(issue.code), message=issue.message)


class IngestAnswer(ApiModel):
    """What became of a small request."""

    accepted: int
    rejected: int
    errors: list[RowIssue]
    warnings: list[RowIssue]


class ColumnView(ApiModel):
    """A column of a file: what it is taken for, and what stands in its first rows."""

    name: str
    field: str | None
    samples: list[str]


class PreviewView(ApiModel):
    """A file as it would be read. `missing` are required fields without a column."""

    file_name: str
    format: str
    encoding: str
    delimiter: str | None
    has_header: bool
    columns: list[ColumnView]
    mapping: dict[str, Any]
    missing: list[str]
    fields: list[str]
    accepted_sample: int
    rejected_sample: int
    issues: list[RowIssue]


class ImportProgress(ApiModel):
    """How far a running import is. `percent` never goes back within an attempt."""

    stage: ImportStage = ImportStage.WAITING
    percent: int = 0
    processed_records: int = 0
    accepted_records: int = 0
    rejected_records: int = 0


class ImportStarted(ApiModel):
    """An import is queued, or this very file was imported before (`isRepeated`)."""

    job_id: UUID
    status: ImportStatus
    is_repeated: bool = False


class BulkImportJobView(ApiModel):
    """An import as its owner sees it; live figures while it runs, the row's own afterwards."""

    job_id: UUID
    user_id: UUID
    file_name: str
    file_size_bytes: int
    file_url: str | None
    status: ImportStatus
    stage: ImportStage
    progress: int
    total_records: int | None
    processed_records: int
    accepted_records: int
    rejected_records: int
    errors: list[RowIssue]
    warnings: list[RowIssue]
    warning_counts: dict[str, int]
    mapping: dict[str, Any] | None
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(
        cls,
        job: BulkImportJob,
        *,
        live: ImportProgress | None = None,
        issues: Sequence[ImportIssue] = (),
        file_url: str | None = None,
    ) -> BulkImportJobView:
        """The row with what is known beside it."""
        is_running = job.status is ImportStatus.PROCESSING and live is not None
        figures = live if is_running and live else None
        return cls(
            job_id=job.id,
            user_id=job.user_id,
            file_name=job.file_name,
            file_size_bytes=job.file_size_bytes,
            file_url=file_url,
            status=job.status,
            stage=_stage(job, figures),
            progress=100 if job.status is ImportStatus.COMPLETED else figures.percent if figures else 0,
            total_records=job.total_records,
            processed_records=max(job.processed_records, figures.processed_records if figures else 0),
            accepted_records=max(job.accepted_records, figures.accepted_records if figures else 0),
            rejected_records=max(job.rejected_records, figures.rejected_records if figures else 0),
            errors=[RowIssue.of(issue) for issue in issues if not issue.is_warning][:ISSUES_SHOWN_MAX],
            warnings=[RowIssue.of(issue) for issue in issues if issue.is_warning][:ISSUES_SHOWN_MAX],
            warning_counts=job.warnings,
            mapping=job.mapping,
            error_message=job.error_message,
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
        )


class ImportList(ApiModel):
    """Imports, newest first."""

    imports: list[BulkImportJobView]
    next_cursor: str | None = None


def _stage(job: BulkImportJob, figures: ImportProgress | None) -> ImportStage:
    if job.status is ImportStatus.PENDING:
        return ImportStage.WAITING
    if job.status is not ImportStatus.PROCESSING:
        return ImportStage.DONE
    return figures.stage if figures else ImportStage.READING
