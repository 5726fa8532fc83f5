"""Whether a file holds what it announces, for containers where FFmpeg does not mind a missing end."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_UNKNOWN_SIZES = {0, 0xFFFFFFFF}  # written by recorders that stream and never come back to fill it in
_MAX_CHUNKS = 4096
_OGG_TAIL_BYTES = 2 * 65_307  # the last page starts within: 65 307 bytes is the longest page (RFC 3533)
_OGG_HEADER_BYTES = 27


def breaks_off(path: Path) -> bool:
    """Whether the audio chunk of RIFF/WAVE or CAF, or the last Ogg page, is longer than the file."""
    with path.open("rb") as content:
        head = content.read(12)
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            return _riff_breaks_off(content)
        if head[:4] == b"caff":
            return _caf_breaks_off(content)
        if head[:4] == b"OggS":
            return _ogg_breaks_off(content)
    return False


def _riff_breaks_off(content: BinaryIO) -> bool:
    end = content.seek(0, 2)
    position = 12
    for _ in range(_MAX_CHUNKS):
        content.seek(position)
        header = content.read(8)
        if len(header) < 8:
            return False
        name, size = struct.unpack("<4sI", header)
        if name == b"data":
            return size not in _UNKNOWN_SIZES and position + 8 + size > end
        position += 8 + size + size % 2
    return False


def _caf_breaks_off(content: BinaryIO) -> bool:
    end = content.seek(0, 2)
    position = 8
    for _ in range(_MAX_CHUNKS):
        content.seek(position)
        header = content.read(12)
        if len(header) < 12:
            return False
        name, size = struct.unpack(">4sq", header)
        if size < 0:
            return False  # -1: the data runs to the end of the file
        if name == b"data":
            return bool(position + 12 + size > end)
        position += 12 + size
    return False


def _ogg_breaks_off(content: BinaryIO) -> bool:
    end = content.seek(0, 2)
    content.seek(max(0, end - _OGG_TAIL_BYTES))
    tail = content.read()
    start = tail.rfind(b"OggS")
    page = tail[start:]
    if start < 0 or len(page) < _OGG_HEADER_BYTES:
        return True
    segments = page[26]
    table = page[_OGG_HEADER_BYTES : _OGG_HEADER_BYTES + segments]
    return len(table) < segments or len(page) < _OGG_HEADER_BYTES + segments + sum(table)
