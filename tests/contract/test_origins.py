"""Cookies are only worth something on our own pages."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from omnisonic.platform.middleware import wrap
from omnisonic.platform.settings import Settings
from scripts.reference import ROOT
from tests.contract.described import described_paths
from tests.rest import rest_api

FOREIGN = ("https://evil.example", "http://localhost:3000.evil.example", "null", "http://localhost:1")


@pytest.fixture
def client(db: None, redis_client: Any, storage: Any) -> Iterator[TestClient]:
    with TestClient(wrap(rest_api()), base_url="http://localhost:3000") as client:
        yield client


def test_the_list_of_origins_is_explicit_and_reflex_gets_it(configure: Callable[..., Settings]) -> None:
    settings = configure(PUBLIC_URL="https://studio.example", OMNISONIC_ENV="staging")
    assert settings.allowed_origins == ["https://studio.example"]
    config = runpy.run_path(str(ROOT / "rxconfig.py"))["config"]
    assert list(config.cors_allowed_origins) == ["https://studio.example"]


def test_both_names_of_this_machine_work_in_development(configure: Callable[..., Settings]) -> None:
    settings = configure(PORT=3100, PUBLIC_URL="http://localhost:3100")
    assert set(settings.allowed_origins) == {"http://localhost:3100", "http://127.0.0.1:3100"}
    assert "*" not in settings.allowed_origins


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_route_lets_a_foreign_page_act(client: TestClient, origin: str) -> None:
    for path, item in described_paths().items():
        for method in {"post", "put", "patch", "delete"} & set(item):
            answer = client.request(method, path, headers={"Origin": origin, "Cookie": "omnisonic_session=x"})
            assert answer.status_code == 403, (method, path)
            assert answer.json()["type"] == "/problems/origin-refused"


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_answer_may_be_read_by_a_foreign_page(client: TestClient, origin: str) -> None:
    answer = client.get("/api/auth/session", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", FOREIGN)
def test_the_socket_of_the_pages_refuses_a_foreign_handshake(client: TestClient, origin: str) -> None:
    headers = {"Origin": origin, "Cookie": "omnisonic_session=x"}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/_event/?EIO=4&transport=websocket", headers=headers),
    ):
        pass
    assert refused.value.code == 1008
