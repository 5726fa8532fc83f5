"""First run: the manifest becomes raw 32-bit float stereo on disk, measured while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from omnisonic.studio.audio.ffmpeg_graph import build_mix_graph, graph_text
from omnisonic.studio.audio.loudness import Loudness
from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ, MixManifest, heard_tracks
from omnisonic.studio.rendering.errors import RenderFailed
from omnisonic.studio.rendering.ffmpeg_run import RenderRun
from omnisonic.studio.rendering.loudness_log import read_loudness, tap_loudness
from omnisonic.studio.rendering.pcm_meter import PcmCodec, PcmMeter
from omnisonic.studio.rendering.process import open_pipes
from omnisonic.studio.rendering.progress import Progress
from omnisonic.studio.rendering.request import RenderStage

CHANNELS = 2
_MIX_FILE = "mix.f32"
_LOG_FILE = "mix-loudness.log"


@dataclass(frozen=True, kw_only=True)
class FloatMix:
    """The mix before any loudness gain, and what it measures; `over_samples` are beyond ±1."""

    path: Path
    length_samples: int
    loudness: Loudness
    over_samples: int
    graph: str

    def open_stream(self) -> Any:
        """The mix as an FFmpeg input."""
        return ffmpeg.input(
            f"file:{self.path.absolute()}",
            f=PcmCodec.F32.muxer,
            ar=SAMPLE_RATE_HZ,
            ac=CHANNELS,
            protocol_whitelist="file,pipe",
        ).audio


def mix_to_float(
    manifest: MixManifest,
    audio_paths: Mapping[str, Path],
    durations: Mapping[str, int],
    run: RenderRun,
    *,
    progress: Progress,
) -> FloatMix:
    """Sum the heard tracks into `mix.f32`; raises `RenderCanceled` or `RenderFailed`."""
    heard = {track.id for track in heard_tracks(manifest)}
    paths = {key: f"file:{path.absolute()}" for key, path in audio_paths.items() if key in heard}
    mix_path, log_path = run.work_dir / _MIX_FILE, run.work_dir / _LOG_FILE
    split = build_mix_graph(manifest, paths, durations=durations).filter_multi_output("asplit", 2)
    with mix_path.open("wb") as copy, open_pipes() as pipes:
        meter = PcmMeter(PcmCodec.F32, CHANNELS, copy_to=copy)
        outputs = [
            ffmpeg.output(
                split[0], pipes.open(meter.feed), f=PcmCodec.F32.muxer, **{"c:a": PcmCodec.F32.value}
            ),
            ffmpeg.output(tap_loudness(split[1], _LOG_FILE), "-", f="null"),
        ]
        run.execute(outputs, pipes, on_time_us=progress.at(RenderStage.MIXING))
    if meter.frames != manifest.length_samples:
        raise RenderFailed(f"The mix came out {meter.frames} samples long, not {manifest.length_samples}.")
    loudness = read_loudness(log_path, true_peak_dbtp=meter.true_peak_dbtp())
    log_path.unlink()
    return FloatMix(
        path=mix_path,
        length_samples=manifest.length_samples,
        loudness=loudness,
        over_samples=meter.over_samples(),
        graph=graph_text(*outputs),
    )
