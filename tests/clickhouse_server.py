"""The ClickHouse of the tests: the gateway, or the server that OMNISONIC_TEST_CLICKHOUSE_URL names."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from omnisonic.platform.embedded.clickhouse import EmbeddedClickHouse
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import start, stop
from tests.waiting import wait_until

URL_VARIABLE = "OMNISONIC_TEST_CLICKHOUSE_URL"


class OwnClickHouse:
    """A gateway of one test's own, to be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedClickHouse(DataFolder.open(folder), database="insight")
        self.spec = self.server.spec()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.server.folder.log("clickhouse").open("ab") as log:
            self.process = start(self.spec, log)
        wait_until(self._is_ready_or_gone)
        assert self.process.poll() is None, self.server.folder.log("clickhouse").read_text()

    def kill(self) -> None:
        """`kill -9`."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """It keeps its connections and does nothing any more."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        stop(self.process, self.spec)
        return self.process.returncode

    def connect(self, **options: Any) -> Client:
        return connect(self.server.environment(), **options)

    def _is_ready_or_gone(self) -> bool:
        return self.process is None or self.process.poll() is not None or self.server.is_ready()


@contextmanager
def running_clickhouse(folder: Path) -> Iterator[dict[str, str]]:
    """The variables of a server for the length of a block."""
    if url := os.environ.get(URL_VARIABLE):
        parts = urlsplit(url)
        yield {
            "CLICKHOUSE_HOST": parts.hostname or "127.0.0.1",
            "CLICKHOUSE_PORT": str(parts.port or 8123),
            "CLICKHOUSE_USER": unquote(parts.username or "default"),
            "CLICKHOUSE_PASSWORD": unquote(parts.password or ""),
        }
        return
    own = OwnClickHouse(folder)
    own.start()
    try:
        yield own.server.environment()
    finally:
        own.stop()


def connect(environment: dict[str, str], **options: Any) -> Client:
    """An unmodified client."""
    return clickhouse_connect.get_client(
        host=environment["CLICKHOUSE_HOST"],
        port=int(environment["CLICKHOUSE_PORT"]),
        username=environment["CLICKHOUSE_USER"],
        **{"password": environment["CLICKHOUSE_PASSWORD"], **options},
    )
