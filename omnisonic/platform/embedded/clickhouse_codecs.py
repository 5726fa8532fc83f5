"""Content-Encoding in both directions, piece by piece: what is sent may hold many frames of one codec."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable
from typing import IO, Any, Protocol

import lz4.frame

from omnisonic.platform.embedded.clickhouse_errors import refuse

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 1 << 20
ZSTD_LEVEL = 1
GZIP_LEVEL = 1


class Encoder(Protocol):
    """Compresses a stream."""

    def compress(self, piece: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class Lz4Encoder:
    """One LZ4 frame over the whole answer."""

    def __init__(self) -> None:
        self._frame = lz4.frame.LZ4FrameCompressor()
        self._begun = False

    def compress(self, piece: bytes, /) -> bytes:
        """The next bytes of the frame, its head first."""
        head = b"" if self._begun else self._frame.begin()
        self._begun = True
        return bytes(head + self._frame.compress(piece))

    def flush(self) -> bytes:
        """The end of the frame."""
        return self.compress(b"") + bytes(self._frame.flush())


class DeflateReader(io.RawIOBase):
    """A zlib stream (RFC 1950) as a file; never more than asked for in memory."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._decoder = zlib.decompressobj()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Decode up to the size of `buffer`; raises `EOFError` when the stream was cut off."""
        while not self._decoder.eof:
            encoded = self._decoder.unconsumed_tail or self._source.read(PIECE_BYTES)
            piece = self._decoder.decompress(encoded, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
            if not encoded:
                raise EOFError("the stream ended in its middle")
        return 0


DECODERS: dict[str, Callable[[Any], Any]] = {
    "lz4": lz4.frame.LZ4FrameFile,
    "zstd": zstd.ZstdFile,
    "gzip": lambda source: gzip.GzipFile(fileobj=source, mode="rb"),
    "deflate": lambda source: io.BufferedReader(DeflateReader(source), PIECE_BYTES),
}
ENCODERS: dict[str, Callable[[], Encoder]] = {
    "lz4": Lz4Encoder,
    "zstd": lambda: zstd.ZstdCompressor(level=ZSTD_LEVEL),
    "gzip": lambda: zlib.compressobj(GZIP_LEVEL, wbits=31),
    "deflate": lambda: zlib.compressobj(GZIP_LEVEL),
}
BROKEN = (EOFError, OSError, RuntimeError, zlib.error, zstd.ZstdError)


class Body:
    """A request body as it was meant, read once from its beginning."""

    def __init__(self, source: IO[bytes], encoding: str) -> None:
        if encoding and encoding not in DECODERS:
            raise refuse(
                89,
                "UNKNOWN_COMPRESSION_METHOD",
                f"Content-Encoding {encoding} is not one of {', '.join(DECODERS)}",
            )
        source.seek(0)
        self._source: Any = self._open(source, encoding)

    @staticmethod
    def _open(source: IO[bytes], encoding: str) -> Any:
        if not encoding or not source.read(1):
            source.seek(0)
            return source
        source.seek(0)
        return DECODERS[encoding](source)

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, none at the end; raises `Refusal` when the stream is broken or cut off."""
        try:
            return bytes(self._source.read(size))
        except BROKEN as error:
            raise refuse(271, "CANNOT_DECOMPRESS", f"The body cannot be decompressed: {error}") from error


def choose_encoding(accepted: str) -> str | None:
    """The first of the caller's `Accept-Encoding` that we can write."""
    names = [part.split(";")[0].strip().lower() for part in accepted.split(",")]
    return next((name for name in names if name in ENCODERS), None)
