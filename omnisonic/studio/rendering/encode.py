"""Second run: the float mix becomes the delivered files, and the PCM in them is hashed and measured."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from omnisonic.studio.audio.ffmpeg_graph import graph_text
from omnisonic.studio.audio.loudness import Loudness
from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ
from omnisonic.studio.rendering.ffmpeg_run import RenderRun
from omnisonic.studio.rendering.loudness_log import read_loudness, tap_loudness
from omnisonic.studio.rendering.mastering import Mastering
from omnisonic.studio.rendering.mix_pass import CHANNELS, FloatMix
from omnisonic.studio.rendering.mp3_meter import Mp3Meter
from omnisonic.studio.rendering.pcm_meter import PcmCodec, PcmMeter
from omnisonic.studio.rendering.process import PipeSet, open_pipes
from omnisonic.studio.rendering.progress import Progress
from omnisonic.studio.rendering.request import RenderFormat, RenderRequest, RenderStage

_BIT_EXACT = {"map_metadata": -1, "fflags": "+bitexact", "flags:a": "+bitexact"}
_MP3_BIT_RATE = "320k"
_SAMPLE_FORMATS = {PcmCodec.S16: "s16", PcmCodec.S24: "s32", PcmCodec.F32: "flt"}


@dataclass(frozen=True)
class EncodedFile:
    """One file as it was encoded, before tags; `loudness` is that of the file, decoded."""

    request: RenderRequest
    path: Path
    frames: int
    pcm_sha256: str
    loudness: Loudness


@dataclass(frozen=True)
class _Pcm:
    """One stream of final PCM; files that hold the same samples share it."""

    sample_rate_hz: int
    codec: PcmCodec

    @property
    def log_file(self) -> str:
        return f"loudness-{self.sample_rate_hz}-{self.codec}.log"


def encode_mix(
    mix: FloatMix,
    mastering: Mastering,
    requests: Sequence[RenderRequest],
    run: RenderRun,
    *,
    progress: Progress,
) -> tuple[list[EncodedFile], str]:
    """Encode all files in one run; returns them in the order of `requests`, and the graph's text."""
    paths = [run.work_dir / f"mixdown-{n}.{request.format}" for n, request in enumerate(requests)]
    groups: dict[_Pcm, list[int]] = {}
    for index, request in enumerate(requests):
        groups.setdefault(_Pcm(request.sample_rate_hz, request.pcm_codec), []).append(index)
    meters = {pcm: PcmMeter(pcm.codec, CHANNELS) for pcm in groups}
    mp3_meters = {
        index: Mp3Meter(paths[index].name, frames=_resampled(mix.length_samples, request.sample_rate_hz))
        for index, request in enumerate(requests)
        if request.format is RenderFormat.MP3
    }
    master = mastering.apply(mix.open_stream(), length_samples=mix.length_samples)
    branches = _split(master, len(groups))
    outputs: list[Any] = []
    # The pipes close before the pool waits: then a decoder of packets that never came sees their end.
    with ThreadPoolExecutor() as pool, open_pipes() as pipes:
        for branch, (pcm, indexes) in zip(branches, groups.items(), strict=True):
            files = [_output_options(requests[n], paths[n], mp3_meters.get(n), pipes) for n in indexes]
            outputs += _group_outputs(branch, pcm, files, pipe=pipes.open(meters[pcm].feed))
        decoded = {index: pool.submit(meter.measure, run) for index, meter in mp3_meters.items()}
        run.execute(outputs, pipes, on_time_us=progress.at(RenderStage.ENCODING))
    measured = {
        pcm: read_loudness(run.work_dir / pcm.log_file, true_peak_dbtp=meter.true_peak_dbtp())
        for pcm, meter in meters.items()
    }
    encoded = []
    for index, (request, path) in enumerate(zip(requests, paths, strict=True)):
        pcm = _Pcm(request.sample_rate_hz, request.pcm_codec)
        loudness = decoded[index].result() if index in decoded else measured[pcm]
        encoded.append(EncodedFile(request, path, meters[pcm].frames, meters[pcm].pcm_sha256(), loudness))
    return encoded, graph_text(*outputs)


def _group_outputs(stream: Any, pcm: _Pcm, files: list[dict[str, Any]], *, pipe: str) -> list[Any]:
    branches = _split(_convert(stream, pcm), len(files) + 2)
    outputs = [
        ffmpeg.output(branch, **options, **_BIT_EXACT)
        for branch, options in zip(branches, files, strict=False)
    ]
    raw = ffmpeg.output(branches[-2], pipe, f=pcm.codec.muxer, **{"c:a": pcm.codec.value})
    loudness = ffmpeg.output(tap_loudness(branches[-1], pcm.log_file), "-", f="null")
    return [*outputs, raw, loudness]


def _convert(stream: Any, pcm: _Pcm) -> Any:
    """Final rate and sample format; triangular dither only on the step to 16 bit."""
    options: dict[str, Any] = {"osf": _SAMPLE_FORMATS[pcm.codec]}
    if pcm.sample_rate_hz != SAMPLE_RATE_HZ:
        options |= {"osr": pcm.sample_rate_hz, "resampler": "soxr", "precision": 28}
    if pcm.codec is PcmCodec.S16:
        options["dither_method"] = "triangular"
    return stream.filter("aresample", **options)


def _output_options(
    request: RenderRequest, path: Path, mp3_meter: Mp3Meter | None, pipes: PipeSet
) -> dict[str, Any]:
    if mp3_meter is not None:
        return {
            "filename": mp3_meter.tee_address(pipes),
            "f": "tee",
            "c:a": "libmp3lame",
            "b:a": _MP3_BIT_RATE,
        }
    file = {"filename": str(path.absolute())}
    if request.format is RenderFormat.WAV:
        return {**file, "f": "wav", "c:a": request.pcm_codec.value, "rf64": "auto"}
    if request.bit_depth == 16:
        return {**file, "f": "flac", "c:a": "flac", "sample_fmt": "s16"}
    return {**file, "f": "flac", "c:a": "flac", "sample_fmt": "s32", "bits_per_raw_sample": 24}


def _resampled(length_samples: int, rate_hz: int) -> int:
    return -(-length_samples * rate_hz // SAMPLE_RATE_HZ)


def _split(stream: Any, count: int) -> list[Any]:
    if count == 1:
        return [stream]
    split = stream.filter_multi_output("asplit", count)
    return [split[index] for index in range(count)]
