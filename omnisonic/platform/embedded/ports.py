"""Ports on this machine: which are free, and which an embedded server used last time."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack, closing
from pathlib import Path

from omnisonic.platform.settings import SettingsError

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `host:port` now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def is_listening(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody accepts connections on `host:port`."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    """A port that nobody uses at this moment."""
    (port,) = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """So many ports that nobody uses at this moment, all different: asked one by one they need not be."""
    with ExitStack() as probes:
        found = [
            probes.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)))
            for _ in range(count)
        ]
        for probe in found:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in found]


def remembered_port(file: Path, name: str) -> int:
    """The port that server `name` had last time if it is free, else a new one; noted in `file`."""
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    port = known.get(name)
    if port is None or not is_free(port):
        port = free_port()
        file.write_text(json.dumps({**known, name: port}, indent=1) + "\n")
    return port


def require_free(variable: str, port: int, host: str) -> None:
    """Raise `SettingsError` naming `variable` when its port is taken."""
    if not is_free(port, host) or is_listening(port):
        raise SettingsError(
            f"{variable}: port {port} is taken by another program. "
            f"Stop that one, or choose another port, for example: {variable}={port + 1} make run"
        )
