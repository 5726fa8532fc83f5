"""Outgoing requests against a real server on loopback, which is exactly what must not be reachable."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest

from omnisonic.platform import http_client
from omnisonic.platform.http_client import FetchFailed, FetchRefused, fetch
from omnisonic.platform.settings import Settings

closing = threading.Event()


class Server(BaseHTTPRequestHandler):
    """Answers, redirects and unpacks to a lot."""

    requests: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.requests.append((self.path, dict(self.headers)))
        if self.path.startswith("/to/"):
            self.answer(302, b"", location=self.path.removeprefix("/to/"))
        elif self.path.startswith("/count/"):
            left = int(self.path.removeprefix("/count/"))
            self.answer(200 if left == 0 else 302, b"end", location=f"/count/{left - 1}")
        elif self.path == "/bomb":
            self.answer(200, gzip.compress(bytes(2_000_000)), encoding="gzip")
        elif self.path == "/packed":
            self.answer(200, gzip.compress(bytes(900_000)), encoding="gzip")
        elif self.path.startswith("/as/"):
            self.answer(200, b"?", encoding=unquote(self.path.removeprefix("/as/")))
        elif self.path.startswith("/moved/"):
            _, _, status, rest = self.path.split("/", 3)
            self.answer(int(status), b"", location=f"/{rest}")
        elif self.path.startswith("/drip") or self.path == "/stall":
            self.drip()
        else:
            self.answer(200, b"hello")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        if "location" in headers and status != 200:
            self.send_header("Location", headers["location"])
        if "encoding" in headers:
            self.send_header("Content-Encoding", headers["encoding"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """Never come to an end, until nobody listens any more."""
        start = b"HTTP/1.1 200 OK\r\n"
        self.wfile.write(start + b"\r\n" if self.path == "/drip-body" else start)
        try:
            while self.path != "/stall" and not closing.wait(0.02):
                self.wfile.write(b"a")
                self.wfile.flush()
            closing.wait(10)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Server.requests.clear()
    closing.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def allowed(port: int, configure: Callable[..., Settings]) -> str:
    """The server's address, which the operator allowed by host and port."""
    configure(FETCH_ALLOWED_PRIVATE_HOSTS=f"localhost:{port}")
    return f"http://localhost:{port}"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1"],  # noqa: S104
)
def test_the_own_machine_is_refused_however_it_is_written(
    port: int, configure: Callable[..., Settings], host: str
) -> None:
    configure()
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch(f"http://{host}:{port}/")
    assert Server.requests == []


def test_what_the_operator_allows_is_fetched_with_its_name(allowed: str) -> None:
    fetched = fetch(f"{allowed}/page", headers={"X-Sent": "1"})
    assert (fetched.status, fetched.content, fetched.url) == (200, b"hello", f"{allowed}/page")
    assert Server.requests[0][1]["Host"] == allowed.removeprefix("http://")
    assert Server.requests[0][1]["User-Agent"].startswith("Omnisonic/")


def test_allowing_one_port_does_not_allow_the_host(allowed: str, port: int) -> None:
    with pytest.raises(FetchRefused):
        fetch(f"http://localhost:{port + 1}/")


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/", "file:///etc/passwd", "http://u:p@localhost/"])
def test_a_redirect_is_checked_like_the_first_address(allowed: str, target: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(f"{allowed}/to/{target}")


def test_five_redirects_are_followed_and_no_more(allowed: str) -> None:
    assert fetch(f"{allowed}/count/5").content == b"end"
    with pytest.raises(FetchFailed, match="redirects"):
        fetch(f"{allowed}/count/6")


def test_a_password_is_not_carried_to_another_place(port: int, configure: Callable[..., Settings]) -> None:
    configure(FETCH_ALLOWED_PRIVATE_HOSTS=f"localhost:{port},127.0.0.1:{port}")
    headers = {"Authorization": "Bearer secret"}
    fetch(f"http://localhost:{port}/to/http://127.0.0.1:{port}/there", headers=headers)
    assert [("Authorization" in sent) for _, sent in Server.requests] == [True, False]


def test_what_unpacks_to_too_much_is_cut_off(allowed: str) -> None:
    with pytest.raises(FetchFailed, match="larger"):
        fetch(f"{allowed}/bomb", max_bytes=1_000_000)
    with pytest.raises(FetchFailed, match="100 times"):
        fetch(f"{allowed}/bomb", max_bytes=2_000_000)
    assert len(fetch(f"{allowed}/packed").content) == 900_000


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zip"])
def test_an_encoding_that_was_not_asked_for_is_refused(allowed: str, encoding: str) -> None:
    with pytest.raises(FetchFailed, match="only gzip and deflate"):
        fetch(f"{allowed}/as/{encoding}")


def test_a_byte_now_and_then_does_not_hold_a_request_open(allowed: str) -> None:
    for place in ("drip-headers", "drip-body", "stall"):
        with pytest.raises(FetchFailed):
            fetch(f"{allowed}/{place}", total_s=0.3)


@pytest.mark.parametrize(
    ("path", "moved"),
    [("/moved/308/moved/301/page", "/page"), ("/moved/301/moved/302/page", "/moved/302/page"),
     ("/moved/302/moved/301/page", None)],
)  # fmt: skip
def test_it_says_where_permanent_redirects_lead(allowed: str, path: str, moved: str | None) -> None:
    fetched = fetch(f"{allowed}{path}")
    assert fetched.url == f"{allowed}/page"
    assert fetched.moved_to == (f"{allowed}{moved}" if moved else None)


def test_the_address_that_was_checked_is_the_one_connected_to(
    allowed: str, port: int, configure: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its mind between two look-ups is looked up only once."""
    configure(FETCH_ALLOWED_PRIVATE_HOSTS="")
    answers = iter([[http_client.ip_address("203.0.113.1")], [http_client.ip_address("127.0.0.1")]])
    monkeypatch.setattr(http_client, "resolve", lambda _host, _port: next(answers))
    monkeypatch.setattr(http_client, "is_public", lambda address: str(address) != "127.0.0.1")
    network = http_client.CheckedNetwork([])
    assert [str(address) for address in network.checked_addresses("rebind.example", port)] == ["203.0.113.1"]
    with pytest.raises(FetchRefused):
        fetch(f"http://rebind.example:{port}/")
    assert Server.requests == []


@pytest.mark.parametrize("url", ["ftp://example.org/", "gopher://example.org/", "http://", "no address"])
def test_other_schemes_are_refused(configure: Callable[..., Settings], url: str) -> None:
    configure()
    with pytest.raises(FetchRefused):
        fetch(url)


def test_an_unknown_name_is_a_failure_with_a_sentence(configure: Callable[..., Settings]) -> None:
    configure()
    with pytest.raises(FetchFailed, match="no server named"):
        fetch("http://nobody.invalid/")
