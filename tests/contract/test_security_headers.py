"""What browsers are told, on every kind of answer."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.staticfiles import StaticFiles

from omnisonic.platform.middleware import wrap
from omnisonic.platform.settings import Settings
from tests.rest import rest_api

PATHS = ("/healthz", "/api/sessions", "/api/nothing", "/docs", "/openapi.json", "/sessions", "/admin/queues/")
MUST = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture
def client(db: None, redis_client: Any, storage: Any) -> Iterator[TestClient]:
    with TestClient(wrap(rest_api()), follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_them(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers[name] for name in MUST} == MUST
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-inline'" not in headers["content-security-policy"].split("style-src")[0]
    assert headers["permissions-policy"].startswith("microphone=()")
    assert "strict-transport-security" not in headers


def test_only_the_studio_may_ask_for_the_microphone(client: TestClient) -> None:
    assert client.get("/sessions/0197").headers["permissions-policy"].startswith("microphone=(self)")


def test_data_may_do_nothing_at_all(client: TestClient) -> None:
    for path in ("/healthz", "/api/nothing", "/openapi.json"):
        assert client.get(path).headers["content-security-policy"].startswith("default-src 'none'")


def test_over_https_browsers_stay_there(
    db: None, redis_client: Any, configure: Callable[..., Settings]
) -> None:
    configure(PUBLIC_URL="https://studio.example")
    with TestClient(wrap(rest_api())) as client:
        assert client.get("/healthz").headers["strict-transport-security"].startswith("max-age=31536000")


def test_the_description_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert "https://" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/docs/assets/{asset}" in page.text
        assert client.get(f"/docs/assets/{asset}").status_code == 200


def test_pages_may_run_the_scripts_of_the_build(
    servers: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REFLEX_WEB_WORKDIR", str(tmp_path))
    build = tmp_path / "build" / "client"
    build.mkdir(parents=True)
    (build / "index.html").write_text("<script>start()</script>")
    client = TestClient(wrap(StaticFiles(directory=build, html=True)))
    policy = client.get("/").headers["content-security-policy"]
    digest = base64.b64encode(hashlib.sha256(b"start()").digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
