"""Life of an export on the worker's side: claimed, reported, completed, canceled, failed or retried once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from omnisonic.platform.abandoned import lock_abandoned
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.events import publish_ephemeral, room_channel
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.studio.exports import repository
from omnisonic.studio.exports.jobs import RENDER_EXPORT
from omnisonic.studio.exports.models import Export, ExportKind, ExportStage, ExportStatus
from omnisonic.studio.exports.releasing import describe_release, let_go, register
from omnisonic.studio.uploads.jobs import DELETE_OBJECTS

ATTEMPTS_MAX = 2
QUEUE_PATIENCE = 3  # a row may wait this much longer than a worker may be silent
GAVE_UP = (
    "The mixdown was interrupted twice by a fault on our side. Nothing is wrong with your mix: export again."
)

log = get_logger(__name__)


@dataclass(frozen=True)
class Rendered:
    """What the worker made. `loudness` and `certificate` are JSON as the contract shows them."""

    storage_key: str
    file_size: int
    pcm_sha256: str
    loudness: dict[str, Any]
    certificate: dict[str, Any]


@dataclass(frozen=True)
class Credits:
    """What the file says about itself: a title and who took part; `release` goes into its certificate."""

    title: str
    contributors: list[str]
    release: dict[str, Any] | None = None


def credits_of(*, export: Export) -> Credits:
    """The session's name, and the names of those whose takes are in the mix, owner first.

    A release has the title and the names of its split sheet.
    """
    with read_session() as session:
        if export.kind is ExportKind.RELEASE:
            names, release = describe_release(session, export)
            return Credits(title=release["title"], contributors=names, release=release)
        upload_ids = [UUID(upload_id) for upload_id in export.inputs.values()]
        title, names = repository.find_credits(session, export=export, upload_ids=upload_ids)
        return Credits(title=title, contributors=names)


@repeatable
def claim_export(*, export_id: UUID) -> Export | None:
    """Take the row for rendering; None when it is gone, final or another worker has it."""
    with unit_of_work() as uow:
        export = repository.find_for_work(uow.session, export_id=export_id)
        if export is None or export.status is not ExportStatus.PENDING:
            return None
        export.status, export.stage, export.progress = ExportStatus.PROCESSING, ExportStage.MIXING, 0
        export.attempt += 1
        export.heartbeat_at = utc_now()
        export.started_at = export.started_at or export.heartbeat_at
        return export


@repeatable
def beat_export(*, export_id: UUID, attempt: int) -> bool:
    """Record a sign of life; False when the render should stop (canceled, or taken over)."""
    with unit_of_work() as uow:
        export = _owned(uow, export_id=export_id, attempt=attempt)
        if export is None:
            return False
        export.heartbeat_at = utc_now()
        return export.cancel_requested_at is None


@repeatable
def report_progress(*, export: Export, progress: int, stage: ExportStage) -> None:
    """Record how far the render is and tell the room. Never goes back within an attempt."""
    with unit_of_work() as uow:
        row = _owned(uow, export_id=export.id, attempt=export.attempt)
        if row is None or row.progress > progress:
            return
        row.progress, row.stage, row.heartbeat_at = progress, stage, utc_now()
    announce(row)


@repeatable
def complete_export(*, export_id: UUID, attempt: int, rendered: Rendered) -> bool:
    """Mark the row completed; False when it was canceled or taken over, and the file is not wanted.

    A release is registered in the same transaction; raises `ReleaseRefused` when it cannot be.
    """
    with unit_of_work() as uow:
        export = _owned(uow, export_id=export_id, attempt=attempt)
        if export is None or export.cancel_requested_at is not None:
            return False
        for name, value in vars(rendered).items():
            setattr(export, name, value)
        if export.kind is ExportKind.RELEASE:
            register(uow, export)
        _settle(uow, export, ExportStatus.COMPLETED)
    announce(export)
    return True


@repeatable
def cancel_claimed(*, export_id: UUID, attempt: int) -> None:
    """Mark a render that stopped on request as canceled."""
    with unit_of_work() as uow:
        export = _owned(uow, export_id=export_id, attempt=attempt)
        if export is None:
            return
        _settle(uow, export, ExportStatus.CANCELED)
    announce(export)


@repeatable
def fail_export(*, export_id: UUID, attempt: int, slug: str, message: str) -> None:
    """Mark the row failed for a reason that a second try would not change."""
    with unit_of_work() as uow:
        export = _owned(uow, export_id=export_id, attempt=attempt)
        if export is None:
            return
        _fail(uow, export, slug=slug, message=message)
    announce(export)


@repeatable
def release_export(*, export_id: UUID, attempt: int, reason: str, is_fault: bool) -> None:
    """Give a row back: after a fault there is one more try; a worker that stops in order costs none."""
    with unit_of_work() as uow:
        export = _owned(uow, export_id=export_id, attempt=attempt)
        if export is None:
            return
        export.attempt -= 0 if is_fault else 1
        _retry_or_fail(uow, export, reason=reason)
    announce(export)


def requeue_stale_exports(uow: UnitOfWork, *, now: datetime, stale_after_s: int, limit: int = 100) -> int:
    """Queue active rows without a sign of life again; the number of them."""
    rows = lock_abandoned(
        uow.session,
        Export,
        working=ExportStatus.PROCESSING,
        waiting=ExportStatus.PENDING,
        now=now,
        stale_after_s=stale_after_s,
        queue_patience=QUEUE_PATIENCE,
        limit=limit,
    )
    for export in rows:
        log.warning("export_stale", export_id=str(export.id), attempt=export.attempt)
        if export.cancel_requested_at is not None:
            _settle(uow, export, ExportStatus.CANCELED)
        else:
            _retry_or_fail(uow, export, reason="The mixdown was interrupted; trying once more.")
    return len(rows)


def announce(export: Export) -> None:
    """Tell the room how the export stands. Lost frames do not matter: the row is the truth."""
    data = {
        "exportId": str(export.id),
        "status": str(export.status),
        "progress": export.progress,
        "stage": str(export.stage),
    }
    publish_ephemeral(room_channel(export.session_id), "export.progress", data)


def _owned(uow: UnitOfWork, *, export_id: UUID, attempt: int) -> Export | None:
    export = repository.find_for_work(uow.session, export_id=export_id)
    is_mine = export and export.status is ExportStatus.PROCESSING and export.attempt == attempt
    return export if is_mine else None


def _retry_or_fail(uow: UnitOfWork, export: Export, *, reason: str) -> None:
    if export.attempt >= ATTEMPTS_MAX:
        _fail(uow, export, slug="render-interrupted", message=GAVE_UP)
        return
    export.status, export.stage, export.progress = ExportStatus.PENDING, ExportStage.WAITING, 0
    export.heartbeat_at = utc_now()
    export.error_message = reason[:500] if export.attempt else None
    uow.session.flush()
    uow.enqueue(RENDER_EXPORT, export_id=str(export.id))


def _fail(uow: UnitOfWork, export: Export, *, slug: str, message: str) -> None:
    export.error_slug = slug[:64]
    _settle(uow, export, ExportStatus.FAILED)
    export.error_message = message[:500]
    uow.session.flush()


def _settle(uow: UnitOfWork, export: Export, status: ExportStatus) -> None:
    export.status, export.stage = status, ExportStage.DONE
    export.error_message = None
    export.heartbeat_at = None
    export.completed_at = utc_now()
    if status is ExportStatus.COMPLETED:
        export.progress = 100
    else:
        let_go(uow, export)
    uow.session.flush()
    _remove_leftovers(uow, export)


def _remove_leftovers(uow: UnitOfWork, export: Export) -> None:
    """Files of attempts that do not count: all of an export without a result, else those before."""
    if export.status is not ExportStatus.COMPLETED:
        uow.enqueue(DELETE_OBJECTS, prefix=f"exports/{export.id}/")
        return
    for attempt in range(1, export.attempt):
        uow.enqueue(DELETE_OBJECTS, prefix=f"exports/{export.id}/{attempt}/")
