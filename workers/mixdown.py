"""The job that renders an export: fetch the takes, mix, measure, encode, store, settle the row."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from omnisonic.platform.errors import NotFound, OmnisonicError, ServiceUnavailable
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage
from omnisonic.studio.audio.loudness import parse_target
from omnisonic.studio.audio.manifest import MixManifest, parse_manifest
from omnisonic.studio.exports import lifecycle
from omnisonic.studio.exports.errors import ReleaseRefused
from omnisonic.studio.exports.models import Export, ExportStage
from omnisonic.studio.rendering.errors import RenderRefused
from omnisonic.studio.rendering.mixdown import render_mix
from omnisonic.studio.rendering.report import build_certificate
from omnisonic.studio.rendering.request import (
    RenderFormat,
    RenderLimits,
    RenderRequest,
    RenderTags,
)
from omnisonic.studio.uploads.service import AUDIO_NAME, prefix_of
from workers.row_job import RowJob
from workers.runtime import RowHeartbeat

PROGRESS_EVERY_S = 0.5
RENDER_SHARE = 0.95  # the rest of the bar is for storing
TAKE_GONE = "A take of this mix was removed after the export was requested. Export the mix as it is now."
INTERRUPTED = "The mixdown was interrupted; trying once more."


def render_export(export_id: str) -> None:
    """Render one export and settle its row. Safe to run twice: only a pending row is taken."""
    export = lifecycle.claim_export(export_id=UUID(export_id))
    if export is not None:
        _ExportJob(export).run()


class _ExportJob(RowJob[lifecycle.Rendered]):
    refusals = (RenderRefused, ReleaseRefused)

    def __init__(self, export: Export) -> None:
        self.export = export
        self.owned: dict[str, Any] = {"export_id": export.id, "attempt": export.attempt}

    def beat(self) -> bool:
        return lifecycle.beat_export(**self.owned)

    def work(self, folder: Path, heart: RowHeartbeat) -> lifecycle.Rendered:
        return _render(self.export, folder, heart)

    def finish(self, result: lifecycle.Rendered) -> None:
        if not lifecycle.complete_export(**self.owned, rendered=result):
            get_storage().delete(result.storage_key)
            self.let_go()

    def refuse(self, error: OmnisonicError) -> None:
        lifecycle.fail_export(**self.owned, slug=error.slug, message=error.detail)

    def release(self, error: BaseException | None, *, is_fault: bool) -> None:
        reason = error.detail if isinstance(error, OmnisonicError) else INTERRUPTED
        lifecycle.release_export(**self.owned, reason=reason, is_fault=is_fault)

    def let_go(self) -> None:
        lifecycle.cancel_claimed(**self.owned)


def _render(export: Export, folder: Path, heart: RowHeartbeat) -> lifecycle.Rendered:
    manifest = parse_manifest(export.manifest)
    takes = _fetch_takes(export, manifest, folder, heart)
    credited = lifecycle.credits_of(export=export)
    made = folder / "made"
    made.mkdir()
    report = _ProgressReport(export)
    request = _request(export, credited)
    result = render_mix(
        manifest,
        takes,
        request,
        made,
        on_progress=report,
        should_cancel=lambda: heart.stop_reason is not None,
        limits=RenderLimits(max_duration_s=get_settings().export_max_duration_seconds),
    )
    heart.check()
    report.storing()
    # A key per attempt: one that was taken over must neither replace nor remove the other's file.
    key = f"exports/{export.id}/{export.attempt}/mix.{export.format}"
    get_storage().put_file(key, result.path, result.mime_type)
    return lifecycle.Rendered(
        storage_key=key,
        file_size=result.size_bytes,
        pcm_sha256=result.pcm_sha256,
        loudness=result.loudness.to_json(),
        certificate=build_certificate(
            manifest,
            request,
            result,
            input_sha256={track.id: track.audio_sha256 for track in manifest.tracks},
            contributors=[{"name": name} for name in credited.contributors],
            release=credited.release,
        ),
    )


def _fetch_takes(export: Export, manifest: MixManifest, folder: Path, heart: RowHeartbeat) -> dict[str, Path]:
    """The canonical audio of every track, each file fetched once and checked against the manifest."""
    paths: dict[str, Path] = {}
    for track in manifest.tracks:
        path = folder / f"{track.audio_sha256}.flac"
        if not path.exists():
            heart.check()
            upload_id = UUID(export.inputs[track.id])
            try:
                get_storage().download(prefix_of(upload_id) + AUDIO_NAME, path)
            except NotFound:
                raise RenderRefused(TAKE_GONE) from None
            if _sha256(path) != track.audio_sha256:
                raise ServiceUnavailable("A stored take differs from the one in the mix.")
        paths[track.id] = path
    return paths


def _request(export: Export, credited: lifecycle.Credits) -> RenderRequest:
    release = credited.release
    what = "Draft" if release is None else f"Release, split sheet {release['sheetSha256'][:16]},"
    tags = RenderTags(
        title=credited.title,
        artist=", ".join(credited.contributors[:8]) or None,
        comment=f"{what} from Omnisonic, manifest {export.manifest_sha256[:16]}",
        isrc=None if release is None else release["isrc"],
    )
    return RenderRequest(
        format=RenderFormat(export.format),
        bit_depth=export.bit_depth,
        sample_rate_hz=export.sample_rate,
        loudness=parse_target(export.loudness_target["target"]),
        limiter=export.limiter,
        tags=tags,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class _ProgressReport:
    """Passes a render's progress on, at most twice a second and at every new stage."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._stage: ExportStage | None = None
        self._reported_s = 0.0

    def __call__(self, percent: int, stage: str) -> None:
        self._report(int(percent * RENDER_SHARE), ExportStage(stage))

    def storing(self) -> None:
        """The file is made and goes to storage."""
        self._report(int(100 * RENDER_SHARE), ExportStage.STORING)

    def _report(self, percent: int, stage: ExportStage) -> None:
        now_s = time.monotonic()
        if stage is self._stage and now_s - self._reported_s < PROGRESS_EVERY_S:
            return
        self._stage, self._reported_s = stage, now_s
        lifecycle.report_progress(export=self._export, progress=percent, stage=stage)
