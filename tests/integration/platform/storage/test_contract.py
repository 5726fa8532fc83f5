"""What every kind of store promises."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest

from omnisonic.platform.errors import Conflict, NotFound, TooLarge
from omnisonic.platform.ids import utc_now
from omnisonic.platform.storage.protocol import PART_MIN_BYTES, Part
from tests.waiting import wait_until

KEY = "uploads/1/original"


class Unseekable(io.RawIOBase):
    """A stream like a request's body: it can only be read on."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._rest.read(size)


def put(shop: Any, key: str = KEY, content: bytes = b"0123456789", content_type: str = "audio/flac") -> None:
    shop.storage.put_stream(key, io.BytesIO(content), content_type, len(content))


def read(shop: Any, key: str = KEY, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(shop.storage.read(key, start, end))


def change(url: str, **fields: str) -> str:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | fields
    return urlunsplit(parts._replace(query=urlencode(query)))


def test_a_stream_comes_back_as_it_went(shop: Any) -> None:
    content = os.urandom(2 * PART_MIN_BYTES + 17)
    size = shop.storage.put_stream(KEY, Unseekable(content), "audio/wav", len(content))
    found = shop.storage.stat(KEY)
    assert size == found.size == len(content)
    assert found.content_type == "audio/wav"
    assert read(shop) == content


def test_a_file_comes_back_as_it_went(shop: Any, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(os.urandom(PART_MIN_BYTES + 1))
    stat = shop.storage.put_file(KEY, source, "audio/flac")
    shop.storage.download(KEY, target)
    assert target.read_bytes() == source.read_bytes()
    assert shop.storage.stat(KEY) == stat


@pytest.mark.parametrize("size", [100, PART_MIN_BYTES * 3])
def test_a_stream_over_the_limit_stores_nothing(shop: Any, size: int) -> None:
    with pytest.raises(TooLarge):
        shop.storage.put_stream(KEY, Unseekable(b"x" * size), "audio/flac", size - 1)
    assert shop.storage.stat(KEY) is None
    assert shop.storage.abort_stale_multiparts(utc_now() + timedelta(hours=1)) == 0


def test_an_interrupted_stream_leaves_the_old_content(shop: Any) -> None:
    put(shop, content=b"old")
    with pytest.raises(TooLarge):
        shop.storage.put_stream(KEY, Unseekable(b"new and longer"), "audio/flac", 5)
    assert read(shop) == b"old"


def test_the_etag_follows_the_content(shop: Any) -> None:
    put(shop, content=b"one")
    first = shop.storage.stat(KEY).etag
    assert shop.storage.stat(KEY).etag == first
    put(shop, content=b"two")
    assert shop.storage.stat(KEY).etag != first
    assert '"' not in first


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, b"0123456789"),
        (3, 7, b"3456"),
        (7, None, b"789"),
        (8, 99, b"89"),
        (4, 4, b""),
        (10, None, b""),
    ],
)
def test_ranges_are_half_open(shop: Any, start: int, end: int | None, expected: bytes) -> None:
    put(shop)
    assert read(shop, start=start, end=end) == expected


def test_an_empty_object_is_an_object(shop: Any) -> None:
    put(shop, content=b"")
    assert shop.storage.stat(KEY).size == 0
    assert read(shop) == b""


def test_what_is_missing_is_not_found(shop: Any, tmp_path: Path) -> None:
    assert shop.storage.stat("uploads/none/original") is None
    with pytest.raises(NotFound):
        shop.storage.read("uploads/none/original")
    with pytest.raises(NotFound):
        shop.storage.download("uploads/none/original", tmp_path / "x")
    with pytest.raises(NotFound):
        shop.storage.list_parts(KEY, "00000000-0000-7000-8000-000000000000")


def test_deleting_a_folder_spares_its_neighbors(shop: Any) -> None:
    for key in ("uploads/1/original", "uploads/1/audio.flac", "uploads/12/original", "exports/1/mix.wav"):
        put(shop, key)
    assert shop.storage.delete_prefix("uploads/1") == 2
    assert [found.key for found in shop.storage.list()] == ["exports/1/mix.wav", "uploads/12/original"]
    assert [found.key for found in shop.storage.list("uploads/")] == ["uploads/12/original"]
    assert shop.storage.delete_prefix("uploads/1") == 0


def test_deleting_twice_is_no_error(shop: Any) -> None:
    put(shop)
    shop.storage.delete(KEY)
    shop.storage.delete(KEY)
    assert shop.storage.stat(KEY) is None


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "uploads/../../x",
        "uploads//x",
        "uploads/.hidden",
        "a\x00b",
        "a\nb",
        "ä",
        "x" * 600,
    ],
)
def test_a_key_cannot_leave_its_place(shop: Any, key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        put(shop, key)
    with pytest.raises(ValueError, match="not a storage key"):
        shop.storage.delete_prefix(key)


def test_a_signed_link_downloads_under_its_name(shop: Any) -> None:
    put(shop, content_type="audio/flac")
    name = 'Süß & "schön" 日本; x=1.wav'
    url = shop.storage.signed_url(KEY, file_name=name, content_type="audio/x-wav")
    answer = shop.client.get(url)
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert answer.headers["content-type"] == "audio/x-wav"
    assert "attachment; filename*=UTF-8''S%C3%BC%C3%9F%20" in answer.headers["content-disposition"]
    assert answer.headers["etag"]


def test_a_signed_link_answers_ranges(shop: Any) -> None:
    put(shop)
    url = shop.storage.signed_url(KEY, file_name="a.flac", content_type="audio/flac")
    answer = shop.client.get(url, headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-range"] == "bytes 2-4/10"
    assert shop.client.get(url, headers={"Range": "bytes=10-"}).status_code == 416


def test_a_link_is_refused_when_altered_or_for_another_object(shop: Any) -> None:
    put(shop)
    put(shop, "uploads/2/original", b"secret")
    good = shop.storage.signed_url(KEY, file_name="a", content_type="audio/flac")
    renamed = {"response-content-disposition": "inline", "name": "b"}
    refused = [
        good.replace("uploads/1", "uploads/2"),
        change(good, **{name: value for name, value in renamed.items() if name in good}),
        change(good, **{name: "99999" for name in ("X-Amz-Expires", "expires") if name in good}),
        good.split("?")[0],
    ]
    assert shop.client.get(good).status_code == 200
    assert [shop.client.get(url).status_code for url in refused] == [403] * len(refused)
    assert shop.client.put(good, content=b"overwritten").status_code == 403
    assert read(shop) == b"0123456789"


def test_a_link_expires(shop: Any) -> None:
    put(shop)
    url = shop.storage.signed_url(KEY, file_name="a", content_type="audio/flac", expires_s=2)
    assert shop.client.get(url).status_code == 200
    wait_until(lambda: shop.client.get(url).status_code == 403)


def test_an_upload_in_parts(shop: Any) -> None:
    contents = [os.urandom(PART_MIN_BYTES), os.urandom(PART_MIN_BYTES), b"the rest"]
    upload_id = shop.storage.create_multipart(KEY, "audio/wav")
    for n, content in reversed(list(enumerate(contents, start=1))):
        answer = shop.client.put(shop.storage.sign_part(KEY, upload_id, n), content=content)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"]
    parts = shop.storage.list_parts(KEY, upload_id)
    assert [(part.number, part.size) for part in parts] == [
        (n, len(c)) for n, c in enumerate(contents, start=1)
    ]
    assert shop.storage.stat(KEY) is None
    stat = shop.storage.complete_multipart(KEY, upload_id, parts)
    assert (stat.size, stat.content_type) == (2 * PART_MIN_BYTES + 8, "audio/wav")
    assert read(shop) == b"".join(contents)
    with pytest.raises(NotFound):
        shop.storage.list_parts(KEY, upload_id)


def test_a_part_sent_again_replaces_the_first(shop: Any) -> None:
    upload_id = shop.storage.create_multipart(KEY, "audio/wav")
    url = shop.storage.sign_part(KEY, upload_id, 1)
    shop.client.put(url, content=b"broken")

    def resend() -> bool:  # a server that dates parts by the second may need a second try
        assert shop.client.put(url, content=b"whole!!").status_code == 200
        return [part.size for part in shop.storage.list_parts(KEY, upload_id)] == [7]

    wait_until(resend)
    shop.storage.complete_multipart(KEY, upload_id, shop.storage.list_parts(KEY, upload_id))
    assert read(shop) == b"whole!!"


def test_completing_checks_every_part(shop: Any) -> None:
    upload_id = shop.storage.create_multipart(KEY, "audio/wav")
    shop.client.put(shop.storage.sign_part(KEY, upload_id, 1), content=b"part one")
    (part,) = shop.storage.list_parts(KEY, upload_id)
    for wrong in (
        [],
        [Part(2, part.etag, part.size)],
        [part, Part(2, part.etag, part.size)],
        [Part(1, "0" * 32, part.size)],
        [Part(1, part.etag, part.size + 1)],
    ):
        with pytest.raises(Conflict):
            shop.storage.complete_multipart(KEY, upload_id, wrong)
    assert shop.storage.stat(KEY) is None
    shop.storage.complete_multipart(KEY, upload_id, [part])
    assert read(shop) == b"part one"


def test_a_part_link_is_for_one_part_of_one_size(shop: Any) -> None:
    upload_id = shop.storage.create_multipart(KEY, "audio/wav")
    url = shop.storage.sign_part(KEY, upload_id, 1, size_bytes=8)
    assert shop.client.put(url, content=b"too long for it").status_code in {400, 403, 413}
    assert shop.client.put(url, content=b"short").status_code in {400, 403}
    assert shop.client.put(change(url, partNumber="2"), content=b"part two").status_code == 403
    assert shop.storage.list_parts(KEY, upload_id) == []
    assert shop.client.put(url, content=b"just fit").status_code == 200
    assert [part.number for part in shop.storage.list_parts(KEY, upload_id)] == [1]


def test_an_aborted_upload_is_gone(shop: Any) -> None:
    upload_id = shop.storage.create_multipart(KEY, "audio/wav")
    url = shop.storage.sign_part(KEY, upload_id, 1)
    shop.client.put(url, content=b"part")
    shop.storage.abort_multipart(KEY, upload_id)
    shop.storage.abort_multipart(KEY, upload_id)
    with pytest.raises(NotFound):
        shop.storage.list_parts(KEY, upload_id)
    assert shop.client.put(url, content=b"part").status_code == 404


def test_uploads_in_parts_are_forgotten_with_age(shop: Any) -> None:
    shop.storage.create_multipart(KEY, "audio/wav")
    assert shop.storage.abort_stale_multiparts(utc_now() - timedelta(hours=1)) == 0
    assert shop.storage.abort_stale_multiparts(utc_now() + timedelta(hours=1)) == 1
    assert shop.storage.abort_stale_multiparts(utc_now() + timedelta(hours=1)) == 0
