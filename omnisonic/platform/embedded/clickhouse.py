"""The embedded ClickHouse: chdb behind the HTTP gateway. Password, loopback, data below the folder."""

from __future__ import annotations

import http.client
import json
import sys
from contextlib import closing
from dataclasses import asdict

from omnisonic.platform.embedded.clickhouse_gateway import GatewayConfig
from omnisonic.platform.embedded.folder import DataFolder, write_private
from omnisonic.platform.embedded.ports import LOOPBACK, remembered_port
from omnisonic.platform.embedded.processes import ProcessSpec
from omnisonic.platform.embedded.wheels import package_folder

USER = "omnisonic"
GATEWAY = "omnisonic.platform.embedded.clickhouse_gateway"
PING_TIMEOUT_S = 2


class EmbeddedClickHouse:
    """The gateway's process and its folder."""

    name = "clickhouse"

    def __init__(self, folder: DataFolder, *, database: str) -> None:
        self.folder = folder
        self.database = database
        self.port = remembered_port(folder.ports, self.name)
        self.password = folder.secret("clickhouse")

    def spec(self) -> ProcessSpec:
        """Write the configuration and say how to run the gateway."""
        package_folder("chdb")
        home = self.folder.root / self.name
        home.mkdir(mode=0o700, exist_ok=True)
        config = GatewayConfig(str(home), self.port, USER, self.password, self.database)
        write_private(home / "gateway.json", json.dumps(asdict(config)))
        return ProcessSpec(self.name, [sys.executable, "-m", GATEWAY, str(home / "gateway.json")], grace_s=15)

    def is_ready(self) -> bool:
        """Whether it answers, with its data loaded."""
        try:
            with closing(
                http.client.HTTPConnection(LOOPBACK, self.port, timeout=PING_TIMEOUT_S)
            ) as connection:
                connection.request("GET", "/ping")
                return connection.getresponse().read() == b"Ok.\n"
        except (OSError, http.client.HTTPException):
            return False

    def finish_setup(self) -> None:
        """Nothing to add once it runs."""

    def environment(self) -> dict[str, str]:
        """Variables for the application."""
        return {
            "CLICKHOUSE_HOST": LOOPBACK,
            "CLICKHOUSE_PORT": str(self.port),
            "CLICKHOUSE_USER": USER,
            "CLICKHOUSE_PASSWORD": self.password,
        }
