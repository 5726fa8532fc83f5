"""The process that owns chdb and speaks ClickHouse's HTTP protocol on loopback, for unmodified clients."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server as HttpServer

from omnisonic.platform.embedded.clickhouse_engine import Engine
from omnisonic.platform.embedded.clickhouse_http import ClickHouseApp
from omnisonic.platform.embedded.clickhouse_requests import Credentials
from omnisonic.platform.embedded.ports import LOOPBACK

DRAIN_S = 5.0


@dataclass(frozen=True)
class GatewayConfig:
    """What the process starts with. It comes in a private file: a command line is public."""

    home: str
    port: int
    user: str
    password: str
    database: str


async def serve(config: GatewayConfig) -> None:
    """Answer until SIGTERM or SIGINT, then finish what is being answered."""
    home = Path(config.home)
    engine = Engine(home / "data", fresh_folder(home / "spool"))
    engine.create_database(config.database)
    app = ClickHouseApp(engine, Credentials(config.user, config.password), home / "spool")
    server = HttpServer(
        app,
        address=LOOPBACK,
        port=config.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    await app.drain(within_s=DRAIN_S)
    server.stop()  # type: ignore[no-untyped-call]
    await serving
    engine.close()


def fresh_folder(folder: Path) -> Path:
    """An empty folder of our own: what a killed process left in it goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def main(file: Path) -> None:
    """Entry of the process."""
    os.umask(0o077)
    config = GatewayConfig(**json.loads(file.read_text()))
    asyncio.run(serve(config))
    print("stopped", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
