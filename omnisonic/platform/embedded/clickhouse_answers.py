"""How an answer is sent: its headers, its pieces, their compression, and a failure in its middle."""

from __future__ import annotations

import json
import secrets
import string
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from starlette.types import Send

from omnisonic.platform.embedded.clickhouse_codecs import ENCODERS
from omnisonic.platform.embedded.clickhouse_engine import Summary
from omnisonic.platform.embedded.clickhouse_errors import Refusal

IN_MEMORY_BYTES = 4 << 20
PIECE_BYTES = 1 << 20
TAG_LENGTH = 16
CONTENT_TYPES = {
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
}
Headers = list[tuple[bytes, bytes]]


class Pieces(Protocol):
    """Something to be read piece by piece."""

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class About:
    """What the headers tell of every answer."""

    query_id: str
    timezone: str

    def headers(self, summary: Summary | None = None, format_name: str | None = None) -> Headers:
        """The headers of a ClickHouse server. Only an answer with rows names a format."""
        found = {
            "content-type": CONTENT_TYPES.get(format_name or "TabSeparated", "application/octet-stream"),
            "x-clickhouse-server-display-name": "omnisonic",
            "x-clickhouse-query-id": self.query_id,
            "x-clickhouse-timezone": self.timezone,
        }
        if summary is not None:
            told = {name: str(value) for name, value in asdict(summary).items()}
            found["x-clickhouse-summary"] = json.dumps({**told, "result_rows": "0", "result_bytes": "0"})
        if format_name is not None:
            found["x-clickhouse-format"] = format_name
        return [(name.encode(), value.encode("latin-1", "replace")) for name, value in found.items()]


class Answer:
    """One answer of status 200 in pieces: nothing of it is kept, so memory stays small."""

    def __init__(self, send: Send, about: About, encoding: str | None) -> None:
        self._send = send
        self._about = about
        self._encoding = encoding
        self._encoder = ENCODERS[encoding]() if encoding else None
        self._tag = "".join(secrets.choice(string.ascii_lowercase) for _ in range(TAG_LENGTH))

    async def begin(self, summary: Summary, format_name: str) -> None:
        """Send the headers of an answer with rows."""
        added = [(b"x-clickhouse-exception-tag", self._tag.encode())]
        if self._encoding:
            added.append((b"content-encoding", self._encoding.encode()))
        headers = self._about.headers(summary, format_name)
        await self._send({"type": "http.response.start", "status": 200, "headers": headers + added})

    async def print(self, printed: bytes, summary: Summary) -> None:
        """Send what a statement without rows printed, mostly nothing."""
        headers = self._about.headers(summary, "TabSeparated" if printed else None)
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.end(printed)

    def encode(self, piece: bytes) -> bytes:
        """`piece` as it travels; the end of the stream when it is empty. Blocks."""
        if self._encoder is None:
            return piece
        return self._encoder.compress(piece) if piece else self._encoder.flush()

    async def write(self, encoded: bytes) -> None:
        """Send a piece."""
        if encoded:
            await self._send({"type": "http.response.body", "body": encoded, "more_body": True})

    async def end(self, last: bytes = b"") -> None:
        """Send the end."""
        await self._send({"type": "http.response.body", "body": last})

    async def fail(self, refusal: Refusal, version: str) -> None:
        """Say in the body that the rest is missing, in the form that clients of 25.11 and later look for."""
        message = f"{refusal.message} (version {version})"
        foot = f"\n{len(message.encode()) + 1} {self._tag}\r\n__exception__\r\n"
        block = f"\r\n__exception__\r\n{self._tag}\r\n{message}{foot}".encode()
        await self.write(self.encode(block))
        await self.end(self.encode(b""))


class Spooled:
    """A whole answer, read to its end before the first byte of it is sent."""

    def __init__(self, rows: Pieces, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115
        while piece := rows.read():
            self._file.write(piece)
        self._file.seek(0)

    def read(self) -> bytes:
        """The next piece."""
        return self._file.read(PIECE_BYTES)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
