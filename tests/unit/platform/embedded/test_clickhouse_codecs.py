"""Compression in both directions, in pieces and frames of any size."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import lz4.frame
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.embedded.clickhouse_codecs import ENCODERS, Body, choose_encoding
from omnisonic.platform.embedded.clickhouse_errors import Refusal

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "lz4": lz4.frame.compress,
    "zstd": zstd.compress,
    "gzip": gzip.compress,
    "": bytes,
}
DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "lz4": lz4.frame.decompress,
    "zstd": zstd.decompress,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
}


def read_all(encoded: bytes, encoding: str, size: int = 1000) -> bytes:
    body = Body(io.BytesIO(encoded), encoding)
    return b"".join(iter(lambda: body.read(size), b""))


@given(st.sampled_from(sorted(COMPRESS)), st.lists(st.binary(max_size=5000)), st.integers(1, 4000))
def test_every_frame_is_read(encoding: str, frames: list[bytes], size: int) -> None:
    encoded = b"".join(COMPRESS[encoding](frame) for frame in frames)
    assert read_all(encoded, encoding, size) == b"".join(frames)


@given(st.binary(max_size=5000), st.integers(1, 4000))
def test_a_deflated_body_is_read(content: bytes, size: int) -> None:
    assert read_all(zlib.compress(content), "deflate", size) == content


@given(st.sampled_from(sorted(ENCODERS)), st.lists(st.binary(max_size=5000)))
def test_what_is_sent_can_be_read(encoding: str, pieces: list[bytes]) -> None:
    encoder = ENCODERS[encoding]()
    encoded = b"".join([*(encoder.compress(piece) for piece in pieces), encoder.flush()])
    assert DECOMPRESS[encoding](encoded) == b"".join(pieces)


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "deflate"])
def test_a_body_that_was_cut_off_is_refused(encoding: str) -> None:
    content = bytes(range(256)) * 100
    encoded = zlib.compress(content) if encoding == "deflate" else COMPRESS[encoding](content)
    for broken in (encoded[: len(encoded) // 2], b"not compressed at all" + encoded):
        with pytest.raises(Refusal) as refused:
            read_all(broken, encoding)
        assert refused.value.code == 271


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "deflate"])
def test_a_bomb_is_unpacked_only_as_far_as_it_is_read(encoding: str) -> None:
    zeros = bytes(50_000_000)
    encoded = zlib.compress(zeros) if encoding == "deflate" else COMPRESS[encoding](zeros)
    assert len(Body(io.BytesIO(encoded), encoding).read(1000)) == 1000


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        Body(io.BytesIO(b"x"), "br")
    assert refused.value.code == 89


@pytest.mark.parametrize(
    ("accepted", "chosen"), [("lz4,zstd", "lz4"), ("br, gzip;q=0.5", "gzip"), ("br", None), ("", None)]
)
def test_the_first_known_encoding_is_taken(accepted: str, chosen: str | None) -> None:
    assert choose_encoding(accepted) == chosen
