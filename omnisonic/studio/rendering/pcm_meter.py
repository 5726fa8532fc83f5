"""What we learn from PCM while it streams past: hash, true peak, samples at or over full scale, frames."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from omnisonic.studio.audio.true_peak import PackedTruePeakMeter, TruePeakMeter

# So that a block and what is made of it stay in the second-level cache: of integers, little is made.
_FLOAT_BLOCK_FRAMES, _PACKED_BLOCK_FRAMES = 1 << 14, 1 << 15


class PcmCodec(StrEnum):
    """Interleaved little-endian PCM by FFmpeg's name of its encoder."""

    S16 = "pcm_s16le"
    S24 = "pcm_s24le"
    F32 = "pcm_f32le"

    @property
    def muxer(self) -> str:
        """FFmpeg's name of the headerless file format."""
        return self.value.removeprefix("pcm_")

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample of one channel."""
        return int(self.value[5:7]) // 8


class PcmMeter:
    """Consumes raw PCM in pieces of any size, and measures it in blocks.

    `copy_to` gets every byte; `on_block` gets the whole frames of each block, the last one may be short.
    """

    def __init__(
        self,
        codec: PcmCodec,
        channels: int,
        *,
        copy_to: BinaryIO | None = None,
        on_block: Callable[[memoryview], None] = lambda _frames: None,
    ) -> None:
        self._codec = codec
        self._frame_bytes = codec.sample_bytes * channels
        is_float = codec is PcmCodec.F32
        self._block_bytes = self._frame_bytes * (_FLOAT_BLOCK_FRAMES if is_float else _PACKED_BLOCK_FRAMES)
        self._channels = channels
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._total_bytes = 0
        self._digest = hashlib.sha256()
        self._floats = TruePeakMeter(channels)
        self._packed = PackedTruePeakMeter(
            channels, sample_bytes=codec.sample_bytes, decode=lambda content: decode_pcm(content, codec)
        )
        self._copy_to = copy_to
        self._on_block = on_block
        self._over_samples = 0

    def feed(self, content: bytes) -> None:
        """Take the next bytes."""
        self._digest.update(content)
        if self._copy_to is not None:
            self._copy_to.write(content)
        self._total_bytes += len(content)
        self._waiting.append(content)
        self._waiting_bytes += len(content)
        if self._waiting_bytes >= self._block_bytes:
            self._measure_waiting(self._block_bytes)

    @property
    def frames(self) -> int:
        """Whole frames so far."""
        return self._total_bytes // self._frame_bytes

    def pcm_sha256(self) -> str:
        """SHA-256 of all bytes so far, in hex."""
        return self._digest.hexdigest()

    def true_peak_dbtp(self) -> float:
        """True peak of all; minus infinity for silence. Call once, at the end."""
        self._measure_waiting(self._frame_bytes)
        return self._floats.finish() if self._codec is PcmCodec.F32 else self._packed.finish()

    def over_samples(self) -> int:
        """Samples beyond ±1 in all that came."""
        self._measure_waiting(self._frame_bytes)
        return self._over_samples

    def _measure_waiting(self, unit_bytes: int) -> None:
        joined = b"".join(self._waiting)
        whole = len(joined) // unit_bytes * unit_bytes
        self._waiting, self._waiting_bytes = [joined[whole:]], len(joined) - whole
        frames = memoryview(joined)[:whole]
        for start in range(0, whole, self._block_bytes):
            self._measure(frames[start : start + self._block_bytes])

    def _measure(self, content: memoryview) -> None:
        if self._codec is PcmCodec.F32:
            block = decode_pcm(content, self._codec).reshape(-1, self._channels)
            self._floats.add(block)
            self._over_samples += int(np.count_nonzero(np.abs(block) > 1.0))
        else:  # integers cannot pass full scale
            self._packed.add(content)
        self._on_block(content)


def decode_pcm(content: bytes | memoryview, codec: PcmCodec) -> npt.NDArray[np.float32]:
    """Samples in -1…1 (float PCM may go beyond), flat and interleaved."""
    if codec is PcmCodec.F32:
        return np.frombuffer(content, "<f4")
    if codec is PcmCodec.S16:
        return np.frombuffer(content, "<i2").astype(np.float32) / np.float32(1 << 15)
    # Four-byte words at three-byte steps, one byte early: the sample lands on top, a stranger below it.
    words = np.zeros(len(content) // 3, "<i4")
    if len(words):
        words[0] = int.from_bytes(content[:3], "little", signed=True) << 8
        words[1:] = np.ndarray((len(words) - 1,), "<i4", buffer=content, offset=2, strides=(3,))
    words &= -256
    samples = words.astype(np.float32)
    samples *= np.float32(2.0**-31)
    return samples
