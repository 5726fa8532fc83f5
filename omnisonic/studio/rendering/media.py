"""Turns an upload into what the studio plays: 48 kHz FLAC, peaks, loudness and hashes, in one decode.

A take that breaks off is refused rather than salvaged: a chorus that silently went missing is found at
the mastering session. Floating-point takes above 0 dBFS are refused rather than clipped or turned down.
Decoded MP3 and resampled audio may pass full scale between two samples; that is clipped, as every player
does, and counted in `full_scale_samples`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from omnisonic.studio.audio.levels import linear_from_db
from omnisonic.studio.audio.loudness import Loudness
from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ
from omnisonic.studio.audio.peaks import PeakLevel
from omnisonic.studio.rendering.artwork import reencode_artwork
from omnisonic.studio.rendering.completeness import breaks_off
from omnisonic.studio.rendering.decode import DecodedTake, decode_take
from omnisonic.studio.rendering.errors import (
    EmptyFile,
    OddSampleRate,
    OverFullScale,
    TooLong,
    TooManyChannels,
    Truncated,
)
from omnisonic.studio.rendering.probe import (
    MediaKind,
    ProbedAudio,
    looks_like_image,
    probe_audio,
    read_head,
)
from omnisonic.studio.rendering.process import ProcessBounds

# An estimate by a lossy codec leaves out its own delay; PCM and FLAC count samples.
_SLACK_LOSSY_S = 0.25
_SLACK_EXACT_S = 0.002


@dataclass(frozen=True, kw_only=True)
class MediaLimits:
    """What one take may be and what reading it may cost."""

    max_duration_s: int = 30 * 60
    max_channels: int = 2
    min_sample_rate_hz: int = 8_000
    max_sample_rate_hz: int = 192_000
    wall_clock_s: float = 300.0
    address_space_bytes: int = 4 << 30

    def process_bounds(self) -> ProcessBounds:
        """Bounds of the child; 24-bit FLAC is never longer than its PCM by more than a little."""
        pcm_bytes = (self.max_duration_s + 2) * SAMPLE_RATE_HZ * self.max_channels * 3
        return ProcessBounds(
            wall_clock_s=self.wall_clock_s,
            address_space_bytes=self.address_space_bytes,
            file_size_bytes=pcm_bytes + pcm_bytes // 8,
        )


@dataclass(frozen=True, kw_only=True)
class MediaResult:
    """What came of an upload. Paths lie in the caller's work folder; audio fields are None for pictures."""

    kind: MediaKind
    mime_type: str
    source_sample_rate_hz: int | None = None
    channels: int | None = None
    duration_samples: int | None = None
    audio_path: Path | None = None
    pcm_sha256: str | None = None
    peaks_path: Path | None = None
    peaks: list[PeakLevel] = field(default_factory=list)
    loudness: Loudness | None = None
    full_scale_samples: int = 0
    artwork_path: Path | None = None


def process_media(
    source: Path,
    work_dir: Path,
    limits: MediaLimits | None = None,
    *,
    should_cancel: Callable[[], bool] = lambda: False,
) -> MediaResult:
    """Read `source` and write `audio.flac` and `peaks.dat` (or `artwork.*`) into the empty `work_dir`.

    `pcm_sha256` is over the canonical audio as interleaved 24-bit little-endian PCM at 48 kHz.
    Raises a `MediaRejected` with its reason, or `RenderCanceled`.
    """
    limits = limits or MediaLimits()
    head = read_head(source)
    if looks_like_image(head):
        path, mime_type = reencode_artwork(source, work_dir)
        return MediaResult(kind=MediaKind.IMAGE, mime_type=mime_type, artwork_path=path)
    probed = probe_audio(source)
    _check_header(probed, limits)
    if breaks_off(source):
        raise Truncated("The file announces more audio than it holds. Copy or export it again.")
    take = decode_take(
        source,
        work_dir,
        probed,
        max_duration_s=limits.max_duration_s,
        bounds=limits.process_bounds(),
        should_cancel=should_cancel,
    )
    _check_take(take, probed, limits)
    return MediaResult(
        kind=probed.kind,
        mime_type=probed.mime_type,
        source_sample_rate_hz=probed.sample_rate_hz,
        channels=probed.channels,
        duration_samples=take.duration_samples,
        audio_path=take.audio_path,
        pcm_sha256=take.pcm_sha256,
        peaks_path=take.peaks_path,
        peaks=take.peaks,
        loudness=take.loudness,
        full_scale_samples=take.full_scale_samples,
    )


def _check_header(probed: ProbedAudio, limits: MediaLimits) -> None:
    if probed.channels > limits.max_channels:
        raise TooManyChannels(
            f"The file has {probed.channels} channels; a take has one or two. "
            "Export it as stereo, or each channel as a mono file of its own."
        )
    if not limits.min_sample_rate_hz <= probed.sample_rate_hz <= limits.max_sample_rate_hz:
        raise OddSampleRate(
            f"The sample rate is {probed.sample_rate_hz} Hz; "
            f"{limits.min_sample_rate_hz} to {limits.max_sample_rate_hz} Hz work. Export it at 48 kHz."
        )
    if probed.declared_s is not None and probed.declared_s > limits.max_duration_s:
        raise _too_long(probed.declared_s, limits)


def _check_take(take: DecodedTake, probed: ProbedAudio, limits: MediaLimits) -> None:
    real_s = take.duration_samples / SAMPLE_RATE_HZ
    if take.duration_samples == 0:
        raise EmptyFile("The file has a header but no audio. Export the take again.")
    if real_s > limits.max_duration_s:
        raise _too_long(real_s, limits)
    slack_s = _SLACK_EXACT_S if probed.is_exact else _SLACK_LOSSY_S
    if probed.declared_s is not None and real_s < probed.declared_s - slack_s:
        raise Truncated(
            f"The file announces {_clock(probed.declared_s)} but only {_clock(real_s)} can be read. "
            "Copy or export it again."
        )
    if take.source_peak_db is not None and linear_from_db(take.source_peak_db) > 1.0:
        raise OverFullScale(
            f"The take peaks at +{take.source_peak_db:.1f} dBFS. Lower it by at least "
            f"{take.source_peak_db:.1f} dB and export it again, so that nothing is clipped."
        )


def _too_long(duration_s: float, limits: MediaLimits) -> TooLong:
    return TooLong(
        f"The take lasts {_clock(duration_s)}; the limit is {_clock(limits.max_duration_s)}. "
        "Cut it into parts and upload them as separate tracks."
    )


def _clock(duration_s: float) -> str:
    hours, rest = divmod(duration_s, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours:.0f}:{minutes:02.0f}:{int(seconds):02d} h"
    return f"{minutes:.0f}:{seconds:04.1f} min"
