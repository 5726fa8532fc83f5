"""Waveform overviews: audiowaveform's `.dat` version 2, 8 bit, built from streamed blocks.

Format: BBC audiowaveform, doc/DataFormat.md. One file holds one level; `pack_levels` joins several.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int8]

LEVELS = (256, 1024, 4096, 16384)
_STEP = 4
_HEADER = struct.Struct("<iIiiII")
_VERSION = 2
_FLAG_8_BIT = 1


@dataclass(frozen=True)
class PeakLevel:
    """Minima and maxima per column and channel, shape (columns, channels, 2), int8."""

    samples_per_pixel: int
    sample_rate_hz: int
    columns: Columns

    @property
    def channels(self) -> int:
        """Channels of the audio."""
        return int(self.columns.shape[1])

    def to_dat(self) -> bytes:
        """The level as one `.dat` file."""
        header = _HEADER.pack(
            _VERSION,
            _FLAG_8_BIT,
            self.sample_rate_hz,
            self.samples_per_pixel,
            len(self.columns),
            self.channels,
        )
        return header + self.columns.tobytes()


class PeakBuilder:
    """Collects columns of 256 samples from int8 blocks, then folds them into the coarser levels."""

    def __init__(self, channels: int, *, sample_rate_hz: int) -> None:
        self._channels = channels
        self._sample_rate_hz = sample_rate_hz
        self._rest: Columns = np.zeros((0, channels), np.int8)
        self._done: list[Columns] = []

    def add(self, block: Columns) -> None:
        """Take the next frames: the top byte of each sample, shape (frames, channels)."""
        frames = np.concatenate([self._rest, block]) if len(self._rest) else block
        whole = len(frames) // LEVELS[0]
        self._rest = frames[whole * LEVELS[0] :].copy()
        if whole:
            self._done.append(_extremes(frames[: whole * LEVELS[0]], LEVELS[0]))

    def finish(self) -> list[PeakLevel]:
        """All levels, finest first; the last column of each may stand for fewer samples."""
        if len(self._rest):
            self._done.append(_extremes(self._rest, len(self._rest)))
        empty = np.zeros((0, self._channels, 2), np.int8)
        levels = [np.concatenate(self._done) if self._done else empty]
        for _ in LEVELS[1:]:
            levels.append(_fold(levels[-1]))
        return [
            PeakLevel(size, self._sample_rate_hz, columns)
            for size, columns in zip(LEVELS, levels, strict=True)
        ]


def pack_levels(levels: list[PeakLevel]) -> bytes:
    """Several `.dat` files one after the other, finest first; each header tells its length."""
    return b"".join(level.to_dat() for level in levels)


def read_levels(content: bytes) -> list[PeakLevel]:
    """Read what `pack_levels`, or audiowaveform for one 8-bit level, wrote; else raises `ValueError`."""
    levels = []
    position = 0
    while position < len(content):
        if len(content) - position < _HEADER.size:
            raise ValueError("the peaks file ends inside a header")
        version, flags, rate, size, length, channels = _HEADER.unpack_from(content, position)
        if version != _VERSION or flags != _FLAG_8_BIT or not 1 <= channels <= 2:
            raise ValueError("not an 8-bit peaks file of version 2")
        position += _HEADER.size
        end = position + length * channels * 2
        if end > len(content):
            raise ValueError("the peaks file ends inside a level")
        columns = np.frombuffer(content[position:end], np.int8).reshape(length, channels, 2)
        levels.append(PeakLevel(size, rate, columns))
        position = end
    return levels


def _extremes(frames: Columns, size: int) -> Columns:
    # Channel-major so that each reduction runs over adjacent bytes, which numpy vectorizes.
    planes = np.ascontiguousarray(frames.T).reshape(frames.shape[1], -1, size)
    return np.stack([planes.min(axis=2).T, planes.max(axis=2).T], axis=2)


def _fold(columns: Columns) -> Columns:
    starts = np.arange(0, len(columns), _STEP)
    if not len(starts):
        return columns
    lowest = np.minimum.reduceat(columns[:, :, 0], starts, axis=0)
    highest = np.maximum.reduceat(columns[:, :, 1], starts, axis=0)
    return np.stack([lowest, highest], axis=2)
