"""Life of an upload on the worker's side: claimed, made ready or rejected, retried once, cleaned up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from omnisonic.platform.abandoned import lock_abandoned
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.events import room_channel
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.settings import get_settings
from omnisonic.studio.tracks.views import track_frame
from omnisonic.studio.uploads import repository
from omnisonic.studio.uploads.jobs import DELETE_OBJECTS, PROCESS_UPLOAD
from omnisonic.studio.uploads.models import Upload, UploadKind, UploadStatus
from omnisonic.studio.uploads.service import prefix_of

ATTEMPTS_MAX = 2
QUEUE_PATIENCE = 3  # a row may wait this much longer than a worker may be silent
GAVE_UP = "The file could not be read, twice. Export the take again, as WAV or FLAC, and upload it once more."

log = get_logger(__name__)


@dataclass(frozen=True)
class Processed:
    """What the worker found out about a file. Durations count at 48 kHz."""

    kind: UploadKind
    duration_samples: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    lufs: float | None = None
    true_peak_db: float | None = None
    audio_sha256: str | None = None
    audio_size: int | None = None
    pcm_sha256: str | None = None
    mime_type: str | None = None  # of the re-encoded picture


@repeatable
def claim_upload(*, upload_id: UUID) -> Upload | None:
    """Take the row for processing; None when it is gone, done or another worker has it."""
    with unit_of_work() as uow:
        upload = repository.find_for_work(uow.session, upload_id=upload_id)
        if upload is None or upload.status is not UploadStatus.RECEIVED:
            return None
        upload.status = UploadStatus.PROCESSING
        upload.attempt += 1
        upload.heartbeat_at = upload.updated_at = utc_now()
        return upload


@repeatable
def beat_upload(*, upload_id: UUID, attempt: int) -> bool:
    """Record a sign of life; False when the row is no longer this attempt's."""
    with unit_of_work() as uow:
        upload = _owned(uow, upload_id=upload_id, attempt=attempt)
        if upload is None:
            return False
        upload.heartbeat_at = utc_now()
        return True


@repeatable
def finish_upload(*, upload_id: UUID, attempt: int, result: Processed) -> bool:
    """Mark the row ready and tell the rooms that play it; False when it was taken away meanwhile."""
    with unit_of_work() as uow:
        upload = _owned(uow, upload_id=upload_id, attempt=attempt)
        if upload is None:
            return False
        for name, value in vars(result).items():
            if value is not None:
                setattr(upload, name, value)
        _settle(uow, upload, UploadStatus.READY)
        return True


@repeatable
def reject_upload(*, upload_id: UUID, attempt: int, slug: str, reason: str) -> None:
    """Mark the row rejected with its reason and remove the bytes."""
    with unit_of_work() as uow:
        upload = _owned(uow, upload_id=upload_id, attempt=attempt)
        if upload is not None:
            _reject(uow, upload, slug=slug, reason=reason)


@repeatable
def release_upload(*, upload_id: UUID, attempt: int, is_fault: bool) -> None:
    """Give a row back: after a fault there is one more try; a worker that stops in order costs none."""
    with unit_of_work() as uow:
        upload = _owned(uow, upload_id=upload_id, attempt=attempt)
        if upload is not None:
            upload.attempt -= 0 if is_fault else 1
            _retry_or_reject(uow, upload)


def requeue_stale_uploads(uow: UnitOfWork, *, now: datetime, stale_after_s: int, limit: int = 100) -> int:
    """Queue active rows without a sign of life again; the number of them."""
    rows = lock_abandoned(
        uow.session,
        Upload,
        working=UploadStatus.PROCESSING,
        waiting=UploadStatus.RECEIVED,
        waits_since="updated_at",
        now=now,
        stale_after_s=stale_after_s,
        queue_patience=QUEUE_PATIENCE,
        limit=limit,
    )
    for upload in rows:
        log.warning("upload_stale", upload_id=str(upload.id), attempt=upload.attempt)
        _retry_or_reject(uow, upload)
    return len(rows)


def delete_orphaned_uploads(uow: UnitOfWork, *, now: datetime, limit: int = 200) -> int:
    """Remove uploads that have been without a session for UPLOAD_ORPHAN_DAYS; the number of them."""
    older_than = now - timedelta(days=get_settings().upload_orphan_days)
    rows = repository.list_orphans(uow.session, older_than=older_than, limit=limit)
    for upload in rows:
        uow.session.delete(upload)
        uow.enqueue(DELETE_OBJECTS, prefix=prefix_of(upload.id))
    return len(rows)


def _owned(uow: UnitOfWork, *, upload_id: UUID, attempt: int) -> Upload | None:
    upload = repository.find_for_work(uow.session, upload_id=upload_id)
    is_mine = upload and upload.status is UploadStatus.PROCESSING and upload.attempt == attempt
    return upload if is_mine else None


def _retry_or_reject(uow: UnitOfWork, upload: Upload) -> None:
    if upload.attempt >= ATTEMPTS_MAX:
        _reject(uow, upload, slug="processing-failed", reason=GAVE_UP)
        return
    upload.status = UploadStatus.RECEIVED
    upload.heartbeat_at = None
    upload.updated_at = utc_now()
    uow.enqueue(PROCESS_UPLOAD, upload_id=str(upload.id))


def _reject(uow: UnitOfWork, upload: Upload, *, slug: str, reason: str) -> None:
    upload.error_slug, upload.error = slug[:64], reason[:500]
    _settle(uow, upload, UploadStatus.REJECTED)
    uow.enqueue(DELETE_OBJECTS, prefix=prefix_of(upload.id))


def _settle(uow: UnitOfWork, upload: Upload, status: UploadStatus) -> None:
    upload.status = status
    upload.heartbeat_at = None
    upload.updated_at = utc_now()
    uow.session.flush()
    for track in repository.list_tracks_of_upload(uow.session, upload_id=upload.id):
        uow.publish(room_channel(track.session_id), "track.changed", track_frame(uow.session, track))
