"""A mail server that delivers nowhere: each message becomes an .eml file below the data folder."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.ports import LOOPBACK, is_listening, remembered_port
from omnisonic.platform.embedded.processes import ProcessSpec

MAX_MESSAGE_BYTES = 25 * 1024 * 1024


class EmbeddedMailSink:
    """The sink as a process of its own."""

    name = "mail"

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.port = remembered_port(folder.ports, self.name)

    def spec(self) -> ProcessSpec:
        """How to run the sink."""
        self.folder.mail.mkdir(mode=0o700, exist_ok=True)
        command = [sys.executable, "-m", __name__, str(self.port), str(self.folder.mail)]
        return ProcessSpec(self.name, command)

    def is_ready(self) -> bool:
        """Whether it accepts connections."""
        return is_listening(self.port)

    def finish_setup(self) -> None:
        """Nothing to add once it runs."""

    def environment(self) -> dict[str, str]:
        """Variables for the application."""
        return {"SMTP_HOST": LOOPBACK, "SMTP_PORT": str(self.port), "SMTP_TLS": "false"}


class FileEachMessage:
    """Writes what arrives to `folder`, one file each, oldest name first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep one message (RFC 5321 §4.1.1.4), with its envelope in the first lines."""
        self.count += 1
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{self.count:04d}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        draft = self.folder / f".{name}"
        draft.write_bytes(head.encode() + bytes(envelope.content))
        draft.replace(self.folder / name)
        print(f"mail for {', '.join(envelope.rcpt_tos)}: {self.folder / name}", flush=True)
        return "250 Message filed"


async def serve(port: int, folder: Path) -> None:
    """Take mail until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    handler = FileEachMessage(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=MAX_MESSAGE_BYTES, enable_SMTPUTF8=True, loop=loop),
        LOOPBACK,
        port,
    )
    async with server:
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
