"""Reading what clients send: anything at all, without an error of our own."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.events import encode_frame
from omnisonic.studio.rooms.admission import clean_name
from omnisonic.studio.rooms.frames import (
    BadFrame,
    MixPreview,
    Relay,
    Transport,
    batch_author,
    content_of,
    encode_or_refuse,
    join_batch,
    parse_client_frame,
)

TRACK_ID = "01a1fc24-c943-71dd-9f5a-2a9ac1b7ecc4"
TYPES = ["resume", "ping", "relay", "transport", "mix.preview", "cursor", "other"]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner)
)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(BadFrame):
        parse_client_frame(text)


@given(st.sampled_from(TYPES), st.dictionaries(st.text(max_size=12), anything, max_size=4))
def test_any_frame_is_read_or_refused(kind: str, data: dict[str, Any]) -> None:
    with suppress(BadFrame):
        frame = parse_client_frame(json.dumps({"type": kind, "data": data}))
        encode_or_refuse("e", "relay", {"payload": frame.model_dump()}, actor=None)


def test_only_known_fields_go_on() -> None:
    data = {"trackId": TRACK_ID, "gainDb": -6, "pan": 0.5, "actor": "me", "muted": True}
    frame = parse_client_frame(json.dumps({"type": "mix.preview", "data": data}))
    assert isinstance(frame, MixPreview)
    assert content_of(frame) == {"trackId": TRACK_ID, "gainDb": -6, "pan": 0.5}
    frame = parse_client_frame(
        '{"type":"transport","data":{"playing":true,"positionSamples":5,"leader":"x"}}'
    )
    assert isinstance(frame, Transport)
    assert content_of(frame) == {"playing": True, "positionSamples": 5}


def test_data_may_be_left_out() -> None:
    frame = parse_client_frame('{"type":"relay"}')
    assert isinstance(frame, Relay)
    assert frame.payload is None


@pytest.mark.parametrize("data", [{"gainDb": 12.1}, {"gainDb": -60.1}, {"pan": 1.1}, {"pan": "0"}])
def test_levels_out_of_bounds_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(BadFrame):
        parse_client_frame(json.dumps({"type": "mix.preview", "data": {"trackId": TRACK_ID, **data}}))


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text()), min_size=1, max_size=5))
def test_a_batch_holds_its_frames_unchanged(contents: list[dict[str, Any]]) -> None:
    texts = []
    for content in contents:
        with suppress(BadFrame):
            texts.append(encode_or_refuse("life", "cursor", content, actor="someone"))
    if not texts:
        return
    batch = json.loads(join_batch("life", texts))
    if len(texts) == 1:
        assert batch == json.loads(texts[0])
    else:
        assert batch["type"] == "batch"
        assert batch["epoch"] == "life"
        assert batch["data"]["frames"] == [json.loads(text) for text in texts]


def test_a_frame_has_the_promised_fields() -> None:
    frame = json.loads(encode_frame("life", "pong", {"t": 1}, actor=None))
    assert list(frame) == ["epoch", "type", "at", "actor", "data"]
    assert frame["at"].endswith("Z")


def test_names_lose_what_would_disturb_the_page() -> None:
    assert clean_name("  Te\u202eo\x00\n\u200b ") == "Teo"
    assert clean_name("é" * 200) == "é" * 80
    assert clean_name("\u2066\u2069") == ""


def test_only_the_gateway_itself_signs_its_batches() -> None:
    inner = encode_frame("e", "gateway.batch", {"gateway": "forged", "items": []})
    batch = encode_frame("e", "gateway.batch", {"gateway": "abc", "items": [[None, inner]]})
    assert batch_author(batch) == "abc"
    relayed = encode_frame("e", "relay", {"gateway": "forged", "payload": inner}, actor="someone")
    assert batch_author(relayed) is None
    assert batch_author("no frame") is None
