"""Connections to ClickHouse that notice a server which fell silent, however long a statement may take."""

from __future__ import annotations

import time

from clickhouse_connect.driver.httputil import get_pool_manager
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.wait import wait_for_read

LISTEN_S = 4.0  # so long a server may work in silence before it is asked for a sign of life
PING_TIMEOUT_S = 4.0


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


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        _await_answer(self, f"http://{self.host}:{self.port}")
        return super().getresponse()


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        _await_answer(self, f"https://{self.host}:{self.port}")
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _await_answer(connection: HTTPConnection, address: str) -> None:
    """Wait for the first byte. Raises `TimeoutError` when time is over or nobody is there any more."""
    timeout_s = connection.timeout
    ends_s = time.monotonic() + timeout_s if isinstance(timeout_s, int | float) else float("inf")
    while not wait_for_read(connection.sock, max(0.0, min(LISTEN_S, ends_s - time.monotonic()))):
        if time.monotonic() >= ends_s:
            raise TimeoutError("The statement took longer than its caller waits.")
        if not is_awake(address, timeout_s=PING_TIMEOUT_S):
            raise TimeoutError("The server fell silent while it worked on a statement.")
