"""What every request passes through, on the real application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.middleware import wrap
from omnisonic.platform.problems import install_problems
from omnisonic.platform.settings import Settings
from omnisonic.platform.web.body_limit import BODY_MAX_BYTES

MakeUser = Callable[..., tuple[Actor, str]]
TRACE = "0af7651916cd43dd8448eb211c80319c"


class TestCorrelation:
    def test_a_fresh_id_is_answered(self, anyone: TestClient) -> None:
        first, second = (anyone.get("/healthz").headers["x-request-id"] for _ in range(2))
        assert UUID(first) != UUID(second)

    def test_a_safe_id_of_the_caller_is_kept(self, anyone: TestClient) -> None:
        answer = anyone.get("/api/sessions", headers={"X-Request-Id": "build-4711.a_b"})
        assert answer.headers["x-request-id"] == "build-4711.a_b"
        assert answer.json()["correlationId"] == "build-4711.a_b"

    @pytest.mark.parametrize("unsafe", ["short", "has space in it", "a" * 65, "<script>alert(1)</script>"])
    def test_an_unsafe_id_is_replaced(self, anyone: TestClient, unsafe: str) -> None:
        UUID(anyone.get("/healthz", headers={"X-Request-Id": unsafe}).headers["x-request-id"])

    def test_a_trace_gives_its_id(self, anyone: TestClient) -> None:
        answer = anyone.get("/healthz", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
        assert answer.headers["x-request-id"] == TRACE

    def test_the_access_line_has_no_query_and_no_key_of_a_link(self, anyone: TestClient) -> None:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            anyone.get("/api/sessions?ticket=very-secret", headers={"Authorization": "Bearer very-secret"})
            anyone.get("/s/very-secret")
        requests = [line for line in lines if line["event"] == "request"]
        assert [line["path"] for line in requests] == ["/api/sessions", "/s/…"]
        assert requests[0]["route"] == "/api/sessions"
        assert requests[0]["status"] == 401
        assert "very-secret" not in str(lines)


class TestOrigin:
    """Unsafe requests with the cookie come from our own pages."""

    @pytest.fixture
    def mara(self, make_user: MakeUser, browser_of: Callable[[str], TestClient]) -> TestClient:
        return browser_of(make_user()[1])

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost:3000.evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
    def test_foreign_and_silent_requests_are_refused(
        self, mara: TestClient, method: str, headers: dict[str, str]
    ) -> None:
        answer = mara.request(method, "/api/sessions", headers=headers, json={"name": "X"})
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/origin-refused"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "http://localhost:3000"},
            {"Origin": "http://127.0.0.1:3000"},
            {"Sec-Fetch-Site": "same-origin"},
        ],
    )
    def test_our_own_pages_are_served(self, mara: TestClient, headers: dict[str, str]) -> None:
        assert mara.post("/api/sessions", headers=headers, json={"name": "X"}).status_code == 201

    def test_reading_needs_no_origin(self, mara: TestClient) -> None:
        assert mara.get("/api/sessions", headers={"Origin": "https://evil.example"}).status_code == 200

    def test_programs_need_none_either(self, anyone: TestClient) -> None:
        assert anyone.post("/api/sessions", json={"name": "X"}).status_code == 401
        answer = anyone.post("/api/sessions", json={"name": "X"}, headers={"Authorization": "Bearer omni_x"})
        assert answer.status_code == 401

    def test_a_foreign_page_cannot_sign_a_browser_in(self, anyone: TestClient) -> None:
        answer = anyone.post(
            "/api/auth/callback/credentials",
            json={"email": "a@example.org", "password": "opensesame"},
            headers={"Origin": "https://evil.example"},
        )
        assert answer.json()["type"] == "/problems/origin-refused"


class TestSocketOrigin:
    """The handshake of a socket is a request too; it carries the cookie."""

    @pytest.fixture
    def client(self, servers: object) -> Iterator[TestClient]:
        app = FastAPI()

        @app.websocket("/_event/")
        async def event(socket: WebSocket) -> None:
            await socket.accept()
            await socket.send_text("hello")
            await socket.close()

        with TestClient(wrap(app), base_url="http://localhost:3000") as client:
            yield client

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3001"])
    def test_a_foreign_origin_is_refused_before_accept(self, client: TestClient, origin: str) -> None:
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect("/_event/", headers={"Origin": origin}),
        ):
            pass
        assert refused.value.code == 1008

    def test_our_own_origin_is_accepted(self, client: TestClient) -> None:
        with client.websocket_connect("/_event/", headers={"Origin": "http://localhost:3000"}) as socket:
            assert socket.receive_text() == "hello"


class TestBodyLimit:
    def test_a_declared_length_is_refused_at_once(self, anyone: TestClient) -> None:
        answer = anyone.post("/api/sessions", content=b"x" * (BODY_MAX_BYTES + 1))
        assert answer.status_code == 413
        assert answer.json()["type"] == "/problems/too-large"
        assert "1 MB" in answer.json()["detail"]

    def test_what_arrives_is_counted(self, make_user: MakeUser, browser_of: Any) -> None:
        def pieces() -> Iterator[bytes]:
            for _ in range(20):
                yield b" " * 100_000

        client = browser_of(make_user()[1])
        headers = {"Origin": "http://localhost:3000", "Content-Type": "application/json"}
        answer = client.post("/api/sessions", content=pieces(), headers=headers)
        assert answer.status_code == 413
        assert answer.json()["type"] == "/problems/too-large"

    def test_a_length_that_is_no_number_is_malformed(self, anyone: TestClient) -> None:
        answer = anyone.post("/api/sessions", content=b"", headers={"Content-Length": "+5"})
        assert answer.status_code == 400

    def test_uploads_have_their_own_limit(
        self, db: None, redis_client: Any, configure: Callable[..., Settings]
    ) -> None:
        configure(UPLOAD_MAX_FILE_SIZE_MB=2)
        app = FastAPI()

        async def size(request: Request) -> Response:
            return PlainTextResponse(str(len(await request.body())))

        app.add_route("/api/upload", size, methods=["POST"])
        app.add_route("/api/upload/multipart", size, methods=["POST"])
        with TestClient(wrap(app)) as client:
            megabytes = 1024 * 1024
            assert client.post("/api/upload", content=b"x" * 2 * megabytes).text == str(2 * megabytes)
            refused = client.post("/api/upload", content=b"x" * (3 * megabytes + 1))
            assert refused.status_code == 413
            assert "FLAC" in refused.json()["detail"]
            assert client.post("/api/upload/multipart", content=b"x" * 2 * megabytes).status_code == 413


class TestPageGate:
    @pytest.fixture
    def pages(self, db: None, redis_client: Any) -> Iterator[TestClient]:
        app = FastAPI()

        async def page(_request: Request) -> Response:
            return PlainTextResponse("the page")

        app.add_route("/{path:path}", page, methods=["GET", "HEAD", "POST"])
        with TestClient(wrap(app), base_url="http://localhost:3000", follow_redirects=False) as client:
            yield client

    @pytest.mark.parametrize(
        ("path", "target"),
        [
            ("/sessions", "/signin?next=/sessions"),
            ("/sessions/0197", "/signin?next=/sessions/0197"),
            ("/exports?page=2", "/signin?next=/exports%3Fpage%3D2"),
            ("/settings", "/signin?next=/settings"),
            ("/admin", "/signin?next=/admin"),
        ],
    )
    def test_a_direct_load_without_sign_in_goes_to_sign_in(
        self, pages: TestClient, path: str, target: str
    ) -> None:
        answer = pages.get(path)
        assert (answer.status_code, answer.headers["location"]) == (302, target)
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("path", ["/", "/about", "/signin", "/problems/conflict", "/s/key", "/sessionsx"])
    def test_public_pages_load(self, pages: TestClient, path: str) -> None:
        assert pages.get(path).text == "the page"

    def test_an_account_gets_its_pages_but_not_the_operators(
        self, pages: TestClient, make_user: MakeUser
    ) -> None:
        pages.cookies.set("omnisonic_session", make_user()[1])
        assert pages.get("/sessions/0197").text == "the page"
        hidden = pages.get("/admin/users")
        assert hidden.status_code == 404
        assert "the page" not in hidden.text

    def test_an_admin_gets_all(self, pages: TestClient, make_user: MakeUser) -> None:
        pages.cookies.set("omnisonic_session", make_user(role=Role.ADMIN)[1])
        assert pages.get("/admin").text == "the page"

    def test_a_made_up_cookie_is_nobody(self, pages: TestClient) -> None:
        pages.cookies.set("omnisonic_session", "made-up")
        assert pages.get("/sessions").status_code == 302


def test_an_unforeseen_error_is_a_bare_problem_with_a_reference(db: None, redis_client: Any) -> None:
    app = FastAPI()
    install_problems(app)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    with TestClient(wrap(app)) as client, structlog.testing.capture_logs() as lines:
        answer = client.get("/broken", headers={"X-Request-Id": "reference-1"})
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["request_failed"]
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["correlationId"] == "reference-1"
    assert "secret detail" not in answer.text
