"""Renders a mix manifest to files: mix to float once, measure, one static gain, encode, measure again.

The float mix lies in `work_dir` between the two FFmpeg runs, so memory does not grow with the length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from omnisonic.studio.audio.loudness import decide_gain
from omnisonic.studio.audio.manifest import (
    SAMPLE_RATE_HZ,
    ManifestError,
    MixManifest,
    check_durations,
    heard_tracks,
)
from omnisonic.studio.rendering.encode import EncodedFile, encode_mix
from omnisonic.studio.rendering.errors import RenderRefused
from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg
from omnisonic.studio.rendering.ffmpeg_run import RenderRun
from omnisonic.studio.rendering.mastering import Mastering, fit_limiter, static_gain
from omnisonic.studio.rendering.mix_pass import FloatMix, mix_to_float
from omnisonic.studio.rendering.probe import read_canonical
from omnisonic.studio.rendering.progress import OnProgress, Progress, ignore_progress
from omnisonic.studio.rendering.report import report_loudness
from omnisonic.studio.rendering.request import RenderLimits, RenderRequest, RenderResult
from omnisonic.studio.rendering.tags import write_tags


def render_mix(
    manifest: MixManifest,
    audio_paths: Mapping[str, Path],
    request: RenderRequest,
    work_dir: Path,
    *,
    on_progress: OnProgress = ignore_progress,
    should_cancel: Callable[[], bool] = lambda: False,
    limits: RenderLimits | None = None,
) -> RenderResult:
    """Render one file into `work_dir`, which is empty and the caller's to remove.

    `audio_paths` are canonical FLACs by track id. See `render_mixes` for the rest.
    """
    [result] = render_mixes(
        manifest,
        audio_paths,
        [request],
        work_dir,
        on_progress=on_progress,
        should_cancel=should_cancel,
        limits=limits,
    )
    return result


def render_mixes(
    manifest: MixManifest,
    audio_paths: Mapping[str, Path],
    requests: Sequence[RenderRequest],
    work_dir: Path,
    *,
    on_progress: OnProgress = ignore_progress,
    should_cancel: Callable[[], bool] = lambda: False,
    limits: RenderLimits | None = None,
) -> list[RenderResult]:
    """Render several files of one mix from one pass; they share the loudness target and the limiter.

    `on_progress(percent, stage)` rises to 95; storing has the rest. Raises `RenderRefused` (nothing to
    hear, too long, audio that does not fit the manifest), `RenderCanceled`, `RenderFailed` or
    `FFmpegUnusable`; after any of these no child runs and nothing new is left in `work_dir`.
    """
    limits = limits or RenderLimits()
    before = set(work_dir.iterdir())
    try:
        durations = _check(manifest, audio_paths, requests, limits=limits)
        progress = Progress(on_progress, length_samples=manifest.length_samples)
        run = RenderRun(
            work_dir=work_dir,
            bounds=limits.process_bounds(manifest.length_samples),
            should_cancel=should_cancel,
        )
        mix = mix_to_float(manifest, audio_paths, durations, run, progress=progress)
        mastering = _master(mix, requests[0], run, progress=progress)
        files, encode_graph = encode_mix(mix, mastering, requests, run, progress=progress)
        results = [_finish(file, mix, mastering, f"{mix.graph}\n{encode_graph}") for file in files]
        _remove_others(work_dir, keep=before | {result.path for result in results})
    except BaseException:
        _remove_others(work_dir, keep=before)
        raise
    progress.finish()
    return results


def _check(
    manifest: MixManifest,
    audio_paths: Mapping[str, Path],
    requests: Sequence[RenderRequest],
    *,
    limits: RenderLimits,
) -> dict[str, int]:
    """Durations by track id, once everything fits."""
    if len({(request.loudness, request.limiter) for request in requests}) != 1:
        raise RenderRefused("Files rendered together share one loudness target; export them one by one.")
    if not heard_tracks(manifest):
        raise RenderRefused("No track can be heard. Unmute at least one track, then export again.")
    if manifest.length_samples > limits.max_duration_s * SAMPLE_RATE_HZ:
        raise RenderRefused(
            f"The mix lasts {manifest.length_samples / SAMPLE_RATE_HZ:.0f} s; exports are limited to "
            f"{limits.max_duration_s:.0f} s. Move or trim the last clip."
        )
    audio = {track_id: read_canonical(path) for track_id, path in audio_paths.items()}
    for track in manifest.tracks:
        found = audio.get(track.id)
        if found is not None and (found.channels, found.sample_rate_hz) != (track.channels, SAMPLE_RATE_HZ):
            raise RenderRefused(f"The audio of track {track.id} is not what the mix was made with.")
    durations = {track_id: found.duration_samples for track_id, found in audio.items()}
    try:
        check_durations(manifest, durations)
    except ManifestError as error:
        raise RenderRefused(f"The mix does not fit its audio: {error}.") from error
    return durations


def _master(mix: FloatMix, request: RenderRequest, run: RenderRun, *, progress: Progress) -> Mastering:
    decision = decide_gain(mix.loudness, request.loudness)
    if decision.capped and request.limiter:
        return fit_limiter(mix, request.loudness, run, progress=progress)
    return static_gain(decision)


def _finish(file: EncodedFile, mix: FloatMix, mastering: Mastering, graph: str) -> RenderResult:
    write_tags(file.path, file.request.format, file.request.tags)
    return RenderResult(
        path=file.path,
        size_bytes=file.path.stat().st_size,
        mime_type=file.request.format.mime_type,
        frames=file.frames,
        sample_rate_hz=file.request.sample_rate_hz,
        pcm_sha256=file.pcm_sha256,
        loudness=report_loudness(file, mix, mastering),
        over_samples=mix.over_samples if mastering.is_transparent else 0,
        ffmpeg_version=find_ffmpeg().version,
        graph=graph,
    )


def _remove_others(work_dir: Path, *, keep: set[Path]) -> None:
    for path in set(work_dir.iterdir()) - keep:
        path.unlink()
