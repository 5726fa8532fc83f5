"""A database and a Redis of a benchmark's own, and processes that are asked until they answer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from omnisonic.platform.clickhouse import get_client
from omnisonic.platform.clickhouse_migrations import migrate_clickhouse
from omnisonic.platform.db import dispose_engines
from omnisonic.platform.embedded.clickhouse import EmbeddedClickHouse
from omnisonic.platform.embedded.database_roles import SUPERUSER
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.migrations import migrate
from omnisonic.platform.embedded.ports import LOOPBACK, free_port
from omnisonic.platform.embedded.postgres import EmbeddedPostgres
from omnisonic.platform.embedded.processes import start, stop
from omnisonic.platform.embedded.stack import EmbeddedStack
from omnisonic.platform.process import keep_what_is_loaded
from omnisonic.platform.redis import get_redis
from omnisonic.platform.settings import get_settings

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS_PER_MINUTE = 10_000_000  # speed is measured, not the budget of an account
PATIENCE_S = 60.0


@dataclass(frozen=True)
class OwnServers:
    """What a benchmark may look into."""

    admin_url: str
    database_log: Path


@contextmanager
def own_servers() -> Iterator[OwnServers]:
    """Empty servers for the length of a block; their addresses are in the environment."""
    folder = Path(tempfile.mkdtemp(prefix="omnisonic-bench-"))
    folder.chmod(0o755)
    for name in ("DATABASE_URL", "DATABASE_READ_URL", "DATABASE_MIGRATION_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(OMNISONIC_ENV="test", OMNISONIC_DATA_DIR=str(folder), LOG_LEVEL="WARNING")
    _forget()
    stack = EmbeddedStack.needed(get_settings(), DataFolder.open(folder), without={"clickhouse"})
    try:
        os.environ.update(stack.start())
        _forget()
        migrate()
        database = next(server for server in stack.servers if isinstance(server, EmbeddedPostgres))
        keep_what_is_loaded()  # as every process of ours does once it has started
        yield OwnServers(database.url(SUPERUSER), stack.folder.log(database.name))
    finally:
        _forget()
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_clickhouse() -> Iterator[int]:
    """An empty embedded ClickHouse with our tables, inside of `own_servers`; its process id."""
    settings = get_settings()
    folder = DataFolder.open(settings.omnisonic_data_dir)
    server = EmbeddedClickHouse(folder, database=settings.clickhouse_database)
    spec = server.spec()
    with folder.log(server.name).open("ab") as log:
        process = start(spec, log)
    try:
        ends_s = time.monotonic() + PATIENCE_S
        while not server.is_ready():
            assert process.poll() is None, folder.log(server.name).read_text()
            assert time.monotonic() < ends_s, "ClickHouse does not answer"
            time.sleep(0.05)
        os.environ.update(server.environment())
        _forget()
        migrate_clickhouse()
        yield process.pid
    finally:
        stop(process, spec)


def cpu_ms_of(pid: int) -> float:
    """Processor time of a process so far, all of its threads and the system's work for them (Linux)."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(*command: str, port: int, **variables: str) -> Iterator[None]:
    """A Python process (`python COMMAND…`) that listens on `port`, for the length of a block."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
    try:
        ends_s = time.monotonic() + PATIENCE_S
        while not _listens(port):
            assert process.poll() is None, f"{command} ended with {process.returncode}"
            assert time.monotonic() < ends_s, f"{command} does not listen on {port}"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def running_graph() -> Iterator[tuple[str, str]]:
    """Our graph service as a process; its HTTP and its socket address."""
    http_port, socket_port = free_port(), free_port()
    ports = {"GRAPH_PORT": str(http_port), "GRAPH_WS_PORT": str(socket_port)}
    budget = {"GRAPH_OPERATIONS_PER_MINUTE": str(OPERATIONS_PER_MINUTE)}
    with running("-m", "omnisonic", "graph", port=http_port, **ports, **budget):
        yield f"http://{LOOPBACK}:{http_port}/graphql", f"ws://{LOOPBACK}:{socket_port}/graphql"


@contextmanager
def running_relay() -> Iterator[None]:
    """The relay as a process."""
    process = subprocess.Popen([sys.executable, "-m", "omnisonic", "relay"], cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def _forget() -> None:
    dispose_engines()
    get_redis.cache_clear()
    get_settings.cache_clear()
    get_client.cache_clear()
