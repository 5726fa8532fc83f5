"""Feeds of made news for benchmarks, and a server process with a loopback address for each of them."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

TEXT = """
album tour single label band singer release stage night record guitar drums festival chart debut return
critics studio producer crowd northern silver river echo summer winter new long live sold out world
"""
WORDS = TEXT.split()
SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from bench.news_feeds import document
items = int(sys.argv[1])
class Feeds(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = document(int(self.path.strip("/")), items)
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("0.0.0.0", 0), Feeds)
print(server.server_port, flush=True)
server.serve_forever()
"""


def address(number: int) -> str:
    """A loopback address that no other feed has: a domain of its own, so that none waits for another."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def document(number: int, items: int) -> bytes:
    """One feed: headlines, paragraphs of HTML, dates; always the same for its number."""
    words = random.Random(number)
    now = datetime(2026, 11, 21, tzinfo=UTC)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Paper {number}</title><link>https://paper-{number}.example/</link>"
    ]
    for place in range(items):
        title = " ".join(words.choices(WORDS, k=8)).capitalize()
        text = "".join(
            f"<p>{' '.join(words.choices(WORDS, k=60))} <a href='/a'>more</a></p>" for _ in range(3)
        )
        date = format_datetime(now - timedelta(hours=place))
        parts.append(
            f"<item><title>{title}</title><link>https://paper-{number}.example/{place}?utm_source=rss</link>"
            f"<guid isPermaLink='false'>{number}-{place}</guid><pubDate>{date}</pubDate>"
            f"<description>{escape(title)} …</description>"
            f"<content:encoded><![CDATA[{text}]]></content:encoded></item>"
        )
    return ("".join(parts) + "</channel></rss>").encode()


@contextmanager
def running_server(items: int) -> Iterator[int]:
    """The port of a server process, whose own work is not counted with ours."""
    command = [sys.executable, "-c", SERVER, str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
