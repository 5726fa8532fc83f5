"""`mixdown`: eight stereo tracks, every parameter used, to WAV 24, MP3 320 and FLAC at -14 LUFS."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.peers.ffmpeg_mixdown import bare_ffmpeg, loudnorm_two_pass
from bench.report import Figure
from bench.takes import RATE_HZ, synthesize_take, write_flac
from omnisonic.studio.audio.levels import linear_from_db
from omnisonic.studio.audio.loudness import parse_target
from omnisonic.studio.audio.manifest import FadeCurve, ManifestClip, MixManifest, TrackMix, build_manifest
from omnisonic.studio.audio.pan_law import pan_matrix
from omnisonic.studio.rendering.mixdown import render_mixes
from omnisonic.studio.rendering.request import RenderFormat, RenderLimits, RenderRequest

_TRACKS = 8
_TARGET_LUFS = -14.0
_LIMITS = RenderLimits(max_duration_s=3600)


def run(quick: bool) -> list[Figure]:
    """Measure render time against both peers, and memory at one and two lengths."""
    duration_s, rounds = (45, 1) if quick else (180, 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = _write_takes(folder / "takes", duration_s)
        longer = _write_takes(folder / "longer", duration_s * 2)
        times = _alternate(folder, paths, duration_s, rounds=rounds)
        rss_mb = _peak_rss_mb(folder, paths, duration_s)
        longer_rss_mb = _peak_rss_mb(folder, longer, duration_s * 2)
    ours = times["ours"]
    return [
        Figure("mixdown", "render_s", "loudnorm_two_pass", ours, times["loudnorm_two_pass"], "s", False),
        Figure("mixdown", "render_s", "bare_ffmpeg", ours, times["bare_ffmpeg"], "s", False),
        Figure("mixdown", "peak_rss_mb", "-", rss_mb, None, "MB", False),
        Figure("mixdown", "peak_rss_mb", "half_the_duration", longer_rss_mb, rss_mb, "MB", False),
    ]


def _write_takes(folder: Path, duration_s: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.flac" for number in range(_TRACKS)]
    # In a process of its own: a child's peak memory starts at what its parent once held.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.starmap(_write_take, [(path, n, duration_s) for n, path in enumerate(paths)])
    return paths


def _write_take(path: Path, seed: int, duration_s: int) -> None:
    write_flac(path, synthesize_take(seed, duration_s))


def _alternate(folder: Path, paths: list[Path], duration_s: int, *, rounds: int) -> dict[str, float]:
    manifest = _manifest(duration_s)
    chains = [_peer_chain(number, duration_s) for number in range(_TRACKS)]
    contenders: dict[str, Callable[[Path], object]] = {
        "ours": lambda work: _render(manifest, paths, work),
        "bare_ffmpeg": lambda work: bare_ffmpeg(paths, chains, work, target_lufs=_TARGET_LUFS),
        "loudnorm_two_pass": lambda work: loudnorm_two_pass(paths, chains, work, target_lufs=_TARGET_LUFS),
    }
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            with tempfile.TemporaryDirectory(dir=folder) as work:
                started = time.perf_counter()
                contender(Path(work))
                taken[name].append(time.perf_counter() - started)
    return {name: median(values) for name, values in taken.items()}


def _clip(number: int) -> ManifestClip:
    return ManifestClip(
        offset_samples=number * 4_801,
        trim_start_samples=number * 1_003,
        trim_end_samples=number * 701,
        fade_in_samples=RATE_HZ,
        fade_out_samples=2 * RATE_HZ,
        fade_curve=FadeCurve.EQUAL_POWER if number % 2 else FadeCurve.LINEAR,
    )


def _gain_db(number: int) -> float:
    return -1.5 * number / 2 - 0.5


def _pan(number: int) -> float:
    return -0.9 + 0.25 * number


def _manifest(duration_s: int) -> MixManifest:
    tracks = [
        TrackMix(
            id=str(number),
            channels=2,
            audio_sha256="0" * 64,
            duration_samples=duration_s * RATE_HZ,
            gain_db=_gain_db(number),
            pan=_pan(number),
            clips=[_clip(number)],
        )
        for number in range(_TRACKS)
    ]
    return build_manifest(tracks, master_gain_db=-1.0)


def _peer_chain(number: int, duration_s: int) -> str:
    clip = _clip(number)
    end = duration_s * RATE_HZ - clip.trim_end_samples
    length = end - clip.trim_start_samples
    curve = "qsin" if clip.fade_curve is FadeCurve.EQUAL_POWER else "tri"
    rows = pan_matrix(2, _pan(number)) * linear_from_db(_gain_db(number) - 1.0)
    gains = "|".join(f"c{n}={row[0]:.9f}*c0+{row[1]:.9f}*c1" for n, row in enumerate(rows))
    return (
        f"aformat=fltp,atrim=start_sample={clip.trim_start_samples}:end_sample={end},asetpts=N/SR/TB,"
        f"afade=in:ss=0:ns={clip.fade_in_samples}:curve={curve},"
        f"afade=out:ss={length - clip.fade_out_samples}:ns={clip.fade_out_samples}:curve={curve},"
        f"pan=stereo|{gains},adelay={clip.offset_samples}S:all=1"
    )


def _render(manifest: MixManifest, paths: list[Path], work_dir: Path) -> None:
    target = parse_target("streaming")
    requests = [RenderRequest(format=file_format, loudness=target) for file_format in RenderFormat]
    audio = {str(number): path for number, path in enumerate(paths)}
    render_mixes(manifest, audio, requests, work_dir, limits=_LIMITS)


def _peak_rss_mb(folder: Path, paths: list[Path], duration_s: int) -> float:
    """Peak of a fresh worker plus that of its largest FFmpeg."""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            return pool.apply(_render_and_weigh, (_manifest(duration_s), paths, Path(work)))


def _render_and_weigh(manifest: MixManifest, paths: list[Path], work_dir: Path) -> float:
    _render(manifest, paths, work_dir)
    largest_child_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (_own_peak_kb() + largest_child_kb) / 1024


def _own_peak_kb() -> int:
    """Peak of this process alone: unlike `ru_maxrss`, not what its parent held before the fork."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
