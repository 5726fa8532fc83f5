"""True peak: the highest point of the wave between samples, found by 4x oversampling."""

from __future__ import annotations

from collections.abc import Callable

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
# Which samples of a row, and of what its points reach, make each of its hops.
_HOPS = np.arange(0, _ROW, _HOP)[:, None] + np.arange(len(_MATRIX))
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
        bounds = _bounds(levels, steps)
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
        for plane in samples.reshape(-1, self._channels).T:
            windows = np.lib.stride_tricks.sliding_window_view(plane, len(_MATRIX))[::_HOP]
            self._peak = max(self._peak, _largest_point(windows[hops]))


class PackedTruePeakMeter:
    """The same for integer PCM, little-endian: what cannot hold a new record is not even made a float.

    The top byte of each sample bounds it to 1/128 of full scale, and its step to the next one.
    """

    def __init__(
        self, channels: int, *, sample_bytes: int, decode: Callable[[bytes | memoryview], Block]
    ) -> None:
        self._channels = channels
        self._sample_bytes = sample_bytes
        self._frame_bytes = channels * sample_bytes
        self._decode = decode
        self._tail = bytes((_TAPS - 1) * self._frame_bytes)
        self._peak = 0.0

    def add(self, frames: bytes | memoryview) -> None:
        """Measure the next whole frames; silence is assumed before the first one."""
        joined = b"".join((self._tail, frames))
        rows = max(0, len(joined) // self._frame_bytes - _TAPS + 1) // _ROW
        row_bytes = _ROW * self._frame_bytes
        self._tail = joined[rows * row_bytes :]
        if rows:
            reach_bytes = (_TAPS - 1) * self._frame_bytes
            packed = np.frombuffer(joined, np.uint8)[: rows * row_bytes + reach_bytes]
            self._measure(packed, self._promising(packed.view(np.int8)))

    def finish(self) -> float:
        """True peak in dBTP of all that was added; minus infinity for silence."""
        self.add(bytes((_TAPS + _ROW) * self._frame_bytes))
        return db_from_linear(self._peak)

    def _promising(self, packed: npt.NDArray[np.int8]) -> npt.NDArray[np.intp]:
        tops = packed[self._sample_bytes - 1 :: self._sample_bytes].copy()
        width = _ROW * self._channels
        levels = _largest_by_row(tops, width) + np.float32(1 / 128)
        if levels.max() * _MAX_OVERSHOOT <= self._peak:
            return np.empty(0, np.intp)
        halves = tops >> 1  # so that a step fits into eight bits
        moves = halves[self._channels :] - halves[: -self._channels]
        steps = 2 * _largest_by_row(moves, width) + np.float32(2 / 128)
        return np.flatnonzero(_bounds(levels, steps) > self._peak)

    def _measure(self, packed: npt.NDArray[np.uint8], rows: npt.NDArray[np.intp]) -> None:
        if not len(rows):
            return
        reach = (_ROW + _TAPS - 1) * self._frame_bytes
        windows = np.lib.stride_tricks.sliding_window_view(packed, reach)[:: _ROW * self._frame_bytes]
        samples = self._decode(windows[rows].data.cast("B")).reshape(len(rows), -1)
        levels = np.abs(samples).max(axis=1)
        steps = np.abs(samples[:, self._channels :] - samples[:, : -self._channels]).max(axis=1)
        bounds = _bounds(levels, steps)
        self._peak = max(self._peak, float(levels.max()))
        if len(rows) * _ROW // _HOP > _BATCH:
            # The most promising row first: it may leave nothing for the others to beat.
            best = int(bounds.argmax())
            self._interpolate(samples[best : best + 1])
            bounds[best] = 0
        self._interpolate(samples[bounds > self._peak])

    def _interpolate(self, samples: Block) -> None:
        if len(samples):
            planes = np.moveaxis(samples.reshape(len(samples), -1, self._channels), 2, 1)
            self._peak = max(self._peak, _largest_point(planes[:, :, _HOPS].reshape(-1, len(_MATRIX))))


def _bounds(levels: Block, steps: Block) -> Block:
    """What no point can pass, by the largest sample and the largest step of its row."""
    lowest: Block = np.minimum(levels * _MAX_OVERSHOOT, levels + steps * _STEP_GAIN)
    return lowest


def _largest_point(windows: Block) -> float:
    """Largest magnitude between the samples of windows, shape (windows, samples)."""
    # A stack of small products stays on this core: BLAS threads would spin against FFmpeg.
    batches = -(-len(windows) // _BATCH)
    stack = np.zeros((batches * _BATCH, len(_MATRIX)), np.float32)
    stack[: len(windows)] = windows
    points = stack.reshape(batches, _BATCH, len(_MATRIX)) @ _MATRIX
    return max(float(points.max()), -float(points.min()))


def _largest_by_row(values: Block | npt.NDArray[np.int8], width: int) -> Block:
    """Largest magnitude in each row and in what its points reach of the next one; 128 is 1 for integers."""
    starts = np.arange(0, len(values) - 1, width)
    inside: Block = np.maximum(
        np.maximum.reduceat(values, starts).astype(np.float32),
        -np.minimum.reduceat(values, starts).astype(np.float32),
    )
    largest: Block = np.maximum(inside[:-1], inside[1:])
    if values.dtype == np.int8:
        largest /= np.float32(128)
    return largest
