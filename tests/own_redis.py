"""A Redis of one test's own, to be stopped and started."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import start, stop
from omnisonic.platform.embedded.valkey import EmbeddedValkey
from omnisonic.platform.settings import Settings
from tests.waiting import wait_until


class OwnRedis:
    """Stops and starts at the same address with the same contents."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedValkey(DataFolder.open(folder))
        self._spec = self.server.spec()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = start(self._spec, subprocess.DEVNULL)
        wait_until(self.server.is_ready)

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, self._spec)
            self._process = None


@pytest.fixture
def own_redis(tmp_path: Path, configure: Callable[..., Settings]) -> Iterator[OwnRedis]:
    """A Redis that this test may stop; REDIS_URL is its address."""
    redis = OwnRedis(tmp_path / "redis")
    redis.start()
    configure(REDIS_URL=redis.server.url)
    yield redis
    redis.stop()
