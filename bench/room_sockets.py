"""Thin WebSocket clients for many sockets in one process: a frame costs them far less than the server."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from urllib.parse import urlsplit

_HEADER_END = b"\r\n\r\n"
_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_SHORT, _LONG = 126, 127


class RoomSocket(asyncio.Protocol):
    """One client (RFC 6455); `on_text` gets the payload of every text frame."""

    def __init__(self, url: str, on_text: Callable[[bytes], None]) -> None:
        self._url = urlsplit(url)
        self._on_text = on_text
        self._buffer = b""
        self._is_open = False
        self.close_code: int | None = None
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._url.path or '/'}?{self._url.query} HTTP/1.1\r\nHost: {self._url.netloc}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        self._buffer = buffer = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, found, rest = buffer.partition(_HEADER_END)
            if not found:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.opened.set_exception(ConnectionError(head.decode(errors="replace")[:200]))
                return
            self._is_open, self._buffer = True, rest
            self.opened.set_result(None)
        self._buffer = self._take_frames(self._buffer)

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody waits for ever for a socket that never opened."""
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("closed before it opened"))

    def send(self, payload: bytes) -> None:
        """Send a text frame; masked with zeros, which is allowed and costs nothing."""
        self._write(_TEXT, payload)

    def pause(self) -> None:
        """Read no more: what a page does whose computer went to sleep."""
        assert self._transport is not None
        self._transport.pause_reading()

    def close(self) -> None:
        """Cut the line."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self, first: int, payload: bytes) -> None:
        assert self._transport is not None
        size = len(payload)
        length = bytes([0x80 | size]) if size < _SHORT else bytes([0x80 | _SHORT]) + size.to_bytes(2)
        self._transport.write(bytes([first]) + length + bytes(4) + payload)

    def _take_frames(self, buffer: bytes) -> bytes:
        position, end = 0, len(buffer)
        while end - position >= 2:
            size, start = buffer[position + 1], position + 2
            if size >= _SHORT:
                start += 2 if size == _SHORT else 8
                if start > end:
                    break
                size = int.from_bytes(buffer[position + 2 : start])
            if start + size > end:
                break
            payload = buffer[start : start + size]
            if buffer[position] == _TEXT:
                self._on_text(payload)
            elif buffer[position] == _CLOSE:
                self.close_code = int.from_bytes(payload[:2])
            elif buffer[position] == _PING:
                self._write(_PONG, payload)
            position = start + size
        return buffer[position:]


async def dial(url: str, on_text: Callable[[bytes], None]) -> RoomSocket:
    """Open a socket; raises `ConnectionError` when the server does not want it."""
    parts = urlsplit(url)
    socket = RoomSocket(url, on_text)
    await asyncio.get_running_loop().create_connection(lambda: socket, parts.hostname or "", parts.port or 80)
    await socket.opened
    return socket
