"""An outlet and a receiver of alerts on loopback, as the instance meets them: over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape


@dataclass
class Outlet:
    """Answers GET with a feed of `titles`, keeps what is posted to it."""

    url: str = ""
    titles: list[str] = field(default_factory=list)
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def document(self) -> bytes:
        """The feed as it stands, newest last."""
        now = escape(format_datetime(datetime.now(UTC)))
        items = "".join(
            f"<item><guid>{self.url}/{number}</guid><link>{self.url}/{number}</link>"
            f"<title>{escape(title)}</title><pubDate>{now}</pubDate></item>"
            for number, title in enumerate(self.titles)
        )
        head = f"<title>Loopback Music News</title><link>{self.url}</link><description>News</description>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


@contextmanager
def open_outlet() -> Iterator[Outlet]:
    """Serve an outlet on a free port until the end of the block."""
    outlet = Outlet()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(outlet.document(), "application/rss+xml")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            outlet.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self._answer(b"", "text/plain")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    outlet.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield outlet
    finally:
        server.shutdown()
        server.server_close()
