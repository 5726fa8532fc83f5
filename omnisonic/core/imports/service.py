"""Asking for an import, watching it, stopping it, going on with it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.imports import repository
from omnisonic.core.imports.codes import Issue
from omnisonic.core.imports.errors import ImportFileEmpty, ImportFileTooLarge, ImportNotRunning
from omnisonic.core.imports.headers import FIELDS
from omnisonic.core.imports.jobs import IMPORT_FILE
from omnisonic.core.imports.models import BulkImportJob, ImportStatus
from omnisonic.core.imports.progress import read_progress
from omnisonic.core.imports.reading import Sheet, choose, file_warnings, open_sheet, read_batches
from omnisonic.core.imports.schemas import (
    ISSUES_SHOWN_MAX,
    BulkImportJobView,
    ColumnView,
    ImportList,
    ImportStarted,
    PreviewView,
    RowIssue,
)
from omnisonic.core.imports.sniffing import FileFormat
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.rate_limit import check_rate
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage

COPY_BLOCK_BYTES = 1024 * 1024
SAMPLES_SHOWN = 3
SAMPLE_CHARS = 80
PREVIEW_ROWS = 200
MAPPING_MAX_CHARS = 20_000
FILE_NAME_MAX_CHARS = 255
MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived and was understood, not stored yet."""

    path: Path
    file_name: str
    size_bytes: int
    sha256: str
    sheet: Sheet


@contextmanager
def arrive(stream: BinaryIO, *, file_name: str | None) -> Iterator[Arrived]:
    """Take a file to disk for the time of the request and look at it.

    Raises `ImportFileTooLarge`, `ImportFileEmpty`, `ImportNotText`, `ImportFileBroken`.
    """
    with tempfile.TemporaryDirectory(prefix="omnisonic-import-") as folder:
        path = Path(folder) / "file"
        size_bytes, sha256 = _copy(stream, path)
        if size_bytes == 0:
            raise ImportFileEmpty("The file is empty. Export the catalog again.")
        name = Path((file_name or "catalog").replace("\\", "/").replace("\x00", "")).name or "catalog"
        sheet = open_sheet(path, file_name=name)
        yield Arrived(path, name[-FILE_NAME_MAX_CHARS:], size_bytes, sha256, sheet)


def preview(arrived: Arrived, *, chosen: dict[str, Any] | None) -> PreviewView:
    """What the columns are taken for and how the first rows would fare. Stores nothing."""
    sheet, guessed = arrived.sheet, arrived.sheet.guessed
    mapping = guessed if chosen is None and guessed.missing() else choose(sheet, chosen)
    issues: list[Issue] = []
    accepted = rejected = 0
    if not mapping.missing():
        batch = next(read_batches(sheet, mapping, batch_size=PREVIEW_ROWS, year=utc_now().year), None)
        if batch is not None:
            issues, accepted, rejected = batch.issues, len(batch.rows), batch.rejected
    shown = file_warnings(sheet, mapping, first_row=1) + issues
    field_at = {place: field for field, place in reversed(mapping.at.items())}
    return PreviewView(
        file_name=arrived.file_name,
        format=str(sheet.form.format),
        encoding=sheet.form.encoding,
        delimiter=sheet.form.delimiter if sheet.form.format is FileFormat.CSV else None,
        has_header=mapping.has_header,
        columns=[
            ColumnView(name=name, field=field_at.get(place), samples=_samples(sheet, place))
            for place, name in enumerate(mapping.columns[: sheet.shown])
        ],
        mapping=mapping.to_json(),
        missing=[str(one) for one in mapping.missing()],
        fields=[str(one) for one in FIELDS],
        accepted_sample=accepted,
        rejected_sample=rejected,
        issues=[RowIssue.of(issue) for issue in shown[:ISSUES_SHOWN_MAX]],
    )


def start_import(
    uow: UnitOfWork, actor: Actor, *, arrived: Arrived, chosen: dict[str, Any] | None
) -> ImportStarted:
    """Queue the import of a file; the same file under the same mapping is the same import.

    Raises `ImportColumnsUnknown`, `RateLimited`.
    """
    mapping = choose(arrived.sheet, chosen)
    repository.lock_files(uow.session, user_id=actor.user_id)
    same = repository.find_same(
        uow.session, user_id=actor.user_id, sha256=arrived.sha256, mapping_sha256=mapping.sha256()
    )
    if same is not None:
        return ImportStarted(job_id=same.id, status=same.status, is_repeated=True)
    check_rate("import", str(actor.user_id), get_settings().bulk_import_rate_limit_per_hour, 3600)
    job_id = new_id()
    job = BulkImportJob(
        id=job_id,
        user_id=actor.user_id,
        file_key=f"imports/{job_id}/file",
        file_name=arrived.file_name,
        file_size_bytes=arrived.size_bytes,
        sha256=arrived.sha256,
        mapping=mapping.to_json(),
        mapping_sha256=mapping.sha256(),
        heartbeat_at=utc_now(),
    )
    get_storage().put_file(job.file_key, arrived.path, MEDIA_TYPE)
    try:
        uow.session.add(job)
        uow.session.flush()
    except BaseException:
        get_storage().delete(job.file_key)
        raise
    uow.enqueue(IMPORT_FILE, job_id=str(job.id))
    return ImportStarted(job_id=job.id, status=job.status)


def get_job(session: Session, actor: Actor, *, job_id: UUID) -> BulkImportJobView:
    """One import with its first remarks; raises `NotFound`."""
    job = _required(session, actor, job_id)
    issues = [
        issue
        for is_warning in (False, True)
        for issue in repository.list_issues(
            session, job_id=job_id, is_warning=is_warning, limit=ISSUES_SHOWN_MAX
        )
    ]
    return _view(job, issues=issues)


def list_jobs(session: Session, actor: Actor, *, page: Page) -> ImportList:
    """The caller's imports without their remarks, newest first."""
    rows, cursor = repository.list_jobs(session, user_id=actor.user_id, page=page)
    return ImportList(imports=[_view(job) for job in rows], next_cursor=cursor)


def cancel_job(uow: UnitOfWork, actor: Actor, *, job_id: UUID) -> BulkImportJobView:
    """Stop an import: at once while it waits, between two chunks while it runs. What is merged stays."""
    job = _required(uow.session, actor, job_id, for_update=True)
    if job.status is ImportStatus.PENDING:
        job.status, job.completed_at, job.heartbeat_at = ImportStatus.CANCELED, utc_now(), None
    elif job.status is ImportStatus.PROCESSING:
        job.cancel_requested_at = job.cancel_requested_at or utc_now()
    elif job.status is not ImportStatus.CANCELED:
        raise ImportNotRunning(f"This import is already {job.status}; there is nothing to stop.")
    uow.session.flush()
    return _view(job)


def resume_job(uow: UnitOfWork, actor: Actor, *, job_id: UUID) -> BulkImportJobView:
    """Go on with a canceled or failed import after the last chunk that was merged."""
    job = _required(uow.session, actor, job_id, for_update=True)
    if job.status not in repository.ENDED_BADLY:
        raise ImportNotRunning(f"This import is {job.status}; only a canceled or failed one can be resumed.")
    if not job.file_key:
        raise ImportNotRunning("Its file was removed after a month. Import the file again.")
    repository.lock_files(uow.session, user_id=actor.user_id)
    if repository.find_same(
        uow.session, user_id=actor.user_id, sha256=job.sha256, mapping_sha256=job.mapping_sha256
    ):
        raise ImportNotRunning("The same file was imported again since. Look at that import.")
    job.status, job.attempt = ImportStatus.PENDING, 0
    job.cancel_requested_at = job.completed_at = None
    job.error_slug = job.error_message = None
    job.heartbeat_at = utc_now()
    uow.session.flush()
    uow.enqueue(IMPORT_FILE, job_id=str(job.id))
    return _view(job)


def read_mapping(text: str | None) -> dict[str, Any] | None:
    """The mapping that came with a form, as JSON; raises `InvalidFields`."""
    if text is None or not text.strip():
        return None
    try:
        value = json.loads(text) if len(text) <= MAPPING_MAX_CHARS else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not all(isinstance(one, str | int | None) for one in value.values()):
        message = 'Send an object such as {"isrc": "ISRC Code", "title": "Track Title"}.'
        raise InvalidFields(errors=[FieldError("mapping", "bad-mapping", message)])
    return value


def _required(session: Session, actor: Actor, job_id: UUID, *, for_update: bool = False) -> BulkImportJob:
    job = repository.find_job(session, user_id=actor.user_id, job_id=job_id, for_update=for_update)
    if job is None:
        raise NotFound("There is no such import, or it belongs to someone else.")
    return job


def _view(job: BulkImportJob, *, issues: Any = ()) -> BulkImportJobView:
    live = read_progress(job.id) if job.status is ImportStatus.PROCESSING else None
    link = None
    if job.file_key:
        link = get_storage().signed_url(job.file_key, file_name=job.file_name, content_type=MEDIA_TYPE)
    return BulkImportJobView.of(job, live=live, issues=issues, file_url=link)


def _samples(sheet: Sheet, place: int) -> list[str]:
    cells = (row[place].strip() for row in sheet.samples if place < len(row))
    return [cell[:SAMPLE_CHARS] for cell in cells if cell][:SAMPLES_SHOWN]


def _copy(stream: BinaryIO, path: Path) -> tuple[int, str]:
    limit_mb = get_settings().bulk_import_max_file_size_mb
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("wb") as target:
        while block := stream.read(COPY_BLOCK_BYTES):
            size_bytes += len(block)
            if size_bytes > limit_mb * 1024 * 1024:
                raise ImportFileTooLarge(f"The limit is {limit_mb} MB. {ImportFileTooLarge.advice}")
            digest.update(block)
            target.write(block)
    return size_bytes, digest.hexdigest()
