"""One pass over an untrusted take: decode, resample, and measure what streams past on its way to FLAC."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, BinaryIO

import ffmpeg
import numpy as np

from omnisonic.studio.audio.loudness import Loudness
from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ
from omnisonic.studio.audio.peaks import PeakBuilder, PeakLevel, pack_levels
from omnisonic.studio.rendering.errors import MediaTooCostly, RenderCanceled, Truncated
from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg
from omnisonic.studio.rendering.flac_encoder import encoding_flac
from omnisonic.studio.rendering.loudness_log import read_loudness, tap_loudness
from omnisonic.studio.rendering.pcm_meter import PcmCodec, PcmMeter
from omnisonic.studio.rendering.probe import INPUT_OPTIONS, ProbedAudio
from omnisonic.studio.rendering.process import (
    ProcessBounds,
    ProcessFailed,
    ProcessStopped,
    ProcessTooSlow,
    Watch,
    open_pipes,
    run_ffmpeg,
)

# The default of 4 KiB spends more on waking FFmpeg's threads than on decoding. Whole blocks of FLAC at all
# usual widths of a sample.
_WAV_PACKET_BYTES = 24 * 4096
_LOG_FILE = "loudness.log"
_PEAK_LINE = re.compile(r"Peak level dB: (\S+)")
_FULL_SCALE = (1 << 23) - 1


@dataclass(frozen=True, kw_only=True)
class DecodedTake:
    """The canonical audio of a take and what was measured on the way; `source_peak_db` for float PCM only."""

    audio_path: Path
    peaks_path: Path
    peaks: list[PeakLevel]
    duration_samples: int
    pcm_sha256: str
    loudness: Loudness
    full_scale_samples: int
    source_peak_db: float | None


def decode_take(
    source: Path,
    work_dir: Path,
    probed: ProbedAudio,
    *,
    max_duration_s: int,
    bounds: ProcessBounds,
    should_cancel: Callable[[], bool],
) -> DecodedTake:
    """Write `audio.flac` and `peaks.dat` to `work_dir`.

    Reads one second past the limit, so that the caller sees a take that is longer than its header says.

    Raises `Truncated`, `MediaTooCostly` or `RenderCanceled`.
    """
    audio_path = work_dir / "audio.flac"
    encoding = encoding_flac(audio_path, channels=probed.channels, bounds=bounds, should_stop=should_cancel)
    with _in_our_words(), encoding as flac, open_pipes() as pipes:
        meter = _TakeMeter(probed.channels, copy_to=flac)
        command = _command(source, probed, max_duration_s=max_duration_s, pcm=pipes.open(meter.pcm.feed))
        watch = Watch(should_stop=should_cancel)
        log = run_ffmpeg(command, cwd=work_dir, pipes=pipes, bounds=bounds, watch=watch)
    true_peak_dbtp = meter.pcm.true_peak_dbtp()
    peaks = meter.peaks.finish()
    peaks_path = work_dir / "peaks.dat"
    peaks_path.write_bytes(pack_levels(peaks))
    loudness = read_loudness(work_dir / _LOG_FILE, true_peak_dbtp=true_peak_dbtp)
    (work_dir / _LOG_FILE).unlink()
    return DecodedTake(
        audio_path=audio_path,
        peaks_path=peaks_path,
        peaks=peaks,
        duration_samples=meter.pcm.frames,
        pcm_sha256=meter.pcm.pcm_sha256(),
        loudness=loudness,
        full_scale_samples=meter.full_scale_samples,
        source_peak_db=_source_peak_db(log) if probed.is_float_pcm else None,
    )


class _TakeMeter:
    """Feeds one stream of 24-bit PCM to the encoder, the hash, the true peak and the waveform."""

    def __init__(self, channels: int, *, copy_to: BinaryIO) -> None:
        self._channels = channels
        self.pcm = PcmMeter(PcmCodec.S24, channels, copy_to=copy_to, on_block=self._measure)
        self.peaks = PeakBuilder(channels, sample_rate_hz=SAMPLE_RATE_HZ)
        self.full_scale_samples = 0

    def _measure(self, frames: memoryview) -> None:
        # Little-endian: the third byte of each sample is its 8-bit value, floored.
        tops = np.frombuffer(frames, np.int8)[2::3].reshape(-1, self._channels).T.copy()
        self.peaks.add(tops.T)
        self._count_full_scale(frames, tops)

    def _count_full_scale(self, frames: memoryview, tops: np.ndarray[Any, np.dtype[np.int8]]) -> None:
        if tops.size and (tops.max() == 127 or tops.min() == -128):
            words = np.frombuffer(frames, np.uint8).reshape(-1, 3)
            packed = words[(words[:, 2] == 127) | (words[:, 2] == 128)].astype(np.int32)
            low = packed[:, 0] | packed[:, 1] << 8
            positive = packed[:, 2] == 127
            clipped = np.where(positive, low == 0xFFFF, low == 0)
            self.full_scale_samples += int(np.count_nonzero(clipped))


def _command(source: Path, probed: ProbedAudio, *, max_duration_s: int, pcm: str) -> list[str]:
    options: dict[str, Any] = {**INPUT_OPTIONS, "f": probed.format_name, "t": max_duration_s + 1}
    if probed.format_name == "wav":
        options["max_size"] = _WAV_PACKET_BYTES
    if probed.codec_name == "flac":
        options["err_detect"] = "crccheck+explode"  # a damaged frame must be missing, not noise
    stream = ffmpeg.input(f"file:{source.absolute()}", **options)["a:0"]
    if probed.is_float_pcm:
        stream = stream.filter("astats", measure_perchannel="none", measure_overall="Peak_level")
    if probed.sample_rate_hz != SAMPLE_RATE_HZ:
        stream = stream.filter("aresample", SAMPLE_RATE_HZ, resampler="soxr", precision=28)
    stream = stream.filter("aformat", sample_fmts="s32", sample_rates=SAMPLE_RATE_HZ)
    split = stream.filter_multi_output("asplit", 2)
    raw = ffmpeg.output(split[0], pcm, f=PcmCodec.S24.muxer, **{"c:a": PcmCodec.S24.value})
    loudness = ffmpeg.output(tap_loudness(split[1], _LOG_FILE), "-", f="null")
    command: list[str] = ffmpeg.merge_outputs(raw, loudness).compile(cmd=find_ffmpeg().path)
    return [*command, "-y"]


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except ProcessFailed as error:
        raise Truncated(
            "The audio is damaged and cannot be decoded to its end. Copy or export it again."
        ) from error
    except ProcessTooSlow as error:
        raise MediaTooCostly("Decoding this file took too long. Export it as WAV or FLAC.") from error
    except ProcessStopped as error:
        raise RenderCanceled("Reading the upload was stopped.") from error


def _source_peak_db(log: str) -> float:
    found = _PEAK_LINE.findall(log)
    return float(found[-1]) if found else -inf
