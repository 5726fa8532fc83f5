"""Decibels and the distance between two recordings."""

from __future__ import annotations

from math import inf, log10

import numpy as np
import numpy.typing as npt


def linear_from_db(gain_db: float) -> float:
    """Factor of a gain in decibels: 10^(dB/20)."""
    return float(10.0 ** (gain_db / 20.0))


def db_from_linear(factor: float) -> float:
    """Decibels of a factor or of an absolute sample value; minus infinity for zero."""
    return 20.0 * log10(factor) if factor > 0 else -inf


def null_test_dbfs(ours: npt.NDArray[np.floating], theirs: npt.NDArray[np.floating]) -> float:
    """Peak of the difference of two equally long recordings in dBFS; minus infinity when identical.

    Raises `ValueError` when shapes differ: a missing sample is a failure, never a rounding matter.
    """
    if ours.shape != theirs.shape:
        raise ValueError(f"cannot null {ours.shape} against {theirs.shape}")
    if ours.size == 0:
        return -inf
    return db_from_linear(float(np.max(np.abs(ours.astype(np.float64) - theirs.astype(np.float64)))))
