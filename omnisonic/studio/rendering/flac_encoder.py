"""Encodes PCM as FLAC in a process of its own, while its source is still being decoded."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import ffmpeg

from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ
from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg
from omnisonic.studio.rendering.pcm_meter import PcmCodec
from omnisonic.studio.rendering.process import ProcessBounds, Watch, open_pipes, run_ffmpeg, widen

_FLAC_24 = {"c:a": "flac", "sample_fmt": "s32", "bits_per_raw_sample": 24}
_BIT_EXACT = {"map_metadata": -1, "fflags": "+bitexact", "flags:a": "+bitexact"}
# Of one known size, a block's number is its position, so that players cut out the seconds they need
# (RFC 9639, section 9.1.5).
_BLOCK_FRAMES = 4096


@contextmanager
def encoding_flac(
    target: Path, *, channels: int, bounds: ProcessBounds, should_stop: Callable[[], bool]
) -> Iterator[BinaryIO]:
    """Where to write interleaved 24-bit little-endian PCM at 48 kHz; `target` is complete at the end.

    FFmpeg would encode and measure in one process, one after the other: the encoder alone keeps a core busy.
    Raises as `run_ffmpeg` does.
    """
    is_abandoned = threading.Event()
    watch = Watch(should_stop=lambda: is_abandoned.is_set() or should_stop())
    with ThreadPoolExecutor(max_workers=1) as pool, open_pipes() as pipes:
        read_end, write_end = os.pipe()
        widen(write_end)
        command = _command(target, pipes.hand_over(read_end), channels)
        running = pool.submit(run_ffmpeg, command, cwd=target.parent, pipes=pipes, bounds=bounds, watch=watch)
        try:
            with os.fdopen(write_end, "wb") as sink:
                yield sink
        except BrokenPipeError:
            running.result()  # says why it stopped reading
            raise
        except BaseException:
            is_abandoned.set()
            raise
        running.result()


def _command(target: Path, pcm: str, channels: int) -> list[str]:
    options = {"f": PcmCodec.S24.muxer, "ar": SAMPLE_RATE_HZ, "ac": channels, "protocol_whitelist": "pipe"}
    blocks = ffmpeg.input(pcm, **options).audio.filter("asetnsamples", n=_BLOCK_FRAMES, p=0)
    output = ffmpeg.output(blocks, str(target), f="flac", **_FLAC_24, **_BIT_EXACT)
    command: list[str] = output.compile(cmd=find_ffmpeg().path)
    return [*command, "-y"]
