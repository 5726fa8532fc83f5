"""Eight tracks to WAV, MP3 and FLAC at a loudness, as people who know FFmpeg well would type it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from bench.takes import run_ffmpeg_plain

_OUTPUTS = ("-c:a", "pcm_s24le", "{dir}/peer.wav", "-b:a", "320k", "{dir}/peer.mp3")
_FLAC = ("-sample_fmt", "s32", "-bits_per_raw_sample", "24", "{dir}/peer.flac")


def bare_ffmpeg(inputs: Sequence[Path], chains: Sequence[str], folder: Path, *, target_lufs: float) -> None:
    """The leanest two command lines: mix and measure in one go, then one gain and three encoders."""
    graph = f"{_mix(chains)},asplit=2[mix][meter];[meter]ebur128=peak=true:framelog=verbose[null]"
    raw = str(folder / "peer.f32")
    log = run_ffmpeg_plain(
        *_inputs(inputs), "-filter_complex", graph,
        "-map", "[mix]", "-f", "f32le", raw, "-map", "[null]", "-f", "null", "-",
    )  # fmt: skip
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", log)[-1])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", log)[-1])
    gain = min(target_lufs - loudness, -1.0 - peak)
    source = ("-f", "f32le", "-ar", "48000", "-ac", "2", "-i", raw)
    _encode(source, f"[0:a]volume={gain}dB", folder)


def loudnorm_two_pass(
    inputs: Sequence[Path], chains: Sequence[str], folder: Path, *, target_lufs: float
) -> None:
    """The way most guides teach: loudnorm measures, loudnorm applies."""
    goal = f"loudnorm=I={target_lufs}:TP=-1:LRA=20"
    log = run_ffmpeg_plain(
        *_inputs(inputs), "-filter_complex", f"{_mix(chains)},{goal}:print_format=json[null]",
        "-map", "[null]", "-f", "null", "-",
    )  # fmt: skip
    found = json.loads(log[log.rindex("{") : log.rindex("}") + 1])
    measured = (
        f"measured_I={found['input_i']}:measured_TP={found['input_tp']}:measured_LRA={found['input_lra']}"
        f":measured_thresh={found['input_thresh']}:offset={found['target_offset']}:linear=true"
    )
    graph = f"{_mix(chains)},{goal}:{measured},aresample=48000:resampler=soxr"
    _encode(_inputs(inputs), graph, folder)


def _encode(source: Sequence[str], graph: str, folder: Path) -> None:
    outputs = [
        part.format(dir=folder) for part in ("-map", "[a]", *_OUTPUTS[:3], "-map", "[b]", *_OUTPUTS[3:])
    ]
    outputs += [part.format(dir=folder) for part in ("-map", "[c]", *_FLAC)]
    run_ffmpeg_plain(*source, "-filter_complex", f"{graph},asplit=3[a][b][c]", *outputs)


def _inputs(paths: Sequence[Path]) -> list[str]:
    return [part for path in paths for part in ("-i", str(path))]


def _mix(chains: Sequence[str]) -> str:
    parts = [f"[{number}:a]{chain}[t{number}]" for number, chain in enumerate(chains)]
    labels = "".join(f"[t{number}]" for number in range(len(chains)))
    return ";".join(parts) + f";{labels}amix=inputs={len(chains)}:normalize=0:duration=longest"
