"""The first bytes of a file, against the published signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.studio.uploads.sniff import HEAD_BYTES, sniff

TAKEN = [
    (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
    (b"RF64\xff\xff\xff\xffWAVEds64", "audio/wav"),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"FORM\x00\x00\x00\x24AIFFCOMM", "audio/aiff"),
    (b"FORM\x00\x00\x00\x24AIFCFVER", "audio/aiff"),
    (b"fLaC\x00\x00\x00\x22", "audio/flac"),
    (b"OggS\x00\x02", "audio/ogg"),
    (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
    (b"\x00\x00\x00\x20ftypisom\x00", "video/mp4"),
    (b"\x00\x00\x00\x14ftypqt  \x00", "video/mp4"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    (b"ID3\x04\x00\x00", "audio/mpeg"),
    (b"\xff\xfb\x90\x64\x00", "audio/mpeg"),
    (b"\xff\xf1\x50\x80\x00", "audio/aac"),
]
REFUSED = [
    b"",
    b"RIFF",
    b"RIFF\x24\x00\x00\x00AVI LIST",
    b"FORM\x00\x00\x00\x24ILBMBMHD",
    b"\xff\xfb\x00\x64",  # no bit rate
    b"\xff\xff\xff\xff",
    b"MThd\x00\x00\x00\x06",
    b"PK\x03\x04",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"#EXTM3U\n",
    b"%PDF-1.7",
]


@pytest.mark.parametrize(("head", "mime_type"), TAKEN)
def test_every_kind_is_known_by_its_signature(head: bytes, mime_type: str) -> None:
    found = sniff(head)
    assert found is not None
    assert found[1] == mime_type
    assert mime_type.startswith(found[0])


@pytest.mark.parametrize("head", REFUSED)
def test_what_only_looks_like_it_is_not_taken(head: bytes) -> None:
    assert sniff(head) is None


@given(st.binary(max_size=HEAD_BYTES))
def test_no_bytes_break_it(head: bytes) -> None:
    found = sniff(head)
    assert found is None or found[1].startswith(found[0])
