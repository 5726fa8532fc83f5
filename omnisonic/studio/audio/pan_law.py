"""The pan law `webaudio-1`: the StereoPannerNode of the Web Audio API as one 2 x channels matrix."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


def pan_matrix(channels: int, pan: float) -> Matrix:
    """Gains from input channels to left and right, shape (2, channels), for `pan` in -1…1.

    Source: Web Audio API 1.1, "StereoPannerNode" (equal power for mono; the far side folds in for stereo).
    """
    if channels == 1:
        angle = (pan + 1) / 2 * pi / 2
        return np.array([[cos(angle)], [sin(angle)]])
    if pan <= 0:
        angle = (pan + 1) * pi / 2
        return np.array([[1.0, cos(angle)], [0.0, sin(angle)]])
    angle = pan * pi / 2
    return np.array([[cos(angle), 0.0], [sin(angle), 1.0]])
