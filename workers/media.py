"""Jobs on uploads: make a file ready to be heard, remove objects that nobody needs."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.logging import get_logger
from omnisonic.platform.storage import get_storage
from omnisonic.studio.rendering.errors import MediaRejected, RenderCanceled
from omnisonic.studio.rendering.media import MediaResult, process_media
from omnisonic.studio.uploads import lifecycle, multipart
from omnisonic.studio.uploads.models import Upload, UploadKind
from omnisonic.studio.uploads.service import ARTWORK_NAME, AUDIO_NAME, AUDIO_TYPE, original_key, prefix_of
from workers.runtime import JobStopped, RowHeartbeat, StopReason, work_folder

log = get_logger(__name__)


def process_upload(upload_id: str) -> None:
    """Decode an upload once, store what came of it and settle its row. Safe to run twice."""
    upload = lifecycle.claim_upload(upload_id=UUID(upload_id))
    if upload is None:
        return
    owned: dict[str, Any] = {"upload_id": upload.id, "attempt": upload.attempt}
    heart = RowHeartbeat(partial(lifecycle.beat_upload, **owned))
    try:
        with work_folder() as folder, heart:
            result = _process(upload, folder, heart)
            heart.check()
            _store(upload, result)
            facts = _facts(result)
        if not lifecycle.finish_upload(**owned, result=facts):
            log.warning("upload_disowned", upload_id=upload_id)
    except MediaRejected as error:
        log.info("upload_rejected", upload_id=upload_id, slug=error.slug)
        lifecycle.reject_upload(**owned, slug=error.slug, reason=f"{error.title}. {error.detail}")
    except (JobStopped, RenderCanceled) as error:
        reason = error.reason if isinstance(error, JobStopped) else heart.stop_reason
        lifecycle.release_upload(**owned, is_fault=reason is not StopReason.SHUTDOWN)
    except BaseException as error:  # whatever broke, the row must not stay at "processing"
        log.exception("upload_failed", upload_id=upload_id, error=type(error).__name__)
        lifecycle.release_upload(**owned, is_fault=True)
        raise


def remove_parts(upload_id: str, storage_upload_id: str) -> None:
    """Remove what arrived of an aborted upload in parts. Safe to run twice."""
    multipart.remove_parts(UUID(upload_id), storage_upload_id)


def delete_objects(prefix: str) -> None:
    """Remove every object below `prefix`; fine when there is none."""
    if not prefix.startswith(("uploads/", "exports/")) or not prefix.endswith("/"):
        raise ValueError(f"refusing to delete objects below {prefix!r}")
    get_storage().delete_prefix(prefix)


def _process(upload: Upload, folder: Path, heart: RowHeartbeat) -> MediaResult:
    source = folder / "source"
    get_storage().download(original_key(upload.id), source)
    if _sha256(source) != upload.sha256:
        raise ServiceUnavailable("The stored file differs from what was uploaded.")
    made = folder / "made"
    made.mkdir()
    return process_media(source, made, should_cancel=lambda: heart.stop_reason is not None)


def _store(upload: Upload, result: MediaResult) -> None:
    storage, prefix = get_storage(), prefix_of(upload.id)
    if result.artwork_path is not None:
        storage.put_file(prefix + ARTWORK_NAME, result.artwork_path, result.mime_type)
    if result.audio_path is not None:
        storage.put_file(prefix + AUDIO_NAME, result.audio_path, AUDIO_TYPE)
        for level in result.peaks:
            path = result.audio_path.with_name(f"peaks-{level.samples_per_pixel}.dat")
            path.write_bytes(level.to_dat())
            storage.put_file(prefix + path.name, path, "application/octet-stream")


def _facts(result: MediaResult) -> lifecycle.Processed:
    if result.audio_path is None:
        return lifecycle.Processed(kind=UploadKind.IMAGE, mime_type=result.mime_type)
    loudness = result.loudness
    return lifecycle.Processed(
        kind=UploadKind(result.kind),
        duration_samples=result.duration_samples,
        sample_rate=result.source_sample_rate_hz,
        channels=result.channels,
        lufs=loudness.lufs if loudness else None,
        true_peak_db=loudness.true_peak_db if loudness else None,
        audio_sha256=_sha256(result.audio_path),
        audio_size=result.audio_path.stat().st_size,
        pcm_sha256=result.pcm_sha256,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
