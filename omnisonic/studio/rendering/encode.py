"""Second run: the float mix becomes the delivered files, and the PCM in them is hashed and measured."""

from __future__ import annotations

from collections.abc import Sequence
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
from omnisonic.studio.rendering.pcm_meter import PcmCodec, PcmMeter
from omnisonic.studio.rendering.process import open_pipes
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
    master = mastering.apply(mix.open_stream(), length_samples=mix.length_samples)
    branches = _split(master, len(groups))
    outputs: list[Any] = []
    with open_pipes() as pipes:
        for branch, (pcm, indexes) in zip(branches, groups.items(), strict=True):
            files = [(requests[index], paths[index]) for index in indexes]
            outputs += _group_outputs(branch, pcm, files, pipe=pipes.open(meters[pcm].feed))
        run.execute(outputs, pipes, on_time_us=progress.at(RenderStage.ENCODING))
    measured = {
        pcm: read_loudness(run.work_dir / pcm.log_file, true_peak_dbtp=meter.true_peak_dbtp())
        for pcm, meter in meters.items()
    }
    encoded = []
    for request, path in zip(requests, paths, strict=True):
        pcm = _Pcm(request.sample_rate_hz, request.pcm_codec)
        loudness = measured[pcm] if request.format is not RenderFormat.MP3 else _measure_mp3(path, run)
        encoded.append(EncodedFile(request, path, meters[pcm].frames, meters[pcm].pcm_sha256(), loudness))
    return encoded, graph_text(*outputs)


def _group_outputs(
    stream: Any, pcm: _Pcm, files: list[tuple[RenderRequest, Path]], *, pipe: str
) -> list[Any]:
    branches = _split(_convert(stream, pcm), len(files) + 2)
    outputs = [
        ffmpeg.output(branch, str(path.absolute()), **_encoder(request), **_BIT_EXACT)
        for branch, (request, path) in zip(branches, files, strict=False)
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


def _encoder(request: RenderRequest) -> dict[str, Any]:
    if request.format is RenderFormat.MP3:
        return {"f": "mp3", "c:a": "libmp3lame", "b:a": _MP3_BIT_RATE, "id3v2_version": 0}
    if request.format is RenderFormat.WAV:
        return {"f": "wav", "c:a": request.pcm_codec.value, "rf64": "auto"}
    if request.bit_depth == 16:
        return {"f": "flac", "c:a": "flac", "sample_fmt": "s16"}
    return {"f": "flac", "c:a": "flac", "sample_fmt": "s32", "bits_per_raw_sample": 24}


def _measure_mp3(path: Path, run: RenderRun) -> Loudness:
    """A lossy encoder moves the peaks, so the report reads the file that is delivered."""
    log_file = f"{path.name}.log"
    meter = PcmMeter(PcmCodec.F32, CHANNELS)
    decoded = ffmpeg.input(
        f"file:{path.absolute()}", f="mp3", protocol_whitelist="file,pipe", format_whitelist="mp3"
    )
    split = _split(decoded.audio, 2)
    with open_pipes() as pipes:
        outputs = [
            ffmpeg.output(
                split[0], pipes.open(meter.feed), f=PcmCodec.F32.muxer, **{"c:a": PcmCodec.F32.value}
            ),
            ffmpeg.output(tap_loudness(split[1], log_file), "-", f="null"),
        ]
        run.execute(outputs, pipes, on_time_us=lambda _position_us: None)
    return read_loudness(run.work_dir / log_file, true_peak_dbtp=meter.true_peak_dbtp())


def _split(stream: Any, count: int) -> list[Any]:
    if count == 1:
        return [stream]
    split = stream.filter_multi_output("asplit", count)
    return [split[index] for index in range(count)]
