"""Connections to ClickHouse that notice a server which fell silent, however long a statement may take."""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import TYPE_CHECKING, Any, cast

from clickhouse_connect.driver.httputil import get_pool_manager
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LISTEN_S = 4.0  # so long a server may send nothing before it is asked for a sign of life
PING_TIMEOUT_S = 4.0
READ_AHEAD_BYTES = 1 << 16


def is_awake(address: str, *, timeout_s: float = PING_TIMEOUT_S) -> bool:
    """Whether a server (`http://host:port`) says that it is there; one that is only busy does."""
    try:
        with get_pool_manager(maxsize=1, retries=False) as pool:
            return bool(pool.request("GET", f"{address}/ping", timeout=timeout_s).status < 500)
    except HTTPError:
        return False


def listening_pool(*, size: int) -> PoolManager:
    """Connections for a client, of which `size` are kept."""
    pool: PoolManager = get_pool_manager(maxsize=size)
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return pool


class _ListeningReader(io.RawIOBase):
    """The bytes of an answer. A pause in them, be it before the first or in the middle, makes it ask the
    server for a sign of life; a server that is only slow gives one, as often as it is asked."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, address: str) -> None:
        self._sock, self._raw, self._address = sock, raw, address

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Raises `TimeoutError` after a pause longer than the connection's patience, or from the dead."""
        patience_s = self._sock.gettimeout()
        ends_s = float("inf") if patience_s is None else time.monotonic() + patience_s
        try:
            while True:
                # Not `select`: bytes that TLS has decrypted already are not on the socket any more.
                self._sock.settimeout(max(0.001, min(LISTEN_S, ends_s - time.monotonic())))
                try:
                    return self._sock.recv_into(buffer)
                except TimeoutError:
                    _check_is_worth_waiting(self._address, ends_s)
        finally:
            if self._sock.fileno() >= 0:
                self._sock.settimeout(patience_s)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _check_is_worth_waiting(address: str, ends_s: float) -> None:
    if time.monotonic() >= ends_s:
        raise TimeoutError("The statement took longer than its caller waits.")
    if not is_awake(address, timeout_s=PING_TIMEOUT_S):
        raise TimeoutError("The server fell silent while it worked on a statement.")


class _Listening:
    """A socket as `http.client` wants it for an answer: something that makes a file."""

    def __init__(self, sock: socket.socket, address: str) -> None:
        self._sock, self._address = sock, address

    def makefile(self, _mode: str) -> io.BufferedReader:
        raw = cast(io.RawIOBase, self._sock.makefile("rb", buffering=0))
        return io.BufferedReader(_ListeningReader(self._sock, raw, self._address), READ_AHEAD_BYTES)


class _Connection(HTTPConnection):
    def response_class(  # type: ignore[override]  # called in the same way as the class
        self, sock: socket.socket, **options: Any
    ) -> http.client.HTTPResponse:
        return _answer(sock, f"http://{self.host}:{self.port}", **options)


class _TlsConnection(HTTPSConnection):
    def response_class(  # type: ignore[override]  # called in the same way as the class
        self, sock: socket.socket, **options: Any
    ) -> http.client.HTTPResponse:
        return _answer(sock, f"https://{self.host}:{self.port}", **options)


def _answer(sock: socket.socket, address: str, **options: Any) -> http.client.HTTPResponse:
    return http.client.HTTPResponse(cast(socket.socket, _Listening(sock, address)), **options)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
