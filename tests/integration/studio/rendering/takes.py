"""Short takes in any format, written with the FFmpeg that the studio uses, and decoded back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg

Samples = npt.NDArray[np.float64]
RATE_HZ = 48_000


def run_plain(*arguments: str, stdin: bytes = b"") -> bytes:
    """FFmpeg as on a command line; returns what it wrote to its output."""
    command = [find_ffmpeg().path, "-v", "error", "-y", *arguments]
    return subprocess.run(command, input=stdin, check=True, capture_output=True).stdout


def write_take(path: Path, samples: Samples, *options: str, rate_hz: int = RATE_HZ) -> Path:
    """Write samples of shape (frames, channels) as 24-bit values; the name's ending picks the format."""
    words = np.clip(np.round(samples * (1 << 23)), -(1 << 23), (1 << 23) - 1).astype("<i4") << 8
    source = ("-f", "s32le", "-ar", str(rate_hz), "-ac", str(samples.shape[1]), "-i", "-")
    run_plain(*source, *options, str(path), stdin=words.tobytes())
    return path


def write_canonical(path: Path, samples: Samples) -> Path:
    """48 kHz 24-bit FLAC."""
    return write_take(path, samples, "-sample_fmt", "s32", "-bits_per_raw_sample", "24")


def read_back(path: Path, *, channels: int = 2) -> Samples:
    """All samples of a file as floats, without any change of rate."""
    raw = run_plain("-i", str(path), "-f", "f64le", "-c:a", "pcm_f64le", "-")
    return np.frombuffer(raw, "<f8").reshape(-1, channels)


def read_lufs(path: Path) -> float:
    """Integrated loudness of a file as FFmpeg's own meter reads it."""
    meter = "ebur128=metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=-"
    log = run_plain("-i", str(path), "-af", meter, "-f", "null", os.devnull).decode()
    return float(log.rsplit("=", 1)[1])


def tone(
    level_db: float, *, duration_s: float = 3.0, frequency_hz: float = 1000.0, channels: int = 2
) -> Samples:
    """A sine of which `level_db` is the peak."""
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency_hz * time_s)
    return np.repeat(wave[:, None], channels, axis=1)


def noise(seed: int, frames: int, channels: int, *, level: float = 0.2) -> Samples:
    """Seeded noise rounded to 24 bits, so that FLAC holds exactly these values."""
    values = np.random.default_rng(seed).uniform(-level, level, (frames, channels))
    return np.round(values * (1 << 23)) / (1 << 23)
