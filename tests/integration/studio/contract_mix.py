"""The mix as the contract writes it down, in numpy, sharing no line with the code under test."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

import numpy as np


def contract_mix(manifest: dict[str, Any], takes: dict[str, np.ndarray]) -> np.ndarray:
    """Mix `takes` (frames × channels, by track id) under `webaudio-1`; shape (lengthSamples, 2)."""
    out = np.zeros((manifest["lengthSamples"], 2))
    any_solo = any(track["soloed"] for track in manifest["tracks"])
    for track in manifest["tracks"]:
        if track["muted"] or (any_solo and not track["soloed"]):
            continue
        for clip in track["clips"]:
            samples = takes[track["id"]]
            piece = samples[clip["trimStartSamples"] : len(samples) - clip["trimEndSamples"]].copy()
            piece *= _fades(len(piece), clip)[:, None] * 10 ** (track["gainDb"] / 20)
            start = clip["offsetSamples"]
            out[start : start + len(piece)] += _pan(piece, track["pan"])
    return out * 10 ** (manifest["masterGainDb"] / 20)


def _fades(length: int, clip: dict[str, Any]) -> np.ndarray:
    envelope = np.ones(length)
    if n_in := clip["fadeInSamples"]:
        envelope[:n_in] *= _ramp(np.arange(n_in), n_in, clip["fadeCurve"])
    if n_out := clip["fadeOutSamples"]:
        envelope[length - n_out :] *= _ramp(n_out - np.arange(n_out), n_out, clip["fadeCurve"])
    return envelope


def _ramp(k: np.ndarray, n: int, curve: str) -> np.ndarray:
    return k / n if curve == "linear" else np.sin(k * pi / (2 * n))


def _pan(samples: np.ndarray, pan: float) -> np.ndarray:
    if samples.shape[1] == 1:
        x = (pan + 1) / 2
        mono = samples[:, 0]
        return np.stack([mono * cos(x * pi / 2), mono * sin(x * pi / 2)], axis=1)
    left, right = samples[:, 0], samples[:, 1]
    if pan <= 0:
        x = pan + 1
        return np.stack([left + right * cos(x * pi / 2), right * sin(x * pi / 2)], axis=1)
    return np.stack([left * cos(pan * pi / 2), right + left * sin(pan * pi / 2)], axis=1)
