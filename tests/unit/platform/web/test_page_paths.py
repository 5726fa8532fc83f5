"""Pages are served under their address without a redirect; nothing outside the build is reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from omnisonic.platform.web.page_paths import PagePaths


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """An application that answers with the path it was asked for, behind a build with one page."""
    (tmp_path / "build" / "about").mkdir(parents=True)
    (tmp_path / "build" / "about" / "index.html").write_text("about")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "index.html").write_text("secret")

    async def echo(request: object) -> PlainTextResponse:
        return PlainTextResponse(request.url.path)  # type: ignore[attr-defined]

    routes = [Route("/{rest:path}", echo, methods=["GET", "POST"])]
    return TestClient(PagePaths(Starlette(routes=routes), build_dir=tmp_path / "build"))


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("/about", "/about/"),
        ("/about/", "/about/"),
        ("/", "/"),
        ("/api/sessions", "/api/sessions"),
        ("/%2e%2e/outside", "/%2e%2e/outside"),
        ("/" + "a" * 600, "/" + "a" * 600),
    ],
)
def test_only_built_pages_get_their_folder(client: TestClient, asked: str, served: str) -> None:
    assert client.get(asked, follow_redirects=False).text.replace("/../", "/%2e%2e/") == served


def test_only_reading_is_rewritten(client: TestClient) -> None:
    assert client.post("/about").text == "/about"
