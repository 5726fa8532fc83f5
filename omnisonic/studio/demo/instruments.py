"""Synthesized sounds: kick, snare, hats, bass, pad and lead as arrays of samples at 48 kHz."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Mono = npt.NDArray[np.float64]
RATE_HZ = 48_000


def frequency_hz(midi_note: float) -> float:
    """Equal temperament, A4 = note 69 = 440 Hz."""
    return float(440.0 * 2 ** ((midi_note - 69) / 12))


def seconds(duration_s: float) -> Mono:
    """Times of all samples of a sound."""
    return np.arange(round(duration_s * RATE_HZ)) / RATE_HZ


def envelope(duration_s: float, *, attack_s: float, release_s: float) -> Mono:
    """Rises, holds, falls; raised-cosine edges, so nothing clicks."""
    time_s = seconds(duration_s)
    rise = np.clip(time_s / attack_s, 0, 1)
    fall = np.clip((duration_s - time_s) / release_s, 0, 1)
    return np.asarray((0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall)))


def band(noise: Mono, low_hz: float, high_hz: float) -> Mono:
    """Noise between two frequencies, with soft edges, by shaping its spectrum."""
    spectrum = np.fft.rfft(noise)
    grid = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    shape = 1 / (1 + (low_hz / np.maximum(grid, 1e-9)) ** 6) / (1 + (grid / high_hz) ** 6)
    return np.fft.irfft(spectrum * shape, len(noise))


def kick() -> Mono:
    """A sine that falls from 150 to 48 Hz, with a short click in front."""
    time_s = seconds(0.42)
    phase = 2 * np.pi * (48 * time_s + 102 / 28 * (1 - np.exp(-28 * time_s)))
    body = np.sin(phase) * np.exp(-7.5 * time_s)
    click = np.sin(2 * np.pi * 1800 * time_s) * np.exp(-420 * time_s) * 0.25
    return np.asarray((body + click) * envelope(0.42, attack_s=0.0008, release_s=0.08))


def snare(rng: np.random.Generator) -> Mono:
    """Two drum modes under a burst of noise."""
    time_s = seconds(0.3)
    rattle = band(rng.standard_normal(len(time_s)), 1400, 9000) * np.exp(-17 * time_s)
    drum = np.sin(2 * np.pi * 187 * time_s) + 0.6 * np.sin(2 * np.pi * 283 * time_s)
    sound = 0.55 * rattle + 0.5 * drum * np.exp(-22 * time_s)
    return np.asarray(sound * envelope(0.3, attack_s=0.0006, release_s=0.05))


def hat(rng: np.random.Generator, *, open_s: float) -> Mono:
    """Bright noise; `open_s` is how long it rings."""
    time_s = seconds(open_s + 0.05)
    sizzle = band(rng.standard_normal(len(time_s)), 6500, 15_500)
    fade = envelope(open_s + 0.05, attack_s=0.0005, release_s=0.03)
    return np.asarray(sizzle * np.exp(-3.2 / open_s * time_s) * fade)


@cache
def bass(midi_note: int, duration_s: float) -> Mono:
    """A round electric bass: few harmonics that die away from the top."""
    time_s = seconds(duration_s)
    base = 2 * np.pi * frequency_hz(midi_note) * time_s
    partials = [np.sin(k * base) / k**1.3 * np.exp(-1.1 * (k - 1) * time_s * 2.2) for k in range(1, 8)]
    sound = np.tanh(1.3 * np.sum(partials, axis=0))
    return np.asarray(sound * np.exp(-0.7 * time_s) * envelope(duration_s, attack_s=0.006, release_s=0.05))


def pad(midi_note: int, duration_s: float, *, detune_cents: float, phase: float) -> Mono:
    """One voice of a warm string-like pad; the detuning of two voices makes the chorus."""
    time_s = seconds(duration_s)
    vibrato = 0.0025 * np.sin(2 * np.pi * 0.21 * time_s + phase)
    base = 2 * np.pi * frequency_hz(midi_note + detune_cents / 100) * time_s + vibrato * 40 + phase
    opening = 0.55 + 0.45 * np.sin(np.pi * time_s / duration_s)
    partials = [np.sin(k * base) / k**1.4 * (opening if k > 2 else 1.0) for k in range(1, 9)]
    return np.asarray(np.sum(partials, axis=0) * envelope(duration_s, attack_s=0.35, release_s=0.6))


def lead(midi_note: float, duration_s: float) -> Mono:
    """A soft bell-flute: two operators of frequency modulation and a late vibrato."""
    time_s = seconds(duration_s)
    depth = 0.004 * np.clip((time_s - 0.18) / 0.35, 0, 1)
    base = 2 * np.pi * frequency_hz(midi_note) * time_s + depth * 60 * np.sin(2 * np.pi * 5.1 * time_s)
    index = 1.4 * np.exp(-4.5 * time_s) + 0.25
    tone = np.sin(base + index * np.sin(2 * base)) + 0.22 * np.sin(base / 2)
    fade = envelope(duration_s, attack_s=0.018, release_s=min(0.18, duration_s / 3))
    return np.asarray(tone * fade * np.exp(-0.55 * time_s))
