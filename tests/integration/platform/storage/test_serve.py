"""Ranges and validators over HTTP, on every kind of store."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from omnisonic.platform.problems import install_problems
from omnisonic.platform.storage.serve import serve_object

KEY = "uploads/1/audio.flac"
CONTENT = bytes(range(256)) * 4


@pytest.fixture
def client(shop: Any) -> Iterator[TestClient]:
    app = FastAPI()
    install_problems(app)

    @app.api_route("/audio", methods=["GET", "HEAD"])
    def audio(request: Request) -> Response:
        return serve_object(request, KEY, content_type="audio/flac", etag="abc")

    @app.api_route("/own-etag", methods=["GET", "HEAD"])
    def own_etag(request: Request) -> Response:
        return serve_object(request, KEY, content_type="audio/flac", file_name="Süß.flac")

    shop.storage.put_stream(KEY, io.BytesIO(CONTENT), "audio/flac", len(CONTENT))
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=5-", 5, 1023), ("bytes=-24", 1000, 1023), ("bytes=1000-9999", 1000, 1023)],
)
def test_a_range_is_answered_with_its_bytes(client: TestClient, header: str, first: int, last: int) -> None:
    answer = client.get("/audio", headers={"Range": header})
    assert answer.status_code == 206
    assert answer.content == CONTENT[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1024"
    assert answer.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize("header", [None, "bytes=0-1,5-6", "bytes=9-2", "bytes=x-", "lines=1-2", "bytes=-"])
def test_other_requests_get_the_whole(client: TestClient, header: str | None) -> None:
    answer = client.get("/audio", headers={"Range": header} if header else {})
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "audio/flac"


@pytest.mark.parametrize("header", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(client: TestClient, header: str) -> None:
    answer = client.get("/audio", headers={"Range": header})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")


def test_head_has_the_headers_only(client: TestClient) -> None:
    answer = client.head("/audio", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (206, b"")
    assert answer.headers["content-length"] == "10"


def test_a_current_copy_is_not_sent_again(client: TestClient) -> None:
    for known in ('"abc"', 'W/"abc"', '"x", "abc"', "*"):
        answer = client.get("/audio", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == '"abc"'
    assert client.get("/audio", headers={"If-None-Match": '"abd"'}).status_code == 200


def test_a_range_of_another_version_gets_the_whole(client: TestClient) -> None:
    modified = client.head("/audio").headers["last-modified"]
    for if_range, status in (
        ('"abc"', 206),
        ('W/"abc"', 200),
        ('"old"', 200),
        (modified, 206),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 200),
        ("nonsense", 200),
    ):
        answer = client.get("/audio", headers={"Range": "bytes=0-1", "If-Range": if_range})
        assert answer.status_code == status, if_range


def test_without_an_etag_the_stores_own_is_used(client: TestClient) -> None:
    answer = client.get("/own-etag")
    again = client.get("/own-etag", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''S%C3%BC%C3%9F.flac"


def test_a_missing_object_is_not_found(client: TestClient, shop: Any) -> None:
    shop.storage.delete(KEY)
    assert client.get("/audio").status_code == 404
