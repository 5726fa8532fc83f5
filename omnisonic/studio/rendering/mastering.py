"""What happens to the whole mix before it is encoded: one static gain and, if asked for, a limiter.

The limiter works on four times as many samples, so that it also holds what lies between them, and
half a decibel below the ceiling for what the way back to 48 kHz adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ffmpeg

from omnisonic.studio.audio.levels import linear_from_db
from omnisonic.studio.audio.loudness import (
    CEILING_DBTP,
    TOLERANCE_LU,
    GainDecision,
    Loudness,
    LoudnessTarget,
)
from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ
from omnisonic.studio.rendering.ffmpeg_run import RenderRun
from omnisonic.studio.rendering.loudness_log import read_loudness, tap_loudness
from omnisonic.studio.rendering.mix_pass import CHANNELS, FloatMix
from omnisonic.studio.rendering.pcm_meter import PcmCodec, PcmMeter
from omnisonic.studio.rendering.process import open_pipes
from omnisonic.studio.rendering.progress import Progress
from omnisonic.studio.rendering.request import RenderStage

_OVERSAMPLED_HZ = 4 * SAMPLE_RATE_HZ
_FIRST_LIMIT_DB = CEILING_DBTP - 0.5
_MAX_DRIVE_DB = 12.0
_MAX_ROUNDS = 4
_LOG_FILE = "master-loudness.log"


@dataclass(frozen=True, kw_only=True)
class Mastering:
    """Static gain and, where `limit_db` is set, the limiter after it; `reason` is for the report."""

    gain_db: float
    limit_db: float | None = None
    reason: str | None = None

    @property
    def is_transparent(self) -> bool:
        """Whether the mix is left as it is."""
        return self.gain_db == 0 and self.limit_db is None

    def apply(self, stream: Any, *, length_samples: int) -> Any:
        """The stream with this mastering, still exactly as long."""
        if self.gain_db:
            factor = f"{linear_from_db(self.gain_db):.17g}"
            stream = stream.filter("volume", volume=factor, precision="float")
        if self.limit_db is None:
            return stream
        limited = (
            stream.filter("aresample", _OVERSAMPLED_HZ, resampler="soxr")
            .filter("alimiter", limit=f"{linear_from_db(self.limit_db):.9f}", level=0, latency=1)
            .filter("aresample", SAMPLE_RATE_HZ, resampler="soxr")
            .filter("aformat", sample_fmts="flt")
        )
        return limited.filter("apad", whole_len=length_samples).filter("atrim", end_sample=length_samples)


def static_gain(decision: GainDecision) -> Mastering:
    """Mastering without a limiter."""
    return Mastering(gain_db=decision.gain_db, reason=decision.reason)


def fit_limiter(mix: FloatMix, target: LoudnessTarget, run: RenderRun, *, progress: Progress) -> Mastering:
    """Find gain and limit that reach the target below the ceiling, by measuring a few times.

    A limiter takes loudness away, and how much depends on the music. Where the target cannot be had with
    12 dB of drive, the nearest is kept and the reason says so.
    """
    assert target.lufs is not None  # noqa: S101  (as-mixed never gets here)
    assert mix.loudness.lufs is not None  # noqa: S101  (nor does silence)
    start_db = target.lufs - mix.loudness.lufs
    gain_db, limit_db = start_db, _FIRST_LIMIT_DB
    reached = mix.loudness
    for _ in range(_MAX_ROUNDS):
        mastering = Mastering(gain_db=gain_db, limit_db=limit_db)
        reached = _measure(mix, mastering, run, progress=progress)
        missing_db = target.lufs - (reached.lufs if reached.lufs is not None else target.lufs)
        excess_db = max(0.0, (reached.true_peak_db or CEILING_DBTP) - CEILING_DBTP)
        if abs(missing_db) <= TOLERANCE_LU / 2 and excess_db == 0:
            return Mastering(gain_db=gain_db, limit_db=limit_db)
        if excess_db == 0 and gain_db >= start_db + _MAX_DRIVE_DB:
            break
        gain_db = min(gain_db + missing_db + excess_db, start_db + _MAX_DRIVE_DB)
        limit_db -= excess_db * 1.1
    reason = None
    if reached.lufs is not None and abs(reached.lufs - target.lufs) > TOLERANCE_LU:
        reason = (
            f"{reached.lufs:.1f} LUFS instead of {target.lufs:.1f}: "
            "driving the limiter harder would hurt the sound."
        )
    return Mastering(gain_db=mastering.gain_db, limit_db=mastering.limit_db, reason=reason)


def _measure(mix: FloatMix, mastering: Mastering, run: RenderRun, *, progress: Progress) -> Loudness:
    stream = mastering.apply(mix.open_stream(), length_samples=mix.length_samples)
    split = stream.filter_multi_output("asplit", 2)
    meter = PcmMeter(PcmCodec.F32, CHANNELS)
    with open_pipes() as pipes:
        outputs = [
            ffmpeg.output(
                split[0], pipes.open(meter.feed), f=PcmCodec.F32.muxer, **{"c:a": PcmCodec.F32.value}
            ),
            ffmpeg.output(tap_loudness(split[1], _LOG_FILE), "-", f="null"),
        ]
        run.execute(outputs, pipes, on_time_us=progress.at(RenderStage.MEASURING))
    return read_loudness(run.work_dir / _LOG_FILE, true_peak_dbtp=meter.true_peak_dbtp())
