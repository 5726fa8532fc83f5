"""What only the local store does: its files, and its links' door."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import get_storage
from omnisonic.platform.storage.local import LocalStorage

from .conftest import local_app

KEY = "uploads/1/original"


@pytest.fixture
def local(configure: Callable[..., Settings], tmp_path: Path) -> LocalStorage:
    configure(STORAGE_TYPE="local", STORAGE_LOCAL_DIR=tmp_path / "storage", PUBLIC_URL="http://testserver")
    storage = get_storage()
    assert isinstance(storage, LocalStorage)
    return storage


@pytest.fixture
def client(local: LocalStorage) -> Iterator[TestClient]:
    with TestClient(local_app()) as opened:
        yield opened


def put(local: LocalStorage, content: bytes = b"0123456789") -> None:
    local.put_stream(KEY, io.BytesIO(content), "audio/flac", len(content))


def test_a_failing_stream_leaves_no_file(local: LocalStorage) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError("the sender went away")

    with pytest.raises(ServiceUnavailable):
        local.put_stream(KEY, Broken(), "audio/flac", 100)
    assert [path for path in local.root.rglob("*") if path.is_file()] == []


def test_deleting_leaves_no_empty_folders(local: LocalStorage) -> None:
    put(local)
    local.delete_prefix("uploads/1")
    assert list(local.objects.iterdir()) == list(local.types.iterdir()) == []


def test_a_folder_in_place_of_the_root_is_reported(
    configure: Callable[..., Settings], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    configure(STORAGE_TYPE="local", STORAGE_LOCAL_DIR=tmp_path / "file" / "storage")
    with pytest.raises(ServiceUnavailable):
        get_storage()


def test_content_stays_inert(local: LocalStorage, client: TestClient) -> None:
    put(local, b"<script>alert(1)</script>")
    url = local.signed_url(KEY, file_name="x.html", content_type="text/html")
    headers = client.get(url).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert headers["content-disposition"].startswith("attachment")


def test_another_secret_refuses_the_link(
    local: LocalStorage, client: TestClient, configure: Callable[..., Settings]
) -> None:
    put(local)
    url = local.signed_url(KEY, file_name="x", content_type="audio/flac")
    assert client.get(url).status_code == 200
    configure(AUTH_SECRET="another secret of at least thirty-two characters")
    refused = client.get(url)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/link-refused")


@pytest.mark.parametrize("sig", ["", "ä", "A" * 43])
def test_a_made_up_signature_is_refused(local: LocalStorage, client: TestClient, sig: str) -> None:
    put(local)
    fields = {"expires": "9999999999", "name": "x", "type": "audio/flac", "sig": sig}
    assert client.get(f"/storage/{KEY}", params=fields).status_code == 403
    assert client.put(f"/storage/{KEY}", params=fields, content=b"x").status_code == 403


def test_a_path_outside_is_refused(local: LocalStorage, client: TestClient) -> None:
    for path in ("/storage/../../etc/passwd", "/storage/%2e%2e/%2e%2e/etc/passwd", "/storage//etc/passwd"):
        assert client.get(path).status_code in {403, 404}


def test_the_door_is_closed_for_other_stores(
    client: TestClient, configure: Callable[..., Settings], request: pytest.FixtureRequest
) -> None:
    from .conftest import s3_settings

    configure(**s3_settings(request.getfixturevalue("s3_server")))
    assert client.get(f"/storage/{KEY}").status_code == 404


def test_pages_of_our_other_addresses_may_send_parts(
    local: LocalStorage, client: TestClient, configure: Callable[..., Settings]
) -> None:
    configure(CORS_ALLOWED_ORIGINS="https://studio.example.org")
    upload_id = local.create_multipart(KEY, "audio/wav")
    url = local.sign_part(KEY, upload_id, 1)
    ours = client.options(url, headers={"Origin": "https://studio.example.org"})
    sent = client.put(url, content=b"x", headers={"Origin": "https://studio.example.org"})
    for answer in (ours, sent):
        assert answer.headers["access-control-allow-origin"] == "https://studio.example.org"
        assert answer.headers["access-control-expose-headers"] == "ETag"
    strange = client.options(url, headers={"Origin": "https://evil.example.org"})
    assert "access-control-allow-origin" not in strange.headers


def test_a_part_may_not_be_larger_than_an_upload(
    local: LocalStorage, client: TestClient, configure: Callable[..., Settings]
) -> None:
    configure(UPLOAD_MAX_FILE_SIZE_MB=1)
    upload_id = local.create_multipart(KEY, "audio/wav")
    url = local.sign_part(KEY, upload_id, 1)
    assert client.put(url, content=os.urandom(1024 * 1024 + 1)).status_code == 413
    assert local.list_parts(KEY, upload_id) == []
    assert list(local.temp.iterdir()) == []
