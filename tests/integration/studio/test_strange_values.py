"""Values that no client sends by accident are refused by name, never with a 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from omnisonic.studio.audio.manifest import MAX_POSITION_SAMPLES
from tests.integration.studio.conftest import Person, create_session

HUGE = 10**400  # beyond any float


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/sessions", {"name": "a\x00b"}),
        ("/api/sessions", {"name": "\x00"}),
        ("/api/invites/accept", {"secret": "a\x00"}),
        ("/api/upload/multipart", {"fileName": "a.wav", "fileSize": 1, "mimeType": "audio/\x00"}),
        ("/api/upload/multipart", {"fileName": "a.wav", "fileSize": 1, "mimeType": "audio/wav\r\nX: y"}),
        ("/api/upload/multipart", {"fileName": "a.wav", "fileSize": HUGE, "mimeType": "audio/wav"}),
        ("/api/upload/multipart", {"fileName": "a\x00.wav", "fileSize": 1, "mimeType": "audio/wav"}),
    ],
)
def test_strange_values_are_refused(mara: Person, path: str, body: dict[str, Any]) -> None:
    assert mara.post(path, body).status_code in (413, 422)


def test_strange_changes_are_refused(mara: Person, add_take: Callable[..., dict[str, Any]]) -> None:
    session_id = create_session(mara)["id"]
    path = f"/api/sessions/{session_id}"
    track = f"{path}/tracks/{add_take(mara, session_id)['id']}"
    assert mara.patch(path, {"version": 1, "name": "\x00"}).status_code == 422
    assert mara.patch(path, {"version": HUGE, "name": "Mix"}).status_code == 409
    assert mara.patch(track, {"version": 1, "name": "a\x00"}).status_code == 422
    assert mara.patch(track, {"version": 1, "position": HUGE}).status_code == 422


def test_a_clip_starts_no_later_than_the_manifest_can_say(
    mara: Person, add_take: Callable[..., dict[str, Any]]
) -> None:
    session_id = create_session(mara)["id"]
    path = f"/api/sessions/{session_id}"
    track = f"{path}/tracks/{add_take(mara, session_id)['id']}"
    late = mara.patch(track, {"version": 1, "offsetSamples": MAX_POSITION_SAMPLES + 1})
    assert late.status_code == 422
    assert mara.patch(track, {"version": 1, "offsetSamples": MAX_POSITION_SAMPLES}).status_code == 200
    assert mara.get(f"{path}/manifest").status_code == 200
