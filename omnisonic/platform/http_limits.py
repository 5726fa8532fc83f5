"""Bounds on one outgoing request: its whole time, whatever trickles in, and what its answer unpacks to."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from omnisonic.platform.errors import OmnisonicError

ACCEPTED_ENCODINGS = "gzip, deflate"
RATIO_FREE_BYTES = 1024 * 1024  # a short answer may be as repetitive as it likes
PIECE_BYTES = 64 * 1024


class FetchFailed(OmnisonicError):
    """The other side could not be reached, or answered too much."""

    slug, title, status = "fetch-failed", "The other server did not answer as expected", 502
    advice = "Check the address and try again later."


@dataclass(frozen=True)
class Deadline:
    """A moment of the monotonic clock after which nothing is waited for any more."""

    ends_s: float
    total_s: float

    @classmethod
    def after(cls, total_s: float) -> Deadline:
        """The moment `total_s` seconds from now."""
        return cls(time.monotonic() + total_s, total_s)

    def left_s(self, wanted_s: float | None = None) -> float:
        """How long may still be waited, at most `wanted_s`. Raises `FetchFailed` when the time is up."""
        left_s = self.ends_s - time.monotonic()
        if left_s <= 0:
            raise FetchFailed(f"The answer took longer than {self.total_s:g} seconds.")
        return left_s if wanted_s is None else min(left_s, wanted_s)


class TimedStream(httpcore.NetworkStream):
    """A connection on which every wait ends at the deadline: a byte now and then does not extend it."""

    def __init__(self, plain: httpcore.NetworkStream, deadline: Deadline) -> None:
        self.plain, self.deadline = plain, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived, waiting for it at most until the deadline."""
        return self.plain.read(max_bytes, self.deadline.left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, waiting at most until the deadline."""
        self.plain.write(buffer, self.deadline.left_s(timeout))

    def close(self) -> None:
        """Hang up."""
        self.plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted and still bounded."""
        secured = self.plain.start_tls(ssl_context, server_hostname, self.deadline.left_s(timeout))
        return TimedStream(secured, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the connection below knows."""
        return self.plain.get_extra_info(info)


def read_body(answer: httpx.Response, *, max_bytes: int, max_ratio: int) -> bytes:
    """The unpacked body of an answer that is being streamed.

    At most `max_bytes`, and above 1 MiB at most `max_ratio` times what was sent: unpacking stops there, so a
    bomb costs no more memory than an honest answer. Raises `FetchFailed`, also for an encoding that was not
    asked for.
    """
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    body = bytearray()
    for piece in _unpacked(answer.iter_raw(PIECE_BYTES), encoding):
        body += piece
        if len(body) > max_bytes:
            raise FetchFailed(f"The answer is larger than {max_bytes:,} bytes.")
        sent = answer.num_bytes_downloaded
        if encoding and len(body) > RATIO_FREE_BYTES and len(body) > max_ratio * sent:
            raise FetchFailed(f"The answer unpacks to more than {max_ratio} times its size.")
    return bytes(body)


def _unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from pieces
    elif encoding in ("gzip", "x-gzip"):
        yield from _inflated(pieces, zlib.MAX_WBITS | 16)
    elif encoding == "deflate":
        yield from _inflated(pieces, zlib.MAX_WBITS)
    else:
        raise FetchFailed(f"The answer is packed as {encoding[:40]!r}; only gzip and deflate are read.")


def _inflated(pieces: Iterable[bytes], window_bits: int) -> Iterator[bytes]:
    """Unpack in small steps. Deflate without its zlib header, which some servers send, is read as well."""
    machine = zlib.decompressobj(window_bits)
    is_first = True
    for piece in pieces:
        try:
            unpacked = machine.decompress(piece, PIECE_BYTES)
        except zlib.error as error:
            if not is_first or window_bits != zlib.MAX_WBITS:
                raise FetchFailed("The answer is damaged: it cannot be unpacked.") from error
            machine = zlib.decompressobj(-zlib.MAX_WBITS)
            unpacked = _inflate(machine, piece)
        is_first = False
        while unpacked:
            yield unpacked
            unpacked = _inflate(machine, machine.unconsumed_tail)
    if not is_first and not machine.eof:
        raise FetchFailed("The answer ended before all of it was sent.")


def _inflate(machine: Any, piece: bytes) -> bytes:
    try:
        unpacked: bytes = machine.decompress(piece, PIECE_BYTES)
    except zlib.error as error:
        raise FetchFailed("The answer is damaged: it cannot be unpacked.") from error
    return unpacked
