"""Seeded takes to mix and to decode: noise and tones with the crest of music, not silence."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg

RATE_HZ = 48_000


def synthesize_take(seed: int, duration_s: int) -> npt.NDArray[np.float64]:
    """A stereo take of plucked tones over soft noise, shape (frames, 2)."""
    rng = np.random.default_rng(seed)
    bar = 4 * RATE_HZ
    time_s = np.arange(bar) / RATE_HZ
    phrase = np.zeros((bar, 2))
    for beat in range(8):
        frequency = 55.0 * 2 ** (rng.integers(0, 36) / 12)
        note = np.sin(2 * np.pi * frequency * time_s) * np.exp(-4 * time_s) * 0.3
        start = beat * bar // 8
        phrase[start:, 0] += note[: bar - start] * rng.uniform(0.4, 1.0)
        phrase[start:, 1] += note[: bar - start] * rng.uniform(0.4, 1.0)
    frames = duration_s * RATE_HZ
    take = np.tile(phrase, (-(-frames // bar), 1))[:frames]
    return np.asarray(take * 0.5 + rng.normal(0, 0.004, (frames, 2)))


def write_wav(path: Path, samples: npt.NDArray[np.float64]) -> None:
    """24-bit WAV."""
    words = np.clip(samples * (1 << 31), -(1 << 31), (1 << 31) - 1).astype("<i4")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(3)
        out.setframerate(RATE_HZ)
        out.writeframes(words.view(np.uint8).reshape(-1, 4)[:, 1:].tobytes())


def write_flac(path: Path, samples: npt.NDArray[np.float64]) -> None:
    """24-bit FLAC, as the studio keeps takes."""
    wav = path.with_suffix(".source.wav")
    write_wav(wav, samples)
    run_ffmpeg_plain("-i", str(wav), "-sample_fmt", "s32", "-bits_per_raw_sample", "24", str(path))
    wav.unlink()


def run_ffmpeg_plain(*arguments: str) -> str:
    """Run FFmpeg as on a command line; returns what it logged."""
    command = [find_ffmpeg().path, "-hide_banner", "-nostdin", "-nostats", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr
