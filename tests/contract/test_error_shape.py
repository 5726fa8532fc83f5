"""Every route refuses in one shape, whatever is wrong and whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from omnisonic.platform.auth.authentication import cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import error_catalog
from omnisonic.platform.middleware import wrap
from scripts.reference import import_everything
from tests.contract.described import described_paths
from tests.rest import rest_api

ORIGIN = "http://localhost:3000"
VERBS = {"get", "post", "put", "patch", "delete"}
MEMBERS = {"type", "title", "status", "detail", "instance", "correlationId"}
OPTIONAL = {"errors", "current"}


def operations() -> list[tuple[str, str]]:
    """Method and path of everything in the API description."""
    paths = described_paths()
    return [
        (verb.upper(), path) for path, item in sorted(paths.items()) for verb in sorted(VERBS & set(item))
    ]


OPERATIONS = operations()


@pytest.fixture
def api(db: None, redis_client: Any, storage: Any, clickhouse_db: None) -> FastAPI:
    import_everything()
    return rest_api()


@pytest.fixture
def stranger(api: FastAPI) -> Iterator[TestClient]:
    """Nobody."""
    with TestClient(wrap(api), base_url=ORIGIN, follow_redirects=False) as client:
        yield client


@pytest.fixture
def member(stranger: TestClient) -> TestClient:
    """Somebody signed in, who owns nothing."""
    with unit_of_work() as uow:
        user = User(email="mara@example.org", display_name="Mara")
        uow.session.add(user)
        uow.session.flush()
        secret = open_session(uow, user, provider="credentials")
    stranger.cookies.set(cookie_name(), secret)
    return stranger


def filled(path: str, value: str) -> str:
    """The path with `value` for every parameter."""
    return "/".join(value if part.startswith("{") else part for part in path.split("/"))


def check_shape(answer: Any, path: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json", (path, answer.text[:300])
    problem = answer.json()
    assert set(problem) - OPTIONAL == MEMBERS
    assert problem["status"] == answer.status_code
    assert problem["instance"] == path
    assert problem["correlationId"] == answer.headers["x-request-id"]
    slug = problem["type"].removeprefix("/problems/")
    kind = error_catalog()[slug]
    assert (kind.status, kind.title) == (answer.status_code, problem["title"])
    assert problem["detail"].endswith((".", "…", ")", "`", "!")), problem["detail"]
    for error in problem.get("errors", []):
        assert set(error) == {"field", "code", "message"}
    assert answer.status_code < 500


def call(client: TestClient, method: str, path: str, **options: Any) -> Any:
    """One request; what was refused has the shape."""
    answer = client.request(method, path, headers={"Origin": ORIGIN}, **options)
    if answer.status_code >= 400:
        check_shape(answer, path)
    return answer


def test_the_description_has_routes() -> None:
    assert len(OPERATIONS) > 30


def test_strangers_are_refused_in_shape(stranger: TestClient) -> None:
    for method, path in OPERATIONS:
        call(stranger, method, filled(path, str(uuid4())))


def test_unknown_ids_are_refused_in_shape(member: TestClient) -> None:
    for method, path in OPERATIONS:
        if "{" in path and not path.startswith("/api/auth/"):
            answer = call(member, method, filled(path, str(uuid4())), json={})
            assert answer.status_code in {400, 403, 404, 415, 422}, (method, path, answer.status_code)


def test_ids_that_are_none_are_missing_things(member: TestClient) -> None:
    for method, path in OPERATIONS:
        if "{" in path and not path.startswith("/api/auth/"):
            answer = call(member, method, filled(path, "no-id"))
            assert answer.status_code in {403, 404}, (method, path, answer.status_code)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff\xfe", b"null", b'{"nobodyKnowsThis": 1}'])
def test_bad_bodies_are_refused_in_shape(member: TestClient, body: bytes) -> None:
    for method, path in OPERATIONS:
        if method != "GET":
            headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
            url = filled(path, str(uuid4()))
            if url == "/api/auth/signout":
                continue
            answer = member.request(method, url, content=body, headers=headers)
            if answer.status_code >= 400:
                check_shape(answer, url)


def test_other_methods_name_the_right_ones(stranger: TestClient) -> None:
    known: dict[str, set[str]] = {}
    for method, path in OPERATIONS:
        known.setdefault(path, set()).add(method)
    for path, methods in known.items():
        if "{" in path:
            continue
        for method in {"PUT", "DELETE", "PATCH", "POST"} - methods:
            answer = call(stranger, method, path)
            assert answer.status_code in {401, 404, 405}, (method, path)  # 401: `list` may be an id here
            if answer.status_code == 405:
                assert methods <= set(answer.headers["allow"].split(", ")), path


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/v1/nothing", "/health/nothing"])
def test_unknown_paths_are_refused_in_shape(stranger: TestClient, path: str) -> None:
    assert call(stranger, "GET", path).status_code == 404
