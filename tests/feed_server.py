"""A server on loopback with feeds of every bad habit. Paths say what they do."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

RSS = "application/rss+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = RSS


@dataclass
class FeedServer:
    """The running server: change `answers` between requests to change what its feeds say."""

    port: int
    answers: dict[str, Answer | Callable[[dict[str, str]], Answer]]
    requests: list[tuple[str, dict[str, str]]]

    def url(self, path: str, *, host: str = "localhost") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for a path."""
        return [headers for asked, headers in self.requests if asked == path]


@contextmanager
def running_feed_server() -> Iterator[FeedServer]:
    """Serve until the end of the block."""
    closing = threading.Event()
    shared: dict[str, Any] = {"closing": closing}
    handler = type("Handler", (_Handler,), {"shared": shared})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    feeds = FeedServer(server.server_port, nasty_answers(server.server_port), [])
    shared["feeds"] = feeds
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield feeds
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    shared: dict[str, Any]

    def do_GET(self) -> None:
        feeds: FeedServer = self.shared["feeds"]
        headers = {name.lower(): value for name, value in self.headers.items()}
        feeds.requests.append((self.path, headers))
        if self.path in ("/stall", "/drip"):
            self.trickle()
            return
        found = feeds.answers.get(self.path, Answer(b"nothing here", 404, content_type=HTML))
        answer = found(headers) if callable(found) else found
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.status != 304:
            self.wfile.write(answer.body)

    def trickle(self) -> None:
        """Begin, then send nothing, or a byte at a time."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss>")
            self.wfile.flush()
            while self.path == "/drip" and not self.shared["closing"].wait(0.02):
                self.wfile.write(b" ")
                self.wfile.flush()
            self.shared["closing"].wait(30)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def rss(*items: str, title: str = "Loud News", extra: str = "") -> bytes:
    """An RSS 2.0 document of items."""
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    body = f"<title>{escape(title)}</title><link>https://loud.example/</link>{extra}{''.join(items)}"
    return f"{head}{body}</channel></rss>".encode()


def item(number: int, *, title: str = "", guid: str | None = "", dated: bool = True) -> str:
    """One item of RSS; `guid` None leaves it out."""
    name = title or f"Headline {number}"
    identity = "" if guid is None else f'<guid isPermaLink="false">{guid or f"g{number}"}</guid>'
    at = format_datetime(NOW - timedelta(hours=number + 1))
    date = f"<pubDate>{at}</pubDate>" if dated else ""
    link = f"<link>https://loud.example/{number}</link>"
    return f"<item><title>{escape(name)}</title>{link}{identity}{date}<description>Text</description></item>"


def nasty_answers(port: int) -> dict[str, Answer | Callable[[dict[str, str]], Answer]]:
    """Every path and what it does."""
    good = rss(item(1), item(2), item(3))
    here = f"http://localhost:{port}"
    page = '<html><head><title>Loud</title><link rel="alternate" type="application/rss+xml" title="All news" '
    page += 'href="/good"><link rel="alternate" type="application/atom+xml" href="atom">'
    page += '<link rel="alternate" type="text/html" hreflang="de" href="/de"></head><body>News</body></html>'
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel>&b;'
    retry_at = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    return {
        "/good": Answer(good, headers={"ETag": '"v1"', "Last-Modified": format_datetime(NOW, usegmt=True)}),
        "/conditional": lambda asked: _conditional(asked, good),
        "/same-body": Answer(good),
        "/to-private": Answer(status=302, headers={"Location": "http://10.0.0.1/feed"}),
        "/to-metadata": Answer(status=301, headers={"Location": "http://169.254.169.254/latest/"}),
        "/to-file": Answer(status=302, headers={"Location": "file:///etc/passwd"}),
        "/loop": Answer(status=302, headers={"Location": "/loop"}),
        "/moved": Answer(status=301, headers={"Location": "/moved-again"}),
        "/moved-again": Answer(status=308, headers={"Location": f"{here}/new-home"}),
        "/new-home": Answer(good),
        "/moved-to-good": Answer(status=301, headers={"Location": "/good"}),
        "/for-now": Answer(status=302, headers={"Location": "/good"}),
        "/gzip-bomb": Answer(gzip.compress(bytes(40_000_000)), headers={"Content-Encoding": "gzip"}),
        "/gzip": Answer(gzip.compress(good), headers={"Content-Encoding": "gzip"}),
        "/endless": Answer(b"<rss>" + b" " * (15 * 1024 * 1024)),
        "/latin1-lie": Answer(
            rss(item(1, title="Björk spielt größer")).decode().encode("latin-1"), content_type=RSS
        ),
        "/utf8-lie": Answer(
            rss(item(1, title="Björk – größer")), content_type="text/xml; charset=iso-8859-1"
        ),
        "/no-charset": Answer(rss(item(1, title="Sigur Rós")), content_type="text/xml"),
        "/same-guids": Answer(rss(*(item(number, guid="same") for number in range(10)))),
        "/no-guids": Answer(rss(*(item(number, guid=None) for number in range(3)))),
        "/no-dates": Answer(rss(item(1, dated=False), item(2, dated=False))),
        "/from-the-future": Answer(rss(item(-50_000), item(1))),
        "/changed-title": Answer(rss(item(1, title="Before"))),
        "/html": Answer(page.encode(), content_type=HTML),
        "/site/": Answer(page.encode(), content_type=HTML),
        "/empty": Answer(b""),
        "/cut-off": Answer(rss(item(1), item(2), item(3))[:-120]),
        "/429-seconds": Answer(status=429, headers={"Retry-After": "7200"}),
        "/429-date": Answer(status=429, headers={"Retry-After": retry_at}),
        "/429-forever": Answer(status=429, headers={"Retry-After": "999999999"}),
        "/429": Answer(status=429),
        "/503": Answer(status=503, headers={"Retry-After": "600"}),
        "/410": Answer(b"gone", 410),
        "/403": Answer(b"no", 403),
        "/500": Answer(b"oops", 500),
        "/many": Answer(rss(*(item(number) for number in range(2500)))),
        "/billion-laughs": Answer(bomb.encode()),
    }


def _conditional(asked: dict[str, str], body: bytes) -> Answer:
    headers = {"ETag": 'W/"odd, one"', "Last-Modified": "Sat, 01 Jan 2000 00:00:00 GMT"}
    if asked.get("if-none-match") == headers["ETag"]:
        return Answer(status=304, headers=headers | {"Last-Modified": "Sun, 02 Jan 2000 00:00:00 GMT"})
    return Answer(body, headers=headers)
