"""The player's modules without the rest: as they are, unbuilt, beside files of a test."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

import omnisonic.studio.player
from omnisonic.platform.storage.ranges import parse_range
from tests.e2e.people import be_signed_in, call
from tests.integration.studio.conftest import sine_wav
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

READY_TIMEOUT_S = 60


class Sources(ThreadingHTTPServer):
    """Serves the modules and what a test puts into `files`, by byte ranges where asked."""

    def __init__(self) -> None:
        folder = str(Path(omnisonic.studio.player.__file__).parent)
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=folder))
        self.files: dict[str, bytes] = {}
        self.bytes_sent = 0
        self.hold_after_bytes: int | None = None  # answers beyond this byte of a file wait for `release`
        self.release = threading.Event()

    @property
    def url(self) -> str:
        """Address of the folder."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(SimpleHTTPRequestHandler):
    server: Sources

    def log_message(self, *_: Any) -> None:
        """Requests are no news."""

    def do_GET(self) -> None:
        content = self.server.files.get(self.path)
        if content is None:
            super().do_GET()
            return
        part = parse_range(self.headers.get("Range"), len(content))
        body = content if part is None else content[part.start : part.end]
        limit = self.server.hold_after_bytes
        if limit is not None and part is not None and part.end > limit:
            self.server.release.wait()
        self.send_response(HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT)
        if part is not None:
            self.send_header("Content-Range", f"bytes {part.start}-{part.end - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            return  # the browser has given up what it asked for
        self.server.bytes_sent += len(body)


@pytest.fixture
def sources() -> Iterator[Sources]:
    """A running server of the modules."""
    server = Sources()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Page]:
    """One page for all who need only a document: a fresh profile costs more than such a test."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def bench(tab: Page, sources: Sources) -> Iterator[Page]:
    """An empty document, of an origin of its own, that may import the player's modules."""
    tab.goto(sources.url)
    yield tab
    tab.unroute_all()
    tab.goto("about:blank")


@pytest.fixture
def mara(new_context: Callable[..., BrowserContext]) -> tuple[Page, str]:
    """The owner in a session with one take that is ready to be heard."""
    page = new_context().new_page()
    be_signed_in(page, "mara@example.org")
    session_id = call(page, "POST", "/api/sessions", {"name": "Untitled session"})["session"]["id"]
    take = sine_wav(rate_hz=48_000, seconds=12, frequency_hz=110)  # plays on while a test looks
    form = {"sessionId": session_id, "file": {"name": "Bass_DI.wav", "mimeType": "audio/wav", "buffer": take}}
    upload_id = call(page, "POST", "/api/upload", multipart=form)["upload"]["id"]
    call(page, "POST", f"/api/sessions/{session_id}/tracks", {"uploadId": upload_id, "name": "Bass DI"})
    upload = f"/api/upload/{upload_id}"
    wait_until(lambda: call(page, "GET", upload)["upload"]["status"] == "ready", deadline_s=READY_TIMEOUT_S)
    page.goto(f"/sessions/{session_id}")
    expect(page.get_by_test_id("join").or_(page.get_by_test_id("leave"))).to_be_visible()
    expect(page.get_by_test_id("track-0")).to_have_attribute("data-audio", "ready")
    return page, session_id
