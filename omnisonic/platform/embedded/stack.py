"""The embedded servers together: start those whose address is not set, watch them, stop them."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import (
    ProcessSpec,
    ServerFailed,
    request_stop,
    start,
    stop,
    wait_until,
)
from omnisonic.platform.settings import Settings

START_TIMEOUT_S = 60.0


class EmbeddedServer(Protocol):
    """What the stack needs to know of a server."""

    name: str

    def spec(self) -> ProcessSpec: ...
    def is_ready(self) -> bool: ...
    def finish_setup(self) -> None: ...
    def environment(self) -> dict[str, str]: ...


@dataclass
class EmbeddedStack:
    """The servers of one data folder."""

    folder: DataFolder
    servers: list[EmbeddedServer]
    specs: dict[str, ProcessSpec] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    def needed(
        cls, settings: Settings, folder: DataFolder, *, without: Collection[str] = ()
    ) -> EmbeddedStack:
        """The servers whose address nobody has set, but for those named in `without`."""
        servers: list[EmbeddedServer] = []
        if settings.database_url is None:
            from omnisonic.platform.embedded.postgres import EmbeddedPostgres

            servers.append(EmbeddedPostgres(folder))
        if settings.redis_url is None:
            from omnisonic.platform.embedded.valkey import EmbeddedValkey

            servers.append(EmbeddedValkey(folder))
        if settings.clickhouse_host is None:
            from omnisonic.platform.embedded.clickhouse import EmbeddedClickHouse

            servers.append(EmbeddedClickHouse(folder, database=settings.clickhouse_database))
        if settings.smtp_host is None:
            from omnisonic.platform.embedded.mail_sink import EmbeddedMailSink

            servers.append(EmbeddedMailSink(folder))
        return cls(folder, [server for server in servers if server.name not in without])

    def start(self) -> dict[str, str]:
        """Start all, wait until they answer, and return the variables that the application needs."""
        environment: dict[str, str] = {}
        for server in self.servers:
            self.specs[server.name] = server.spec()
            self._launch(server.name)
        for server in self.servers:
            self._await(server)
            server.finish_setup()
            environment |= server.environment()
        return environment

    @property
    def process_ids(self) -> list[int]:
        """The servers' processes."""
        return [process.pid for process in self.running.values()]

    def revive(self) -> list[str]:
        """Start again what has died (data is recovered by the server itself); returns the names."""
        dead = [name for name, process in self.running.items() if process.poll() is not None]
        for name in dead:
            self._launch(name)
        return dead

    def stop(self) -> None:
        """Stop all, and wait until their data is on disk."""
        for name, process in self.running.items():
            request_stop(process, self.specs[name])
        for name, process in self.running.items():
            stop(process, self.specs[name])
        self.running.clear()

    def _launch(self, name: str) -> None:
        with self.folder.log(name).open("ab") as log:
            self.running[name] = start(self.specs[name], log)

    def _await(self, server: EmbeddedServer) -> None:
        process = self.running[server.name]
        ready = wait_until(lambda: process.poll() is not None or server.is_ready(), timeout_s=START_TIMEOUT_S)
        if not ready or process.poll() is not None:
            raise ServerFailed(
                f"{server.name} did not start; the end of {self.folder.log(server.name)}:\n"
                + last_lines(self.folder.log(server.name))
            )


def last_lines(file: Path, count: int = 12) -> str:
    """The end of a log, indented."""
    lines = file.read_text(errors="replace").splitlines()[-count:] if file.exists() else []
    return "\n".join(f"  {line}" for line in lines)
