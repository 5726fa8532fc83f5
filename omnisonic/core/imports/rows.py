"""Imports in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from omnisonic.core.imports.lifecycle import GAVE_UP
from omnisonic.core.imports.models import ImportStatus
from omnisonic.core.imports.retention import is_forgotten
from omnisonic.core.imports.schemas import BulkImportJobView, ImportStage
from omnisonic.platform.ui.words import ago, count, size

STATUS_WORDS = {
    ImportStatus.PENDING: "Waiting",
    ImportStatus.PROCESSING: "Importing",
    ImportStatus.COMPLETED: "Done",
    ImportStatus.FAILED: "Failed",
    ImportStatus.CANCELED: "Canceled",
}
STAGE_WORDS = {
    ImportStage.WAITING: "Waiting for a free worker …",
    ImportStage.READING: "Reading and checking …",
    ImportStage.SORTING: "Putting in order …",
    ImportStage.MERGING: "Bringing into the catalog …",
    ImportStage.DONE: "Done",
}
ACTIVE = (ImportStatus.PENDING, ImportStatus.PROCESSING)


@dataclass
class ImportRow:
    """One import as the page shows it."""

    id: str
    file_name: str
    size: str
    status: str
    status_words: str
    stage_words: str
    progress: int
    accepted: str
    rejected: str
    note: str
    when: str
    errors_href: str
    is_active: bool
    can_resume: bool


def import_row(view: BulkImportJobView, *, now: datetime) -> ImportRow:
    """The words for one import."""
    has_remarks = view.rejected_records or view.warning_counts
    is_listed = has_remarks and not is_forgotten(view.completed_at, now=now)
    return ImportRow(
        id=str(view.job_id),
        file_name=view.file_name,
        size=_size(view),
        status=view.status,
        status_words=_status(view),
        stage_words=STAGE_WORDS[view.stage],
        progress=view.progress,
        accepted=f"{view.accepted_records:,}",
        rejected=f"{view.rejected_records:,}",
        note=_note(view),
        when=ago(view.created_at, now=now),
        errors_href=f"/ingest/isrc/bulk/{view.job_id}/errors.csv" if is_listed else "",
        is_active=view.status in ACTIVE,
        can_resume=_can_resume(view),
    )


def _can_resume(view: BulkImportJobView) -> bool:
    """A damaged file fails again; only what we broke off, or its owner, can go on."""
    was_broken_off = view.status is ImportStatus.FAILED and view.error_message == GAVE_UP
    return bool(view.file_url) and (was_broken_off or view.status is ImportStatus.CANCELED)


def _status(view: BulkImportJobView) -> str:
    if view.status is ImportStatus.COMPLETED and view.rejected_records and not view.accepted_records:
        return "Nothing could be taken"
    return STATUS_WORDS[view.status]


def _size(view: BulkImportJobView) -> str:
    if view.total_records is None:
        return size(view.file_size_bytes)
    rows = "1 row" if view.total_records == 1 else f"{view.total_records:,} rows"
    return f"{rows} · {size(view.file_size_bytes)}"


def _note(view: BulkImportJobView) -> str:
    if view.error_message:
        return view.error_message
    warnings = sum(view.warning_counts.values())
    return count(warnings, "warning") if warnings else ""
