"""What only the S3 store does: its set-up, and what it says when the server is gone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import Storage, get_storage

from .conftest import ACCESS_KEY, BUCKET, SECRET_KEY, S3Server, s3_settings

KEY = "uploads/1/original"


def test_every_call_says_that_the_server_is_gone(configure: Callable[..., Settings], tmp_path: Path) -> None:
    server = S3Server(tmp_path)
    server.start()
    configure(**s3_settings(server))
    storage = get_storage()
    storage.put_stream(KEY, io.BytesIO(b"x"), "audio/flac", 1)
    link = storage.signed_url(KEY, file_name="x", content_type="audio/flac")
    server.stop()
    calls: list[Callable[[Storage], object]] = [
        lambda store: store.stat(KEY),
        lambda store: store.read(KEY),
        lambda store: store.put_stream(KEY, io.BytesIO(b"y"), "audio/flac", 1),
        lambda store: store.put_file(KEY, Path(__file__), "text/plain"),
        lambda store: store.download(KEY, tmp_path / "out"),
        lambda store: list(store.list()),
        lambda store: store.delete(KEY),
        lambda store: store.create_multipart(KEY, "audio/wav"),
    ]
    for call in calls:
        with pytest.raises(ServiceUnavailable):
            call(storage)
    assert link.startswith(server.endpoint)
    assert storage.signed_url(KEY, file_name="x", content_type="audio/flac")


def test_a_wrong_key_is_reported(s3_server: S3Server, configure: Callable[..., Settings]) -> None:
    configure(**{**s3_settings(s3_server), "MINIO_SECRET_KEY": "wrong"})
    with pytest.raises(ServiceUnavailable):
        get_storage()


def test_a_missing_variable_is_named(configure: Callable[..., Settings]) -> None:
    configure(STORAGE_TYPE="minio", MINIO_BUCKET_NAME="some-bucket", MINIO_ENDPOINT=None)
    with pytest.raises(ServiceUnavailable, match="MINIO_ENDPOINT"):
        get_storage()
    configure(STORAGE_TYPE="s3", S3_BUCKET_NAME=None)
    with pytest.raises(ServiceUnavailable, match="S3_BUCKET_NAME"):
        get_storage()


def test_the_bucket_is_made_and_lets_our_pages_send_parts(
    s3_server: S3Server, configure: Callable[..., Settings]
) -> None:
    configure(
        **{**s3_settings(s3_server), "MINIO_BUCKET_NAME": "fresh-bucket", "PUBLIC_URL": "https://studio.test"}
    )
    storage = get_storage()
    url = storage.sign_part(KEY, storage.create_multipart(KEY, "audio/wav"), 1)
    ours = {"Origin": "https://studio.test", "Access-Control-Request-Method": "PUT"}
    answer = httpx.options(url, headers=ours)
    assert answer.headers["access-control-allow-origin"] == "https://studio.test"
    sent = httpx.put(url, content=b"x", headers={"Origin": "https://studio.test"})
    assert "etag" in sent.headers["access-control-expose-headers"].lower()
    strange = httpx.options(url, headers={**ours, "Origin": "https://evil.test"})
    assert strange.headers.get("access-control-allow-origin") is None


def test_links_carry_the_public_address(s3_server: S3Server, configure: Callable[..., Settings]) -> None:
    public = s3_server.endpoint.replace("127.0.0.1", "localhost")
    configure(**{**s3_settings(s3_server), "STORAGE_PUBLIC_ENDPOINT": public})
    storage = get_storage()
    storage.put_stream(KEY, io.BytesIO(b"content"), "audio/flac", 7)
    link = storage.signed_url(KEY, file_name="x", content_type="audio/flac")
    assert link.startswith(f"{public}/{BUCKET}/{KEY}?")
    assert httpx.get(link).content == b"content"


def test_the_s3_type_signs_for_amazon(configure: Callable[..., Settings]) -> None:
    configure(
        STORAGE_TYPE="s3",
        S3_BUCKET_NAME="takes",
        S3_REGION="eu-central-1",
        AWS_ACCESS_KEY_ID=ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=SECRET_KEY,
    )
    link = get_storage().signed_url(KEY, file_name="x", content_type="audio/flac")
    assert link.startswith(f"https://takes.s3.eu-central-1.amazonaws.com/{KEY}?")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
