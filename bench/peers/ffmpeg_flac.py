"""A WAV to FLAC with FFmpeg and nothing else: what any media worker pays at least."""

from __future__ import annotations

from pathlib import Path

from bench.takes import run_ffmpeg_plain


def ffmpeg_flac(source: Path, target: Path) -> None:
    """One command line."""
    run_ffmpeg_plain("-i", str(source), str(target))
