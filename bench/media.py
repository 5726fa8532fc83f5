"""`media`: one five-minute WAV to FLAC with peaks, LUFS, true peak and hash, against FFmpeg's FLAC alone."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from bench.peers.ffmpeg_flac import ffmpeg_flac
from bench.report import Figure
from bench.takes import synthesize_take, write_wav
from omnisonic.studio.rendering.media import process_media


def run(quick: bool) -> list[Figure]:
    """Measure our one pass against the bare encoder, alternating."""
    duration_s, rounds = (300, 3) if quick else (300, 9)
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "take.wav"
        write_wav(source, synthesize_take(1, duration_s))
        for _ in range(rounds):
            with tempfile.TemporaryDirectory(dir=name) as work:
                started = time.perf_counter()
                process_media(source, Path(work))
                ours.append(time.perf_counter() - started)
                started = time.perf_counter()
                ffmpeg_flac(source, Path(work) / "peer.flac")
                theirs.append(time.perf_counter() - started)
    return [Figure("media", "process_s", "ffmpeg_flac", median(ours), median(theirs), "s", False)]
