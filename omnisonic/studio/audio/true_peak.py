"""True peak: the highest point of the wave between samples, found by 4x oversampling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from omnisonic.studio.audio.levels import db_from_linear

Block = npt.NDArray[np.float32]

OVERSAMPLING = 4
_TAPS = 32
_HOP = 32
_ROW = 4 * _HOP
_BATCH = 40
_CUTOFF = 0.97
_KAISER_BETA = 9.0


def interpolation_kernel() -> npt.NDArray[np.float64]:
    """Taps of the three points between two samples, shape (3, 32): a Kaiser-windowed sinc.

    The same filter as FFmpeg's `ebur128=peak=true`, so both meters agree (ITU-R BS.1770-5, annex 2).
    """
    centers = np.arange(1, OVERSAMPLING) / OVERSAMPLING
    distance = np.arange(_TAPS)[None, :] - (_TAPS // 2 - 1) - centers[:, None]
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(0, 1 - (2 * distance / _TAPS) ** 2)))
    taps = np.sinc(distance * _CUTOFF) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True))


def _band_matrix() -> Block:
    """The kernel as one matrix from `_HOP + _TAPS - 1` samples to `3 * _HOP` points, for one BLAS call."""
    kernel = interpolation_kernel()
    matrix = np.zeros((_HOP + _TAPS - 1, OVERSAMPLING - 1, _HOP))
    for shift in range(_HOP):
        matrix[shift : shift + _TAPS, :, shift] = kernel.T
    return matrix.reshape(len(matrix), -1).astype(np.float32)


def _largest_step_gain() -> float:
    """How far a point can leave the line between its two samples, per largest step between samples.

    Summation by parts: taps that sum to zero weigh the steps by their running sums.
    """
    line = np.zeros((OVERSAMPLING - 1, _TAPS))
    line[:, _TAPS // 2] = np.arange(1, OVERSAMPLING) / OVERSAMPLING
    line[:, _TAPS // 2 - 1] = 1 - line[:, _TAPS // 2]
    bends = np.cumsum(interpolation_kernel() - line, axis=1)
    return float(np.abs(bends).sum(axis=1).max())


_MATRIX = _band_matrix()
# No point between samples can pass the largest sample by more than this factor.
_MAX_OVERSHOOT = float(np.abs(interpolation_kernel()).sum(axis=1).max())
# Nor the largest sample plus this many of the largest step: far less, where the treble is soft.
_STEP_GAIN = _largest_step_gain()


class TruePeakMeter:
    """Running true peak of a stream of float blocks, shape (frames, channels).

    Only rows where a bound allows a new record are interpolated: in most music few.
    """

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._tail: Block = np.zeros((_TAPS - 1) * channels, np.float32)
        self._peak = 0.0

    def add(self, block: Block) -> None:
        """Measure the next block; silence is assumed before the first one."""
        joined = np.concatenate([self._tail, block.reshape(-1)])
        # Whole rows only: a point near the end needs samples that have not come yet.
        rows = max(0, len(joined) // self._channels - _TAPS + 1) // _ROW
        width = _ROW * self._channels
        self._tail = joined[rows * width :]
        if rows:
            self._measure(joined[: rows * width + (_TAPS - 1) * self._channels])

    def finish(self) -> float:
        """True peak in dBTP of all that was added; minus infinity for silence."""
        self.add(np.zeros((_TAPS + _ROW, self._channels), np.float32))
        return db_from_linear(self._peak)

    def _measure(self, samples: Block) -> None:
        width = _ROW * self._channels
        levels = _largest_by_row(samples, width)
        level = float(levels.max())
        self._peak = max(self._peak, level)
        if level * _MAX_OVERSHOOT <= self._peak:
            return
        steps = _largest_by_row(samples[self._channels :] - samples[: -self._channels], width)
        bounds = np.minimum(levels * _MAX_OVERSHOOT, levels + steps * _STEP_GAIN)
        best = int(bounds.argmax())
        if bounds[best] > self._peak:
            # The most promising row first: it may leave nothing for the others to beat.
            self._interpolate(samples, np.array([best]))
            bounds[best] = 0
            self._interpolate(samples, np.flatnonzero(bounds > self._peak))

    def _interpolate(self, samples: Block, rows: npt.NDArray[np.intp]) -> None:
        if not len(rows):
            return
        hops = (rows[:, None] * (_ROW // _HOP) + np.arange(_ROW // _HOP)).ravel()
        # A stack of small products stays on this core: BLAS threads would spin against FFmpeg.
        batches = -(-len(hops) // _BATCH)
        hops = np.resize(hops, batches * _BATCH)
        for plane in samples.reshape(-1, self._channels).T:
            windows = np.lib.stride_tricks.sliding_window_view(plane, len(_MATRIX))[::_HOP]
            points = windows[hops].reshape(batches, _BATCH, len(_MATRIX)) @ _MATRIX
            self._peak = max(self._peak, float(points.max()), -float(points.min()))


def _largest_by_row(values: Block, width: int) -> Block:
    """Largest magnitude in each row and in what its points reach of the next one."""
    magnitudes = np.abs(values)
    whole = len(values) // width * width
    inside = magnitudes[:whole].reshape(-1, width).max(axis=1)
    reached: Block = np.append(inside[1:], magnitudes[whole:].max())
    largest: Block = np.maximum(inside, reached)
    return largest
