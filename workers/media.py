"""Jobs on uploads: make a file ready to be heard, remove objects that nobody needs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from omnisonic.platform.errors import OmnisonicError, ServiceUnavailable
from omnisonic.platform.logging import get_logger
from omnisonic.platform.storage import get_storage
from omnisonic.studio.rendering.errors import MediaRejected
from omnisonic.studio.rendering.media import MediaResult, process_media
from omnisonic.studio.uploads import lifecycle, multipart
from omnisonic.studio.uploads.models import Upload, UploadKind
from omnisonic.studio.uploads.service import ARTWORK_NAME, AUDIO_NAME, AUDIO_TYPE, original_key, prefix_of
from workers.row_job import RowJob
from workers.runtime import RowHeartbeat

log = get_logger(__name__)


def process_upload(upload_id: str) -> None:
    """Decode an upload once, store what came of it and settle its row. Safe to run twice."""
    upload = lifecycle.claim_upload(upload_id=UUID(upload_id))
    if upload is not None:
        _UploadJob(upload).run()


def remove_parts(upload_id: str, storage_upload_id: str) -> None:
    """Remove what arrived of an aborted upload in parts. Safe to run twice."""
    multipart.remove_parts(UUID(upload_id), storage_upload_id)


def delete_objects(prefix: str) -> None:
    """Remove every object below `prefix`; fine when there is none."""
    if not prefix.startswith(("uploads/", "exports/")) or not prefix.endswith("/"):
        raise ValueError(f"refusing to delete objects below {prefix!r}")
    get_storage().delete_prefix(prefix)


class _UploadJob(RowJob[lifecycle.Processed]):
    refusals = (MediaRejected,)

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.owned: dict[str, Any] = {"upload_id": upload.id, "attempt": upload.attempt}

    def beat(self) -> bool:
        return lifecycle.beat_upload(**self.owned)

    def work(self, folder: Path, heart: RowHeartbeat) -> lifecycle.Processed:
        source = folder / "source"
        get_storage().download(original_key(self.upload.id), source)
        if _sha256(source) != self.upload.sha256:
            raise ServiceUnavailable("The stored file differs from what was uploaded.")
        made = folder / "made"
        made.mkdir()
        result = process_media(source, made, should_cancel=lambda: heart.stop_reason is not None)
        heart.check()
        _store(self.upload, result)
        return _facts(result)

    def finish(self, result: lifecycle.Processed) -> None:
        if not lifecycle.finish_upload(**self.owned, result=result):
            self.let_go()

    def refuse(self, error: OmnisonicError) -> None:
        reason = f"{error.title}. {error.detail}"
        lifecycle.reject_upload(**self.owned, slug=error.slug, reason=reason)

    def release(self, error: BaseException | None, *, is_fault: bool) -> None:
        log.info("upload_released", upload_id=str(self.upload.id), error=type(error).__name__)
        lifecycle.release_upload(**self.owned, is_fault=is_fault)

    def let_go(self) -> None:
        log.warning("upload_disowned", upload_id=str(self.upload.id))


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
