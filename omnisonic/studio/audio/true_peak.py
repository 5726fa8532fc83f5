"""True peak: the highest point of the wave between samples, found by 4x oversampling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from omnisonic.studio.audio.levels import db_from_linear

Block = npt.NDArray[np.float32]

OVERSAMPLING = 4
_TAPS = 32
_HOP = 32
_BATCH = 40
_CUTOFF = 0.97
_KAISER_BETA = 9.0


def _interpolation_kernel() -> npt.NDArray[np.float64]:
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
    kernel = _interpolation_kernel()
    matrix = np.zeros((_HOP + _TAPS - 1, OVERSAMPLING - 1, _HOP))
    for shift in range(_HOP):
        matrix[shift : shift + _TAPS, :, shift] = kernel.T
    return matrix.reshape(len(matrix), -1).astype(np.float32)


_MATRIX = _band_matrix()
# No point between samples can pass the largest sample by more than this factor.
_MAX_OVERSHOOT = float(np.abs(_interpolation_kernel()).sum(axis=1).max())


class TruePeakMeter:
    """Running true peak of a stream of float blocks, shape (frames, channels)."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._tail: Block = np.zeros((channels, _TAPS - 1), np.float32)
        self._peak = 0.0

    def add(self, block: Block) -> None:
        """Measure the next block; silence is assumed before the first one."""
        planes = np.ascontiguousarray(block.T)
        if planes.size == 0:
            return
        self._peak = max(self._peak, float(planes.max()), -float(planes.min()))
        joined = np.concatenate([self._tail, planes], axis=1)
        # Whole hops only: a point near the end needs samples that have not come yet.
        rows = max(0, joined.shape[1] - _TAPS + 1) // _HOP
        self._tail = joined[:, rows * _HOP :]
        if rows:
            for plane in joined:
                self._measure(plane[: rows * _HOP + _TAPS - 1], rows)

    def finish(self) -> float:
        """True peak in dBTP of all that was added; minus infinity for silence."""
        self.add(np.zeros((_TAPS + _HOP, self._channels), np.float32))
        return db_from_linear(self._peak)

    def _measure(self, plane: Block, rows: int) -> None:
        width = len(_MATRIX)
        windows = np.lib.stride_tricks.sliding_window_view(plane, width)[::_HOP]
        # Only windows loud enough to set a new record are worth interpolating.
        hops = np.abs(plane[: rows * _HOP].reshape(rows, _HOP)).max(axis=1)
        loudest = np.maximum(hops, np.append(hops[1:], np.abs(plane[rows * _HOP :]).max()))
        chosen = np.flatnonzero(loudest * _MAX_OVERSHOOT > self._peak)
        if len(chosen):
            # A stack of small products stays on this core: BLAS threads would spin against FFmpeg.
            batches = -(-len(chosen) // _BATCH)
            rows_used = windows[np.resize(chosen, batches * _BATCH)].reshape(batches, _BATCH, width)
            points = rows_used @ _MATRIX
            self._peak = max(self._peak, float(points.max()), -float(points.min()))
